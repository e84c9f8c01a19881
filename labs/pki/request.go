package pki

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// Request makes a certificate signing request (RFC 2986) in DER: the subject,
// the key, and the extensions that the Spec asks for, signed with the key.
func Request(s Spec, key crypto.Signer) ([]byte, error) {
	// Both identifiers are for the issuer to set.
	s.Omit = append(slices.Clip(s.Omit), "subjectKeyIdentifier", "authorityKeyIdentifier")
	list, err := s.extensions(nil, nil, len(s.Subject.ToRDNSequence()) == 0)
	if err != nil {
		return nil, fmt.Errorf("requesting a certificate: %w", err)
	}
	t := &x509.CertificateRequest{Subject: s.Subject}
	for _, der := range list {
		// crypto/x509 wants them apart, and puts them into an attribute (RFC 2985, Section
		// 5.4.2).
		e, ok := readExtension(der)
		if !ok {
			return nil, errors.New("requesting a certificate: an extension is malformed")
		}
		t.ExtraExtensions = append(t.ExtraExtensions, e)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, t, key)
	if err != nil {
		return nil, fmt.Errorf("requesting a certificate: %w", err)
	}
	return der, nil
}

// maxSigned bounds the requests that are read, and by that the time it takes to
// check the signature of one with an enormous RSA key. A request has a thousand
// bytes, or eight thousand with post-quantum keys.
const maxSigned = 16 << 10

// Sign issues a certificate for who made a request. The key, the subject and the
// names are the request's, and the proof that it holds the key is checked; all
// else is what s says, for an authority decides what it signs. A request of more
// than 16 KB is refused unread.
func (a *Authority) Sign(request []byte, s Spec) (*Issued, error) {
	if len(request) > maxSigned {
		return nil, fmt.Errorf("reading a request: it has %d bytes, and requests of more than %d are refused", len(request), maxSigned)
	}
	r, err := x509.ParseCertificateRequest(request)
	if err != nil {
		return nil, fmt.Errorf("reading a request: %w", err)
	}
	if err := r.CheckSignature(); err != nil {
		return nil, fmt.Errorf("the request is not signed by its own key: %w", err)
	}
	// Whatever else was asked for is not looked at: usages, constraints, being a CA.
	s.Public, s.Key, s.Names = r.PublicKey, nil, nil
	s.Subject, s.subject = r.Subject, r.RawSubject
	for _, e := range r.Extensions {
		if e.Id.Equal(extensionOID("subjectAltName")) {
			// It is critical just when there is no subject, whatever was asked for.
			e.Critical = string(r.RawSubject) == emptyName
			s.Extra = append(slices.Clip(s.Extra), e)
		}
	}
	if s.CA {
		return nil, errors.New("a request for an authority is not signed here")
	}
	return a.Issue(s)
}

// readExtension takes one encoded extension apart.
func readExtension(der []byte) (e pkix.Extension, ok bool) {
	s := cryptobyte.String(der)
	var id asn1.ObjectIdentifier
	var value cryptobyte.String
	ok = s.ReadASN1(&s, tag.SEQUENCE) && s.ReadASN1ObjectIdentifier(&id)
	if ok && s.PeekASN1Tag(tag.BOOLEAN) {
		ok = s.ReadASN1Boolean(&e.Critical)
	}
	ok = ok && s.ReadASN1(&value, tag.OCTET_STRING)
	e.Id, e.Value = id, value
	return e, ok
}
