package peer

import (
	"strings"
)

// readGnuTLS reads what gnutls-cli or gnutls-serv came to.
func readGnuTLS(v *Verdict, s said) {
	set := &v.Settled
	line, ok := s.last("- Description: ")
	if ok {
		set.gnutlsDescription(line, s.gnutlsKey())
	}
	set.ALPN, _ = s.last("- Application protocol: ")
	set.Checked, _ = s.last("- Status: ")
	set.Resumed = s.has("This is a resumed session")
	v.Lines = s.words("- Status: ", "*** ", "- Description:", "Error in handshake", "Fatal", "lert", "rror:")
	client := s.has("- Simple Client Mode:")
	bad := s.has("Fatal error") || s.has("Error in handshake") || s.has("*** Received alert") || s.has("*** Error")
	v.OK = ok && !bad && (v.Exit == 0 || v.Ending == Over && !client)
}

// gnutlsKey is the kind of key in the server's certificate, as far as the program
// shows it: "RSA" or "ECDSA".
func (s said) gnutlsKey() string {
	if kx, ok := s.last("- Key Exchange: "); ok {
		return kx[strings.LastIndex(kx, "-")+1:]
	}
	for _, line := range s {
		switch before, _, ok := strings.Cut(line, " key "); {
		case ok && strings.HasSuffix(before, "EC/ECDSA"):
			return "ECDSA"
		case ok && strings.HasSuffix(before, "RSA"):
			return "RSA"
		}
	}
	return ""
}

// gnutlsDescription reads "(TLS1.3-X.509)-(ECDHE-SECP256R1)-(ECDSA-SECP256R1-SHA256)-(AES-256-GCM)":
// version, key exchange with its group, signature, cipher, and the MAC where the
// cipher has none of its own. The signature is missing before TLS 1.2; key then
// says what signed. A PSK in TLS 1.3 leaves the exchange empty.
func (set *Settled) gnutlsDescription(line, key string) {
	parts := strings.FieldsFunc(line, func(r rune) bool { return r == '(' || r == ')' })
	if len(parts) == 0 {
		return
	}
	version, _, _ := strings.Cut(parts[0], "-")
	set.Version = versionName(version)
	var exchange string
	var rest []string
	for _, part := range parts[1:] {
		first, more, _ := strings.Cut(part, "-")
		switch {
		case strings.Trim(part, "-") == "":
		case exchange == "" && (first == "ECDHE" || first == "DHE" || first == "RSA" || first == "PSK"):
			exchange = part
			if g, ok := groupOf(more); ok {
				exchange, set.Group = first, g.iana
			} else if strings.HasPrefix(more, "CUSTOM") { // a group without a name
				exchange = first
			}
		case first == "ECDSA" || first == "RSA" || first == "EdDSA":
			key = first
		default:
			rest = append(rest, part)
		}
	}
	if len(rest) == 0 {
		return
	}
	if key == "EdDSA" { // which has no suites of its own (RFC 8422, Section 5.10)
		key = "ECDSA"
	}
	mac := "AEAD"
	if len(rest) > 1 {
		mac = rest[1]
	}
	set.Suite = suiteNamed(func(s suite) bool {
		kx, cipher, m, ok := s.gnutls()
		if !ok || cipher != rest[0] || m != mac {
			return false
		}
		if set.Version == "TLS 1.3" || kx == "" {
			return set.Version == "TLS 1.3" && kx == ""
		}
		return kx == exchange || kx == exchange+"-"+key
	})
}
