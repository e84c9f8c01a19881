package pki

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// A Leaf says what the certificate of an end entity shall hold. Its zero values
// are those of a server's certificate on the public web today.
type Leaf struct {
	Names      []string         // subjectAltName: DNS names, IP addresses, URIs (with "://")
	CommonName string           // the subject; with "" it is empty and the names are critical
	Key        string           // a kind of key; "" is p256
	Client     bool             // for clientAuth instead of serverAuth
	Usage      x509.KeyUsage    // zero: digitalSignature
	Extra      []pkix.Extension // further extensions, as they are
	NotBefore  time.Time        // zero: an hour ago
	NotAfter   time.Time        // zero: in 47 days
}

// Issued is a leaf with its key, and the chain that a peer sends.
type Issued struct {
	Key   crypto.Signer
	Leaf  *x509.Certificate
	Chain [][]byte // DER: the leaf, then the intermediate, without the root
}

// Leaf issues a certificate for a new key (RFC 5280, Section 4.2.1).
func (ca *CA) Leaf(l Leaf) (*Issued, error) {
	if len(l.Names) == 0 && l.CommonName == "" {
		return nil, errors.New("issuing a leaf: it has no name at all")
	}
	t, err := l.template(ca.now())
	if err != nil {
		return nil, err
	}
	kind := l.Key
	if kind == "" {
		kind = Kinds()[0]
	}
	key, err := ca.keys.Key(kind)
	if err != nil {
		return nil, err
	}
	cert, err := ca.issuing.sign(t, key.Public())
	if err != nil {
		return nil, err
	}
	return &Issued{Key: key, Leaf: cert, Chain: [][]byte{cert.Raw, ca.issuing.cert.Raw}}, nil
}

// template lays out the certificate. When the subject is empty CreateCertificate
// makes subjectAltName critical, as RFC 5280, Section 4.2.1.6, asks.
func (l Leaf) template(now time.Time) (*x509.Certificate, error) {
	t := &x509.Certificate{
		Subject:               pkix.Name{CommonName: l.CommonName},
		NotBefore:             l.NotBefore,
		NotAfter:              l.NotAfter,
		KeyUsage:              l.Usage,
		ExtraExtensions:       l.Extra,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	if t.KeyUsage == 0 {
		t.KeyUsage = x509.KeyUsageDigitalSignature
	}
	if l.Client {
		t.ExtKeyUsage[0] = x509.ExtKeyUsageClientAuth
	}
	if t.NotBefore.IsZero() {
		t.NotBefore = now.Add(-time.Hour)
	}
	if t.NotAfter.IsZero() {
		t.NotAfter = now.Add(47 * day)
	}
	for _, name := range l.Names {
		if ip := net.ParseIP(name); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else if strings.Contains(name, "://") {
			u, err := url.Parse(name)
			if err != nil {
				return nil, fmt.Errorf("issuing a leaf for a URI: %w", err)
			}
			t.URIs = append(t.URIs, u)
		} else {
			t.DNSNames = append(t.DNSNames, name)
		}
	}
	return t, nil
}

// publicBits returns what a certificate holds of a public key: the bits of
// subjectPublicKey (RFC 5280, Section 4.1.2.7).
func publicBits(public crypto.PublicKey) ([]byte, error) {
	info, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("encoding a public key: %w", err)
	}
	s := cryptobyte.String(info)
	var bits []byte
	if !s.ReadASN1(&s, asn1.SEQUENCE) || !s.SkipASN1(asn1.SEQUENCE) || !s.ReadASN1BitStringAsBytes(&bits) {
		return nil, errors.New("encoding a public key: its SubjectPublicKeyInfo is malformed")
	}
	return bits, nil
}
