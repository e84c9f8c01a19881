package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestNotesPickUp: who waits already, with the output going elsewhere, gets what
// is presented later, and its end; an interrupt ends it, and is no failure.
func TestNotesPickUp(t *testing.T) {
	text := "H1.1, page 1 of 2: A title\nelapsed 99:59:59 · planned to the end of this page 1:00 · 99:58:59 over\nnext: More\n\nsay this\n\n"
	for _, c := range []struct{ args, none, one string }{
		{"notes", nobody + "\n", text},
		{"notes --plain --ascii", nobody + "\n", strings.ReplaceAll(text, "·", "-")},
		{"notes --json", "null\n", `{"place":"H1.1","title":"A title","notes":"say this","next":"More","page":1,"of":2,"began":"1970-01-01T00:00:01Z","planned":60000000000}` + "\n"},
	} {
		run := t.TempDir()
		cmd := exec.Command("tlstutor", strings.Fields(c.args)...)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "XDG_RUNTIME_DIR=" + run, "TMPDIR=" + t.TempDir(), "LANG=C.UTF-8"}
		var complaint strings.Builder
		cmd.Stderr = &complaint
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		late := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
		defer late.Stop()
		lines, got := bufio.NewReader(out), ""
		until := func(end string) {
			for !strings.HasSuffix(got, end) {
				line, err := lines.ReadString('\n')
				if got += line; err != nil {
					t.Fatalf("%s: it prints %q, then %v: %s", c.args, got, err, complaint.String())
				}
			}
		}
		until(c.none)
		p := presenter(t, filepath.Join(run, "tlstutor"))
		cue := page("H1.1", 1)
		cue.Next, cue.Planned = "More", time.Minute
		p.tell(cue)
		until(c.one)
		p.tell(nil)
		until(c.none)
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		rest, err := io.ReadAll(lines)
		if err != nil || cmd.Wait() != nil || complaint.Len() > 0 {
			t.Errorf("%s: %v, exit status %d, %q", c.args, err, cmd.ProcessState.ExitCode(), complaint.String())
		}
		if got += string(rest); got != c.none+c.one+c.none {
			t.Errorf("%s: it prints %q", c.args, got)
		}
	}
}

// TestPresenting: one terminal presents, another shows the notes: from the first
// page to the next, and that it is over; then nothing is left.
func TestPresenting(t *testing.T) {
	run, temp := t.TempDir(), t.TempDir()
	env := []string{"XDG_RUNTIME_DIR=" + run, "TMPDIR=" + temp}
	notes := onTerminal(t, 60, 20, env, "tlstutor", "notes")
	notes.until(nobody)
	stage := onTerminal(t, 80, 24, env, "tlstutor", "open", "H1.1")
	stage.until("H1.1")
	stage.press("p")
	notes.until("\x1b[HH1.1, page 1 of ")
	notes.until("elapsed 0:01") // it goes on by itself
	stage.press("\x1b[C")
	notes.until("\x1b[HH1.2, page 2 of ")
	before := len(notes.text())
	stage.press("p")
	for !strings.Contains(string(notes.text()[before:]), "\x1b[H"+nobody) {
		select {
		case <-notes.more:
		case <-time.After(20 * time.Second):
			t.Fatalf("the end is not told:\n%q", notes.text()[before:])
		}
	}
	stage.press("p")
	stage.until("presenting: space")
	stage.press("\x03") // while presenting
	if status := stage.end(); status != 0 {
		t.Errorf("presenting: exit status %d", status)
	}
	restored(t, stage)
	notes.press("\x03")
	if status := notes.end(); status != 0 {
		t.Errorf("notes: exit status %d", status)
	}
	for _, dir := range []string{run, temp} {
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("left in %s: %v, %v", dir, left, err)
		}
	}
}

// TestNotesUnheard: where no socket can be made the lesson is presented all the
// same, and why is said once the screen is restored.
func TestNotesUnheard(t *testing.T) {
	run := t.TempDir()
	if err := os.WriteFile(run+"/tlstutor", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	stage := onTerminal(t, 80, 24, []string{"XDG_RUNTIME_DIR=" + run, "TMPDIR=" + run + "/tlstutor"}, "tlstutor", "open", "H1.1")
	stage.until("H1.1")
	stage.press("p")
	stage.until("presenting: space")
	stage.press("\x03")
	if status := stage.end(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if text := restored(t, stage); !strings.Contains(text, "\nThe speaker notes could not be shown by tlstutor notes: no folder will do; "+run+"/tlstutor: it is not a folder; ") {
		t.Errorf("after the end it says %q", text)
	}
}

// TestRehearseTerminal: a terminal that a room could not read from is a no.
func TestRehearseTerminal(t *testing.T) {
	for _, c := range []struct {
		cols, rows uint16
		env, says  string
		status     int
	}{
		{80, 24, "COLORTERM=truecolor", "ok  terminal   80x24, colours TrueColor\r\n", 0},
		{79, 24, "COLORTERM=truecolor", "NO  terminal   79x24, colours TrueColor; the stage needs 80x24: make the window larger", no},
		{80, 24, "TERM=xterm", "; the theme for the stage needs 256 colours: set TERM=xterm-256color", no},
		{80, 24, "NO_COLOR=1", "; the theme for the stage needs 256 colours", no},
		{80, 24, "LANG=C", "not UTF-8; set LANG to a UTF-8 locale, or say --ascii", no},
	} {
		p := onTerminal(t, c.cols, c.rows, []string{c.env}, "tlstutor", "rehearse", "core")
		status := p.end()
		if text := string(p.text()); status != c.status || !strings.Contains(text, c.says) {
			t.Errorf("%dx%d %s: exit status %d:\n%s", c.cols, c.rows, c.env, status, text)
		}
	}
}
