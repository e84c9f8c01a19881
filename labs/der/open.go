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
	case "attrType", "responseType", "contentType", "eContentType", "bagId", "certId", "crlId", "namedCurve", "statementId", "AcceptableResponse":
		return true // object identifiers too
	case "value", "rfc822Name", "dNSName", "uniformResourceIdentifier", "iPAddress", "DirectoryString", "cPSuri", "organization", "explicitText",
		"UTF8String", "NumericString", "PrintableString", "TeletexString", "IA5String", "VisibleString", "GeneralString", "UniversalString", "BMPString":
		return true // text and addresses
	case "scheme", "trust_domain", "path", "alias", "keyid", "holdInstructionCode":
		return true
	case "notBefore", "notAfter", "UTCTime", "GeneralizedTime", "thisUpdate", "nextUpdate", "revocationDate", "revocationTime", "producedAt", "InvalidityDate", "ArchiveCutoff":
		return true
	case "serialNumber", "authorityCertSerialNumber", "keyIdentifier", "KeyIdentifier", "key_id", "INTEGER":
		return true // numbers that only name something, or that nobody knows the meaning of
	case "userCertificate", "CRLNumber", "BaseCRLNumber", "issuerNameHash", "issuerKeyHash", "KeyHash", "Nonce", "salt", "macSalt", "digest",
		"p", "q", "g", "y":
		return true // numbers and hashes likewise
	case "privateKey", "CurvePrivateKey", "DSAPrivateKey", "seed", "expandedKey", "privateExponent", "prime1", "prime2", "exponent1", "exponent2", "coefficient",
		"otherPrimeInfos", "x", "private key":
		return true // secrets, of which nothing is shown but the length
	case "encryptedData", "encryptedContent":
		return true
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
