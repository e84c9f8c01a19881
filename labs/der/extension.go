package der

import (
	"errors"

	"tlstutor/labs/wire"
)

// What RFC 5280 asks of any extension, whatever is in it.
var (
	errTwice    = errors.New("an extension stands in a certificate once only (RFC 5280, Section 4.2)")
	errCritical = errors.New("this extension is never critical (RFC 5280, Sections 4.2.1.1, 4.2.1.2, 4.2.1.8, 4.2.1.15 and 4.2.2)")
)

// extensions reads the list of extensions (RFC 5280, Section 4.1.2.9). Each is
// named Extension until its OID has been read.
func extensions(c *wire.Cursor) {
	for c.More() {
		f := cons(c, "Extension", tagSequence, extension)
		// Few certificates have a dozen; 64 bound what a hostile one can cost.
		for _, before := range c.This().Kids[:min(64, max(len(c.This().Kids)-1, 0))] {
			if f != nil && before.Name == f.Name && f.Name != "Extension" {
				complain(f, errTwice)
			}
		}
	}
	say(c, wire.Count(len(c.This().Kids), "extension"))
}

// wrapped reads a list of extensions in an explicit tag.
func wrapped(c *wire.Cursor, name string, tag byte) *wire.Field {
	f := cons(c, name, tag, func(c *wire.Cursor) { cons(c, "Extensions", tagSequence, extensions) })
	lift(f)
	return f
}

// extension reads one extension: an OID, whether a reader that does not know it
// must refuse the certificate, and an OCTET STRING that wraps the body. The
// field takes the extension's name; its value is what the body means.
func extension(c *wire.Cursor) {
	id := oid(c, "extnID", tagOID)
	// A field named Extension is one whose OID could not be read.
	if id != "" {
		c.Rename(called(id))
	}
	// Critical means that whoever does not understand it refuses the certificate (RFC
	// 5280, Section 4.2); hints such as key identifiers must not have that power.
	if option(c, "critical") && optional(id) {
		blame(c.Last(), 0, errCritical)
	}
	f := cons(c, "extnValue", tagOctetString, func(c *wire.Cursor) { body(c, id) })
	if f != nil {
		say(c, f.Value)
	}
}

// optional reports whether an extension only helps, so that no reader may be kept
// from a certificate for not knowing it.
func optional(id string) bool {
	switch id {
	case "2.5.29.9", "2.5.29.14", "2.5.29.35", "2.5.29.46", "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.1.11":
		return true
	}
	return false
}

// body reads what an extension's OCTET STRING wraps, and leaves its meaning as
// the value of that. This is the table of the extensions that are known; the
// grammar of each is in RFC 5280, Section 4.2, unless its decoder says otherwise.
func body(c *wire.Cursor, id string) {
	switch id {
	case "2.5.29.9":
		list(c, "SubjectDirectoryAttributes", "Attribute", directoryAttribute)
	case "2.5.29.14": // subjectKeyIdentifier
		octets(c, "KeyIdentifier", tagOctetString)
	case "2.5.29.15":
		bitString(c, "KeyUsage", tagBitString, named(keyUsages))
	case "2.5.29.17", "2.5.29.18": // subjectAltName, issuerAltName
		generalNames(c, "GeneralNames", tagSequence)
	case "2.5.29.19":
		cons(c, "BasicConstraints", tagSequence, basicConstraints)
	case "2.5.29.30":
		cons(c, "NameConstraints", tagSequence, nameConstraints)
	case "2.5.29.31", "2.5.29.46": // cRLDistributionPoints, freshestCRL
		list(c, "CRLDistributionPoints", "DistributionPoint", distributionPoint)
	case "2.5.29.32":
		list(c, "CertificatePolicies", "PolicyInformation", policyInformation)
	case "2.5.29.33":
		list(c, "PolicyMappings", "PolicyMapping", policyMapping)
	case "2.5.29.35":
		cons(c, "AuthorityKeyIdentifier", tagSequence, authorityKeyIdentifier)
	case "2.5.29.36":
		cons(c, "PolicyConstraints", tagSequence, policyConstraints)
	case "2.5.29.37": // extKeyUsage
		purposes(c)
	case "2.5.29.54": // inhibitAnyPolicy
		count(c, "SkipCerts", tagInteger)
	case "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.1.11": // authorityInfoAccess, subjectInfoAccess
		list(c, "InfoAccess", "AccessDescription", accessDescription)
	case "1.3.6.1.5.5.7.1.24": // must-staple (RFC 7633)
		features(c)
	case "1.3.6.1.4.1.11129.2.4.2", "1.3.6.1.4.1.11129.2.4.5": // timestamps of logs (RFC 6962, Section 3.3)
		cons(c, "SignedCertificateTimestampList", tagOctetString, SCTList)
	case "1.3.6.1.4.1.11129.2.4.3": // the poison of a precertificate (RFC 6962, Section 3.1)
		null(c, "NULL")
	default:
		if !listed(c, id) {
			generic(c, "value")
		}
	}
	if f := c.Last(); f != nil && f.Name != wire.Undecoded {
		say(c, f.Value)
	}
}

// list reads a SEQUENCE OF SEQUENCEs, the most common shape of a body. Its value
// lists theirs.
func list(c *wire.Cursor, name, each string, body func(*wire.Cursor)) {
	cons(c, name, tagSequence, func(c *wire.Cursor) {
		for c.More() {
			cons(c, each, tagSequence, body)
		}
		say(c, join(c.This().Kids, ", "))
	})
}

// keyUsages names the bits of keyUsage (RFC 5280, Section 4.2.1.3). The second
// one has been called contentCommitment since, but not by tools.
var keyUsages = []string{"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"}

// purposes reads extKeyUsage, the list of what the key is good for (RFC 5280,
// Section 4.2.1.12).
func purposes(c *wire.Cursor) {
	cons(c, "ExtKeyUsageSyntax", tagSequence, func(c *wire.Cursor) {
		said := ""
		for c.More() {
			id := oid(c, "KeyPurposeId", tagOID)
			if len(said) < wire.MaxValue && id != "" {
				said += ", " + called(id)
			}
		}
		if said != "" {
			say(c, said[2:])
		}
	})
}

// authorityKeyIdentifier reads which key signed (RFC 5280, Section 4.2.1.1): by
// the identifier in the issuer's own certificate, or by the name and number of
// that certificate. It is a hint for finding the issuer and proves nothing.
func authorityKeyIdentifier(c *wire.Cursor) {
	// All three parts are optional; nearly all certificates have the first alone.
	said := ""
	if tagged(c, 0x80) {
		said = value(octets(c, "keyIdentifier", 0x80))
	}
	if tagged(c, 0xa1) {
		f := generalNames(c, "authorityCertIssuer", 0xa1)
		if said == "" {
			said = value(f)
		}
	}
	if tagged(c, 0x82) {
		serialNumber(c, "authorityCertSerialNumber", 0x82)
	}
	say(c, said)
}

// features reads which TLS extensions the server must answer (RFC 7633, Section
// 4); status_request is what people call must-staple.
func features(c *wire.Cursor) {
	cons(c, "Features", tagSequence, func(c *wire.Cursor) {
		for c.More() {
			number(c, "INTEGER", tagInteger, func(n uint64) string {
				switch n {
				// The numbers are those of TLS extensions.
				case 5:
					return "status_request"
				case 17:
					return "status_request_v2"
				}
				return "extension"
			})
		}
		say(c, join(c.This().Kids, ", "))
	})
}
