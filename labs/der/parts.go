package der

import "tlstutor/labs/wire"

// What follows stands in messages of TLS by itself, outside of any certificate.

// Name reads a distinguished name (RFC 5280, Section 4.1.2.4), as it stands in the
// lists of accepted authorities. It gives the block its value.
func Name(c *wire.Cursor) { say(c, value(name(c, "RDNSequence"))) }

// PublicKey reads a SubjectPublicKeyInfo (RFC 5280, Section 4.1.2.7), which raw
// public keys are sent as in place of certificates (RFC 7250). It gives the block
// its value.
func PublicKey(c *wire.Cursor) {
	subjectPublicKeyInfo(c)
	say(c, value(c.Last()))
}

// Identifier reads an OBJECT IDENTIFIER (X.690, Section 8.19) as a field of that
// name, and returns its own name, or the dotted form. It gives the block its
// value.
func Identifier(c *wire.Cursor, name string) string {
	dotted := oid(c, name, tagOID)
	say(c, value(c.Last()))
	return called(dotted)
}

// IsPublicKey reports whether what begins with these bytes is a
// SubjectPublicKeyInfo and not a certificate: of its two elements the first
// begins with an OBJECT IDENTIFIER, where a certificate has a version or a number.
func IsPublicKey(b []byte) bool {
	for range 2 {
		h, err := parseHeader(b[:min(len(b), maxHead)], len(b))
		if err != nil || h.tag != tagSequence {
			return false
		}
		b = b[h.head:]
	}
	return len(b) > 0 && b[0] == tagOID
}
