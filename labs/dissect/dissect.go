package dissect

import "tlstutor/labs/wire"

// Dir is the direction of a stream.
type Dir uint8

const (
	ToServer Dir = iota // the client writes
	ToClient            // the server writes
)

// Epoch names the keys a record travels under.
type Epoch uint8

const (
	Clear       Epoch = iota // no keys: anyone can read it
	Early                    // early traffic keys (0-RTT)
	Handshake                // handshake traffic keys (TLS 1.3)
	Application              // application traffic keys; in TLS 1.2 everything behind change_cipher_spec
)

// A Record is one record of one direction, named as far as it could be read.
type Record struct {
	Dir   Dir
	Epoch Epoch
	Tree  *wire.Field   // the whole record; its Src is its direction's stream up to this record's end
	Msgs  []*wire.Field // the messages that end in this record: handshake messages, Alert, ChangeCipherSpec, application_data
	Why   error         // not decrypted, because
	Again bool          // this record was returned before, sealed; now it is open
}
