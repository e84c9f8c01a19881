package dissect

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/subtle"
	"hash"
)

// prf returns n bytes of a version's pseudorandom function over a seed that
// begins with the label. Before TLS 1.2 it is MD5's and SHA-1's, each with one
// half of the secret, exclusive-or (RFC 4346, Section 5); in TLS 1.2 it is that
// of the suite's hash (RFC 5246, Section 5).
func (s suite) prf(version uint64, secret, seed []byte, n int) []byte {
	if version >= 0x0303 {
		return expandHMAC(s.hash, secret, seed, n)
	}
	// Where the length is odd, both halves have the byte in the middle.
	half := (len(secret) + 1) / 2
	out := expandHMAC(md5.New, secret[:half], seed, n)
	subtle.XORBytes(out, out, expandHMAC(sha1.New, secret[len(secret)-half:], seed, n))
	return out
}

// expandHMAC is P_hash (RFC 5246, Section 5).
func expandHMAC(h func() hash.Hash, secret, seed []byte, n int) []byte {
	mac := hmac.New(h, secret)
	sum := func(parts ...[]byte) []byte {
		mac.Reset()
		for _, p := range parts {
			mac.Write(p)
		}
		return mac.Sum(nil)
	}
	var out []byte
	// A(1) is the HMAC of the seed, A(i) that of A(i-1).
	for a := sum(seed); len(out) < n; a = sum(a) {
		out = append(out, sum(a, seed)...)
	}
	return out[:n]
}
