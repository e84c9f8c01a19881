// Package der names the bytes of X.509 and its kin: certificates, requests for
// them, CRLs, OCSP, keys, and the files that bundle them, PKCS #7 and PKCS #12.
// Every element of DER (X.690) becomes a field that is called what its RFC calls
// it and says what it means.
//
// Its rules:
//
//   - The tag and the length of an element are the head of its field; what
//     follows are its kids, or, in a leaf, its value.
//   - A BIT STRING begins with a kid for its unused-bits octet; a string that
//     wraps further DER has that as its kid.
//   - An extension is named by its name; its value says what it means.
//   - What is malformed stays as far as it was understood. An element that can
//     be read although DER forbids its form keeps its meaning, and its Err cites
//     the rule; what cannot be read is undecoded.
//   - Secrets are named and withheld (private.go). Of what is damaged, and may be
//     a private key, nothing shows but its structure and its algorithm.
//   - No cryptography happens here, and crypto/x509 is not used: what that
//     package refuses is what people want to look at. What a password protects is
//     a leaf that says how.
//
// Start reading at Objects, which finds what a file holds, and at Certificate;
// then element.go (how one element is read), form.go (how the kinds are told
// apart) and extension.go (how the name of an extension leads to its body).
package der

import (
	"bytes"
	"errors"

	"tlstutor/labs/wire"
)

// What RFC 5280 asks of a certificate as a whole.
var (
	errVersion    = errors.New("there are the versions 1, 2 and 3 of X.509 (RFC 5280, Section 4.1.2.1)")
	errAlgorithms = errors.New("the signature algorithm is not the one that stands inside of what is signed (RFC 5280, Sections 4.1.1.2 and 5.1.1.2)")
)

// maxCertificate bounds the single objects that are opened, and by that the
// memory that one costs. Those of the public web have one or two thousand bytes,
// with post-quantum signatures ten times as many.
const maxCertificate = 1 << 20

// Parse names a source that holds one certificate in DER. Bytes behind it stay
// undecoded; the root is then the whole source, with the certificate in it.
func Parse(src *wire.Source) *wire.Field {
	top := wire.ParseAll("Certificate", src, Certificate)
	if len(top.Kids) == 1 && top.Kids[0].Name == "Certificate" {
		return top.Kids[0]
	}
	lift(top)
	return top
}

// Certificate reads one certificate (RFC 5280, Section 4.1).
func Certificate(c *wire.Cursor) {
	var subject, issuer entity
	f := cons(c, "Certificate", tagSequence, func(c *wire.Cursor) {
		if !opens(c, maxCertificate) {
			return
		}
		subject, issuer = tbsCertificate(c)
		// The algorithm stands here once more, outside of what is signed.
		oid, _ := algorithm(c, "signatureAlgorithm")
		compareAlgorithms(c)
		signatureValue(c, oid)
	})
	if f != nil && subject.field != nil {
		setValue(f, title(subject, issuer))
	}
}

// compareAlgorithms complains when the algorithm that was read last is not the one
// inside of what is signed, in the kid before it. Only the inner one is protected.
func compareAlgorithms(c *wire.Cursor) {
	kids := c.This().Kids
	if len(kids) != 2 || c.Err() != nil {
		return
	}
	if inner, outer := kids[0].Kid("signature"), kids[1]; inner != nil && !bytes.Equal(inner.Bytes(), outer.Bytes()) {
		complain(outer, errAlgorithms)
	}
}

// An entity is what the fields say of the subject or the issuer.
type entity struct {
	field *wire.Field // the distinguished name
	names *wire.Field // the extension with its alternative names, or nil
}

// tbsCertificate reads the part that the issuer signs (RFC 5280, Section
// 4.1.2), and returns whom it is about and who says so.
func tbsCertificate(c *wire.Cursor) (subject, issuer entity) {
	cons(c, "tbsCertificate", tagSequence, func(c *wire.Cursor) {
		// A version that is left out is v1; the oldest roots have none.
		if tagged(c, 0xa0) {
			f := cons(c, "version", 0xa0, func(c *wire.Cursor) {
				if v := number(c, "Version", tagInteger, versionName); v != nil && (!v.IsNum || v.Code > 2) {
					blame(v, v.N-v.Head-1, errVersion)
				}
			})
			lift(f)
		}
		serialNumber(c, "serialNumber", tagInteger)
		// The same must stand outside (RFC 5280, Section 4.1.1.2); both are shown.
		algorithm(c, "signature")
		issuer.field = name(c, "issuer")
		validity(c)
		subject.field = name(c, "subject")
		subjectPublicKeyInfo(c)
		// The unique identifiers of version 2 are all but extinct.
		if tagged(c, 0x81) {
			bitString(c, "issuerUniqueID", 0x81, keyBits)
		}
		if tagged(c, 0x82) {
			bitString(c, "subjectUniqueID", 0x82, keyBits)
		}
		if tagged(c, 0xa3) {
			f := cons(c, "extensions", 0xa3, func(c *wire.Cursor) {
				cons(c, "Extensions", tagSequence, extensions)
			})
			if f != nil {
				subject.names, issuer.names = f.Find("subjectAltName"), f.Find("issuerAltName")
			}
		}
	})
	return subject, issuer
}

// title says whom a certificate is about and who issued it.
func title(subject, issuer entity) string {
	who := subject.String()
	switch {
	case issuer.field == nil:
		return who
	case who == issuer.String() && subject.field.Value == issuer.field.Value:
		return who + ", self-issued"
	}
	return who + ", by " + issuer.String()
}

// String returns what a person would call it: the common name, else the first
// alternative name, else the whole distinguished name. (Software that checks
// names looks at the alternative names only: RFC 9525, Section 2.)
func (e entity) String() string {
	for _, rdn := range e.field.Kids {
		for _, ava := range rdn.Kids {
			t, v := ava.Kid("type"), ava.Kid("value")
			if t != nil && v != nil && v.Value != "" && wire.Bare(t.Value) == "commonName" {
				return v.Value
			}
		}
	}
	if e.names != nil {
		if list := e.names.Find("GeneralNames"); list != nil && len(list.Kids) > 0 && list.Kids[0].Value != "" {
			return list.Kids[0].Value
		}
	}
	if len(e.field.Kids) == 0 || e.field.Value == "" {
		return "no name"
	}
	return e.field.Value
}

// versionName names a version of X.509 (RFC 5280, Section 4.1.2.1).
func versionName(n uint64) string {
	if n > 2 {
		return "unknown"
	}
	return [...]string{"v1", "v2", "v3"}[n]
}
