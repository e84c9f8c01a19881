package dissect

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	encoding "encoding/asn1"
	"errors"
	"math/big"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// errKeyKind says that signatures with a key are not checked.
var errKeyKind = errors.New("the key in the certificate is not of a kind that is checked here")

// publicKey reads a SubjectPublicKeyInfo (RFC 5280, Section 4.1.2.7). It does so
// itself: crypto/x509 reads the certificates of those whose work is shown here.
func publicKey(spki []byte) (crypto.PublicKey, error) {
	var info, algorithm cryptobyte.String
	var kind encoding.ObjectIdentifier
	var bits []byte
	all := cryptobyte.String(spki)
	if !all.ReadASN1(&info, asn1.SEQUENCE) || !info.ReadASN1(&algorithm, asn1.SEQUENCE) ||
		!algorithm.ReadASN1ObjectIdentifier(&kind) || !info.ReadASN1BitStringAsBytes(&bits) {
		return nil, errors.New("the key in the certificate cannot be read")
	}
	switch kind.String() {
	case "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10": // rsaEncryption and id-RSASSA-PSS (RFC 4055, Section 1.2)
		return rsaKey(bits)
	case "1.2.840.10045.2.1": // id-ecPublicKey (RFC 5480, Section 2.1.1)
		var curve encoding.ObjectIdentifier
		if !algorithm.ReadASN1ObjectIdentifier(&curve) {
			return nil, errKeyKind
		}
		return ecKey(curve.String(), bits)
	case "1.3.101.112": // id-Ed25519 (RFC 8410, Section 3)
		if len(bits) == ed25519.PublicKeySize {
			return ed25519.PublicKey(bits), nil
		}
	}
	return nil, errKeyKind
}

// rsaKey reads an RSAPublicKey (RFC 8017, Appendix A.1.1).
func rsaKey(bits []byte) (crypto.PublicKey, error) {
	var key cryptobyte.String
	n, all := new(big.Int), cryptobyte.String(bits)
	var e int
	if !all.ReadASN1(&key, asn1.SEQUENCE) || !key.ReadASN1Integer(n) || !key.ReadASN1Integer(&e) || n.Sign() <= 0 {
		return nil, errors.New("the RSA key in the certificate cannot be read")
	}
	return &rsa.PublicKey{N: n, E: e}, nil
}

// ecKey reads an ECPoint (RFC 5480, Section 2.2) on the curve with that OID.
func ecKey(curve string, point []byte) (crypto.PublicKey, error) {
	curves := map[string]elliptic.Curve{
		"1.2.840.10045.3.1.7": elliptic.P256(), "1.3.132.0.34": elliptic.P384(), "1.3.132.0.35": elliptic.P521(),
	}
	on, ok := curves[curve]
	if !ok {
		return nil, errKeyKind
	}
	return ecdsa.ParseUncompressedPublicKey(on, point)
}
