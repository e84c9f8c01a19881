package dissect

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"hash"
	"slices"
)

// Hybrid Public Key Encryption (RFC 9180) is here by itself, as crypto/hpke neither
// says what secret a private key has led to, nor goes on from one. A key log has just
// that secret, and no private key (RFC 9850, Section 2.3).

// A receiver opens what was sealed to one secret, in the order in which it was
// sealed (RFC 9180, Section 5.2).
type receiver struct {
	aead cipher.AEAD
	base []byte // the nonce of the first
	seq  uint64 // how many were opened
}

// open opens the next one, which leaves the receiver as it was if it cannot be.
func (r *receiver) open(ad, sealed []byte) ([]byte, bool) {
	nonce := slices.Clone(r.base)
	for i := range 8 {
		nonce[len(nonce)-1-i] ^= byte(r.seq >> (8 * i))
	}
	plain, err := r.aead.Open(nil, nonce, sealed, ad)
	if err != nil {
		return nil, false
	}
	r.seq++
	return plain, true
}

// newReceiver makes a receiver of the secret that both sides share (RFC 9180, Section
// 5.1), in the mode without a key of their own. It is nil where one of the three parts
// is not known here.
func newReceiver(shared []byte, kem, kdf, aead uint16, info []byte) *receiver {
	l := labeled{hash: kdfHash(kdf), suite: append([]byte("HPKE"), number16(kem, kdf, aead)...)}
	how := suite{kind: gcm, key: 32, block: aes.NewCipher}
	switch aead { // RFC 9180, Section 7.3
	case 1:
		how.key = 16
	case 2:
	case 3:
		how.kind = chacha
	default:
		return nil
	}
	if l.hash == nil {
		return nil
	}
	// The first byte is the mode; then come the hashes of the key that there is not,
	// of its name, and of what the two agree on.
	context := append([]byte{0}, l.extract(nil, "psk_id_hash", nil)...)
	context = append(context, l.extract(nil, "info_hash", info)...)
	secret := l.extract(shared, "secret", nil)
	base := l.expand(secret, "base_nonce", context, 12)
	sealer, err := how.cipher(l.expand(secret, "key", context, how.key))
	if err != nil || len(base) != sealer.NonceSize() {
		return nil
	}
	return &receiver{aead: sealer, base: base}
}

// decapsulate returns the secret that the one who made enc shares with the holder of
// the private key (RFC 9180, Section 4.1), or nil: it knows the KEMs that exchange keys
// over a curve, which are all that RFC 9180 has.
func decapsulate(kem uint16, priv *ecdh.PrivateKey, enc []byte) []byte {
	dh := agree(priv, enc)
	l := labeled{suite: append([]byte("KEM"), number16(kem)...)}
	size := 0
	// RFC 9180, Section 7.1.
	switch kem {
	case 0x0010, 0x0020:
		l.hash, size = sha256.New, 32
	case 0x0011:
		l.hash, size = sha512.New384, 48
	case 0x0012:
		l.hash, size = sha512.New, 64
	}
	if dh == nil || size == 0 {
		return nil
	}
	context := slices.Concat(enc, priv.PublicKey().Bytes())
	return l.expand(l.extract(nil, "eae_prk", dh), "shared_secret", context, size)
}

// kemCurve returns the curve of a KEM, or nil (RFC 9180, Section 7.1).
func kemCurve(kem uint16) ecdh.Curve {
	switch kem {
	case 0x0010:
		return ecdh.P256()
	case 0x0011:
		return ecdh.P384()
	case 0x0012:
		return ecdh.P521()
	case 0x0020:
		return ecdh.X25519()
	}
	return nil
}

// kdfHash returns the hash of a key derivation function, or nil (RFC 9180, Section
// 7.2).
func kdfHash(kdf uint16) func() hash.Hash {
	switch kdf {
	case 1:
		return sha256.New
	case 2:
		return sha512.New384
	case 3:
		return sha512.New
	}
	return nil
}

// labeled derives keys by HKDF, tied to what they are for (RFC 9180, Section 4).
type labeled struct {
	hash  func() hash.Hash
	suite []byte // the suite_id
}

// extract is LabeledExtract; nil where HKDF refuses.
func (l labeled) extract(salt []byte, label string, in []byte) []byte {
	out, err := hkdf.Extract(l.hash, slices.Concat([]byte("HPKE-v1"), l.suite, []byte(label), in), salt)
	if err != nil {
		return nil
	}
	return out
}

// expand is LabeledExpand of a secret to n bytes; nil where HKDF refuses.
func (l labeled) expand(secret []byte, label string, info []byte, n int) []byte {
	all := slices.Concat(number16(uint16(n)), []byte("HPKE-v1"), l.suite, []byte(label), info)
	out, err := hkdf.Expand(l.hash, secret, string(all), n)
	if err != nil {
		return nil
	}
	return out
}

// number16 is numbers as two bytes each.
func number16(all ...uint16) (b []byte) {
	for _, n := range all {
		b = binary.BigEndian.AppendUint16(b, n)
	}
	return b
}
