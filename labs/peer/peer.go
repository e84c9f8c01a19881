// Package peer runs other people's clients and servers: OpenSSL's s_client and
// s_server, Python's ssl module, curl, and GnuTLS's gnutls-cli and gnutls-serv.
// It finds them, gives them their settings, hears their keys, and reads their
// verdict.
//
// Its rules:
//
//   - A program gets a built environment: PATH, a scratch folder as HOME and
//     TMPDIR, LANG, and what the run itself needs. Nothing else of the user's
//     reaches it, neither a variable nor a configuration file.
//   - No shell. Its arguments are a list, its standard input is ours, and it has
//     a process group of its own, which is ended as a whole when its time is over.
//   - The scratch folder is nobody else's to read. It is gone, and all goroutines
//     have ended, when Wait returns.
//   - What a program cannot do is an error before it runs. It is never left out
//     without a word.
//   - What a program says is its own: lines of its output, bounded and cleaned.
//     What it is said to have negotiated was read there, and nowhere else.
//   - Clients dial, and servers listen on, loopback. There is one exception, and a
//     caller has to ask for it by name: see Offer.Exposed.
//
// Start reading at Find (a Finder remembers what it found), then Offer, then
// Program.Client and Program.Server; a Process is one run, and its Verdict the end
// of it. Each program has a file of its own, which says how settings are spelled
// for it and what its words mean.
package peer

import (
	"fmt"
)

// A Role is the side of a connection that a program plays.
type Role int

// The two roles.
const (
	Client Role = iota
	Server
)

// String names the role.
func (r Role) String() string {
	if r == Server {
		return "server"
	}
	return "client"
}

// Names lists the programs that can play a role, by the names that Find knows.
func Names(r Role) []string {
	if r == Server {
		return []string{"openssl", "python3", "gnutls-serv"}
	}
	return []string{"openssl", "python3", "curl", "gnutls-cli"}
}

// A Program is one of these programs as it was found on this machine. It does
// not change, and several runs may use it at once.
type Program struct {
	Name    string // as Find knows it
	Path    string // what is run
	Version string // what it calls itself: "Python 3.11.2, OpenSSL 3.0.22"

	number number   // of the program
	tls    library  // what speaks TLS in it
	groups []string // the groups that it can be told by name; nil: whatever tls knows
}

// A library is what speaks TLS in a program.
type library struct {
	name string // "OpenSSL", "GnuTLS", or another
	number
}

// openssl reports whether the library takes OpenSSL's names.
func (l library) openssl() bool { return l.name == "OpenSSL" }

// A number is that of a version.
type number [3]int

// before reports whether v is older than another version.
func (v number) before(major, minor, patch int) bool {
	than := number{major, minor, patch}
	for i := range v {
		if v[i] != than[i] {
			return v[i] < than[i]
		}
	}
	return false
}

// A MissingError says why a program is not to be had here.
type MissingError struct {
	Name string
	Why  string // "" when it is simply not there
}

// Error says it in a sentence that needs nothing around it.
func (e *MissingError) Error() string {
	if e.Why == "" {
		return e.Name + " is not on this machine"
	}
	return fmt.Sprintf("%s on this machine is of no use here: %s", e.Name, e.Why)
}

// A CannotError says what a program cannot do of what it was asked. The program
// has not been run.
type CannotError struct {
	Name string // the program, with its role where that matters
	What string // "choose its groups below version 7.73"
}

// Error says it in a sentence that needs nothing around it.
func (e *CannotError) Error() string { return e.Name + " cannot " + e.What }
