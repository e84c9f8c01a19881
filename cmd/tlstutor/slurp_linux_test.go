package main

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"
)

// TestKeyboard: who names standard input at a terminal is told what is waited for,
// and ctrl+c ends it.
func TestKeyboard(t *testing.T) {
	p := onTerminal(t, 120, 24, nil, "tlstutor", "inspect", "-")
	p.until("reading a certificate from the keyboard; paste it, then end with ctrl+d")
	p.press("\x03")
	if got := p.end(); got != couldNot || !strings.Contains(string(p.text()), "tlstutor: stopped: ") {
		t.Errorf("after ctrl+c status %d:\n%q", got, p.text())
	}
	// An empty line, and the end of input.
	p = onTerminal(t, 120, 24, nil, "tlstutor", "inspect", "-")
	p.until("from the keyboard")
	p.press("\n\x04")
	if got := p.end(); got != couldNot || !strings.Contains(string(p.text()), "reading standard input: it is empty") {
		t.Errorf("after ctrl+d status %d:\n%q", got, p.text())
	}
	// A device is not read by its name, and a terminal is one.
	p = onTerminal(t, 120, 24, nil, "tlstutor", "inspect", "/dev/tty")
	if got := p.end(); got != couldNot || !strings.Contains(string(p.text()), "reading /dev/tty: it is a device") {
		t.Errorf("the terminal by its name: status %d:\n%q", got, p.text())
	}
}

// TestWaiting: a pipe that stays open and silent is not waited for without a word.
func TestWaiting(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("tlstutor", "inspect", "-")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	lines := bufio.NewScanner(said)
	for _, want := range []string{"waiting for standard input; it has to end before it can be read, and ctrl+c gives up", "reading standard input: it is empty"} {
		if !lines.Scan() || !strings.Contains(lines.Text(), want) {
			t.Fatalf("it says %q, not %q", lines.Text(), want)
		}
		in.Close()
	}
	if lines.Scan() {
		t.Errorf("and then %q", lines.Text())
	}
	cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != couldNot {
		t.Errorf("status %d", got)
	}
}
