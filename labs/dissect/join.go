package dissect

import (
	"fmt"

	"tlstutor/labs/wire"
)

// A join is a handshake message under way: one that did not end in the record
// it began in (RFC 9846, Section 5.1).
type join struct {
	buf   []byte
	spans []wire.Span
}

// size returns the length of the message that begins with what is joined and
// then data, header included; false while its header is incomplete.
func (j *join) size(data []byte) (int, bool) {
	var head [4]byte
	n := copy(head[:], j.buf)
	if n += copy(head[n:], data); n < 4 {
		return 0, false
	}
	return 4 + int(head[1])<<16 + int(head[2])<<8 + int(head[3]), true
}

// A message ends where its own length says, not where a record does. The parts
// are leaves named "fragment"; the record with the last part holds, beside that,
// the whole message over the joined bytes.

// swallows reports whether all of data is a part of one message that goes on
// in another record, or began in an earlier one and still does.
func (j *join) swallows(data []byte) bool {
	n, ok := j.size(data)
	return len(data) > 0 && (!ok || n > len(j.buf)+len(data))
}

// piece reads n bytes as a part of the message under way, and says which.
func (j *join) piece(c *wire.Cursor, n int) {
	data := c.Opaque("fragment", n)
	if c.Err() != nil {
		return
	}
	f := c.Last()
	before := len(j.buf)
	size, known := j.size(data)
	j.buf = append(j.buf, data...)
	j.spans = append(j.spans, wire.Span{Src: f.Src, Off: f.Off, N: n})
	switch name := messageName(j.buf); {
	case !known && before == 0:
		f.Value = fmt.Sprintf("the first %s of a message", wire.Count(n, "byte"))
	case !known:
		f.Value = fmt.Sprintf("%s more of a message", wire.Count(n, "byte"))
	case before == 0:
		f.Value = fmt.Sprintf("the first %d of %d bytes of %s", n, size, name)
	case before+n == size:
		f.Value = fmt.Sprintf("the last %d of %d bytes of %s", n, size, name)
	default:
		f.Value = fmt.Sprintf("%d more of %d bytes of %s", n, size, name)
	}
}

// take returns the joined message as a source, and forgets it.
func (j *join) take() *wire.Source {
	src := &wire.Source{Name: "joined", Data: j.buf, From: j.spans}
	*j = join{}
	return src
}

// messages reads the handshake messages of a record: what ends a message that
// began before, whole ones, and the beginning of one that goes on.
func (s *Session) messages(c *wire.Cursor, st *stream, epoch Epoch) {
	for c.More() {
		size, known := st.join.size(c.Peek(4))
		missing := size - len(st.join.buf)
		switch {
		// Neither is read before it is all there: a decoder sees whole messages only.
		case !known || missing > c.Len():
			st.join.piece(c, c.Len())
		case len(st.join.buf) > 0:
			st.join.piece(c, missing)
			src := st.join.take()
			s.heard(st, epoch, c.Derive(messageName(src.Data), src, s.message))
		default:
			// A name needs the random as well, which ends after 38 bytes.
			s.heard(st, epoch, c.Group(messageName(c.Peek(38)), size, s.message))
		}
	}
}
