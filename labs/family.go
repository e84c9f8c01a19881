package labs

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"

	"tlstutor/labs/pki"
)

// This file makes the certificates of lab chain. Each setting changes one thing
// about them, so that what a client objects to is that one thing.

// A family is the certificates of one run of lab chain.
type family struct {
	made []relative // in the order in which they were made
	key  tls.Certificate
}

// A relative is one of them, and what it is called in the run.
type relative struct {
	name string
	cert *x509.Certificate
}

// family makes the certificates, and tells of each.
func (b *Bench) family(s Settings) (*family, error) {
	f := &family{}
	add := func(name, by string, a *pki.Authority) {
		b.made(name, a.Raw, by)
		f.made = append(f.made, relative{name, a.Cert()})
	}
	root, err := pki.Root(b.Keys(), b.Now, pki.Anchor(pki.RootName))
	if err != nil {
		return nil, err
	}
	add("root", "itself", root)
	if s["cross"] != "none" || s["trust"] == "old-root" || s["trust"] == "both-roots" {
		if err := f.crossed(b, root, s["cross"], add); err != nil {
			return nil, err
		}
	}
	spec := pki.Sub(pki.IssuingName)
	if s["signs"] == "leaf" {
		spec.PathLen = nil // one thing is wrong, not two
	}
	by, err := root.Intermediate(spec)
	if err != nil {
		return nil, err
	}
	add("intermediate", "the root", by)
	signer := "intermediate"
	if s["signs"] != "intermediate" {
		signer = s["signs"]
		if by, err = by.Intermediate(between(signer)); err != nil {
			return nil, err
		}
		signer = map[string]string{"leaf": "other leaf", "branch": "branch"}[signer]
		add(signer, "the intermediate", by)
	}
	leaf := pki.Server(labName)
	leaf.Subject.CommonName = labName
	is, err := by.Issue(leaf)
	if err != nil {
		return nil, err
	}
	b.made("leaf", is.Leaf.Raw, "the "+signer)
	f.made = append(f.made, relative{"leaf", is.Leaf})
	f.key = tls.Certificate{PrivateKey: is.Key}
	return f, nil
}

// between is what stands between the intermediate and the leaf, where that is not
// allowed: a certificate that is no authority's, or an authority too many. The
// intermediate has a path length of 0 (RFC 5280, Section 4.2.1.9).
func between(signer string) pki.Spec {
	if signer == "leaf" {
		other := pki.Server("shop.lab.test")
		other.Subject, other.Extra = named("shop.lab.test"), notCA()
		return other
	}
	return pki.Sub("Lab Branch CA")
}

// crossed makes an older root, and with it a second certificate of the new one.
func (f *family) crossed(b *Bench, root *pki.Authority, how string, add func(name, by string, a *pki.Authority)) error {
	spec := pki.Anchor("Lab Old Root CA")
	spec.NotBefore, spec.NotAfter = b.Now().AddDate(-20, 0, 0), b.Now().AddDate(1, 0, 0)
	if how == "expired" {
		spec.NotAfter = b.Now().AddDate(0, 0, -1)
	}
	old, err := pki.Root(b.Keys(), b.Now, spec)
	if err != nil {
		return err
	}
	add("old root", "itself", old)
	if how == "none" {
		return nil
	}
	// It is for the same name and the same key: whoever looks for the issuer of the
	// intermediate finds two. As in 2021, the certificate across outlives the root that signed it.
	across, err := old.CrossSign(root, pki.Spec{Life: 3 * 365 * 24 * time.Hour})
	if err != nil {
		return err
	}
	add("cross-sign", "the old root", across)
	return nil
}

// find returns the certificate of that name, or nil.
func (f *family) find(name string) *x509.Certificate {
	for _, r := range f.made {
		if r.name == name {
			return r.cert
		}
	}
	return nil
}

// sent returns what the server sends, in its order. What the older root signed
// comes last; without the intermediate it would be of no use, and stays too.
func (f *family) sent(s Settings) [][]byte {
	// Of these those count that there are, see find below.
	names := []string{"leaf", "other leaf", "branch", "intermediate"}
	switch s["send"] {
	case "leaf-only":
		names = []string{"leaf"}
	case "intermediate-leaf":
		slices.Reverse(names)
	// Behind the first, TLS 1.3 leaves the order open (RFC 9846, Section 4.5.1).
	case "leaf-root-intermediate":
		names = []string{"leaf", "root", "other leaf", "branch", "intermediate"}
	case "all":
		names = append(names, "root")
	}
	if s["send"] != "leaf-only" {
		names = append(names, "cross-sign")
	}
	var all [][]byte
	for _, name := range names {
		if c := f.find(name); c != nil {
			all = append(all, c.Raw)
		}
	}
	return all
}

// trusted returns what is in the client's store, by the word of knob trust. A store
// is a list that somebody has put together; that a certificate is in it is all that
// makes it a root (RFC 5280, Section 6.1.1).
func (f *family) trusted(word string) []*x509.Certificate {
	switch word {
	case "intermediate":
		return []*x509.Certificate{f.find("intermediate")}
	case "old-root":
		return []*x509.Certificate{f.find("old root")}
	case "both-roots":
		return []*x509.Certificate{f.find("root"), f.find("old root")}
	}
	return []*x509.Certificate{f.find("root")}
}

// list names certificates in a sentence.
func (f *family) list(raw [][]byte) string {
	var names []string
	for _, r := range raw {
		for _, one := range f.made {
			if bytes.Equal(one.cert.Raw, r) {
				names = append(names, "the "+one.name)
			}
		}
	}
	if n := len(names); n > 1 {
		return fmt.Sprintf("%s and %s", strings.Join(names[:n-1], ", "), names[n-1])
	}
	return strings.Join(names, "")
}
