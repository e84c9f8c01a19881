package der

import (
	"strings"

	"tlstutor/labs/wire"
)

// maxEntries is how many entries of one list are opened. The largest CRLs have
// more than a million; each costs a dozen fields.
const maxEntries = 50_000

// certificateList reads one CRL: what an authority takes back (RFC 5280, Section
// 5.1).
func certificateList(c *wire.Cursor) {
	cons(c, "CertificateList", tagSequence, func(c *wire.Cursor) {
		said := tbsCertList(c)
		oid, _ := algorithm(c, "signatureAlgorithm")
		compareAlgorithms(c)
		signatureValue(c, oid)
		say(c, said)
	})
}

// tbsCertList reads the part that the issuer signs (RFC 5280, Section 5.1.2), and
// returns it in short.
func tbsCertList(c *wire.Cursor) string {
	said := "nothing revoked"
	cons(c, "tbsCertList", tagSequence, func(c *wire.Cursor) {
		// It is v2 or left out; v2 is written as 1.
		if tagged(c, tagInteger) {
			number(c, "version", tagInteger, versionName)
		}
		algorithm(c, "signature")
		// A list of a million entries is opened in part; its other parts are small.
		if !modest(c, "issuer") {
			return
		}
		issuer := entity{field: name(c, "issuer")}
		moment(c, "thisUpdate")
		until := ""
		// RFC 5280 wants nextUpdate always; the format does not.
		if tagged(c, tagUTCTime) || tagged(c, tagGeneralized) {
			if at := moment(c, "nextUpdate"); !at.IsZero() {
				until = ", until " + at.Format("2006-01-02")
			}
		}
		// A list without entries leaves out the SEQUENCE too (RFC 5280, Section 5.1.2.6).
		if tagged(c, tagSequence) {
			said = value(cons(c, "revokedCertificates", tagSequence, revokedCertificates))
		}
		// A list of changes is of no use without the one that it refers to (RFC 5280,
		// Section 5.2.4).
		delta := ""
		if tagged(c, 0xa0) && modest(c, "crlExtensions") {
			f := wrapped(c, "crlExtensions", 0xa0)
			if f != nil && f.Find("deltaCRLIndicator") != nil {
				delta = ", changes only"
			}
		}
		if issuer.field != nil {
			said += ", by " + issuer.String()
		}
		said += until + delta
		say(c, said)
	})
	return said
}

// modest reports whether the next element has a size that can be opened as a
// whole, which all parts of a CRL but its entries have.
func modest(c *wire.Cursor, name string) bool {
	h, ok := next(c, name, 0)
	if ok && h.n > maxCertificate {
		c.Fail("%s: %d bytes are far too many", name, h.n)
	}
	return ok && h.n <= maxCertificate
}

// revokedCertificates reads the entries (RFC 5280, Section 5.1.2.6). A certificate
// that is on it is revoked; when its number is not, it is good as far as this
// issuer goes.
func revokedCertificates(c *wire.Cursor) {
	n := 0
	for ; c.More() && n < maxEntries && modest(c, "revokedCertificate"); n++ {
		cons(c, "revokedCertificate", tagSequence, revokedCertificate)
	}
	if c.More() {
		c.Fail("revokedCertificates: the first %d entries are opened, and no more", n)
	}
	switch text := wire.Count(n, "certificate") + " revoked"; {
	case n == 0:
		c.Say("nothing revoked")
	// Some entries were not opened, or could not be.
	case c.Err() != nil:
		say(c, "at least "+text)
	default:
		say(c, text)
	}
}

// revokedCertificate reads one entry: a serial number, since when, and in its
// extensions why (RFC 5280, Sections 5.1.2.6 and 5.3).
func revokedCertificate(c *wire.Cursor) {
	serialNumber(c, "userCertificate", tagInteger)
	said := value(c.Last()) + " revoked"
	if at := moment(c, "revocationDate"); !at.IsZero() {
		said += " " + at.Format("2006-01-02")
	}
	if c.More() {
		f := cons(c, "crlEntryExtensions", tagSequence, extensions)
		if f != nil {
			switch why := wire.Bare(value(f.Kid("reasonCode"))); why {
			case "":
			case "removeFromCRL": // for lists of changes only
				said = strings.Replace(said, "revoked", "no longer revoked", 1) + " (" + why + ")"
			default:
				said += " (" + why + ")"
			}
		}
	}
	say(c, said)
}

// reasonName names a CRLReason (RFC 5280, Section 5.3.1); 7 was never used.
func reasonName(n uint64) string {
	names := [...]string{"unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded",
		"cessationOfOperation", "certificateHold", "unused", "removeFromCRL", "privilegeWithdrawn", "aACompromise"}
	if n < uint64(len(names)) {
		return names[n]
	}
	return "unknown"
}

// issuingDistributionPoint reads what a CRL covers, when that is not everything
// (RFC 5280, Section 5.2.5).
func issuingDistributionPoint(c *wire.Cursor) {
	// Where a certificate names another point than this, the list is not about it.
	var said []string
	if tagged(c, 0xa0) {
		f := pointName(c)
		if value(f) != "" {
			said = append(said, f.Value)
		}
	}
	for _, only := range []struct {
		tag        byte
		name, text string
	}{
		{0x81, "onlyContainsUserCerts", "only leaves"}, {0x82, "onlyContainsCACerts", "only CAs"}, {0x83, "onlySomeReasons", ""},
		{0x84, "indirectCRL", "other issuers' too"}, {0x85, "onlyContainsAttributeCerts", "only attribute certificates"},
	} {
		switch {
		case !tagged(c, only.tag):
		// A list may be for some reasons only: being good by it is half an answer.
		case only.text == "":
			if f := bitString(c, only.name, only.tag, named(reasonFlags)); f != nil {
				said = append(said, "only "+f.Value)
			}
		default:
			if boolean(c, only.name, only.tag) {
				said = append(said, only.text)
			}
		}
	}
	say(c, strings.Join(said, ", "))
}
