package recorded

import (
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// TestSayingText: the table is as SayingText writes it, and clean; a line that is not
// of it is an error that says which.
func TestSayingText(t *testing.T) {
	all, err := Sayings()
	if err != nil || len(all) < 30 {
		t.Fatalf("%d sayings, %v", len(all), err)
	}
	if SayingText(all) != said {
		t.Error("it is written in another way than it is read")
	}
	for _, s := range all {
		if wire.Clean(s.Text, wire.MaxValue) != s.Text || strings.Contains(s.Text, "/tmp/") {
			t.Errorf("%s %s: %q", s.Lab, s.Set, s.Text)
		}
	}
	for _, text := range []string{"sni\tx=y\tgo\n", "\tx=y\tgo\tsays\n", "sni\t\tgo\t\n"} {
		if _, err := readSayings(text); err == nil || !strings.Contains(err.Error(), "line 1:") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
