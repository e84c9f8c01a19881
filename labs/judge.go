package labs

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"time"

	"tlstutor/labs/chain"
	"tlstutor/labs/dissect"
	"tlstutor/labs/peer"
	"tlstutor/labs/wire"
)

// This file knows what each side of a connection judges certificates by: whom it
// trusts, which name it means, and what time it has.

// A judge is what one side of a connection judges the certificates of the other
// side by. It is there also where that side does not look.
type judge struct {
	roots []*chain.Cert
	name  string
	at    func() time.Time
	now   func() time.Time // everybody else's time; nil: not known
	uses  []x509.ExtKeyUsage
	lax   bool // it takes any certificate

	system bool // it trusts the system's roots, which nobody can list
	first  bool // it follows the first path that fits, and never turns back
}

// pool is a pool of roots whose certificates the bench remembers: a pool itself
// does not tell them. A side that trusts another pool has no lights.
func (b *Bench) pool(certs ...*x509.Certificate) *x509.CertPool {
	p := x509.NewCertPool()
	for _, c := range certs {
		p.AddCert(c)
	}
	b.remember(p, certs)
	return p
}

// remember is what pool does with a pool that was made elsewhere.
func (b *Bench) remember(p *x509.CertPool, certs []*x509.Certificate) {
	var all []*chain.Cert
	for _, c := range certs {
		all = append(all, chain.FromX509(c))
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pools == nil {
		b.pools = map[*x509.CertPool][]*chain.Cert{}
	}
	b.pools[p] = all
}

// means says which name a side judges by that trusts this pool, sends another name,
// and verifies by itself.
func (b *Bench) means(p *x509.CertPool, name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.meant == nil {
		b.meant = map[*x509.CertPool]string{}
	}
	b.meant[p] = name
}

// nameOf returns what means has said of a pool, or else the name that was sent.
func (b *Bench) nameOf(p *x509.CertPool, sent string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if name, ok := b.meant[p]; ok {
		return name
	}
	return sent
}

// rootsOf returns what is in a pool, and whether that is known.
func (b *Bench) rootsOf(p *x509.CertPool) ([]*chain.Cert, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all, ok := b.pools[p]
	return all, ok
}

// judges is what Go's side judges by, nil where it wants no certificate or its
// roots are not known. A server without a pool of its own trusts the system's.
func (b *Bench) judges(config *tls.Config, d dissect.Dir) *judge {
	pool := config.RootCAs
	j := &judge{name: b.nameOf(pool, config.ServerName), at: config.Time, now: b.Now, lax: config.InsecureSkipVerify && config.VerifyConnection == nil}
	if d == dissect.ToClient {
		j.name, j.uses, pool = "", []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, config.ClientCAs
		j.lax = config.ClientAuth < tls.VerifyClientCertIfGiven
		if config.ClientAuth == tls.NoClientCert {
			return nil
		}
	}
	if j.at == nil {
		j.at = b.Now
	}
	var ok bool
	if j.roots, ok = b.rootsOf(pool); !ok {
		return nil
	}
	return j
}

// judgesLike is what a program judges by that was given an offer.
func (b *Bench) judgesLike(o peer.Offer, d dissect.Dir) *judge {
	j := &judge{name: o.Name, at: b.Now, now: b.Now, lax: o.Check == peer.Ignore}
	if d == dissect.ToClient {
		j.name, j.uses = "", []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		if o.Check != peer.Request && o.Check != peer.Require {
			return nil
		}
	}
	if !o.At.IsZero() {
		j.at = func() time.Time { return o.At }
	}
	// It reads the same file, and passes over the same.
	for _, c := range pemRoots(o.Roots) {
		j.roots = append(j.roots, chain.FromX509(c))
	}
	return j
}

// pemRoots are the certificates in a file of roots; what is none is passed over, as
// by those who read such files.
func pemRoots(rest []byte) []*x509.Certificate {
	var all []*x509.Certificate
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return all
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil && block.Type == "CERTIFICATE" {
			all = append(all, c)
		}
	}
}

// strangers is what Go's client judges somebody else's server by.
func (b *Bench) strangers(config *tls.Config) *judge {
	if config.RootCAs == nil {
		return &judge{name: config.ServerName, at: b.Now, system: true}
	}
	return b.judges(config, dissect.ToServer)
}

// systemRoots are those of the system's roots that lead to a certificate, now or
// while it was valid: asked for all of them, the system does not tell.
func systemRoots(shown []*chain.Cert, at time.Time) []*chain.Cert {
	leaf := shown[0].X
	if leaf == nil {
		return nil
	}
	others := x509.NewCertPool()
	for _, c := range shown[1:] {
		if c.X != nil {
			others.AddCert(c.X)
		}
	}
	var roots []*chain.Cert
	// One that is over still has the root that it had.
	for _, t := range []time.Time{at, leaf.NotBefore.Add(time.Second), leaf.NotAfter.Add(-time.Second)} {
		paths, _ := leaf.Verify(x509.VerifyOptions{Intermediates: others, CurrentTime: t, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
		for _, p := range paths {
			root := p[len(p)-1]
			if !slices.ContainsFunc(roots, func(c *chain.Cert) bool { return c.X.Equal(root) }) {
				roots = append(roots, chain.FromX509(root))
			}
		}
	}
	return roots
}

// asks is the question that a judge has about certificates.
func (j *judge) asks(shown []*wire.Field) chain.Question {
	q := chain.Question{Lean: true, Roots: j.roots, Name: j.name, At: j.at(), Uses: j.uses, FirstPathOnly: j.first}
	if j.now != nil && q.At.Sub(j.now()).Abs() > time.Minute {
		q.Clock = "the client's clock"
		if len(j.uses) > 0 { // of client certificates, which a server looks at
			q.Clock = "the server's clock"
		}
	}
	for _, f := range shown {
		q.Chain = append(q.Chain, chain.Read(f.Bytes()))
	}
	if j.system {
		q.Roots = systemRoots(q.Chain, q.At)
	}
	return q
}
