package peer

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// TestFinder: a program is asked once what it is, whoever wants to know; what is
// missing is looked for again; and nobody else's impatience is an answer.
func TestFinder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("programs here cannot be stood in for by scripts")
		return
	}
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	var f Finder
	if p, err, ok := f.Known("openssl"); p != nil || err != nil || ok {
		t.Errorf("before anybody asked: %v, %v, %v", p, err, ok)
	}
	if _, err := f.Find(t.Context(), "openssl"); err == nil || err.Error() != "openssl is not on this machine" {
		t.Errorf("with an empty PATH: %v", err)
	}
	if _, err, ok := f.Known("openssl"); !ok || err == nil {
		t.Errorf("it is not known to be missing: %v, %v", err, ok)
	}
	asked := filepath.Join(dir, "asked")
	standIn(t, filepath.Join(dir, "openssl"), shell, "echo >>"+asked+"; echo OpenSSL 3.9.9 1 Jan 2030")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Find(gone, "openssl"); !errors.Is(err, context.Canceled) {
		t.Errorf("who was stopped hears %v", err)
	}
	os.Remove(asked)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if p, err := f.Find(t.Context(), "openssl"); err != nil || p.Version != "OpenSSL 3.9.9 1 Jan 2030" {
				t.Errorf("it is now %v, %v", p, err)
			}
		})
	}
	all.Wait()
	if text, err := os.ReadFile(asked); err != nil || strings.Count(string(text), "\n") != 1 {
		t.Errorf("it was asked %d times (%v)", strings.Count(string(text), "\n"), err)
	}
	if p, err, ok := f.Known("openssl"); p == nil || err != nil || !ok {
		t.Errorf("found, it is not known: %v, %v", err, ok)
	}
}
