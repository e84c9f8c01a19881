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
		"context deadline exceeded", "dial tcp 192.0.2.1:443: i/o timeout", "broken pipe", "file not found", "invalid argument", "unknown host",
		"Name or service not known", "address already in use", "access denied", "502 Bad Gateway", "host unreachable", "invalid password", "json: unexpected end of JSON input",
		"gpg: BAD signature from \"A <a@example.org>\"", "server error", "certificate", "bad request", "internal server error", "out of range", "connection timed out",
		strings.Repeat("a", 5000), "\x00\x1b[31m\xff\xfe", "日本語のエラーメッセージです",
	} {
		if found := Why(text); len(found) > 0 {
			t.Errorf("%.60q finds %q, for %v", text, found[0].Text, found[0].Faults)
		}
	}
}

// TestWhyOne: what people paste finds what it is about: with what other programs put
// before and behind it, as one of several lines, as one word, and where no client of
// the bench, or only another lab, has it said. Want is the first fault or run, and
// whose documentation has the text, if it was not said here.
func TestWhyOne(t *testing.T) {
	for _, c := range []struct{ text, want, by, line string }{
		{"error 20 at 0 depth lookup: unable to get local issuer certificate", "intermediate-omitted", "", ""},
		{"O = x, CN = leaf\nerror 20 at 0 depth lookup: unable to get local issuer certificate\nerror leaf.pem: verification failed",
			"intermediate-omitted", "", "error 20 at 0 depth lookup: unable to get local issuer certificate"},
		{"CONNECTED(00000003)\ndepth=0 CN = a.example\nverify error:num=20:unable to get local issuer certificate\nverify return:1\n---\nNew, TLSv1.3\nVerify return code: 21 (unable to verify the first certificate)",
			"intermediate-omitted", "", "verify error:num=20:unable to get local issuer certificate"},
		{"Traceback (most recent call last):\n  File \"x.py\", line 3, in <module>\nssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:997)",
			"expired", "", "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:997)"},
		{"Max retries exceeded with url: / (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1000)')))", "intermediate-omitted", "", ""},
		{"self-signed certificate in certificate chain", "chain client=openssl send=leaf-root-intermediate trust=old-root", "", ""},
		{"verify error:num=19:self-signed certificate in certificate chain", "chain client=openssl send=leaf-root-intermediate trust=old-root", "", ""},
		{"error 18 at 0 depth lookup: self-signed certificate", "self-signed", "", ""},
		{"expired", "expired", "", ""}, {"revoked", "revoked-staple revoked-list", "", ""}, {"too short", "rsa-512", "", ""}, {"wrong-key", "wrong-key", "", ""},
		{"handshake failure", "no-common-suite", "", ""}, {"certificate signed by unknown authority", "intermediate-omitted", "", ""},
		{"The certificate is NOT trusted. The certificate issuer is unknown.", "intermediate-omitted", "", ""},
		{"tls: server rejected ECH", "sni ech=stale", "", ""}, {"ech_required", "sni ech=stale", "RFC 9849", ""}, {"net::ERR_SSL_KEY_USAGE_INCOMPATIBLE", "certificate usage=keyEncipherment", chromiumRan, ""},
		{"unrecognized_name", "unknown-name", "", ""}, {"no_application_protocol", "alpn-mismatch", "", ""},
		{"tls: no supported versions satisfy MinVersion and MaxVersion", "suites max=1.1", "", ""},
		{"list is stale", "list-stale", "", ""}, {"OCSP response expired", "staple-expired", "", ""},
		{"NET::ERR_CERT_AUTHORITY_INVALID", "unknown-ca", chromiumRan, ""}, {"Error code: SSL_ERROR_BAD_CERT_DOMAIN", "wrong-name", "Firefox", ""},
		{"unable to find valid certification path to requested target", "unknown-ca", javaRan, ""}, {"code: 'DEPTH_ZERO_SELF_SIGNED_CERT'", "self-signed", nodeRan, ""},
		{"Get \"https://localhost:80/\": http: server gave HTTP response to HTTPS client", "plain-http", goRan, ""},
		{"Get \"https://www.example.com/\": EOF", "truncated", "Go", ""}, {"unexpected EOF", "truncated", "", ""},
		{"read tcp 192.0.2.1:1->192.0.2.2:443: read: connection reset by peer", "truncated", "POSIX (ECONNRESET)", ""},
		{"2026/11/22 18:00:00 [info] 7#7: *1 SSL_do_handshake() failed (SSL: error:0A000418:SSL routines::tlsv1 alert unknown ca:SSL alert number 48) while SSL handshaking, client: 10.1.2.3, server: 0.0.0.0:443",
			"unknown-ca", "OpenSSL, of an alert that came to it; in a server's log the client sent it", ""},
		{"2026/11/22 18:00:00 http: TLS handshake error from 192.0.2.7:4: remote error: tls: unknown certificate authority", "strange-client", "", ""}, // the other reading stands beside it
		{"SSL routines::ssl/tls alert certificate unknown:SSL alert number 46", "unknown-ca", "OpenSSL, of an alert that came to it; in a server's log the client sent it", ""},
		{"error:0A000418:SSL routines::tlsv1 alert unknown ca, errno 0", "strange-client", "", ""}, // as a client has it
		{"invalid peer certificate: UnknownIssuer", "unknown-ca", "rustls", ""},
		{"Caused by: java.security.cert.CertificateExpiredException: NotAfter: Mon Jan 01 12:00:00 CET 2024", "expired", javaRan, ""},
		{"400 No required SSL certificate was sent", "no-client-cert", "nginx", ""}, {"400 The SSL certificate error", "strange-client", "nginx", ""},
		{"40C7:error:0A0000C1:SSL routines:tls_post_process_client_hello:no shared cipher:ssl/statem/statem_srvr.c:2220:", "no-common-suite", opensslRan, ""},
	} {
		found := Why(c.text)
		if len(found) == 0 {
			t.Errorf("%q finds nothing", c.text)
			continue
		}
		if m := found[0]; !slices.Contains(append(strings.Fields(c.want), c.want), m.first()) || m.By != c.by || m.Line != c.line {
			t.Errorf("%q finds %s, stated by %q, by the line %q", c.text, m.first(), m.By, m.Line)
		}
	}
}

// TestWhyLines: of a page with several errors each is told of, once, the one that is
// understood best first; colours do not count.
func TestWhyLines(t *testing.T) {
	page := "CONNECTED(00000003)\nverify error:num=20:unable to get local issuer certificate\nverify return:1\n" +
		"verify error:num=21:unable to verify the first certificate\n\x1b[31mverify error:num=10:certificate has expired\x1b[0m\nVerify return code: 10 (certificate has expired)\n"
	var lines []string
	for _, m := range Why(page) {
		if m.Rank == 1 && !slices.Contains(lines, m.Line) {
			lines = append(lines, m.Line)
		}
	}
	if want := []string{"verify error:num=20:unable to get local issuer certificate", "verify error:num=10:certificate has expired"}; !slices.Equal(lines, want) {
		t.Errorf("it understands %q", lines)
	}
	if found := Why("\x1b[1;31mcertificate has expired\x1b[0m"); len(found) == 0 || !isOf(found[0], "expired") {
		t.Errorf("in colour it finds %v", found)
	}
}

// TestWhyNames: a name that is all there leaves out others that only have words in
// common with it; what was expired is not revoked. One that is misspelt finds them.
func TestWhyNames(t *testing.T) {
	for _, text := range []string{"SEC_ERROR_EXPIRED_CERTIFICATE", "Error code: SEC_ERROR_EXPIRED_CERTIFICATE"} {
		for _, m := range Why(text) {
			if isOf(m, "revoked-list") || isOf(m, "revoked-staple") || m.Text != "SEC_ERROR_EXPIRED_CERTIFICATE" {
				t.Errorf("%s finds %s", text, m.Text)
			}
		}
	}
	if found := Why("SEC_ERROR_EXPIRED_CERTFICATE"); len(found) == 0 || !isOf(found[0], "expired") {
		t.Errorf("misspelt it finds %v", found)
	}
}

// TestWhyTables: each fault has its place in the order of how usual they are and a
// sentence that tells it from others; what is only documented was never said here,
// names what there is, and finds itself; all that other labs have said does.
func TestWhyTables(t *testing.T) {
	use := usual()
	if len(use) != len(Faults()) || len(tells()) != len(Faults()) {
		t.Errorf("%d of %d faults have a tell", len(tells()), len(Faults()))
	}
	for _, f := range Faults() {
		if _, ok := use[f.Name]; !ok || !strings.HasSuffix(f.Tell(), ".") {
			t.Errorf("%s: %q", f.Name, f.Tell())
		}
	}
	all := tellingsOf()
	for _, s := range slices.Concat(statedTexts(), ranTexts()) {
		c := causeOf(s.faults)
		for name := range strings.FieldsSeq(s.faults) {
			if c == nil && name != "|" && all.named[name] == nil {
				t.Errorf("%s: there is no fault %s", s.text, name)
			}
		}
		if c != nil {
			setting(t, c.Lab, strings.Fields(c.String())[1:]...)
		}
		if found := Why(s.text); len(found) == 0 || !slices.ContainsFunc(found, func(m Match) bool { return m.Text == s.text && m.By == s.by && m.Rank == 1 }) {
			t.Errorf("%s, %s: it does not find itself", s.by, s.text)
		}
	}
	for _, c := range senses() {
		if !slices.ContainsFunc(all.all, func(o *telling) bool { return strings.Contains(strings.ToLower(o.Text), c.part) && o.meant == nil }) {
			t.Errorf("nobody says %q", c.part)
		}
	}
	said, err := recorded.Sayings()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range said {
		found := Why(elsewhere.Replace(s.Text))
		if !slices.ContainsFunc(found, func(m Match) bool { return m.Rank == 1 && slices.Contains(m.Peers, s.Who) }) {
			t.Errorf("%s %s: %q does not find itself", s.Lab, s.Set, s.Text)
		}
	}
}

// TestNearest: what is found nowhere has neighbours, if only some of its words are
// known, and none otherwise.
func TestNearest(t *testing.T) {
	text := "my proxy refused the certificate chain authority unknown somewhere"
	if found := Nearest(text, 3); len(Why(text)) > 0 || len(found) == 0 || len(found) > 3 {
		t.Errorf("%v, near %v", Why(text), found)
	}
	for _, text := range []string{"zzzz qqqq wwww", "OOMKilled"} {
		if found := Nearest(text, 3); len(found) > 0 {
			t.Errorf("%s: near %v", text, found)
		}
	}
}

// FuzzWhy: no text takes it down, or finds more than a few.
func FuzzWhy(f *testing.F) {
	f.Add("x509: certificate has expired or is not yet valid")
	f.Add("\xff\n\n")
	f.Add("server")
	f.Add("CERT_HAS_EXPIRED")
	f.Fuzz(func(t *testing.T, text string) {
		found := Why(text)
		if len(found) > maxMatches && found[maxMatches].Rank != 1 {
			t.Errorf("%d matches", len(found))
		}
		for i, m := range found {
			if !utf8.ValidString(m.Text) || len(m.Faults)+len(m.Causes) == 0 && m.Sense() == "" || m.Rank < 1 || m.Rank > i+1 {
				t.Errorf("match %d: %+v", i, m)
			}
		}
	})
}
