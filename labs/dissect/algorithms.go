package dissect

import (
	"fmt"

	"tlstutor/labs/wire"
)

// GroupName names a group for key exchange (RFC 9846, Section 4.3.7, and the
// IANA registry of TLS Supported Groups).
func GroupName(n uint64) string { return coded(n, group(n)) }

// group is the name alone, or "".
func group(n uint64) string {
	switch n {
	case 19:
		return "secp192r1"
	case 21:
		return "secp224r1"
	case 22:
		return "secp256k1"
	case 23:
		return "secp256r1"
	case 24:
		return "secp384r1"
	case 25:
		return "secp521r1"
	case 26:
		return "brainpoolP256r1"
	case 27:
		return "brainpoolP384r1"
	case 28:
		return "brainpoolP512r1"
	case 29:
		return "x25519"
	case 30:
		return "x448"
	case 31:
		return "brainpoolP256r1tls13"
	case 32:
		return "brainpoolP384r1tls13"
	case 33:
		return "brainpoolP512r1tls13"
	case 0x0100:
		return "ffdhe2048"
	case 0x0101:
		return "ffdhe3072"
	case 0x0102:
		return "ffdhe4096"
	case 0x0103:
		return "ffdhe6144"
	case 0x0104:
		return "ffdhe8192"
	case 0x0200:
		return "MLKEM512"
	case 0x0201:
		return "MLKEM768"
	case 0x0202:
		return "MLKEM1024"
	case 0x11eb:
		return "SecP256r1MLKEM768"
	case 0x11ec:
		return "X25519MLKEM768"
	case 0x11ed:
		return "SecP384r1MLKEM1024"
	case 0x6399:
		return "X25519Kyber768Draft00"
	}
	return ""
}

// shareParts says what the n bytes of a share for that group are. A hybrid's are
// two shares in a row; the client sends an ML-KEM encapsulation key, the server
// a ciphertext made with it.
func shareParts(group uint64, n int, server bool) string {
	first, second := "", ""
	size := 0
	switch group {
	// Against its name, the share has ML-KEM first.
	case 0x11ec:
		first, second, size = "ML-KEM-768", "X25519", n-32
	case 0x11eb:
		first, second, size = "P-256", "ML-KEM-768", 65
	case 0x11ed:
		first, second, size = "P-384", "ML-KEM-1024", 97
	}
	// Too short to be both: only its length is certain.
	if size <= 0 || size >= n {
		return wire.Count(n, "byte")
	}
	what := "key"
	if server {
		what = "ciphertext"
	}
	if group == 0x11ec {
		return fmt.Sprintf("%d bytes: %d of %s %s, then %d of %s", n, size, first, what, n-size, second)
	}
	return fmt.Sprintf("%d bytes: %d of %s, then %d of %s %s", n, size, first, n-size, second, what)
}

// SchemeName names a signature algorithm (RFC 9846, Section 4.3.3, and the IANA
// registry of TLS SignatureScheme values). In TLS 1.2 the same two bytes are a
// hash and a kind of key (RFC 5246, Section 7.4.1.4.1).
func SchemeName(n uint64) string { return coded(n, scheme(n)) }

// scheme is the name alone, or "".
func scheme(n uint64) string {
	switch n {
	case 0x0201:
		return "rsa_pkcs1_sha1"
	case 0x0203:
		return "ecdsa_sha1"
	case 0x0401:
		return "rsa_pkcs1_sha256"
	case 0x0403:
		return "ecdsa_secp256r1_sha256"
	case 0x0420:
		return "rsa_pkcs1_sha256_legacy"
	case 0x0501:
		return "rsa_pkcs1_sha384"
	case 0x0503:
		return "ecdsa_secp384r1_sha384"
	case 0x0520:
		return "rsa_pkcs1_sha384_legacy"
	case 0x0601:
		return "rsa_pkcs1_sha512"
	case 0x0603:
		return "ecdsa_secp521r1_sha512"
	case 0x0620:
		return "rsa_pkcs1_sha512_legacy"
	case 0x0804:
		return "rsa_pss_rsae_sha256"
	case 0x0805:
		return "rsa_pss_rsae_sha384"
	case 0x0806:
		return "rsa_pss_rsae_sha512"
	case 0x0807:
		return "ed25519"
	case 0x0808:
		return "ed448"
	case 0x0809:
		return "rsa_pss_pss_sha256"
	case 0x080a:
		return "rsa_pss_pss_sha384"
	case 0x080b:
		return "rsa_pss_pss_sha512"
	case 0x081a:
		return "ecdsa_brainpoolP256r1tls13_sha256"
	case 0x081b:
		return "ecdsa_brainpoolP384r1tls13_sha384"
	case 0x081c:
		return "ecdsa_brainpoolP512r1tls13_sha512"
	case 0x0904:
		return "mldsa44"
	case 0x0905:
		return "mldsa65"
	case 0x0906:
		return "mldsa87"
	}
	return oldScheme(n)
}

// oldScheme names the pairs of TLS 1.2 that TLS 1.3 has no name for. Both parts
// are small numbers (RFC 5246, Section 7.4.1.4.1).
func oldScheme(n uint64) string {
	hash, kind := n>>8, n&0xff
	if hash < 1 || hash > 6 || kind < 1 || kind > 3 {
		return ""
	}
	return [...]string{"", "rsa", "dsa", "ecdsa"}[kind] + "_" + [...]string{"", "md5", "sha1", "sha224", "sha256", "sha384", "sha512"}[hash]
}

// SuiteName names a cipher suite (RFC 9846, Appendix B.4, and the IANA registry
// of TLS Cipher Suites).
func SuiteName(n uint64) string { return coded(n, suiteName(n)) }

// suiteName is the name alone, or "". TLS 1.2's first suites are in RFC 5246,
// Appendix A.5, those with GCM in RFC 5288.
func suiteName(n uint64) string {
	switch n {
	case 0x0000:
		return "TLS_NULL_WITH_NULL_NULL"
	case 0x0004:
		return "TLS_RSA_WITH_RC4_128_MD5"
	case 0x0005:
		return "TLS_RSA_WITH_RC4_128_SHA"
	case 0x000a:
		return "TLS_RSA_WITH_3DES_EDE_CBC_SHA"
	case 0x0016:
		return "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA"
	case 0x002f:
		return "TLS_RSA_WITH_AES_128_CBC_SHA"
	case 0x0033:
		return "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"
	case 0x0035:
		return "TLS_RSA_WITH_AES_256_CBC_SHA"
	case 0x0039:
		return "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"
	case 0x003c:
		return "TLS_RSA_WITH_AES_128_CBC_SHA256"
	case 0x003d:
		return "TLS_RSA_WITH_AES_256_CBC_SHA256"
	case 0x0067:
		return "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256"
	case 0x006b:
		return "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"
	case 0x009c:
		return "TLS_RSA_WITH_AES_128_GCM_SHA256"
	case 0x009d:
		return "TLS_RSA_WITH_AES_256_GCM_SHA384"
	case 0x009e:
		return "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"
	case 0x009f:
		return "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"
	case 0x00ff:
		return "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"
	case 0x1301:
		return "TLS_AES_128_GCM_SHA256"
	case 0x1302:
		return "TLS_AES_256_GCM_SHA384"
	case 0x1303:
		return "TLS_CHACHA20_POLY1305_SHA256"
	case 0x1304:
		return "TLS_AES_128_CCM_SHA256"
	case 0x1305:
		return "TLS_AES_128_CCM_8_SHA256"
	case 0x5600:
		return "TLS_FALLBACK_SCSV"
	}
	return curveSuite(n)
}

// curveSuite names the TLS 1.2 suites with elliptic curves or ChaCha20 (RFC 8422,
// RFC 5289, RFC 7251, RFC 7905).
func curveSuite(n uint64) string {
	switch n {
	case 0xc007:
		return "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA"
	case 0xc008:
		return "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA"
	case 0xc009:
		return "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"
	case 0xc00a:
		return "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"
	case 0xc011:
		return "TLS_ECDHE_RSA_WITH_RC4_128_SHA"
	case 0xc012:
		return "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"
	case 0xc013:
		return "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"
	case 0xc014:
		return "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"
	case 0xc023:
		return "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"
	case 0xc024:
		return "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"
	case 0xc027:
		return "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"
	case 0xc028:
		return "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"
	case 0xc02b:
		return "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
	case 0xc02c:
		return "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
	case 0xc02f:
		return "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
	case 0xc030:
		return "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
	case 0xc0ac:
		return "TLS_ECDHE_ECDSA_WITH_AES_128_CCM"
	case 0xc0ad:
		return "TLS_ECDHE_ECDSA_WITH_AES_256_CCM"
	case 0xcca8:
		return "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
	case 0xcca9:
		return "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
	case 0xccaa:
		return "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"
	}
	return ""
}
