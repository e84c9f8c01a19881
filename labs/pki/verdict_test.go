package pki

import (
	"crypto/x509"
	"strings"
	"testing"
)

// goVerdicts holds what crypto/x509 says of a leaf with each change: a part of its
// error, from reading or from verifying; "" where it accepts.
var goVerdicts = map[string]string{
	"indefinite-length": "malformed certificate", "long-length": "malformed certificate", "trailing-bytes": "trailing data", "truncated": "malformed certificate",
	"v1": "legacy Common Name", "v1-with-extensions": "legacy Common Name", "v4": "invalid version",
	"negative-serial": "negative serial number", "zero-serial": "", "long-serial": "", "padded-serial": "malformed serial number",
	"sha1": "insecure algorithm ECDSA-SHA1", "md5": "insecure algorithm MD5-RSA", "unknown-algorithm": "algorithm unimplemented", "algorithms-differ": "don't match",
	"wrong-issuer": "unknown authority", "empty-issuer": "unknown authority", "nul-subject": "",
	"expired": "is after", "not-yet-valid": "is before", "dates-swapped": "is after", "forever": "", "generalized-time": "", "no-seconds": "",
	"local-time": "malformed UTCTime", "no-date": "malformed UTCTime", "ml-dsa-key": "", "off-curve-key": "not on curve",
	"no-names": "legacy Common Name", "empty-names": "not valid for any names", "utf8-name": "dNSName is malformed", "nul-name": "valid for app.lab.test\x00.evil",
	"space-name": "valid for  , not", "underscore-name": "valid for _app", "wrong-name": "valid for not-app", "address-as-name": "valid for 127.0.0.1, not",
	"five-octet-address": "IP address of length 5", "names-critical": "", "no-basic-constraints": "", "leaf-as-ca": "", "path-length-zero": "",
	"path-length-without-ca": "", "negative-path-length": "invalid basic constraints", "bad-basic-constraints": "invalid basic constraints", "explicit-false": "",
	"basic-constraints-not-critical": "", "constrained-elsewhere": "", "empty-name-constraints": "empty name constraints", "no-key-usage": "", "no-cert-sign": "",
	"no-digital-signature": "", "empty-key-usage": "", "no-purpose": "", "wrong-purpose": "incompatible key usage", "empty-purpose": "",
	"unknown-critical": "unhandled critical extension", "unknown-extension": "", "poison": "unhandled critical extension", "duplicate-extension": "duplicate extension",
	"no-extensions": "legacy Common Name", "wrong-authority-key": "", "no-authority-key": "", "no-subject-key": "",
	"authority-key-critical": "incorrectly marked critical", "must-staple": "", "tampered-signature": "ECDSA verification failure", "no-signature": "ECDSA verification failure",
}

// TestGoJudgesBadLeaves: each bad leaf is met by crypto/x509 as the table says.
func TestGoJudgesBadLeaves(t *testing.T) {
	ecCA, ec, rsaCA, rsa := twins(t, NewKeyring())
	for _, c := range changes() {
		want, ok := goVerdicts[c.Name]
		if !ok {
			if c.Name != "not-a-ca" { // which every leaf is
				t.Errorf("%s has no verdict", c.Name)
			}
			continue
		}
		ca, good := ecCA, ec
		if c.Name == "md5" {
			ca, good = rsaCA, rsa
		}
		bad, err := ca.Forge(good, c)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		leaf, err := x509.ParseCertificate(bad)
		if err == nil {
			_, err = leaf.Verify(x509.VerifyOptions{Roots: ca.Pool(), CurrentTime: today, DNSName: "app.lab.test"})
		}
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, and not %q", c.Name, err, want)
		}
	}
}

// TestGoJudgesBadIntermediates: a good leaf under a bad intermediate.
func TestGoJudgesBadIntermediates(t *testing.T) {
	ca, mid, is := world(t)
	root, _ := ca.Authorities()
	for name, want := range map[string]string{
		"no-basic-constraints": "cannot sign this kind", "not-a-ca": "cannot sign this kind", "path-length-without-ca": "cannot sign this kind",
		"v1-with-extensions": "not authorized to sign", "no-cert-sign": "unknown authority", "no-key-usage": "", "basic-constraints-not-critical": "",
		"constrained-elsewhere": "not permitted by any constraint", "wrong-purpose": "incompatible key usage", "expired": "expired",
		"wrong-authority-key": "", "unknown-critical": "unhandled critical", "tampered-signature": "ECDSA verification failure", "forever": "",
	} {
		c, ok := FindChange(name)
		if !ok {
			t.Errorf("no change is named %s", name)
			continue
		}
		bad, err := root.Forge(mid.Raw, c)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		between, err := x509.ParseCertificate(bad)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		pool := x509.NewCertPool()
		pool.AddCert(between)
		_, err = is.Leaf.Verify(x509.VerifyOptions{Roots: ca.Roots(), Intermediates: pool, DNSName: "app.lab.test"})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, and not %q", name, err, want)
		}
	}
}

func TestForgeRefuses(t *testing.T) {
	ecCA, ec, rsaCA, rsa := twins(t, NewKeyring())
	md5, _ := FindChange("md5")
	sha1, _ := FindChange("sha1")
	address, _ := FindChange("five-octet-address")
	is, err := ecCA.Issue(Server("app.lab.test"))
	if err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]func() ([]byte, error){
		"MD5 by ECDSA":      func() ([]byte, error) { return ecCA.Forge(ec, md5) },
		"another's":         func() ([]byte, error) { return rsaCA.Forge(ec, sha1) },
		"no certificate":    func() ([]byte, error) { return rsaCA.Forge(rsa[1:], sha1) },
		"no address":        func() ([]byte, error) { return ecCA.Forge(is.Leaf.Raw, address) },
		"no such field":     func() ([]byte, error) { return ecCA.Forge(ec, replaced("tbsCertificate.nothing", nil)) },
		"no such extension": func() ([]byte, error) { return ecCA.Forge(ec, replaced("extensions.nameConstraints", nil)) },
		"no difference": func() ([]byte, error) {
			return ecCA.Forge(ec, replaced("tbsCertificate.version", []byte{0xa0, 3, 2, 1, 2}))
		},
	} {
		if bad, err := try(); err == nil || bad != nil {
			t.Errorf("%s: %d octets", name, len(bad))
		}
	}
	if _, ok := FindChange("nothing"); ok {
		t.Error("a change that does not exist was found")
	}
	seen := map[string]bool{}
	for _, c := range changes() {
		if seen[c.Name] || c.Name == "" || c.Doc == "" || strings.HasSuffix(c.Doc, ".") {
			t.Errorf("%+v", c)
		}
		seen[c.Name] = true
	}
}

// TestForgeUnderEveryKey: whatever key signs, a bad twin can be had of each kind,
// where the key knows the hash.
func TestForgeUnderEveryKey(t *testing.T) {
	keys := NewKeyring()
	for _, kind := range append(Kinds(), WeakKinds()...) {
		anchor := Anchor("Lab Root CA")
		anchor.Kind = kind
		root, err := Root(keys, clock, anchor)
		if err != nil {
			t.Fatal(err)
		}
		s := Server("app.lab.test", "127.0.0.1")
		s.Subject.CommonName, s.Kind = "app.lab.test", kind
		is, err := root.Issue(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes() {
			unknown := c.Name == "md5" && !strings.HasPrefix(kind, "rsa") || c.Name == "sha1" && kind == "ed25519" || c.Name == "not-a-ca"
			if _, err := root.Forge(is.Leaf.Raw, c); (err != nil) != unknown {
				t.Errorf("%s, %s: %v", kind, c.Name, err)
			}
		}
	}
}
