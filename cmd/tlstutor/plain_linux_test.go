package main

import (
	"strings"
	"syscall"
	"testing"
)

// TestPlainOnTerminal types lines on a terminal: each answer ends in a prompt, and
// what is typed is not written twice.
func TestPlainOnTerminal(t *testing.T) {
	p := onTerminal(t, 80, 24, nil, "tlstutor", "--plain", "open", "handshake")
	for _, step := range []struct{ line, answer string }{
		{"open 2", "2 ServerHello: TLS 1.3"}, {"step", "Held at record 1"}, {"", "Delivered: record 1"}, {"quit", "nothing left running."},
	} {
		p.until("> ")
		p.press(step.line + "\r")
		p.until(step.answer)
	}
	if status := p.end(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if text := string(p.text()); strings.Contains(text, "\x1b") || strings.Count(text, "open 2") != 1 {
		t.Errorf("%q", text)
	}
}

// TestPlainSignals checks that ctrl+c ends plain mode as quit does, and that
// other signals end it with a reason; also while a run is held.
func TestPlainSignals(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		for _, line := range []string{"where", "step"} {
			p := onTerminal(t, 80, 24, nil, "tlstutor", "--plain", "open", "handshake")
			p.until("> ")
			p.press(line + "\r")
			p.until(map[string]string{"where": "Lab handshake, run 1.", "step": "let all go."}[line])
			want, reason := couldNot, "tlstutor: stopped: "
			if sig == syscall.SIGINT {
				want, reason = 0, "nothing left running."
				p.press("\x03")
			} else if err := p.cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			status := p.end()
			text := string(p.text())
			if status != want || !strings.Contains(text, reason) || !strings.Contains(text, "Go on: tlstutor") || sig == syscall.SIGINT && strings.Contains(text, "stopped") {
				t.Errorf("%v after %q: exit status %d, %q", sig, line, status, text)
			}
		}
	}
}
