package pki

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"slices"
	"time"
)

// A Spec says all that a certificate shall hold. What is zero is left out,
// except where a comment says otherwise. The profiles (Server, Client, Sub and
// so on) return Specs that are ready to be issued or changed.
type Spec struct {
	Subject pkix.Name
	// Names is subjectAltName (RFC 5280, Section 4.2.1.6). An entry is an IP
	// address, a URI (with "://"), a mailbox (with "@") or else a DNS name; with
	// "dns:", "ip:", "uri:", "email:", "dir:" (a common name), "rid:" (a dotted
	// OID) or "upn:" (otherName, a Windows user) before it, it is just that.
	Names []string

	Kind   string           // of the new key, see Keyring.Key; "" is p256
	Key    crypto.Signer    // instead of a new key
	Public crypto.PublicKey // instead of both: another holds the key

	NotBefore time.Time     // zero: an hour ago; for an authority: a year
	NotAfter  time.Time     // zero: now and Life
	Life      time.Duration // zero: 47 days; for an authority: two years

	CA          bool // basicConstraints, and keyUsage when Usage is zero
	PathLen     *int // at most so many intermediates below; nil: any number
	Usage       x509.KeyUsage
	Purposes    []x509.ExtKeyUsage
	OtherUsages []asn1.ObjectIdentifier // more purposes, by number
	Within      *Constraints            // nameConstraints
	Policies    []string                // certificatePolicies: dotted OIDs
	CRLs        []string                // cRLDistributionPoints: URIs
	OCSP        []string                // authorityInfoAccess: URIs of responders
	Issuers     []string                // authorityInfoAccess: URIs of the issuer's certificate
	MustStaple  bool                    // TLS feature status_request (RFC 7633)
	NoCheck     bool                    // ocsp-nocheck (RFC 6960, Section 4.2.2.2.1)
	Extra       []pkix.Extension        // further extensions, as they are; one replaces its like

	Omit   []string    // extensions to leave out, by name: "subjectKeyIdentifier"
	Serial *big.Int    // nil: drawn at random
	Hash   crypto.Hash // of the signature; zero: the usual one for the issuer's key

	subject []byte // the subject as another encoded it, instead of Subject
}

// Constraints say for which names an authority may sign (RFC 5280, Section
// 4.2.1.10). An entry is a network ("10.0.0.0/8"), with "email:" or "uri:" before
// it a host or domain of that kind, else a DNS name and all below it.
type Constraints struct {
	Permitted, Excluded []string
	Lax                 bool // not critical, which RFC 5280 forbids
}

// kind returns the kind of key to be made.
func (s *Spec) kind() string {
	if s.Kind == "" {
		return Kinds()[0]
	}
	return s.Kind
}

// validity returns the dates for a clock that says now.
func (s *Spec) validity(now time.Time) (from, to time.Time) {
	from, to = s.NotBefore, s.NotAfter
	// An hour back, so that a client whose clock is slow takes a new certificate.
	back, life := time.Hour, s.Life
	if s.CA {
		back = 365 * day
	}
	// 47 days are what the public web will allow from March 2029 on (Baseline
	// Requirements, Section 6.3.2).
	if life == 0 {
		life = 47 * day
		if s.CA {
			life = 2 * 365 * day
		}
	}
	if from.IsZero() {
		from = now.Add(-back)
	}
	if to.IsZero() {
		to = now.Add(life)
	}
	return from.UTC(), to.UTC()
}

// Without returns the Spec with an extension less.
func (s Spec) Without(extension string) Spec {
	s.Omit = append(slices.Clip(s.Omit), extension)
	return s
}

// check refuses what no authority would sign.
func (s *Spec) check() error {
	// Paths are built by the names of issuers.
	if s.CA && s.Subject.CommonName == "" && len(s.Names) == 0 && len(s.Subject.ToRDNSequence()) == 0 {
		return errors.New("an authority without a name")
	}
	if s.PathLen != nil && (!s.CA || *s.PathLen < 0) {
		return errors.New("a path length is a number from 0 for an authority")
	}
	if s.Serial != nil && s.Serial.Sign() < 0 {
		return errors.New("a serial number is not negative")
	}
	for _, name := range s.Omit {
		if extensionOID(name) == nil {
			return errors.New("no extension is named " + name)
		}
	}
	return nil
}
