package peer

import (
	"strings"
)

// A suite is a cipher suite taken apart, as its IANA name has it: the key exchange
// with its authentication, then what protects records. In TLS 1.3 the former is
// "" (RFC 9846, Appendix B.4).
type suite struct{ exchange, cipher string }

// exchanges are the key exchanges before TLS 1.3 that some program here knows, as
// IANA, OpenSSL and GnuTLS name them.
var exchanges = [][3]string{
	{"ECDHE_ECDSA", "ECDHE-ECDSA-", "ECDHE-ECDSA"}, {"ECDHE_RSA", "ECDHE-RSA-", "ECDHE-RSA"},
	{"DHE_RSA", "DHE-RSA-", "DHE-RSA"}, {"DHE_DSS", "DHE-DSS-", "DHE-DSS"}, {"RSA", "", "RSA"},
	{"PSK", "PSK-", "PSK"}, {"ECDHE_PSK", "ECDHE-PSK-", "ECDHE-PSK"}, {"DHE_PSK", "DHE-PSK-", "DHE-PSK"},
	{"RSA_PSK", "RSA-PSK-", "RSA-PSK"}, {"DH_anon", "ADH-", "ANON-DH"}, {"ECDH_anon", "AECDH-", "ANON-ECDH"},
}

// ciphers are what protects records before TLS 1.3: as IANA and OpenSSL name
// them, and GnuTLS's cipher and MAC.
var ciphers = [][4]string{
	{"AES_128_GCM_SHA256", "AES128-GCM-SHA256", "AES-128-GCM", "AEAD"},
	{"AES_256_GCM_SHA384", "AES256-GCM-SHA384", "AES-256-GCM", "AEAD"},
	{"CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305", "CHACHA20-POLY1305", "AEAD"},
	{"AES_128_CCM", "AES128-CCM", "AES-128-CCM", "AEAD"},
	{"AES_256_CCM", "AES256-CCM", "AES-256-CCM", "AEAD"},
	{"AES_128_CCM_8", "AES128-CCM8", "AES-128-CCM-8", "AEAD"},
	{"AES_256_CCM_8", "AES256-CCM8", "AES-256-CCM-8", "AEAD"},
	{"AES_128_CBC_SHA", "AES128-SHA", "AES-128-CBC", "SHA1"},
	{"AES_256_CBC_SHA", "AES256-SHA", "AES-256-CBC", "SHA1"},
	{"AES_128_CBC_SHA256", "AES128-SHA256", "AES-128-CBC", "SHA256"},
	{"AES_256_CBC_SHA256", "AES256-SHA256", "AES-256-CBC", "SHA256"},
	{"AES_256_CBC_SHA384", "AES256-SHA384", "AES-256-CBC", "SHA384"},
	{"CAMELLIA_128_CBC_SHA", "CAMELLIA128-SHA", "CAMELLIA-128-CBC", "SHA1"},
	{"CAMELLIA_256_CBC_SHA", "CAMELLIA256-SHA", "CAMELLIA-256-CBC", "SHA1"},
	{"CAMELLIA_128_CBC_SHA256", "CAMELLIA128-SHA256", "CAMELLIA-128-CBC", "SHA256"},
	{"CAMELLIA_256_CBC_SHA256", "CAMELLIA256-SHA256", "CAMELLIA-256-CBC", "SHA256"},
	{"CAMELLIA_256_CBC_SHA384", "CAMELLIA256-SHA384", "CAMELLIA-256-CBC", "SHA384"},
	{"ARIA_128_GCM_SHA256", "ARIA128-GCM-SHA256", "", ""},
	{"ARIA_256_GCM_SHA384", "ARIA256-GCM-SHA384", "", ""},
	{"3DES_EDE_CBC_SHA", "DES-CBC3-SHA", "3DES-CBC", "SHA1"},
	{"RC4_128_SHA", "RC4-SHA", "ARCFOUR-128", "SHA1"},
	{"NULL_SHA", "NULL-SHA", "NULL", "SHA1"},
	{"NULL_SHA256", "NULL-SHA256", "NULL", "SHA256"},
	{"NULL_SHA384", "NULL-SHA384", "NULL", "SHA384"},
}

// newSuites are those of TLS 1.3 (RFC 9846, Appendix B.4), and GnuTLS's cipher.
var newSuites = [][2]string{
	{"TLS_AES_128_GCM_SHA256", "AES-128-GCM"}, {"TLS_AES_256_GCM_SHA384", "AES-256-GCM"},
	{"TLS_CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305"},
	{"TLS_AES_128_CCM_SHA256", "AES-128-CCM"}, {"TLS_AES_128_CCM_8_SHA256", "AES-128-CCM-8"},
}

// suiteOf takes an IANA name apart. It is false for a name that no program here
// knows.
func suiteOf(iana string) (s suite, ok bool) {
	for _, n := range newSuites {
		if n[0] == iana {
			return suite{"", iana}, true
		}
	}
	s.exchange, s.cipher, _ = strings.Cut(strings.TrimPrefix(iana, "TLS_"), "_WITH_")
	return s, strings.HasPrefix(iana, "TLS_") && s.openssl() != ""
}

// iana is the suite's registered name.
func (s suite) iana() string {
	if s.exchange == "" {
		return s.cipher
	}
	return "TLS_" + s.exchange + "_WITH_" + s.cipher
}

// openssl is the suite's name there; "" if it cannot have one.
func (s suite) openssl() string {
	if s.exchange == "" {
		return s.cipher
	}
	var first, second string
	found := false
	for _, e := range exchanges {
		if e[0] == s.exchange {
			first, found = e[1], true
		}
	}
	for _, c := range ciphers {
		if c[0] == s.cipher {
			second = c[1]
		}
	}
	if !found || second == "" {
		return ""
	}
	switch block := strings.Contains(s.cipher, "AES") && strings.Contains(s.cipher, "CBC"); {
	// Under a PSK the mode is named, which it is not elsewhere.
	case strings.HasSuffix(s.exchange, "PSK") && block:
		second = strings.Replace(second, "-SHA", "-CBC-SHA", 1)
	case strings.HasSuffix(s.exchange, "PSK") && s.cipher == "3DES_EDE_CBC_SHA":
		second = "3DES-EDE-CBC-SHA"
	// With ARIA, RSA goes without saying.
	case s.exchange == "ECDHE_RSA" && strings.HasPrefix(s.cipher, "ARIA"):
		first = "ECDHE-"
	}
	return first + second
}

// weak reports whether today's OpenSSL refuses the suite by default.
func (s suite) weak() bool {
	return strings.HasSuffix(s.exchange, "anon") || strings.HasPrefix(s.cipher, "3DES") ||
		strings.HasPrefix(s.cipher, "RC4") || strings.HasPrefix(s.cipher, "NULL")
}

// gnutls is GnuTLS's key exchange, cipher and MAC; ok is false if it has none.
func (s suite) gnutls() (exchange, cipher, mac string, ok bool) {
	for _, n := range newSuites {
		if n[0] == s.cipher {
			return "", n[1], "AEAD", true
		}
	}
	for _, e := range exchanges {
		if e[0] == s.exchange {
			exchange = e[2]
		}
	}
	for _, c := range ciphers {
		if c[0] == s.cipher {
			cipher, mac = c[2], c[3]
		}
	}
	return exchange, cipher, mac, exchange != "" && cipher != ""
}

// suiteNamed finds the suite of which a question is true, and returns its IANA
// name; "" if there is none.
func suiteNamed(is func(suite) bool) string {
	for _, n := range newSuites {
		if s := (suite{"", n[0]}); is(s) {
			return s.iana()
		}
	}
	for _, e := range exchanges {
		for _, c := range ciphers {
			if s := (suite{e[0], c[0]}); is(s) {
				return s.iana()
			}
		}
	}
	return ""
}

// fromOpenSSL is the IANA name of a suite that OpenSSL has named; that itself if
// it is none that is known here.
func fromOpenSSL(name string) string {
	if iana := suiteNamed(func(s suite) bool { return s.openssl() == name }); iana != "" {
		return iana
	}
	return name
}
