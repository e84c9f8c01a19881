package labs

import (
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/recorded"
)

// TestWhyMeant: what no lab has the cause of finds itself, as it stands and in what
// other programs say around it, with what it means and nothing that could be run.
func TestWhyMeant(t *testing.T) {
	for _, row := range meantTexts() {
		for _, text := range []string{row.text, "2026-11-22T18:00:00Z error: " + row.text} {
			found := Why(text)
			i := slices.IndexFunc(found, func(m Match) bool { return m.Text == row.text && m.Rank == 1 })
			if i < 0 {
				t.Errorf("%q does not find itself", text)
				continue
			}
			if m := found[i]; m.Sense() != row.doc || m.Check() != row.check || m.Lesson() != row.lesson || len(m.Faults)+len(m.Causes) > 0 || m.By == "" {
				t.Errorf("%q: %+v", text, m)
			}
		}
		if !strings.HasSuffix(row.doc, ".") {
			t.Errorf("%s: %q is no sentence", row.text, row.doc)
		}
	}
}

// TestWhyVague: what only says that something is wrong gives way to the reason, if
// one is there, and is no other reason's.
func TestWhyVague(t *testing.T) {
	for text, want := range map[string]string{
		"psql: error: SSL error: certificate verify failed":                                                                                    "certificate verify failed",
		"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self signed certificate in certificate chain (_ssl.c:1131)":               "chain client=python3 send=leaf-root-intermediate trust=old-root",
		"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Missing Authority Key Identifier (_ssl.c:1032)":                           "Missing Authority Key Identifier",
		"TLS error: 268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED":                                                         "CERTIFICATE_VERIFY_FAILED",
		"error:0A000086:SSL routines::certificate verify failed (unable to get local issuer certificate)":                                      "intermediate-omitted",
		"error:0A000102:SSL routines::unsupported protocol":                                                                                    "no-common-version",
		"Unable to connect to the server: x509: certificate is valid for 10.96.0.1, 192.0.2.1, not 192.0.2.7":                                  "wrong-name",
		"invalid peer certificate: BadSignature":                                                                                               "tampered",
		"The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch, RemoteCertificateChainErrors": "wrong-name",
	} {
		if found := Why(text); len(found) == 0 || found[0].first() != want {
			t.Errorf("%q finds %+v", text, found)
		}
	}
}

// TestWhyDeepest: of a trace the first cause of all counts, which Java and Python say
// last, and what Go wraps says behind its wrappings.
func TestWhyDeepest(t *testing.T) {
	java := "Exception in thread \"main\" javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.validator.ValidatorException: unable to find valid certification path to requested target\n" +
		"\tat java.base/sun.security.ssl.Alert.createSSLException(Alert.java:131)\n" +
		"Caused by: sun.security.validator.ValidatorException: PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed\n\t... 17 more\n" +
		"Caused by: java.security.cert.CertificateExpiredException: NotAfter: Mon Jan 01 12:00:00 CET 2024\n\t... 24 more\n"
	python := "Traceback (most recent call last):\n  File \"a.py\", line 1\nssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1000)\n\n" +
		"During handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"b.py\", line 2\nssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1000)\n"
	for text, line := range map[string]string{
		java:                                    "Caused by: java.security.cert.CertificateExpiredException: NotAfter",
		strings.Join(strings.Fields(java), " "): "Caused by: java.security.cert.CertificateExpiredException: NotAfter",
		python:                                  "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired",
		"Get \"https://www.example.com/\": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-01-01T00:00:00Z is after 2025-01-01T00:00:00Z": "",
	} {
		if found := Why(text); len(found) == 0 || !isOf(found[0], "expired") || !strings.HasPrefix(found[0].Line, line) {
			t.Errorf("%.60q finds %+v", text, found)
		}
	}
}

// TestWhyPasted: colours, times, what JSON quotes, the line ends of Windows and very
// long logs do not count.
func TestWhyPasted(t *testing.T) {
	log := strings.Repeat("2026-11-22T18:00:00Z GET /index.html 200 0.003\n", 300_000)
	for name, text := range map[string]string{
		"colour":   "\x1b[31mERROR\x1b[0m \x1b[1mx509: \x1b[4mcertificate has expired or is not yet valid\x1b[0m: current time",
		"times":    "Nov 22 18:00:00 web1 app[812]: 2026/11/22 18:00:00.123456 x509: certificate has expired or is not yet valid: current time 2026-11-22T18:00:00Z is after 2025-01-01T00:00:00Z",
		"JSON":     `{"level":"error","msg":"Get \"https:\/\/www.example.com\": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-22T18:00:00Z is after 2025-01-01T00:00:00Z\nretrying"}`,
		"Windows":  "* TLS\r\ncurl: (60) SSL certificate problem: certificate has expired\r\nMore details here\r\n",
		"middle":   log[:len(log)/2] + "curl: (60) SSL certificate problem: certificate has expired\n" + log[len(log)/2:],
		"one line": strings.Repeat("a b ", 4<<20) + "\nverify error:num=10:certificate has expired",
	} {
		if found := Why(text); len(found) == 0 || !isOf(found[0], "expired") {
			t.Errorf("%s: it finds %+v", name, found)
		}
	}
}

// TestWhyPaper: a certificate of another kind may expire, and no client says so; one
// of a site may.
func TestWhyPaper(t *testing.T) {
	for _, text := range []string{"gift certificate has expired", "my birth certificate has expired", "Your training certificate is not yet valid", "my password has expired", "session token has expired", "token signature verification failed", "JWT signature verification failed", "package signature verification failed"} {
		if found, near := Why(text), Nearest(text, 3); len(found)+len(near) > 0 {
			t.Errorf("%s: finds %v, near %v", text, found, near)
		}
	}
	for _, text := range []string{"certificate has expired", "wildcard certificate has expired", "the server's certificate has expired", "certificate expired"} {
		if found := Why(text); len(found) == 0 || !isOf(found[0], "expired") {
			t.Errorf("%s: finds %v", text, found)
		}
	}
}

// TestWhyWord: a word that very many texts have says nothing; one that few have does.
func TestWhyWord(t *testing.T) {
	for _, text := range []string{"x509", "openssl", "curl", "certificate", "keystore"} {
		if found, near := Why(text), Nearest(text, 3); len(found)+len(near) > 0 {
			t.Errorf("%s: finds %v, near %v", text, found, near)
		}
	}
	for _, text := range []string{"expired", "alpn", "wildcard"} {
		if len(Why(text)) == 0 {
			t.Errorf("%s finds nothing", text)
		}
	}
}

// What is quoted of a fault that was found by its name was said of that fault, and not
// of another one that differs in names alone.
func TestWhyQuotesItsOwn(t *testing.T) {
	rows, err := recorded.Verdicts()
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string][]string{}
	for _, r := range rows {
		lines[r.Fault] = append(lines[r.Fault], r.Line)
	}
	for _, f := range Faults() {
		found := Why(f.Name)
		if len(found) == 0 || !slices.Contains(found[0].Faults, f) && found[0].first() != f.Name {
			t.Errorf("%s is not found by its name", f.Name)
			continue
		}
		m := found[0]
		if m.By == "" && m.Text != "" && !slices.Contains(lines[f.Name], m.Text) {
			t.Errorf("%s: nobody says of it %q", f.Name, m.Text)
		}
	}
}

// What says that it went well is no error, nor is what a tool prints above everything;
// beside them the error is found.
func TestWhyWentWell(t *testing.T) {
	for _, text := range []string{"- Status: The certificate is trusted.", "Verification: OK", "    Verify return code: 0 (ok)", "leaf.pem: OK"} {
		if found := Why(text); len(found) > 0 || !WentWell(text) {
			t.Errorf("%q is taken for an error: %v", text, found)
		}
	}
	whole := "CONNECTED(00000003)\n---\nCertificate chain\n---\nServer certificate\n---\nVerification: OK\nVerify return code: 0 (ok)\n"
	if found := Why(whole); len(found) > 0 {
		t.Errorf("a session that went well finds %q", found[0].Text)
	}
	bad := strings.Replace(whole, "Verify return code: 0 (ok)", "verify error:num=10:certificate has expired", 1)
	if found := Why(bad); len(found) == 0 || found[0].first() != "expired" || WentWell(bad) {
		t.Errorf("the error among them finds %v", found)
	}
	for text, fault := range map[string]string{
		"certificate has been revoked": "revoked-staple", "java.security.cert.CertificateRevokedException: Certificate has been revoked, reason: KEY_COMPROMISE": "revoked-staple",
		"Get \"https://x\": x509: certificate is valid for foo, not bar": "wrong-name", "tls: failed to verify certificate: x509: certificate is valid for kubernetes, kubernetes.default, not localhost": "wrong-name",
	} {
		if found := Why(text); len(found) == 0 || found[0].first() != fault {
			t.Errorf("%q does not find %s: %v", text, fault, found)
		}
	}
}
