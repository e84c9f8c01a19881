package der

import "tlstutor/labs/wire"

// distributionPoint reads one place to get a CRL from (RFC 5280, Section
// 4.2.1.13). The explicit tag around its name is there because that is a CHOICE.
func distributionPoint(c *wire.Cursor) {
	if tagged(c, 0xa0) {
		say(c, value(pointName(c)))
	}
	if tagged(c, 0x81) {
		bitString(c, "reasons", 0x81, named(reasonFlags))
	}
	if tagged(c, 0xa2) {
		f := generalNames(c, "cRLIssuer", 0xa2)
		if c.This().Value == "" {
			say(c, value(f))
		}
	}
}

// pointName reads a DistributionPointName: names in full, or what comes behind the
// name of the issuer (RFC 5280, Section 4.2.1.13).
func pointName(c *wire.Cursor) *wire.Field {
	f := cons(c, "distributionPoint", 0xa0, func(c *wire.Cursor) {
		if tagged(c, 0xa1) {
			relativeName(c, "nameRelativeToCRLIssuer", 0xa1)
		} else {
			generalNames(c, "fullName", 0xa0)
		}
	})
	lift(f)
	return f
}

// reasonFlags names the bits of ReasonFlags, for CRLs that list only what was
// revoked for some reasons (RFC 5280, Section 4.2.1.13).
var reasonFlags = []string{"unused", "keyCompromise", "cACompromise", "affiliationChanged", "superseded", "cessationOfOperation", "certificateHold", "privilegeWithdrawn", "aACompromise"}

// accessDescription reads one place where more can be learned, and what is
// there (RFC 5280, Section 4.2.2).
func accessDescription(c *wire.Cursor) {
	method := oid(c, "accessMethod", tagOID)
	generalName(c, false)
	c.Say("%s %s", called(method), value(c.Last()))
}

// directoryAttribute reads an attribute of the subject, with its values as they
// are (RFC 5280, Section 4.2.1.8).
func directoryAttribute(c *wire.Cursor) {
	say(c, called(oid(c, "type", tagOID)))
	cons(c, "values", tagSet, all)
}
