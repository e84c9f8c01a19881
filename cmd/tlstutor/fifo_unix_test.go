//go:build unix

package main

import (
	"os"
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
	_, _, err := slurp(t.Context(), "inspect", name, 20*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "nothing came for 20ms; if it is a pipe, let something write to it") {
		t.Errorf("%v", err)
	}
}

// TestSlurpSlowPipe checks that a pipe is read to its end as long as something
// comes, however long it takes in all.
func TestSlurpSlowPipe(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	const pieces, pause, wait = 5, 500 * time.Millisecond, 2 * time.Second
	wrote := make(chan error, 1)
	go func() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for i := 0; i < pieces && err == nil; i++ {
			<-tick.C
			_, err = f.WriteString("x")
		}
		f.Close()
		wrote <- err
	}()
	_, data, err := slurp(t.Context(), "inspect", name, wait)
	if err != nil || string(data) != strings.Repeat("x", pieces) {
		t.Errorf("%q, %v", data, err)
	}
	if err := <-wrote; err != nil {
		t.Error(err)
	}
}
