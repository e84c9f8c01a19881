package dissect

import (
	"bytes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
)

// A ccmCipher is counter mode with CBC-MAC (RFC 3610) over blocks of 16 bytes and
// with nonces of 12, as TLS has it (RFC 6655), which leaves 3 bytes for the
// length. The standard library has no CCM.
type ccmCipher struct {
	block cipher.Block
	tag   int
}

func (c *ccmCipher) NonceSize() int { return 12 }
func (c *ccmCipher) Overhead() int  { return c.tag }

// Seal encrypts and authenticates plaintext, and appends it to dst.
func (c *ccmCipher) Seal(dst, nonce, plaintext, ad []byte) []byte {
	tag := c.auth(nonce, plaintext, ad)
	out := make([]byte, len(plaintext), len(plaintext)+c.tag)
	stream := c.counter(nonce, tag)
	stream.XORKeyStream(out, plaintext)
	return append(dst, append(out, tag...)...)
}

// Open is the reverse of Seal.
func (c *ccmCipher) Open(dst, nonce, sealed, ad []byte) ([]byte, error) {
	if len(sealed) < c.tag || len(nonce) != c.NonceSize() {
		return nil, errors.New("too short for CCM")
	}
	body, tag := sealed[:len(sealed)-c.tag], bytes.Clone(sealed[len(sealed)-c.tag:])
	out := make([]byte, len(body))
	stream := c.counter(nonce, tag)
	stream.XORKeyStream(out, body)
	if subtle.ConstantTimeCompare(tag, c.auth(nonce, out, ad)) != 1 {
		return nil, errors.New("the tag does not fit")
	}
	return append(dst, out...), nil
}

// counter returns the key stream (RFC 3610, Section 2.3), of which it takes the
// first block for the tag.
func (c *ccmCipher) counter(nonce, tag []byte) cipher.Stream {
	var iv, first [16]byte
	iv[0] = 2 // 3 bytes of counter
	copy(iv[1:], nonce)
	stream := cipher.NewCTR(c.block, iv[:])
	stream.XORKeyStream(first[:], first[:])
	subtle.XORBytes(tag, tag, first[:len(tag)])
	return stream
}

// auth returns the tag before it is encrypted (RFC 3610, Section 2.2): the last
// block, cut, of CBC over a block of flags, nonce and length, the additional data
// with its length, and the plaintext, the last two filled up with zeros.
func (c *ccmCipher) auth(nonce, plaintext, ad []byte) []byte {
	var sum [16]byte
	sum[0] = 1<<6 | byte(c.tag-2)/2<<3 | 2
	copy(sum[1:], nonce)
	n := len(plaintext)
	sum[13], sum[14], sum[15] = byte(n>>16), byte(n>>8), byte(n)
	c.block.Encrypt(sum[:], sum[:])
	mac := func(b []byte) {
		for len(b) > 0 {
			b = b[subtle.XORBytes(sum[:], sum[:], b[:min(16, len(b))]):]
			c.block.Encrypt(sum[:], sum[:])
		}
	}
	mac(append(binary.BigEndian.AppendUint16(nil, uint16(len(ad))), ad...))
	mac(plaintext)
	return sum[:c.tag]
}
