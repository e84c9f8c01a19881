package der

import (
	"strings"

	"tlstutor/labs/wire"
)

// pfx reads a PKCS #12 file: keys and certificates, mostly under a password (RFC
// 7292, Section 4). No password is asked for here: what is encrypted stays so, and
// says how.
func pfx(c *wire.Cursor) {
	cons(c, "PFX", tagSequence, func(c *wire.Cursor) {
		if !opens(c, maxBundle) {
			return
		}
		// It is 3: no other is defined (RFC 7292, Section 4).
		integer(c, "version", tagInteger)
		f := cons(c, "authSafe", tagSequence, func(c *wire.Cursor) {
			content(c, authenticatedSafe)
		})
		said := ""
		// What is in the file, where it is not encrypted.
		if f != nil {
			said = value(f.Find("AuthenticatedSafe"))
		}
		if c.More() {
			said += ", MAC of " + value(cons(c, "macData", tagSequence, macData))
		}
		say(c, said)
	})
}

// authenticatedSafe reads the safes, of which each is plain or encrypted (RFC
// 7292, Section 4.1).
func authenticatedSafe(c *wire.Cursor) {
	cons(c, "AuthenticatedSafe", tagSequence, func(c *wire.Cursor) {
		for c.More() {
			cons(c, "ContentInfo", tagSequence, func(c *wire.Cursor) {
				content(c, safeContents)
				// The values of the bags say it all, where they can be read.
				if f := c.This().Find("SafeContents"); f != nil {
					say(c, f.Value)
				}
			})
		}
		say(c, join(c.This().Kids, "; "))
	})
	say(c, value(c.Last()))
}

// safeContents reads bags, each with one thing in it (RFC 7292, Section 4.2).
func safeContents(c *wire.Cursor) {
	list(c, "SafeContents", "SafeBag", safeBag)
	say(c, value(c.Last()))
}

// safeBag reads one bag: its type, what is in it, and the names that people gave
// it.
func safeBag(c *wire.Cursor) {
	id := oid(c, "bagId", tagOID)
	said := called(id)
	f := cons(c, "bagValue", 0xa0, func(c *wire.Cursor) {
		switch said {
		// A key in the clear: only the file's own safe may protect it.
		case "keyBag":
			privateKeyInfo(c)
		case "pkcs8ShroudedKeyBag":
			encryptedPrivateKeyInfo(c)
		case "certBag":
			cons(c, "CertBag", tagSequence, certBag)
		case "crlBag":
			cons(c, "CRLBag", tagSequence, crlBag)
		// Bags nest; wire.MaxDepth bounds how deep.
		case "safeContentsBag":
			safeContents(c)
		default: // a secret, in a secretBag
			secret(c, "value", 0)
		}
		say(c, value(c.Last()))
	})
	// The type alone, such as certBag, does not say whose certificate it is.
	if inside := value(f); inside != "" {
		said += " " + inside
	}
	// localKeyId ties a key to its certificate, friendlyName is for people.
	if tagged(c, tagSet) {
		if f := cons(c, "bagAttributes", tagSet, attributes); f != nil {
			if alias := f.Kid("friendlyName"); value(alias) != "" {
				said += ", called " + alias.Value
			}
		}
	}
	say(c, said)
}

// certBag reads a certificate in its OCTET STRING (RFC 7292, Section 4.2.3). The
// other type that the RFC knows is an SDSI certificate, which nobody has seen.
func certBag(c *wire.Cursor) {
	id := oid(c, "certId", tagOID)
	f := cons(c, "certValue", 0xa0, func(c *wire.Cursor) {
		if id != "1.2.840.113549.1.9.22.1" {
			all(c)
			return
		}
		cons(c, "x509Certificate", tagOctetString, func(c *wire.Cursor) {
			Certificate(c)
			say(c, value(c.Last()))
		})
		say(c, value(c.Last()))
	})
	say(c, value(f))
}

// crlBag reads a CRL in its OCTET STRING (RFC 7292, Section 4.2.4).
func crlBag(c *wire.Cursor) {
	id := oid(c, "crlId", tagOID)
	f := cons(c, "crlValue", 0xa0, func(c *wire.Cursor) {
		if id != "1.2.840.113549.1.9.23.1" {
			all(c)
			return
		}
		cons(c, "x509CRL", tagOctetString, func(c *wire.Cursor) {
			certificateList(c)
			say(c, value(c.Last()))
		})
		say(c, value(c.Last()))
	})
	say(c, value(f))
}

// macData reads what proves that the password is right and the file untouched
// (RFC 7292, Section 4, and RFC 9579 for PBMAC1, which leaves salt and rounds
// unused).
func macData(c *wire.Cursor) {
	how := ""
	cons(c, "mac", tagSequence, func(c *wire.Cursor) {
		algorithm(c, "digestAlgorithm")
		how = value(c.Last())
		octets(c, "digest", tagOctetString)
	})
	octets(c, "macSalt", tagOctetString)
	// One round is the default, and far too few.
	rounds := "1" // when it is left out
	if tagged(c, tagInteger) {
		rounds = value(integer(c, "iterations", tagInteger))
	}
	if how != "" && !strings.HasPrefix(how, "PBMAC1") {
		how += ", " + rounds + " rounds"
	}
	say(c, how)
}
