package peer

import (
	"time"
)

// An Offer is the settings of one run. The zero value of each field leaves the
// matter to the program, and to how it was built. What a program cannot do with
// a setting is an error of Program.Can.
type Offer struct {
	Min, Max string   // the versions of TLS: "1.0", "1.1", "1.2", "1.3"
	Suites   []string // cipher suites as IANA names them; those of TLS 1.3 and the others are two lists, and a list left empty is the program's own
	Groups   []string // "X25519", "P-256", "ffdhe2048", ...; the names of the registry do as well
	ALPN     []string // the application protocols, in order of preference
	NoALPN   bool     // for a program that else offers some: the extension is left out

	Name  string    // the server's name, which a client sends and expects in the certificate; a server sends no name
	Roots []byte    // PEM: the certificates of the authorities that are trusted, and no others
	Chain []byte    // PEM: the own certificate, then those above it
	Key   []byte    // PEM: its private key
	Check Check     // what is done about the certificate of the other side
	At    time.Time // the time that certificates are checked at

	Tickets      Switch // session tickets
	Session      []byte // a client's session to go on with: Verdict.Session of a run before
	KeepSession  bool   // a client hands over its session in Verdict.Session
	EarlyData    bool   // a client sends its request as early data, a server takes it (RFC 9846, Section 4.2.10)
	Status       bool   // a client asks for a stapled OCSP response, and checks it if it can
	Lists        []byte // PEM: revocation lists, on which a client looks for the server's certificate
	Staple       []byte // DER: the OCSP response that a server staples
	PSK          *PSK   // a key that both sides have already
	RawKey       bool   // raw public keys in place of certificates (RFC 7250)
	LaterAuth    bool   // a client offers to authenticate after the handshake; a server asks for that (RFC 9846, Section 4.6.2)
	Update       Update // starts a KeyUpdate after the handshake (RFC 9846, Section 4.6.3)
	Renegotiate  bool   // starts a renegotiation after the handshake (RFC 5246, Section 7.4.1.1)
	Renegotiable bool   // a server agrees to a renegotiation that a client starts
	NoCommonName bool   // a client looks for the name among the alternative names alone, and never in the subject
	Fallback     bool   // a client says that it falls back to an older version (RFC 7507)
	EtM          Switch // encrypt-then-MAC (RFC 7366)
	MaxFragment  int    // a client asks for records of at most so many bytes (RFC 6066, Section 4)
	Padding      int    // TLS 1.3 records are padded to a multiple of this
	Connections  int    // how many connections a server serves before it ends; 0 is 1
	Exposed      bool   // the server may listen on every address of this machine, if it knows no other way
}

// A Switch is a setting that may be left to the program.
type Switch int

// What a Switch may be.
const (
	Own Switch = iota // as the program has it
	Off
	On
)

// A Check is what a side does about the certificate of the other one.
type Check int

// What a Check may be. A server asks for a certificate only when it is told to.
const (
	Default Check = iota // a client requires a good certificate, a server asks for none
	Ignore               // a client goes on whatever the certificate is worth
	Request              // a server asks for a certificate, and goes on without one
	Require              // a server does not go on without a good certificate
)

// An Update is the kind of a KeyUpdate (RFC 9846, Section 4.6.3).
type Update int

// What an Update may be.
const (
	NoUpdate Update = iota
	OneWay          // update_not_requested
	BothWays        // update_requested
)

// A PSK is a key that both sides had before, and its name.
type PSK struct {
	Identity string
	Key      []byte
}
