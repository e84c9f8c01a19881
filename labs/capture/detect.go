package capture

import (
	"bytes"
	"encoding/binary"
	"slices"

	"tlstutor/labs/dissect"
)

// maxRecord is the longest payload a record may have: a TLS 1.2 ciphertext (RFC
// 5246, Section 6.2.3).
const maxRecord = 1<<14 + 2048

// plausible reports whether five bytes or more begin with the header of a TLS
// record (RFC 9846, Section 5.1) as it may be met.
func plausible(b []byte) bool {
	n := int(b[3])<<8 | int(b[4])
	return b[0] >= 20 && b[0] <= 24 && b[1] == 3 && b[2] <= 4 && n > 0 && n <= maxRecord
}

// chain reports whether b is whole records one behind the other and perhaps the
// beginning of another: at least three headers, or up to b's end.
func chain(b []byte) bool {
	for n := 0; ; n++ {
		switch {
		case len(b) == 0 || n > 2:
			return n > 0
		case len(b) < 5 || !plausible(b):
			return false
		}
		size := 5 + int(binary.BigEndian.Uint16(b[3:]))
		if size > len(b) {
			return n > 1
		}
		b = b[size:]
	}
}

// helloAt reports whether b begins with a record that begins with a handshake
// message of a type, as far as can be seen (RFC 9846, Section 4). Eleven bytes
// are enough.
func helloAt(b []byte, kind byte) bool {
	if len(b) < 11 || b[0] != 22 || !plausible(b) || b[5] != kind || b[9] != 3 || b[10] > 4 {
		return false
	}
	// Version, random, an empty session and one suite; and what no hello exceeds.
	size := int(b[6])<<16 | int(b[7])<<8 | int(b[8])
	return size >= 38 && size < 1<<17 && (len(b) < 44 || b[43] <= 32)
}

// What a search finds TLS by: the type of a handshake message, or a record of
// which only that is known.
const (
	clientHello = 1
	serverHello = 2
	someRecord  = 255
)

// sslv2 reports whether five bytes or more begin with a ClientHello in the
// framing of SSL 2 (RFC 6101, Appendix E). With eleven, all its lengths have to
// agree.
func sslv2(b []byte) bool {
	if b[0]&0x80 == 0 || b[2] != clientHello || (b[3] != 3 || b[4] > 4) && (b[3] != 0 || b[4] != 2) {
		return false
	}
	if len(b) < 11 {
		return true
	}
	be := binary.BigEndian.Uint16
	suites, rest := be(b[5:]), int(be(b[7:]))+int(be(b[9:]))
	return suites > 0 && suites%3 == 0 && 9+int(suites)+rest == int(be(b)&0x7fff)
}

// alertAt reports whether b is an alert in the clear (RFC 9846, Section 6), as
// one side may answer another's first bytes.
func alertAt(b []byte) bool {
	return len(b) >= 7 && b[0] == 21 && plausible(b) && b[3] == 0 && b[4] == 2 && (b[5] == 1 || b[5] == 2)
}

// A verdict is what a look at a connection's first bytes came to.
type verdict uint8

const (
	undecided verdict = iota
	isTLS
	isPlain
)

// judge looks at what has come of a connection, and finds out whether and where
// it is TLS, and which of its ends is the client.
func (c *conn) judge() {
	for d := range c.halves {
		h := &c.halves[d]
		at, kind := h.search()
		if kind == 0 {
			continue
		}
		c.verdict = isTLS
		client := d
		switch {
		case kind == clientHello:
		case kind == serverHello:
			client = 1 - d
		case c.client >= 0:
			client = c.client
		case c.ends[0].Port() < c.ends[1].Port():
			client = 1
		default:
			client = 0
		}
		c.begins(d, at, client)
		return
	}
	for i := range c.halves {
		if len(c.halves[i].head) >= maxHead {
			c.verdict = isPlain
		}
	}
}

// begins says that in a direction TLS begins at an offset of its head, and who
// the client is. What the other one has said by then, it said in the clear too:
// it has waited for the hello.
func (c *conn) begins(d, at, client int) {
	c.client = client
	if at > 0 {
		c.halves[d].tls = c.halves[d].headAt + int64(at)
		c.halves[1-d].tls = c.halves[1-d].sum
	}
}

// search looks for the beginning of TLS in what has come of a direction, from
// where it looked last. The kind is 0 if there is none.
func (h *half) search() (at int, kind byte) {
	b := h.head
	if h.looked == 0 && len(b) > 0 {
		switch {
		case len(b) >= 11 && sslv2(b):
			return 0, clientHello
		case alertAt(b):
			return 0, someRecord
		}
	}
	for ; h.looked+11 <= len(b); h.looked++ {
		i := bytes.IndexByte(b[h.looked:len(b)-10], 22)
		if i < 0 {
			h.looked = len(b) - 10
			break
		}
		h.looked += i
		if !h.startsAt(h.looked) {
			continue
		}
		for _, kind := range [2]byte{clientHello, serverHello} {
			if helloAt(b[h.looked:], kind) {
				return h.looked, kind
			}
		}
	}
	if h.amid && h.records() {
		return 0, someRecord
	}
	return 0, 0
}

// startsAt reports whether something may begin at an offset: whoever turns to
// TLS has waited for leave, so that it begins a segment, or a line at least.
func (h *half) startsAt(at int) bool {
	if at == 0 || h.head[at-1] == '\n' {
		return true
	}
	_, ok := slices.BinarySearch(h.cuts, at)
	return ok
}

// records reports whether what came of a direction whose beginning is not in the
// capture is TLS from somewhere on. It looks each time there is twice as much,
// so that small segments cost no more than large ones.
func (h *half) records() bool {
	if len(h.head) < h.again {
		return false
	}
	h.again = 2 * len(h.head)
	for at := 0; at+5 <= len(h.head); at++ {
		b := h.head[at:]
		if b[1] != 3 || !plausible(b) {
			continue
		}
		// A header alone says little: the one behind it has to agree.
		size := 5 + int(binary.BigEndian.Uint16(b[3:]))
		if len(b) == size && b[0] == 23 || len(b) >= size+5 && chain(b) {
			return true
		}
	}
	return false
}

// dir returns the direction that a half is.
func (c *conn) dir(half int) dissect.Dir {
	if half == max(c.client, 0) {
		return dissect.ToServer
	}
	return dissect.ToClient
}
