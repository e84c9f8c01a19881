package der

import (
	"strings"

	"tlstutor/labs/wire"
)

// listed reads the body of an extension that stands in CRLs, in OCSP, or in few
// certificates, and reports whether it knows the OID. The grammar of each is in
// RFC 5280, Sections 4.2 and 5, or in RFC 6960, Section 4.4, unless its decoder
// says otherwise.
func listed(c *wire.Cursor, id string) bool {
	switch id {
	case "2.5.29.16":
		cons(c, "PrivateKeyUsagePeriod", tagSequence, usagePeriod)
	// It grows with each list, so that an old one can be told (RFC 5280, Section 5.2.3).
	case "2.5.29.20": // cRLNumber
		count(c, "CRLNumber", tagInteger)
	// Why it was revoked; an entry without it leaves that open (RFC 5280, Section 5.3.1).
	case "2.5.29.21":
		number(c, "CRLReason", tagEnumerated, reasonName)
	// What to do with a certificate on hold (RFC 3280, Section 5.3.2; RFC 5280 dropped it).
	case "2.5.29.23":
		oid(c, "holdInstructionCode", tagOID)
	case "2.5.29.24": // RFC 5280, Section 5.3.2
		clock(c, "InvalidityDate", tagGeneralized)
	case "2.5.29.60": // expiredCertsOnCRL (X.509, Section 9.5.2.8)
		clock(c, "GeneralizedTime", tagGeneralized)
	case "2.5.29.27": // deltaCRLIndicator
		if f := count(c, "BaseCRLNumber", tagInteger); f != nil {
			f.Value = "since number " + f.Value
		}
	// What the list is about when it is not about all (RFC 5280, Section 5.2.5).
	case "2.5.29.28":
		cons(c, "IssuingDistributionPoint", tagSequence, issuingDistributionPoint)
	// certificateIssuer: whose certificate an entry of an indirect CRL is about (RFC
	// 5280, Section 5.3.3).
	case "2.5.29.29":
		generalNames(c, "GeneralNames", tagSequence)
	case "1.3.6.1.5.5.7.1.3": // RFC 3739, Section 3.2.6
		list(c, "QCStatements", "QCStatement", func(c *wire.Cursor) {
			say(c, called(oid(c, "statementId", tagOID)))
			all(c)
		})
	case "1.3.6.1.5.5.7.48.1.2":
		nonce(c)
	// The types of response that the client reads (RFC 6960, Section 4.4.3).
	case "1.3.6.1.5.5.7.48.1.4":
		cons(c, "AcceptableResponses", tagSequence, func(c *wire.Cursor) {
			for c.More() {
				oid(c, "AcceptableResponse", tagOID)
			}
			say(c, join(c.This().Kids, ", "))
		})
	case "1.3.6.1.5.5.7.48.1.5", "1.3.6.1.5.5.7.48.1.9": // ocsp-nocheck, extended-revoke
		null(c, "NULL")
	// How far back the responder remembers (RFC 6960, Section 4.4.4).
	case "1.3.6.1.5.5.7.48.1.6":
		clock(c, "ArchiveCutoff", tagGeneralized)
	// nsCertType, from before there was extKeyUsage.
	case "2.16.840.1.113730.1.1":
		bitString(c, "NetscapeCertType", tagBitString, named(netscapeTypes))
	default:
		return false
	}
	return true
}

// netscapeTypes names the bits of an extension that predates keyUsage, and that
// some tools still write.
var netscapeTypes = []string{"SSL client", "SSL server", "S/MIME", "object signing", "reserved", "SSL CA", "S/MIME CA", "object signing CA"}

// nonce reads what makes an answer fresh (RFC 9654, Section 2.1). Some software
// has written it without its OCTET STRING.
func nonce(c *wire.Cursor) {
	if tagged(c, tagOctetString) && wellFormed(c.Peek(c.Len()), 0) == 1 {
		octets(c, "Nonce", tagOctetString)
		return
	}
	b := c.Rest("Nonce")
	if f := c.Last(); f != nil {
		f.Value = hexBytes(b)
	}
}

// usagePeriod reads when the private key may sign, which can end before the
// certificate does (RFC 3280, Section 4.2.1.4; RFC 5280 dropped it).
func usagePeriod(c *wire.Cursor) {
	var said []string
	for _, end := range []struct {
		tag        byte
		name, text string
	}{{0x80, "notBefore", "from "}, {0x81, "notAfter", "until "}} {
		if tagged(c, end.tag) {
			if at := clock(c, end.name, end.tag); !at.IsZero() {
				said = append(said, end.text+at.Format("2006-01-02"))
			}
		}
	}
	say(c, strings.Join(said, " "))
}

// trustedCertificate reads a certificate of OpenSSL's own making: behind it stands
// what the user trusts it for.
func trustedCertificate(c *wire.Cursor) {
	Certificate(c)
	if !c.More() {
		return
	}
	cons(c, "CertAux", tagSequence, func(c *wire.Cursor) {
		var said []string
		for _, uses := range []struct {
			tag        byte
			name, text string
		}{{tagSequence, "trust", "trusted for "}, {0xa0, "reject", "rejected for "}} {
			if !tagged(c, uses.tag) {
				continue
			}
			f := cons(c, uses.name, uses.tag, func(c *wire.Cursor) {
				var names []string
				for c.More() {
					names = append(names, called(oid(c, "KeyPurposeId", tagOID)))
				}
				c.Say("%s", strings.Join(names, ", "))
			})
			said = append(said, uses.text+value(f))
		}
		// The name under which the user keeps it.
		if tagged(c, tagUTF8) {
			said = append(said, "called "+value(text(c, "alias", 0)))
		}
		if tagged(c, tagOctetString) {
			octets(c, "keyid", tagOctetString)
		}
		if tagged(c, 0xa1) {
			cons(c, "other", 0xa1, all)
		}
		say(c, strings.Join(said, ", "))
	})
}

// unknown reads what follows no grammar here: as elements when it is DER all
// through, else not at all.
func unknown(c *wire.Cursor) {
	err := unread(c.Peek(c.Len()))
	switch {
	// unread has looked at headers only, which is cheap at any size.
	case c.Len() > maxCertificate:
		c.Fail("%d bytes of no known form; beyond %d none is opened", c.Len(), maxCertificate)
	case err != nil:
		c.Fail("of no known form: %w", err)
	default:
		all(c)
	}
}
