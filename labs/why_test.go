package labs

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tlstutor/labs/recorded"
)

// elsewhere is how a text looks on another machine: other names, dates and paths,
// and a line that was broken.
var elsewhere = strings.NewReplacer(
	"app.lab.test", "www.example.com", "lab.test", "example.com", "other.lab.test", "mail.example.org", "app.test", "shop.example",
	"127.0.0.1", "192.0.2.17", "Lab Issuing CA", "R13", "2026-11-22", "2024-02-29", "2026-11-21", "2023-12-31", "2027-11-22", "2025-01-01",
	"../ssl/", "/usr/src/openssl-3.5.1/ssl/", "_ssl.c:1006", "_ssl.c:1077", "OpenSSL/3.0.22", "OpenSSL/3.5.1", ": ", ":\n",
)

// middle is what is left of a text when both ends were cut.
func middle(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	from := (len(r) - n) / 2
	return string(r[from : from+n])
}

// isOf reports whether a match is of a fault.
func isOf(m Match, fault string) bool {
	return slices.ContainsFunc(m.Faults, func(f *Fault) bool { return f.Name == fault })
}

// TestWhy: every text in the table, on another machine and cut to its middle, finds
// its own fault in the first rank. Where clients have one text for several faults, or
// several texts of one length differ only behind the piece, nobody can tell which it
// was: all of those are of that rank. Nearly always its own is the first of them.
func TestWhy(t *testing.T) {
	table, err := recorded.Verdicts()
	if err != nil {
		t.Fatal(err)
	}
	lines, first := 0, 0
	for _, v := range table {
		if v.Line == "" {
			continue
		}
		lines++
		piece := middle(elsewhere.Replace(v.Line), 40)
		found := Why(piece)
		i := slices.IndexFunc(found, func(m Match) bool { return isOf(m, v.Fault) })
		switch {
		case i < 0:
			t.Errorf("%s, %s: %q does not find it", v.Peer, v.Fault, piece)
		case found[i].Rank != 1:
			t.Errorf("%s, %s: %q finds it as number %d, behind %q", v.Peer, v.Fault, piece, found[i].Rank, found[0].Text)
		case i == 0:
			first++
		}
	}
	if lines < 300 || first*100 < lines*92 {
		t.Errorf("of %d texts %d find their own fault in the first place", lines, first)
	}
}

// TestWhyWhole: a whole text finds itself, in its place, and so does a page of
// output with the text in it.
func TestWhyWhole(t *testing.T) {
	table, err := recorded.Verdicts()
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range table {
		if v.Line == "" || len(v.Line) < 20 || i%4 > 0 {
			continue
		}
		text := elsewhere.Replace(v.Line)
		if found := Why(text); len(found) == 0 || !isOf(found[0], v.Fault) {
			t.Errorf("%s, %s: %q finds %v", v.Peer, v.Fault, text, found)
		}
		page := strings.Repeat("* Trying 192.0.2.17:443...\n* ALPN: offers h2,http/1.1\n", 8) + v.Line + "\n* Closing connection 0\n"
		if found := Why(page); len(found) == 0 || !isOf(found[0], v.Fault) {
			t.Errorf("%s, %s: it is not found on a page", v.Peer, v.Fault)
		}
	}
}

// TestWhyNot: what no client says finds nothing.
func TestWhyNot(t *testing.T) {
	for _, text := range []string{
		"", "x", "TLS", "error", "no such file or directory", "Permission denied (publickey).", "connection refused",
		"dial tcp: lookup example.com: no such host", "segmentation fault (core dumped)", "undefined: labs.Why",
		"Could not resolve host: www.example.com", "404 Not Found", "syntax error near unexpected token `fi'",
		"The quick brown fox jumps over the lazy dog", "database is locked", "fatal: not a git repository",
		"ImportError: No module named requests", "java.lang.NullPointerException", "out of memory: killed process 4711",
		"disk quota exceeded", "Lorem ipsum dolor sit amet, consectetur adipiscing elit", "zsh: command not found: tlstutr",
		strings.Repeat("a", 5000), "\x00\x1b[31m\xff\xfe", "日本語のエラーメッセージです",
	} {
		if found := Why(text); len(found) > 0 {
			t.Errorf("%.60q finds %q, for %v", text, found[0].Text, found[0].Faults)
		}
	}
}

// FuzzWhy: no text takes it down, or finds more than a few.
func FuzzWhy(f *testing.F) {
	f.Add("x509: certificate has expired or is not yet valid")
	f.Add("\xff\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		found := Why(text)
		if len(found) > maxMatches && found[maxMatches].Rank != 1 {
			t.Errorf("%d matches", len(found))
		}
		for i, m := range found {
			if !utf8.ValidString(m.Text) || len(m.Faults) == 0 || m.Rank < 1 || m.Rank > i+1 {
				t.Errorf("match %d: %+v", i, m)
			}
		}
	})
}
