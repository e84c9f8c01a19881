package dissect

import (
	"crypto/cipher"
	"crypto/hkdf"
	"encoding/binary"
	"fmt"
)

// A protection is one set of keys of one direction, and how many records it has
// opened.
type protection struct {
	suite
	secret []byte // TLS 1.3: what key and iv were made from
	cipher cipher.AEAD
	iv     []byte // 12 bytes, or the 4 that TLS 1.2's GCM and CCM keep to themselves
	seq    uint64 // the number of the next record
	bulk          // of suites whose MAC is by itself
}

// protect makes the keys of a TLS 1.3 traffic secret (RFC 9846, Section 7.3).
func (s suite) protect(secret []byte) (*protection, error) {
	if size := s.hash().Size(); len(secret) != size {
		return nil, fmt.Errorf("the logged secret has %d bytes, its cipher suite makes them %d long", len(secret), size)
	}
	key, err := s.expand(secret, "key", s.key)
	if err != nil {
		return nil, err
	}
	iv, err := s.expand(secret, "iv", 12)
	if err != nil {
		return nil, err
	}
	c, err := s.cipher(key)
	return &protection{suite: s, secret: secret, cipher: c, iv: iv}, err
}

// next makes the keys that a KeyUpdate switches to (RFC 9846, Section 7.2).
func (p *protection) next() *protection {
	secret, err := p.expand(p.secret, "traffic upd", len(p.secret))
	if err != nil {
		return p
	}
	n, err := p.protect(secret)
	if err != nil {
		return p
	}
	return n
}

// expand is HKDF-Expand-Label with an empty context (RFC 9846, Section 7.1).
func (s suite) expand(secret []byte, label string, n int) ([]byte, error) {
	return s.expandOver(secret, label, nil, n)
}

// expandOver is HKDF-Expand-Label: its info is a length, the label behind
// "tls13 ", and the context.
func (s suite) expandOver(secret []byte, label string, context []byte, n int) ([]byte, error) {
	info := []byte{byte(n >> 8), byte(n), byte(len("tls13 ") + len(label))}
	info = append(append(info, "tls13 "...), label...)
	info = append(append(info, byte(len(context))), context...)
	return hkdf.Expand(s.hash, secret, string(info), n)
}

// open decrypts a TLS 1.3 record: the nonce is the iv with the number of the
// record on it, and the header is authenticated too (RFC 9846, Sections 5.2
// and 5.3). It counts the record only when it could be opened.
func (p *protection) open(record []byte) ([]byte, bool) {
	inner, err := p.cipher.Open(nil, p.nonce(), record[5:], record[:5])
	if err != nil {
		return nil, false
	}
	p.seq++
	return inner, true
}

// nonce returns the iv, exclusive-or the number of the record.
func (p *protection) nonce() []byte {
	n := make([]byte, 12)
	binary.BigEndian.PutUint64(n[4:], p.seq)
	for i := range n {
		n[i] ^= p.iv[i]
	}
	return n
}
