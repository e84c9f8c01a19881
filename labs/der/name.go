package der

import (
	"strings"

	"tlstutor/labs/wire"
)

// name reads a distinguished name (RFC 5280, Section 4.1.2.4): a path through a
// directory that was never built, from the country down. Its value reads as RFC
// 4514 writes one, the other way round: the most specific part first.
func name(c *wire.Cursor, as string) *wire.Field {
	return cons(c, as, tagSequence, func(c *wire.Cursor) {
		for c.More() {
			relativeName(c, "RelativeDistinguishedName", tagSet)
		}
		kids := c.This().Kids
		if len(kids) == 0 {
			c.Say("empty")
			return
		}
		// Only as much as a value holds: a name may have tens of thousands of parts.
		var b strings.Builder
		for i := len(kids) - 1; i >= 0 && b.Len() <= wire.MaxValue; i-- {
			if kids[i].Name == wire.Undecoded || kids[i].Value == "" {
				continue
			}
			if b.Len() > 0 {
				b.WriteByte(',')
			}
			b.WriteString(kids[i].Value)
		}
		say(c, b.String())
	})
}

// relativeName reads one step of a distinguished name: a set of attributes,
// nearly always of one. Two of them are written with a plus sign between.
func relativeName(c *wire.Cursor, as string, tag byte) {
	// An implicit tag may stand in place of SET, as in a distribution point's name
	// relative to its issuer (RFC 5280, Section 4.2.1.13).
	cons(c, as, tag, func(c *wire.Cursor) {
		for c.More() {
			cons(c, "AttributeTypeAndValue", tagSequence, attribute)
		}
		say(c, join(c.This().Kids, "+"))
	})
}

// attribute reads a type and a value. The value is nearly always a string, and
// is shown as what it is when not.
func attribute(c *wire.Cursor) {
	kind := oid(c, "type", tagOID)
	var value *wire.Field
	// DirectoryString is a CHOICE of five types; IA5String is for mail and domains.
	if h, ok := next(c, "value", 0); ok && isText(h.tag) {
		value = text(c, "value", 0)
	} else if ok && h.tag&0x20 != 0 {
		value = cons(c, "value", 0, all)
	} else if ok {
		value = octets(c, "value", 0)
	}
	if value != nil {
		c.Say("%s=%s", shortType(kind), escapeName(value.Value))
	}
}

// shortType abbreviates the type of an attribute (RFC 4514, Section 3, and the
// habits of certificates).
func shortType(dotted string) string {
	switch dotted {
	case "2.5.4.3":
		return "CN"
	case "2.5.4.6":
		return "C"
	case "2.5.4.7":
		return "L"
	case "2.5.4.8":
		return "ST"
	case "2.5.4.9":
		return "STREET"
	case "2.5.4.10":
		return "O"
	case "2.5.4.11":
		return "OU"
	case "0.9.2342.19200300.100.1.25":
		return "DC"
	case "0.9.2342.19200300.100.1.1":
		return "UID"
	}
	return called(dotted)
}

// escapeName puts a backslash before what would read as the grammar of a
// distinguished name (RFC 4514, Section 2.4). Without it, a name of one part could be
// made to look as one of two, such as another organization's.
func escapeName(s string) string {
	if !strings.ContainsAny(s, `,+"<>;`) {
		return s
	}
	return strings.NewReplacer(",", `\,`, "+", `\+`, `"`, `\"`, "<", `\<`, ">", `\>`, ";", `\;`).Replace(s)
}
