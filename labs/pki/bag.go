package pki

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"math"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
	"software.sslmate.com/src/go-pkcs12"
)

// A Bag is what a PKCS #12 file holds (RFC 7292): a key, its certificate, and
// the chain above; or, as a trust store, certificates only.
type Bag struct {
	Key   crypto.Signer       // nil in a trust store
	Certs []*x509.Certificate // the key's own first
}

// The bounds on PKCS #12 from outside. An RSA key that fills a file of this size
// takes crypto/x509 a few seconds to read, and the time grows with its square.
const (
	maxBag    = 128 << 10
	maxRounds = 1_000_000 // of key derivation
)

// PKCS12 encodes a key with its chain, encrypted with AES-256 under PBES2; where
// old is set, with triple DES, which old programs want.
func PKCS12(i *Issued, password string, old bool) ([]byte, error) {
	var above []*x509.Certificate
	for _, der := range i.Chain[min(1, len(i.Chain)):] {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("encoding PKCS #12: %w", err)
		}
		above = append(above, c)
	}
	encoder := pkcs12.Modern2023
	if old {
		encoder = pkcs12.LegacyDES
	}
	der, err := encoder.Encode(plain(i.Key), i.Leaf, above, password)
	if err != nil {
		return nil, fmt.Errorf("encoding PKCS #12: %w", err)
	}
	return der, nil
}

// ErrPassword is why a PKCS #12 file does not open whose password is not the one given.
var ErrPassword = errors.New("the password of this PKCS #12 file is another one, or the file was changed")

// OpenPKCS12 decodes a PKCS #12 file. One that would take minutes to decrypt is
// refused.
func OpenPKCS12(data []byte, password string) (*Bag, error) {
	if len(data) > maxBag {
		return nil, fmt.Errorf("a PKCS #12 file of %d bytes; beyond %d none is opened", len(data), maxBag)
	}
	if n := rounds(data, 0); n > maxRounds {
		return nil, fmt.Errorf("this PKCS #12 file asks for %d rounds of key derivation; beyond %d none is opened", n, maxRounds)
	}
	key, cert, above, err := pkcs12.DecodeChain(data, password)
	if err == nil {
		signer, err := signerOf(key)
		if err != nil {
			return nil, err
		}
		return &Bag{Key: signer, Certs: append([]*x509.Certificate{cert}, above...)}, nil
	}
	// The MAC is under the password too, so that nobody can tell which of the two it is.
	if errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return nil, ErrPassword
	}
	// Without a key it may be a trust store.
	certs, trust := pkcs12.DecodeTrustStore(data, password)
	if trust != nil {
		return nil, fmt.Errorf("reading PKCS #12: %w", err)
	}
	return &Bag{Certs: certs}, nil
}

// signerOf returns a decoded key as one of ours.
func signerOf(key any) (crypto.Signer, error) {
	// crypto/rsa would refuse to sign with it.
	if k, ok := key.(*rsa.PrivateKey); ok && k.N.BitLen() < 1024 {
		return &weakKey{*k}, nil
	}
	s, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("reading PKCS #12: a key of type %T does not sign", key)
	}
	return s, nil
}

// rounds returns the largest count of rounds that can be read without a password;
// what a safe that is encrypted asks for in turn, nobody can know before. In all
// schemes the count follows the salt: an INTEGER behind an OCTET STRING (RFC 7292,
// Section 4 and Appendix C; RFC 8018, Appendix A.2).
func rounds(data cryptobyte.String, depth int) (most int64) {
	var before tag.Tag
	for depth < 32 && !data.Empty() {
		var e cryptobyte.String
		var t tag.Tag
		// Behind what cannot be read here go-pkcs12 finds no rounds either.
		if !data.ReadAnyASN1(&e, &t) {
			break
		}
		n := int64(0)
		switch {
		// go-pkcs12 takes a salt of any class that has the number of OCTET STRING.
		case t == tag.INTEGER && before&0x1f == tag.OCTET_STRING:
			n = number(e)
		// The safes are in OCTET STRINGs, which are DER again.
		case t == tag.OCTET_STRING || t&0x20 != 0:
			n = rounds(e, depth+1)
		}
		most, before = max(most, n), t
	}
	return most
}

// number reads an INTEGER that should be small; one that is not is the largest.
func number(b []byte) (n int64) {
	if len(b) > 7 {
		return math.MaxInt64
	}
	for _, c := range b {
		n = n<<8 | int64(c)
	}
	return n
}
