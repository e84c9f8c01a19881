package dissect

import (
	"tlstutor/labs/wire"
)

// clear names a record that no key protects (RFC 9846, Section 5.1).
func (s *Session) clear(st *stream, src *wire.Source, off, n int) *wire.Field {
	return wire.Parse("TLSPlaintext", src, off, n, func(c *wire.Cursor) {
		typ := c.Uint("type", 1, ContentName)
		c.Uint("legacy_record_version", 2, VersionName)
		size := int(c.Uint("length", 2, nil))
		// A record that is nothing but a part of a message is a leaf.
		if typ == typeHandshake && st.join.swallows(c.Peek(size)) {
			st.join.piece(c, size)
			return
		}
		c.Group("fragment", size, func(c *wire.Cursor) { s.carried(c, st, typ, Clear) })
	})
}

// shut names a sealed record, and lets more, if any, add what is inside it. In
// TLS 1.3 (RFC 9846, Section 5.2) all of the payload is ciphertext; in TLS 1.2
// GCM sends a part of its nonce in front (RFC 5288, Section 3).
func shut(st *stream, src *wire.Source, off, n int, more func(c *wire.Cursor)) *wire.Field {
	old := st.old
	return wire.Parse("TLSCiphertext", src, off, n, func(c *wire.Cursor) {
		if old != nil {
			c.Uint("type", 1, ContentName)
			c.Uint("version", 2, VersionName)
			size := int(c.Uint("length", 2, nil))
			c.Group("fragment", size, func(c *wire.Cursor) {
				if old.suite.explicit() && c.Len() >= 8 {
					c.Opaque("nonce_explicit", 8)
				}
				ciphertext(c, old.suite.aead != noAEAD)
			})
		} else {
			c.Uint("opaque_type", 1, ContentName)
			c.Uint("legacy_record_version", 2, VersionName)
			c.Uint("length", 2, nil)
			ciphertext(c, true)
		}
		if more != nil {
			more(c)
		}
	})
}

// ciphertext names the rest of a block, which only a key opens.
func ciphertext(c *wire.Cursor, tagged bool) {
	if !c.More() {
		return
	}
	c.Rest("encrypted_record")
	switch {
	case !tagged:
		c.Last().Value = "ciphertext"
	case c.Last().N < 16:
		c.Last().Value = "too short for an authentication tag of 16 bytes"
	default:
		c.Last().Value = "ciphertext, then an authentication tag of 16 bytes"
	}
}

// opened names a record that was sealed, and what is inside it.
func (s *Session) opened(st *stream, src *wire.Source, off, n int, inner []byte, epoch Epoch) *wire.Field {
	// What was decrypted is all behind the header, but for the nonce in TLS 1.2.
	typ := uint64(src.Data[off])
	body := n - 5
	if st.old != nil && st.old.suite.explicit() {
		body -= 8
	}
	from := []wire.Span{{Src: src, Off: off + n - body, N: body}}
	return shut(st, src, off, n, func(c *wire.Cursor) {
		// TLS 1.2 says the type of what is inside on the outside.
		in := &wire.Source{Name: "decrypted", Data: inner, From: from}
		if st.old != nil {
			c.Derive("content", in, func(c *wire.Cursor) { s.carried(c, st, typ, epoch) })
			return
		}
		c.Derive("TLSInnerPlaintext", in, func(c *wire.Cursor) { s.inner(c, st, epoch) })
	})
}

// inner names the plaintext of a TLS 1.3 record: the content, its true type,
// and padding, which is everything behind the last byte that is not zero (RFC
// 9846, Sections 5.2 and 5.4).
func (s *Session) inner(c *wire.Cursor, st *stream, epoch Epoch) {
	b := c.Peek(c.Len())
	end := len(b)
	for end > 0 && b[end-1] == 0 {
		end--
	}
	if end == 0 {
		c.Fail("only zeros, and no content type")
		return
	}
	typ := uint64(b[end-1])
	c.Group("content", end-1, func(c *wire.Cursor) { s.carried(c, st, typ, epoch) })
	c.Uint("type", 1, ContentName)
	if zeros := len(b) - end; zeros > 0 {
		c.Opaque("zeros", zeros)
		c.Last().Value = wire.Count(zeros, "byte") + " of padding"
	}
}

// cutOff names the n bytes of a record that the end of its stream cut short, as
// clear and shut name a whole one. What is not TLS was never cut: next takes it
// as it comes.
func (s *Session) cutOff(st *stream, n int) *wire.Field {
	src := st.source(st.at + n)
	name, typ, version, rest := "TLSPlaintext", "type", "legacy_record_version", "fragment"
	if s.isSealed(st, src.Data[st.at]) {
		name, typ, rest = "TLSCiphertext", "opaque_type", "encrypted_record"
		if st.old != nil {
			typ, version = "type", "version"
		}
	}
	return wire.Parse(name, src, st.at, n, func(c *wire.Cursor) {
		c.Uint(typ, 1, ContentName)
		c.Uint(version, 2, VersionName)
		size := c.Uint("length", 2, nil)
		if c.Err() == nil {
			c.Rest(rest)
			c.Last().Value = "cut off"
			c.Fail("the stream ended %d bytes into a record of %d", n, 5+size)
		} else {
			c.Fail("the stream ended inside the header of a record")
		}
	})
}
