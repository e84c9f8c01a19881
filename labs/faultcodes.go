package labs

import (
	"crypto"
	"crypto/x509/pkix"
	"encoding/asn1"

	"tlstutor/labs/chain"
)

// This file has the faults of certificates that no authority should sign: pki.Forge
// makes most of them of a good one, and signs it again.

// encodingFaults are of certificates that say it wrongly.
func encodingFaults() []*Fault {
	const serial = "RFC 5280, Section 4.1.2.2"
	return group("encoding",
		&Fault{Name: "unknown-critical", Doc: "The certificate holds an extension that nobody knows, and that nobody may pass over.",
			Check: chain.Critical, Rule: "RFC 5280, Section 4.2", Lesson: "P1", Mend: "leaf-encoding", Drill: 6,
			change: func(p *plan) {
				p.leaf.Extra = []pkix.Extension{{Id: unknownOID, Critical: true, Value: []byte("\x0c\x03lab")}}
			}},
		&Fault{Name: "ct-poison", Doc: "It is a precertificate, made for a log of Certificate Transparency and for nobody else.",
			Check: chain.Critical, Rule: "RFC 5280, Section 4.2", Lesson: "O3", Mend: "leaf-encoding", Drill: 45,
			change: func(p *plan) {
				p.leaf.Extra = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 3}, Critical: true, Value: []byte{5, 0}}}
			}},
		&Fault{Name: "duplicate-extension", Doc: "One extension is there twice.",
			Check: chain.Readable, Rule: "RFC 5280, Section 4.2", Lesson: "P1", Mend: "leaf-encoding", Drill: 28,
			change: forge("encoding", "duplicate-extension")},
		&Fault{Name: "negative-serial", Doc: "The serial number is negative.",
			Check: chain.Readable, Rule: serial, Lesson: "P1", Mend: "leaf-encoding", Drill: 11,
			change: forge("encoding", "negative-serial")},
		&Fault{Name: "padded-serial", Doc: "The serial number is written longer than it has to be.",
			Check: chain.Readable, Rule: "X.690, Section 8.3.2", Lesson: "P1", Mend: "leaf-encoding", Drill: 50,
			change: forge("encoding", "padded-serial")},
		&Fault{Name: "utf8-name", Doc: "A name holds letters that are not ASCII, in place of its A-label.",
			Check: chain.Readable, Rule: "X.680, Section 41", Lesson: "P3", Mend: "name-in-san", Drill: 33,
			change: func(p *plan) {
				p.leaf.Names = []string{"shop.lab.test", p.host}
				forge("names", "utf8-name")(p) // the first one; the other is as it should be
			}},
		&Fault{Name: "ip-five-bytes", Doc: "An address has five bytes.",
			Check: chain.Readable, Rule: "RFC 5280, Sections 4.2.1.6 and 4.2.1.10", Lesson: "P3", Mend: "name-in-san", Drill: 16,
			change: func(p *plan) {
				p.leaf.Names = []string{"127.0.0.1"}
				forge("names", "five-octet-address")(p)
			}},
		&Fault{Name: "v1-leaf", Doc: "The server's certificate is of version 1, which has no extensions, and so no names.",
			Check: chain.Version, Rule: "RFC 5280, Section 4.1.2.1", Lesson: "P1", Mend: "leaf-encoding", Drill: 55,
			change: forge("encoding", "v1")},
		&Fault{Name: "v1-intermediate", Doc: "The intermediate is of version 1, which cannot say that it is an authority.",
			Check: chain.Version, Rule: "RFC 5280, Section 4.1.2.1", Lesson: "P2", Mend: "ca-profile", Drill: 38,
			change: func(p *plan) { p.forgeInter = "v1" }},
		&Fault{Name: "algorithms-differ", Doc: "The signature algorithm is named twice, and not in the same way.",
			Check: chain.Readable, Rule: "RFC 5280, Sections 4.1.1.2 and 5.1.1.2", Lesson: "P1", Mend: "leaf-signature", Drill: 21,
			change: forge("signature", "algorithms-differ")},
	)
}

// forge is a change that no authority would sign. Its matter says which mend
// undoes it.
func forge(matter, name string) func(*plan) {
	return func(p *plan) { p.forged, p.forgeLeaf = matter, name }
}

// algorithmFaults are of signatures and keys that are worth nothing.
func algorithmFaults() []*Fault {
	return group("algorithms",
		&Fault{Name: "tampered", Doc: "One bit of the certificate's signature is flipped.",
			Check: chain.Signature, Rule: "RFC 5280, Section 6.1.3(a)(1)", Lesson: "P1", Mend: "leaf-signature", Drill: 4,
			change: forge("signature", "tampered-signature")},
		&Fault{Name: "sha1", Doc: "The certificate is signed with SHA-1.",
			Check: chain.Algorithm, Rule: "RFC 6194, Section 2.2", Lesson: "P1", Mend: "leaf-signature", Drill: 43,
			change: func(p *plan) { p.leaf.Hash = crypto.SHA1 }},
		&Fault{Name: "md5", Doc: "The certificate is signed with MD5.",
			Check: chain.Algorithm, Rule: "RFC 6151, Section 2", Lesson: "P1", Mend: "leaf-signature", Drill: 26,
			// Only with an RSA key is there a name for that.
			change: func(p *plan) { p.inter.Kind, p.leaf.Hash = "rsa2048", crypto.MD5 }},
		&Fault{Name: "rsa-1024", Doc: "The server's key is an RSA key of 1024 bits.",
			Check: chain.KeySize, Rule: "CA/Browser Forum BR, Section 6.1.5", Lesson: "P1", Mend: "leaf-key", Lax: true,
			change: func(p *plan) { p.leaf.Kind = "rsa1024" }},
		&Fault{Name: "rsa-512", Doc: "The server's key is an RSA key of 512 bits, too short for a signature in TLS 1.3.",
			Check: chain.KeySize, Rule: "RFC 8017, Section 9.1.1", Lesson: "P1", Mend: "leaf-key", Drill: 9,
			change: func(p *plan) { p.leaf.Kind = "rsa512" }},
		&Fault{Name: "ml-dsa", Doc: "The certificate is for a key of an algorithm that the client does not know.",
			Check: checkKeyKind, Rule: "RFC 9846, Section 4.5.2", Lesson: "X2", Mend: "leaf-key", Drill: 48,
			change: forge("key", "ml-dsa-key")},
	)
}
