package der

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// at returns the value of the field at a path, or "" when there is none.
func at(root *wire.Field, path string) string {
	f := root.Find(path)
	if f == nil {
		return ""
	}
	return f.Value
}

// values lists what the direct kids of a field at a path say, by name.
func values(root *wire.Field, path, name string) []string {
	var list []string
	if f := root.Find(path); f != nil {
		for _, k := range f.Kids {
			if k.Name == name {
				list = append(list, wire.Bare(k.Value))
			}
		}
	}
	return list
}

// agree compares the tree of a certificate with what crypto/x509 makes of it.
func agree(t *testing.T, der []byte) {
	t.Helper()
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	root := parse(der)
	root.Walk(func(path []*wire.Field) {
		if f := path[len(path)-1]; f.Err != nil || f.Name == wire.Undecoded {
			t.Errorf("%s: %v", f.Name, f.Err)
		}
	})
	if err := wire.Check(root, OpenLeaf); err != nil {
		t.Error(err)
	}
	const layout = "2006-01-02 15:04:05 UTC"
	want := map[string]string{
		"version":                        fmt.Sprintf("v%d (%d)", c.Version, c.Version-1),
		"tbsCertificate.serialNumber":    hexBytes(c.SerialNumber.Bytes()),
		"notBefore":                      c.NotBefore.UTC().Format(layout),
		"notAfter":                       c.NotAfter.UTC().Format(layout),
		"subjectKeyIdentifier":           hexBytes(c.SubjectKeyId),
		"authorityKeyIdentifier":         hexBytes(c.AuthorityKeyId),
		"signatureAlgorithm":             signatureNames[c.SignatureAlgorithm],
		"subjectPublicKeyInfo.algorithm": publicName(c.PublicKey),
		"keyUsage":                       usages(c.KeyUsage),
		"extKeyUsage":                    purposeNames(c),
		"basicConstraints":               constraints(c),
	}
	for path, want := range want {
		if got := at(root, path); got != want {
			t.Errorf("%s: %q, crypto/x509 says %q", path, got, want)
		}
	}
	for name, want := range map[string][]string{
		"dNSName": c.DNSNames, "rfc822Name": c.EmailAddresses, "iPAddress": texts(c.IPAddresses), "uniformResourceIdentifier": texts(c.URIs),
	} {
		if got := values(root, "subjectAltName.GeneralNames", name); !slices.Equal(got, want) {
			t.Errorf("%s: %q, crypto/x509 says %q", name, got, want)
		}
	}
	var names, subject []string
	for _, rdn := range root.Find("subject").Kids {
		for _, ava := range rdn.Kids {
			names = append(names, at(ava, "value"))
		}
	}
	for _, n := range c.Subject.Names {
		subject = append(subject, fmt.Sprint(n.Value))
	}
	if !slices.Equal(names, subject) {
		t.Errorf("subject: %q, crypto/x509 says %q", names, subject)
	}
	for _, e := range c.Extensions {
		f := root.Find("Extensions." + called(e.Id.String()))
		if f == nil || (f.Kid("critical") != nil) != e.Critical || string(f.Kid("extnValue").Bytes()[f.Kid("extnValue").Head:]) != string(e.Value) {
			t.Errorf("extension %v is not as crypto/x509 has it", e.Id)
		}
	}
	sig := root.Kid("signatureValue")
	if got := sig.Bytes()[sig.Head+1:]; string(got) != string(c.Signature) {
		t.Errorf("signatureValue: % x", got)
	}
}

var signatureNames = map[x509.SignatureAlgorithm]string{
	x509.ECDSAWithSHA256: "ecdsa-with-SHA256", x509.ECDSAWithSHA384: "ecdsa-with-SHA384", x509.SHA256WithRSA: "sha256WithRSAEncryption",
	x509.PureEd25519: "Ed25519", x509.SHA384WithRSAPSS: "RSASSA-PSS with SHA-384, salt of 48 bytes",
}

// publicName names the key as an AlgorithmIdentifier does.
func publicName(public any) string {
	switch k := public.(type) {
	case *ecdsa.PublicKey:
		return "id-ecPublicKey, secp" + fmt.Sprint(k.Params().BitSize) + "r1"
	case *rsa.PublicKey:
		return "rsaEncryption"
	case ed25519.PublicKey:
		return "Ed25519"
	}
	return "unknown"
}

func texts[T fmt.Stringer](list []T) []string {
	var s []string
	for _, x := range list {
		s = append(s, x.String())
	}
	return s
}

func usages(u x509.KeyUsage) string {
	var s []string
	for i, name := range keyUsages {
		if u>>i&1 == 1 {
			s = append(s, name)
		}
	}
	return strings.Join(s, ", ")
}

func purposeNames(c *x509.Certificate) string {
	names := []string{"anyExtendedKeyUsage", "serverAuth", "clientAuth", "codeSigning", "emailProtection", "ipsecEndSystem", "ipsecTunnel", "ipsecUser", "timeStamping", "OCSPSigning"}
	var s []string
	for _, u := range c.ExtKeyUsage {
		s = append(s, names[u])
	}
	return strings.Join(s, ", ")
}

func constraints(c *x509.Certificate) string {
	switch {
	case !c.BasicConstraintsValid:
		return ""
	case !c.IsCA:
		return "not a CA"
	case c.MaxPathLen < 0:
		return "CA"
	}
	return fmt.Sprintf("CA, pathLenConstraint %d", c.MaxPathLen)
}

func TestAgreesWithX509(t *testing.T) {
	keys := pki.NewKeyring()
	for n := range 512 {
		agree(t, varied(t, keys, n))
		if t.Failed() {
			t.Fatalf("at certificate %d", n)
		}
	}
}

func TestAgreesOnTheLabsCertificates(t *testing.T) {
	keys := pki.NewKeyring()
	ca, err := pki.New(keys, func() time.Time { return today })
	if err != nil {
		t.Fatal(err)
	}
	agree(t, ca.Root().Raw)
	agree(t, ca.Issuing().Raw)
	for _, kind := range pki.Kinds() {
		for _, l := range []pki.Leaf{
			{Names: []string{"app.lab.test"}, Key: kind},
			{Names: []string{"app.lab.test", "127.0.0.1", "::1", "spiffe://lab.test/app"}, CommonName: "app", Key: kind, Client: true},
			{CommonName: "no SAN", Key: kind},
		} {
			got, err := ca.Leaf(l)
			if err != nil {
				t.Fatal(err)
			}
			agree(t, got.Chain[0])
		}
	}
	got, err := ca.Leaf(pki.Leaf{Names: []string{"app.lab.test"}})
	if err != nil {
		t.Fatal(err)
	}
	root := parse(got.Chain[0])
	if root.Value != "app.lab.test, by Lab Issuing CA" || at(root, "validity") != "47 days, until 2027-01-08" || at(root, "subjectAltName") != "app.lab.test" {
		t.Errorf("%q, valid for %q, for %q", root.Value, at(root, "validity"), at(root, "subjectAltName"))
	}
	if got, want := parse(ca.Root().Raw).Value, "Lab Root CA, self-issued"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
