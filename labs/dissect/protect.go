package dissect

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"hash"

	"golang.org/x/crypto/chacha20poly1305"
)

// The kinds of authenticated encryption that records are opened with.
type aeadKind uint8

const (
	noAEAD aeadKind = iota // none that is opened here
	gcm                    // AES in GCM (RFC 5116, Section 5.1)
	chacha                 // ChaCha20-Poly1305 (RFC 8439)
)

// A suite is what a cipher suite says about protecting records.
type suite struct {
	aead  aeadKind
	key   int              // the length of its keys
	hash  func() hash.Hash // of HKDF, or of TLS 1.2's PRF
	tls13 bool
}

// suiteOf returns the suite of that code; false if it cannot be opened here.
// What the TLS 1.2 suites differ in besides, the key exchange and the signature,
// has no bearing on the records.
func suiteOf(code uint64) (suite, bool) {
	switch code {
	case 0x1301:
		return suite{gcm, 16, sha256.New, true}, true
	case 0x1302:
		return suite{gcm, 32, sha512.New384, true}, true
	case 0x1303:
		return suite{chacha, 32, sha256.New, true}, true
	case 0xc02b, 0xc02f, 0x009c, 0x009e:
		return suite{gcm, 16, sha256.New, false}, true
	case 0xc02c, 0xc030, 0x009d, 0x009f:
		return suite{gcm, 32, sha512.New384, false}, true
	case 0xcca8, 0xcca9, 0xccaa:
		return suite{chacha, 32, sha256.New, false}, true
	}
	return suite{}, false
}

// cipher returns the cipher for a key.
func (s suite) cipher(key []byte) (cipher.AEAD, error) {
	if s.aead == chacha {
		return chacha20poly1305.New(key)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// A protection is one set of keys of one direction, and how many records it has
// opened.
type protection struct {
	suite
	secret []byte // TLS 1.3: what key and iv were made from
	cipher cipher.AEAD
	iv     []byte // 12 bytes, or the 4 that TLS 1.2's GCM keeps to itself
	seq    uint64 // the number of the next record
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
	// The info is a length, the label behind "tls13 ", and a context.
	info := []byte{byte(n >> 8), byte(n), byte(len("tls13 ") + len(label))}
	info = append(append(append(info, "tls13 "...), label...), 0)
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
