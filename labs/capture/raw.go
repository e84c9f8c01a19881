package capture

import (
	"errors"
	"io"
)

// rawRecords is a file of TLS records without anything around them: what one
// side wrote.
type rawRecords struct{}

func (*rawRecords) name() string { return "TLS records" }

func (*rawRecords) next(*input) (frame, error) { return frame{}, errors.ErrUnsupported }

// read returns the file as a connection with one direction.
func (*rawRecords) read(in *input) ([]*Conn, error) {
	c := &conn{listed: &listed{}}
	c.Number, c.client, c.verdict = 1, 0, isTLS
	head, _ := in.r.Peek(6)
	if len(head) == 6 && head[0] == 22 && head[5] == serverHello {
		c.client = 1
	}
	h := &c.halves[0]
	var at borders
	for {
		b, err := in.take(1 << 14)
		c.Bytes += int64(len(b))
		at.add(b)
		h.sum += int64(len(b))
		if len(b) > 0 {
			c.add(0, Chunk{Data: b})
			if room := maxHead - len(h.head); room > 0 && !c.named {
				h.head = append(h.head, b[:min(room, len(b))]...)
			}
		}
		switch {
		case err == nil:
			continue
		case err == io.EOF || err == errEnds:
			err = at.ended(in.off)
		default:
			err = &Error{Off: in.off, Err: err}
		}
		if c.client == 0 {
			c.name()
		}
		return []*Conn{&c.Conn}, err
	}
}

// borders follows where records begin and end (RFC 9846, Section 5.1).
type borders struct {
	head []byte // what there is of a header
	left int    // how much is to come of the record, when its header is there
	lost bool   // something came that is no record
}

// add follows the next bytes. Behind what is no record nothing is known of where
// one would begin.
func (r *borders) add(b []byte) {
	for len(b) > 0 && !r.lost {
		if r.left > 0 {
			n := min(r.left, len(b))
			r.left, b = r.left-n, b[n:]
			continue
		}
		if r.whole() {
			r.head = r.head[:0]
		}
		r.head, b = append(r.head, b[0]), b[1:]
		switch {
		case len(r.head) < 5:
		case plausible(r.head), r.head[1] == 3 && r.head[2] <= 4 && r.head[3] == 0 && r.head[4] == 0:
			r.left = r.size() - 5
		default:
			r.lost = true
		}
	}
}

// whole reports whether a header is there.
func (r *borders) whole() bool { return len(r.head) == 5 }

// size is that of the record whose header is there, and what it announces.
func (r *borders) size() int { return 5 + int(r.head[3])<<8 + int(r.head[4]) }

// ended is the error of a file that ends at an offset, io.EOF where it may.
func (r *borders) ended(off int64) error {
	switch {
	case r.lost:
	case r.whole() && r.left > 0:
		return wrong(off, "the file ends here, %d bytes into a record of %d", r.size()-r.left, r.size())
	case len(r.head) > 0 && !r.whole():
		return wrong(off, "the file ends here, %d of the 5 bytes into the header of a record", len(r.head))
	}
	return io.EOF
}
