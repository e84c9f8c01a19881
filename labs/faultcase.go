package labs

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"tlstutor/labs/pki"
)

// This file makes what a plan lays out. Each case has an intermediate and a leaf of
// its own, so that one can be changed without the others; the root they share, as
// the clients of a gallery trust one root.

// A World is who signs in all cases: a root that clients trust, and a stranger.
type World struct {
	keys  *pki.Keyring
	now   func() time.Time
	root  *pki.Authority
	other *pki.Authority
}

// NewWorld makes one.
func NewWorld(keys *pki.Keyring, now func() time.Time) (*World, error) {
	w := &World{keys: keys, now: now}
	var err error
	if w.root, err = pki.Root(keys, now, pki.Anchor(pki.RootName)); err != nil {
		return nil, err
	}
	w.other, err = pki.Root(keys, now, pki.Anchor("Another Root CA"))
	return w, err
}

// Root is the root that clients of nearly all cases trust.
func (w *World) Root() *x509.Certificate { return w.root.Cert() }

// A Case is a fault, made: what a server needs to serve it, and what a client has
// to be told to meet it.
type Case struct {
	Fault  *Fault // nil: nothing is wrong
	Host   string // whom the client means: it sends the name, and looks for it in the certificate
	Chain  [][]byte
	Key    crypto.Signer
	Roots  []*x509.Certificate // whom the client trusts
	Server *tls.Config
	Client *tls.Config // of Go's client

	plan    *plan
	world   *World
	inter   *pki.Authority
	made    *x509.Certificate // the leaf, before anybody forged it
	certs   map[string][]byte
	anchors map[string]*x509.Certificate
	list    []byte          // PEM: the CRL that the client is given
	shown   tls.Certificate // the client's, and its key
	ownKey  crypto.Signer
}

// Case makes a fault for a host of that label in lab.test, "app" if it is empty; a
// nil fault makes its good twin.
func (w *World) Case(f *Fault, label string) (*Case, error) {
	if label == "" {
		label = faultHost
	}
	p := newPlan(label, w.now())
	if f != nil {
		f.change(p)
	}
	return w.make(f, p)
}

// Mended is Case after one setting was put right, by a word of knob mend.
func (w *World) Mended(f *Fault, label, word string) (*Case, error) {
	if label == "" {
		label = faultHost
	}
	return w.make(f, mended(f, label, word, w.now()))
}

// Plain is what is spoken in place of TLS: "http", "smtp", or "".
func (c *Case) Plain() string { return c.plan.plain }

// Cuts reports whether the server leaves in the middle of its answer, and without
// close_notify.
func (c *Case) Cuts() bool { return c.plan.cut }

// ClientOnly reports whether all that is wrong is how the client is set up: any
// server would do.
func (c *Case) ClientOnly() bool {
	p := c.plan
	return p.clock != 0 || p.list != nil && !p.revoked || !p.crossed && !slices.Contains(p.trust, "root")
}

// make makes what a plan lays out.
func (w *World) make(f *Fault, p *plan) (*Case, error) {
	c := &Case{Fault: f, Host: p.host, plan: p, world: w, certs: map[string][]byte{}, anchors: map[string]*x509.Certificate{}}
	if err := c.sign(); err != nil {
		return nil, fmt.Errorf("making a faulty chain: %w", err)
	}
	for _, name := range p.sent {
		c.Chain = append(c.Chain, c.certs[name])
	}
	for _, name := range p.trust {
		c.Roots = append(c.Roots, c.anchors[name])
	}
	if err := c.configure(); err != nil {
		return nil, fmt.Errorf("setting up a faulty connection: %w", err)
	}
	return c, nil
}

// sign makes the certificates.
func (c *Case) sign() error {
	w, p := c.world, c.plan
	root := w.root
	var err error
	switch {
	case p.root != nil:
		if root, err = pki.Root(w.keys, w.now, *p.root); err != nil {
			return err
		}
	case p.crossed:
		if root, err = c.cross(); err != nil {
			return err
		}
	}
	c.anchors["root"], c.anchors["other"] = root.Cert(), w.other.Cert()
	if c.inter, err = root.Intermediate(p.inter); err != nil {
		return err
	}
	c.certs["root"], c.anchors["inter"] = root.Raw, c.inter.Cert()
	// What it signs is signed by the good one: name and key are the same in both.
	if c.certs["inter"], err = forged(root, c.inter.Raw, p.forgeInter); err != nil {
		return err
	}
	by := c.inter
	if p.deep != nil {
		if by, err = c.inter.Intermediate(*p.deep); err != nil {
			return err
		}
		c.certs["deep"] = by.Raw
	}
	return c.signLeaf(by)
}

// signLeaf makes the certificate that the server shows.
func (c *Case) signLeaf(by *pki.Authority) (err error) {
	var is *pki.Issued
	if c.plan.self {
		is, err = pki.Self(c.world.keys, c.world.now, c.plan.leaf)
	} else {
		is, err = by.Issue(c.plan.leaf)
	}
	if err != nil {
		return err
	}
	c.Key, c.made = is.Key, is.Leaf
	c.certs["leaf"], err = forged(by, is.Leaf.Raw, c.plan.forgeLeaf)
	return err
}

// forged is a certificate after a change of package pki; with "" it stays.
func forged(by *pki.Authority, good []byte, change string) ([]byte, error) {
	if change == "" {
		return good, nil
	}
	c, ok := pki.FindChange(change)
	if !ok {
		return nil, fmt.Errorf("nobody can make %s", change)
	}
	return by.Forge(good, c)
}

// cross makes a new root, which one that has expired vouches for.
func (c *Case) cross() (*pki.Authority, error) {
	now := c.world.now()
	spec := pki.Anchor("Old Root CA")
	spec.NotBefore, spec.NotAfter = now.AddDate(-20, 0, 0), now.AddDate(0, 0, -1)
	old, err := pki.Root(c.world.keys, c.world.now, spec)
	if err != nil {
		return nil, err
	}
	root, err := pki.Root(c.world.keys, c.world.now, pki.Anchor("New Root CA"))
	if err != nil {
		return nil, err
	}
	crossed, err := old.CrossSign(root, pki.Spec{Life: 3 * 365 * 24 * time.Hour})
	if err != nil {
		return nil, err
	}
	c.anchors["old"], c.certs["cross"] = old.Cert(), crossed.Raw
	return root, nil
}

// configure makes what Go's server and Go's client are told.
func (c *Case) configure() (err error) {
	p, now := c.plan, c.world.now
	// crypto/tls reads no certificate that it is to serve, so that also one that nobody
	// can read is served; and it does not ask whether the key goes with it.
	cert := tls.Certificate{Certificate: c.Chain, PrivateKey: c.Key}
	if p.strange {
		if cert.PrivateKey, err = c.world.keys.Key("p256"); err != nil {
			return err
		}
	}
	if p.staple != nil {
		if cert.OCSPStaple, err = p.staple(c, p); err != nil {
			return err
		}
	}
	if p.list != nil {
		if c.list, err = p.list(c, p); err != nil {
			return err
		}
	}
	c.Server = &tls.Config{
		Time: now, Certificates: []tls.Certificate{cert}, SessionTicketsDisabled: true,
		CipherSuites: p.suites, CurvePreferences: p.groups, NextProtos: p.takes,
	}
	c.Server.MinVersion, c.Server.MaxVersion = numbers(p.serves.min, p.serves.max)
	if p.knows != "" {
		c.Server.Certificates = nil
		c.Server.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			if hello.ServerName == p.knows {
				return &cert, nil
			}
			return nil, nil // it knows no such name, and says so
		}
	}
	// The server trusts the world's root for clients, whatever its own chain ends at.
	if p.wants {
		c.Server.ClientAuth = tls.RequireAndVerifyClientCert
		c.Server.ClientCAs = c.world.root.Pool()
	}
	pool := x509.NewCertPool()
	for _, r := range c.Roots {
		pool.AddCert(r)
	}
	c.Client = &tls.Config{
		ServerName: p.host, RootCAs: pool, CurvePreferences: p.asks, NextProtos: p.speaks, InsecureSkipVerify: p.trusting,
		Time: func() time.Time { return now().Add(p.clock) },
	}
	c.Client.MinVersion, c.Client.MaxVersion = numbers(p.offers.min, p.offers.max)
	return c.identify()
}

// identify makes the client's own certificate, if it has one.
func (c *Case) identify() error {
	by := c.world.root
	switch c.plan.shows {
	case "":
		return nil
	case "other":
		by = c.world.other
	}
	is, err := by.Issue(pki.Client("alice", "alice.lab.test"))
	if err != nil {
		return err
	}
	c.shown = tls.Certificate{Certificate: is.Chain, PrivateKey: is.Key, Leaf: is.Leaf}
	c.ownKey = is.Key
	// Go's client would keep a certificate back that no authority of the server's
	// list has signed.
	c.Client.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &c.shown, nil }
	return nil
}
