package pki

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// A certID names a certificate in OCSP (RFC 6960, Section 4.1.1): by hashes of
// its issuer's name and key, and its serial number.
type certID struct {
	raw       []byte // the whole element, to be echoed
	hash      crypto.Hash
	name, key []byte
	serial    *big.Int
}

// A question is an OCSP request that was read.
type question struct {
	ids   []certID
	nonce []byte // the value of the extension, or nil
}

// maxAsked bounds the certificates that one request may ask for.
const maxAsked = 32

// The numbers of OCSP.
func ocspBasic() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 1} }
func ocspNonce() asn1.ObjectIdentifier { return asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 2} }

// readQuestion reads an OCSPRequest (RFC 6960, Section 4.1.1). A signature on it
// is not looked at.
func readQuestion(der []byte) (*question, error) {
	q := &question{}
	s := cryptobyte.String(der)
	var all, tbs, list cryptobyte.String
	ok := s.ReadASN1(&all, tag.SEQUENCE) && s.Empty() && all.ReadASN1(&tbs, tag.SEQUENCE) &&
		tbs.SkipOptionalASN1(0xa0) && tbs.SkipOptionalASN1(0xa1) && tbs.ReadASN1(&list, tag.SEQUENCE)
	for ok && !list.Empty() {
		var one cryptobyte.String
		var id certID
		ok = len(q.ids) < maxAsked && list.ReadASN1(&one, tag.SEQUENCE) && id.read(&one)
		q.ids = append(q.ids, id)
	}
	// requestExtensions, of which the nonce is the only one that is answered.
	var exts cryptobyte.String
	var has bool
	ok = ok && len(q.ids) > 0 && tbs.ReadOptionalASN1(&exts, &has, 0xa2) && tbs.Empty() && (!has || exts.ReadASN1(&exts, tag.SEQUENCE))
	for ok && !exts.Empty() {
		var one []byte
		ok = read(&exts, &one)
		e, good := readExtension(one)
		ok = ok && good
		if ok && e.Id.Equal(ocspNonce()) {
			q.nonce, ok = e.Value, nonceSize(e.Value)
		}
	}
	if !ok {
		return nil, errors.New("this is not an OCSP request")
	}
	return q, nil
}

// nonceSize reports whether a nonce has the 1 to 128 octets that are answered (RFC
// 9654, Section 2.1). Some software writes it without its OCTET STRING.
func nonceSize(value cryptobyte.String) bool {
	rest, in := value, cryptobyte.String(nil)
	if !rest.ReadASN1(&in, tag.OCTET_STRING) || !rest.Empty() {
		in = value
	}
	return 1 <= len(in) && len(in) <= 128
}

// read reads a CertID.
func (id *certID) read(s *cryptobyte.String) bool {
	var whole, alg cryptobyte.String
	if !s.ReadASN1Element(&whole, tag.SEQUENCE) {
		return false
	}
	// The answer repeats it octet by octet: clients compare it with what they asked.
	id.raw, id.serial = whole, new(big.Int)
	var in cryptobyte.String
	var oid asn1.ObjectIdentifier
	if !whole.ReadASN1(&in, tag.SEQUENCE) || !in.ReadASN1(&alg, tag.SEQUENCE) || !alg.ReadASN1ObjectIdentifier(&oid) ||
		!in.ReadASN1Bytes(&id.name, tag.OCTET_STRING) || !in.ReadASN1Bytes(&id.key, tag.OCTET_STRING) || !in.ReadASN1Integer(id.serial) || !in.Empty() {
		return false
	}
	// With a hash that is not known, the issuer cannot be recognised.
	for _, h := range []crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA384, crypto.SHA512} {
		if hashOID(h).Equal(oid) {
			id.hash = h
		}
	}
	return true
}

// idFor makes the CertID of a certificate of issuer, with SHA-1 as everybody does.
func idFor(issuer *x509.Certificate, serial *big.Int) (certID, error) {
	name, key, err := issuerHashes(issuer, crypto.SHA1)
	if err != nil {
		return certID{}, err
	}
	id := certID{hash: crypto.SHA1, name: name, key: key, serial: serial}
	number, err := serialDER(serial)
	if err != nil {
		return certID{}, err
	}
	id.raw = sequence(sequence(oidDER(hashOID(crypto.SHA1)), []byte{5, 0}),
		element(tag.OCTET_STRING, name), element(tag.OCTET_STRING, key), number)
	return id, nil
}

// issuerHashes hashes the name and the key of an issuer.
func issuerHashes(issuer *x509.Certificate, hash crypto.Hash) (name, key []byte, err error) {
	// The bits of the key, without their tag and algorithm (RFC 6960, Section 4.1.1).
	_, bits, err := keyInfo(issuer.PublicKey)
	if err != nil {
		return nil, nil, err
	}
	return digest(hash, issuer.RawSubject), digest(hash, bits), nil
}

// digest hashes octets.
func digest(hash crypto.Hash, b []byte) []byte {
	h := hash.New()
	h.Write(b)
	return h.Sum(nil)
}

// by reports whether the issuer that a CertID names is this one.
func (id *certID) by(issuer *x509.Certificate) bool {
	if id.hash == 0 {
		return false
	}
	name, key, err := issuerHashes(issuer, id.hash)
	return err == nil && bytes.Equal(name, id.name) && bytes.Equal(key, id.key)
}

// Ask makes an OCSP request for one certificate, as a client would; with a nonce
// unless that is nil (RFC 9654 asks for 32 octets).
func Ask(cert, issuer *x509.Certificate, nonce []byte) ([]byte, error) {
	id, err := idFor(issuer, cert.SerialNumber)
	if err != nil {
		return nil, fmt.Errorf("asking for the status of a certificate: %w", err)
	}
	// Without a nonce any answer will do that is not too old, also a recorded one.
	var exts []byte
	if nonce != nil {
		exts = element(0xa2, sequence(extensionDER(ocspNonce(), false, element(tag.OCTET_STRING, nonce))))
	}
	return sequence(sequence(sequence(sequence(id.raw)), exts)), nil
}

// A Verdict is what a responder says of a certificate.
type Verdict int

// The verdicts of RFC 6960, Section 2.2.
const (
	Good Verdict = iota
	Withdrawn
	Unknown
)

// A Status is the state of one certificate.
type Status struct {
	Verdict Verdict
	At      time.Time // when it was revoked; zero: an hour ago
	Reason  Reason
}

// der encodes a CertStatus (RFC 6960, Section 4.2.1).
func (s Status) der(now time.Time) []byte {
	switch s.Verdict {
	case Good:
		return []byte{0x80, 0} // good is [0] NULL
	case Withdrawn:
		at := s.At
		if at.IsZero() {
			at = now.Add(-time.Hour)
		}
		var why []byte
		// Left out, as a CRL does too.
		if s.Reason != Unspecified {
			why = element(0xa0, []byte{byte(tag.ENUM), 1, byte(s.Reason)})
		}
		return element(0xa1, stamp(at), why)
	}
	return []byte{0x82, 0} // unknown is [2] NULL
}

// stamp encodes a date as OCSP does: always GeneralizedTime.
func stamp(t time.Time) []byte {
	return element(tag.GeneralizedTime, []byte(t.UTC().Format("20060102150405Z")))
}
