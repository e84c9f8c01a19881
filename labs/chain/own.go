package chain

import (
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"strings"
	"time"

	"tlstutor/labs/wire"
)

// extension returns the extension id-ce N (2.5.29.N) of a certificate, or nil.
func extension(x *x509.Certificate, n int) *pkix.Extension {
	for i := range x.Extensions {
		id := x.Extensions[i].Id
		if len(id) == 4 && id[0] == 2 && id[1] == 5 && id[2] == 29 && id[3] == n {
			return &x.Extensions[i]
		}
	}
	return nil
}

// bare is where to look in a certificate for an extension that it does not have.
func bare(x *x509.Certificate) string {
	if len(x.Extensions) == 0 {
		return "tbsCertificate"
	}
	return "extensions"
}

// ownChecks returns the checks of a certificate that depend neither on its place
// nor on its neighbours. They are worked out once.
func (w *walk) ownChecks(n *node) []Check {
	if n.own != nil {
		return n.own
	}
	c := n.cert
	n.own = append(n.own, readable(c))
	if c.X != nil {
		n.own = append(n.own, w.validity(c), critical(c))
		n.own = append(n.own, oddities(c)...)
	}
	n.ownOK = true
	for _, k := range n.own {
		n.ownOK = n.ownOK && k.OK
	}
	return n.own
}

// readable tells what crypto/x509 says of a certificate that it cannot read, and
// where labs/der finds the fault.
func readable(c *Cert) Check {
	k := Check{Name: Readable, Rule: "RFC 5280, Section 4.1", OK: c.X != nil}
	if k.OK {
		k.Why = fmt.Sprintf("%s can be read.", c.Title)
		return k
	}
	what := c.Title
	if what == nameless {
		what = "this certificate"
	}
	// What was lost before it came here is no peer's to judge.
	if c.harm != nil {
		k.Why = fmt.Sprintf("Nobody can read %s: %s.", what, strings.TrimSuffix(clean(c.harm.Error()), "."))
		return k
	}
	// First in Go's words, which people search for; then where it is.
	k.Why = fmt.Sprintf("Go cannot read %s: %s", what, clean(c.Err.Error()))
	if c.fault != "" {
		k.Why += "; at " + k.cites(c.fault)
	}
	if !strings.HasSuffix(k.Why, ".") {
		k.Why += "."
	}
	// The strictness that is known; of plain garbage there is nothing to say.
	if says := c.Err.Error(); strings.Contains(says, "serial") || strings.Contains(says, "SAN") || strings.Contains(says, "IP address") {
		k.Beside = "Other peers may read it: OpenSSL and Python accept negative serial numbers, UTF-8 in a dNSName and an iPAddress of 5 bytes."
	}
	return k
}

// cites takes the rule that stands in brackets at the end of a text for the check's
// own, and returns the text without it; one that ends otherwise stays as it is.
func (k *Check) cites(text string) string {
	bare := strings.TrimSuffix(text, ")")
	i := strings.LastIndex(bare, " (")
	if i < 0 || bare == text || !strings.HasPrefix(bare[i+2:], "RFC ") && !strings.HasPrefix(bare[i+2:], "X.6") {
		return text
	}
	k.Rule = bare[i+2:]
	return bare[:i]
}

// day is how dates stand in sentences.
func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }

// validity checks the dates (RFC 5280, Sections 4.1.2.5 and 6.1.3(a)(2)).
func (w *walk) validity(c *Cert) Check {
	k := Check{Name: Validity, Rule: "RFC 5280, Section 6.1.3(a)(2)", Light: LightTime, Field: "validity"}
	x, at := c.X, w.q.At
	it := "it"
	if w.q.Clock != "" {
		it = "by " + w.q.Clock + " it"
	}
	// Both ends are inclusive (RFC 5280, Section 4.1.2.5).
	switch {
	case x.NotAfter.Before(x.NotBefore):
		k.Why = fmt.Sprintf("%s ends (%s) before it begins (%s), so it is valid at no time.", c.Title, day(x.NotAfter), day(x.NotBefore))
	case at.Before(x.NotBefore):
		k.Why, k.Field = fmt.Sprintf("%s is not valid before %s, and %s is %s.", c.Title, day(x.NotBefore), it, day(at)), "validity.notBefore"
	case at.After(x.NotAfter):
		k.Why, k.Field = fmt.Sprintf("%s expired on %s, and %s is %s.", c.Title, day(x.NotAfter), it, day(at)), "validity.notAfter"
	default:
		k.OK, k.Why = true, fmt.Sprintf("%s is valid until %s.", c.Title, day(x.NotAfter))
	}
	return k
}

// critical checks that no critical extension is left that Go does not know (RFC
// 5280, Section 4.2).
func critical(c *Cert) Check {
	k := Check{Name: Critical, Rule: "RFC 5280, Section 4.2", OK: true, Field: bare(c.X)}
	odd := c.X.UnhandledCriticalExtensions
	if len(odd) == 0 {
		k.Why = fmt.Sprintf("Go knows every extension that %s marks as critical.", c.Title)
		return k
	}
	k.OK = false
	k.Field = "extensions"
	what := wire.Clean(odd[0].String(), 60)
	// The field is named as in the tree, so that the sentence leads to its bytes.
	if name := called(c, what); name != "" {
		k.Field, what = "extensions."+name, name
	}
	k.Why = fmt.Sprintf("%s has a critical extension that Go does not handle (%s); whoever does not understand such a one must refuse.", c.Title, what)
	// Go reads them and then sees a form of name in them that it cannot compare.
	if what == "nameConstraints" {
		k.Beside = "Go handles name constraints on DNS names, addresses, mail and URIs, but not on directory names; OpenSSL does."
	}
	return k
}

// called returns the name under which labs/der shows the extension with this
// OID; "" when it cannot be found there.
func called(c *Cert, id string) string {
	list := c.Tree().Match("extensions.Extensions")
	if list == nil {
		return ""
	}
	for _, e := range list.Kids {
		if f := e.Kid("extnID"); f != nil && (f.Value == id || strings.HasSuffix(f.Value, "("+id+")")) {
			return e.Name
		}
	}
	return ""
}

// oddities are the things at which Go does not take offence and others do.
func oddities(c *Cert) []Check {
	var all []Check
	x := c.X
	note := func(name, rule, field, why, beside string) {
		all = append(all, Check{Name: name, Rule: rule, OK: true, Field: field, Why: why, Beside: beside})
	}
	switch n := x.SerialNumber; {
	case n.Sign() < 0:
		note(Serial, "RFC 5280, Section 4.1.2.2", "serialNumber", "Its serial number is negative.", "The RFC asks for a positive number.")
	case n.Sign() == 0:
		note(Serial, "RFC 5280, Section 4.1.2.2", "serialNumber", "Its serial number is zero.", "The RFC asks for a positive number; Go and OpenSSL accept zero.")
	// A positive INTEGER of 20 octets has 159 bits: the first is its sign.
	case n.BitLen() > 159:
		note(Serial, "RFC 5280, Section 4.1.2.2", "serialNumber", fmt.Sprintf("Its serial number takes %d octets.", n.BitLen()/8+1), "The RFC allows 20; Go and OpenSSL accept more.")
	}
	if x.Version != 3 {
		note(Version, "RFC 5280, Section 4.1.2.1", "tbsCertificate", fmt.Sprintf("It is of version %d, which has no extensions.", x.Version), "Go and OpenSSL read old versions; a service needs version 3, as its names are in an extension.")
	}
	// Curves that are too short to be safe Go does not read.
	if key, ok := x.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() < 2048 {
		beside := "Go accepts RSA keys of 1024 bits in certificates; the public web asks for 2048, and OpenSSL does from security level 2 on."
		if key.N.BitLen() < minKeyBits {
			beside = "Go reads it and checks no signature with it, so that no handshake with this key succeeds; OpenSSL refuses it in TLS from security level 1 on."
		}
		note(KeySize, "CA/Browser Forum BR, Section 6.1.5", "subjectPublicKeyInfo", fmt.Sprintf("Its RSA key has %d bits.", key.N.BitLen()), beside)
	}
	// id-ce 19 is basicConstraints.
	if e := extension(x, 19); e != nil && x.IsCA && !e.Critical {
		note(BasicConstraints, "RFC 5280, Section 4.2.1.9", "extensions.basicConstraints", "Its basicConstraints are not critical.", "The RFC says that in a CA they must be; Go and OpenSSL accept it, OpenSSL when strict does not.")
	}
	return all
}
