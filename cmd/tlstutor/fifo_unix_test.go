//go:build unix

package main

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSlurpSilentPipe checks that a pipe that nobody writes to holds us for a
// while only.
func TestSlurpSilentPipe(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err := slurp(t.Context(), name, 20*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "nothing came for 20ms; if it is a pipe, let something write to it") {
		t.Errorf("%v", err)
	}
}
