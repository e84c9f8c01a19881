package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// parts are the elements of one certificate (RFC 5280, Section 4.1), each with
// its tag and length, in order. A part that is nil is left out.
type parts struct {
	version, serial, inner, issuer     []byte
	notBefore, notAfter, subject, spki []byte
	ids                                []byte   // the unique identifiers of version 2
	exts                               [][]byte // Extensions
	outer                              []byte   // signatureAlgorithm
	signature                          []byte   // signatureValue

	alg    algorithm // that signs; inner and outer say so too, unless they lie
	own    []byte    // the identifier of its key
	sealed []byte    // what the signature is for
}

// tbs encodes what is signed.
func (p *parts) tbs() []byte {
	all := make([][]byte, 0, 16)
	all = append(all, p.version, p.serial, p.inner, p.issuer, sequence(p.notBefore, p.notAfter), p.subject, p.spki, p.ids)
	if p.exts != nil {
		all = append(all, element(0xa3, sequence(p.exts...)))
	}
	return sequence(all...)
}

// sign completes the parts with the signature of key.
func (p *parts) sign(key crypto.Signer) error {
	// Kept, since what is sent must be what was signed, whatever changes later.
	p.sealed = p.tbs()
	bits, err := p.alg.sign(key, p.sealed)
	if err != nil {
		return err
	}
	p.signature = element(tag.BIT_STRING, []byte{0}, bits)
	return nil
}

// der encodes the whole certificate.
func (p *parts) der() []byte {
	tbs := p.sealed
	if tbs == nil {
		tbs = p.tbs()
	}
	return sequence(tbs, p.outer, p.signature)
}

// element wraps contents in a tag and a length, as short as DER wants it (X.690,
// Section 10.1).
func element(t tag.Tag, contents ...[]byte) []byte {
	n := 0
	for _, c := range contents {
		n += len(c)
	}
	head := make([]byte, 0, n+6)
	head = append(head, byte(t))
	switch {
	case n < 0x80:
		head = append(head, byte(n))
	case n < 0x100:
		head = append(head, 0x81, byte(n))
	case n < 0x10000:
		head = append(head, 0x82, byte(n>>8), byte(n))
	default:
		head = append(head, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
		if n < 0x1000000 {
			head = append(head[:1], 0x83, byte(n>>16), byte(n>>8), byte(n))
		}
	}
	for _, c := range contents {
		head = append(head, c...)
	}
	return head
}

// sequence wraps contents in a SEQUENCE.
func sequence(contents ...[]byte) []byte { return element(tag.SEQUENCE, contents...) }

// split takes a certificate apart. It is the inverse of der.
func split(cert []byte) (*parts, error) {
	p := &parts{}
	s := cryptobyte.String(cert)
	var all, tbs, dates cryptobyte.String
	ok := s.ReadASN1(&all, tag.SEQUENCE) && s.Empty() && all.ReadASN1(&tbs, tag.SEQUENCE) &&
		read(&all, &p.outer) && read(&all, &p.signature) && all.Empty()
	if ok && tbs.PeekASN1Tag(0xa0) {
		ok = read(&tbs, &p.version)
	}
	ok = ok && read(&tbs, &p.serial) && read(&tbs, &p.inner) && read(&tbs, &p.issuer) && tbs.ReadASN1(&dates, tag.SEQUENCE) &&
		read(&dates, &p.notBefore) && read(&dates, &p.notAfter) && dates.Empty() && read(&tbs, &p.subject) && read(&tbs, &p.spki)
	// The unique identifiers are kept as they are; nobody has used them in decades.
	for ok && (tbs.PeekASN1Tag(0x81) || tbs.PeekASN1Tag(0x82)) {
		var id []byte
		ok = read(&tbs, &id)
		p.ids = append(p.ids, id...)
	}
	if ok && tbs.PeekASN1Tag(0xa3) {
		var list cryptobyte.String
		// The tag is explicit; the list in it may be empty, which only a bad one is.
		ok = tbs.ReadASN1(&list, 0xa3) && list.ReadASN1(&list, tag.SEQUENCE)
		p.exts = [][]byte{}
		for ok && !list.Empty() {
			var e []byte
			ok = read(&list, &e)
			p.exts = append(p.exts, e)
		}
	}
	if !ok || !tbs.Empty() {
		return nil, errors.New("it is not a certificate in DER")
	}
	return p, nil
}

// read reads one whole element of any tag.
func read(s *cryptobyte.String, out *[]byte) bool {
	var e cryptobyte.String
	var t tag.Tag
	ok := s.ReadAnyASN1Element(&e, &t)
	*out = e
	return ok
}

// serialDER encodes a serial number. For nil it draws one of 16 octets (RFC 5280,
// Section 4.1.2.2, allows 20); the top bits are fixed, so that it is positive and
// all have one length.
func serialDER(n *big.Int) ([]byte, error) {
	if n == nil {
		b := make([]byte, 2+16)
		if _, err := rand.Read(b); err != nil {
			return nil, fmt.Errorf("drawing a serial number: %w", err)
		}
		b[0], b[1], b[2] = byte(tag.INTEGER), 16, b[2]&0x3f|0x40
		return b, nil
	}
	var b cryptobyte.Builder
	b.AddASN1BigInt(n)
	return b.Bytes()
}

// emptyName is a distinguished name without parts.
const emptyName = "\x30\x00"

// nameDER encodes a distinguished name (RFC 5280, Section 4.1.2.4).
func nameDER(n pkix.Name) ([]byte, error) {
	// The usual case, without reflection: it is part of what each leaf costs.
	if n.CommonName != "" && bare(n) {
		name := []byte(n.CommonName)
		if !utf8.Valid(name) {
			return nil, errors.New("encoding a name: it is not UTF-8")
		}
		return sequence(element(tag.SET, sequence([]byte{6, 3, 0x55, 4, 3}, element(stringTag(n.CommonName), name)))), nil
	}
	der, err := asn1.Marshal(n.ToRDNSequence())
	if err != nil {
		return nil, fmt.Errorf("encoding a name: %w", err)
	}
	return der, nil
}

// bare reports whether a name has no part but its common name.
func bare(n pkix.Name) bool {
	return len(n.Country)+len(n.Organization)+len(n.OrganizationalUnit)+len(n.Locality)+len(n.Province)+len(n.StreetAddress)+
		len(n.PostalCode)+len(n.ExtraNames)+len(n.SerialNumber) == 0
}

// stringTag is the type of a string in a name: PrintableString where that has all
// its characters, else UTF8String.
func stringTag(text string) tag.Tag {
	for _, c := range []byte(text) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(" '()+,-./:=?", c) >= 0:
		default:
			return tag.UTF8String
		}
	}
	return tag.PrintableString
}

// timeDER encodes a date: UTCTime through 2049, GeneralizedTime from 2050 on
// (RFC 5280, Section 4.1.2.5).
func timeDER(t time.Time) []byte {
	if y := t.Year(); 1950 <= y && y < 2050 {
		return element(tag.UTCTime, []byte(t.Format("060102150405Z")))
	}
	return element(tag.GeneralizedTime, []byte(t.Format("20060102150405Z")))
}

// keyInfo encodes a SubjectPublicKeyInfo (RFC 5280, Section 4.1.2.7), and
// returns its bits too.
func keyInfo(public crypto.PublicKey) (info, bits []byte, err error) {
	// The usual case again.
	if k, ok := public.(*ecdsa.PublicKey); ok && k.Curve == elliptic.P256() {
		if bits, err = k.Bytes(); err != nil {
			return nil, nil, fmt.Errorf("encoding a public key: %w", err)
		}
		return sequence(onP256, element(tag.BIT_STRING, []byte{0}, bits)), bits, nil
	}
	if info, err = x509.MarshalPKIXPublicKey(public); err != nil {
		return nil, nil, fmt.Errorf("encoding a public key: %w", err)
	}
	s := cryptobyte.String(info)
	if !s.ReadASN1(&s, tag.SEQUENCE) || !s.SkipASN1(tag.SEQUENCE) || !s.ReadASN1BitStringAsBytes(&bits) {
		return nil, nil, errors.New("encoding a public key: its SubjectPublicKeyInfo is malformed")
	}
	return info, bits, nil
}

// onP256 is the AlgorithmIdentifier of a key on P-256 (RFC 5480, Section 2.1.1),
// of which most certificates here are.
var onP256 = sequence(oidDER(asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}), oidDER(asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}))
