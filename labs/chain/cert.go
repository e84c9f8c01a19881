package chain

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"strings"

	"tlstutor/labs/der"
	"tlstutor/labs/wire"
)

// What stands for x509's word where it was not asked.
var (
	errNothing = errors.New("no certificate")
	errHuge    = fmt.Errorf("more than %d bytes: certificates of this size are not opened", maxCertificate)
)

// A Cert is a certificate, readable or not.
type Cert struct {
	Raw   []byte
	X     *x509.Certificate // nil when crypto/x509 refuses to read it
	Err   error             // why
	Title string            // what a person would call it, clean
	fault string            // where labs/der finds what is wrong with an unreadable one
	harm  error             // what befell it before it was read

	subject, issuer []byte // the names in DER, also of an unreadable certificate
	by              string // the issuer's name in words, of an unreadable one that has it
}

// Read takes one certificate in DER. One that crypto/x509 refuses is still a
// Cert, with Err.
func Read(raw []byte) *Cert {
	if len(raw) > maxCertificate {
		return &Cert{Raw: raw, Err: errHuge, Title: "a certificate of " + wire.Count(len(raw), "byte")}
	}
	x, err := x509.ParseCertificate(raw)
	if err != nil {
		return unread(raw, err)
	}
	return FromX509(x)
}

// FromX509 takes a certificate that has been parsed already.
func FromX509(x *x509.Certificate) *Cert {
	return &Cert{Raw: x.Raw, X: x, Title: title(x), subject: x.RawSubject, issuer: x.RawIssuer}
}

// Fault returns where in an unreadable certificate the fault is, and what: "byte 14
// (serialNumber): why". It is "" where none was found.
func (c *Cert) Fault() string { return c.fault }

// Tree returns the certificate as fields. It is made anew at each call.
func (c *Cert) Tree() *wire.Field {
	raw := c.Raw
	if len(raw) > maxCertificate {
		raw = nil
	}
	return der.Parse(&wire.Source{Name: c.Title, Data: raw})
}

// title returns what a person would call a certificate: its common name, else
// its first alternative name, else the rest of its subject or its number.
func title(x *x509.Certificate) string {
	switch {
	case x.Subject.CommonName != "":
		return short(x.Subject.CommonName)
	case len(x.DNSNames) > 0:
		return short(x.DNSNames[0])
	case len(x.URIs) > 0:
		return short(x.URIs[0].String())
	case len(x.IPAddresses) > 0:
		return x.IPAddresses[0].String()
	case len(x.Subject.Names) > 0:
		return short(full(x.Subject))
	}
	return "serial number " + short(x.SerialNumber.String())
}

// full writes a distinguished name out, the most specific part first as RFC 4514
// has it. Only the last parts are taken: pkix.Name.String costs the square of how
// many there are.
func full(n pkix.Name) string {
	var all pkix.RDNSequence
	for _, a := range n.Names[max(0, len(n.Names)-20):] {
		all = append(all, pkix.RelativeDistinguishedNameSET{a})
	}
	return all.String()
}

// Apart gives the certificates of an answer that have one title each its own, as
// nobody could tell what is said of which: the first bytes of their fingerprints are
// added. All that were given are in lists, and are changed; when it reports that any
// was, the question wants to be asked again.
func (a *Answer) Apart(lists ...[]*Cert) bool {
	first, twins := map[string]*Cert{}, map[string]bool{}
	for i := range a.Nodes {
		c := a.Nodes[i].Cert
		if a.Nodes[i].From&Missing != 0 {
			continue
		}
		if f := first[c.Title]; f == nil {
			first[c.Title] = c
		} else if !bytes.Equal(f.Raw, c.Raw) {
			twins[c.Title] = true
		}
	}
	if len(twins) == 0 {
		return false
	}
	for _, l := range lists {
		for _, c := range l {
			if twins[c.Title] {
				sum := sha256.Sum256(c.Raw)
				c.Title = fmt.Sprintf("%s (SHA-256 %x)", c.Title, sum[:4])
			}
		}
	}
	return true
}

// nameless is the title of a certificate in which not even a name can be read.
const nameless = "an unreadable certificate"

// Damaged is Read for a certificate that did not arrive as it was: err says what
// befell it on the way, where a parser would only say what it stumbled over.
func Damaged(raw []byte, err error) *Cert {
	c := Read(raw)
	c.harm = err
	return c
}

// unread is Read for what crypto/x509 refuses: labs/der names it, knows its
// issuer, and finds the byte that is wrong.
func unread(raw []byte, err error) *Cert {
	c := &Cert{Raw: raw, Err: err, Title: nameless}
	tree := der.Parse(&wire.Source{Data: raw})
	// The tree's value is "SUBJECT, by ISSUER" or "SUBJECT, self-issued".
	if tree.Name == "Certificate" && tree.Value != "" {
		name, by, _ := strings.Cut(tree.Value, ", by ")
		c.Title, c.by = short(strings.TrimSuffix(name, ", self-issued")), short(by)
	}
	// The names decide who may have issued it, and whom it may have issued.
	if tbs := tree.Match("tbsCertificate"); tbs != nil {
		if f := tbs.Kid("subject"); f != nil {
			c.subject = f.Bytes()
		}
		if f := tbs.Kid("issuer"); f != nil {
			c.issuer = f.Bytes()
		}
	}
	c.fault = fault(tree)
	return c
}

// fault returns where a tree has its first error, the deepest there, as
// "byte 14 (serialNumber): why"; "" when the tree has none.
func fault(tree *wire.Field) string {
	var at *wire.Field
	var inside []*wire.Field
	tree.Walk(func(path []*wire.Field) {
		f := path[len(path)-1]
		if f.Err == nil {
			return
		}
		// An error is left at the parents too: the first leads down to its cause.
		if at == nil || leads(path, at) {
			at, inside = f, append(inside[:0], path...)
		}
	})
	if at == nil {
		return ""
	}
	// Where one byte is to blame, it is the place, and not the field's beginning.
	if bad, ok := errors.AsType[*der.Fault](at.Err); ok {
		return fmt.Sprintf("byte %d (%s): %s", bad.Off, at.Name, clean(bad.Err.Error()))
	}
	// What is undecoded begins behind what could still be read of the field.
	for _, k := range at.Kids {
		if k.Name == wire.Undecoded {
			return fmt.Sprintf("byte %d (%s): %s", k.Off, at.Name, clean(at.Err.Error()))
		}
	}
	return fmt.Sprintf("byte %d (%s): %s", at.Off, at.Name, clean(at.Err.Error()))
}

// leads reports whether f is on a path.
func leads(path []*wire.Field, f *wire.Field) bool {
	for _, p := range path {
		if p == f {
			return true
		}
	}
	return false
}

// clean is for sentences, short for names inside them, quote for names that
// could be mistaken for words of the sentence.
func clean(s string) string { return wire.Clean(s, wire.MaxValue) }
func short(s string) string { return wire.Clean(s, 80) }
func quote(s string) string { return `"` + short(s) + `"` }
