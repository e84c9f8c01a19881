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
	for {
		b, err := in.take(1 << 14)
		c.Bytes += int64(len(b))
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
			err = io.EOF
		default:
			err = &Error{Off: in.off, Err: err}
		}
		c.add(0, Chunk{Fin: true})
		if c.client == 0 {
			c.name()
		}
		return []*Conn{&c.Conn}, err
	}
}
