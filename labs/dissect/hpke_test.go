package dissect

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"testing"
)

// unhex is bytes that are written in hexadecimal.
func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestHPKEPublished recomputes what RFC 9180, Appendix A.1.1 has: DHKEM with X25519,
// HKDF-SHA256, AES-128-GCM.
func TestHPKEPublished(t *testing.T) {
	priv, err := ecdh.X25519().NewPrivateKey(unhex(t, "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"))
	if err != nil {
		t.Fatal(err)
	}
	shared := decapsulate(0x20, priv, unhex(t, "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"))
	if got := hex.EncodeToString(shared); got != "fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc" {
		t.Errorf("shared_secret %s", got)
	}
	r := newReceiver(shared, 0x20, 1, 1, unhex(t, "4f6465206f6e2061204772656369616e2055726e"))
	if got := hex.EncodeToString(r.base); got != "56d890e5accaaf011cff4b7d" {
		t.Errorf("base_nonce %s", got)
	}
	sealed := unhex(t, "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a")
	if plain, ok := r.open([]byte("Count-0"), sealed); !ok || string(plain) != "Beauty is truth, truth beauty" {
		t.Errorf("%v, %q", ok, plain)
	}
}

// TestHPKE opens what crypto/hpke seals, several times in a row, for all that both
// know.
func TestHPKE(t *testing.T) {
	info := []byte("what both agree on")
	for _, curve := range []ecdh.Curve{ecdh.P256(), ecdh.P384(), ecdh.P521(), ecdh.X25519()} {
		kem := hpke.DHKEM(curve)
		if kemCurve(kem.ID()) != curve {
			t.Fatalf("KEM %#x is not over %v", kem.ID(), curve)
		}
		priv, err := curve.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		public, err := kem.NewPublicKey(priv.PublicKey().Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for _, kdf := range []hpke.KDF{hpke.HKDFSHA256(), hpke.HKDFSHA384(), hpke.HKDFSHA512()} {
			for _, aead := range []hpke.AEAD{hpke.AES128GCM(), hpke.AES256GCM(), hpke.ChaCha20Poly1305()} {
				name := fmt.Sprintf("%#x, %#x, %#x", kem.ID(), kdf.ID(), aead.ID())
				enc, sender, err := hpke.NewSender(public, kdf, aead, info)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				r := newReceiver(decapsulate(kem.ID(), priv, enc), kem.ID(), kdf.ID(), aead.ID(), info)
				if r == nil {
					t.Fatalf("%s: no receiver", name)
				}
				for i := range 3 {
					text := fmt.Appendf(nil, "message %d", i)
					sealed, err := sender.Seal(info, text)
					if err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					// What does not fit is not counted.
					if _, ok := r.open(nil, sealed); ok {
						t.Errorf("%s: opened without what is authenticated", name)
					}
					if got, ok := r.open(info, sealed); !ok || !bytes.Equal(got, text) {
						t.Errorf("%s: %v, %q", name, ok, got)
					}
				}
			}
		}
	}
}

// TestHPKEUnknown: what is not known here makes no receiver, and no secret.
func TestHPKEUnknown(t *testing.T) {
	secret := make([]byte, 32)
	for _, parts := range [][3]uint16{{0x20, 0, 1}, {0x20, 4, 1}, {0x20, 0x10, 1}, {0x20, 1, 0}, {0x20, 1, 4}, {0x20, 1, 0xffff}} {
		if newReceiver(secret, parts[0], parts[1], parts[2], nil) != nil {
			t.Errorf("%#x makes a receiver", parts)
		}
	}
	priv, err := ecdh.X25519().NewPrivateKey(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	for _, enc := range [][]byte{nil, secret, secret[1:], append(secret, 0)} { // zeros are a point of low order
		if got := decapsulate(0x20, priv, enc); got != nil {
			t.Errorf("%x leads to %x", enc, got)
		}
	}
	if kemCurve(0x21) != nil || decapsulate(0x21, priv, priv.PublicKey().Bytes()) != nil {
		t.Error("X448 is known")
	}
}
