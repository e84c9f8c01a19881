package capture

import (
	"golang.org/x/crypto/cryptobyte"

	"tlstutor/labs/wire"
)

// name finds the name that the client asks for, once its hello is all there.
func (c *conn) name() {
	h := &c.halves[c.client]
	from := h.tls - h.headAt
	if from < 0 || from > int64(len(h.head)) {
		c.settleName("")
		return
	}
	msg, ok := helloMessage(h.head[from:])
	// It will not come if its direction is over, or the answer is there.
	if ok || h.over || len(h.head) >= maxHead || c.halves[1-c.client].sum > maxHead {
		c.settleName(serverName(msg))
	}
}

// settleName sets a connection's name, for which no more needs to be kept.
func (c *conn) settleName(name string) {
	c.Name, c.named = wire.Clean(name, wire.MaxValue), true
	for i := range c.halves {
		h := &c.halves[i]
		c.held -= len(h.head)
		h.head, h.cuts = nil, nil
	}
}

// helloMessage returns the body of the handshake message that b begins with,
// put together from as many records as it takes (RFC 9846, Section 5.1). It is
// empty if that is not a ClientHello, and not ok while bytes are missing.
func helloMessage(b []byte) (body []byte, ok bool) {
	in := cryptobyte.String(b)
	var msg []byte
	for {
		var kind uint8
		var version uint16
		var record cryptobyte.String
		if len(in) > 0 && in[0] != 22 {
			return nil, true
		}
		if !in.ReadUint8(&kind) || !in.ReadUint16(&version) || !in.ReadUint16LengthPrefixed(&record) {
			return nil, false
		}
		msg = append(msg, record...)
		all := cryptobyte.String(msg)
		var whole cryptobyte.String
		switch {
		case len(record) == 0, len(msg) > 0 && msg[0] != clientHello:
			return nil, true
		case all.Skip(1) && all.ReadUint24LengthPrefixed(&whole):
			return whole, true
		}
	}
}

// serverName returns the host name in the server_name extension of a
// ClientHello (RFC 9846, Section 4.2.2; RFC 6066, Section 3), or "".
func serverName(hello []byte) string {
	in := cryptobyte.String(hello)
	var session, suites, methods, extensions cryptobyte.String
	if !in.Skip(2+32) || !in.ReadUint8LengthPrefixed(&session) || !in.ReadUint16LengthPrefixed(&suites) ||
		!in.ReadUint8LengthPrefixed(&methods) || !in.ReadUint16LengthPrefixed(&extensions) {
		return ""
	}
	for {
		var kind uint16
		var data, list, host cryptobyte.String
		var form uint8
		if !extensions.ReadUint16(&kind) || !extensions.ReadUint16LengthPrefixed(&data) {
			return ""
		}
		if kind == 0 {
			if data.ReadUint16LengthPrefixed(&list) && list.ReadUint8(&form) && form == 0 && list.ReadUint16LengthPrefixed(&host) {
				return string(host)
			}
			return ""
		}
	}
}
