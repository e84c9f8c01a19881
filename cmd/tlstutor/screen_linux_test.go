package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// What a program has to take back of what it did to the terminal.
const (
	altScreen   = "\x1b[?1049h"
	mainScreen  = "\x1b[?1049l"
	mouseOff    = "\x1b[?1002l"
	cursorShown = "\x1b[?25h"
)

// restored checks that the terminal is as it was, and returns what was printed
// after that.
func restored(t *testing.T, p *terminal) string {
	t.Helper()
	text := p.text()
	at := bytes.LastIndex(text, []byte(mainScreen))
	if at < 0 || bytes.LastIndex(text, []byte(altScreen)) > at {
		t.Fatalf("the screen is not restored:\n%q", text)
	}
	for _, undo := range []string{mouseOff, cursorShown} {
		if !bytes.Contains(text, []byte(undo)) {
			t.Errorf("%q was not sent", undo)
		}
	}
	return regexp.MustCompile(`\x1b\[[0-9;?>=<]*[A-Za-z]|\r`).ReplaceAllString(string(text[at:]), "")
}

func TestScreenOpensAndQuits(t *testing.T) {
	for _, c := range []struct {
		args []string
		drawn,
		keys, left string
	}{
		{nil, "straight to the course", "\x03", "Go on: tlstutor\n"},
		{[]string{"open", "F1.2"}, "page 2 of 9", "\x03", "Saved at F1.2, page 2 of 9."},
		{[]string{"open", "handshake"}, "ServerHello", "\x03", "Straight here: tlstutor open handshake\n"},
		{[]string{"open", "handshake", "max=1.2"}, "ServerKeyExchange", "\x03", "Straight here: tlstutor open handshake max=1.2\n"},
		{[]string{"--ascii", "--theme", "stage", "open", "wiretap"}, "all completed", "\x03", "tlstutor open wiretap\n"},
	} {
		p := onTerminal(t, 100, 30, nil, "tlstutor", c.args...)
		p.until(c.drawn)
		p.press(c.keys)
		if status := p.end(); status != 0 {
			t.Errorf("%v: exit status %d", c.args, status)
		}
		text := restored(t, p)
		if !strings.Contains(text, c.left) || !strings.Contains(text, "nothing left running.") {
			t.Errorf("%v: after the end it says %q", c.args, text)
		}
		if !bytes.HasPrefix(p.text(), []byte("tlstutor: for a screen reader: tlstutor --plain\r\n")) {
			t.Errorf("%v: the first line is not for screen readers: %.100q", c.args, p.text())
		}
	}
}

// TestScreenCounts checks that the connections of the last line are those made.
func TestScreenCounts(t *testing.T) {
	p := onTerminal(t, 100, 30, nil, "tlstutor", "open", "wiretap")
	p.until("3 connections, all completed")
	p.press("\x03")
	p.end()
	if text := restored(t, p); !strings.Contains(text, "3 connections made, 3 closed") {
		t.Errorf("after the end it says %q", text)
	}
}

// TestScreenSignals checks that whatever asks the program to end, the terminal
// is restored and one sentence says why; also while a run is held.
func TestScreenSignals(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
		for _, key := range []string{"", "s"} {
			p := onTerminal(t, 100, 30, nil, "tlstutor", "open", "handshake")
			p.until("completed in") // while a run goes on, s only says so
			if key != "" {
				p.press(key)
				p.until("HELD")
			}
			if err := p.cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if status := p.end(); status != couldNot {
				t.Errorf("%v, key %q: exit status %d", sig, key, status)
			}
			text := restored(t, p)
			if strings.Count(text, "tlstutor: stopped: ") != 1 || !strings.Contains(text, "nothing is left running") || strings.Contains(text, "goroutine") {
				t.Errorf("%v, key %q: after the end it says %q", sig, key, text)
			}
		}
	}
}

// TestRunSignals checks the same of a run without a screen.
func TestRunSignals(t *testing.T) {
	p := onTerminal(t, 100, 30, nil, "tlstutor", "run", "handshake", "rtt=200")
	p.until("ClientHello")
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if status := p.end(); status != couldNot {
		t.Errorf("exit status %d", status)
	}
	if text := string(p.text()); !strings.Contains(text, "tlstutor: stopped: interrupt signal received; nothing is left running") {
		t.Errorf("it says %q", text)
	}
}

// TestScreenPlain checks that a terminal that cannot be drawn on, and a user who
// asks for it, gets lines of text, without a control sequence among them.
func TestScreenPlain(t *testing.T) {
	for _, env := range []string{"TERM=dumb", "TERM=", "ACCESSIBLE=1", "TLSTUTOR_PLAIN=1"} {
		p := onTerminal(t, 80, 24, []string{env}, "tlstutor")
		p.until("then press enter.")
		p.press("quit\r")
		p.until("course")
		p.press("quit\r")
		if status := p.end(); status != 0 {
			t.Errorf("%s: exit status %d", env, status)
		}
		if text := string(p.text()); strings.Contains(text, "\x1b") {
			t.Errorf("%s: %q", env, text)
		}
	}
}

// TestErrorOnTerminal checks that an error on a terminal that answers no question
// is there at once.
func TestErrorOnTerminal(t *testing.T) {
	p := onTerminal(t, 80, 24, nil, "tlstutor", "nothing")
	p.end()
	if text := string(p.text()); text != "tlstutor: there is no command \"nothing\"; tlstutor --help lists them\r\n" {
		t.Errorf("an error on a terminal is %q", text)
	}
}
