package dissect

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/wire"
)

// Other people's tables judge ours. Where a program is missing the test says so
// and that judge is left out; with TLSTUTOR_PEERS=require it fails.

// tableOf has a program print a table of its own. It gets nothing of the user's
// but PATH, a home of its own, and a minute.
func tableOf(t *testing.T, program string, args ...string) (lines []string, ok bool) {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("TLSTUTOR_PEERS") == "require" {
			t.Fatalf("%s is to judge this, and it is missing: %v", program, err)
		}
		t.Logf("%s is not on PATH: it has not judged our names", program)
		return nil, false
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	dir := t.TempDir()
	cmd := exec.CommandContext(ctx, path, args...)
	var complaint bytes.Buffer
	cmd.Dir, cmd.Stderr, cmd.WaitDelay = dir, &complaint, time.Second
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LANG=C.UTF-8"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", program, err, wire.Clean(complaint.String(), 500))
	}
	return strings.Split(string(out), "\n"), true
}

// TestNamesAgreeWithOpenSSL compares all cipher suites that OpenSSL has.
func TestNamesAgreeWithOpenSSL(t *testing.T) {
	lines, ok := tableOf(t, "openssl", "ciphers", "-stdname", "-V", "ALL:COMPLEMENTOFALL:eNULL:@SECLEVEL=0")
	if !ok {
		return
	}
	n := 0
	for _, line := range lines { // 0x13,0x02 - TLS_AES_256_GCM_SHA384 - ...
		parts := strings.Fields(line)
		if len(parts) < 3 || !strings.HasPrefix(parts[2], "TLS_") {
			continue
		}
		code := "0x" + strings.ReplaceAll(strings.TrimPrefix(parts[0], "0x"), ",0x", "")
		if number, err := strconv.ParseUint(code, 0, 16); err != nil || Suites.name(number) != parts[2] {
			t.Errorf("OpenSSL calls %s %s, we %s (%v)", parts[0], parts[2], Suites.name(number), err)
		}
		n++
	}
	if n < 100 {
		t.Errorf("only %d suites compared", n)
	}
}

// TestNamesAgreeWithGnuTLS compares all cipher suites that GnuTLS has. It spells
// names its own way.
func TestNamesAgreeWithGnuTLS(t *testing.T) {
	lines, ok := tableOf(t, "gnutls-cli", "--list")
	if !ok {
		return
	}
	spell := strings.NewReplacer("_WITH", "", "RC4", "ARCFOUR", "anon", "ANON", "PSK_DHE", "DHE_PSK")
	n := 0
	for _, line := range lines { // TLS_AES_128_GCM_SHA256 <tab> 0x13, 0x01 <tab> TLS1.3
		parts := strings.Fields(line)
		if len(parts) != 4 || !strings.HasPrefix(parts[0], "TLS_") {
			continue
		}
		number, err := strconv.ParseUint("0x"+parts[1][2:4]+parts[2][2:], 0, 16)
		ours := spell.Replace(Suites.name(number))
		if strings.HasSuffix(ours, "_SHA") {
			ours += "1"
		}
		// The hash of a suite with an AEAD is left out where there is but one.
		if err != nil || ours != parts[0] && strings.TrimSuffix(ours, "_SHA256") != parts[0] {
			t.Errorf("GnuTLS calls %s%s %s, we %s (%v)", parts[1], parts[2], parts[0], ours, err)
		}
		n++
	}
	if n < 100 {
		t.Errorf("only %d suites compared", n)
	}
}

// squashed is a name as those see it who write "Close Notify" for close_notify.
func squashed(name string) string {
	name = strings.ToLower(wire.Bare(name))
	return strings.NewReplacer(" ", "", "_", "", ".", "", "-", "").Replace(name)
}

// TestNamesAgreeWithTshark compares each registry of ours with the values of the
// field that has it in Wireshark.
func TestNamesAgreeWithTshark(t *testing.T) {
	lines, ok := tableOf(t, "tshark", "-G", "values")
	if !ok {
		return
	}
	theirs := map[string]map[uint64][]string{}
	for _, line := range lines { // V <tab> field <tab> number <tab> name
		parts := strings.Split(line, "\t")
		if len(parts) != 4 || parts[0] != "V" || !strings.HasPrefix(parts[1], "tls.") {
			continue
		}
		n, err := strconv.ParseUint(parts[2], 0, 64)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if theirs[parts[1]] == nil {
			theirs[parts[1]] = map[uint64][]string{}
		}
		theirs[parts[1]][n] = append(theirs[parts[1]][n], parts[3])
	}
	for _, c := range []struct {
		field string
		name  func(uint64) string
		least int
		other map[uint64]string // what Wireshark calls otherwise, some of it as it is older
	}{
		{"tls.handshake.ciphersuite", SuiteName, 340, map[uint64]string{0x1306: "TLS_AEGIS_256_SHA384"}},
		{"tls.handshake.extensions_supported_group", GroupName, 50, map[uint64]string{
			0x0200: "frodo640aes", 0x0201: "frodo640shake", 0x0202: "frodo976aes"}},
		{"tls.handshake.sig_hash_alg", SchemeName, 17, nil},
		{"tls.handshake.extension.type", ExtensionName, 60, map[uint64]string{
			34: "delegated_credentials", 40: "Reserved (key_share)", 46: "Reserved (ticket_early_data_info)",
			53: "connection_id (deprecated)", 23: "extended_main_secret", 0xffa5: "quic_transport_parameters (drafts version)"}},
		{"tls.alert_message.desc", AlertName, 30, nil},
		{"tls.handshake.type", HandshakeName, 20, map[uint64]string{21: "Client Certificate URL"}},
		{"tls.record.content_type", ContentName, 5, map[uint64]string{25: "Connection ID"}},
		{"tls.handshake.version", VersionName, 20, nil},
		{"tls.handshake.cert_type", certificateTypeName, 5, nil},
		{"tls.handshake.extensions_ec_point_format", pointFormatName, 3, nil},
		{"tls.compress_certificate.algorithm", compressorName, 3, nil},
		{"tls.handshake.comp_method", compressionName, 3, nil},
		{"tls.handshake.extensions_status_request_type", statusTypeName, 2, nil},
		{"tls.extension.psk_ke_mode", modeName, 2, map[uint64]string{
			0: "PSK-only key establishment (psk_ke)", 1: "PSK with (EC)DHE key establishment (psk_dhe_ke)"}},
	} {
		compared := 0
		for n, names := range theirs[c.field] {
			ours := c.name(n)
			if strings.HasPrefix(ours, "unknown") {
				continue // not registered: theirs alone
			}
			compared++
			if !calledSo(ours, names, c.other[n]) {
				t.Errorf("%s: Wireshark calls %d %q, we %s", c.field, n, names, ours)
			}
		}
		if compared < c.least {
			t.Errorf("%s: only %d names compared", c.field, compared)
		}
	}
}

// calledSo reports whether one of their names is ours, or what they are known to
// write instead.
func calledSo(ours string, theirs []string, other string) bool {
	for _, name := range theirs {
		switch {
		case name == other, squashed(name) == squashed(ours):
			return true
		case wire.Bare(ours) == grease && strings.Contains(name, grease):
			return true
		case strings.NewReplacer("(", "", ")", "").Replace(name) == wire.Bare(ours): // "TLS 1.3 (draft 28)"
			return true
		}
	}
	return false
}
