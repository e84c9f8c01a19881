//go:build darwin || linux

package lessons

import (
	"fmt"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestFull: the disk is full in the middle of a line. What is said then counts
// while the program runs, and is written as soon as there is room.
func TestFull(t *testing.T) {
	if dir := os.Getenv(childDir); dir != "" {
		fill(dir)
		return
	}
	dir := t.TempDir()
	out, err := child(t, dir).CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "all well\n") {
		t.Fatalf("%v: %s", err, out)
	}
	p := opened(t, dir, time.Now)
	for i := range 30 {
		if a, ok := p.Last(fmt.Sprint("q", i)); !ok || a.Option != i+1 {
			t.Errorf("q%d: %+v, %v", i, a, ok)
		}
	}
	data, err := os.ReadFile(p.journal.path)
	must(t, err)
	torn := 0
	for line := range strings.Lines(string(data)) {
		if _, known := parseSaid(line); !known {
			torn++
		}
	}
	if torn == 0 {
		t.Error("no line was torn: the disk was not full in the middle of one")
	}
}

// fill says things in a process whose files may not grow beyond 1000 bytes, and
// then may.
func fill(dir string) {
	signal.Ignore(syscall.SIGXFSZ)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		fmt.Println(err)
		return
	}
	small := old
	small.Cur = 1000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		fmt.Println(err)
		return
	}
	p := OpenProgress(dir, "tlstutor", time.Now)
	kept := 0
	for i := range 29 {
		err := p.Answer(fmt.Sprint("q", i), i+1, true)
		if err == nil {
			kept++
		}
		if (err == nil) != (p.Kept() == nil) {
			fmt.Println("the answer says", err, "and Kept", p.Kept())
		}
		if _, ok := p.Last(fmt.Sprint("q", i)); !ok {
			fmt.Println("q", i, "does not count")
		}
	}
	if err := p.Kept(); kept == 0 || kept == 29 || err == nil {
		fmt.Println(kept, "of 29 are kept, and Kept says", err)
	}
	// Raising it to what it was is always allowed.
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		fmt.Println(err)
	}
	if err := p.Answer("q29", 30, true); err != nil {
		fmt.Println("with room again:", err)
	}
	if err := p.Close(); err == nil {
		fmt.Println("all well")
	}
}

// TestReadOnly: a folder and a file that may be read only. Root may write
// anywhere, so a child gives up being it.
func TestReadOnly(t *testing.T) {
	if dir := os.Getenv(childDir); dir != "" {
		readOnly(dir)
		return
	}
	dir, err := os.MkdirTemp("", "tlstutor-readonly")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	p := opened(t, filepath.Join(dir, "file"), time.Now)
	must(t, p.Answer("q", 3, true), p.Close())
	must(t, os.Mkdir(filepath.Join(dir, "none"), 0o700), os.Chmod(p.journal.path, 0o444), os.Chmod(filepath.Join(dir, "file"), 0o555), os.Chmod(filepath.Join(dir, "none"), 0o555), os.Chmod(dir, 0o755))
	out, err := child(t, dir).CombinedOutput()
	must(t, os.Chmod(filepath.Join(dir, "file"), 0o755), os.Chmod(filepath.Join(dir, "none"), 0o755))
	if err != nil || !strings.HasPrefix(string(out), "all well\n") {
		t.Fatalf("%v: %s", err, out)
	}
}

// readOnly looks at both, as a user who may write neither.
func readOnly(dir string) {
	if os.Getuid() == 0 {
		if err := syscall.Setuid(65534); err != nil {
			fmt.Println(err)
			return
		}
	}
	well := true
	for _, sub := range []string{"file", "none", filepath.Join("none", "below")} {
		p := OpenProgress(filepath.Join(dir, sub), "tlstutor", time.Now)
		a, ok := p.Last("q")
		if err := p.Kept(); err == nil || !strings.HasSuffix(err.Error(), ": permission denied") || ok != (sub == "file") || ok && a.Option != 3 {
			fmt.Println(sub, err, a, ok)
			well = false
		}
		p.Answer("q", 4, true)
		if a, _ := p.Last("q"); a.Option != 4 {
			fmt.Println(sub, "forgets", a)
			well = false
		}
	}
	if well {
		fmt.Println("all well")
	}
}

// TestMoved: somebody deletes, cuts or replaces the file of an open program.
// What the program showed as kept is in it after the next change.
func TestMoved(t *testing.T) {
	for name, meddle := range map[string]func(path string) error{
		"deleted": os.Remove,
		"cut":     func(path string) error { return os.Truncate(path, 100) },
		"emptied": func(path string) error { return os.Truncate(path, 0) },
		"replaced": func(path string) error {
			if err := os.WriteFile(path+".other", []byte(`{"v":1,"at":"2026-11-22T12:00:00Z","key":"pref tab","value":"Go"}`+"\n"), 0o600); err != nil {
				return err
			}
			return os.Rename(path+".other", path)
		},
		"folder gone": func(path string) error { return os.RemoveAll(filepath.Dir(path)) },
	} {
		dir := filepath.Join(t.TempDir(), "dir")
		p := opened(t, dir, time.Now)
		walk(t, p)
		want := p.Snapshot()
		must(t, meddle(p.journal.path), p.Visit("H1", 4))
		want["page H1"], want["place"] = "4", "H1 4"
		if name == "replaced" {
			want["pref tab"] = "Go"
		}
		must(t, p.Close())
		if got := opened(t, dir, time.Now).Snapshot(); !maps.Equal(got, want) {
			t.Errorf("%s: got  %v\nwant %v", name, got, want)
		}
	}
}

// TestLink: a file that is a link to another place stays one when it is
// rewritten.
func TestLink(t *testing.T) {
	dir, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "mine")
	must(t, os.WriteFile(elsewhere, []byte(superseded()), 0o600), os.Symlink(elsewhere, ProgressFile(dir, "tlstutor")))
	p := opened(t, dir, time.Now)
	must(t, p.Visit("F1", 3))
	if n := size(t, elsewhere); n > 1000 {
		t.Errorf("it has %d bytes", n)
	}
	if info, err := os.Lstat(p.journal.path); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info.Mode(), err)
	}
	must(t, p.Close())
	if p := opened(t, dir, time.Now); p.Page("F1") != 3 || p.Pref("old") != "last" {
		t.Errorf("%v", p.Snapshot())
	}
}

// TestBusy: a program that is rewriting the file, and does not end, keeps nobody
// waiting for long; once it has ended all is kept.
func TestBusy(t *testing.T) {
	dir := t.TempDir()
	lock, err := openLock(ProgressFile(dir, "tlstutor"))
	must(t, err, tryLock(lock, true))
	p := OpenProgress(dir, "tlstutor", time.Now)
	if err := p.Answer("q", 1, true); err == nil || !strings.HasSuffix(err.Error(), errBusy.Error()) {
		t.Errorf("under a lock: %v", err)
	}
	must(t, lock.Close(), p.Visit("F1", 1), p.Close())
	if _, ok := opened(t, dir, time.Now).Last("q"); !ok {
		t.Error("an answer is lost")
	}
}

// TestPipe: a pipe where the file should be keeps nobody waiting.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	must(t, syscall.Mkfifo(ProgressFile(dir, "tlstutor"), 0o600))
	if err := OpenProgress(dir, "tlstutor", time.Now).Kept(); err == nil || !strings.HasSuffix(err.Error(), errNotFile.Error()) {
		t.Error(err)
	}
}
