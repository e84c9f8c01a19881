package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestTerminals checks what is drawn with on each kind of terminal: which signs, and
// how many colours.
func TestTerminals(t *testing.T) {
	many := regexp.MustCompile(`\x1b\[[0-9;]*[34]8;[25];[0-9;]*m`)
	few := regexp.MustCompile(`\x1b\[([0-9]+;)*(3[1-6]|9[1-6])(;[0-9]+)*m`)
	for _, c := range []struct {
		env         []string
		lines       bool // lines, arrows and marks beyond ASCII
		many, fewer bool // colours: 256 or more, sixteen
	}{
		{[]string{"TERM=xterm-256color"}, true, true, false},
		{[]string{"TERM=xterm-256color", "COLORTERM=truecolor"}, true, true, false},
		{[]string{"TERM=tmux-256color"}, true, true, false},
		{[]string{"TERM=screen"}, true, true, false},
		{[]string{"TERM=xterm-16color"}, true, false, true},
		{[]string{"TERM=vt100"}, true, false, true},
		{[]string{"TERM=no-such-terminal"}, true, false, true},
		{[]string{"TERM=linux"}, false, false, true},
		{[]string{"TERM=linux", "LANG=C"}, false, false, true},
		{[]string{"LANG=C"}, false, true, false},
		{[]string{"LANG="}, false, true, false},
		{[]string{"LANG=C", "LC_ALL=de_DE.utf8"}, true, true, false},
		{[]string{"NO_COLOR=1"}, true, false, false},
		{[]string{"NO_COLOR=yes", "COLORTERM=truecolor"}, true, false, false},
		{[]string{"NO_COLOR=", "LANG=C"}, false, true, false},
	} {
		p := onTerminal(t, 80, 24, c.env, "tlstutor", "open", "handshake", "fault=unknown-ca")
		p.until("client says") // the run has ended
		p.press("s")
		p.until("HELD")
		p.press("\x03")
		if status := p.end(); status != 0 {
			t.Errorf("%v: exit status %d", c.env, status)
		}
		drawn := p.text()
		ascii := bytes.IndexFunc(drawn, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
		if ascii == c.lines {
			t.Errorf("%v: only ASCII is drawn: %v", c.env, ascii)
		}
		if got := many.Match(drawn); got != c.many {
			t.Errorf("%v: many colours: %v", c.env, got)
		}
		if got := few.Match(many.ReplaceAll(drawn, nil)); got != c.fewer {
			t.Errorf("%v: one of the sixteen: %v", c.env, got)
		}
		restored(t, p)
	}
}

// TestSuspend checks that ctrl+z gives the terminal back to the shell, that fg draws
// the screen anew, and that a run that was held is held still.
func TestSuspend(t *testing.T) {
	p := onTerminal(t, 80, 24, nil, "sh", "-mc", "stty -a; tlstutor open handshake; stty -a; echo in the shell; fg; echo the end")
	p.until("completed in")
	p.press("s")
	p.until("HELD")
	p.press("\x1a")
	p.until("in the shell\r\n")
	before := p.forget()
	if bytes.LastIndex(before, []byte(mainScreen)) < bytes.LastIndex(before, []byte(altScreen)) {
		t.Error("the shell does not get its screen back")
	}
	// What stty says before and while the program is suspended.
	modes := regexp.MustCompile(`(?s)speed .*?-?extproc`).FindAllString(string(before), -1)
	if len(modes) != 2 || modes[0] != modes[1] {
		t.Errorf("the terminal is not as it was: %q", modes)
	}
	p.until("HELD")
	p.press("\x03")
	p.until("the end")
	if after := p.text(); bytes.LastIndex(after, []byte(mainScreen)) < bytes.LastIndex(after, []byte(altScreen)) {
		t.Error("the screen is not restored")
	}
}

// TestTornAway checks that the program ends when its terminal goes away, as a window
// that is closed or a link that breaks.
func TestTornAway(t *testing.T) {
	p := onTerminal(t, 80, 24, nil, "tlstutor", "open", "handshake")
	p.until("completed in")
	p.press("s")
	p.until("HELD")
	if err := p.own.Close(); err != nil {
		t.Fatal(err)
	}
	if status := p.end(); status != couldNot {
		t.Errorf("exit status %d", status)
	}
	if strings.Contains(string(p.text()), "goroutine") {
		t.Errorf("%q", p.text())
	}
}
