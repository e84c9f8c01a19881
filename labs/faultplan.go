package labs

import (
	"crypto/tls"
	"crypto/x509/pkix"
	"encoding/asn1"
	"time"

	"tlstutor/labs/pki"
)

// faultHost is whom the client means, where a fault does not say otherwise: a
// label, and the domain of the lab.
const faultHost = "app"

// A plan is what the two sides of a connection are made of. As newPlan makes it,
// all is well; a fault changes one thing, and a mend changes one thing back.
type plan struct {
	label string    // the first label of the host
	host  string    // whom the client means
	now   time.Time // by the clock of everybody else

	leaf, inter pki.Spec
	root        *pki.Spec // nil: the world's root
	deep        *pki.Spec // one more authority, between the intermediate and the leaf
	self        bool      // the leaf signs itself
	crossed     bool      // the root is a new one, signed by an old one that has expired

	forgeLeaf, forgeInter string // a change of package pki, after it was issued
	forged                string // the matter of forgeLeaf: names, encoding, key, signature

	sent  []string // which certificates the server sends, in order: leaf, deep, inter, cross, root
	trust []string // which ones the client trusts: root, inter, old, other

	strange bool // the server's key is another one than its certificate's
	staple  func(*Case, *plan) ([]byte, error)
	list    func(*Case, *plan) ([]byte, error) // a CRL in PEM, which the client is given
	revoked bool
	status  bool // the client asks for a stapled response

	clock    time.Duration // how far the client's clock is ahead
	serves   span          // the versions that the server takes
	offers   span          // those that the client offers
	suites   []uint16      // that the server takes, below TLS 1.3
	groups   []tls.CurveID // that the server takes
	asks     []tls.CurveID // that the client offers
	takes    []string      // the protocols that the server takes by ALPN
	speaks   []string      // those that the client offers
	knows    string        // the only name that the server serves; "": any
	wants    bool          // the server wants a certificate of the client
	shows    string        // the client's: "", good, other
	plain    string        // what answers in place of TLS: "http", "smtp"
	cut      bool          // the server leaves without a word
	trusting bool          // the client checks nothing
}

// A span is the lowest and the highest version.
type span struct{ min, max string }

// newPlan lays out the good twin, for a host of that label.
func newPlan(label string, now time.Time) *plan {
	host := label + ".lab.test"
	p := &plan{
		label: label, host: host, now: now, leaf: pki.Server(host), inter: pki.Sub(pki.IssuingName),
		sent: []string{"leaf", "inter"}, trust: []string{"root"},
		serves: span{"1.2", "1.3"}, offers: span{"1.2", "1.3"},
	}
	p.leaf.Subject.CommonName = host
	return p
}

// named is a distinguished name with a common name alone.
func named(cn string) pkix.Name { return pkix.Name{CommonName: cn} }

// notCA is basicConstraints that says: no authority.
func notCA() []pkix.Extension {
	return []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 19}, Critical: true, Value: []byte{0x30, 0}}}
}
