package pki

import (
	"crypto"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// changes returns what can be wrong with a certificate, in the order of its
// fields: encoding first, the signature last.
func changes() []Change {
	return slices.Concat(wrappings(), serials(), algorithmChanges(), nameChanges(), dates(), keyChanges(), altNameChanges(),
		authorityChanges(), usageChanges(), extensionChanges(), signatures())
}

// wrappings break the encoding around a certificate whose fields are all good.
func wrappings() []Change {
	return []Change{
		{Name: "indefinite-length", Doc: "the outer SEQUENCE has BER's indefinite length, which DER forbids (X.690, Section 10.1)",
			wrap: func(der []byte) []byte {
				return slices.Concat([]byte{0x30, 0x80}, inside(der), []byte{0, 0})
			}},
		// DER writes a length in as few octets as it takes.
		{Name: "long-length", Doc: "the length of the outer SEQUENCE is written with a leading zero octet, which DER forbids (X.690, Section 10.1)",
			wrap: func(der []byte) []byte {
				in := inside(der)
				return slices.Concat([]byte{0x30, 0x84, 0, byte(len(in) >> 16), byte(len(in) >> 8), byte(len(in))}, in)
			}},
		{Name: "trailing-bytes", Doc: "four octets that belong to nothing follow the certificate",
			wrap: func(der []byte) []byte { return append(der, 0xde, 0xad, 0xbe, 0xef) }},
		{Name: "truncated", Doc: "the last ten octets of the certificate are missing",
			wrap: func(der []byte) []byte { return der[:len(der)-10] }},
	}
}

// inside returns the contents of the outermost element.
func inside(der []byte) []byte {
	s := cryptobyte.String(der)
	if !s.ReadASN1(&s, tag.SEQUENCE) {
		return der
	}
	return s
}

// put is a change that replaces a whole field.
func put(name, field, doc string, der ...byte) Change {
	c := replaced(field, der)
	c.Name, c.Doc = name, doc
	return c
}

// serials are wrong versions and serial numbers (RFC 5280, Sections 4.1.2.1 and
// 4.1.2.2).
func serials() []Change {
	const number = "tbsCertificate.serialNumber"
	// The text makes the number positive: its first octet is under 0x80.
	long := append([]byte{2, 24}, []byte("longer than twenty bytes")...)
	// Version 1 is the default, which DER leaves out: the field is gone, and the
	// extensions have to go with it.
	v1 := put("v1", "tbsCertificate.version", "version 1 of X.509, which knows no extensions: neither names nor usages can be told")
	v1.Also = []string{"tbsCertificate.extensions"}
	v1.edit = func(p *parts) error {
		p.version, p.exts = nil, nil
		return nil
	}
	// What is meant is plain in each of them; only rules forbid them, and not every client
	// minds.
	return []Change{
		v1,
		put("v1-with-extensions", "tbsCertificate.version", "version 1 of X.509 with extensions, which only version 3 has"),
		put("v4", "tbsCertificate.version", "a version of X.509 that does not exist", 0xa0, 3, 2, 1, 3),
		put("negative-serial", number, "the serial number is negative (RFC 5280, Section 4.1.2.2, asks for a positive one)", 2, 4, 0xb5, 1, 2, 3),
		put("zero-serial", number, "the serial number is zero (RFC 5280, Section 4.1.2.2, asks for a positive one)", 2, 1, 0),
		put("long-serial", number, "the serial number has 24 octets (RFC 5280, Section 4.1.2.2, allows 20)", long...),
		put("padded-serial", number, "the serial number is written as 00 01, longer than it has to be (X.690, Section 8.3.2)", 2, 2, 0, 1),
	}
}

// algorithmChanges are signatures that are genuine, by algorithms of the past,
// and algorithms that are named wrongly.
func algorithmChanges() []Change {
	const field = "tbsCertificate.signature"
	both := []string{"signatureAlgorithm"}
	// The number is one of those reserved for examples (RFC 5612, Section 2).
	unknown := sequence(oidDER(asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 2}))
	return []Change{
		{Name: "sha1", Field: field, Also: both, Doc: "it is signed with SHA-1, for which collisions were found in 2017",
			edit: func(p *parts) error { return p.signedBy(crypto.SHA1) }},
		{Name: "md5", Field: field, Also: both, Doc: "it is signed with MD5, with which a false authority was made in 2008; the issuer has to have an RSA key",
			edit: func(p *parts) error { return p.signedBy(crypto.MD5) }},
		{Name: "unknown-algorithm", Field: field, Also: both, Doc: "both places name a signature algorithm that nobody knows",
			edit: func(p *parts) error {
				p.inner, p.outer = unknown, unknown
				return nil
			}},
		{Name: "algorithms-differ", Field: "signatureAlgorithm", Doc: "the algorithm outside of what is signed is not the one inside (RFC 5280, Section 4.1.1.2)",
			edit: func(p *parts) error {
				// Another hash for the same key is the smallest lie. Ed25519 has no other.
				p.outer = algorithms[0].der
				for _, a := range algorithms {
					if a.kind == p.alg.kind && a.hash != p.alg.hash {
						p.outer = a.der
						break
					}
				}
				return nil
			}},
	}
}

// nameChanges are wrong names of issuer and subject (RFC 5280, Sections 4.1.2.4
// and 4.1.2.6).
func nameChanges() []Change {
	// Two names with one attribute each, commonName, as a UTF8String.
	nobody := slices.Concat([]byte{0x30, 0x11, 0x31, 0x0f, 0x30, 0x0d, 6, 3, 0x55, 4, 3, 0x0c, 6}, []byte("Nobody"))
	nul := slices.Concat([]byte{0x30, 0x1c, 0x31, 0x1a, 0x30, 0x18, 6, 3, 0x55, 4, 3, 0x0c, 0x11}, []byte("app\x00.evil.example"))
	return []Change{
		put("wrong-issuer", "tbsCertificate.issuer", "it names an issuer that is not the one who signed", nobody...),
		put("empty-issuer", "tbsCertificate.issuer", "the name of the issuer is empty (RFC 5280, Section 4.1.2.4, forbids that)", 0x30, 0),
		put("nul-subject", "tbsCertificate.subject", "the common name goes on behind a NUL, where programs in C stop to read", nul...),
	}
}

// dates are wrong validities (RFC 5280, Section 4.1.2.5). They are derived from the
// good dates, not from a clock, and one of the two stays as it was.
func dates() []Change {
	const from, to = "tbsCertificate.validity.notBefore", "tbsCertificate.validity.notAfter"
	other := func(name, field, doc string, make func(from, to time.Time) []byte) Change {
		return Change{Name: name, Field: field, Doc: doc, edit: func(p *parts) error {
			// What is derived from the good dates is wrong whatever the clock says.
			a, b, err := p.dates()
			if err == nil {
				*p.at(field) = make(a, b)
			}
			return err
		}}
	}
	return []Change{
		other("expired", to, "it ended a second after it began", func(a, _ time.Time) []byte { return timeDER(a.Add(time.Second)) }),
		other("not-yet-valid", from, "it begins a second before it ends", func(_, b time.Time) []byte { return timeDER(b.Add(-time.Second)) }),
		other("dates-swapped", to, "it ends a day before it begins", func(a, _ time.Time) []byte { return timeDER(a.Add(-day)) }),
		other("forever", to, "it ends in the year 9999, the date for no end at all",
			func(_, _ time.Time) []byte { return element(tag.GeneralizedTime, []byte("99991231235959Z")) }),
		other("generalized-time", from, "a date before 2050 is a GeneralizedTime (RFC 5280, Section 4.1.2.5, asks for UTCTime)",
			func(a, _ time.Time) []byte { return stamp(a) }),
		other("no-seconds", from, "a date is without seconds (RFC 5280, Section 4.1.2.5.1, asks for them)",
			func(a, _ time.Time) []byte { return element(tag.UTCTime, []byte(a.Format("0601021504Z"))) }),
		other("local-time", from, "a date has an offset in place of Z (RFC 5280, Section 4.1.2.5.1, forbids that)",
			func(a, _ time.Time) []byte { return element(tag.UTCTime, []byte(a.Format("060102150405")+"+0000")) }),
		other("no-date", to, "the date of the end is no date: the thirtieth of February",
			func(_, b time.Time) []byte { return element(tag.UTCTime, []byte(b.Format("06")+"0230120000Z")) }),
	}
}

// dates reads both dates.
func (p *parts) dates() (from, to time.Time, err error) {
	for i, der := range [][]byte{p.notBefore, p.notAfter} {
		// Either type of date may stand in either place.
		s := cryptobyte.String(der)
		t := &from
		if i == 1 {
			t = &to
		}
		if !s.ReadASN1UTCTime(t) && !s.ReadASN1GeneralizedTime(t) {
			return from, to, errors.New("the dates of the good certificate cannot be read")
		}
	}
	return from, to, nil
}

// keyChanges are public keys that nobody can use (RFC 5280, Section 4.1.2.7).
func keyChanges() []Change {
	const field = "tbsCertificate.subjectPublicKeyInfo"
	return []Change{
		{Name: "ml-dsa-key", Field: field, Doc: "the key is one for ML-DSA-65 (RFC 9881), of the right size; most programs do not know it yet",
			edit: func(p *parts) error {
				// Any octets do: a key is a seed and the packed coefficients of polynomials.
				bits := make([]byte, 1952+1) // the first octet counts the unused bits
				if _, err := rand.Read(bits[1:]); err != nil {
					return err
				}
				p.spki = sequence(sequence(oidDER(asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 18})), element(tag.BIT_STRING, bits))
				return nil
			}},
		{Name: "off-curve-key", Field: field, Doc: "the key is a point that is not on its curve",
			edit: func(p *parts) error {
				// The point (0, 1), uncompressed.
				point := append([]byte{0, 4}, make([]byte, 64)...)
				point[65] = 1
				p.spki = sequence(sequence(oidDER(asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}),
					oidDER(asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7})), element(tag.BIT_STRING, point))
				return nil
			}},
	}
}

// signatures are spoiled when all else is done; nothing that is signed changes.
func signatures() []Change {
	const field = "signatureValue"
	return []Change{
		{Name: "tampered-signature", Field: field, Doc: "one bit of the signature is flipped",
			spoil: func(p *parts) { p.signature[len(p.signature)-1] ^= 1 }},
		{Name: "no-signature", Field: field, Doc: "the signature is empty",
			spoil: func(p *parts) { p.signature = []byte{byte(tag.BIT_STRING), 1, 0} }},
	}
}
