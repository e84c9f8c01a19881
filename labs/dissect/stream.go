package dissect

import (
	"fmt"

	"tlstutor/labs/wire"
)

// maxRecord is the longest payload that a record header may announce: that of
// a TLS 1.2 ciphertext (RFC 5246, Section 6.2.3). TLS 1.3 allows less.
const maxRecord = 1<<14 + 2048

// A stream is one direction: its bytes, and what is needed to read on.
type stream struct {
	dir    Dir
	buf    []byte    // all bytes so far; grown by copying, so that prefixes stay
	at     int       // where the next record begins
	plain  bool      // the direction is not TLS
	broken error     // the records ended here: a header made no sense
	join   join      // the handshake message under way
	parked []*sealed // records that wait for a key, in order
	shut   []*sealed // records that stayed or are still sealed, in order
	opener

	// Behind a gap in the capture:
	gap  *gap
	seek bool   // where the next record begins is not known
	owed int    // how much of a record is still to come whose beginning is there
	rest string // what next returned, where it belongs to no record that can be read
	v2   bool   // what next returned is a hello in the format of SSL 2
}

// A sealed is a record that could not be opened when it came.
type sealed struct {
	rec   Record
	n     int  // its length, header included
	early bool // it may travel under early traffic keys
	asks  int  // how many ClientHellos were heard before it
	gap   *gap // in its direction before it, or nil
	open  bool // it has been opened since
}

// add appends bytes to the stream. When it has to move, it doubles, so that all
// the prefixes handed out weigh no more than the stream itself.
func (st *stream) add(p []byte) {
	if need := len(st.buf) + len(p); need > cap(st.buf) {
		grown := make([]byte, len(st.buf), max(2*cap(st.buf), need, 2048))
		copy(grown, st.buf)
		st.buf = grown
	}
	st.buf = append(st.buf, p...)
}

// expect makes room for n bytes more.
func (st *stream) expect(n int) {
	if need := len(st.buf) + n; need > cap(st.buf) {
		st.buf = append(make([]byte, 0, need), st.buf...)
	}
}

// source returns the stream up to end.
func (st *stream) source(end int) *wire.Source {
	return &wire.Source{Name: st.dir.String(), Data: st.buf[:end:end]}
}

// next returns the length of the next record, header included (RFC 9846,
// Section 5.1), if it is all there. What is not a record, or follows something
// that was not, is one piece.
func (st *stream) next() (int, bool) {
	b := st.buf[st.at:]
	if len(b) == 0 {
		return 0, false
	}
	if st.plain || st.broken != nil {
		return len(b), true
	}
	st.rest, st.v2 = "", false
	if st.owed > 0 {
		n := min(st.owed, len(b))
		st.owed, st.rest = st.owed-n, "the rest of a record whose middle is not in the capture"
		return n, true
	}
	if st.seek {
		if n, ok := st.sought(); n > 0 || !ok {
			st.rest = "the rest of a record whose beginning is not in the capture"
			return n, ok
		}
	}
	if st.at == 0 && st.dir == ToServer && st.gap == nil {
		if n, is, ok := v2Hello(b); is {
			st.v2 = true
			return n, ok
		}
	}
	switch {
	// Judged by what is there: a peer that does not speak TLS may never send five
	// bytes.
	case b[0] < 20 || b[0] > 24:
		st.broken = fmt.Errorf("%d is not the type of a TLS record", b[0])
	case len(b) > 1 && b[1] != 3:
		st.broken = fmt.Errorf("%d is not the first byte of a TLS version", b[1])
	case len(b) < 5:
		return 0, false
	}
	if st.broken != nil {
		st.plain = st.at == 0 && st.gap == nil
		return len(b), true
	}
	n := int(b[3])<<8 | int(b[4])
	if n > maxRecord {
		st.broken = fmt.Errorf("a record of %d bytes is longer than TLS allows", n)
		return len(b), true
	}
	return 5 + n, len(b) >= 5+n
}
