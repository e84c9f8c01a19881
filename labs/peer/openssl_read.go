package peer

import (
	"encoding/asn1"
	"encoding/pem"
	"strconv"
	"strings"
)

// readOpenSSL reads what s_client or s_server came to.
func readOpenSSL(v *Verdict, s said) {
	set := &v.Settled
	if line, ok := s.last("New, "); ok {
		set.opensslSuite(line)
	}
	if line, ok := s.last("Reused, "); ok {
		set.opensslSuite(line)
		set.Resumed = true
	}
	if suite, ok := s.last("CIPHER is "); ok { // s_server
		set.Suite = fromOpenSSL(suite)
	}
	for _, mark := range []string{"Protocol  : ", "Protocol: "} {
		if name, ok := s.last(mark); ok {
			set.Version = versionName(name)
		}
	}
	set.Resumed = set.Resumed || s.has("Reused session-id")
	set.Group = s.opensslGroup()
	set.session(s)
	for _, mark := range []string{"ALPN protocol: ", "ALPN protocols selected: "} {
		if name, ok := s.last(mark); ok {
			set.ALPN = name
		}
	}
	for _, word := range []string{"accepted", "rejected"} {
		if s.has("Early data was " + word) {
			set.Early = word
		}
	}
	if s.has("Early data received:") {
		set.Early = "accepted"
	}
	set.Checked, _ = s.last("Verify return code: ")
	v.Lines = s.words("New, ", "Reused, ", "CIPHER is ", "Reused session-id", "verify error:", "Verify return code:", "SSL routines", "alert number", "OCSP response:", "Verification error")
	done := set.Checked != "" || s.has("CIPHER is ")
	v.OK = done && set.Suite != "" && v.Exit == 0 && !s.has(":error:")
}

// opensslSuite reads "TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384". The version there
// is that of the suite, so it counts for TLS 1.3 alone.
func (set *Settled) opensslSuite(line string) {
	version, suite, ok := strings.Cut(line, ", Cipher is ")
	if !ok || suite == "(NONE)" {
		return
	}
	set.Suite = fromOpenSSL(suite)
	if set.Version == "" && version == "TLSv1.3" {
		set.Version = "TLS 1.3"
	}
}

// opensslGroup reads "Server Temp Key: ECDH, prime256v1, 256 bits", or what later
// versions say instead.
func (s said) opensslGroup() string {
	for _, mark := range []string{"Negotiated TLS1.3 group: ", "Server Temp Key: ", "Peer Temp Key: "} {
		line, ok := s.last(mark)
		if !ok {
			continue
		}
		line = strings.TrimPrefix(line, "ECDH, ")
		name, _, _ := strings.Cut(line, ",")
		if name == "DH" { // of the size alone one cannot tell the group
			return ""
		}
		return groupName(name)
	}
	return ""
}

// session reads the version and the group out of the session that s_server
// prints, which is the only place where it says them: the second INTEGER of
// SSL_SESSION_ASN1, and kex_group, which is [19].
func (set *Settled) session(s said) {
	block, _ := pem.Decode([]byte(strings.Join(s, "\n")))
	var whole asn1.RawValue
	if block == nil || block.Type != "SSL SESSION PARAMETERS" {
		return
	}
	if _, err := asn1.Unmarshal(block.Bytes, &whole); err != nil {
		return
	}
	rest, n := whole.Bytes, 0
	for ; len(rest) > 0; n++ {
		var part asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &part); err != nil {
			return
		}
		var number int
		switch {
		case n == 1:
			asn1.Unmarshal(part.FullBytes, &number) // what is no number is no version either
			if number >= 0x0301 && number <= 0x0304 {
				set.Version = "TLS 1." + strconv.Itoa(number-0x0301)
			}
		case part.Class == asn1.ClassContextSpecific && part.Tag == 19:
			asn1.Unmarshal(part.Bytes, &number)
			set.Group = groupNumbered(number)
		}
	}
}
