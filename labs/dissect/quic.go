package dissect

import (
	"encoding/binary"
	"fmt"

	"tlstutor/labs/wire"
)

// quicParameters reads quic_transport_parameters (RFC 9000, Section 18), which a
// client over TCP has no use for: a list of what each side of QUIC allows the
// other, each with a number and a length of one to eight bytes.
func quicParameters(c *wire.Cursor, _ place) string {
	n := 0
	for ; c.More(); n++ {
		id, a := peekVarint(c, 0)
		size, b := peekVarint(c, a)
		length := int(min(size, uint64(c.Len())))
		c.Group("TransportParameter", min(a+b+length, c.Len()), func(c *wire.Cursor) {
			varint(c, "transport_parameter_id", quicParameter)
			varint(c, "transport_parameter_length", nil)
			said := wire.Bare(quicParameter(id))
			if quicNumber(id) && c.Len() > 0 && uint64(c.Len()) == size {
				said += fmt.Sprintf(" %d", varint(c, "transport_parameter_value", nil))
			} else if c.Opaque("transport_parameter_value", int(min(size, 1<<20))); c.Err() == nil {
				c.Last().Value = wire.Count(length, "byte")
			}
			setValue(c, said)
		})
	}
	return wire.Count(n, "parameter")
}

// quicParameter names a transport parameter (RFC 9000, Section 18.2).
func quicParameter(n uint64) string { return named(n, true, quicName(n)) }

// quicNumber reports whether a transport parameter is a number, and not bytes of
// some other kind (RFC 9000, Section 18.2; RFC 9221, Section 3).
func quicNumber(id uint64) bool {
	return id == 0x01 || id >= 0x03 && id <= 0x0b || id == 0x0e || id == 0x20
}

// peekVarint looks at a number of QUIC that begins so many bytes behind the
// cursor: its first two bits say how many bytes it takes (RFC 9000, Section 16).
func peekVarint(c *wire.Cursor, at int) (n uint64, width int) {
	b := c.Peek(at + 8)
	if len(b) <= at {
		return 0, 0
	}
	b = b[at:]
	width = 1 << (b[0] >> 6)
	if len(b) < width {
		return 0, width
	}
	var wide [8]byte
	copy(wide[8-width:], b[:width])
	return binary.BigEndian.Uint64(wide[:]) &^ (3 << (8*width - 2)), width
}

// varint reads a number of QUIC.
func varint(c *wire.Cursor, name string, say func(uint64) string) uint64 {
	n, width := peekVarint(c, 0)
	if c.Uint(name, max(1, width), nil); c.Err() != nil {
		return 0
	}
	f := c.Last()
	if f.Code = n; say == nil {
		f.Value = fmt.Sprint(n)
	} else {
		f.Value = wire.Clean(say(n), wire.MaxValue)
	}
	return n
}
