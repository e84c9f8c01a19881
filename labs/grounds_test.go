package labs

import (
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// TestGroundIn gives words of each program, and expects the check that they are
// about and the field that it looks at, in a chain of a leaf and what signed it.
func TestGroundIn(t *testing.T) {
	_, list := find(Records(finish(t, Handshake)), "Certificate.certificate_list")
	certs := certificates(list)
	if len(certs) < 2 {
		t.Fatalf("%d certificates", len(certs))
	}
	leaf, top := certs[0], certs[len(certs)-1]
	for text, want := range map[string]struct {
		check string
		in    *wire.Field
		path  string
	}{
		"verify error:num=62:hostname mismatch":                                                     {"name", leaf, "subjectAltName"},
		"Verify return code: 62 (Hostname mismatch)":                                                {"name", leaf, "subjectAltName"},
		"verify error:num=64:IP address mismatch":                                                   {"name", leaf, "subjectAltName"},
		"certificate verify failed: IP address mismatch, certificate is not valid for '192.0.2.1'.": {"name", leaf, "subjectAltName"},
		"curl: (60) SSL: no alternative certificate subject name matches target host name 'a'":      {"name", leaf, "subjectAltName"},
		"The certificate is NOT trusted. The name in the certificate does not match the expected.":  {"name", leaf, "subjectAltName"},
		"tls: failed to verify certificate: x509: certificate is valid for a.test, not b.test":      {"name", leaf, "subjectAltName"},
		"verify error:num=10:certificate has expired":                                               {"time", leaf, "validity.notAfter"},
		"The certificate is NOT trusted. The certificate chain uses expired certificate.":           {"time", leaf, "validity.notAfter"},
		"x509: certificate has expired or is not yet valid: current time A is after B":              {"time", leaf, "validity.notAfter"},
		"x509: certificate has expired or is not yet valid: current time A is before B":             {"time", leaf, "validity.notBefore"},
		"verify error:num=9:certificate is not yet valid":                                           {"time", leaf, "validity.notBefore"},
		"The certificate chain uses not yet valid certificate.":                                     {"time", leaf, "validity.notBefore"},
		"verify error:num=18:self-signed certificate":                                               {"anchor", leaf, "issuer"},
		"SSL certificate problem: self signed certificate in certificate chain":                     {"anchor", top, "issuer"},
		"verify error:num=19:self-signed certificate in certificate chain":                          {"anchor", top, "issuer"},
		"verify error:num=20:unable to get local issuer certificate":                                {"anchor", top, "issuer"},
		"The certificate is NOT trusted. The certificate issuer is unknown.":                        {"anchor", top, "issuer"},
		"x509: certificate signed by unknown authority":                                             {"anchor", top, "issuer"},
		"verify error:num=21:unable to verify the first certificate":                                {"path", leaf, "issuer"},
		"verify error:num=26:unsuitable certificate purpose":                                        {"purpose", leaf, "extKeyUsage"},
		"certificate verify failed: unsupported certificate purpose":                                {"purpose", leaf, "extKeyUsage"},
		"verify error:num=79:invalid CA certificate":                                                {"CA", certs[1], "basicConstraints"},
		"The certificate is NOT trusted. The certificate issuer is not a CA.":                       {"CA", certs[1], "basicConstraints"},
		"verify error:num=25:path length constraint exceeded":                                       {"path length", certs[1], "basicConstraints"},
		"verify error:num=32:key usage does not include certificate signing":                        {"key usage", certs[1], "keyUsage"},
		"verify error:num=7:certificate signature failure":                                          {"signature", leaf, "signatureValue"},
		"certificate verify failed: EE certificate key too weak":                                    {"strength", leaf, "subjectPublicKeyInfo"},
		"verify error:num=67:CA certificate key too weak":                                           {"strength", certs[1], "subjectPublicKeyInfo"},
		"verify error:num=68:CA signature digest algorithm too weak":                                {"strength", leaf, "signatureAlgorithm"},
		"The certificate is NOT trusted. The certificate chain uses insecure algorithm.":            {"strength", leaf, "signatureAlgorithm"},
		"verify error:num=23:certificate revoked":                                                   {"revocation", leaf, "serialNumber"},
		"verify error:num=34:unhandled critical extension":                                          {"critical extensions", leaf, "tbsCertificate.extensions"},
	} {
		g := groundIn(text)
		if g == nil || g.check != want.check {
			t.Errorf("%s: %+v", text, g)
			continue
		}
		if got, at := g.field(certs), want.in.Match(want.path); got == nil || got != at && !strings.HasPrefix(want.path, "basicConstraints") || at == nil {
			t.Errorf("%s: it is about %+v", text, got)
		}
		// A leaf that came alone has to do.
		g.field(certs[:1])
	}
	for text, check := range map[string]string{
		"verify error:num=47:permitted subtree violation":                                  "name constraints",
		"The certificate chain violates the signer's constraints.":                         "name constraints",
		"x509: a root or intermediate certificate is not authorized to sign for this name": "",
		"remote error: tls: bad certificate":                                               "",
		"local error: tls: bad record MAC":                                                 "",
		"verify error:num=4711:what nobody has heard of":                                   "",
	} {
		g := groundIn(text)
		if (g == nil) != (check == "") || g != nil && g.check != check {
			t.Errorf("%s: %+v", text, g)
		}
	}
}

// TestGroundDates expects the date that was passed, and the one still to come, in
// whichever certificate of the chain they are.
func TestGroundDates(t *testing.T) {
	cert := func(from, to string) *wire.Field {
		return wire.Note("Certificate", "", wire.Note("validity", "", wire.Note("notBefore", from), wire.Note("notAfter", to)))
	}
	chain := []*wire.Field{cert("2026-11-01 00:00:00 UTC", "2027-01-01 00:00:00 UTC"), cert("2027-10-01 00:00:00 UTC", "2026-11-20 00:00:00 UTC"), cert("2020-01-01 00:00:00 UTC", "2040-01-01 00:00:00 UTC")}
	for text, want := range map[string]string{"certificate has expired": "2026-11-20 00:00:00 UTC", "certificate is not yet valid": "2027-10-01 00:00:00 UTC"} {
		if f := groundIn(text).field(chain); f.Value != want {
			t.Errorf("%s: %s", text, f.Value)
		}
	}
}
