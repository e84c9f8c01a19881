// Package pki is the certificate authority of the labs: keys, a root, an
// issuing intermediate and the leaves under it.
//
// Its rules:
//
//   - Keys are made here, live in memory and are written nowhere.
//   - Every date follows the clock that the CA was given, so that a lab can
//     move in time.
//   - Certificates follow RFC 5280 and the habits of the public web: a name is
//     a subjectAltName, a leaf may only sign, an identifier of the key is in
//     every certificate.
//   - Every CA is new, also where two have the same names: they do not trust each
//     other.
//
// Start reading at New, then Leaf.
package pki

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"
)

// The names of the two authorities of a CA that was given no others.
const (
	RootName    = "Lab Root CA"
	IssuingName = "Lab Issuing CA"
)

const day = 24 * time.Hour

// A CA is a root and an issuing intermediate with their keys, all of them made
// by New. It may be used by several goroutines at once.
type CA struct {
	keys    *Keyring
	now     func() time.Time
	root    authority
	issuing authority
}

// An authority is a certificate that signs others, and its key.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// New makes a root on P-256 and an intermediate under it. They have been valid
// for a while at now, so that leaves may begin in the past.
func New(keys *Keyring, now func() time.Time) (*CA, error) {
	return Named(RootName, IssuingName, keys, now)
}

// Named is New for a CA that goes by other names.
func Named(root, issuing string, keys *Keyring, now func() time.Time) (*CA, error) {
	ca := &CA{keys: keys, now: now}
	var err error
	if ca.root, err = ca.authority(rootTemplate(root, now()), nil); err != nil {
		return nil, err
	}
	if ca.issuing, err = ca.authority(issuingTemplate(issuing, now()), &ca.root); err != nil {
		return nil, err
	}
	return ca, nil
}

// rootTemplate lays out a root.
func rootTemplate(name string, at time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject:   pkix.Name{CommonName: name},
		NotBefore: at.Add(-2 * 365 * day),
		NotAfter:  at.Add(8 * 365 * day),
	}
}

// issuingTemplate lays out an intermediate.
func issuingTemplate(name string, at time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject:        pkix.Name{CommonName: name},
		NotBefore:      at.Add(-365 * day),
		NotAfter:       at.Add(2 * 365 * day),
		MaxPathLenZero: true, // it signs leaves and no further authority
	}
}

// authority makes a key for the certificate that t describes and has it signed
// by parent, or by itself when there is none (RFC 5280, Sections 4.2.1.3 and
// 4.2.1.9: what makes a certificate an authority).
func (ca *CA) authority(t *x509.Certificate, parent *authority) (authority, error) {
	key, err := ca.keys.Key("p256")
	if err != nil {
		return authority{}, err
	}
	t.IsCA, t.BasicConstraintsValid = true, true
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	own := authority{cert: t, key: key}
	if parent == nil {
		parent = &own
	}
	own.cert, err = parent.sign(t, key.Public())
	return own, err
}

// sign completes t with a serial number and the identifiers of both keys, and
// signs it.
func (a *authority) sign(t *x509.Certificate, public crypto.PublicKey) (*x509.Certificate, error) {
	var err error
	if t.SerialNumber, err = serial(); err != nil {
		return nil, err
	}
	if t.SubjectKeyId, err = keyID(public); err != nil {
		return nil, err
	}
	t.AuthorityKeyId = a.cert.SubjectKeyId
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, public, a.key)
	if err != nil {
		return nil, fmt.Errorf("signing a certificate for %q: %w", t.Subject, err)
	}
	return x509.ParseCertificate(der)
}

// serial draws a positive serial number of 16 octets (RFC 5280, Section
// 4.1.2.2, allows 20). The top bits are fixed, so that all have one length.
func serial() (*big.Int, error) {
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		return nil, fmt.Errorf("drawing a serial number: %w", err)
	}
	b[0] = b[0]&0x3f | 0x40
	return new(big.Int).SetBytes(b), nil
}

// keyID derives a key identifier: the first 160 bits of the SHA-256 of the
// public key's bits (RFC 7093, Section 2, method 1).
func keyID(public crypto.PublicKey) ([]byte, error) {
	bits, err := publicBits(public)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(bits)
	return sum[:20], nil
}

// Roots returns a new pool that holds the root.
func (ca *CA) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(ca.root.cert)
	return pool
}

// Root returns the root's certificate. It must not be changed.
func (ca *CA) Root() *x509.Certificate { return ca.root.cert }

// Issuing returns the intermediate's certificate. It must not be changed.
func (ca *CA) Issuing() *x509.Certificate { return ca.issuing.cert }
