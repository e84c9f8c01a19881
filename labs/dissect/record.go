package dissect

import (
	"errors"
	"fmt"

	"tlstutor/labs/wire"
)

// clear names a record that no key protects (RFC 9846, Section 5.1).
func (s *Session) clear(st *stream, src *wire.Source, off, n int) *wire.Field {
	return wire.Parse("TLSPlaintext", src, off, n, func(c *wire.Cursor) {
		typ := c.Uint("type", 1, ContentName)
		c.Uint("legacy_record_version", 2, VersionName)
		size := int(c.Uint("length", 2, nil))
		limit(c, uint64(size), 1<<14)
		// A record that is nothing but a part of a message is a leaf.
		if typ == typeHandshake && st.join.swallows(c.Peek(size)) {
			st.join.piece(c, size)
			return
		}
		c.Group("fragment", size, func(c *wire.Cursor) { s.carried(c, st, typ, Clear) })
	})
}

// shut names a sealed record, and lets more, if any, add what is inside it. In
// TLS 1.3 (RFC 9846, Section 5.2), where old is nil, all of the payload is
// ciphertext.
func shut(old *params, src *wire.Source, off, n int, more func(c *wire.Cursor)) *wire.Field {
	return wire.Parse("TLSCiphertext", src, off, n, func(c *wire.Cursor) {
		if old != nil {
			c.Uint("type", 1, ContentName)
			c.Uint("version", 2, VersionName)
			size := int(c.Uint("length", 2, nil))
			// What no cipher sealed is inside in its own place.
			if old.how.kind == null && more != nil {
				c.Group("fragment", size, more)
				return
			}
			c.Group("fragment", size, func(c *wire.Cursor) { sealedParts(c, old) })
		} else {
			c.Uint("opaque_type", 1, ContentName)
			c.Uint("legacy_record_version", 2, VersionName)
			limit(c, c.Uint("length", 2, nil), 1<<14+256)
			ciphertext(c, c.Len(), "%[2]d bytes, a tag of %[1]d", 16)
		}
		if more != nil {
			more(c)
		}
	})
}

// limit says of the length of a record that it is beyond what TLS allows. A
// receiver would refuse it with record_overflow (RFC 9846, Section 5.1).
func limit(c *wire.Cursor, n uint64, most uint64) {
	if n > most {
		c.Last().Value = fmt.Sprintf("%d, more than the %d that TLS allows here", n, most)
	}
}

// What ciphertext holds, where no tag ends it.
const (
	unknownParts = "ciphertext"
	paddedParts  = "content and padding, encrypted"
)

// sealedParts names what a record before TLS 1.3 shows without a key: the part of
// the nonce that GCM and CCM send (RFC 5288, Section 3), the iv that CBC sends since
// TLS 1.1 (RFC 4346, Section 6.2.3.2), and the MAC of encrypt-then-MAC (RFC 7366,
// Section 3).
func sealedParts(c *wire.Cursor, old *params) {
	how := old.how
	switch {
	case how.explicit() && c.Len() >= 8:
		c.Opaque("nonce_explicit", 8)
		fallthrough
	case how.aead():
		ciphertext(c, c.Len(), "%[2]d bytes, a tag of %[1]d", how.tag)
	case how.kind == cbc:
		blocks(c, old)
	case how.kind == rc4Stream:
		ciphertext(c, c.Len(), "content and a MAC of %[1]d bytes, encrypted", how.mac().Size())
	case how.kind == null:
		ciphertext(c, c.Len(), "content, then a MAC of %d bytes that does not fit", how.mac().Size())
	default:
		ciphertext(c, c.Len(), unknownParts, 0)
	}
}

// blocks names the parts of a record in CBC (RFC 5246, Section 6.2.3.2).
func blocks(c *wire.Cursor, old *params) {
	size, mac := old.how.blockSize(), old.how.mac().Size()
	if old.version >= 0x0302 && c.Len() >= size {
		c.Opaque("IV", size)
		c.Last().Value = "what the first block is mixed with"
	}
	if !old.macLast || c.Len() < mac {
		ciphertext(c, c.Len(), "content, a MAC of %d bytes, and padding, encrypted", mac)
		return
	}
	ciphertext(c, c.Len()-mac, paddedParts, 0)
	c.Opaque("MAC", mac)
	c.Last().Value = "over the record's number, its header and the ciphertext"
}

// ciphertext names n bytes that only a key opens, and of which at least some are a
// tag or a MAC.
func ciphertext(c *wire.Cursor, n int, what string, least int) {
	if n == 0 {
		return
	}
	c.Opaque("encrypted_record", n)
	switch {
	case least == 0:
		c.Last().Value = what
	case n < least:
		c.Last().Value = fmt.Sprintf("too short for an authentication tag of %d bytes", least)
	default:
		c.Last().Value = fmt.Sprintf(what, least, n-least)
	}
}

// opened names a record that was sealed, and what is inside it.
func (s *Session) opened(st *stream, src *wire.Source, off, n int, in inside, epoch Epoch) *wire.Field {
	// TLS 1.2 says the type of what is inside on the outside. What is inside may
	// change the keys.
	typ, old := uint64(src.Data[off]), st.old
	carried := func(c *wire.Cursor) { s.carried(c, st, typ, epoch) }
	from := []wire.Span{{Src: src, Off: off + in.off, N: in.n}}
	plain := &wire.Source{Name: "decrypted", Data: in.data, From: from}
	return shut(old, src, off, n, func(c *wire.Cursor) {
		switch {
		case old == nil:
			c.Derive("TLSInnerPlaintext", plain, func(c *wire.Cursor) { s.inner(c, st, epoch) })
		case old.how.aead():
			c.Derive("content", plain, carried)
		case old.how.kind == null:
			in.parts(c, carried)
		case old.how.kind == cbc:
			c.Derive("GenericBlockCipher", plain, func(c *wire.Cursor) { in.parts(c, carried) })
		default:
			c.Derive("GenericStreamCipher", plain, func(c *wire.Cursor) { in.parts(c, carried) })
		}
	})
}

// parts names content, MAC and padding (RFC 5246, Sections 6.2.3.1 and 6.2.3.2).
func (in inside) parts(c *wire.Cursor, carried func(*wire.Cursor)) {
	c.Group("content", in.content, carried)
	if in.mac > 0 {
		c.Opaque("MAC", in.mac)
		c.Last().Value = "over the record's number, its header and the content"
		if !in.checked {
			c.Last().Value += "; not checked without the key"
		}
	}
	// The padding's bytes all say how many there are, its length not counted.
	if n := c.Len(); n > 0 {
		c.Opaque("padding", n-1)
		c.Last().Value = wire.Count(n-1, "byte") + ", to fill a block"
		c.Uint("padding_length", 1, nil)
	}
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

// cutOff names the n bytes of a record that was cut short, and says why, as clear
// and shut name a whole one. What is not TLS was never cut: next takes it as it
// comes.
func (s *Session) cutOff(st *stream, n int, why string) *wire.Field {
	src := st.source(st.at + n)
	if src.Data[st.at] >= 0x80 {
		f := leaf(wire.Undecoded, src, st.at, n, why+" inside a hello in the format of SSL 2")
		f.Err = errors.New(f.Value)
		return f
	}
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
			c.Fail("%s %d bytes into a record of %d", why, n, 5+size)
		} else {
			c.Fail("%s inside the header of a record", why)
		}
	})
}
