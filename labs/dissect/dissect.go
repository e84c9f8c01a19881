// Package dissect opens TLS: it takes the bytes of a connection's two
// directions as they come, cuts them into records, opens the sealed ones with
// the secrets of a key log, and names every byte (package wire).
//
// Its rules:
//
//   - Records come out in order within their direction, each at once. One whose
//     key is missing comes out sealed, with Why, and once more, with Again set,
//     when the key has come. Later sealed records of its direction wait behind it.
//   - Nothing is assumed that the bytes or the key log did not say. Where two keys
//     are possible (early data or handshake), the authentication tag decides.
//   - A record that stays sealed says why: no secret, a suite or a version that is
//     not opened here, a secret that does not fit, a gap in the capture, or a
//     session resumed that is not known. Sessions of TLS 1.2 are remembered by
//     their tickets and IDs, for as long as their Keys live.
//   - A record's tree is rooted in "TLSPlaintext" (in the clear), "TLSCiphertext"
//     (sealed) or, where the bytes are not TLS, "plaintext". Fields are named as
//     the RFCs spell them: RFC 9846 for TLS 1.3, RFC 5246 for TLS 1.2.
//   - The bytes are hostile: no input makes it panic, hang, or keep more memory
//     than a fixed multiple of what it was fed.
//   - It never imports crypto/tls, whose work it is there to show.
//
// Start reading at Session.Feed (session.go), then Session.open (open.go) for
// keys and message (message.go) for the grammar. Suites are taken from their names
// (suite.go); old.go and bulk.go have the records before TLS 1.3, gap.go what is done
// where bytes are missing, ech.go the hello inside a hello, and echkey.go what opens
// it. Verify (transcript.go, verify.go) checks what a handshake proves, and schedule.go
// draws its secrets.
package dissect

import "tlstutor/labs/wire"

// Dir is the direction of a stream.
type Dir uint8

const (
	ToServer Dir = iota // the client writes
	ToClient            // the server writes
)

// String names the direction; it is also the name of its records' Source.
func (d Dir) String() string {
	if d == ToServer {
		return "client → server"
	}
	return "server → client"
}

// Epoch names the keys a record travels under.
type Epoch uint8

const (
	Clear       Epoch = iota // no keys: anyone can read it
	Early                    // early traffic keys (0-RTT)
	Handshake                // handshake traffic keys (TLS 1.3)
	Application              // application traffic keys; in TLS 1.2 everything behind change_cipher_spec
)

// String returns the epoch's name, as it stands in JSON.
func (e Epoch) String() string {
	switch e {
	case Early:
		return "early"
	case Handshake:
		return "handshake"
	case Application:
		return "application"
	}
	return "clear"
}

// A Record is one record of one direction, named as far as it could be read.
type Record struct {
	Dir   Dir
	Epoch Epoch         // of a sealed record: the keys it should travel under
	Tree  *wire.Field   // the whole record; its Src is its direction's stream up to this record's end
	Msgs  []*wire.Field // the messages that end in this record: handshake messages, Alert, ChangeCipherSpec, application_data
	Why   error         // not decrypted, because
	Again bool          // this record was returned before, sealed; now it is open
}
