package labs

import (
	"fmt"
	"slices"
)

// This file and those whose names begin like it are the fault bench: what can be
// wrong (the tables in faultcerts.go, faultcodes.go and faultwire.go), how it is made
// (faultplan.go, then faultcase.go), who meets it (faultmeet.go), what they say
// (faultruling.go), and which check fails (faultaccount.go). faultlooks.go has a client
// that looks at revocation, which Go's own does not; faultdrill.go hides a fault, and
// faultword.go judges what a learner calls it. The tables say what is to be expected;
// nothing that a run shows is read there. Tests hold the two against each other.

// A Fault is one thing that is wrong with a connection: with what a server shows,
// with what the two sides agree on, or with how one of them is set up. What it
// makes differs from its good twin in that one thing.
type Fault struct {
	Name   string // as one types it: "expired"
	Group  string // one of FaultGroups
	Doc    string // what is wrong, in one sentence
	Check  string // the check that fails: one of those of package chain, or one of the names below
	Rule   string // where it is written down
	Lesson string // the lesson about it, in the whole course
	Mend   string // the setting that mends it, a word of knob mend
	Drill  int    // the number that hides it in a drill, for good; 0: of what nobody notices nothing can be named
	Lax    bool   // Go takes it all the same

	change func(*plan)
}

// The checks that are not of a certificate's path.
const (
	checkOrder      = "order"              // the certificate that speaks comes first
	checkClock      = "clock"              // it is the time that everybody else has
	checkKey        = "certificate key"    // the server has the key of its certificate
	checkKeyKind    = "public key"         // it is of a kind that the client knows
	checkRevoked    = "revocation"         // nobody has taken the certificate back
	checkStaple     = "stapled response"   // it says so, now, and is there when it was promised
	checkCRL        = "revocation list"    // there is one, and it is of today
	checkVersion    = "TLS version"        // both speak one
	checkSuite      = "cipher suite"       // both know one
	checkGroup      = "group"              // both know one
	checkALPN       = "ALPN"               // both know a protocol
	checkSNI        = "server name"        // the server knows the name
	checkClientCert = "client certificate" // the client shows what the server asks for
	checkTLS        = "speaks TLS"         // what answers is TLS
	checkClose      = "close_notify"       // the end was announced
)

// FaultGroups are the groups of faults, in the order in which they are listed.
func FaultGroups() []string {
	return []string{"validity", "names", "chain", "key usage", "constraints", "encoding", "algorithms", "revocation", "protocol", "configuration"}
}

// Faults returns all of them, by group.
func Faults() []*Fault {
	all := slices.Concat(validityFaults(), nameFaults(), chainFaults(), usageFaults(), constraintFaults(),
		encodingFaults(), algorithmFaults(), revocationFaults(), protocolFaults(), configurationFaults())
	return all
}

// FaultNamed returns the fault of that name, or nil.
func FaultNamed(name string) *Fault {
	for _, f := range Faults() {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// group gives faults their group.
func group(name string, all ...*Fault) []*Fault {
	for _, f := range all {
		f.Group = name
	}
	return all
}

// String names the fault and says what it is.
func (f *Fault) String() string { return fmt.Sprintf("%s: %s", f.Name, f.Doc) }
