package der

import (
	"bytes"
	"fmt"
	"strings"

	"tlstutor/labs/wire"
)

// The kinds of objects that the code asks for.
const (
	keyKind = "private-key"
	bagKind = "pkcs12"
)

// A form is one grammar that an object may follow; several make up a kind.
type form int

const (
	formUnknown form = iota
	formCertificate
	formTrusted
	formRequest
	formCRL
	formOCSPRequest
	formOCSPResponse
	formSPKI
	formRSAPublic
	formPKCS8
	formSEC1
	formRSAPrivate
	formDSAPrivate
	formEncrypted
	formSealed
	formSecret
	formPKCS7
	formPFX
)

// grammars says of each form which kind it is of, how its root is called, and
// who reads it. It is never changed.
var grammars = [...]struct {
	kind, name string
	read       func(*wire.Cursor)
}{
	formUnknown:      {"other", "data", unknown},
	formCertificate:  {"certificate", "Certificate", Certificate},
	formTrusted:      {"certificate", "TrustedCertificate", trustedCertificate},
	formRequest:      {"request", "CertificationRequest", certificationRequest},
	formCRL:          {"crl", "CertificateList", certificateList},
	formOCSPRequest:  {"ocsp-request", "OCSPRequest", ocspRequest},
	formOCSPResponse: {"ocsp-response", "OCSPResponse", OCSPResponse},
	formSPKI:         {"public-key", "SubjectPublicKeyInfo", func(c *wire.Cursor) { publicKeyInfo(c, "SubjectPublicKeyInfo") }},
	formRSAPublic:    {"public-key", "RSAPublicKey", rsaPublicKey},
	formPKCS8:        {keyKind, "PrivateKeyInfo", privateKeyInfo},
	formSEC1:         {keyKind, "ECPrivateKey", sec1Key},
	formRSAPrivate:   {keyKind, "RSAPrivateKey", rsaPrivateKey},
	formDSAPrivate:   {keyKind, "DSAPrivateKey", dsaPrivateKey},
	formEncrypted:    {keyKind, "EncryptedPrivateKeyInfo", encryptedPrivateKeyInfo},
	formSealed:       {keyKind, "encrypted private key", sealedKey},
	formSecret:       {keyKind, "private key", secretKey},
	formPKCS7:        {"pkcs7", "ContentInfo", contentInfo},
	formPFX:          {bagKind, "PFX", pfx},
}

// classify settles what an object is, by its content and, where that leaves it
// open, by its label. A label that says something else is wrong, and said so; but
// where it says that this is a private key, it counts as one, so that a damaged
// key is not shown as something else.
func (o *Object) classify(labelled form) {
	is := recognise(o.Src.Data)
	hides := strings.Contains(o.Label, "PRIVATE")
	if hides && labelled == formUnknown {
		labelled = formSecret
	}
	switch {
	// The content tells nothing, or only that it may be a key: the label decides.
	case is == formUnknown, is == formSecret && grammars[labelled].kind == keyKind:
		is = labelled
	// The label tells apart what begins alike.
	case labelled == formTrusted && is == formCertificate, labelled == formDSAPrivate && is == formRSAPrivate:
		is = labelled
	case strings.HasSuffix(o.Label, "PARAMETERS") && !hides:
		is = formUnknown // two INTEGERs are a group here, and a key elsewhere
	// The label is wrong. What hides is safer than what shows.
	case labelled != formUnknown && grammars[is].kind != grammars[labelled].kind:
		if o.Err == nil {
			o.Err = fmt.Errorf("its PEM label says %s, its content is of the kind %s", o.Label, grammars[is].kind)
		}
		if hides {
			is = labelled
		}
	}
	o.form, o.Kind = is, grammars[is].kind
}

// labelForm returns the form that a label of PEM stands for (RFC 7468 and the
// labels that came before it).
func labelForm(label string) form {
	switch label {
	case "CERTIFICATE", "X509 CERTIFICATE":
		return formCertificate
	case "TRUSTED CERTIFICATE":
		return formTrusted
	case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST":
		return formRequest
	case "X509 CRL", "CRL":
		return formCRL
	case "OCSP REQUEST":
		return formOCSPRequest
	case "OCSP RESPONSE":
		return formOCSPResponse
	case "PUBLIC KEY":
		return formSPKI
	case "RSA PUBLIC KEY":
		return formRSAPublic
	case "PRIVATE KEY":
		return formPKCS8
	case "EC PRIVATE KEY":
		return formSEC1
	case "RSA PRIVATE KEY":
		return formRSAPrivate
	case "DSA PRIVATE KEY":
		return formDSAPrivate
	case "ENCRYPTED PRIVATE KEY":
		return formEncrypted
	case "PKCS7", "PKCS #7 SIGNED DATA", "CMS":
		return formPKCS7
	case "PKCS12":
		return formPFX
	}
	return formUnknown
}

// A piece is one element, its content cut down to what there is; in is nil when
// there is no element.
type piece struct {
	tag byte
	in  []byte
}

// pieces returns the first elements of b, at most four; those that are not there
// are zero. It is for telling grammars apart, so lengths of the indefinite form
// end with b.
func pieces(b []byte, most int) (p [4]piece) {
	for i := 0; i < most && len(b) > 0; i++ {
		h, err := parseHeader(b[:min(len(b), maxHead)], len(b))
		// BER, as old files of PKCS #7 and #12 have it, ending with two zero octets.
		if err == errIndefinite {
			h.head, h.n, err = 2, len(b)-2, nil
		}
		if err != nil {
			break
		}
		p[i] = piece{h.tag, b[h.head : h.head+h.n : h.head+h.n]}
		b = b[h.head+h.n:]
	}
	return p
}

// begins reports whether the content of a SEQUENCE begins with that tag.
func (p piece) begins(tag byte) bool {
	return p.tag == tagSequence && len(p.in) > 0 && p.in[0] == tag
}

// beginsDeep reports whether the element that b begins with, and the first one in
// each down to that depth, are SEQUENCEs, and the innermost begins with that tag. What
// breaks off before is given the benefit of the doubt.
func beginsDeep(b []byte, depth int, tag byte) bool {
	for ; depth > 0 && len(b) > 0; depth-- {
		p := pieces(b, 1)[0]
		if p.tag != tagSequence {
			return p.in == nil
		}
		b = p.in
	}
	return len(b) == 0 || b[0] == tag
}

// recognise tells which form b follows, by the types of its first elements;
// formUnknown when none does.
func recognise(b []byte) form {
	top := pieces(b, 1)[0]
	if top.tag != tagSequence {
		return formUnknown
	}
	p := pieces(top.in, 3)
	switch p[0].tag {
	case tagEnumerated: // responseStatus
		return formOCSPResponse
	case tagOID:
		// A ContentInfo: a type, and content in an explicit tag.
		if p[1].tag == 0xa0 || bytes.HasPrefix(p[0].in, pkcs7Arc) {
			return formPKCS7
		}
	case tagInteger:
		return recogniseKey(p, top.in)
	case tagSequence:
		return recogniseSigned(p)
	}
	return formUnknown
}

// pkcs7Arc is 1.2.840.113549.1.7, as its content octets.
var pkcs7Arc = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07}

// recogniseKey tells apart what begins with a version: keys, and PKCS #12. What
// it does not know counts as a private key, so that nobody sees it.
func recogniseKey(p [4]piece, in []byte) form {
	switch {
	// A version and a ContentInfo.
	case p[1].begins(tagOID) && bytes.HasPrefix(pieces(p[1].in, 1)[0].in, pkcs7Arc):
		return formPFX
	// A version and an algorithm: PKCS #8.
	case p[1].tag == tagSequence:
		return formPKCS8
	// A version and the number itself: a key on a curve.
	case p[1].tag == tagOctetString:
		return formSEC1
	case p[1].tag == tagInteger && p[2].in == nil && len(p[0].in) > 90 && len(p[1].in) < 90:
		return formRSAPublic // a modulus and an exponent; in a signature both are short
	case p[1].tag == tagInteger:
		// A version, p, q, g, y and x; a key of RSA has three elements more.
		if n := wellFormed(in, 0); n == 6 {
			return formDSAPrivate
		}
		return formRSAPrivate
	}
	return formSecret
}

// isPassword reports whether an OID, given as its content octets, is of an
// algorithm that takes a password.
func isPassword(id []byte) bool {
	dotted, err := dot(id)
	return err == nil && takesPassword(dotted) != nil
}

// recogniseSigned tells apart what begins with a SEQUENCE: what is signed and
// then has its signature, and, when an OID is the first in it, a key that says its
// algorithm.
func recogniseSigned(p [4]piece) form {
	in := pieces(p[0].in, 4)
	switch {
	// A key that says its algorithm: encrypted when octets follow, public when bits do.
	case in[0].tag == tagOID && (p[1].tag == tagOctetString || isPassword(in[0].in)):
		return formEncrypted
	case in[0].tag == tagOID:
		return formSPKI
	case in[0].tag == 0xa0 && len(in[0].in) > 0 && in[1].tag != tagInteger && (in[1].tag == tagSequence || in[1].tag == 0xa1):
		return formOCSPRequest // with its version
	case in[0].tag == 0xa1: // requestorName
		return formOCSPRequest
	// requestList, Request, CertID, and in that an algorithm: nothing else nests so.
	case in[0].begins(tagSequence) && beginsDeep(in[0].in, 3, tagOID):
		return formOCSPRequest
	case in[0].tag == tagSequence && in[1].in == nil: // SEQUENCEs of SEQUENCEs, and no telling of what
		return formUnknown
	case in[0].begins(tagOID): // a list without its version, which begins with the algorithm
		return formCRL
	// A version, an algorithm, an issuer and a date; a certificate has two dates in a
	// SEQUENCE.
	case in[0].tag == tagInteger && in[1].begins(tagOID) && (in[3].tag == tagUTCTime || in[3].tag == tagGeneralized):
		return formCRL
	case in[0].tag == tagInteger && in[1].tag == tagSequence && !in[1].begins(tagOID) && (in[2].begins(tagSequence) || in[2].in == nil):
		return formRequest // a name where the others have an algorithm
	}
	return formCertificate
}
