package tui

import (
	"strings"
	"testing"

	"tlstutor/labs"
)

// What a listener can read is told without records where there are none: bytes in
// the clear need no TLS.
func TestReadable(t *testing.T) {
	clear := labs.Overheard{Bytes: 57, Clear: 57}
	if said := readable(clear, " on clear"); strings.Contains(said, "record") || !strings.Contains(said, "all 57 bytes written on clear") {
		t.Errorf("of a wire in the clear it says %q", said)
	}
	sealed := labs.Overheard{Bytes: 90, Clear: 40, Names: []string{"app.lab.test"}}
	if said := readable(sealed, ""); !strings.Contains(said, "Of the 90 bytes written, 40 are in records") || !strings.Contains(said, "app.lab.test") {
		t.Errorf("of a sealed one it says %q", said)
	}
}
