package dissect

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"tlstutor/labs/wire"
)

// A kind is how a cipher suite protects records.
type kind uint8

const (
	unopened  kind = iota // in a way that is named here, and not undone
	gcm                   // AES in GCM (RFC 5288)
	ccm                   // AES in CCM (RFC 6655)
	chacha                // ChaCha20-Poly1305 (RFC 7905)
	cbc                   // a block cipher in CBC, and a MAC (RFC 5246, Section 6.2.3.2)
	rc4Stream             // RC4, and a MAC (RFC 5246, Section 6.2.3.1)
	null                  // a MAC, and no cipher
)

// A suite is what a cipher suite says about protecting records.
type suite struct {
	kind  kind
	key   int                                // the length of its keys
	block func([]byte) (cipher.Block, error) // what makes its block cipher of a key
	tag   int                                // the length of an authentication tag
	mac   func() hash.Hash                   // of the HMAC, where a MAC is by itself
	hash  func() hash.Hash                   // of HKDF, or of TLS 1.2's PRF
	tls13 bool
}

// aead reports whether the suite encrypts and authenticates in one.
func (s suite) aead() bool { return s.kind == gcm || s.kind == ccm || s.kind == chacha }

// explicit reports whether TLS 1.2 records of the suite begin with 8 bytes of
// their nonce.
func (s suite) explicit() bool { return !s.tls13 && (s.kind == gcm || s.kind == ccm) }

// suiteOf returns the suite of that code; false if it cannot be opened here. Its
// registered name says all that is needed: in TLS 1.3 it has the parts cipher
// and hash, before that they stand behind "_WITH_" (RFC 5246, Appendix C). What
// stands before, the key exchange and the signature, has no bearing on records.
func suiteOf(code uint64) (suite, bool) {
	name, ok := strings.CutPrefix(wire.Bare(SuiteName(code)), "TLS_")
	if !ok {
		return suite{}, false
	}
	_, spec, old := strings.Cut(name, "_WITH_")
	if !old {
		spec = name
	}
	s := cipherOf(spec)
	s.hash, s.tls13 = sha256.New, !old
	if strings.HasSuffix(spec, "_SHA384") {
		s.hash = sha512.New384
	}
	// TLS 1.3 has nothing but AEAD; RFC 9150's suites without a cipher are named.
	if s.kind == unopened || s.tls13 && !s.aead() {
		return suite{}, false
	}
	return s, true
}

// cipherOf returns the cipher and the MAC of a name such as AES_128_CBC_SHA256.
func cipherOf(spec string) suite {
	s := suite{block: aes.NewCipher, tag: 16}
	is := func(prefix string) bool { return strings.HasPrefix(spec, prefix) }
	switch {
	case is("AES_128_"):
		s.key = 16
	case is("AES_256_"):
		s.key = 32
	case is("CHACHA20_POLY1305_"):
		s.kind, s.key = chacha, chacha20poly1305.KeySize
	case is("3DES_EDE_"):
		s.key, s.block = 24, des.NewTripleDESCipher
	case is("RC4_128_"):
		s.kind, s.key = rc4Stream, 16
	case is("NULL_"):
		s.kind = null
	default:
		return suite{}
	}
	switch {
	case strings.Contains(spec, "_GCM_"):
		s.kind = gcm
	case strings.Contains(spec, "_CCM"):
		// CCM_8 keeps only a half of the tag (RFC 6655, Section 4).
		if s.kind = ccm; strings.Contains(spec, "_CCM_8") {
			s.tag = 8
		}
	case strings.Contains(spec, "_CBC_"):
		s.kind = cbc
	}
	// The last part is the hash of the MAC.
	if !s.aead() {
		if s.mac = macOf(spec[strings.LastIndexByte(spec, '_')+1:]); s.mac == nil {
			return suite{}
		}
	}
	return s
}

// macOf returns the hash of that name, or nil.
func macOf(name string) func() hash.Hash {
	switch name {
	case "MD5":
		return md5.New
	case "SHA":
		return sha1.New
	case "SHA256":
		return sha256.New
	case "SHA384":
		return sha512.New384
	}
	return nil
}

// blockSize returns how long the blocks of a suite with CBC are.
func (s suite) blockSize() int {
	// 3DES has keys of 24 bytes, and blocks of its own size.
	if s.key == 24 {
		return des.BlockSize
	}
	return aes.BlockSize
}

// cipher returns the AEAD for a key.
func (s suite) cipher(key []byte) (cipher.AEAD, error) {
	if s.kind == chacha {
		return chacha20poly1305.New(key)
	}
	block, err := s.block(key)
	if err != nil {
		return nil, err
	}
	if s.kind == ccm {
		return &ccmCipher{block, s.tag}, nil
	}
	return cipher.NewGCM(block)
}
