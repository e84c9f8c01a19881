package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"errors"
	"fmt"

	_ "crypto/md5"    // for signatures that nobody accepts
	_ "crypto/sha1"   // likewise, and for OCSP's CertID
	_ "crypto/sha256" // the usual hash
	_ "crypto/sha512" // SHA-384 and SHA-512

	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// An algorithm is a way to sign (RFC 3279, 4055, 5758, 8410).
type algorithm struct {
	kind string // of the key: "rsa", "ecdsa" or "ed25519"
	hash crypto.Hash
	der  []byte // the AlgorithmIdentifier
}

// algorithms are all of them, the usual one of a kind before the others. Those with
// SHA-1 and MD5 are here to be refused: no client takes them any more.
var algorithms = []algorithm{
	rsaWith(crypto.SHA256, 11), rsaWith(crypto.SHA384, 12), rsaWith(crypto.SHA512, 13), rsaWith(crypto.SHA1, 5), rsaWith(crypto.MD5, 4),
	ecdsaWith(crypto.SHA256, 3, 2), ecdsaWith(crypto.SHA384, 3, 3), ecdsaWith(crypto.SHA512, 3, 4), ecdsaWith(crypto.SHA1, 1),
	{"ed25519", 0, sequence(oidDER(asn1.ObjectIdentifier{1, 3, 101, 112}))},
}

// rsaWith is PKCS #1 v1.5 with a hash; its parameters are a NULL (RFC 4055,
// Section 5).
func rsaWith(hash crypto.Hash, n int) algorithm {
	return algorithm{"rsa", hash, sequence(oidDER(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, n}), []byte{byte(tag.NULL), 0})}
}

// ecdsaWith is ECDSA with a hash (RFC 5758, Section 3.2).
func ecdsaWith(hash crypto.Hash, n ...int) algorithm {
	return algorithm{"ecdsa", hash, sequence(oidDER(append(asn1.ObjectIdentifier{1, 2, 840, 10045, 4}, n...)))}
}

// keyKind says what kind of algorithm a key is for; "" is one that signs nothing here,
// such as a key of X25519.
func keyKind(public crypto.PublicKey) string {
	switch public.(type) {
	case *rsa.PublicKey:
		return "rsa"
	case *ecdsa.PublicKey:
		return "ecdsa"
	case ed25519.PublicKey:
		return "ed25519"
	}
	return ""
}

// algorithmFor returns the algorithm for a key and a hash; the zero hash stands
// for the usual one.
func algorithmFor(public crypto.PublicKey, hash crypto.Hash) (algorithm, error) {
	kind := keyKind(public)
	// A hash as strong as the curve (RFC 5480, Section 4).
	if k, ok := public.(*ecdsa.PublicKey); ok && hash == 0 && k.Curve.Params().BitSize > 256 {
		hash = crypto.SHA384
	}
	for _, a := range algorithms {
		if a.kind == kind && (a.hash == hash || hash == 0) {
			return a, nil
		}
	}
	return algorithm{}, fmt.Errorf("a key of type %T does not sign with %v", public, hash)
}

// algorithmOf returns the algorithm that an AlgorithmIdentifier names.
func algorithmOf(der []byte) (algorithm, error) {
	for _, a := range algorithms {
		if string(a.der) == string(der) {
			return a, nil
		}
	}
	return algorithm{}, errors.New("its signature algorithm is not one of ours")
}

// sign signs a message. The digest is computed here and not by the key, as a weakKey
// and those of crypto/x509 want it so.
func (a algorithm) sign(key crypto.Signer, message []byte) ([]byte, error) {
	// Forge may be asked about a certificate that another kind of key has signed.
	if keyKind(key.Public()) != a.kind {
		return nil, fmt.Errorf("a key of type %T cannot make this signature", key.Public())
	}
	// Ed25519 signs the message itself (RFC 8032, Section 5.1.6).
	if a.hash != 0 {
		h := a.hash.New()
		h.Write(message)
		message = h.Sum(nil)
	}
	return key.Sign(rand.Reader, message, a.hash)
}
