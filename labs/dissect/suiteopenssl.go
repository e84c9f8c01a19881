package dissect

import "strings"

// opensslExchange is how OpenSSL begins the name of a suite, by what stands before
// WITH in IANA's. Static RSA goes without saying.
var opensslExchange = map[string]string{
	"RSA": "", "DHE_RSA": "DHE-RSA-", "DHE_DSS": "DHE-DSS-", "ECDHE_RSA": "ECDHE-RSA-", "ECDHE_ECDSA": "ECDHE-ECDSA-",
	"DH_anon": "ADH-", "ECDH_anon": "AECDH-", "PSK": "PSK-", "RSA_PSK": "RSA-PSK-", "DHE_PSK": "DHE-PSK-", "PSK_DHE": "DHE-PSK-",
	"ECDHE_PSK": "ECDHE-PSK-", "SRP_SHA": "SRP-", "SRP_SHA_RSA": "SRP-RSA-", "SRP_SHA_DSS": "SRP-DSS-",
}

// opensslCipher is how it goes on: the mode is left out where it is CBC.
var opensslCipher = map[string]string{
	"AES_128_GCM_SHA256": "AES128-GCM-SHA256", "AES_256_GCM_SHA384": "AES256-GCM-SHA384", "CHACHA20_POLY1305_SHA256": "CHACHA20-POLY1305",
	"AES_128_CCM": "AES128-CCM", "AES_256_CCM": "AES256-CCM", "AES_128_CCM_8": "AES128-CCM8", "AES_256_CCM_8": "AES256-CCM8",
	"AES_128_CBC_SHA": "AES128-SHA", "AES_256_CBC_SHA": "AES256-SHA", "AES_128_CBC_SHA256": "AES128-SHA256",
	"AES_256_CBC_SHA256": "AES256-SHA256", "AES_256_CBC_SHA384": "AES256-SHA384",
	"CAMELLIA_128_CBC_SHA": "CAMELLIA128-SHA", "CAMELLIA_256_CBC_SHA": "CAMELLIA256-SHA", "CAMELLIA_128_CBC_SHA256": "CAMELLIA128-SHA256",
	"CAMELLIA_256_CBC_SHA256": "CAMELLIA256-SHA256", "CAMELLIA_256_CBC_SHA384": "CAMELLIA256-SHA384",
	"ARIA_128_GCM_SHA256": "ARIA128-GCM-SHA256", "ARIA_256_GCM_SHA384": "ARIA256-GCM-SHA384",
	"3DES_EDE_CBC_SHA": "DES-CBC3-SHA", "RC4_128_SHA": "RC4-SHA", "RC4_128_MD5": "RC4-MD5", "IDEA_CBC_SHA": "IDEA-CBC-SHA", "SEED_CBC_SHA": "SEED-SHA",
	"NULL_MD5": "NULL-MD5", "NULL_SHA": "NULL-SHA", "NULL_SHA256": "NULL-SHA256", "NULL_SHA384": "NULL-SHA384",
}

// OpenSSLSuite is how OpenSSL 3 spells a suite; "" is one for which it has no name.
// Those of TLS 1.3 it spells as IANA does.
func OpenSSLSuite(e Entry) string {
	before, after, old := strings.Cut(strings.TrimPrefix(e.Name, "TLS_"), "_WITH_")
	if !old {
		if e.Code >= 0x1301 && e.Code <= 0x1305 {
			return e.Name
		}
		return ""
	}
	first, known := opensslExchange[before]
	then := opensslCipher[after]
	if !known || then == "" || opensslLacks(before, after) {
		return ""
	}
	psk, srp := strings.HasSuffix(before, "PSK") || before == "PSK_DHE", strings.HasPrefix(before, "SRP")
	switch {
	// Under PSK and SRP it names the mode, and 3DES in full.
	case (psk || srp) && after == "3DES_EDE_CBC_SHA":
		then = "3DES-EDE-CBC-SHA"
	case srp:
		then = strings.ReplaceAll(after, "_", "-")
	case psk && strings.HasPrefix(after, "AES") && strings.Contains(after, "CBC"):
		then = strings.Replace(then, "-SHA", "-CBC-SHA", 1)
	// With ARIA, RSA goes without saying here too.
	case before == "ECDHE_RSA" && strings.HasPrefix(after, "ARIA"):
		first = "ECDHE-"
	}
	return first + then
}

// opensslLacks reports whether OpenSSL has no such suite, though it has names for
// both halves.
func opensslLacks(before, after string) bool {
	switch before {
	case "ECDHE_PSK": // RFC 8442 has more
		return strings.Contains(after, "GCM") || strings.Contains(after, "CCM")
	case "DHE_DSS":
		return after == "RC4_128_SHA"
	case "ECDH_anon", "DH_anon":
		return strings.HasPrefix(after, "ARIA")
	}
	return false
}
