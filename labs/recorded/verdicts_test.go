package recorded

import (
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// TestVerdictText: the table is as VerdictText writes it, and clean; a line that is
// not of it is an error that says which.
func TestVerdictText(t *testing.T) {
	all, err := Verdicts()
	if err != nil || len(all) < 300 {
		t.Fatalf("%d verdicts, %v", len(all), err)
	}
	if got := VerdictText(all); got != verdicts {
		t.Error("it is written in another way than it is read")
	}
	for _, v := range all {
		if wire.Clean(v.Line, wire.MaxValue) != v.Line || strings.Contains(v.Line, "/tmp/") {
			t.Errorf("%s, %s: %q", v.Peer, v.Fault, v.Line)
		}
		if !v.Accepted && v.Line == "" {
			t.Errorf("%s refuses %s without a word", v.Peer, v.Fault)
		}
	}
	for text, want := range map[string]string{
		"go\tGo 1.26\n":                                       "line 1:",
		"\texpired\trefused\t1\tnone\tx\n":                    "line 1:",
		"go\tGo 1.26\t2026-11-22\n\texpired\trefused\n":       "line 2:",
		"go\tGo 1.26\t2026-11-22\n\texpired\tno\tx\tnone\t\n": "line 2:",
	} {
		if _, err := readVerdicts(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
