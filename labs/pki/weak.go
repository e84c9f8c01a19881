package pki

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"errors"
	"io"
	"math/big"

	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// A weakKey is an RSA key that crypto/rsa refuses to work with for its size, unless
// the whole process is told otherwise by GODEBUG, which nobody here may do. It signs
// with PKCS #1 v1.5 and takes no care of timing: it is there to be broken.
type weakKey struct{ rsa rsa.PrivateKey }

// newWeak makes a key of so many bits. rsa.GenerateKey would refuse, and what it
// checks besides, such as that the primes are far apart, matters to nobody here.
func newWeak(size int) (*weakKey, error) {
	e, one := big.NewInt(65537), big.NewInt(1)
	for {
		// Both primes have their two top bits set, so that the product has all its bits.
		p, err := rand.Prime(rand.Reader, size/2)
		if err != nil {
			return nil, err
		}
		q, err := rand.Prime(rand.Reader, size-size/2)
		if err != nil {
			return nil, err
		}
		// The totient; e has an inverse modulo it unless they share a factor.
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		n, d := new(big.Int).Mul(p, q), new(big.Int).ModInverse(e, phi)
		if d == nil || n.BitLen() != size || p.Cmp(q) == 0 {
			continue
		}
		k := &weakKey{rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: 65537}, D: d, Primes: []*big.Int{p, q}}}
		k.rsa.Precompute()
		return k, nil
	}
}

// Public returns the public half. It may be of any size: only to work with a private
// key this small is refused.
func (k *weakKey) Public() crypto.PublicKey { return &k.rsa.PublicKey }

// Sign makes a signature by RFC 8017, Section 8.2.1.
func (k *weakKey) Sign(_ io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	id := hashOID(o.HashFunc())
	if id == nil {
		return nil, errors.New("a key this small does not sign with this hash")
	}
	if _, pss := o.(*rsa.PSSOptions); pss || len(digest) != o.HashFunc().Size() {
		return nil, errors.New("a key this small signs digests with PKCS #1 v1.5 only")
	}
	// A DigestInfo, and before it 00 01 ff .. ff 00 up to the size of the modulus.
	info := sequence(sequence(oidDER(id), []byte{byte(tag.NULL), 0}), element(tag.OCTET_STRING, digest))
	size := k.rsa.Size()
	if len(info)+11 > size {
		return nil, errors.New("the key is too small for this hash")
	}
	// The eight octets of ff at least are what keeps it apart from other paddings.
	block := make([]byte, size)
	block[1] = 1
	for i := 2; i < size-len(info)-1; i++ {
		block[i] = 0xff
	}
	copy(block[size-len(info):], info)
	// The signature is the block to the power of d.
	m := new(big.Int).SetBytes(block)
	return m.Exp(m, k.rsa.D, k.rsa.N).FillBytes(block), nil
}

// hashOID returns the number of a hash (RFC 8017, Appendix B.1), or nil.
func hashOID(h crypto.Hash) asn1.ObjectIdentifier {
	nist := func(n int) asn1.ObjectIdentifier { return asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, n} }
	switch h {
	case crypto.MD5:
		return asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 5}
	case crypto.SHA1:
		return asn1.ObjectIdentifier{1, 3, 14, 3, 2, 26}
	case crypto.SHA256:
		return nist(1)
	case crypto.SHA384:
		return nist(2)
	case crypto.SHA512:
		return nist(3)
	}
	return nil
}
