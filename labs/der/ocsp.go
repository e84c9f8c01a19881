package der

import (
	"fmt"

	"tlstutor/labs/wire"
)

// ocspRequest reads one question whether certificates are revoked (RFC 6960,
// Section 4.1).
func ocspRequest(c *wire.Cursor) {
	cons(c, "OCSPRequest", tagSequence, func(c *wire.Cursor) {
		if !opens(c, maxCertificate) {
			return
		}
		f := cons(c, "tbsRequest", tagSequence, tbsRequest)
		// Few responders ask for it (RFC 6960, Section 4.1.2).
		if tagged(c, 0xa0) {
			cons(c, "optionalSignature", 0xa0, func(c *wire.Cursor) {
				cons(c, "Signature", tagSequence, func(c *wire.Cursor) {
					oid, _ := algorithm(c, "signatureAlgorithm")
					signatureAs(c, "signature", oid)
					// So that the responder can check who asks.
					certs(c)
				})
			})
		}
		say(c, value(f))
	})
}

// tbsRequest reads the questions, and who asks (RFC 6960, Section 4.1.1).
func tbsRequest(c *wire.Cursor) {
	ocspVersion(c)
	if tagged(c, 0xa1) {
		lift(cons(c, "requestorName", 0xa1, func(c *wire.Cursor) { generalName(c, false) }))
	}
	list(c, "requestList", "Request", func(c *wire.Cursor) {
		f := certID(c, "reqCert")
		if tagged(c, 0xa0) {
			wrapped(c, "singleRequestExtensions", 0xa0)
		}
		say(c, value(f))
	})
	say(c, "asks about "+value(c.Last()))
	if tagged(c, 0xa2) {
		wrapped(c, "requestExtensions", 0xa2)
	}
}

// ocspVersion reads a version, which is v1 and so left out nearly always.
func ocspVersion(c *wire.Cursor) {
	if tagged(c, 0xa0) {
		lift(cons(c, "version", 0xa0, func(c *wire.Cursor) { number(c, "Version", tagInteger, versionName) }))
	}
}

// certID reads which certificate is meant: its number, and hashes of its issuer's
// name and key, so that a client needs the issuer to ask (RFC 6960, Section
// 4.1.1).
func certID(c *wire.Cursor, as string) *wire.Field {
	return cons(c, as, tagSequence, func(c *wire.Cursor) {
		algorithm(c, "hashAlgorithm")
		// The hash is of the name in DER, and of the key's bits without their algorithm.
		octets(c, "issuerNameHash", tagOctetString)
		octets(c, "issuerKeyHash", tagOctetString)
		// One number is enough: among the certificates of one issuer it is unique.
		serialNumber(c, "serialNumber", tagInteger)
		say(c, value(c.Last()))
	})
}

// OCSPResponse reads one answer of a responder (RFC 6960, Section 4.2). The
// status of the outside tells whether there is an answer at all, and only in it
// stands what became of the certificates. Outer errors are not signed.
func OCSPResponse(c *wire.Cursor) {
	cons(c, "OCSPResponse", tagSequence, func(c *wire.Cursor) {
		if !opens(c, maxCertificate) {
			return
		}
		said := ""
		if f := number(c, "responseStatus", tagEnumerated, responseStatus); f != nil {
			said = wire.Bare(f.Value)
		}
		// Only a successful one has them.
		if tagged(c, 0xa0) {
			f := cons(c, "responseBytes", 0xa0, func(c *wire.Cursor) {
				say(c, value(cons(c, "ResponseBytes", tagSequence, responseBytes)))
			})
			if inside := value(f); inside != "" {
				said += ": " + inside
			}
		}
		say(c, said)
	})
}

// responseStatus names an OCSPResponseStatus (RFC 6960, Section 4.2.1); 4 was
// never used.
func responseStatus(n uint64) string {
	names := [...]string{"successful", "malformedRequest", "internalError", "tryLater", "unused", "sigRequired", "unauthorized"}
	if n < uint64(len(names)) {
		return names[n]
	}
	return "unknown"
}

// responseBytes reads a type, of which there is but one, and the response in an
// OCTET STRING.
func responseBytes(c *wire.Cursor) {
	id := oid(c, "responseType", tagOID)
	// Wrapped, so that a reader who does not know the type can pass over it.
	f := cons(c, "response", tagOctetString, func(c *wire.Cursor) {
		if id != "1.3.6.1.5.5.7.48.1.1" {
			generic(c, "value")
			return
		}
		say(c, value(cons(c, "BasicOCSPResponse", tagSequence, basicResponse)))
	})
	say(c, value(f))
}

// basicResponse reads what a responder signs, its signature, and the certificates
// that help to check that (RFC 6960, Section 4.2.1).
func basicResponse(c *wire.Cursor) {
	f := cons(c, "tbsResponseData", tagSequence, func(c *wire.Cursor) {
		ocspVersion(c)
		// What is signed says who signs, so that an answer cannot be passed off as another's.
		responderID(c)
		moment(c, "producedAt")
		list(c, "responses", "SingleResponse", singleResponse)
		say(c, value(c.Last()))
		if tagged(c, 0xa1) {
			wrapped(c, "responseExtensions", 0xa1)
		}
	})
	oid, _ := algorithm(c, "signatureAlgorithm")
	signatureAs(c, "signature", oid)
	certs(c)
	say(c, value(f))
}

// responderID reads who answers: by name, or by the SHA-1 of the key (RFC 6960,
// Section 4.2.1). Both tags are explicit.
func responderID(c *wire.Cursor) {
	switch {
	case tagged(c, 0xa1):
		lift(cons(c, "byName", 0xa1, func(c *wire.Cursor) { name(c, "RDNSequence") }))
	case tagged(c, 0xa2):
		lift(cons(c, "byKey", 0xa2, func(c *wire.Cursor) { octets(c, "KeyHash", tagOctetString) }))
	default:
		if h, ok := next(c, "responderID", 0); ok {
			c.Fail("responderID: byName or byKey expected, %s found (RFC 6960, Section 4.2.1)", tagName(h.tag, h.number))
		}
	}
}

// singleResponse reads what became of one certificate, and for how long that may
// be believed (RFC 6960, Section 4.2.1).
func singleResponse(c *wire.Cursor) {
	certID(c, "certID")
	said := certStatus(c)
	// Between these two the answer may be believed; without the second, newer is always
	// to be had (RFC 6960, Section 4.2.2.1).
	moment(c, "thisUpdate")
	if tagged(c, 0xa0) {
		lift(cons(c, "nextUpdate", 0xa0, func(c *wire.Cursor) { moment(c, "GeneralizedTime") }))
	}
	if tagged(c, 0xa1) {
		wrapped(c, "singleExtensions", 0xa1)
	}
	say(c, said)
}

// certStatus reads good, revoked or unknown (RFC 6960, Section 2.2). Good means no
// more than not known to be revoked; unknown is no answer.
func certStatus(c *wire.Cursor) string {
	h, ok := next(c, "certStatus", 0)
	if !ok {
		return ""
	}
	said := "good"
	switch h.tag {
	// Both are NULL under an implicit tag, and so empty.
	case 0x82:
		said = "unknown"
		fallthrough
	case 0x80:
		f, b := leaf(c, "certStatus", h.tag)
		f.Value = said
		if len(b) > 0 {
			complain(f, errNull)
		}
	case 0xa1:
		// RevokedInfo under an implicit tag: its SEQUENCE has lost its own.
		said = value(cons(c, "certStatus", h.tag, func(c *wire.Cursor) {
			said := "revoked"
			if at := moment(c, "revocationTime"); !at.IsZero() {
				said += " " + at.Format("2006-01-02")
			}
			if tagged(c, 0xa0) {
				f := cons(c, "revocationReason", 0xa0, func(c *wire.Cursor) { number(c, "CRLReason", tagEnumerated, reasonName) })
				lift(f)
				said += fmt.Sprintf(" (%s)", wire.Bare(value(f)))
			}
			say(c, said)
		}))
	default:
		c.Fail("certStatus: good, revoked or unknown expected, %s found (RFC 6960, Section 4.2.1)", tagName(h.tag, h.number))
		return ""
	}
	return said
}

// certs reads the certificates that come with a signature, if any do.
func certs(c *wire.Cursor) {
	if !tagged(c, 0xa0) {
		return
	}
	cons(c, "certs", 0xa0, func(c *wire.Cursor) {
		cons(c, "SEQUENCE", tagSequence, func(c *wire.Cursor) {
			for c.More() {
				Certificate(c)
			}
			say(c, wire.Count(len(c.This().Kids), "certificate"))
		})
		say(c, value(c.Last()))
	})
}
