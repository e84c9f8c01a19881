package der

import "tlstutor/labs/wire"

// OIDs of contents (RFC 5652, Section 4, and RFC 2315, Section 14).
const (
	oidData      = "1.2.840.113549.1.7.1"
	oidSigned    = "1.2.840.113549.1.7.2"
	oidEncrypted = "1.2.840.113549.1.7.6"
)

// contentInfo reads a ContentInfo: PKCS #7, now called CMS (RFC 5652, Section 3).
// Most of what ends in .p7b is SignedData that signs nothing and carries
// certificates.
func contentInfo(c *wire.Cursor) {
	cons(c, "ContentInfo", tagSequence, func(c *wire.Cursor) {
		if !opens(c, maxBundle) {
			return
		}
		content(c, nil)
	})
}

// maxBundle bounds the collections that are opened: PKCS #7 and PKCS #12.
const maxBundle = 16 << 20

// content reads the type and the content of a ContentInfo. Plain data is opened
// by data when there is one, as in PKCS #12, where what has no known type may be a
// key.
func content(c *wire.Cursor, data func(*wire.Cursor)) {
	id := oid(c, "contentType", tagOID)
	said := called(id)
	// The tag is explicit, since the content is of any type.
	if tagged(c, 0xa0) {
		f := cons(c, "content", 0xa0, func(c *wire.Cursor) {
			switch {
			case id == oidSigned:
				cons(c, "SignedData", tagSequence, func(c *wire.Cursor) { signedData(c, data) })
			case id == oidEncrypted:
				cons(c, "EncryptedData", tagSequence, encryptedData)
			case id == oidData && data != nil && tagged(c, tagOctetString):
				cons(c, "Data", tagOctetString, data)
			case data != nil: // it may be anything, keys among it
				secret(c, "value", 0)
			default:
				all(c)
			}
			say(c, value(c.Last()))
		})
		if inside := value(f); inside != "" {
			said += ": " + inside
		}
	}
	say(c, said)
}

// signedData reads content, certificates, CRLs and signatures (RFC 5652, Section
// 5.1). A PKCS #12 file whose integrity a signature protects has its safes in the
// content (RFC 7292, Section 4), and so data reads that.
func signedData(c *wire.Cursor, data func(*wire.Cursor)) {
	integer(c, "version", tagInteger)
	// They stand in front so that a reader can hash the content while it passes.
	cons(c, "digestAlgorithms", tagSet, func(c *wire.Cursor) {
		for c.More() {
			algorithm(c, "DigestAlgorithmIdentifier")
		}
		say(c, join(c.This().Kids, ", "))
	})
	cons(c, "encapContentInfo", tagSequence, func(c *wire.Cursor) {
		id := oid(c, "eContentType", tagOID)
		say(c, called(id))
		if !tagged(c, 0xa0) {
			return // the signature is detached, or there is none
		}
		cons(c, "eContent", 0xa0, func(c *wire.Cursor) {
			switch {
			case data == nil:
				all(c)
			case id == oidData && tagged(c, tagOctetString):
				cons(c, "Data", tagOctetString, data)
			default: // as in content, it may be a key
				secret(c, "value", 0)
			}
		})
	})
	// Neither certificates nor CRLs are signed here: they speak for themselves.
	said := "no certificates"
	if tagged(c, 0xa0) {
		said = value(cons(c, "certificates", 0xa0, certificateSet))
	}
	if tagged(c, 0xa1) {
		said += ", " + value(cons(c, "crls", 0xa1, func(c *wire.Cursor) {
			for c.More() {
				certificateList(c)
			}
			say(c, wire.Count(len(c.This().Kids), "CRL"))
		}))
	}
	f := cons(c, "signerInfos", tagSet, func(c *wire.Cursor) {
		for c.More() {
			cons(c, "SignerInfo", tagSequence, signerInfo)
		}
		switch n := len(c.This().Kids); n {
		case 0:
			c.Say("nothing signed")
		default:
			say(c, wire.Count(n, "signature"))
		}
	})
	say(c, said+", "+value(f))
}

// certificateSet reads CertificateChoices: certificates, and under tags of their
// own what is extinct (RFC 5652, Section 10.2.2).
func certificateSet(c *wire.Cursor) {
	for c.More() {
		// The plain one has no tag of its own, so that it begins as any certificate does.
		if tagged(c, tagSequence) {
			Certificate(c)
		} else {
			anything(c)
		}
	}
	say(c, wire.Count(len(c.This().Kids), "certificate"))
}

// signerInfo reads one signature, and which key made it (RFC 5652, Section 5.3).
func signerInfo(c *wire.Cursor) {
	integer(c, "version", tagInteger)
	// The version follows from how the key is named (RFC 5652, Section 5.3).
	said := ""
	if tagged(c, 0x80) {
		// Version 3 names the key by its identifier.
		said = value(octets(c, "subjectKeyIdentifier", 0x80))
	} else {
		// Version 1 names the certificate as its issuer would.
		said = value(cons(c, "issuerAndSerialNumber", tagSequence, func(c *wire.Cursor) {
			f := name(c, "issuer")
			serialNumber(c, "serialNumber", tagInteger)
			say(c, value(f)+", "+value(c.Last()))
		}))
	}
	algorithm(c, "digestAlgorithm")
	if tagged(c, 0xa0) {
		// Where they are present, they are what is signed; the hash of the content is one.
		cons(c, "signedAttrs", 0xa0, attributes)
	}
	algorithm(c, "signatureAlgorithm")
	octets(c, "signature", tagOctetString)
	if tagged(c, 0xa1) {
		// A timestamp on the signature stands here: it could not be signed by it.
		cons(c, "unsignedAttrs", 0xa1, attributes)
	}
	say(c, "by "+said)
}

// encryptedData reads ciphertext under a key that both know, which in PKCS #12
// comes from the password (RFC 5652, Section 8).
func encryptedData(c *wire.Cursor) {
	integer(c, "version", tagInteger)
	f := cons(c, "encryptedContentInfo", tagSequence, func(c *wire.Cursor) {
		oid(c, "contentType", tagOID)
		algorithm(c, "contentEncryptionAlgorithm")
		how := value(c.Last())
		switch {
		case tagged(c, 0x80):
			// The tag is implicit, in place of that of the OCTET STRING.
			sealed(c, "encryptedContent", 0x80, how)
		case c.More(): // in pieces, as BER allows
			cons(c, "encryptedContent", 0xa0, func(c *wire.Cursor) {
				for c.More() {
					sealed(c, "OCTET STRING", tagOctetString, how)
				}
			})
		}
		say(c, "encrypted with "+how)
	})
	say(c, value(f))
	if c.More() {
		cons(c, "unprotectedAttrs", 0xa1, attributes)
	}
}
