package pki

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"slices"

	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// altNameChanges are wrong alternative names (RFC 5280, Section 4.2.1.6).
func altNameChanges() []Change {
	const field = "extensions.subjectAltName"
	// first changes the first name of a form, and keeps all others.
	first := func(name, doc string, t tag.Tag, change func([]byte) []byte) Change {
		return Change{Name: name, Field: field, Doc: doc, edit: func(p *parts) error { return p.firstName(t, change) }}
	}
	before := func(text string) func([]byte) []byte {
		return func(name []byte) []byte { return append([]byte(text), name...) }
	}
	return []Change{
		without("no-names", "subjectAltName", "there are no alternative names; a common name is all it has, if it has one (RFC 9525, Section 2)"),
		replaced(field, []byte{0x30, 0}).as("empty-names", "the list of alternative names is empty (RFC 5280, Section 4.2.1.6, forbids that)"),
		first("utf8-name", "a DNS name holds raw UTF-8 where only ASCII may stand; it should have been punycode", dnsTag, before("b\u00fccher")),
		first("nul-name", "a DNS name goes on behind a NUL, where programs in C stop to read", dnsTag,
			func(name []byte) []byte { return append(slices.Clone(name), "\x00.evil.example"...) }),
		first("space-name", "a DNS name is a single space", dnsTag, func([]byte) []byte { return []byte(" ") }),
		first("underscore-name", "a DNS name has an underscore, which host names do not", dnsTag, before("_")),
		first("wrong-name", "it is for another host", dnsTag, before("not-")),
		first("address-as-name", "the DNS name is an IP address as text, which is not how addresses are told", dnsTag,
			func([]byte) []byte { return []byte("127.0.0.1") }),
		first("five-octet-address", "an IP address has five octets", ipTag, func([]byte) []byte { return []byte{127, 0, 0, 1, 0} }),
		// Critical they are when the subject is empty, and only then.
		{Name: "names-critical", Field: field, Doc: "the alternative names are critical though there is a subject, or not critical though there is none",
			edit: func(p *parts) error { return p.critical("subjectAltName", string(p.subject) != "\x30\x00") }},
	}
}

// as names a change, and says what is wrong with it: the general ones below know
// only how a certificate is changed.
func (c Change) as(name, doc string) Change {
	c.Name, c.Doc = name, doc
	return c
}

// without leaves an extension out, as authorities do that copy a request unread.
func without(name, extension, doc string) Change {
	return Change{Name: name, Field: "extensions." + extension, Doc: doc, edit: func(p *parts) error { return p.drop(extension) }}
}

// set gives an extension another body, and adds it where there was none.
func set(name, extension string, critical bool, doc string, body ...byte) Change {
	return Change{Name: name, Field: "extensions." + extension, Doc: doc, edit: func(p *parts) error {
		p.with(extension, critical, body)
		return nil
	}}
}

// authorityChanges are about who may sign (RFC 5280, Sections 4.2.1.9 and
// 4.2.1.10). Most of them are meant for an intermediate.
func authorityChanges() []Change {
	const basic, field = "basicConstraints", "extensions.basicConstraints"
	return []Change{
		without("no-basic-constraints", basic, "basicConstraints is missing, so nobody may be signed by it"),
		set("not-a-ca", basic, true, "basicConstraints does not say that it is an authority", 0x30, 0),
		set("leaf-as-ca", basic, true, "basicConstraints says that it is an authority, which no leaf should be", 0x30, 3, 1, 1, 0xff),
		set("path-length-zero", basic, true, "no authority may stand below it", 0x30, 6, 1, 1, 0xff, 2, 1, 0),
		set("path-length-without-ca", basic, true, "it has a path length and is no authority (RFC 5280, Section 4.2.1.9, forbids that)", 0x30, 3, 2, 1, 0),
		set("negative-path-length", basic, true, "its path length is negative", 0x30, 6, 1, 1, 0xff, 2, 1, 0xff),
		set("bad-basic-constraints", basic, true, "the body of basicConstraints is not a SEQUENCE", 4, 2, 1, 2),
		set("explicit-false", basic, true, "cA is written out as FALSE, its default, which DER leaves out (X.690, Section 11.5)", 0x30, 3, 1, 1, 0),
		{Name: "basic-constraints-not-critical", Field: field, Doc: "basicConstraints is not critical (RFC 5280, Section 4.2.1.9, asks that of an authority)",
			edit: func(p *parts) error { return p.critical(basic, false) }},
		set("constrained-elsewhere", "nameConstraints", true, "it may sign for elsewhere.test and the names below it, and for no other",
			sequence(element(0xa0, sequence(element(dnsTag, []byte("elsewhere.test")))))...),
		set("empty-name-constraints", "nameConstraints", true, "nameConstraints constrains nothing (RFC 5280, Section 4.2.1.10, forbids that)", 0x30, 0),
	}
}

// usageChanges are about what the key is for (RFC 5280, Sections 4.2.1.3 and
// 4.2.1.12).
func usageChanges() []Change {
	const usage, purpose = "keyUsage", "extKeyUsage"
	// Code signing is a purpose that no TLS library accepts for either side.
	other := sequence(oidDER(purposeOID(x509.ExtKeyUsageCodeSigning)))
	return []Change{
		without("no-key-usage", usage, "keyUsage is missing: the key may be used for anything"),
		set("no-cert-sign", usage, true, "keyUsage does not allow to sign certificates", usageBody(x509.KeyUsageCRLSign)...),
		set("no-digital-signature", usage, true, "keyUsage does not allow to sign, which every handshake of TLS 1.3 does", usageBody(x509.KeyUsageKeyEncipherment)...),
		set("empty-key-usage", usage, true, "keyUsage allows nothing at all (RFC 5280, Section 4.2.1.3, asks for a bit)", 3, 1, 0),
		without("no-purpose", purpose, "extKeyUsage is missing: the key is good for every purpose"),
		set("wrong-purpose", purpose, false, "extKeyUsage names code signing and nothing else", other...),
		set("empty-purpose", purpose, false, "extKeyUsage names no purpose (RFC 5280, Section 4.2.1.12, asks for one)", 0x30, 0),
	}
}

// extensionChanges are about the other extensions, and extensions as such: what is
// critical and not known has to be refused, and none may stand there twice (RFC
// 5280, Section 4.2).
func extensionChanges() []Change {
	// The first number is reserved for examples (RFC 5612, Section 2).
	example := asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 1}
	poison := asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 3}
	// plus adds an extension at the end.
	plus := func(name, doc string, id asn1.ObjectIdentifier, critical bool, field string, body []byte) Change {
		return Change{Name: name, Doc: doc, Field: "extensions." + field, edit: func(p *parts) error {
			p.exts = append(p.exts, extensionDER(id, critical, body))
			return nil
		}}
	}
	const above = "authorityKeyIdentifier"
	return []Change{
		plus("unknown-critical", "an extension that nobody knows is critical, so everybody must refuse (RFC 5280, Section 4.2)", example, true,
			example.String(), []byte("\x0c\x03lab")),
		plus("unknown-extension", "an extension that nobody knows is not critical, so everybody skips it", example, false, example.String(), []byte("\x0c\x03lab")),
		plus("poison", "the poison of a precertificate, which makes it unfit for use (RFC 6962, Section 3.1)", poison, true, "CT poison", []byte{5, 0}),
		{Name: "duplicate-extension", Field: "extensions", Doc: "an extension is there twice (RFC 5280, Section 4.2, forbids that)",
			edit: func(p *parts) error {
				if len(p.exts) == 0 {
					return errors.New("the good certificate has no extension")
				}
				p.exts = append(p.exts, p.exts[0])
				return nil
			}},
		{Name: "no-extensions", Field: "extensions", Doc: "the list of extensions is there and empty (RFC 5280, Section 4.1, asks for one)",
			edit: func(p *parts) error {
				p.exts = [][]byte{}
				return nil
			}},
		set("wrong-authority-key", above, false, "it names another key as the one that signed it", sequence(element(0x80, []byte("some other issuer...")))...),
		without("no-authority-key", above, "it does not name the key that signed it, so that issuers are found by name alone"),
		without("no-subject-key", "subjectKeyIdentifier", "it does not identify its own key, so that what it signs cannot name it"),
		{Name: "authority-key-critical", Field: "extensions." + above, Doc: "authorityKeyIdentifier is critical (RFC 5280, Section 4.2.1.1, forbids that)",
			edit: func(p *parts) error { return p.critical(above, true) }},
		set("must-staple", "tlsfeature", false, "it promises that its server staples an OCSP response (RFC 7633)", 0x30, 3, 2, 1, 5),
	}
}
