package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tlstutor/tui"
)

// A heard board hands on what it is given.
type heard chan *tui.Cue

func (h heard) cue(c *tui.Cue) error { h <- c; return nil }
func (h heard) tick() error          { return nil }
func (h heard) end() error           { return nil }

// next is the next cue, or "nobody".
func (h heard) next(t *testing.T) string {
	t.Helper()
	select {
	case c := <-h:
		if c == nil {
			return "nobody"
		}
		return c.Place
	case <-time.After(20 * time.Second):
		t.Fatal("no cue comes")
		return ""
	}
}

// reading starts somebody who reads along until the test ends.
func reading(t *testing.T, folders ...string) heard {
	ctx, cancel := context.WithCancel(context.Background())
	h := make(heard, 1000)
	var done sync.WaitGroup
	done.Go(func() {
		if err := readAlong(ctx, folders, h); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); done.Wait() })
	return h
}

// presenter starts a program that may present, until the test ends.
func presenter(t *testing.T, folders ...string) *prompter {
	p := &prompter{folders: folders}
	t.Cleanup(func() { p.close() })
	return p
}

// settled waits until all that was told is done.
func settled(p *prompter) {
	for done := false; !done; runtime.Gosched() {
		p.mu.Lock()
		done = !p.busy
		p.mu.Unlock()
	}
}

// page is a cue, of a presentation that began at a second.
func page(place string, began int64) *tui.Cue {
	return &tui.Cue{Place: place, Title: "A title", Notes: "say this", Page: 1, Of: 2, Began: time.Unix(began, 0)}
}

// TestPresentation: who waits already and who comes later both get every page,
// in order, and hear of the end; then of the next beginning.
func TestPresentation(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "n")
	early := reading(t, dir)
	if got := early.next(t); got != "nobody" {
		t.Fatalf("before anything it hears %s", got)
	}
	p := presenter(t, dir)
	p.tell(page("H1.1", 1))
	if got := early.next(t); got != "H1.1" {
		t.Fatalf("it hears %s first", got)
	}
	late := reading(t, dir)
	if got := late.next(t); got != "H1.1" {
		t.Fatalf("who comes later hears %s first", got)
	}
	want := []string{"H1.2", "H1.3", "H1.2", "H1.3", "nobody"}
	for _, place := range want[:4] {
		p.tell(page(place, 1))
	}
	p.tell(nil)
	p.tell(page("H1.9", 1)) // overtaken by the end
	for _, place := range want {
		if a, b := early.next(t), late.next(t); a != place || b != place {
			t.Errorf("they hear %s and %s, want %s", a, b, place)
		}
	}
	p.tell(page("F1.1", 2))
	if got := early.next(t); got != "F1.1" {
		t.Errorf("of the next presentation it hears %s first", got)
	}
	if err := p.close(); err != nil {
		t.Error(err)
	}
	if got := early.next(t); got != "nobody" {
		t.Errorf("when the program ends it hears %s", got)
	}
	p.tell(page("F1.2", 2)) // the program has ended
	settled(p)
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder is left: %v", err)
	}
}

// TestSocketModes: nobody else can open the socket, it is there only while
// somebody presents, and a folder that others may look into is not used.
func TestSocketModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("folders have no modes here: what is looked at is that the socket is made and removed")
	}
	dir := filepath.Join(t.TempDir(), "n")
	p := presenter(t, dir)
	settled(p)
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before anybody presents there is a folder: %v", err)
	}
	p.tell(page("H1.1", 1))
	settled(p)
	all := sockets(dir)
	if len(all) != 1 {
		t.Fatalf("there are sockets %v", all)
	}
	for name, want := range map[string]fs.FileMode{dir: fs.ModeDir | 0o700, all[0].name: fs.ModeSocket | 0o600} {
		info, err := os.Lstat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode(); got != want && runtime.GOOS != "windows" {
			t.Errorf("%s has mode %v, want %v", name, got, want)
		}
	}
	p.tell(nil)
	settled(p)
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("after it a folder is left: %v", err)
	}
}

// TestFoldersOfOthers: what is not ours alone is neither used nor believed, the
// next folder is taken, and with none the reason is told at the end.
func TestFoldersOfOthers(t *testing.T) {
	base := t.TempDir()
	own := filepath.Join(base, "own")
	make := func(name string, do func(string) error) string {
		name = filepath.Join(base, name)
		if err := do(name); err != nil {
			t.Fatal(err)
		}
		return name
	}
	bad := map[string]string{
		make("file", func(n string) error { return os.WriteFile(n, nil, 0o700) }): "not a folder",
		filepath.Join(base, "no", "where"):                                        "",
	}
	if runtime.GOOS != "windows" {
		target := make("target", func(n string) error { return os.Mkdir(n, 0o700) })
		bad[make("link", func(n string) error { return os.Symlink(target, n) })] = "not a folder"
		bad[make("open", func(n string) error { return errors.Join(os.Mkdir(n, 0o700), os.Chmod(n, 0o755)) })] = "others may look into it"
		bad[filepath.Join(base, strings.Repeat("long", 40))] = ""
	}
	if os.Getuid() == 0 {
		bad[make("theirs", func(n string) error { return errors.Join(os.Mkdir(n, 0o700), os.Chown(n, 12345, -1)) })] = "somebody else"
	}
	for dir, why := range bad {
		p := presenter(t, dir)
		p.tell(page("H1.1", 1))
		err := p.close()
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want %q", dir, err, why)
		}
		p = presenter(t, dir, own)
		p.tell(page("H1.1", 1))
		settled(p)
		if h := reading(t, dir, own); h.next(t) != "H1.1" {
			t.Errorf("%s: the next folder is not taken", dir)
		}
		if err := p.close(); err != nil {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

// TestSocketsOfTheDead: what a program left that was killed is taken away, also
// when its number is ours; what is alive, young, or no socket stays.
func TestSocketsOfTheDead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "n")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	made := func(name string, alive bool, at time.Time) string {
		name = filepath.Join(dir, name)
		l, err := net.ListenUnix("unix", &net.UnixAddr{Name: name, Net: "unix"})
		if err == nil {
			err = os.Chtimes(name, at, at)
		}
		if err != nil {
			t.Fatal(err)
		}
		l.SetUnlinkOnClose(false)
		t.Cleanup(func() { l.Close() })
		if !alive {
			l.Close()
		}
		return name
	}
	p := presenter(t, dir)
	own := "notes-" + strings.TrimPrefix(filepath.Base(nameOf(t, p)), "notes-")
	gone := made("notes-1-1.sock", false, old)
	file := filepath.Join(dir, "notes-4-1.sock")
	if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Chtimes(file, old, old)); err != nil {
		t.Fatal(err)
	}
	stay := []string{made("notes-2-1.sock", true, old), made("notes-3-1.sock", false, time.Now()), made("other.sock", false, old), file}
	mine := made(own, false, time.Now())
	p.tell(page("H1.1", 2))
	settled(p)
	if _, err := os.Lstat(gone); err == nil {
		t.Error("the socket of a dead program is left")
	}
	for _, name := range stay {
		if _, err := os.Lstat(name); err != nil {
			t.Error(err)
		}
	}
	if dead(mine) {
		t.Error("a dead socket of our own name is not replaced")
	}
	// Who reads along goes by those where nobody answers.
	if h := reading(t, dir); h.next(t) != "H1.1" {
		t.Error("the one who presents is not found")
	}
}

// nameOf is the name of the socket that a program makes.
func nameOf(t *testing.T, p *prompter) string {
	p.tell(page("H1.1", 1))
	settled(p)
	name := p.at.Addr().String()
	p.tell(nil)
	settled(p)
	if err := os.Mkdir(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestTwoPresenters: the newest is read; the other is left alone, and read when
// the newest has ended, until a newer one begins.
func TestTwoPresenters(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "n")
	a, b := presenter(t, dir), presenter(t, dir)
	a.tell(page("F1.1", 1))
	settled(a)
	before := time.Now().Add(-time.Minute)
	if err := os.Chtimes(a.at.Addr().String(), before, before); err != nil {
		t.Fatal(err)
	}
	b.tell(page("H1.1", 2))
	settled(b)
	if n := len(sockets(dir)); n != 2 {
		t.Fatalf("%d sockets, want one for each", n)
	}
	h := reading(t, dir)
	if got := h.next(t); got != "H1.1" {
		t.Errorf("it hears %s, want the newest", got)
	}
	b.tell(nil)
	if got := []string{h.next(t), h.next(t)}; !slices.Equal(got, []string{"nobody", "F1.1"}) {
		t.Errorf("when the newest has ended it hears %v", got)
	}
	a.tell(page("F1.2", 1))
	if got := h.next(t); got != "F1.2" {
		t.Errorf("then it hears %s", got)
	}
	b.tell(page("P1.1", 3))
	if got := h.next(t); got != "P1.1" {
		t.Errorf("when a newer one begins it hears %s", got)
	}
}

// TestDeafReader: those who never read, and many of them, hold up neither the
// program nor the others.
func TestDeafReader(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "n")
	p := presenter(t, dir)
	long := page("H1.1", 1)
	long.Notes = strings.Repeat("a word ", 6000)
	p.tell(long)
	settled(p)
	for range 3 * maxEars {
		c, err := net.Dial("unix", p.at.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	h := reading(t, dir)
	if got := h.next(t); got != "H1.1" {
		t.Fatalf("it hears %s", got)
	}
	for range 200 {
		p.tell(long)
	}
	settled(p)
	last := page("H1.2", 1)
	p.tell(last)
	for got := ""; got != "H1.2"; got = h.next(t) {
	}
	p.mu.Lock()
	n := len(p.ears)
	p.mu.Unlock()
	if n > maxEars {
		t.Errorf("%d read along, want at most %d", n, maxEars)
	}
	if err := p.close(); err != nil {
		t.Error(err)
	}
}

// TestOddPresenters: programs that say nothing, nonsense or too much are gone
// by; what they say is bounded and clean.
func TestOddPresenters(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "n")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for i, says := range []string{"", "nonsense\n", "[1]\n", `{"page":"one"}` + "\n", strings.Repeat("long", maxCue)} {
		name := filepath.Join(dir, "notes-9-"+string(rune('1'+i))+".sock")
		l, err := net.Listen("unix", name)
		if err != nil {
			t.Fatal(err)
		}
		soon := time.Now().Add(time.Duration(i+1) * time.Hour)
		if err := os.Chtimes(name, soon, soon); err != nil { // before the right one
			t.Fatal(err)
		}
		var serving sync.WaitGroup
		serving.Go(func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				serving.Go(func() {
					defer c.Close()
					c.SetDeadline(time.Now().Add(20 * time.Second))
					c.Write([]byte(says))
					c.Read(make([]byte, 1)) // until the other end goes
				})
			}
		})
		t.Cleanup(func() { l.Close(); serving.Wait() })
	}
	p := presenter(t, dir)
	p.tell(page("H1.1", 1))
	settled(p)
	if got := reading(t, dir).next(t); got != "H1.1" {
		t.Errorf("it hears %s", got)
	}
}
