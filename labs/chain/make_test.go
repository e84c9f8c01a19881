package chain

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"
)

// now is when all tests take place.
func now() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

// A party is a name with a key that issues certificates.
type party struct {
	name string
	key  crypto.Signer
	cert *x509.Certificate // what it signs with
}

func newParty(t testing.TB, name string) *party {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &party{name: name, key: key}
}

// issue has p sign what tmpl says about subject. tmpl is changed from that of a
// CA by change.
func (p *party) issue(t testing.TB, subject *party, change ...func(*x509.Certificate)) *Cert {
	t.Helper()
	tmpl := template(t, subject.name)
	tmpl.IsCA, tmpl.BasicConstraintsValid = true, true
	tmpl.KeyUsage = x509.KeyUsageCertSign
	return p.sign(t, tmpl, subject, change...)
}

// leaf has p sign a server certificate for subject's name.
func (p *party) leaf(t testing.TB, subject *party, change ...func(*x509.Certificate)) *Cert {
	t.Helper()
	tmpl := template(t, subject.name)
	tmpl.DNSNames = []string{subject.name}
	tmpl.KeyUsage = x509.KeyUsageDigitalSignature
	tmpl.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	return p.sign(t, tmpl, subject, change...)
}

func template(t testing.TB, name string) *x509.Certificate {
	t.Helper()
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	return &x509.Certificate{
		SerialNumber: serial.SetBit(serial, 61, 1), // always of eight octets, the first under 0x80
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now().AddDate(0, -1, 0), NotAfter: now().AddDate(0, 1, 0),
	}
}

func (p *party) sign(t testing.TB, tmpl *x509.Certificate, subject *party, change ...func(*x509.Certificate)) *Cert {
	t.Helper()
	for _, f := range change {
		f(tmpl)
	}
	if !tmpl.IsCA {
		tmpl.MaxPathLen, tmpl.MaxPathLenZero = 0, false // CreateCertificate refuses it
	}
	parent := p.cert
	if parent == nil || p == subject {
		parent = template(t, p.name)
		if p == subject {
			parent = tmpl
		}
	}
	raw, err := x509.CreateCertificate(rand.Reader, tmpl, parent, subject.key.Public(), p.key)
	if err != nil {
		t.Fatal(err)
	}
	c := Read(raw)
	if c.X != nil && subject.cert == nil {
		subject.cert = c.X
	}
	return c
}

// unknownCritical is an extension that must be understood and is not.
func unknownCritical() pkix.Extension {
	return pkix.Extension{Id: []int{1, 3, 6, 1, 4, 1, 99999, 1}, Critical: true, Value: []byte{5, 0}}
}

// requirePolicy is a policyConstraints that asks for a policy at once.
func requirePolicy() pkix.Extension {
	return pkix.Extension{Id: []int{2, 5, 29, 36}, Critical: true, Value: []byte{0x30, 3, 0x80, 1, 0}}
}

func policy(n uint64) x509.OID {
	oid, err := x509.OIDFromInts([]uint64{1, 3, 6, 1, 4, 1, 99999, n})
	if err != nil {
		panic(err)
	}
	return oid
}
