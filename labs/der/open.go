package der

import (
	"strings"

	"tlstutor/labs/wire"
)

// OpenLeaf reports whether a leaf of that name may hold more than 8 bytes:
// strings, times and OIDs, keys and signatures, identifiers without structure,
// and what could not be read. Everything else has an inner order that fields
// must show.
func OpenLeaf(name string) bool {
	switch name {
	case "extnID", "type", "type-id", "algorithm", "parameters", "policyIdentifier", "policyQualifierId",
		"issuerDomainPolicy", "subjectDomainPolicy", "accessMethod", "KeyPurposeId", "registeredID", "OBJECT IDENTIFIER":
		return true // object identifiers
	case "value", "rfc822Name", "dNSName", "uniformResourceIdentifier", "iPAddress", "DirectoryString", "cPSuri", "organization", "explicitText",
		"UTF8String", "NumericString", "PrintableString", "TeletexString", "IA5String", "VisibleString", "GeneralString", "UniversalString", "BMPString":
		return true // text and addresses
	case "notBefore", "notAfter", "UTCTime", "GeneralizedTime":
		return true
	case "serialNumber", "authorityCertSerialNumber", "keyIdentifier", "KeyIdentifier", "key_id", "INTEGER":
		return true // numbers that only name something, or that nobody knows the meaning of
	case "modulus", "publicExponent", "X", "Y", "DSAPublicKey", "bits", "r", "s", "signature":
		return true
	}
	return opaque(name) || name == wire.Undecoded
}

// opaque reports whether a name stands for octets whose type is all that is
// known: an OCTET STRING, or a type that only its context would explain.
func opaque(name string) bool {
	return name == "OCTET STRING" || strings.HasPrefix(name, "[")
}
