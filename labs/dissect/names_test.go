package dissect

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// TestNamesAgreeWithGo compares the tables with those of crypto/tls, where Go
// spells names as the registry does.
func TestNamesAgreeWithGo(t *testing.T) {
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if got, want := SuiteName(uint64(s.ID)), fmt.Sprintf("%s (0x%04x)", s.Name, s.ID); got != want {
			t.Errorf("suite %s, want %s", got, want)
		}
	}
	for v := uint16(tls.VersionTLS10); v <= tls.VersionTLS13; v++ {
		if got := wire.Bare(VersionName(uint64(v))); got != tls.VersionName(v) {
			t.Errorf("version %s, want %s", got, tls.VersionName(v))
		}
	}
	squash := func(s string) string {
		return strings.ReplaceAll(strings.ToLower(strings.ReplaceAll(s, "Curve", "secp")), "secpp", "secp")
	}
	for g, name := range map[tls.CurveID]string{tls.CurveP256: "secp256r1", tls.CurveP384: "secp384r1", tls.CurveP521: "secp521r1"} {
		if got := wire.Bare(GroupName(uint64(g))); got != name {
			t.Errorf("group %s, want %s", got, name)
		}
	}
	for _, g := range []tls.CurveID{tls.X25519, tls.X25519MLKEM768, tls.SecP256r1MLKEM768, tls.SecP384r1MLKEM1024} {
		if got := wire.Bare(GroupName(uint64(g))); squash(got) != squash(g.String()) {
			t.Errorf("group %s, want %s", got, g)
		}
	}
}

// TestNamesHaveOneForm: whatever the number, a name is followed by it in brackets.
func TestNamesHaveOneForm(t *testing.T) {
	for name, f := range map[string]func(uint64) string{
		"version": VersionName, "suite": SuiteName, "group": GroupName, "scheme": SchemeName,
		"kem": kemName, "kdf": kdfName, "aead": aeadName, "srtp": srtpName,
	} {
		for n := range uint64(0x10000) {
			oneForm(t, name, f(n), fmt.Sprintf(" (0x%04x)", n))
		}
	}
	for n := range uint64(0x10000) {
		oneForm(t, "extension", ExtensionName(n), fmt.Sprintf(" (%d)", n))
	}
	for name, f := range map[string]func(uint64) string{
		"alert": AlertName, "content": ContentName, "handshake": HandshakeName, "level": levelName,
		"compression": compressionName, "compressor": compressorName, "name type": nameTypeName, "status": statusTypeName,
		"curve": curveTypeName, "point": pointFormatName, "mode": modeName, "update": updateName, "heartbeat": heartbeatName,
		"fragment": fragmentLength, "certificate": certificateTypeName, "seconds": seconds,
		"heartbeat mode": heartbeatModeName, "cert type": certTypeName, "ech": echTypeName,
	} {
		for n := range uint64(300) {
			oneForm(t, name, f(n), fmt.Sprintf(" (%d)", n))
		}
	}
}

// oneForm fails if a name does not end in its number, or has other brackets.
func oneForm(t *testing.T, table, got, number string) {
	t.Helper()
	if name, ok := strings.CutSuffix(got, number); !ok || name == "" || name != wire.Bare(got) || strings.ContainsAny(name, "()") {
		t.Errorf("%s: %q does not end in %q", table, got, number)
	}
}

// TestGrease has every number that RFC 8701, Section 2, sets aside, and no other.
func TestGrease(t *testing.T) {
	for table, name := range map[string]func(uint64) string{
		"suite": SuiteName, "group": GroupName, "version": VersionName, "scheme": SchemeName, "extension": ExtensionName,
	} {
		var got []uint64
		for n := range uint64(0x10000) {
			if wire.Bare(name(n)) == "GREASE" {
				got = append(got, n)
			}
		}
		if len(got) != 16 || got[0] != 0x0a0a || got[1] != 0x1a1a || got[15] != 0xfafa {
			t.Errorf("%s: GREASE is %x", table, got)
		}
	}
	var modes []uint64
	for n := range uint64(0x100) {
		if wire.Bare(modeName(n)) == "GREASE" {
			modes = append(modes, n)
		}
	}
	if want := []uint64{0x0b, 0x2a, 0x49, 0x68, 0x87, 0xa6, 0xc5, 0xe4}; !slices.Equal(modes, want) {
		t.Errorf("modes: GREASE is %x, want %x", modes, want)
	}
	for id, want := range map[string]bool{"\x0a\x0a": true, "\xfa\xfa": true, "\x0a\x1a": false, "h2": false, "\x0a": false, "": false} {
		if greaseProtocol([]byte(id)) != want {
			t.Errorf("ALPN %q: GREASE is %v", id, !want)
		}
	}
}

// TestRareNames has one of each table that no program on this machine judges,
// as its RFC has it.
func TestRareNames(t *testing.T) {
	for got, want := range map[string]string{
		kemName(0x0020): "DHKEM X25519, HKDF-SHA256 (0x0020)", kdfName(1): "HKDF-SHA256 (0x0001)", aeadName(3): "ChaCha20Poly1305 (0x0003)",
		aeadName(0xffff): "Export-only (0xffff)", kdfName(0x13): "TurboSHAKE256 (0x0013)", srtpName(1): "SRTP_AES128_CM_HMAC_SHA1_80 (0x0001)",
		certTypeName(2): "RawPublicKey (2)", heartbeatModeName(2): "peer_not_allowed_to_send (2)", echTypeName(1): "inner (1)",
		quicName(0): "original_destination_connection_id", quicName(0x10): "retry_source_connection_id", quicName(0x11): "version_information",
		quicName(0x20): "max_datagram_frame_size", quicName(27): grease, quicName(1<<62 - 1): "", quicName(0x12): "",
		HandshakeName(17): "client_certificate_request (17)", AlertName(52): "too_many_cids_requested (52)", ContentName(26): "ACK (26)",
		VersionName(0x7f1c): "TLS 1.3 draft 28 (0x7f1c)", VersionName(0xfefc): "DTLS 1.3 (0xfefc)", SuiteName(0x123456): "unknown (0x123456)",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestKeys writes a key log byte by byte, with much in it that is to be ignored.
func TestKeys(t *testing.T) {
	random := strings.Repeat("ab", 32)
	secret := strings.Repeat("cd", 48)
	good := "CLIENT_RANDOM " + random + " " + secret + "\n"
	early := "CLIENT_EARLY_TRAFFIC_SECRET " + random + " " + secret[:64] + "\n"
	k := NewKeys()
	for _, line := range []string{
		"# a comment\n", "\n", "CLIENT_RANDOM\n", "NO_SUCH_LABEL " + random + " " + secret + "\n",
		"CLIENT_RANDOM " + random[2:] + " " + secret + "\n", "CLIENT_RANDOM " + random + " " + secret[2:] + "\n",
		"CLIENT_RANDOM " + strings.Repeat("xy", 32) + " " + secret + "\n",
		"CLIENT_RANDOM " + random + " " + strings.Repeat("xy", 48) + "\n",
		strings.Repeat("long ", 200) + good, // one line
		good, early, good, "CLIENT_RANDOM " + random,
	} {
		for i := range line { // also in pieces
			if n, err := k.Write([]byte(line[i : i+1])); n != 1 || err != nil {
				t.Fatal(n, err)
			}
		}
	}
	if got := string(k.Bytes()); got != good+early {
		t.Errorf("kept %q", got)
	}
	if got := strings.Join(k.Labels(), " "); got != "CLIENT_RANDOM CLIENT_EARLY_TRAFFIC_SECRET" {
		t.Errorf("labels %s", got)
	}
	r := []byte(strings.Repeat("\xab", 32))
	if k.secret("CLIENT_RANDOM", r) == nil || k.secret("SERVER_TRAFFIC_SECRET_0", r) != nil || k.secret("CLIENT_RANDOM", r[1:]) != nil {
		t.Error("Has")
	}
	for range maxLines + 9 {
		fmt.Fprintf(k, "CLIENT_RANDOM %064x %s\n", k.news(), secret)
	}
	if k.news() != maxLines {
		t.Errorf("%d lines kept, the bound is %d", k.news(), maxLines)
	}
}
