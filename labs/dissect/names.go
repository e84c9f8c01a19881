package dissect

import (
	"fmt"
	"strconv"

	"tlstutor/labs/wire"
)

// Names of numbers have one form: the name as its registry or RFC has it, then
// the number in brackets: of 16 bits in hexadecimal, except those of extensions.

// grease is the name of all numbers that are set aside by RFC 8701.
const grease = "GREASE"

// named returns "NAME (n)", or what is said of a number without a name.
func named(n uint64, ok bool, name string) string {
	if !ok || name == "" {
		name = "unknown"
	}
	return name + " (" + strconv.FormatUint(n, 10) + ")"
}

// coded is named for numbers of 16 bits that are written in hexadecimal.
func coded(n uint64, name string) string {
	switch {
	case name != "":
	case isGrease(n):
		name = grease
	default:
		name = "unknown"
	}
	if n > 0xffff {
		return fmt.Sprintf("%s (0x%x)", name, n)
	}
	const digits = "0123456789abcdef"
	hex := [...]byte{' ', '(', '0', 'x', digits[n>>12], digits[n>>8&15], digits[n>>4&15], digits[n&15], ')'}
	return name + string(hex[:])
}

// isGrease reports whether a number of 16 bits is one of those that clients
// send to keep servers used to numbers they do not know: suites, groups,
// versions, extensions and signature algorithms (RFC 8701, Section 2).
func isGrease(n uint64) bool { return n&0x0f0f == 0x0a0a && n>>8 == n&0xff }

// greaseProtocol is isGrease for the names in ALPN: two bytes, which are a number
// that isGrease (RFC 8701, Section 2).
func greaseProtocol(id []byte) bool {
	return len(id) == 2 && isGrease(uint64(id[0])<<8|uint64(id[1]))
}

// nth returns the name of n in a list that begins at 0.
func nth(n uint64, names ...string) string { return shifted(n, 0, names...) }

// shifted returns the name of n in a list that begins at first.
func shifted(n, first uint64, names ...string) string {
	if n >= first && n-first < uint64(len(names)) {
		return named(n, true, names[n-first])
	}
	return named(n, false, "")
}

// VersionName names a protocol version (RFC 9846, Section 4.3.1), also one of
// the drafts of TLS 1.3, or of DTLS (RFC 9147, Section 5.3).
func VersionName(n uint64) string {
	name := ""
	switch n {
	case 0x0002:
		name = "SSL 2.0"
	case 0x0300:
		name = "SSL 3.0"
	case 0x0301:
		name = "TLS 1.0"
	case 0x0302:
		name = "TLS 1.1"
	case 0x0303:
		name = "TLS 1.2"
	case 0x0304:
		name = "TLS 1.3"
	case 0xfeff:
		name = "DTLS 1.0"
	case 0xfefd:
		name = "DTLS 1.2"
	case 0xfefc:
		name = "DTLS 1.3"
	default:
		if n > 0x7f00 && n <= 0x7f1c { // the last draft was the 28th
			name = "TLS 1.3 draft " + strconv.Itoa(int(n&0xff))
		}
	}
	return coded(n, name)
}

// ContentName names the content type of a record (RFC 9846, Section 5.1; the last
// three are of DTLS: RFC 9146, RFC 9147, RFC 9853).
func ContentName(n uint64) string {
	if n < typeChangeCipherSpec {
		return named(n, n == 0, "invalid")
	}
	return shifted(n, typeChangeCipherSpec, "change_cipher_spec", "alert", "handshake", "application_data", "heartbeat",
		"tls12_cid", "ACK", "return_routability_check")
}

// HandshakeName names a handshake type (RFC 9846, Section 4; RFC 5246, Section 7.4).
func HandshakeName(n uint64) string { return named(n, true, Handshakes.name(n)) }

// AlertName names the description of an alert (RFC 9846, Section 6; RFC 5246, Section 7.2).
func AlertName(n uint64) string { return named(n, true, Alerts.name(n)) }

// ExtensionName names an extension type (RFC 9846, Section 4.3, and the IANA
// registry of TLS ExtensionType values).
func ExtensionName(n uint64) string {
	name := Extensions.name(n)
	switch {
	case name != "":
	case isGrease(n):
		name = grease
	default:
		name = "unknown_extension"
	}
	return named(n, true, name)
}

// GroupName names a group for key exchange (RFC 9846, Section 4.3.7, and the
// IANA registry of TLS Supported Groups).
func GroupName(n uint64) string { return coded(n, Groups.name(n)) }

// SuiteName names a cipher suite (RFC 9846, Appendix B.4, and the IANA registry
// of TLS Cipher Suites).
func SuiteName(n uint64) string { return coded(n, Suites.name(n)) }

// SchemeName names a signature algorithm (RFC 9846, Section 4.3.3, and the IANA
// registry of TLS SignatureScheme values). In TLS 1.2 the same two bytes are a
// hash and a kind of key (RFC 5246, Section 7.4.1.4.1).
func SchemeName(n uint64) string {
	name := Schemes.name(n)
	if name == "" {
		name = oldScheme(n)
	}
	return coded(n, name)
}

// oldScheme names the pairs of TLS 1.2 that TLS 1.3 has no name for. Both parts
// are small numbers (RFC 5246, Section 7.4.1.4.1), except for GOST, whose
// signatures have their hash within (RFC 9189).
func oldScheme(n uint64) string {
	switch n {
	case 0x0840:
		return "gostr34102012_256"
	case 0x0841:
		return "gostr34102012_512"
	}
	hash, kind := n>>8, n&0xff
	if hash < 1 || hash > 6 || kind < 1 || kind > 3 {
		return ""
	}
	return [...]string{"", "rsa", "dsa", "ecdsa"}[kind] + "_" + [...]string{"", "md5", "sha1", "sha224", "sha256", "sha384", "sha512"}[hash]
}

// seconds says how long a number of seconds is.
func seconds(n uint64) string {
	for _, u := range []struct {
		size uint64
		noun string
	}{{86400, "day"}, {3600, "hour"}, {60, "minute"}} {
		if n > 0 && n%u.size == 0 {
			return named(n, true, wire.Count(int(n/u.size), u.noun))
		}
	}
	return named(n, true, wire.Count(int(n), "second"))
}
