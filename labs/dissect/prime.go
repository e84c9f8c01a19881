package dissect

import (
	"crypto/sha256"
	"fmt"
	"math/bits"

	"tlstutor/labs/wire"
)

// serverDH reads ServerDHParams (RFC 5246, Section 7.4.3): a prime, a generator,
// and the server's public value. It returns what is known of the prime.
func serverDH(c *wire.Cursor) string {
	said := ""
	if number(c, "dh_p", 2); c.Err() == nil {
		f := c.Last()
		if name := primeName(content(f)); name != "" {
			f.Value = name + ", " + f.Value
		}
		said = f.Value
	}
	number(c, "dh_g", 2)
	number(c, "dh_Ys", 2)
	return said
}

// number reads a vector that holds one large number, and says what it is if that
// fits, or how long it is.
func number(c *wire.Cursor, name string, width int) {
	opaque(c, name, width)
	f := c.Last()
	if c.Err() != nil || f == nil || f.Err != nil {
		return
	}
	n := bitLen(content(f))
	if f.Value = wire.Count(n, "bit"); n <= 32 {
		small := uint64(0)
		for _, b := range content(f) {
			small = small<<8 | uint64(b)
		}
		f.Value = fmt.Sprint(small)
	}
}

// bitLen returns the length of a number in bits.
func bitLen(b []byte) int {
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	if len(b) == 0 {
		return 0
	}
	return 8*(len(b)-1) + bits.Len8(b[0])
}

// primeName names the primes that everybody may use, since how they were made can
// be checked, by how their SHA-256 begins: those of RFC 7919 (Appendix A) from the
// digits of e, those of RFC 2409 (Section 6.2) and RFC 3526 from those of pi.
func primeName(p []byte) string {
	switch sum := sha256.Sum256(p); fmt.Sprintf("%x", sum[:8]) {
	case "9cd3b7f336872f46":
		return "ffdhe2048"
	case "0eaf67db3a839156":
		return "ffdhe3072"
	case "4648414224ac881b":
		return "ffdhe4096"
	case "227ac9066b3ddd9e":
		return "ffdhe6144"
	case "770b14efaf6f0499":
		return "ffdhe8192"
	case "3f35a3f5f6c4376a":
		return "MODP group 2"
	case "64fcc83ec403930b":
		return "MODP group 5"
	case "d66436f79bbd6b2e":
		return "MODP group 14"
	case "48cf8b092fbce435":
		return "MODP group 15"
	case "4ee95187682bcb23":
		return "MODP group 16"
	case "d1bfe6d0925ce7e4":
		return "MODP group 17"
	case "39ab4feab950a312":
		return "MODP group 18"
	}
	return ""
}
