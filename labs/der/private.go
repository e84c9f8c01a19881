package der

import (
	"strings"

	"tlstutor/labs/wire"
)

// What is read here is secret. Its structure is named, so that people see what a
// key is made of; the numbers themselves become leaves that are withheld, and so
// does whatever is not understood. In a damaged key a length may lie, and any field
// may hold a piece of a secret: of such a one only the algorithm is shown.

// secret reads an element whose content nobody may see: a leaf that says only how
// long it is. Any length will do.
func secret(c *wire.Cursor, name string, tag byte) *wire.Field {
	h, ok := next(c, name, tag)
	if !ok {
		return nil
	}
	// Nothing of it is read, not even to check it: a complaint could tell of its bits.
	f := c.Block(name, h.head, h.n, nil)
	h.judge(f)
	f.Secret = true
	f.Value = "withheld, " + wire.Count(h.n, "byte")
	return f
}

// guard withholds all of a key that is damaged anywhere, but its algorithm.
func guard(f *wire.Field) {
	damaged := false
	if f != nil {
		f.Walk(func(path []*wire.Field) { damaged = damaged || path[len(path)-1].Err != nil })
	}
	if damaged {
		f.Value = "damaged private key"
		hush(f)
	}
}

// hush withholds the leaves of f, and takes back what is said of their bytes. An
// algorithm that has a name is what it says.
func hush(f *wire.Field) {
	for _, k := range f.Kids {
		if k.Name == "algorithm" && strings.Contains(k.Value, " (") {
			continue
		}
		if k.Name != wire.Undecoded { // that one says why, and none of its bytes
			k.Value, k.Code, k.IsNum = "", 0, false
		}
		if k.Name != "" && k.Name[0] <= '9' { // an attribute that has no name but its OID
			k.Name = "Attribute"
		}
		k.Secret = len(k.Kids) == 0
		hush(k)
	}
}

// secretKey withholds the whole block: what a label calls a private key and what
// no grammar here fits.
func secretKey(c *wire.Cursor) {
	n := c.Len()
	if tagged(c, tagSequence) {
		c.Fail("%d bytes of a private key, of no known form", n)
		return
	}
	c.Rest("private key")
	if f := c.Last(); f != nil {
		f.Secret, f.Value = true, "of no known form, withheld, "+wire.Count(n, "byte")
	}
}

// sealedKey reads a key that a cipher of OpenSSL's own encrypted in its PEM block
// (RFC 1421 lent it the headers). Only its password opens it.
func sealedKey(c *wire.Cursor) {
	n := c.Len()
	c.Rest("encryptedData")
	if f := c.Last(); f != nil {
		f.Secret, f.Value = true, wire.Count(n, "byte")+" that need the password"
	}
	c.Say("encrypted private key, %s that need the password", wire.Count(n, "byte"))
}

// privateKeyInfo reads a private key with its algorithm: PKCS #8 (RFC 5208,
// Section 5), which as OneAsymmetricKey may have its public key beside it (RFC
// 5958, Section 2).
func privateKeyInfo(c *wire.Cursor) {
	f := cons(c, "PrivateKeyInfo", tagSequence, func(c *wire.Cursor) {
		if !opens(c, maxCertificate) {
			return
		}
		version := number(c, "version", tagInteger, versionName)
		if version != nil && version.Code == 1 {
			c.Rename("OneAsymmetricKey")
		}
		alg, curve := algorithm(c, "privateKeyAlgorithm")
		what := keyName(alg, curve)
		keyOctets(c, alg, curve)
		// Only the key itself tells how large it is.
		if f := c.Last(); alg == oidRSA && f != nil && f.Name == "privateKey" && strings.HasPrefix(f.Value, "RSA") {
			what = strings.TrimSuffix(f.Value, " private key")
		}
		if tagged(c, 0xa0) {
			// Hardly anybody writes them (RFC 5958, Section 2).
			cons(c, "attributes", 0xa0, attributes)
		}
		if tagged(c, 0x81) {
			// It spares who reads the key from computing it.
			bitString(c, "publicKey", 0x81, keyBits)
		}
		say(c, what+" private key")
	})
	guard(f)
}

// keyName names the algorithm of a key as people do.
func keyName(alg, curve string) string {
	switch alg {
	case oidRSA:
		return "RSA"
	case oidPSS:
		return "RSA-PSS"
	case oidEC:
		return curveName(curve)
	case oidDSA:
		return "DSA"
	}
	return called(alg)
}

// keyOctets reads the OCTET STRING of PKCS #8. What it wraps depends on the
// algorithm: RFC 8017 for RSA, RFC 5915 for curves, RFC 8410 for Ed25519 and its
// kin, RFC 9881 for ML-DSA, RFC 9935 for ML-KEM; SLH-DSA wraps nothing (RFC 9909).
func keyOctets(c *wire.Cursor, alg, curve string) {
	var body func(*wire.Cursor)
	switch name := called(alg); {
	case alg == oidRSA || alg == oidPSS:
		body = rsaPrivateKey
	case alg == oidEC:
		body = func(c *wire.Cursor) { ecPrivateKey(c, curve) }
	case alg == oidDSA:
		body = func(c *wire.Cursor) { secret(c, "DSAPrivateKey", tagInteger) }
	case strings.HasPrefix(name, "ML-DSA-"), strings.HasPrefix(name, "ML-KEM-"):
		body = latticeKey
	case name == "Ed25519" || name == "Ed448" || name == "X25519" || name == "X448":
		body = func(c *wire.Cursor) { secret(c, "CurvePrivateKey", tagOctetString) }
	default:
		secret(c, "privateKey", tagOctetString)
		return
	}
	f := cons(c, "privateKey", tagOctetString, func(c *wire.Cursor) {
		body(c)
		say(c, value(c.Last()))
	})
	// Nothing in it was understood, so that nothing of it is public.
	if f != nil && len(f.Kids) == 0 {
		f.Secret = true
	}
}

// latticeKey reads a key of ML-DSA or ML-KEM: its seed, what the seed expands to,
// or both (RFC 9881, Section 6, and RFC 9935, Section 6).
func latticeKey(c *wire.Cursor) {
	switch {
	case tagged(c, 0x80):
		secret(c, "seed", 0x80)
	case tagged(c, tagOctetString):
		secret(c, "expandedKey", tagOctetString)
	default:
		cons(c, "both", tagSequence, func(c *wire.Cursor) {
			secret(c, "seed", tagOctetString)
			secret(c, "expandedKey", tagOctetString)
			c.Say("seed and expanded key, withheld")
		})
	}
}

// sec1Key reads a key on a curve that stands by itself, and so says which curve.
func sec1Key(c *wire.Cursor) {
	var curve string
	ecPrivateKey(c, curve)
}

// ecPrivateKey reads a key on a curve (RFC 5915, Section 3, or SEC 1, Section
// C.4). In PKCS #8 the curve stands outside.
func ecPrivateKey(c *wire.Cursor, curve string) {
	f := cons(c, "ECPrivateKey", tagSequence, func(c *wire.Cursor) {
		if !opens(c, maxCertificate) {
			return
		}
		// It is 1 and says no more.
		integer(c, "version", tagInteger)
		secret(c, "privateKey", tagOctetString)
		if tagged(c, 0xa0) {
			lift(cons(c, "parameters", 0xa0, func(c *wire.Cursor) {
				if !tagged(c, tagOID) {
					all(c) // a curve spelled out, which RFC 5480 forbids
					return
				}
				curve = oid(c, "namedCurve", tagOID)
			}))
		}
		if tagged(c, 0xa1) {
			lift(cons(c, "publicKey", 0xa1, func(c *wire.Cursor) {
				// The point that belongs to the number: whoever has the number can compute it.
				bitString(c, "BIT STRING", tagBitString, func(c *wire.Cursor) { point(c, curve) })
			}))
		}
		say(c, curveName(curve)+" private key")
	})
	guard(f)
}

// rsaPrivateKey reads an RSAPrivateKey (RFC 8017, Section A.1.2). Modulus and
// public exponent are the public half; from any other number the rest can be
// computed.
func rsaPrivateKey(c *wire.Cursor) {
	f := cons(c, "RSAPrivateKey", tagSequence, func(c *wire.Cursor) {
		if !opens(c, maxCertificate) {
			return
		}
		version := integer(c, "version", tagInteger)
		n := integer(c, "modulus", tagInteger)
		integer(c, "publicExponent", tagInteger)
		for _, name := range [...]string{"privateExponent", "prime1", "prime2", "exponent1", "exponent2", "coefficient"} {
			secret(c, name, tagInteger)
		}
		// More than two primes are for version 1 only.
		if version != nil && version.Code == 1 && tagged(c, tagSequence) {
			secret(c, "otherPrimeInfos", tagSequence)
		}
		if n != nil && n.Err == nil {
			c.Say("RSA %d-bit private key", bitLen(n.Bytes()[n.Head:]))
		}
	})
	guard(f)
}

// dsaPrivateKey reads a DSA key as OpenSSL writes one: its group, then both
// halves.
func dsaPrivateKey(c *wire.Cursor) {
	f := cons(c, "DSAPrivateKey", tagSequence, func(c *wire.Cursor) {
		if !opens(c, maxCertificate) {
			return
		}
		// p, q and g are the group, which many keys share, and y is the public half.
		integer(c, "version", tagInteger)
		for _, name := range [...]string{"p", "q", "g", "y"} {
			integer(c, name, tagInteger)
		}
		secret(c, "x", tagInteger)
		c.Say("DSA private key")
	})
	guard(f)
}

// encryptedPrivateKeyInfo reads a private key that a password protects (RFC 5958,
// Section 3): how it was encrypted, and the ciphertext.
func encryptedPrivateKeyInfo(c *wire.Cursor) {
	cons(c, "EncryptedPrivateKeyInfo", tagSequence, func(c *wire.Cursor) {
		if !opens(c, maxCertificate) {
			return
		}
		algorithm(c, "encryptionAlgorithm")
		// The rounds are what stands between a stolen file and the key.
		how := value(c.Last())
		sealed(c, "encryptedData", tagOctetString, how)
		if c.Say("encrypted private key"); how != "" {
			say(c, "encrypted private key, "+how)
		}
	})
}

// sealed reads ciphertext as a leaf that says what it takes to open it.
func sealed(c *wire.Cursor, name string, tag byte, how string) *wire.Field {
	h, ok := next(c, name, tag)
	if !ok {
		return nil
	}
	f := c.Block(name, h.head, h.n, nil)
	h.judge(f)
	setValue(f, wire.Count(h.n, "byte")+", encrypted with "+how)
	return f
}
