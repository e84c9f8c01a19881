package pki

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestEncodingEqualsCryptoX509: what is signed has the very bytes that
// crypto/x509 would write for the same certificate.
func TestEncodingEqualsCryptoX509(t *testing.T) {
	keys := NewKeyring()
	root, err := Root(keys, clock, Anchor("Lab Root CA"))
	if err != nil {
		t.Fatal(err)
	}
	uri, _ := url.Parse("spiffe://lab.test/app")
	_, ten, _ := net.ParseCIDR("10.0.0.0/8")
	policy, err := x509.OIDFromInts([]uint64{2, 23, 140, 1, 2, 1})
	if err != nil {
		t.Fatal(err)
	}
	extra := pkix.Extension{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 1}, Value: []byte{5, 0}}
	from, to := today, today.Add(time.Hour)
	late := time.Date(2051, 2, 3, 4, 5, 6, 0, time.UTC)
	for name, c := range map[string]struct {
		spec Spec
		want x509.Certificate
	}{
		"server": {Server("app.lab.test", "10.1.2.3", "::1", "spiffe://lab.test/app", "bob@lab.test"), x509.Certificate{
			DNSNames: []string{"app.lab.test"}, IPAddresses: []net.IP{{10, 1, 2, 3}, net.ParseIP("::1")}, URIs: []*url.URL{uri}, EmailAddresses: []string{"bob@lab.test"},
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true}},
		"full": {Spec{Subject: pkix.Name{CommonName: "B\u00fccher & Co", Organization: []string{"Lab"}, Country: []string{"NO"}, SerialNumber: "7"}, CA: true, PathLen: new(3),
			NotAfter: late, Usage: x509.KeyUsageCertSign | x509.KeyUsageDecipherOnly, Purposes: []x509.ExtKeyUsage{x509.ExtKeyUsageAny, x509.ExtKeyUsageTimeStamping},
			OtherUsages: []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 17}}, Within: &Constraints{Permitted: []string{"lab.test", "10.0.0.0/8", "email:lab.test"}, Excluded: []string{"uri:.evil.test"}},
			Policies: []string{"2.23.140.1.2.1"}, CRLs: []string{"http://crl.lab.test/a", "http://crl.lab.test/b"}, OCSP: []string{"http://ocsp.lab.test"},
			Issuers: []string{"http://ca.lab.test/ca.der"}, Extra: []pkix.Extension{extra}}, x509.Certificate{
			Subject:  pkix.Name{CommonName: "B\u00fccher & Co", Organization: []string{"Lab"}, Country: []string{"NO"}, SerialNumber: "7"},
			NotAfter: late, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDecipherOnly, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageAny, x509.ExtKeyUsageTimeStamping},
			UnknownExtKeyUsage: []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 17}}, BasicConstraintsValid: true, IsCA: true, MaxPathLen: 3,
			PermittedDNSDomainsCritical: true, PermittedDNSDomains: []string{"lab.test"}, PermittedIPRanges: []*net.IPNet{ten}, PermittedEmailAddresses: []string{"lab.test"},
			ExcludedURIDomains: []string{".evil.test"}, Policies: []x509.OID{policy}, CRLDistributionPoints: []string{"http://crl.lab.test/a", "http://crl.lab.test/b"},
			OCSPServer: []string{"http://ocsp.lab.test"}, IssuingCertificateURL: []string{"http://ca.lab.test/ca.der"}, ExtraExtensions: []pkix.Extension{extra}}},
		"sub": {Sub("caf\u00e9 *"), x509.Certificate{Subject: pkix.Name{CommonName: "caf\u00e9 *"}, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
			BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true}},
	} {
		for _, kind := range []string{"p256", "p384", "ed25519", "rsa1024"} {
			key, err := keys.Key(kind)
			if err != nil {
				t.Fatal(err)
			}
			c.spec.Key, c.spec.NotBefore, c.spec.Serial = key, from, new(big.Int).Lsh(big.NewInt(0xff), 100)
			c.want.NotBefore, c.want.SerialNumber = from, c.spec.Serial
			if c.spec.NotAfter.IsZero() {
				c.spec.NotAfter = to
			}
			c.want.NotAfter = c.spec.NotAfter
			_, bits, err := keyInfo(key.Public())
			if err != nil {
				t.Fatal(err)
			}
			c.want.SubjectKeyId = keyID(bits)
			wantDER, err := x509.CreateCertificate(rand.Reader, &c.want, root.Cert(), key.Public(), root.Key)
			if err != nil {
				t.Fatal(err)
			}
			want, err := x509.ParseCertificate(wantDER)
			if err != nil {
				t.Fatal(err)
			}
			got, err := root.Issue(c.spec)
			if err != nil {
				t.Fatalf("%s, %s: %v", name, kind, err)
			}
			if name == "server" {
				want.Extensions, want.RawTBSCertificate = order(t, want, got.Leaf)
			}
			if !bytes.Equal(got.Leaf.RawTBSCertificate, want.RawTBSCertificate) {
				t.Errorf("%s, %s: what is signed differs:\n%x\n%x", name, kind, got.Leaf.RawTBSCertificate, want.RawTBSCertificate)
			}
			if err := got.Leaf.CheckSignatureFrom(root.Cert()); err != nil {
				t.Errorf("%s, %s: %v", name, kind, err)
			}
		}
	}
}

// order checks the alternative names, which crypto/x509 writes sorted by form and
// we write as they are given, and returns want with ours.
func order(t *testing.T, want, got *x509.Certificate) ([]pkix.Extension, []byte) {
	t.Helper()
	if len(got.DNSNames) != 1 || len(got.IPAddresses) != 2 || len(got.URIs) != 1 || len(got.EmailAddresses) != 1 {
		t.Errorf("names %v, %v, %v, %v", got.DNSNames, got.IPAddresses, got.URIs, got.EmailAddresses)
	}
	p, err := split(want.Raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range got.Extensions {
		if e.Id.Equal(extensionOID("subjectAltName")) {
			p.with("subjectAltName", e.Critical, e.Value)
		}
	}
	return got.Extensions, p.tbs()
}

func TestAllFormsOfNames(t *testing.T) {
	root, err := Root(NewKeyring(), clock, Anchor("Lab Root CA"))
	if err != nil {
		t.Fatal(err)
	}
	is, err := root.Issue(Server("dns:10.0.0.1", "ip:10.0.0.2", "uri:urn:x", "email:a", "dir:Some One", "rid:1.2.840.113549", "upn:bob@lab.test", "*.lab.test"))
	if err != nil {
		t.Fatal(err)
	}
	c := is.Leaf
	if len(c.DNSNames) != 2 || c.DNSNames[0] != "10.0.0.1" || len(c.IPAddresses) != 1 || len(c.URIs) != 1 || len(c.EmailAddresses) != 1 {
		t.Errorf("names %v, %v, %v, %v", c.DNSNames, c.IPAddresses, c.URIs, c.EmailAddresses)
	}
	for _, bad := range []string{"", "dns:", "a b", "ip:x", "rid:1", "rid:x", "rid:3.1", "uri:http://[", "email:b\u00fc", "upn:\x00"} {
		if _, err := root.Issue(Server(bad)); err == nil {
			t.Errorf("%q is accepted as a name", bad)
		}
	}
}

func TestSpecRefusals(t *testing.T) {
	root, err := Root(NewKeyring(), clock, Anchor("Lab Root CA"))
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]Spec{
		"nameless authority": {CA: true}, "path length": {PathLen: new(1)}, "negative path length": {CA: true, PathLen: new(-1), Subject: pkix.Name{CommonName: "x"}},
		"serial": {Serial: big.NewInt(-1)}, "omitted": {Omit: []string{"basic"}}, "policy": {Policies: []string{"x"}}, "point": {CRLs: []string{" "}},
		"access": {OCSP: []string{"\u00e4"}}, "constraint": {Within: &Constraints{Permitted: []string{"ldap:x"}}}, "purpose": {Purposes: []x509.ExtKeyUsage{99}},
		"extension": {Extra: []pkix.Extension{{Id: extensionOID("basicConstraints"), Value: []byte{1}}}}, "UTF-8": {Subject: pkix.Name{CommonName: "\xff"}},
		"long OID": {Policies: []string{"1.2" + strings.Repeat(".2147483647", 26)}}, "long ID": {Names: []string{"rid:1.2" + strings.Repeat(".2147483647", 26)}},
		"year": {NotAfter: today.AddDate(9000, 0, 0)}, "hash": {Hash: 99},
	} {
		if is, err := root.Issue(s); err == nil || is != nil {
			t.Errorf("%s: got %v", name, is)
		}
		s.CA = true
		if sub, err := root.Intermediate(s); name != "path length" && (err == nil || sub != nil) {
			t.Errorf("%s: got %v", name, sub)
		}
	}
}

// TestNoKey: who has no key here neither signs itself nor becomes an authority.
func TestNoKey(t *testing.T) {
	root, err := Root(NewKeyring(), clock, Anchor("Lab Root CA"))
	if err != nil {
		t.Fatal(err)
	}
	s := Sub("Lab Issuing CA")
	s.Public = root.Key.Public()
	if b, err := root.Intermediate(s); err == nil || b != nil {
		t.Error("an authority without a key")
	}
	if b, err := Root(root.keys, clock, s); err == nil || b != nil {
		t.Error("a root without a key")
	}
	if is, err := Self(root.keys, clock, Spec{Names: []string{"a.lab.test"}, Public: s.Public}); err == nil || is != nil {
		t.Error("a certificate is signed by nobody")
	}
}

func TestCrossSign(t *testing.T) {
	keys := NewKeyring()
	old, err := Root(keys, clock, Anchor("Old Root CA"))
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := Root(keys, clock, Anchor("New Root CA"))
	if err != nil {
		t.Fatal(err)
	}
	mid, err := fresh.Intermediate(Sub("Lab Issuing CA"))
	if err != nil {
		t.Fatal(err)
	}
	cross, err := old.CrossSign(fresh, Spec{})
	if err != nil {
		t.Fatal(err)
	}
	is, err := mid.Issue(Server("app.lab.test"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(mid.Cert())
	pool.AddCert(cross.Cert())
	for name, roots := range map[string]*x509.CertPool{"new": fresh.Pool(), "old": old.Pool()} {
		chains, err := is.Leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: pool, CurrentTime: today, DNSName: "app.lab.test"})
		if err != nil || len(chains) != 1 || len(chains[0]) != map[string]int{"new": 3, "old": 4}[name] {
			t.Errorf("under the %s root: %d chains, %v", name, len(chains), err)
		}
	}
	if len(cross.Chain()) != 1 || cross.Top() != old || mid.Top() != fresh || len(is.Chain) != 2 || !bytes.Equal(cross.Cert().RawSubject, fresh.Cert().RawSubject) {
		t.Error("the cross-sign is not the same authority below another root")
	}
}

func TestProfiles(t *testing.T) {
	root, err := Root(NewKeyring(), clock, Anchor("Lab Root CA"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range Profiles() {
		name := "app.lab.test"
		if p.Name == "workload" {
			name = "spiffe://lab.test/app"
		}
		is, err := root.Issue(p.Spec(name))
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		life := is.Leaf.NotAfter.Sub(today)
		ids := map[string]bool{}
		for _, e := range is.Leaf.Extensions {
			ids[e.Id.String()] = true
		}
		switch p.Name {
		case "workload":
			if life != time.Hour || len(is.Leaf.URIs) != 1 || len(is.Leaf.ExtKeyUsage) != 2 {
				t.Errorf("a workload lives %v", life)
			}
		case "short-lived":
			if life != 6*day {
				t.Errorf("a short life is %v", life)
			}
		case "must-staple":
			if !ids["1.3.6.1.5.5.7.1.24"] {
				t.Error("no TLS feature")
			}
		case "ca", "root":
			if !is.Leaf.IsCA {
				t.Errorf("%s: not an authority", p.Name)
			}
		case "ocsp":
			if !ids["1.3.6.1.5.5.7.48.1.5"] || is.Leaf.ExtKeyUsage[0] != x509.ExtKeyUsageOCSPSigning {
				t.Error("a responder without its extensions")
			}
		}
	}
	bare, err := root.Issue(Server("app.lab.test").Without("subjectKeyIdentifier").Without("authorityKeyIdentifier").Without("basicConstraints"))
	if err != nil || bare.Leaf.SubjectKeyId != nil || bare.Leaf.AuthorityKeyId != nil || bare.Leaf.BasicConstraintsValid {
		t.Errorf("extensions that were to be left out are there: %v", err)
	}
	self, err := Self(NewKeyring(), clock, Server("app.lab.test"))
	if err != nil || self.Leaf.CheckSignature(self.Leaf.SignatureAlgorithm, self.Leaf.RawTBSCertificate, self.Leaf.Signature) != nil || len(self.Chain) != 1 {
		t.Errorf("a leaf that signs itself: %v", err)
	}
}
