package der

import (
	"encoding/asn1"
	"os"
	"testing"

	"tlstutor/labs/wire"
)

// TestParts reads what stands outside of certificates in messages of TLS: names,
// keys and identifiers, which are those of golden certificates here.
func TestParts(t *testing.T) {
	n := 0
	for _, name := range []string{"many", "rsa", "ed25519"} {
		data, err := os.ReadFile("testdata/" + name + ".pem")
		if err != nil {
			t.Fatal(err)
		}
		found, err := Objects(name, data)
		if err != nil {
			t.Fatal(err)
		}
		src := found[0].Src
		cert := Parse(src)
		key, subject := cert.Find("subjectPublicKeyInfo"), cert.Find("tbsCertificate.subject")
		if key == nil || subject == nil || key.Err != nil {
			continue
		}
		n++
		if !IsPublicKey(key.Bytes()) || IsPublicKey(cert.Bytes()) || IsPublicKey(subject.Bytes()) {
			t.Errorf("%s: a key is not told from other things", src.Name)
		}
		for i := range 9 {
			IsPublicKey(key.Bytes()[:i])
		}
		again := wire.ParseAll("key", &wire.Source{Data: key.Bytes()}, PublicKey)
		if again.Err != nil || again.Value != key.Value || len(again.Kids) != 1 {
			t.Errorf("%s: the key is %q by itself, and %q in the certificate", src.Name, again.Value, key.Value)
		}
		alone := wire.ParseAll("name", &wire.Source{Data: subject.Bytes()}, Name)
		if alone.Value != subject.Value || len(alone.Kids) != 1 {
			t.Errorf("%s: the subject is %q by itself, and %q in the certificate", src.Name, alone.Value, subject.Value)
		}
	}
	if n < 3 {
		t.Errorf("only %d certificates", n)
	}
	for _, test := range []struct {
		oid        asn1.ObjectIdentifier
		said, full string
	}{{asn1.ObjectIdentifier{2, 5, 29, 37}, "extKeyUsage", "extKeyUsage (2.5.29.37)"}, {asn1.ObjectIdentifier{1, 2, 3}, "1.2.3", "1.2.3"}} {
		b, err := asn1.Marshal(test.oid)
		if err != nil {
			t.Fatal(err)
		}
		said := ""
		f := wire.ParseAll("oid", &wire.Source{Data: b}, func(c *wire.Cursor) { said = Identifier(c, "OBJECT IDENTIFIER") })
		if said != test.said || f.Value != test.full || f.Err != nil {
			t.Errorf("%v is %q, %q, %v", test.oid, said, f.Value, f.Err)
		}
	}
}
