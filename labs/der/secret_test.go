package der

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// rendered is what any rendering may show of a tree: names, values, errors, and
// the bytes of leaves that are not withheld, by themselves or by what they are in.
func rendered(root *wire.Field) (text string, shown []byte) {
	var b strings.Builder
	root.Walk(func(path []*wire.Field) {
		f := path[len(path)-1]
		b.WriteString(f.Name + "\n" + f.Value + "\n")
		if f.Err != nil {
			b.WriteString(f.Err.Error() + "\n")
		}
		for _, above := range path {
			if above.Secret {
				return
			}
		}
		if len(f.Kids) == 0 {
			shown = append(shown, f.Bytes()...)
		}
	})
	return b.String(), shown
}

// secrets returns the numbers of a key that nobody may see.
func secrets(t *testing.T, s sample) (all [][]byte) {
	t.Helper()
	key, err := x509.ParsePKCS8PrivateKey(s.der)
	if s.label == "EC PRIVATE KEY" {
		key, err = x509.ParseECPrivateKey(s.der)
	}
	if s.label == "RSA PRIVATE KEY" {
		key, err = x509.ParsePKCS1PrivateKey(s.der)
	}
	switch key := key.(type) {
	case *ecdsa.PrivateKey:
		b, err := key.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		return [][]byte{b}
	case ed25519.PrivateKey:
		return [][]byte{key.Seed()}
	case *rsa.PrivateKey:
		key.Precompute()
		for _, n := range append([]*big.Int{key.D, key.Precomputed.Dp, key.Precomputed.Dq, key.Precomputed.Qinv}, key.Primes...) {
			all = append(all, n.Bytes())
		}
		return all
	}
	if err == nil || !bytes.Contains(s.der, []byte("hidden..")) && s.label != "ENCRYPTED PRIVATE KEY" {
		t.Fatalf("no secret is known of %s: %v", s.label, err)
	}
	return [][]byte{[]byte("hidden..")}
}

// leaks reports whether a tree shows any 8 bytes in a row of a secret.
func leaks(root *wire.Field, secret []byte) bool {
	text, shown := rendered(root)
	text = strings.ReplaceAll(text, ":", "")
	for i := 0; i+8 <= len(secret); i += 4 {
		piece := secret[i : i+8]
		if bytes.Contains(shown, piece) || strings.Contains(text, hex.EncodeToString(piece)) || strings.Contains(text, string(piece)) {
			return true
		}
	}
	return false
}

// TestSecrets: of a private key no rendering shows a secret byte, whole or cut
// off anywhere, under its own label, under a wrong one and under none.
func TestSecrets(t *testing.T) {
	n := 0
	for name, s := range samples(t) {
		if s.kind != "private-key" {
			continue
		}
		n++
		hidden := secrets(t, s)
		for _, label := range []string{s.label, "CERTIFICATE", "ANY PRIVATE KEY"} {
			for cut := len(s.der); cut > 0; cut -= 1 + len(s.der)/97 {
				found, err := Objects(name, armour(s.der[:cut], label))
				if err != nil {
					t.Fatal(err)
				}
				// With less than its second element it could be anything, and has no secret yet.
				root := found[0].Tree()
				if cut > 40 && found[0].Kind != "private-key" {
					t.Errorf("%s, %d bytes as %s: %s", name, cut, label, found[0].Kind)
				}
				for _, secret := range hidden {
					if leaks(root, secret) {
						t.Fatalf("%s, %d bytes as %s: a secret shows\n%s", name, cut, label, dump(root))
					}
				}
				if label == s.label && cut == len(s.der) && s.label != "ENCRYPTED PRIVATE KEY" && !root.Withheld() {
					t.Errorf("%s: nothing is withheld", name)
				}
			}
		}
	}
	if n < 10 {
		t.Errorf("%d keys only", n)
	}
}

// TestSecretsInBags: nor does a PKCS #12 file that has its key in the clear.
func TestSecretsInBags(t *testing.T) {
	all := samples(t)
	hidden := append(secrets(t, all["key ec"]), []byte("a secret of somebody's"))
	whole := all["pfx bare key"].der
	found, err := Objects("f", signedSafe(t, whole))
	if err != nil || found[0].Kind != "pkcs12" {
		t.Fatal(err)
	}
	if root := found[0].Tree(); root.Find("SafeContents.keyBag") == nil && root.Find("SafeBag.bagValue.PrivateKeyInfo") == nil && root.Find("SafeBag.bagValue.OneAsymmetricKey") == nil {
		t.Errorf("the bags behind a signature are not read\n%s", dump(root))
	} else if leaks(root, hidden[0]) {
		t.Errorf("behind a signature a secret shows\n%s", dump(root))
	}
	for cut := len(whole); cut > 20; cut-- {
		damaged := bytes.Clone(whole)
		damaged[cut-1] ^= 0x03
		for _, b := range [][]byte{whole[:cut], damaged} {
			found, err := Objects("f", armour(b, "PKCS12"))
			if err != nil {
				t.Fatal(err)
			}
			for _, secret := range hidden {
				if root := found[0].Tree(); leaks(root, secret) {
					t.Fatalf("%d bytes: a secret shows\n%s", cut, dump(root))
				}
			}
		}
	}
}

// signedSafe is a PKCS #12 file whose integrity a signature protects in place of a
// password (RFC 7292, Section 4).
func signedSafe(t *testing.T, file []byte) []byte {
	t.Helper()
	found, err := Objects("f", file)
	if err != nil {
		t.Fatal(err)
	}
	safe := found[0].Tree().Find("AuthenticatedSafe").Bytes()
	none := tlv(tagSet)
	content := seq(arcs(oidData), tlv(0xa0, tlv(tagOctetString, safe)))
	return seq(tlv(tagInteger, 3), seq(arcs(oidSigned), tlv(0xa0, seq(tlv(tagInteger, 1), none, content, none))))
}

// TestSecretsDamaged: one wrong byte anywhere in a key does not make it show.
func TestSecretsDamaged(t *testing.T) {
	all := samples(t)
	for _, name := range []string{"key ec", "key rsa", "key pkcs1", "key ed25519", "key ml-kem both", "key unknown"} {
		s := all[name]
		hidden := secrets(t, s)
		for i := range min(len(s.der), 120) {
			for _, x := range []byte{0x00, 0x30, 0x80, 0xff} {
				b := bytes.Clone(s.der)
				b[i] = x
				found, err := Objects(name, armour(b, s.label))
				if err != nil {
					t.Fatal(err)
				}
				if found[0].Kind != "private-key" {
					t.Errorf("%s with %02x at %d is a %s", name, x, i, found[0].Kind)
				}
				for _, secret := range hidden {
					if root := found[0].Tree(); leaks(root, secret) {
						t.Fatalf("%s with %02x at %d: a secret shows\n%s", name, x, i, dump(root))
					}
				}
			}
		}
	}
}
