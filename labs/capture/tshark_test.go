package capture

import (
	"bytes"
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tshark has tshark print these fields of each packet of the file. Where it is
// missing the test says so and is over; with TLSTUTOR_PEERS=require it fails.
func tshark(t *testing.T, file []byte, fields ...string) (lines []string, ok bool) {
	t.Helper()
	path, err := exec.LookPath("tshark")
	if err != nil {
		if os.Getenv("TLSTUTOR_PEERS") == "require" {
			t.Fatalf("tshark is to judge this, and it is missing: %v", err)
		}
		t.Log("tshark is not on PATH: nobody but gopacket has judged the packets")
		return nil, false
	}
	dir := t.TempDir()
	at := filepath.Join(dir, "talk.pcapng")
	if err := os.WriteFile(at, file, 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"-n", "-r", at, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-T", "fields"}
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	var complaint bytes.Buffer
	cmd.Dir, cmd.Stderr, cmd.WaitDelay = dir, &complaint, time.Second
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LANG=C.UTF-8"}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v: %s", err, complaint.Bytes())
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"), true
}

// TestTsharkFindsNothingWrong: each checksum is good, nothing is lost, doubled
// or malformed, and what was opened, said and closed is seen to be.
func TestTsharkFindsNothingWrong(t *testing.T) {
	ended, open, silent := talk("127.0.0.1:40001", "127.0.0.1:443"), talk("127.0.0.1:40002", "127.0.0.1:443"), talk("127.0.0.1:40004", "127.0.0.1:443")
	open.Chunks = open.Chunks[:3]
	silent.Chunks = []Chunk{{Dir: 0, Fin: true}, {Dir: 1, Fin: true}}
	six := talk("[::1]:40003", "[::1]:443")
	file := write(t, ended, open, six, silent)
	lines, ok := tshark(t, file, "tcp.port", "tcp.completeness", "ip.version", "ip.checksum.status", "tcp.checksum.status", "tcp.analysis.flags", "_ws.malformed")
	if !ok {
		return
	}
	// SYN 1, SYN-ACK 2, ACK 4, data 8, FIN 16.
	want := map[string]string{"40001": "31", "40002": "15", "40003": "31", "40004": "23"}
	got := map[string]string{}
	for i, line := range lines {
		f := strings.Split(line, "\t")
		if len(f) != 7 {
			t.Fatalf("packet %d: tshark says %q", i+1, line)
		}
		for _, port := range strings.Split(f[0], ",") {
			if want[port] != "" {
				got[port] = f[1]
			}
		}
		if f[2] == "4" && f[3] != "1" || f[4] != "1" || f[5] != "" || f[6] != "" {
			t.Errorf("packet %d: checksums of IP %q and TCP %q (1 is good), flags %q, malformed %q", i+1, f[3], f[4], f[5], f[6])
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("by client port, the connections are as complete as %v, want %v", got, want)
	}
}
