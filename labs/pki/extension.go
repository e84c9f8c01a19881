package pki

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/bits"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"
)

// The arcs of RFC 5280's extensions: id-ce and id-pkix.
func ce(n int) asn1.ObjectIdentifier { return asn1.ObjectIdentifier{2, 5, 29, n} }

func pe(n ...int) asn1.ObjectIdentifier {
	return append(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7}, n...)
}

// extensionNumbers are the extensions by the names that readers of certificates use.
var extensionNumbers = map[string]asn1.ObjectIdentifier{
	"subjectKeyIdentifier": ce(14), "keyUsage": ce(15), "subjectAltName": ce(17), "issuerAltName": ce(18),
	"basicConstraints": ce(19), "nameConstraints": ce(30), "cRLDistributionPoints": ce(31), "certificatePolicies": ce(32),
	"policyMappings": ce(33), "authorityKeyIdentifier": ce(35), "policyConstraints": ce(36), "extKeyUsage": ce(37),
	"freshestCRL": ce(46), "inhibitAnyPolicy": ce(54),
	"authorityInfoAccess": pe(1, 1), "tlsfeature": pe(1, 24), "ocsp-nocheck": pe(48, 1, 5),
}

// extensionOID returns the number of an extension, or nil.
func extensionOID(name string) asn1.ObjectIdentifier { return extensionNumbers[name] }

// extensionDER encodes one extension (RFC 5280, Section 4.1): critical has a
// default of false, which DER leaves out.
func extensionDER(id asn1.ObjectIdentifier, critical bool, value []byte) []byte {
	var flag []byte
	if critical {
		flag = []byte{byte(tag.BOOLEAN), 1, 0xff}
	}
	return sequence(oidDER(id), flag, element(tag.OCTET_STRING, value))
}

// A listing collects the extensions of a Spec.
type listing struct {
	spec *Spec
	all  [][]byte
	err  error // the first
}

// add adds an extension that has a body, unless the Spec leaves it out or brings
// its own.
func (l *listing) add(name string, critical bool, body []byte, err error) {
	switch {
	case l.err != nil:
	case err != nil:
		l.err = err
	case body != nil && !l.spec.omits(name):
		l.all = append(l.all, extensionDER(extensionOID(name), critical, body))
	}
}

// omits reports whether an extension is left out, or replaced by an extra one.
func (s *Spec) omits(name string) bool {
	return slices.Contains(s.Omit, name) ||
		slices.ContainsFunc(s.Extra, func(e pkix.Extension) bool { return e.Id.Equal(extensionOID(name)) })
}

// extensions encodes those that the Spec asks for (RFC 5280, Section 4.2), in the
// order that crypto/x509 writes them in. own and above identify the two keys;
// nameless says that the subject is empty.
func (s *Spec) extensions(own, above []byte, nameless bool) ([][]byte, error) {
	// An authority without a word on usage gets the two bits that make it one.
	usage := s.Usage
	if usage == 0 && s.CA {
		usage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	}
	l := &listing{spec: s, all: make([][]byte, 0, 8)}
	// Critical where RFC 5280 says that it should be: who does not know one must refuse.
	l.add("keyUsage", true, usageBody(usage), nil)
	body, err := s.purposes()
	l.add("extKeyUsage", false, body, err)
	l.add("basicConstraints", true, basicBody(s.CA, s.PathLen), nil)
	l.add("subjectKeyIdentifier", false, element(tag.OCTET_STRING, own), nil)
	l.add("authorityKeyIdentifier", false, sequence(element(0x80, above)), nil)
	body, err = s.access()
	l.add("authorityInfoAccess", false, body, err)
	body, err = s.altNames()
	// With an empty subject the names are all there is, and so critical (RFC 5280,
	// Section 4.2.1.6).
	l.add("subjectAltName", nameless, body, err)
	body, err = s.policies()
	l.add("certificatePolicies", false, body, err)
	body, err = s.within()
	// Critical by Section 4.2.1.10; Lax is for showing what happens without.
	l.add("nameConstraints", s.Within != nil && !s.Within.Lax, body, err)
	body, err = s.points()
	l.add("cRLDistributionPoints", false, body, err)
	l.add("tlsfeature", false, flag(s.MustStaple, []byte{0x30, 3, 2, 1, 5}), nil)
	l.add("ocsp-nocheck", false, flag(s.NoCheck, []byte{byte(tag.NULL), 0}), nil)
	// Last, so that they stand where nothing of ours is expected.
	for _, e := range s.Extra {
		l.all = append(l.all, extensionDER(e.Id, e.Critical, e.Value))
	}
	return l.all, l.err
}

// flag is a body that is always the same.
func flag(on bool, body []byte) []byte {
	if !on {
		return nil
	}
	return body
}

// usageBody encodes keyUsage: a BIT STRING whose last octet ends with a bit that
// is set (X.690, Section 11.2.2).
func usageBody(u x509.KeyUsage) []byte {
	if u &= x509.KeyUsageDecipherOnly<<1 - 1; u == 0 {
		return nil // without a bit it would say that the key is for nothing
	}
	// Bit 0 of the BIT STRING is the high bit of its first octet.
	b := []byte{bits.Reverse8(byte(u)), bits.Reverse8(byte(u >> 8))}
	b = bytes.TrimRight(b, "\x00")
	return element(tag.BIT_STRING, []byte{byte(bits.TrailingZeros8(b[len(b)-1]))}, b)
}

// basicBody encodes basicConstraints (RFC 5280, Section 4.2.1.9).
func basicBody(ca bool, pathLen *int) []byte {
	var flag, most []byte
	// cA is false by default, and DER leaves out what is default.
	if ca {
		flag = []byte{byte(tag.BOOLEAN), 1, 0xff}
	}
	if pathLen != nil {
		b := cryptobyte.NewBuilder(nil)
		b.AddASN1Int64(int64(*pathLen))
		most = b.BytesOrPanic() // a number always has an encoding
	}
	return sequence(flag, most)
}

// purposes encodes extKeyUsage.
func (s *Spec) purposes() ([]byte, error) {
	var all [][]byte
	for _, p := range s.Purposes {
		id := purposeOID(p)
		if id == nil {
			return nil, fmt.Errorf("extended key usage %d has no number", p)
		}
		all = append(all, oidDER(id))
	}
	for _, id := range s.OtherUsages {
		all = append(all, oidDER(id))
	}
	// An empty list would be malformed: one or more (RFC 5280, Section 4.2.1.12).
	if all == nil {
		return nil, nil
	}
	return sequence(all...), nil
}

// purposeOID returns the number of a purpose (RFC 5280, Section 4.2.1.12).
func purposeOID(p x509.ExtKeyUsage) asn1.ObjectIdentifier {
	switch p {
	case x509.ExtKeyUsageAny:
		return asn1.ObjectIdentifier{2, 5, 29, 37, 0}
	case x509.ExtKeyUsageServerAuth:
		return pe(3, 1)
	case x509.ExtKeyUsageClientAuth:
		return pe(3, 2)
	case x509.ExtKeyUsageCodeSigning:
		return pe(3, 3)
	case x509.ExtKeyUsageEmailProtection:
		return pe(3, 4)
	case x509.ExtKeyUsageTimeStamping:
		return pe(3, 8)
	case x509.ExtKeyUsageOCSPSigning:
		return pe(3, 9)
	}
	return nil
}

// altNames encodes subjectAltName.
func (s *Spec) altNames() ([]byte, error) {
	if len(s.Names) == 0 {
		return nil, nil
	}
	names, err := generalNames(s.Names)
	return sequence(names), err
}

// access encodes authorityInfoAccess (RFC 5280, Section 4.2.2.1).
func (s *Spec) access() ([]byte, error) {
	var all [][]byte
	// id-ad-ocsp is 1 and id-ad-caIssuers 2.
	for i, list := range [][]string{s.OCSP, s.Issuers} {
		names, err := uris(list)
		if err != nil {
			return nil, err
		}
		// Each address has its method before it.
		method := oidDER(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1 + i})
		for _, n := range names {
			all = append(all, sequence(method, n))
		}
	}
	if all == nil {
		return nil, nil
	}
	return sequence(all...), nil
}

// policies encodes certificatePolicies (RFC 5280, Section 4.2.1.4).
func (s *Spec) policies() ([]byte, error) {
	var all [][]byte
	for _, p := range s.Policies {
		id, err := dotted(p)
		if err != nil {
			return nil, err
		}
		all = append(all, sequence(oidDER(id)))
	}
	if all == nil {
		return nil, nil
	}
	return sequence(all...), nil
}

// points encodes cRLDistributionPoints, one for each address (RFC 5280, Section
// 4.2.1.13).
func (s *Spec) points() ([]byte, error) {
	names, err := uris(s.CRLs)
	if err != nil {
		return nil, err
	}
	var all [][]byte
	for _, n := range names {
		// distributionPoint [0], in it fullName [0].
		all = append(all, sequence(element(0xa0, element(0xa0, n))))
	}
	if all == nil {
		return nil, nil
	}
	return sequence(all...), nil
}

// within encodes nameConstraints.
func (s *Spec) within() ([]byte, error) {
	if s.Within == nil {
		return nil, nil
	}
	var both [][]byte
	// permittedSubtrees is [0], excludedSubtrees [1]; one without entries is left out.
	for i, list := range [][]string{s.Within.Permitted, s.Within.Excluded} {
		var all [][]byte
		for _, name := range list {
			t, err := subtree(name)
			if err != nil {
				return nil, err
			}
			all = append(all, t)
		}
		if all != nil {
			both = append(both, element(tag.Tag(0xa0+i), all...))
		}
	}
	return sequence(both...), nil
}
