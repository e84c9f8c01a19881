package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// exportStates are the files that a run can be kept in.
var exportStates = map[string]func(testing.TB) *drive{
	"exports":      func(t testing.TB) *drive { d, _ := exportsDrive(t, 80, 24); return d },
	"exports wide": func(t testing.TB) *drive { d, _ := exportsDrive(t, 140, 42, "wiretap"); return d },
}

// exportsDrive is a drive at the files of a lab's run.
func exportsDrive(t testing.TB, w, h int, words ...string) (*drive, *exports) {
	t.Helper()
	d, _ := labDrive(t, w, h, words...)
	d.key("x")
	e, ok := d.app.top().(*exports)
	if !ok {
		t.Fatal("x does not lead to the files of a run")
	}
	d.until("the folder has answered", func() bool { return len(e.paths) > 0 })
	return d, e
}

// TestExports keeps a run in every format: its path stands on the screen before
// anything is written, and what is there is never overwritten.
func TestExports(t *testing.T) {
	d, e := exportsDrive(t, 100, 40)
	seen := strings.Join(strings.Fields(ansi.Strip(body(d))), "")
	for i, k := range e.kinds {
		if path := e.paths[i]; !filepath.IsAbs(path) || !strings.Contains(seen, path) {
			t.Errorf("the path %s is not on the screen", path)
		}
		if _, err := os.Lstat(e.paths[i]); err == nil {
			t.Errorf("%s is there before it was asked for", e.paths[i])
		}
		d.key(string(rune('1' + i)))
		d.until("the "+k.Name+" is written", func() bool { return strings.HasPrefix(e.said[i], "written, ") })
		info, err := os.Stat(e.paths[i])
		if k.Folder {
			key, err := os.Stat(filepath.Join(e.paths[i], "app.lab.test.key.pem"))
			if err != nil || os.PathSeparator == '/' && key.Mode().Perm() != 0o600 {
				t.Errorf("the key in the folder: %v, %v", key, err)
			}
		}
		if err != nil || !k.Folder && info.Size() < 500 {
			t.Fatalf("%s: %v, %v", k.Name, info, err)
		}
		if info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
			t.Errorf("%s has mode %v: others may read secrets", k.Name, info.Mode())
		}
	}
	// The same run again: other names, and the files are as they were.
	before, err := os.ReadFile(e.paths[0])
	if err != nil {
		t.Fatal(err)
	}
	d.key("esc")
	d.key("x")
	again := d.app.top().(*exports)
	d.until("the folder has answered", func() bool { return len(again.paths) > 0 })
	if again.paths[0] == e.paths[0] {
		t.Errorf("%s is offered twice", e.paths[0])
	}
	again.paths[0] = e.paths[0] // as if it had come in between
	d.key("enter")
	d.until("it was refused", func() bool { return again.bad[0] })
	if after, err := os.ReadFile(e.paths[0]); err != nil || string(after) != string(before) {
		t.Error("a file was overwritten")
	}
	if !strings.Contains(ansi.Strip(body(d)), "not written: file exists") {
		t.Errorf("it does not say why:\n%s", ansi.Strip(body(d)))
	}
}

// TestExportColumns: what a file is for begins in one column, apart from its name.
func TestExportColumns(t *testing.T) {
	d, e := exportsDrive(t, 100, 40, "chain")
	at := -1
	for i, k := range e.kinds {
		for line := range strings.Lines(bare(d)) {
			_, rest, is := strings.Cut(line, " "+string(rune('1'+i))+"  "+k.Name)
			if !is {
				continue
			}
			col := strings.Index(line, k.Doc[:10])
			if at < 0 {
				at = col
			}
			if col != at || !strings.HasPrefix(rest, "  ") {
				t.Errorf("%s: its text is in column %d, others in %d: %q", k.Name, col, at, line)
			}
		}
	}
	if at < 0 {
		t.Fatalf("no file is on the screen:\n%s", bare(d))
	}
}

// TestExportsWhileHeld: a run that goes on is not there to be kept.
func TestExportsWhileHeld(t *testing.T) {
	d, s := labDrive(t, 80, 24)
	d.key("s")
	d.held(s)
	d.key("x")
	if d.app.top() != Screen(s) || !strings.HasPrefix(d.app.line, "locked while a run is held") {
		t.Errorf("x on a held run: %q", d.app.line)
	}
}
