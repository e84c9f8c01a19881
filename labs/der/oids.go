package der

// OIDs that the code asks for by name.
const (
	oidRSA   = "1.2.840.113549.1.1.1"
	oidPSS   = "1.2.840.113549.1.1.10"
	oidEC    = "1.2.840.10045.2.1"
	oidDSA   = "1.2.840.10040.4.1"
	oidECDSA = "1.2.840.10045.4." // the arc of all of them
)

// curveName returns the name under which a curve is known to people.
func curveName(dotted string) string {
	switch dotted {
	case "1.2.840.10045.3.1.7":
		return "P-256"
	case "1.3.132.0.34":
		return "P-384"
	case "1.3.132.0.35":
		return "P-521"
	case "":
		return "EC"
	}
	return called(dotted)
}

// curveBytes returns how many bytes a coordinate on a curve takes, 0 when the
// curve is not known.
func curveBytes(dotted string) int {
	switch dotted {
	case "1.2.840.10045.3.1.7", "1.3.132.0.10", "1.3.36.3.3.2.8.1.1.7":
		return 32
	case "1.3.132.0.34", "1.3.36.3.3.2.8.1.1.11":
		return 48
	case "1.3.36.3.3.2.8.1.1.13":
		return 64
	case "1.3.132.0.35":
		return 66
	}
	return 0
}

// oidNames names object identifiers as their specifications do. It is never
// changed.
var oidNames = map[string]string{
	// Public keys and signatures (RFC 3279, RFC 4055, RFC 5480, RFC 5758, RFC 8410, RFC 9881).
	"1.2.840.113549.1.1.1":    "rsaEncryption",
	"1.2.840.113549.1.1.2":    "md2WithRSAEncryption",
	"1.2.840.113549.1.1.4":    "md5WithRSAEncryption",
	"1.2.840.113549.1.1.5":    "sha1WithRSAEncryption",
	"1.2.840.113549.1.1.7":    "RSAES-OAEP",
	"1.2.840.113549.1.1.8":    "MGF1",
	"1.2.840.113549.1.1.10":   "RSASSA-PSS",
	"1.2.840.113549.1.1.11":   "sha256WithRSAEncryption",
	"1.2.840.113549.1.1.12":   "sha384WithRSAEncryption",
	"1.2.840.113549.1.1.13":   "sha512WithRSAEncryption",
	"1.2.840.113549.1.1.14":   "sha224WithRSAEncryption",
	"1.2.840.10040.4.1":       "id-dsa",
	"1.2.840.10040.4.3":       "dsa-with-SHA1",
	"2.16.840.1.101.3.4.3.1":  "dsa-with-SHA224",
	"2.16.840.1.101.3.4.3.2":  "dsa-with-SHA256",
	"1.2.840.10045.2.1":       "id-ecPublicKey",
	"1.2.840.10045.4.1":       "ecdsa-with-SHA1",
	"1.2.840.10045.4.3.1":     "ecdsa-with-SHA224",
	"1.2.840.10045.4.3.2":     "ecdsa-with-SHA256",
	"1.2.840.10045.4.3.3":     "ecdsa-with-SHA384",
	"1.2.840.10045.4.3.4":     "ecdsa-with-SHA512",
	"1.3.101.110":             "X25519",
	"1.3.101.111":             "X448",
	"1.3.101.112":             "Ed25519",
	"1.3.101.113":             "Ed448",
	"2.16.840.1.101.3.4.3.17": "ML-DSA-44",
	"2.16.840.1.101.3.4.3.18": "ML-DSA-65",
	"2.16.840.1.101.3.4.3.19": "ML-DSA-87",
	"2.16.840.1.101.3.4.3.20": "SLH-DSA-SHA2-128s",
	"2.16.840.1.101.3.4.3.21": "SLH-DSA-SHA2-128f",
	"2.16.840.1.101.3.4.3.22": "SLH-DSA-SHA2-192s",
	"2.16.840.1.101.3.4.3.23": "SLH-DSA-SHA2-192f",
	"2.16.840.1.101.3.4.3.24": "SLH-DSA-SHA2-256s",
	"2.16.840.1.101.3.4.3.25": "SLH-DSA-SHA2-256f",
	"2.16.840.1.101.3.4.3.26": "SLH-DSA-SHAKE-128s",
	"2.16.840.1.101.3.4.3.27": "SLH-DSA-SHAKE-128f",
	"2.16.840.1.101.3.4.3.28": "SLH-DSA-SHAKE-192s",
	"2.16.840.1.101.3.4.3.29": "SLH-DSA-SHAKE-192f",
	"2.16.840.1.101.3.4.3.30": "SLH-DSA-SHAKE-256s",
	"2.16.840.1.101.3.4.3.31": "SLH-DSA-SHAKE-256f",
	"2.16.840.1.101.3.4.4.1":  "ML-KEM-512",
	"2.16.840.1.101.3.4.4.2":  "ML-KEM-768",
	"2.16.840.1.101.3.4.4.3":  "ML-KEM-1024",

	// Hash functions.
	"1.2.840.113549.2.5":     "MD5",
	"1.3.14.3.2.26":          "SHA-1",
	"2.16.840.1.101.3.4.2.1": "SHA-256",
	"2.16.840.1.101.3.4.2.2": "SHA-384",
	"2.16.840.1.101.3.4.2.3": "SHA-512",
	"2.16.840.1.101.3.4.2.4": "SHA-224",

	// Curves (RFC 5480, RFC 5639).
	"1.2.840.10045.3.1.1":   "secp192r1",
	"1.2.840.10045.3.1.7":   "secp256r1",
	"1.3.132.0.10":          "secp256k1",
	"1.3.132.0.33":          "secp224r1",
	"1.3.132.0.34":          "secp384r1",
	"1.3.132.0.35":          "secp521r1",
	"1.3.36.3.3.2.8.1.1.7":  "brainpoolP256r1",
	"1.3.36.3.3.2.8.1.1.11": "brainpoolP384r1",
	"1.3.36.3.3.2.8.1.1.13": "brainpoolP512r1",

	// Attributes of names (RFC 4519, RFC 5280 Appendix A, and the CA/Browser Forum).
	"2.5.4.3":                    "commonName",
	"2.5.4.4":                    "surname",
	"2.5.4.5":                    "serialNumber",
	"2.5.4.6":                    "countryName",
	"2.5.4.7":                    "localityName",
	"2.5.4.8":                    "stateOrProvinceName",
	"2.5.4.9":                    "streetAddress",
	"2.5.4.10":                   "organizationName",
	"2.5.4.11":                   "organizationalUnitName",
	"2.5.4.12":                   "title",
	"2.5.4.13":                   "description",
	"2.5.4.15":                   "businessCategory",
	"2.5.4.17":                   "postalCode",
	"2.5.4.20":                   "telephoneNumber",
	"2.5.4.41":                   "name",
	"2.5.4.42":                   "givenName",
	"2.5.4.43":                   "initials",
	"2.5.4.44":                   "generationQualifier",
	"2.5.4.46":                   "dnQualifier",
	"2.5.4.65":                   "pseudonym",
	"2.5.4.97":                   "organizationIdentifier",
	"0.9.2342.19200300.100.1.1":  "userId",
	"0.9.2342.19200300.100.1.25": "domainComponent",
	"1.2.840.113549.1.9.1":       "emailAddress",
	"1.3.6.1.4.1.311.60.2.1.1":   "jurisdictionLocalityName",
	"1.3.6.1.4.1.311.60.2.1.2":   "jurisdictionStateOrProvinceName",
	"1.3.6.1.4.1.311.60.2.1.3":   "jurisdictionCountryName",
	"1.3.6.1.5.5.7.9.1":          "dateOfBirth",
	"1.3.6.1.5.5.7.9.3":          "gender",
	"1.3.6.1.5.5.7.9.4":          "countryOfCitizenship",
	"1.3.6.1.5.5.7.9.5":          "countryOfResidence",

	// Extensions (RFC 5280 Section 4.2, RFC 6960, RFC 6962, RFC 7633).
	"2.5.29.9":                "subjectDirectoryAttributes",
	"2.5.29.14":               "subjectKeyIdentifier",
	"2.5.29.15":               "keyUsage",
	"2.5.29.16":               "privateKeyUsagePeriod",
	"2.5.29.17":               "subjectAltName",
	"2.5.29.18":               "issuerAltName",
	"2.5.29.19":               "basicConstraints",
	"2.5.29.30":               "nameConstraints",
	"2.5.29.31":               "cRLDistributionPoints",
	"2.5.29.32":               "certificatePolicies",
	"2.5.29.33":               "policyMappings",
	"2.5.29.35":               "authorityKeyIdentifier",
	"2.5.29.36":               "policyConstraints",
	"2.5.29.37":               "extKeyUsage",
	"2.5.29.46":               "freshestCRL",
	"2.5.29.54":               "inhibitAnyPolicy",
	"1.3.6.1.5.5.7.1.1":       "authorityInfoAccess",
	"1.3.6.1.5.5.7.1.3":       "qcStatements",
	"1.3.6.1.5.5.7.1.11":      "subjectInfoAccess",
	"1.3.6.1.5.5.7.1.24":      "tlsfeature",
	"1.3.6.1.5.5.7.48.1.5":    "ocsp-nocheck",
	"1.3.6.1.4.1.11129.2.4.2": "SignedCertificateTimestampList",
	"1.3.6.1.4.1.11129.2.4.3": "CT poison",
	"2.16.840.1.113730.1.1":   "netscape-cert-type",
	"2.16.840.1.113730.1.13":  "netscape-comment",
	"1.3.6.1.4.1.44363.44":    "delegationUsage",

	// Purposes of keys (RFC 5280, Section 4.2.1.12, and others).
	"2.5.29.37.0":             "anyExtendedKeyUsage",
	"1.3.6.1.5.5.7.3.1":       "serverAuth",
	"1.3.6.1.5.5.7.3.2":       "clientAuth",
	"1.3.6.1.5.5.7.3.3":       "codeSigning",
	"1.3.6.1.5.5.7.3.4":       "emailProtection",
	"1.3.6.1.5.5.7.3.5":       "ipsecEndSystem",
	"1.3.6.1.5.5.7.3.6":       "ipsecTunnel",
	"1.3.6.1.5.5.7.3.7":       "ipsecUser",
	"1.3.6.1.5.5.7.3.8":       "timeStamping",
	"1.3.6.1.5.5.7.3.9":       "OCSPSigning",
	"1.3.6.1.4.1.311.10.3.3":  "microsoftServerGatedCrypto",
	"1.3.6.1.4.1.311.20.2.2":  "microsoftSmartcardLogon",
	"1.3.6.1.4.1.11129.2.4.4": "precertificateSigning",
	"2.16.840.1.113730.4.1":   "netscapeServerGatedCrypto",

	// Access methods, policies and their qualifiers, other names.
	"1.3.6.1.5.5.7.48.1":     "ocsp",
	"1.3.6.1.5.5.7.48.2":     "caIssuers",
	"1.3.6.1.5.5.7.48.3":     "timeStamping",
	"1.3.6.1.5.5.7.48.5":     "caRepository",
	"2.5.29.32.0":            "anyPolicy",
	"2.23.140.1.1":           "extended-validation",
	"2.23.140.1.2.1":         "domain-validated",
	"2.23.140.1.2.2":         "organization-validated",
	"2.23.140.1.2.3":         "individual-validated",
	"1.3.6.1.5.5.7.2.1":      "cps",
	"1.3.6.1.5.5.7.2.2":      "unotice",
	"1.3.6.1.4.1.311.20.2.3": "userPrincipalName",
	"1.3.6.1.5.5.7.8.5":      "xmppAddr",
	"1.3.6.1.5.5.7.8.7":      "srvName",
	"1.3.6.1.5.5.7.8.9":      "SmtpUTF8Mailbox",
}
