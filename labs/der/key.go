package der

import (
	"fmt"
	"strings"

	"tlstutor/labs/wire"
)

// algorithm reads an AlgorithmIdentifier (RFC 5280, Section 4.1.1.2): an OID,
// and parameters whose type depends on it. It returns two OIDs: that of the
// algorithm, and that of its parameters when they are one (a named curve).
func algorithm(c *wire.Cursor, as string) (alg, parameters string) {
	cons(c, as, tagSequence, func(c *wire.Cursor) {
		alg = oid(c, "algorithm", tagOID)
		said := called(alg)
		switch {
		case !c.More(): // ECDSA, Ed25519 and ML-DSA have none
		case alg == oidPSS && tagged(c, tagSequence):
			if f := cons(c, "parameters", tagSequence, pssParameters); f != nil && f.Value != "" {
				said += " with " + f.Value
			}
		case tagged(c, tagNull):
			null(c, "parameters")
		case tagged(c, tagOID): // the curve of id-ecPublicKey (RFC 5480, Section 2.1.1)
			parameters = oid(c, "parameters", tagOID)
			said += ", " + called(parameters)
		default:
			if f, ok := next(c, "parameters", 0); ok && f.tag&0x20 != 0 {
				cons(c, "parameters", 0, all)
			} else if ok {
				octets(c, "parameters", 0)
			}
		}
		say(c, said)
	})
	return alg, parameters
}

// pssParameters reads RSASSA-PSS-params (RFC 4055, Section 3.1): the hash
// function, how it masks, and how much salt. What is left out stands for SHA-1
// and a salt of 20 octets, which was the fashion when this was written.
func pssParameters(c *wire.Cursor) {
	hash, salt := "SHA-1", uint64(20)
	if tagged(c, 0xa0) {
		lift(cons(c, "hashAlgorithm", 0xa0, func(c *wire.Cursor) {
			alg, _ := algorithm(c, "HashAlgorithm")
			hash = called(alg)
		}))
	}
	if tagged(c, 0xa1) {
		lift(cons(c, "maskGenAlgorithm", 0xa1, maskGenerator))
	}
	if tagged(c, 0xa2) {
		lift(cons(c, "saltLength", 0xa2, func(c *wire.Cursor) {
			if f := integer(c, "INTEGER", tagInteger); f != nil {
				salt = f.Code
			}
		}))
	}
	if tagged(c, 0xa3) {
		lift(cons(c, "trailerField", 0xa3, func(c *wire.Cursor) { integer(c, "INTEGER", tagInteger) }))
	}
	c.Say("%s, salt of %d bytes", hash, salt)
}

// maskGenerator reads a MaskGenAlgorithm, whose parameter is a hash function. It
// is MGF1 everywhere, with the hash function of the signature.
func maskGenerator(c *wire.Cursor) {
	cons(c, "MaskGenAlgorithm", tagSequence, func(c *wire.Cursor) {
		said := called(oid(c, "algorithm", tagOID))
		if tagged(c, tagSequence) {
			hash, _ := algorithm(c, "parameters")
			said += " with " + called(hash)
		}
		say(c, said)
	})
}

// subjectPublicKeyInfo reads the key that the certificate is about (RFC 5280,
// Section 4.1.2.7). The algorithm decides what its bits hold: DER for RSA and
// DSA, a point for curves (RFC 5480), and bare bytes for Ed25519 (RFC 8410),
// ML-DSA (RFC 9881) and whatever is not known.
func subjectPublicKeyInfo(c *wire.Cursor) {
	cons(c, "subjectPublicKeyInfo", tagSequence, func(c *wire.Cursor) {
		alg, curve := algorithm(c, "algorithm")
		said := called(alg)
		f := bitString(c, "subjectPublicKey", tagBitString, func(c *wire.Cursor) {
			switch alg {
			case oidRSA, oidPSS:
				said = "RSA"
				rsaPublicKey(c)
			case oidEC:
				said = curveName(curve)
				point(c, curve)
			case oidDSA:
				integer(c, "DSAPublicKey", tagInteger)
			default:
				keyBits(c)
			}
		})
		if f != nil && said == "RSA" && f.Value != "" {
			said = f.Value
		}
		c.Say("%s key", strings.TrimSuffix(said, " key"))
	})
}

// rsaPublicKey reads an RSAPublicKey (RFC 3279, Section 2.3.1). The size of the
// key is that of its modulus.
func rsaPublicKey(c *wire.Cursor) {
	f := cons(c, "RSAPublicKey", tagSequence, func(c *wire.Cursor) {
		n := integer(c, "modulus", tagInteger)
		integer(c, "publicExponent", tagInteger)
		if n != nil && n.Err == nil {
			c.Say("RSA %d-bit key", bitLen(n.Bytes()[n.Head:]))
		}
	})
	if f != nil {
		say(c, f.Value)
	}
}

// bitLen returns the length in bits of a non-negative INTEGER's content.
func bitLen(b []byte) int {
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	if len(b) == 0 {
		return 0
	}
	n := 8 * (len(b) - 1)
	for x := b[0]; x > 0; x >>= 1 {
		n++
	}
	return n
}

// point reads an ECPoint (RFC 5480, Section 2.2, and SEC 1, Section 2.3.3): its
// form, then both coordinates, or X alone when one bit of the form tells Y.
func point(c *wire.Cursor, curve string) {
	n := c.Len() - 1
	// 0 for a curve that is not known: then any size will do.
	size := curveBytes(curve)
	form := "unknown"
	c.Uint("form", 1, func(x uint64) string {
		switch {
		case x == 4 && n > 0 && n%2 == 0 && (size == 0 || n == 2*size):
			form = "uncompressed"
		case (x == 2 || x == 3) && n > 0 && (size == 0 || n == size):
			form = "compressed"
		}
		return fmt.Sprintf("%s (%d)", form, x)
	})
	switch form {
	case "uncompressed":
		coordinate(c, "X", n/2)
		coordinate(c, "Y", n/2)
	case "compressed":
		coordinate(c, "X", n)
	default:
		c.Fail("a point on %s is 04 X Y, 02 X or 03 X, with coordinates of its size (SEC 1, Section 2.3.3)", curveName(curve))
		return
	}
	c.Say("%s point, %s", curveName(curve), form)
}

// coordinate reads one coordinate, of the size of the curve's field.
func coordinate(c *wire.Cursor, name string, n int) {
	b := c.Opaque(name, n)
	if f := c.Last(); f != nil && c.Err() == nil {
		f.Value = hexBytes(b)
	}
}

// signatureValue reads the issuer's signature (RFC 5280, Section 4.1.1.3):
// ECDSA and DSA as r and s (RFC 3279, Section 2.2.3), others as one leaf. That
// ECDSA signatures differ in length by a byte or two comes from r and s being
// INTEGERs, whose leading zeros are left out.
func signatureValue(c *wire.Cursor, alg string) {
	bitString(c, "signatureValue", tagBitString, func(c *wire.Cursor) {
		switch {
		case strings.HasPrefix(alg, oidECDSA):
			cons(c, "ECDSA-Sig-Value", tagSequence, pair)
		case strings.HasPrefix(called(alg), "dsa-with-"):
			cons(c, "Dss-Sig-Value", tagSequence, pair)
		default:
			b := c.Rest("signature")
			if f := c.Last(); f != nil {
				f.Value = hexBytes(b)
			}
		}
		c.Say("%d bytes, %s", c.This().N-c.This().Head-1, called(alg))
	})
}

// pair reads the two numbers of a signature of the ElGamal family.
func pair(c *wire.Cursor) {
	integer(c, "r", tagInteger)
	integer(c, "s", tagInteger)
}
