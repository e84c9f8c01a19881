package dissect

import (
	"strings"

	"tlstutor/labs/wire"
)

// An exchange is the way in which a cipher suite of TLS 1.2 or older agrees on
// keys: what its ServerKeyExchange and ClientKeyExchange hold depends on it, and
// neither says it again.
type exchange struct {
	name   string // as the suite's name has it: "ECDHE_RSA"
	psk    bool   // both have a key already, and name it (RFC 4279)
	method string // "DH", "ECDH", "RSA", "SRP", or "" for that key alone
	signed bool   // the server signs its part
}

// exchangeOf returns the key exchange of a suite, as its name says: between TLS_
// and _WITH_ stands how keys are agreed on, and then what is signed with.
func exchangeOf(suite uint64) exchange {
	name, _, ok := strings.Cut(strings.TrimPrefix(wire.Bare(SuiteName(suite)), "TLS_"), "_WITH_")
	e := exchange{name: name}
	if !ok {
		return e
	}
	parts := strings.Split(name, "_")
	last := parts[len(parts)-1]
	e.psk = name == "PSK" || last == "PSK"
	switch parts[0] {
	case "DHE", "DH":
		e.method = "DH"
	case "ECDHE", "ECDH":
		e.method = "ECDH"
	case "RSA", "SRP":
		e.method = parts[0]
	}
	// Anonymous exchanges, and those with a shared key, have no signature; nor has
	// SRP, unless its name goes on.
	switch {
	case e.psk || last == "anon":
	case e.method == "SRP":
		e.signed = len(parts) > 2
	default:
		e.signed = true
	}
	return e
}

// known reports whether the structure of its messages is known here.
func (e exchange) known() bool { return e.method != "" || e.psk }

// serverShare reads a ServerKeyExchange (RFC 5246, Section 7.4.3): for a shared
// key a hint at which, then the server's part, then a signature over it.
func (s *Session) serverShare(c *wire.Cursor) {
	e := exchangeOf(s.said.suite)
	if !e.known() {
		c.Fail("the key exchange of %s is not taken apart here", SuiteName(s.said.suite))
		return
	}
	var said words
	if e.psk { // RFC 4279, Section 2; RFC 5489, Section 2
		hint := text(c, "psk_identity_hint", 2)
		said.add("a hint at a shared key: " + or(hint, "none"))
	}
	switch e.method {
	case "ECDH":
		said.add("a share for " + serverPoint(c))
	case "DH":
		said.add("a share for " + serverDH(c))
	case "RSA":
		if !e.psk {
			said.add(exportRSA(c))
		}
	case "SRP":
		said.add(serverSRP(c))
	}
	if e.signed {
		said.add(s.signature(c))
	}
	setValue(c, said.joined(", "))
}

// serverPoint reads ServerECDHParams (RFC 8422, Section 5.4), and returns the
// curve's name.
func serverPoint(c *wire.Cursor) string {
	var group uint64
	c.Group("ECParameters", min(3, c.Len()), func(c *wire.Cursor) {
		// Curves have names only: RFC 8422 has dropped the other types, and nobody
		// ever used them.
		if kind := c.Uint("curve_type", 1, curveTypeName); kind != 3 && c.Err() == nil {
			c.Fail("a curve of type %s is not taken apart here", curveTypeName(kind))
		}
		group = c.Uint("namedcurve", 2, GroupName)
		c.Say("%s", wire.Bare(GroupName(group)))
	})
	if f := c.Last(); f != nil && f.Err != nil {
		c.Fail("%w", f.Err)
	}
	opaque(c, "public", 1)
	return wire.Bare(GroupName(group))
}

// exportRSA reads ServerRSAParams: an RSA key short enough for the export rules of
// the 1990s, in place of the certificate's (RFC 2246, Section 7.4.3).
func exportRSA(c *wire.Cursor) string {
	opaque(c, "rsa_modulus", 2)
	size := 0
	if f := c.Last(); f != nil {
		size = bitLen(content(f))
	}
	opaque(c, "rsa_exponent", 2)
	return "an RSA key of " + wire.Count(size, "bit")
}

// serverSRP reads ServerSRPParams (RFC 5054, Section 2.8.3).
func serverSRP(c *wire.Cursor) string {
	number(c, "srp_N", 2)
	number(c, "srp_g", 2)
	opaque(c, "srp_s", 1)
	number(c, "srp_B", 2)
	return "what proves that it knows the password's verifier"
}

// clientShare reads a ClientKeyExchange (RFC 5246, Section 7.4.7): for a shared key
// its name, then the client's part: a point (RFC 8422, Section 5.7), a number, or
// the secret itself, encrypted to the key in the server's certificate.
func (s *Session) clientShare(c *wire.Cursor) {
	e := exchangeOf(s.said.suite)
	if !e.known() {
		c.Fail("the key exchange of %s is not taken apart here", SuiteName(s.said.suite))
		return
	}
	var said words
	if e.psk { // RFC 4279, Section 2
		said.add("the shared key of " + text(c, "psk_identity", 2))
	}
	switch e.method {
	case "ECDH":
		said.add(ownShare(c, "ecdh_Yc", 1))
	case "DH":
		said.add(ownShare(c, "dh_Yc", 2))
	case "SRP": // RFC 5054, Section 2.8.4
		said.add("a share of " + opaque(c, "srp_A", 2))
	case "RSA":
		said.add("a secret in " + s.encryptedSecret(c) + ", encrypted to the server's key")
	}
	setValue(c, said.joined(", "))
}

// ownShare reads the client's public value, which is missing where the client's
// certificate holds it (RFC 5246, Section 7.4.7.2).
func ownShare(c *wire.Cursor, name string, width int) string {
	if !c.More() && c.Err() == nil {
		return "the share is in the client's certificate"
	}
	return "a share of " + opaque(c, name, width)
}

// encryptedSecret reads an EncryptedPreMasterSecret (RFC 5246, Section 7.4.7.1),
// which has no length in SSL 3.0 (RFC 6101, Section 5.6.7.1).
func (s *Session) encryptedSecret(c *wire.Cursor) string {
	if s.said.version != 0x0300 {
		return opaque(c, "EncryptedPreMasterSecret", 2)
	}
	n := wire.Count(len(c.Rest("EncryptedPreMasterSecret")), "byte")
	c.Last().Value = n
	return n
}
