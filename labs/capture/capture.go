// Package capture reads and writes connections as other people's tools record
// them: pcap and pcapng, with the TLS secrets inside.
//
// Its rules of writing:
//
//   - Payload, addresses, ports and times are those that were recorded. Frames,
//     IP and TCP around them are made up, since the recorder stood above them;
//     the file's comment says so.
//   - A direction's payload, put together again, is byte for byte what was
//     recorded. Only what ended is shown as ended.
//   - Whoever has the file can read all of it: the keys of these connections are
//     inside, and no others.
//
// Its rules of reading:
//
//   - TLS is found by its bytes, on any port and behind a talk in the clear
//     (STARTTLS). Other connections are counted, not given.
//   - A connection is what its receivers took: what came once more, or is not in
//     the capture, stands as a Note at its place. Nothing is guessed to fill a gap,
//     and what is behind one stands at the time at which it came (moment.go).
//   - Connections are given in the order of their first packets, as long as that
//     does not take long (order.go).
//   - A file is hostile. All that was readable is given, then one *Error says
//     where and why reading stopped. Memory is bounded by the constants in
//     bounds.go, whatever the file says of itself; nothing is unpacked.
//
// It knows nothing of runs: a Conn is plain data, so that anything which saw a
// connection can be written, and anything can be made of what is read.
//
// Start reading at Conn. Write is in write.go, with packets.go making the
// packets. Reader (reader.go) gives the connections of a stream as they end, an
// Index (index.go) lists those of a file and reads each again when it is asked
// for. Both stand on file.go (blocks), link.go (packets), table.go (segments in
// order) and detect.go (where TLS begins).
package capture

import (
	"fmt"
	"net/netip"
	"time"

	"tlstutor/labs/dissect"
)

// A Conn is one TCP connection as it was recorded. The second group of fields
// is filled by reading and has no meaning for Write.
type Conn struct {
	Client, Server netip.AddrPort // of a file of bare records: not valid
	Keys           []byte         // for Write: its TLS secrets as an NSS key log; may be empty
	Chunks         []Chunk        // in the order of writing, which a reader takes from that of arrival; Write leaves out a connection without any

	Number  int           // from 1, by first packet, among all TCP connections of the file
	Name    string        // server_name of its first ClientHello, clean, or ""
	At, End time.Duration // when its first and its last packet came
	Packets int64         // how many there were
	Bytes   int64         // and the payload in them, both directions, also what is not in Chunks
}

// A Chunk is what was written in one direction at one time.
type Chunk struct {
	At   time.Duration // since the recording began
	Dir  dissect.Dir
	Data []byte
	Fin  bool // behind Data, the direction ended

	Reset bool // read: behind Data, its sender tore the connection down (TCP RST)
	Plain bool // read: this was said before TLS began
	Note  Note // read: what there is to say of this place; Data may then be empty

	turn int64 // read: which packet of the connection brought it, from 1
}

// A Note says what is odd at a place of a direction.
type Note struct {
	Kind Kind
	Off  int64 // the place: how many bytes of the direction are before it, missing ones counted
	N    int64 // how many bytes it is about
}

// A Kind is a kind of Note.
type Kind uint8

const (
	Nothing  Kind = iota
	Gap           // before Data, N bytes are not in the capture
	Again         // N bytes that had come before came once more
	Conflict      // N bytes that had come before came once more, and were others; the first ones count
	Headless      // the direction's beginning is not in the capture; before Data, N bytes up to a record were left out
	Kept          // from here on nothing is kept, since it became too much; N is what that was
	Dropped       // from here on nothing was looked at, since too much was open at once
)

// String says a note in one sentence without a full stop.
func (n Note) String() string {
	switch n.Kind {
	case Gap:
		return fmt.Sprintf("%s at offset %d %s missing from the capture", count(n.N), n.Off, is(n.N))
	case Again:
		return fmt.Sprintf("%s at offset %d came once more", count(n.N), n.Off)
	case Conflict:
		return fmt.Sprintf("%s at offset %d came once more, and were others; the first ones count", count(n.N), n.Off)
	case Headless:
		if n.N == 0 {
			return "the beginning is not in the capture"
		}
		return fmt.Sprintf("the beginning is not in the capture; %s up to the first whole record %s left out", count(n.N), is(n.N))
	case Kept:
		return fmt.Sprintf("from offset %d on nothing was kept: %s, more than is read of one connection", n.Off, count(n.N))
	case Dropped:
		return fmt.Sprintf("from offset %d on nothing was read: too many connections were open at once", n.Off)
	}
	return ""
}

func count(n int64) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

func is(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// An Error says where reading a file stopped, and why.
type Error struct {
	Off int64 // bytes into the file
	Err error
}

// Error names the place first.
func (e *Error) Error() string { return fmt.Sprintf("at byte %d: %v", e.Off, e.Err) }

// Unwrap returns the reason alone.
func (e *Error) Unwrap() error { return e.Err }
