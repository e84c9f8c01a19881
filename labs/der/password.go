package der

import (
	"strings"

	"tlstutor/labs/wire"
)

// takesPassword returns who reads the parameters of an algorithm that makes a key
// of a password, or uses such a key; nil for any other.
func takesPassword(alg string) func(*wire.Cursor) {
	switch alg {
	case "1.2.840.113549.1.5.13":
		return pbes2
	case "1.2.840.113549.1.5.14":
		return pbmac1
	case "1.2.840.113549.1.5.12":
		return pbkdf2
	case "1.3.6.1.4.1.11591.4.11":
		return scrypt
	}
	if strings.HasPrefix(alg, "1.2.840.113549.1.12.1.") || strings.HasPrefix(alg, "1.2.840.113549.1.5.") {
		return pbe
	}
	return nil
}

// pbes2 reads the parameters of PBES2: how a password becomes a key, and what
// that key is for (RFC 8018, Section A.4).
func pbes2(c *wire.Cursor) {
	algorithm(c, "keyDerivationFunc")
	how := value(c.Last())
	cipher, _ := algorithm(c, "encryptionScheme")
	say(c, called(cipher)+", "+how)
}

// pbmac1 reads the parameters of PBMAC1, a MAC under a password (RFC 8018, Section
// A.5), which PKCS #12 may have since RFC 9579.
func pbmac1(c *wire.Cursor) {
	algorithm(c, "keyDerivationFunc")
	how := value(c.Last())
	mac, _ := algorithm(c, "messageAuthScheme")
	say(c, called(mac)+", "+how)
}

// pbkdf2 reads the parameters of PBKDF2 (RFC 8018, Section A.2). The count is what
// makes guessing slow.
func pbkdf2(c *wire.Cursor) {
	octets(c, "salt", tagOctetString)
	rounds := value(integer(c, "iterationCount", tagInteger))
	if tagged(c, tagInteger) {
		integer(c, "keyLength", tagInteger)
	}
	// SHA-1 is enough here: no collision helps with a MAC.
	prf := "hmacWithSHA1" // when it is left out
	if tagged(c, tagSequence) {
		alg, _ := algorithm(c, "prf")
		prf = called(alg)
	}
	say(c, rounds+" rounds of "+prf)
}

// scrypt reads the parameters of scrypt (RFC 7914, Section 7.1).
func scrypt(c *wire.Cursor) {
	octets(c, "salt", tagOctetString)
	cost := value(integer(c, "costParameter", tagInteger))
	integer(c, "blockSize", tagInteger)
	integer(c, "parallelizationParameter", tagInteger)
	if tagged(c, tagInteger) {
		integer(c, "keyLength", tagInteger)
	}
	// N is what guessing costs, in time and in memory.
	say(c, "N "+cost)
}

// pbe reads the parameters of the older schemes, each with a cipher of its own
// (RFC 8018, Section A.3, and RFC 7292, Appendix C).
func pbe(c *wire.Cursor) {
	octets(c, "salt", tagOctetString)
	say(c, value(integer(c, "iterations", tagInteger))+" rounds")
}
