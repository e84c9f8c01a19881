package pki

import (
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"time"
)

// A Leaf says what the certificate of an end entity shall hold. Its zero values
// are those of a server's certificate on the public web today. A Spec can say
// more.
type Leaf struct {
	Names      []string         // subjectAltName, in the forms of Spec.Names
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
	Key   crypto.Signer // nil when another holds it
	Leaf  *x509.Certificate
	Chain [][]byte // DER: the leaf, then the intermediates, without the root
}

// spec says the same as a Spec.
func (l Leaf) spec() Spec {
	s := Server(l.Names...)
	if l.Client {
		s = Client("", l.Names...)
	}
	s.Subject.CommonName = l.CommonName
	s.Kind, s.Extra, s.NotBefore, s.NotAfter = l.Key, l.Extra, l.NotBefore, l.NotAfter
	// Zero keeps that of the profile.
	if l.Usage != 0 {
		s.Usage = l.Usage
	}
	return s
}
