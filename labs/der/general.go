package der

import (
	"errors"
	"net/netip"

	"tlstutor/labs/wire"
)

// errAddress is put down on an address that fits neither version of IP.
var errAddress = errors.New("an address is of 4 or 16 octets, in a constraint with a mask of as many (RFC 5280, Sections 4.2.1.6 and 4.2.1.10)")

// errMask is put down on a range of addresses that is no block.
var errMask = errors.New("a mask has its ones in front and its zeros behind (RFC 5280, Section 4.2.1.10, and RFC 4632, Section 3.1)")

// generalNames reads GeneralNames: one or more (RFC 5280, Section 4.2.1.6). They
// stand in subjectAltName and wherever else a certificate points at something.
func generalNames(c *wire.Cursor, as string, tag byte) *wire.Field {
	return cons(c, as, tag, func(c *wire.Cursor) {
		for c.More() {
			generalName(c, false)
		}
		say(c, join(c.This().Kids, ", "))
	})
}

// generalName reads one GeneralName, in one of its nine forms, each with a tag
// of its own (RFC 5280, Section 4.2.1.6). In a name constraint an address comes
// with a mask. The tags are implicit but for directoryName, whose type is a
// CHOICE and so cannot lose its own tag.
func generalName(c *wire.Cursor, constraint bool) {
	h, ok := next(c, "GeneralName", 0)
	if !ok {
		return
	}
	switch h.tag {
	case 0xa0:
		otherName(c)
	// Text under implicit tags: an IA5String in all three.
	case 0x81:
		text(c, "rfc822Name", h.tag)
	case 0x82:
		text(c, "dNSName", h.tag)
	case 0xa3: // ORAddress: structure without names
		lift(cons(c, "x400Address", h.tag, all))
	case 0xa4:
		lift(cons(c, "directoryName", h.tag, func(c *wire.Cursor) { name(c, "RDNSequence") }))
	case 0xa5:
		ediPartyName(c)
	case 0x86:
		uri(c, h)
	case 0x87:
		// Four octets or sixteen, twice that in a constraint.
		if f, b := leaf(c, "iPAddress", h.tag); f != nil {
			f.Value = address(b, constraint)
			if f.Value == "" {
				f.Value = hexBytes(b)
				complain(f, errAddress)
			} else if bit, block := ones(b[len(b)/2:]); constraint && !block {
				blame(f, len(b)/2+bit/8, errMask)
			}
		}
	case 0x88:
		oid(c, "registeredID", h.tag)
	default:
		c.Fail("GeneralName: no form has the tag %s (RFC 5280, Section 4.2.1.6)", tagName(h.tag, h.number))
	}
}

// otherName reads a name whose type is an OID and whose value is anything: how
// the logon names of Windows and the mailboxes of RFC 9598 travel.
func otherName(c *wire.Cursor) {
	cons(c, "otherName", 0xa0, func(c *wire.Cursor) {
		// The OID says what the value is; it is shown as what it is made of.
		kind := oid(c, "type-id", tagOID)
		// Explicit, for the type is whatever the OID says it is.
		f := cons(c, "value", 0xa0, all)
		lift(f)
		if f != nil {
			c.Say("%s %s", called(kind), f.Value)
		}
	})
}

// ediPartyName reads a name of electronic data interchange, which nobody uses.
func ediPartyName(c *wire.Cursor) {
	cons(c, "ediPartyName", 0xa5, func(c *wire.Cursor) {
		if tagged(c, 0xa0) {
			lift(cons(c, "nameAssigner", 0xa0, func(c *wire.Cursor) { text(c, "DirectoryString", 0) }))
		}
		f := cons(c, "partyName", 0xa1, func(c *wire.Cursor) { text(c, "DirectoryString", 0) })
		lift(f)
		if f != nil {
			say(c, f.Value)
		}
	})
}

// address writes 4 or 16 octets as an IP address; with a mask behind them, of
// as many octets, as a network. It returns "" for any other length.
func address(b []byte, masked bool) string {
	n := len(b)
	if masked {
		n /= 2
	}
	ip, ok := netip.AddrFromSlice(b[:n])
	switch {
	case !ok || masked && len(b)%2 != 0:
		return ""
	case !masked:
		return ip.String()
	}
	if bits, ok := ones(b[n:]); ok {
		return netip.PrefixFrom(ip, bits).String()
	}
	mask, _ := netip.AddrFromSlice(b[n:])
	return ip.String() + " mask " + mask.String()
}

// ones counts the leading one bits of a mask. When others follow, so that no prefix
// length can stand for it (RFC 4632, Section 5.1), ok is false and n the first of
// these.
func ones(mask []byte) (n int, ok bool) {
	// Once a zero bit was seen, no other may be set.
	ended := false
	for i := range 8 * len(mask) {
		set := mask[i/8]&(0x80>>(i%8)) != 0
		if set && ended {
			return i, false
		}
		if ended = !set; set {
			n++
		}
	}
	return n, true
}
