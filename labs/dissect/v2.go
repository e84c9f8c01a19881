package dissect

import "tlstutor/labs/wire"

// Before TLS 1.2 a client that could still do SSL 2 said hello in its format,
// whatever else it could (RFC 5246, Appendix E.2). Its records have a header of two
// bytes, the first of which has its high bit set.

// v2Name is the name of such a hello, which is a record and a message in one.
const v2Name = "V2ClientHello"

// v2Hello reports whether the bytes begin with such a hello, and how long it is;
// ok is false while that cannot be said.
func v2Hello(b []byte) (n int, is, ok bool) {
	switch {
	case len(b) > 0 && b[0] < 0x80, len(b) > 2 && b[2] != clientHelloType,
		len(b) > 3 && b[3] != 0 && b[3] != 3, len(b) > 4 && b[3] == 0 && b[4] != 2:
		return 0, false, true
	case len(b) < 5:
		return 0, true, false
	}
	n = 2 + int(b[0]&0x7f)<<8 + int(b[1])
	return n, n >= 11, len(b) >= n || n < 11
}

// v2ClientHello names such a hello (RFC 5246, Appendix E.2).
func v2ClientHello(src *wire.Source, off, n int) *wire.Field {
	return wire.Parse(v2Name, src, off, n, func(c *wire.Cursor) {
		c.Uint("msg_length", 2, func(n uint64) string { return wire.Count(int(n&0x7fff), "byte") + " follow" })
		c.Uint("msg_type", 1, HandshakeName)
		version := c.Uint("version", 2, VersionName)
		specs := int(c.Uint("cipher_spec_length", 2, nil))
		id := int(c.Uint("session_id_length", 2, nil))
		challenge := int(c.Uint("challenge_length", 2, nil))
		c.Group("cipher_specs", specs, func(c *wire.Cursor) {
			for c.More() {
				c.Uint("V2CipherSpec", 3, v2SpecName)
			}
			c.Say("%s", wire.Count(len(c.This().Kids), "cipher"))
		})
		c.Opaque("session_id", id)
		c.Opaque("challenge", challenge)
		if c.Err() == nil {
			c.Last().Value = "random bytes"
			c.Say("in the format of SSL 2, %s", wire.Bare(VersionName(version)))
		}
	})
}

// heardV2 takes note of a hello in the format of SSL 2. If the server answers with
// TLS, the client's random is the challenge, behind zeros (RFC 5246, Appendix E.2).
func (s *Session) heardV2(tree *wire.Field) {
	s.news = true
	challenge := tree.Kid("challenge")
	if challenge == nil || challenge.N > 32 {
		return
	}
	random := make([]byte, 32)
	copy(random[32-challenge.N:], challenge.Bytes())
	s.asks++
	s.said = hellos{clientRandom: random}
}

// v2SpecName names a V2CipherSpec: a cipher suite behind a zero, or one of SSL 2's
// own (SSL 2.0 specification, "CIPHER-KIND").
func v2SpecName(n uint64) string {
	name := ""
	switch n {
	case 0x010080:
		name = "SSL_CK_RC4_128_WITH_MD5"
	case 0x020080:
		name = "SSL_CK_RC4_128_EXPORT40_WITH_MD5"
	case 0x030080:
		name = "SSL_CK_RC2_128_CBC_WITH_MD5"
	case 0x040080:
		name = "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5"
	case 0x050080:
		name = "SSL_CK_IDEA_128_CBC_WITH_MD5"
	case 0x060040:
		name = "SSL_CK_DES_64_CBC_WITH_MD5"
	case 0x0700c0:
		name = "SSL_CK_DES_192_EDE3_CBC_WITH_MD5"
	default:
		if n < 1<<16 {
			return SuiteName(n)
		}
	}
	return coded(n, name)
}
