package dissect

import (
	"fmt"

	"tlstutor/labs/wire"
)

// A hybrid is a group made of two: what a share begins with, and what follows.
// One of them is a curve, whose point has a fixed size (RFC 10024).
type hybrid struct {
	first, second string
	point         int
	kemFirst      bool
}

// hybridOf returns the parts of a hybrid group. Against its name, X25519MLKEM768
// has ML-KEM first; MLKEM512X25519 says so.
func hybridOf(group uint64) (h hybrid, ok bool) {
	switch group {
	case 0x11e9:
		h = hybrid{"P-256", "ML-KEM-512", 65, false}
	case 0x11ea:
		h = hybrid{"ML-KEM-512", "X25519", 32, true}
	case 0x11eb:
		h = hybrid{"P-256", "ML-KEM-768", 65, false}
	case 0x11ec:
		h = hybrid{"ML-KEM-768", "X25519", 32, true}
	case 0x11ed:
		h = hybrid{"P-384", "ML-KEM-1024", 97, false}
	case 0x11ee:
		h = hybrid{"curveSM2", "ML-KEM-768", 65, false}
	case 0x6399:
		h = hybrid{"X25519", "Kyber768", 32, false}
	case 0x639a:
		h = hybrid{"P-256", "Kyber768", 65, false}
	}
	return h, h.point > 0
}

// shareParts says what the n bytes of a share for that group are. A hybrid's are
// two shares in a row; the client sends an ML-KEM encapsulation key, the server
// a ciphertext made with it.
func shareParts(group uint64, n int, server bool) string {
	h, ok := hybridOf(group)
	// Too short to be both: only its length is certain.
	if !ok || h.point >= n {
		return wire.Count(n, "byte")
	}
	what := "key"
	if server {
		what = "ciphertext"
	}
	if h.kemFirst {
		return fmt.Sprintf("%d bytes: %d of %s %s, then %d of %s", n, n-h.point, h.first, what, h.point, h.second)
	}
	return fmt.Sprintf("%d bytes: %d of %s, then %d of %s %s", n, h.point, h.first, n-h.point, h.second, what)
}
