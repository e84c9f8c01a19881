package lessons

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/wire"
)

// TestCut: a file that ends at any of its bytes says what its whole lines say,
// and what is said next can be read back.
func TestCut(t *testing.T) {
	c := &clock{at: noon}
	dir := t.TempDir()
	p := opened(t, dir, c.now)
	snaps := []map[string]string{p.Snapshot()}
	for i := range 9 {
		switch i % 3 {
		case 0:
			must(t, p.Answer(fmt.Sprint("H1.q", i), i, i%2 == 0))
		case 1:
			must(t, p.Visit("Größe", i))
		case 2:
			must(t, p.Keep("tab", strings.Repeat("ä", i)))
		}
		snaps = append(snaps, p.Snapshot())
	}
	data, err := os.ReadFile(p.journal.path)
	must(t, err)
	cut := t.TempDir()
	for n := range len(data) + 1 {
		must(t, os.WriteFile(ProgressFile(cut, "tlstutor"), data[:n], 0o600))
		// A line that lacks nothing but its end is whole.
		whole := bytes.Count(data[:min(n+1, len(data))], []byte("\n"))
		p := opened(t, cut, c.now)
		if got := p.Snapshot(); !maps.Equal(got, snaps[whole]) {
			t.Fatalf("cut at %d: %v, want %v", n, got, snaps[whole])
		}
		must(t, p.Answer("next", 1, true), p.Close())
		p = opened(t, cut, c.now)
		snap := maps.Clone(snaps[whole])
		snap["answer next"] = "1 right 0"
		if got := p.Snapshot(); !maps.Equal(got, snap) {
			t.Fatalf("cut at %d, then added to: %v, want %v", n, got, snap)
		}
		must(t, p.Close())
	}
}

// TestGlue: another program's disk is full in the middle of its line, right
// before ours is written.
func TestGlue(t *testing.T) {
	p := opened(t, t.TempDir(), time.Now)
	s := statement{V: lineVersion, Key: "page H1", Value: "4", At: noon}
	raw, err := s.line()
	must(t, err)
	p.later(entry{statement: s, raw: raw})
	appendTo(t, p.journal.path, `{"v":1,"at":"2026-11-`)
	must(t, p.flush())
	if p.Page("H1") != 4 {
		t.Error("what was glued to a torn line is not there")
	}
	must(t, p.Close())
	if p := opened(t, filepath.Dir(p.journal.path), time.Now); p.Page("H1") != 4 {
		t.Error("what was glued to a torn line is not in the file")
	}
}

// appendTo writes to the end of a file as another program would.
func appendTo(t testing.TB, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	must(t, err)
	_, err = f.WriteString(text)
	must(t, err, f.Close())
}

// superseded is more than a megabyte that says one thing.
func superseded() string {
	var b strings.Builder
	for i := 0; b.Len() < largeFile+1000; i++ {
		fmt.Fprintf(&b, `{"v":1,"at":"2026-11-22T12:00:00Z","key":"pref old","value":"%d %s"}`+"\n", i, strings.Repeat("x", 500))
	}
	return b.String() + `{"v":1,"at":"2026-11-22T12:00:00Z","key":"pref old","value":"last"}` + "\n"
}

// size returns the size of a file.
func size(t testing.TB, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	return info.Size()
}

// TestRewrite: a large file is rewritten when it is mostly superseded and nobody
// else has it open. What this version does not know stays.
func TestRewrite(t *testing.T) {
	dir := t.TempDir()
	p := opened(t, dir, time.Now)
	walk(t, p)
	later := []string{`{"v":2,"at":"2030-01-01T00:00:00Z","key":"page H1","value":"9"}`, `{"w":"later"}`}
	unknown := `{"v":1,"at":"2030-01-01T00:00:00Z","key":"colour H1","value":"red","more":1}`
	appendTo(t, p.journal.path, strings.Join(append(later, strings.Replace(unknown, "red", "green", 1), unknown, "not JSON", `{"half":`), "\n")+"\n"+superseded())
	must(t, p.Visit("H1", 4))
	want := p.Snapshot()

	// p is open: q may not rewrite the file, and both go on.
	q := opened(t, dir, time.Now)
	if size(t, p.journal.path) < largeFile {
		t.Fatal("the file was rewritten under an open program")
	}
	for i := range 50 {
		must(t, p.Answer(fmt.Sprint("p", i), 1, true), q.Answer(fmt.Sprint("q", i), 1, true))
		want[fmt.Sprint("answer p", i)], want[fmt.Sprint("answer q", i)] = "1 right 0", "1 right 0"
	}
	must(t, p.Close(), q.Close())

	p = opened(t, dir, time.Now)
	if n := size(t, p.journal.path); n > 20_000 {
		t.Errorf("the file was not rewritten: %d bytes", n)
	}
	if got := p.Snapshot(); !maps.Equal(got, want) || got["pref old"] != "last" {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	data, err := os.ReadFile(p.journal.path)
	must(t, err)
	for _, line := range append(later, unknown) {
		if strings.Count(string(data), line+"\n") != 1 {
			t.Errorf("the rewritten file lacks %s", line)
		}
	}
	if strings.Contains(string(data), "green") || strings.Contains(string(data), "half") {
		t.Error("the rewritten file has what is superseded, or says nothing")
	}
	if s := p.Scores("pre"); len(s) != 2 || s[0].Right != 4 {
		t.Errorf("the order is lost: %v", s)
	}
	if runtime.GOOS != "windows" {
		for name, mode := range map[string]os.FileMode{p.journal.path: 0o600, filepath.Join(dir, "tlstutor.lock"): 0o600} {
			if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
				t.Errorf("%s: %v, %v", name, info.Mode(), err)
			}
		}
	}
}

// TestNotRewritten: a large file that is not mostly superseded stays as it is.
func TestNotRewritten(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	for i := 0; b.Len() < largeFile+1000; i++ {
		fmt.Fprintf(&b, `{"v":1,"at":"2026-11-22T12:00:00Z","key":"pref %d","value":"%s"}`+"\n", i, strings.Repeat("x", 1000))
	}
	must(t, os.WriteFile(ProgressFile(dir, "tlstutor"), []byte(b.String()), 0o600))
	before, err := os.Stat(ProgressFile(dir, "tlstutor"))
	must(t, err)
	p := opened(t, dir, time.Now)
	if after, err := os.Stat(p.journal.path); err != nil || !os.SameFile(before, after) {
		t.Error("it was rewritten")
	}
}

// TestTooLarge: of a file that nobody wrote with this program the end is read,
// and what is said next is.
func TestTooLarge(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(ProgressFile(dir, "tlstutor"))
	must(t, err)
	_, err = f.WriteString(superseded())
	must(t, err, f.Truncate(1<<40), f.Close())
	p := opened(t, dir, time.Now)
	must(t, p.Answer("H1.q1", 2, true), p.Close())
	p = opened(t, dir, time.Now)
	if a, ok := p.Last("H1.q1"); !ok || a.Option != 2 || len(p.Snapshot()) != 1 {
		t.Errorf("%v", p.Snapshot())
	}
}

// TestPlaces: where nothing can be kept, one clean sentence says why, and
// everything else is as ever.
func TestPlaces(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	must(t, os.WriteFile(file, nil, 0o600), os.MkdirAll(ProgressFile(filepath.Join(dir, "taken"), "tlstutor"), 0o700),
		os.MkdirAll(filepath.Join(dir, "locked", "tlstutor.lock"), 0o700))
	places := []string{"", file, filepath.Join(file, "below"), filepath.Join(dir, "taken"), filepath.Join(dir, "locked"), filepath.Join(dir, "no\x00name\x1b[31m")}
	if runtime.GOOS == "linux" {
		must(t, os.Mkdir(filepath.Join(dir, "full"), 0o700), os.Symlink("/dev/full", ProgressFile(filepath.Join(dir, "full"), "tlstutor")))
		places = append(places, "/proc/nothing", "/proc/self/fdinfo/x", filepath.Join(dir, "full"))
	}
	for _, place := range places {
		p := OpenProgress(place, "tlstutor", time.Now)
		why := p.Kept()
		if why == nil || !strings.HasPrefix(why.Error(), "progress is not kept") || wire.Clean(why.Error(), 2000) != why.Error() {
			t.Errorf("%q: kept is %v", place, why)
			continue
		}
		if err := p.Answer("F1.q1", 1, true); err == nil || err.Error() != why.Error() {
			t.Errorf("%q: an answer gives %v", place, err)
		}
		if !p.Fresh() == (len(p.Snapshot()) == 0) {
			t.Errorf("%q: fresh is %v", place, p.Fresh())
		}
		inMemory(t, p)
		if err := p.Close(); err == nil {
			t.Errorf("%q: closing says that all is kept", place)
		}
	}
}

// inMemory checks that progress which is not kept is there all the same.
func inMemory(t *testing.T, p *Progress) {
	t.Helper()
	p.Visit("F1", 2)
	p.Finish("F1", true)
	p.Score("pre", 1, 2)
	p.Score("pre", 2, 2)
	p.Keep("tab", "Go")
	p.Answer("F1.q2", 0, false)
	p.Reset("F1", []string{"F1.q1"})
	p.Visit("H1", 5)
	lesson, page := p.Place()
	n, _ := p.Soon()
	if _, ok := p.Last("F1.q1"); ok || lesson != "H1" || page != 5 || n != 1 || len(p.Scores("pre")) != 2 || p.Pref("tab") != "Go" || p.Page("F1") != 0 {
		t.Errorf("in memory: %v", p.Snapshot())
	}
	p.Reset("", nil)
	if !p.Fresh() {
		t.Errorf("after a reset: %v", p.Snapshot())
	}
}

// TestLater: what could not be written is, with the next change that can be.
func TestLater(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dir")
	must(t, os.WriteFile(dir, []byte("in the way"), 0o600))
	p := OpenProgress(dir, "tlstutor", time.Now)
	for i := range 5 {
		if p.Answer("H1.q1", i+1, false) == nil || p.Visit("H1", i+1) == nil {
			t.Fatal("something is kept")
		}
	}
	must(t, os.Remove(dir), p.Answer("H1.q2", 1, true), p.Kept())
	want := p.Snapshot()
	must(t, p.Close())
	if p.Visit("H1", 9) == nil || p.Page("H1") != 9 {
		t.Error("after closing something is kept, or forgotten")
	}
	if got := opened(t, dir, time.Now).Snapshot(); !maps.Equal(got, want) || got["answer H1.q1"] != "5 wrong 1" {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// TestProgressFile: no id leaves the folder, is a device or shares its file with
// another one.
func TestProgressFile(t *testing.T) {
	if got := filepath.Base(ProgressFile("d", "tlstutor")); got != "tlstutor.jsonl" {
		t.Error(got)
	}
	seen := map[string]string{}
	for _, id := range []string{"tlstutor", "TLSTUTOR", "tlstutor ", "", ".", "..", "../x", "a/b", `a\b`, "con", "CON", "com1", "nul", "a:b", "x\x00", "\x1b[2J", "ä", strings.Repeat("a", 5000), "-", "a.b"} {
		name := ProgressFile("d", id)
		base := strings.ToLower(filepath.Base(name))
		if seen[base] != "" || filepath.Dir(name) != "d" || len(base) > 70 || strings.Trim(base, "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" || strings.HasPrefix(base, "con.") {
			t.Errorf("%q is in %q, as is %q", id, name, seen[base])
		}
		seen[base] = id
	}
}

// TestHostileNames: names and values that a course or a learner may have come
// back as they are shown.
func TestHostileNames(t *testing.T) {
	dir := t.TempDir()
	bad := "q\x1b]0;owned\x07\n\u202e" + strings.Repeat("x", 5000)
	p := opened(t, dir, time.Now)
	must(t, p.Answer(bad, 1, false), p.Visit(bad, -5), p.Finish(bad, true), p.Score(bad, -1, 3), p.Keep(bad, bad), p.Keep("\x00", "\xff"), p.Answer("big", 1<<60, true))
	before := p.Snapshot()
	must(t, p.Close())
	p = opened(t, dir, time.Now)
	if got := p.Snapshot(); !maps.Equal(got, before) || len(got) != 8 {
		t.Errorf("got  %v\nwant %v", got, before)
	}
	for key, value := range p.Snapshot() {
		if wire.Clean(key, 1000) != key || wire.Clean(value, 3000) != value {
			t.Errorf("not clean: %q: %q", key, value)
		}
	}
	_, ok := p.Last(bad)
	_, done := p.Finished(bad)
	if lesson, page := p.Place(); !ok || !done || page != 1 || lesson == "" || p.Page(bad) != 1 || len(p.Scores(bad)) != 1 || p.Pref(bad) == "" {
		t.Error("it is not found again")
	}
}

// FuzzProgress: any file can be opened, added to and read back, and what comes of
// it is clean.
func FuzzProgress(f *testing.F) {
	f.Add([]byte(`{"v":1,"at":"2026-11-22T12:00:00Z","key":"answer H1.q1","value":"2 wrong 1","since":"2026-11-22T12:00:00Z"}` + "\n" + `{"v":1,"key":"every`))
	f.Add([]byte(`{"v":1,"key":"everything","gone":true}` + "\r\n\n\x00\n[]\n{}\n" + `{"v":3}`))
	f.Add([]byte(`{"v":1,"key":"score a b","value":"1 of 2"}` + "\n" + `{"v":1,"key":"page H1","value":"7"}` + "\n" + `{"v":1,"key":"finish ","value":"read"}`))
	f.Add([]byte(`{"v":1,"key":"answer x","value":"01 right 9","since":"9999-12-31T23:59:59Z"}` + "\n" + `{"V":1,"KEY":"pref \u001b","Value":"a"}`))
	dir := f.TempDir()
	c := &clock{at: noon}
	real := opened(f, dir, c.now)
	walk(f, real)
	must(f, real.Close())
	data, err := os.ReadFile(real.journal.path)
	must(f, err)
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		must(t, os.WriteFile(ProgressFile(dir, "tlstutor"), data, 0o600))
		c := &clock{at: noon}
		p := opened(t, dir, c.now)
		p.Due()
		p.Soon()
		p.Scores("a")
		var b bytes.Buffer
		must(t, p.Export(&b), p.Answer("H1.q1", 2, false))
		want := p.Snapshot()
		for key, value := range want {
			if wire.Clean(key, 1000) != key || wire.Clean(value, 3000) != value {
				t.Fatalf("not clean: %q: %q", key, value)
			}
		}
		for _, r := range b.String() {
			if r != '\n' && wire.Clean(string(r), 10) != string(r) {
				t.Fatalf("an export that is not clean: %q", b.String())
			}
		}
		must(t, p.Close())
		p = opened(t, dir, c.now)
		if got := p.Snapshot(); !maps.Equal(got, want) || !strings.HasPrefix(got["answer H1.q1"], "2 wrong 1") {
			t.Fatalf("got  %v\nwant %v", got, want)
		}
		must(t, p.Close(), rewrite(p.journal.path, true))
		if got := opened(t, dir, c.now).Snapshot(); !maps.Equal(got, want) {
			t.Fatalf("rewritten: %v\nwant %v", got, want)
		}
	})
}
