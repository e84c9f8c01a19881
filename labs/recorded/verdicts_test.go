package recorded

import (
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// TestVerdictText: the table is as VerdictText writes it, and clean; a line that is
// not of it is an error that says which.
func TestVerdictText(t *testing.T) {
	all, err := Verdicts()
	if err != nil || len(all) < 300 {
		t.Fatalf("%d verdicts, %v", len(all), err)
	}
	if got := VerdictText(all); got != verdicts {
		t.Error("it is written in another way than it is read")
	}
	for _, v := range all {
		if wire.Clean(v.Line, wire.MaxValue) != v.Line || strings.Contains(v.Line, "/tmp/") {
			t.Errorf("%s, %s: %q", v.Peer, v.Fault, v.Line)
		}
		if !v.Accepted && v.Line == "" {
			t.Errorf("%s refuses %s without a word", v.Peer, v.Fault)
		}
	}
	for text, want := range map[string]string{
		"go\tGo 1.26\n":                                       "line 1:",
		"\texpired\trefused\t1\tnone\tx\n":                    "line 1:",
		"go\tGo 1.26\t2026-11-22\n\texpired\trefused\n":       "line 2:",
		"go\tGo 1.26\t2026-11-22\n\texpired\tno\tx\tnone\t\n": "line 2:",
	} {
		if _, err := readVerdicts(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestRevocations: the table of revocations is read whole; what is none is an error
// that says which line.
func TestRevocations(t *testing.T) {
	table, err := Revocations()
	if err != nil || len(table.Rows) != 37 || len(table.Clients) != 7 || table.Made < "2026-11-22" || !strings.Contains(table.By, "OpenSSL") {
		t.Fatalf("%+v, %v", table, err)
	}
	for line, want := range map[string]string{
		"crl revoked up curl":    "refuses, exit code 60; it came to the responder",
		"crl revoked up soft":    "refuses; it came to the responder",
		"ocsp revoked up go":     "accepts",
		"crl unknown up openssl": "accepts; it came to the responder",
	} {
		f := strings.Fields(line)
		if c, ok := table.Find(f[0], f[1], f[2], f[3]); !ok || c.String() != want {
			t.Errorf("%s: %s, want %s", line, c, want)
		}
	}
	if _, ok := table.Find("none", "good", "up", "go"); ok {
		t.Error("it has a row that nobody has run")
	}
	const head = "made 2026-11-22 by X\nmethod|a\n"
	for text, want := range map[string]string{
		"":                         "of when",
		head:                       "no rows",
		head + "crl good|A\n":      "line 3",
		head + "crl good up|A A\n": "line 3",
		head + "crl good up|B\n":   "line 3",
		head + "crl good up|Rx\n":  "line 3",
	} {
		if _, err := readRevocation(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
