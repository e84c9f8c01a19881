package peer

import "strings"

// A curve is a group for the key exchange, be it one or not, as IANA names it, as
// people do where that differs, and as OpenSSL and GnuTLS do.
type curve struct {
	number                        int
	iana, common, openssl, gnutls string
}

// groupNames are the groups that some program here knows (RFC 9846, Section
// 4.2.7; the hybrids are registered by draft-ietf-tls-ecdhe-mlkem).
var groupNames = []curve{
	{0x001d, "x25519", "X25519", "X25519", "GROUP-X25519"},
	{0x0017, "secp256r1", "P-256", "P-256", "GROUP-SECP256R1"},
	{0x0018, "secp384r1", "P-384", "P-384", "GROUP-SECP384R1"},
	{0x0019, "secp521r1", "P-521", "P-521", "GROUP-SECP521R1"},
	{0x001e, "x448", "X448", "X448", "GROUP-X448"},
	{0x0100, "ffdhe2048", "", "ffdhe2048", "GROUP-FFDHE2048"},
	{0x0101, "ffdhe3072", "", "ffdhe3072", "GROUP-FFDHE3072"},
	{0x0102, "ffdhe4096", "", "ffdhe4096", "GROUP-FFDHE4096"},
	{0x0103, "ffdhe6144", "", "ffdhe6144", "GROUP-FFDHE6144"},
	{0x0104, "ffdhe8192", "", "ffdhe8192", "GROUP-FFDHE8192"},
	{0x11ec, "X25519MLKEM768", "", "X25519MLKEM768", "GROUP-X25519-MLKEM768"},
	{0x11eb, "SecP256r1MLKEM768", "", "SecP256r1MLKEM768", "GROUP-SECP256R1-MLKEM768"},
	{0x11ed, "SecP384r1MLKEM1024", "", "SecP384r1MLKEM1024", "GROUP-SECP384R1-MLKEM1024"},
}

// groupOf finds a group by any of the names that it goes by.
func groupOf(name string) (curve, bool) {
	if name == "prime256v1" { // which OpenSSL prints, and Python asks for
		name = "secp256r1"
	}
	for _, g := range groupNames {
		for _, n := range []string{g.iana, g.common, g.openssl, strings.TrimPrefix(g.gnutls, "GROUP-")} {
			if n != "" && strings.EqualFold(n, name) {
				return g, true
			}
		}
	}
	return curve{}, false
}

// hybrid reports whether the group has ML-KEM in it.
func (g curve) hybrid() bool { return strings.Contains(g.iana, "MLKEM") }

// groupName is the IANA name of a group that a program has named; that itself if
// it is none that is known here.
func groupName(name string) string {
	if g, ok := groupOf(name); ok {
		return g.iana
	}
	return name
}

// groupNumbered is the IANA name of a group that goes by its number; "" if it is
// none that is known here.
func groupNumbered(n int) string {
	for _, g := range groupNames {
		if g.number == n {
			return g.iana
		}
	}
	return ""
}
