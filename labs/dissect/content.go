package dissect

import (
	"unicode/utf8"

	"tlstutor/labs/wire"
)

// The content types of records (RFC 9846, Section 5.1).
const (
	typeChangeCipherSpec = 20
	typeAlert            = 21
	typeHandshake        = 22
	typeApplicationData  = 23
	typeHeartbeat        = 24
)

// carried names what a record carries. A receiver refuses an unknown type (RFC
// 9846, Section 5), so nothing is guessed about it.
func (s *Session) carried(c *wire.Cursor, st *stream, typ uint64, epoch Epoch) {
	switch typ {
	case typeChangeCipherSpec:
		// It is one byte, 1 (RFC 5246, Section 7.1).
		c.Group("ChangeCipherSpec", min(1, c.Len()), func(c *wire.Cursor) {
			c.Uint("type", 1, func(n uint64) string { return named(n, n == 1, "change_cipher_spec") })
		})
		s.changed(st)
	case typeAlert:
		alert(c)
	case typeHandshake:
		s.messages(c, st, epoch)
	case typeApplicationData:
		c.Rest("application_data")
		c.Last().Value = preview(c.Last().Bytes())
	case typeHeartbeat:
		heartbeat(c)
	default:
		c.Fail("%d is no content type", typ)
	}
}

// alert reads an alert (RFC 9846, Section 6).
func alert(c *wire.Cursor) {
	c.Group("Alert", min(2, c.Len()), func(c *wire.Cursor) {
		level := c.Uint("level", 1, levelName)
		what := c.Uint("description", 1, AlertName)
		if c.Err() == nil {
			c.Say("%s %s", wire.Bare(levelName(level)), wire.Bare(AlertName(what)))
			c.Number(what)
		}
	})
}

// heartbeat reads a heartbeat message (RFC 6520, Section 4).
func heartbeat(c *wire.Cursor) {
	c.Group("HeartbeatMessage", c.Len(), func(c *wire.Cursor) {
		c.Uint("type", 1, heartbeatName)
		c.Opaque("payload", int(c.Uint("payload_length", 2, nil)))
		c.Rest("padding")
	})
}

// leaf returns a field without kids.
func leaf(name string, src *wire.Source, off, n int, value string) *wire.Field {
	return &wire.Field{Name: name, Value: wire.Clean(value, wire.MaxValue), Src: src, Off: off, N: n}
}

// preview returns the beginning of b as clean text on one line.
func preview(b []byte) string {
	if end := wire.MaxValue + 8; len(b) > end {
		// A rune cut in two would look like bytes that are no text.
		for end > wire.MaxValue && !utf8.RuneStart(b[end]) {
			end--
		}
		b = b[:end]
	}
	return wire.Clean(string(b), wire.MaxValue)
}
