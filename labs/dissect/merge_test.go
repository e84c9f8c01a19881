package dissect

import (
	"strings"
	"testing"
)

// TestMerge: where the two sides disagree, each direction has the secret of the
// side that writes in it; what only one of them has is kept.
func TestMerge(t *testing.T) {
	random := strings.Repeat("ab", 32)
	line := func(label, digit string, n int) string {
		return label + " " + random + " " + strings.Repeat(digit, 2*n) + "\n"
	}
	client, server, silent := NewKeys(), NewKeys(), NewKeys()
	for log, digit := range map[*Keys]string{client: "c", server: "5"} {
		for _, label := range []string{labelServerHandshake, labelClientHandshake, labelMaster} {
			n := 32
			if label == labelMaster {
				n = 48
			}
			log.Write([]byte(line(label, digit, n)))
		}
	}
	server.Write([]byte(line(labelExporter, "e", 32)))
	got := string(Merge(client, server).Bytes())
	for _, want := range []string{line(labelClientHandshake, "c", 32), line(labelServerHandshake, "5", 32), line(labelMaster, "c", 48), line(labelExporter, "e", 32)} {
		if !strings.Contains(got, want) {
			t.Errorf("%.40s is not as its writer has it", want)
		}
	}
	if n := strings.Count(got, "\n"); n != 4 {
		t.Errorf("%d lines", n)
	}
	for _, log := range []*Keys{client, server} {
		for _, both := range []*Keys{Merge(log, silent), Merge(silent, log), Merge(log, log)} {
			if len(both.Bytes()) != len(log.Bytes()) {
				t.Error("what only one side logged is lost")
			}
		}
	}
}

// TestBothKeys: a session takes each side's own secret, else the other's.
func TestBothKeys(t *testing.T) {
	client, server := NewKeys(), NewKeys()
	random := []byte(strings.Repeat("\xab", 32))
	log := func(k *Keys, label, digit string) {
		k.Write([]byte(label + " " + strings.Repeat("ab", 32) + " " + strings.Repeat(digit, 64) + "\n"))
	}
	s := NewBoth(client, server)
	log(server, labelClientTraffic, "5")
	if got := s.secret(ToServer, labelClientTraffic, random); len(got) != 32 || got[0] != 0x55 {
		t.Errorf("the other side's secret is not found: %x", got)
	}
	log(client, labelClientTraffic, "c")
	if got := s.secret(ToServer, labelClientTraffic, random); len(got) != 32 || got[0] != 0xcc {
		t.Errorf("the writer's own secret is not taken: %x", got)
	}
}
