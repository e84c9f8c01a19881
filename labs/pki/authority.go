package pki

import (
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"sync"
	"time"
)

// An Authority is a certificate that signs others, its key, and the authority
// above it. It may be used by several goroutines at once; what it shows must not
// be changed.
type Authority struct {
	Raw   []byte // its certificate
	Key   crypto.Signer
	Above *Authority // nil above a root

	keys    *Keyring
	now     func() time.Time
	subject []byte // of its certificate
	id      []byte // of its key
	once    sync.Once
	cert    *x509.Certificate
}

// Root makes an authority that signs itself, with keys and a clock for all that
// will be below it.
func Root(keys *Keyring, now func() time.Time, s Spec) (*Authority, error) {
	s.CA = true
	if s.NotBefore.IsZero() {
		s.NotBefore = now().Add(-2 * 365 * day)
	}
	return (&Authority{keys: keys, now: now}).below(s)
}

// Intermediate signs a certificate for a new authority.
func (a *Authority) Intermediate(s Spec) (*Authority, error) {
	s.CA = true
	return a.below(s)
}

// CrossSign signs the name and key of another authority: the same authority with
// a second certificate, and so a second path above it. s may hold dates and
// constraints; its subject and key are the other's.
func (a *Authority) CrossSign(other *Authority, s Spec) (*Authority, error) {
	// The subject is taken as it is encoded: paths are built by comparing octets.
	s.Subject, s.subject, s.Key, s.CA = other.Cert().Subject, other.subject, other.Key, true
	return a.below(s)
}

// below makes an authority under a, or a root where a has no certificate yet.
func (a *Authority) below(s Spec) (*Authority, error) {
	if s.Public != nil {
		return nil, fmt.Errorf("signing a certificate for %q: an authority has its key here", s.title())
	}
	own, err := a.key(&s)
	if err != nil {
		return nil, err
	}
	b := &Authority{Key: own, keys: a.keys, now: a.now}
	// Without a certificate yet, a is the root itself in the making.
	if a.Raw != nil {
		b.Above = a
	}
	p, err := a.mint(s, own)
	if err != nil {
		return nil, err
	}
	b.Raw, b.subject, b.id = p.der(), p.subject, p.own
	// All else in a certificate of ours is known to be readable.
	if (s.Extra != nil || s.Within != nil) && b.Cert() == nil {
		return nil, fmt.Errorf("signing a certificate for %q: crypto/x509 cannot read it", s.title())
	}
	a.made(PEMCertificate, b.Raw, own)
	return b, nil
}

// Cert returns the authority's certificate. It is read when it is first asked
// for, since that takes a good part of the time of making it. Where a Spec could
// make an unreadable one, below has looked.
func (a *Authority) Cert() *x509.Certificate {
	a.once.Do(func() {
		if c, err := x509.ParseCertificate(a.Raw); err == nil {
			a.cert = c
		}
	})
	return a.cert
}

// Issue signs a certificate for an end entity, with a new key unless the Spec
// brings one.
func (a *Authority) Issue(s Spec) (*Issued, error) {
	key, der, err := a.Mint(s)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("signing a certificate for %q: %w", s.title(), err)
	}
	return &Issued{Key: key, Leaf: cert, Chain: append([][]byte{der}, a.Chain()...)}, nil
}

// Mint is Issue for those who need thousands: it does not read what it has made.
// The key is nil when the Spec brought a public one.
func (a *Authority) Mint(s Spec) (key crypto.Signer, der []byte, err error) {
	if key, err = a.key(&s); err != nil {
		return nil, nil, err
	}
	p, err := a.mint(s, key)
	if err != nil {
		return nil, nil, err
	}
	der = p.der()
	a.made(PEMCertificate, der, key)
	return key, der, nil
}

// Self makes a certificate that is signed by its own key and no authority.
func Self(keys *Keyring, now func() time.Time, s Spec) (*Issued, error) {
	return (&Authority{keys: keys, now: now}).Issue(s)
}

// Chain returns the certificates that lead from this authority to below its
// root, in DER: what a peer sends behind its own.
func (a *Authority) Chain() [][]byte {
	var chain [][]byte
	for ; a != nil && a.Above != nil; a = a.Above {
		chain = append(chain, a.Raw)
	}
	return chain
}

// Top returns the root above this authority.
func (a *Authority) Top() *Authority {
	for a.Above != nil {
		a = a.Above
	}
	return a
}

// Pool returns a new pool that holds this authority as an anchor.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.Cert())
	return pool
}

// Now is the authority's clock.
func (a *Authority) Now() time.Time { return a.now() }

// key returns the key that the certificate will be about, where it is ours.
func (a *Authority) key(s *Spec) (crypto.Signer, error) {
	switch {
	case s.Public != nil:
		return nil, nil
	case s.Key != nil:
		return s.Key, nil
	}
	return a.keys.Key(s.kind())
}

// mint lays a certificate out and signs it; where a has no certificate, with its
// own key. The signature is not checked: that would cost more than making it.
func (a *Authority) mint(s Spec, own crypto.Signer) (*parts, error) {
	signer := a.Key
	if a.Raw == nil {
		signer = own
	}
	// A Spec with Public makes a certificate for a key that is elsewhere.
	if signer == nil {
		return nil, fmt.Errorf("signing a certificate for %q: the key to sign with is not here", s.title())
	}
	public := s.Public
	if public == nil {
		public = own.Public()
	}
	p, err := a.lay(s, public, signer)
	if err == nil {
		err = p.sign(signer)
	}
	if err != nil {
		return nil, fmt.Errorf("signing a certificate for %q: %w", s.title(), err)
	}
	return p, nil
}

// title is what a person would call the subject.
func (s *Spec) title() string {
	if s.Subject.CommonName == "" && len(s.Names) > 0 {
		return s.Names[0]
	}
	return s.Subject.CommonName
}

// lay lays out the parts of a certificate for a public key (RFC 5280, Section
// 4.1), all but its signature.
func (a *Authority) lay(s Spec, public crypto.PublicKey, signer crypto.Signer) (*parts, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	p := &parts{version: []byte{0xa0, 3, 2, 1, 2}}
	var err error
	if p.alg, err = algorithmFor(signer.Public(), s.Hash); err != nil {
		return nil, err
	}
	// Once inside of what is signed and once outside (RFC 5280, Section 4.1.1.2).
	p.inner, p.outer = p.alg.der, p.alg.der
	if p.serial, err = serialDER(s.Serial); err != nil {
		return nil, err
	}
	// A request or another certificate may have brought it, encoded by others.
	if p.subject = s.subject; p.subject == nil {
		if p.subject, err = nameDER(s.Subject); err != nil {
			return nil, err
		}
	}
	var bits []byte
	if p.spki, bits, err = keyInfo(public); err != nil {
		return nil, err
	}
	p.own = keyID(bits)
	// A root names itself as its issuer, and its own key as the one that signed.
	above := p.own
	if p.issuer = p.subject; a.Raw != nil {
		p.issuer, above = a.subject, a.id
	}
	from, to := s.validity(a.now())
	// What four digits of a GeneralizedTime hold.
	if from.Year() < 1 || from.Year() > 9999 || to.Year() < 1 || to.Year() > 9999 {
		return nil, errors.New("the years of a certificate are from 1 to 9999")
	}
	p.notBefore, p.notAfter = timeDER(from), timeDER(to)
	p.exts, err = s.extensions(p.own, above, string(p.subject) == emptyName)
	return p, err
}

// keyID derives a key identifier: the first 160 bits of the SHA-256 of the
// public key's bits (RFC 7093, Section 2, method 1).
func keyID(bits []byte) []byte {
	sum := sha256.Sum256(bits)
	return sum[:20]
}
