package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"tlstutor/lessons"
)

// TestResetAsks: on a terminal a reset asks first, and only yes is a yes. An
// interrupt is none, and ends it.
func TestResetAsks(t *testing.T) {
	for _, c := range []struct {
		keys   string
		status int
		says   string
		left   bool
	}{
		{"\r", 0, "Nothing was removed.", true},
		{"y\r", 0, "Nothing was removed.", true},
		{"\x04", 0, "Nothing was removed.", true},
		{"\x03", 3, "stopped: ", true},
		{"yes\r", 0, "Removed: the place in F1 and 1 answer.", false},
	} {
		home := t.TempDir()
		dir := home + "/.local/state/tlstutor"
		p := lessons.OpenProgress(dir, ownCourse, time.Now)
		for _, err := range []error{p.Visit("F1", 2), p.Answer("F1.q1", 2, false), p.Close()} {
			if err != nil {
				t.Fatal(err)
			}
		}
		term := onTerminal(t, 80, 24, []string{"HOME=" + home}, "tlstutor", "progress", "--reset", "F1")
		term.until("Type yes to go on: ")
		term.press(c.keys)
		if got := term.end(); got != c.status || !bytes.Contains(term.text(), []byte(c.says)) {
			t.Errorf("%q: exit status %d: %q", c.keys, got, term.text())
		}
		p = lessons.OpenProgress(dir, ownCourse, time.Now)
		if p.Fresh() == c.left {
			t.Errorf("%q: left: %v", c.keys, p.Snapshot())
		}
		p.Close()
	}
}

// TestProgressShown: what a table says of items that come back later, and of a
// name of the file that would change the terminal.
func TestProgressShown(t *testing.T) {
	home := t.TempDir()
	dir := home + "/\x1b]0;owned\x07/tlstutor"
	env := []string{"HOME=" + home, "XDG_STATE_HOME=" + home + "/\x1b]0;owned\x07", "TZ=UTC"}
	p := lessons.OpenProgress(dir, ownCourse, time.Now)
	for _, err := range []error{p.Answer("F1.q1", 2, false), p.Answer("F1.q2", 0, false), p.Finish("F1", true), p.Score("before", 3, 12), p.Score("after", 11, 12), p.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	term := onTerminal(t, 80, 24, env, "tlstutor", "progress")
	if status := term.end(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	_, first := p.Soon()
	for _, want := range []string{"F1           0  tested      0      1        1          0", "the test: 3 of 12, 11 of 12 with all lessons done", "coming back later: 2, the first on " + first.UTC().Format(time.DateOnly)} {
		if !strings.Contains(string(term.text()), want) {
			t.Errorf("it lacks %q:\n%s", want, term.text())
		}
	}
	term = onTerminal(t, 80, 24, env, "tlstutor", "progress", "--where")
	term.end()
	if text := term.text(); bytes.ContainsAny(text, "\x1b\x07") || !bytes.Contains(text, []byte(`\x1b]0;owned\x07/tlstutor/tlstutor.jsonl`)) {
		t.Errorf("where: %q", text)
	}
	if _, err := os.Stat(lessons.ProgressFile(dir, ownCourse)); err != nil {
		t.Error(err)
	}
}
