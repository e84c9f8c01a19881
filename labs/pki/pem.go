package pki

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"
)

// The types of the PEM blocks that PEM writes (RFC 7468).
const (
	PEMCertificate = "CERTIFICATE"
	PEMRequest     = "CERTIFICATE REQUEST"
	PEMList        = "X509 CRL"
	PEMKey         = "PRIVATE KEY"
)

// PEM encodes one block for each DER, all of one type.
func PEM(kind string, ders ...[]byte) []byte {
	var out bytes.Buffer
	for _, der := range ders {
		// Writing to a buffer has no way to fail.
		_ = pem.Encode(&out, &pem.Block{Type: kind, Bytes: der})
	}
	return out.Bytes()
}

// KeyDER encodes a private key as PKCS #8 (RFC 5958). What it returns is secret.
func KeyDER(key crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(plain(key))
	if err != nil {
		return nil, fmt.Errorf("encoding a private key: %w", err)
	}
	return der, nil
}

// KeyPEM is KeyDER in PEM: not encrypted, and so as secret as the key itself. The label
// is that of PKCS #8, which every tool reads (RFC 7468, Section 10).
func KeyPEM(key crypto.Signer) ([]byte, error) {
	der, err := KeyDER(key)
	if err != nil {
		return nil, err
	}
	return PEM(PEMKey, der), nil
}

// plain returns the key as crypto/x509 knows it: our weak keys are RSA keys that sign
// where crypto/rsa would refuse.
func plain(key crypto.Signer) any {
	if k, ok := key.(*weakKey); ok {
		return &k.rsa
	}
	return key
}
