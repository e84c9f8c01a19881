package der

import (
	"errors"
	"fmt"
	"strings"

	"tlstutor/labs/wire"
)

// What their RFCs ask of public keys.
var (
	errNoNull    = errors.New("the parameters of an RSA key are NULL (RFC 3279, Section 2.3.1)")
	errPositive  = errors.New("the numbers of an RSA key are positive (RFC 8017, Section 3.1)")
	errNoneTaken = errors.New("a key of this kind has no parameters (RFC 8410, Section 3)")
	errKeySize   = errors.New("a key of this kind has another size (RFC 8032, Section 5, and RFC 7748, Section 5)")
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
		// A scheme in which more schemes are nested.
		case tagged(c, tagSequence) && takesPassword(alg) != nil:
			said += ": " + value(cons(c, "parameters", tagSequence, takesPassword(alg)))
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
	// These are the defaults, which DER leaves out.
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
		// It is 1 everywhere: 0xbc at the end (RFC 4055, Section 3.1).
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

// subjectPublicKeyInfo reads the key that the certificate is about.
func subjectPublicKeyInfo(c *wire.Cursor) { publicKeyInfo(c, "subjectPublicKeyInfo") }

// publicKeyInfo reads a SubjectPublicKeyInfo of any name (RFC 5280, Section
// 4.1.2.7). The algorithm decides what its bits hold: DER for RSA and
// DSA, a point for curves (RFC 5480), and bare bytes for Ed25519 (RFC 8410),
// ML-DSA (RFC 9881) and whatever is not known.
func publicKeyInfo(c *wire.Cursor, as string) {
	cons(c, as, tagSequence, func(c *wire.Cursor) {
		alg, curve := algorithm(c, "algorithm")
		said := called(alg)
		how := c.Last()
		f := bitString(c, "subjectPublicKey", tagBitString, func(c *wire.Cursor) {
			switch alg {
			// The same key serves both paddings; the OID may confine it to PSS.
			case oidRSA, oidPSS:
				said = "RSA"
				rsaPublicKey(c)
			case oidEC:
				said = curveName(curve)
				point(c, curve)
			// One number; the group is in the parameters (RFC 3279, Section 2.3.2).
			case oidDSA:
				integer(c, "DSAPublicKey", tagInteger)
			default:
				keyBits(c)
			}
		})
		if f != nil && said == "RSA" && f.Value != "" {
			said = f.Value
		}
		if f != nil {
			suits(alg, how, f)
		}
		c.Say("%s key", strings.TrimSuffix(said, " key"))
	})
}

// suits complains about parameters that do not belong to a key, and of a key that
// is not as long as all of its kind are. Programs refuse both.
func suits(alg string, how, key *wire.Field) {
	size := 0
	switch alg {
	case "1.3.101.110", "1.3.101.112": // X25519, Ed25519
		size = 32
	case "1.3.101.111": // X448
		size = 56
	case "1.3.101.113": // Ed448
		size = 57
	}
	switch given := how.Kid("parameters"); {
	case alg == oidRSA && value(given) != "NULL":
		complain(how, errNoNull)
	case size > 0 && given != nil:
		complain(how, errNoneTaken)
	case size > 0 && key.N-key.Head != size+1: // and the octet of unused bits
		complain(key, errKeySize)
	}
}

// rsaPublicKey reads an RSAPublicKey (RFC 3279, Section 2.3.1). The size of the
// key is that of its modulus.
func rsaPublicKey(c *wire.Cursor) {
	f := cons(c, "RSAPublicKey", tagSequence, func(c *wire.Cursor) {
		n := integer(c, "modulus", tagInteger)
		e := integer(c, "publicExponent", tagInteger)
		for _, f := range [...]*wire.Field{n, e} {
			if f != nil && (negative(f) || f.IsNum && f.Code == 0) {
				blame(f, 0, errPositive)
			}
		}
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
	// The form tells how many coordinates follow, and the curve how long each is; a
	// point that fits neither is left undecoded, as no program would take it.
	// All but the octet of the form.
	n := c.Len() - 1
	// 0 for a curve that is not known: then any size will do.
	size := curveBytes(curve)
	form, at := "unknown", here(c)
	c.Uint("form", 1, func(x uint64) string {
		switch x {
		case 4:
			form = "uncompressed"
		case 2, 3:
			form = "compressed"
		}
		return fmt.Sprintf("%s (%d)", form, x)
	})
	switch {
	case form == "uncompressed" && n > 0 && n%2 == 0 && (size == 0 || n == 2*size):
		coordinate(c, "X", n/2)
		coordinate(c, "Y", n/2)
	case form == "compressed" && n > 0 && (size == 0 || n == size):
		coordinate(c, "X", n)
	case form == "unknown" && c.Err() == nil:
		c.Fail("%w", &Fault{at, fmt.Errorf("a point on %s begins with 04, 02 or 03 (SEC 1, Section 2.3.3)", curveName(curve))})
		return
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

// signatureValue reads the issuer's signature (RFC 5280, Section 4.1.1.3).
func signatureValue(c *wire.Cursor, alg string) { signatureAs(c, "signatureValue", alg) }

// signatureAs reads a signature in a BIT STRING of any name: ECDSA and DSA as r
// and s (RFC 3279, Sections 2.2.2 and 2.2.3), others as one leaf. That ECDSA
// signatures differ in length by a byte or two comes from r and s being INTEGERs,
// whose leading zeros are left out.
func signatureAs(c *wire.Cursor, as, alg string) {
	bitString(c, as, tagBitString, func(c *wire.Cursor) {
		switch {
		// Two numbers, in DER within the BIT STRING.
		case strings.HasPrefix(alg, oidECDSA):
			cons(c, "ECDSA-Sig-Value", tagSequence, pair)
		case strings.HasPrefix(called(alg), "dsa-with-"):
			cons(c, "Dss-Sig-Value", tagSequence, pair)
		// RSA, EdDSA and ML-DSA have octets of a fixed length and no structure.
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
