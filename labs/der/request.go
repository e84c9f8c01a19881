package der

import "tlstutor/labs/wire"

// certificationRequest reads one request for a certificate, a CSR (RFC 2986,
// Section 4.2). Its signature proves that who asks has the private key, and
// nothing else of what it says.
func certificationRequest(c *wire.Cursor) {
	cons(c, "CertificationRequest", tagSequence, func(c *wire.Cursor) {
		if !opens(c, maxCertificate) {
			return
		}
		var subject entity
		cons(c, "certificationRequestInfo", tagSequence, func(c *wire.Cursor) {
			number(c, "version", tagInteger, versionName)
			subject.field = name(c, "subject")
			publicKeyInfo(c, "subjectPKInfo")
			// The tag must be there, the attributes need not; old software leaves out both.
			if tagged(c, 0xa0) {
				f := cons(c, "attributes", 0xa0, attributes)
				if f != nil {
					subject.names = f.Find("subjectAltName")
				}
			}
		})
		oid, _ := algorithm(c, "signatureAlgorithm")
		signatureAs(c, "signature", oid)
		if subject.field != nil {
			say(c, "request for "+subject.String())
		}
	})
}

// opens reports whether a block is of a size that is opened. Each byte may cost a
// field of a hundred, so that what comes from outside needs such a bound.
func opens(c *wire.Cursor, most int) bool {
	if c.Len() > most {
		c.Fail("%s of %d bytes; beyond %d none is opened", c.This().Name, c.Len(), most)
		return false
	}
	return true
}

// attributes reads a SET of Attributes, as stand in requests, in private keys, in
// PKCS #7 and in PKCS #12 (RFC 2986, Section 4.1, and RFC 2985; the names of its
// parts are those of RFC 5652, Section 5.3). Each is named Attribute until its type
// has been read.
func attributes(c *wire.Cursor) {
	for c.More() {
		cons(c, "Attribute", tagSequence, func(c *wire.Cursor) {
			id := oid(c, "attrType", tagOID)
			if id != "" {
				c.Rename(called(id))
			}
			f := cons(c, "attrValues", tagSet, func(c *wire.Cursor) {
				for c.More() {
					attributeValue(c, id)
				}
				say(c, join(c.This().Kids, ", "))
			})
			say(c, value(f))
		})
	}
	c.Say("none")
	sayNames(c)
}

// sayNames lists the names of the kids as the value of the block, where there are
// any: which attributes or extensions there are matters more than how many.
func sayNames(c *wire.Cursor) {
	said := ""
	for _, k := range c.This().Kids {
		if k.Name != wire.Undecoded && len(said) < wire.MaxValue {
			said += ", " + k.Name
		}
	}
	if said != "" {
		c.Say("%s", said[2:])
	}
}

// attributeValue reads one value of an attribute: the extensions that a request
// asks for (RFC 2985, Section 5.4.2, and Microsoft's own OID for the same), or
// else one element as it is.
func attributeValue(c *wire.Cursor, id string) {
	switch id {
	case "1.2.840.113549.1.9.14", "1.3.6.1.4.1.311.2.1.14":
		cons(c, "Extensions", tagSequence, func(c *wire.Cursor) {
			extensions(c)
			sayNames(c)
		})
	default:
		anything(c)
	}
}
