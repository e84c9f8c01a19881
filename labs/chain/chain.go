// Package chain explains why a certificate is trusted or not: every candidate
// path from it towards the trusted roots, every check on each path, and the
// reason of each check in one sentence.
//
// Its rules:
//
//   - The verdict is that of crypto/x509 in the Go that built this program: the
//     accepted paths are the chains that x509.Certificate.Verify returns. A check
//     that Go makes otherwise than the RFC or another peer says so in Beside.
//   - Nothing stops at the first failure. A path through an expired issuer goes
//     on to the root; only an issuer whose signature does not fit ends it.
//   - Certificates that crypto/x509 cannot read have their place in the graph;
//     labs/der says where in them the fault is.
//   - Everything is bounded. A graph that meets a bound says so in Limit.
//   - No revocation and no network: x509.Verify has neither.
//
// Start reading at Explain, then walk.go (which paths there are) and path.go
// (what is checked on each), and blame.go (where the graph shows what fails).
package chain

import (
	"crypto/x509"
	"time"
)

// A Question is what there is to verify, and against what.
type Question struct {
	Chain         []*Cert // as it was presented: the certificate in question, then the others in any order
	Intermediates []*Cert // known from elsewhere
	Roots         []*Cert // the trust anchors
	Name          string  // the host name or IP address that was meant; empty asks about none
	At            time.Time
	Clock         string             // whose clock has At, where others have another time
	Uses          []x509.ExtKeyUsage // any of these will do; none means server authentication, as in x509
	Lean          bool               // x509.Verify is asked only about what is refused: of what is accepted it says the same
	FirstPathOnly bool               // walk as verifiers did that never turned back: certificates that were sent before roots, the first that fits
}

// An Answer is what was found. Paths has the accepted ones first.
type Answer struct {
	OK      bool
	Why     string // the verdict in one sentence
	Paths   []Path
	Chosen  int // the index of the path that the lights and Why are about; -1 without paths
	Lights  [5]Lamp
	Limit   string // which bound was met; empty when none was
	GoErr   error  // what x509.Verify itself says; its text is not clean, GoSays is
	Notes   []string
	Nodes   []Node
	Edges   []Edge
	Uses    []x509.ExtKeyUsage // what was asked for
	At      time.Time          // the time that counted
	Name    string             // the name that was asked for, cleaned
	GoPaths int                // how many chains x509.Verify returned
}

// A Path is a walk from the leaf towards a root. One that is not accepted may
// end before a root: its last certificate is then the one it ended at.
type Path struct {
	Certs    []*Cert
	OK       bool
	Anchored bool // it reached a trusted root
	Checks   []Check
}

// A Check is one rule applied to one certificate of a path.
type Check struct {
	Name   string // one of the names below
	Rule   string // "RFC 5280, Section 4.2.1.9"
	Light  Light
	Cert   int // index in Path.Certs
	OK     bool
	Why    string  // one sentence
	Field  string  // path in the certificate's tree: "extensions.basicConstraints"
	Beside string  // where Go differs from the RFC or another peer; empty when all agree
	Parts  []Check // for the host name: each name of the certificate
}

// The names of the checks.
const (
	Readable         = "readable"
	Version          = "version"
	Serial           = "serialNumber"
	Critical         = "critical extensions"
	Validity         = "validity"
	KeySize          = "key size"
	Issuer           = "issuer"
	KeyIDs           = "key identifiers"
	Algorithm        = "signature algorithm"
	Signature        = "signature"
	BasicConstraints = "basicConstraints"
	KeyUsage         = "keyUsage"
	PathLen          = "pathLenConstraint"
	Loop             = "loop"
	NameConstraints  = "nameConstraints"
	ExtKeyUsage      = "extKeyUsage"
	Policies         = "certificatePolicies"
	HostName         = "host name"
	Anchor           = "anchor"
)

// A Light is one of the five questions that sum a verification up.
type Light int

// The five lights, in the order in which they are shown.
const (
	LightPath    Light = iota // do signatures and rules lead from each certificate to the next
	LightAnchor               // does the path end at a trusted root
	LightName                 // is it the name that was meant, and may it be in this certificate
	LightTime                 // is every certificate valid at the time
	LightPurpose              // may it be used for this
)

// String returns the light's name: path, anchor, name, time or purpose.
func (l Light) String() string {
	return [...]string{"path", "anchor", "name", "time", "purpose"}[l]
}

// A State is how a light is lit.
type State int

// Dark is what was not asked, or not reached.
const (
	Dark State = iota
	Green
	Red
)

// String returns dark, green or red.
func (s State) String() string { return [...]string{"dark", "green", "red"}[s] }

// A Lamp is a light as it came out, with the check that decided: the first that
// failed, else the last that held.
type Lamp struct {
	State State
	Check int // index in the chosen path's Checks; -1 when dark
}

// Explain answers a question. It never fails: what cannot be read or reached is
// part of the answer.
func Explain(q Question) *Answer {
	if q.At.IsZero() {
		q.At = time.Now()
	}
	if len(q.Uses) == 0 {
		q.Uses = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	if len(q.Chain) == 0 {
		return &Answer{Why: "There is no certificate to verify.", Chosen: -1, GoErr: errNothing, At: q.At, Uses: q.Uses}
	}
	w := newWalk(q)
	if q.FirstPathOnly {
		w.first()
	} else {
		w.all()
	}
	return w.answer()
}

// GoSays returns what x509.Verify says, cleaned: "" when it accepts.
func (a *Answer) GoSays() string {
	if a.GoErr == nil {
		return ""
	}
	return clean(a.GoErr.Error())
}
