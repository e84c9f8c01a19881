package tui

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"weak"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/tui/theme"
)

// TestWalkByKeys goes through the lab by keys alone, as a learner would: open a
// message, down to the byte; turn a knob, run, read what changed; hold a
// handshake; listen on the wire; follow the evidence; leave.
func TestWalkByKeys(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 42}} {
		s := openLab(t, size[0], size[1])
		s.press("enter")
		s.wait("legacy_version")
		s.press("a")
		s.wait("legacy_compression_methods")
		s.press("a", "left", "left", "left", "left", "left", "left")
		s.press("1")
		s.wait("run 2 ")
		s.wait("TLS 1.2 instead of TLS 1.3")
		s.press("2")
		s.wait("client: bad_certificate")
		s.press("e")
		s.wait("this record ended it")
		s.press("e")
		s.wait("this is the field it is about")
		s.press("s")
		s.wait("HELD")
		s.press("space", "space")
		s.wait("▌")
		s.press("r")
		s.gone("HELD")
		s.press("w")
		s.wait("EAVESDROPPER")
		s.wait("sealed, ")
		s.press("esc")
		s.gone("EAVESDROPPER")
		s.press("0")
		s.wait("✓ completed")
		s.press("?")
		s.wait("move in the pane with the bright border")
		s.press("esc")
		s.gone("move in the pane")
		s.press("esc")
		s.wait("Your own words on three wires")
		s.press("down", "enter")
		s.wait("tls12")
		s.press("q", "q")
		s.until("the program has ended", func() bool {
			select {
			case <-s.done:
				return true
			default:
				return false
			}
		})
	}
}

// TestWalkByMouse goes the same way by clicks and the wheel alone.
func TestWalkByMouse(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 42}} {
		s := openLab(t, size[0], size[1])
		s.click("ServerHello")
		s.wait("ServerHello  ")
		s.click(" ServerHello")
		s.wait("cipher_suite")
		s.click("cipher_suite")
		if size[0] < wideFrom {
			s.click("wire")
			s.wait("ClientHello ─")
		}
		s.click("1 TLS 1.2")
		s.wait("run 2 ")
		s.wait("TLS 1.2 instead of TLS 1.3")
		s.click("2 other CA")
		s.wait("client: bad_certificate")
		s.click("s step")
		s.wait("HELD")
		s.click("space next")
		s.wait("▌")
		s.click("r all")
		s.gone("HELD")
		s.click("w wiretap")
		s.wait("EAVESDROPPER")
		s.click("esc as yourself")
		s.gone("EAVESDROPPER")
		if size[0] < wideFrom {
			s.click("knobs")
		}
		s.wait("rtt ")
		x, y := s.find("rtt ")
		s.clickAt(x+len("client-cert  "), y+1) // the fault knob's ‹
		s.wait("*")
		s.wheel(x, y, true)
		s.wheel(x, y, false)
		s.click("? help")
		s.wait("move in the pane with the bright border")
		s.click("esc back")
		s.gone("move in the pane")
		s.click("esc wire")
		s.click("esc the labs")
		s.wait("Your own words on three wires")
	}
}

// TestHexClick checks that a click on a byte selects the smallest field over it.
func TestHexClick(t *testing.T) {
	d, s := labDrive(t, 140, 42)
	_, hits := s.View(140, 41)
	var hex Hit
	for _, h := range hits {
		if h.Click == nil {
			continue
		}
		if _, ok := h.Click(10, 1).(hexMsg); ok {
			hex = h
		}
	}
	if hex.W == 0 {
		t.Fatal("the hex takes no clicks")
	}
	d.send(clickMsg{hex.Click(6+3*3, 1)}) // the fourth byte of the record
	if got := s.fields.Selected().Name; got != "length" {
		t.Errorf("the fourth byte of a record is in %s, not in length", got)
	}
}

// TestRuns checks that twenty runs are kept, and that < and > go through them
// with the selection on the same message.
func TestRuns(t *testing.T) {
	d, s := labDrive(t, 140, 42)
	d.key("down")
	for range runsKept + 3 {
		d.key("r")
		d.idle(s)
	}
	if len(s.runs) != runsKept || s.cur().n != runsKept+4 {
		t.Fatalf("%d runs are kept, the last is run %d", len(s.runs), s.cur().n)
	}
	if got := s.rec().Event.Text; got != "ServerHello" {
		t.Errorf("the selection went from ServerHello to %s", got)
	}
	if line := s.cur().line; !strings.Contains(line, "nothing but what is random each time") {
		t.Errorf("two equal runs: %q", line)
	}
	d.key("<")
	if s.cur().n != runsKept+3 {
		t.Errorf("< shows run %d", s.cur().n)
	}
	d.key(">")
	if s.cur().n != runsKept+4 {
		t.Errorf("> shows run %d", s.cur().n)
	}
}

// TestKnobs checks the mark of a turned knob, the label of the run, a text that
// is edited, and the settings line.
func TestKnobs(t *testing.T) {
	d, s := labDrive(t, 140, 42)
	d.key("shift+tab")
	d.key("right")
	if screen := d.screen(); !strings.Contains(screen, "*") || !strings.Contains(screen, "before 1 change") {
		t.Error("a turned knob has no mark, or the run no label")
	}
	d.key("left")
	if strings.Contains(d.screen(), "before 1 change") {
		t.Error("a knob that was turned back counts as changed")
	}
	for s.lab.Knobs[s.knob].Name != "name" {
		d.key("down")
	}
	d.key("enter")
	d.until("a prompt is open", func() bool { _, ok := d.app.top().(*prompt); return ok })
	for range 20 {
		d.key("backspace")
	}
	for _, r := range "rq.test" { // letters that are commands elsewhere
		d.key(string(r))
	}
	d.key("enter")
	d.until("the run with the new name has ended", func() bool { return s.flight == nil && s.cur().n == 2 })
	if got, _, _ := labs.Lookup(s.cur().events, "ClientHello.server_name"); got != "rq.test" {
		t.Errorf("typed rq.test, the hello says %q", got)
	}
	d.send(clickMsg{settingsMsg{[]string{"max=1.2", "name=app.lab.test"}}})
	d.until("the run with TLS 1.2 has ended", func() bool { return s.flight == nil && s.cur().n == 3 })
	if got, _, _ := labs.Lookup(s.cur().events, "ServerHello.legacy_version"); got != "TLS 1.2" || !s.cur().end.OK {
		t.Errorf("max=1.2: %s, %s", got, s.cur().end.Text)
	}
	d.send(clickMsg{settingsMsg{[]string{"max=9"}}})
	d.soon()
	if !strings.Contains(d.app.line, "max cannot be") {
		t.Errorf("max=9 says %q", d.app.line)
	}
}

// TestLeaveInFlight leaves a lab while a run is held, at once or when it waits:
// the run is ended, and the lab is of use when one comes back.
func TestLeaveInFlight(t *testing.T) {
	for _, wait := range []bool{false, true} {
		d, s := labDrive(t, 140, 42)
		d.key("s")
		if wait {
			d.held(s)
		}
		held := s.flight
		d.key("q")
		d.until("the run that was left has ended", func() bool { return s.flight == nil && held.ended })
		d.send(setMsg{"theme", "light"})
		d.key("enter")
		if d.app.top() != Screen(s) {
			t.Fatal("enter does not lead back to the lab")
		}
		d.key("r")
		d.idle(s)
		if c := s.cur(); !c.end.OK || c.n != 3 {
			t.Errorf("back in the lab: run %d, %s", c.n, c.end.Text)
		}
		if line := s.cur().line; line != "vs run 1: nothing but what is random each time" {
			t.Errorf("after a run that was dropped: %q", line)
		}
	}
}

// TestBurst types a settings line in one go, as a macro does: no letter of it
// is taken for a command.
func TestBurst(t *testing.T) {
	s := openLab(t, 80, 24)
	s.e.SendText(":rtt=40")
	s.wait(": rtt=40")
	s.press("enter")
	s.wait("run 2 ")
	s.wait("nothing on the wire")
}

// TestRunsAreLetGo checks that a run that is no longer kept is not held on to by
// those that came after it.
func TestRunsAreLetGo(t *testing.T) {
	d, s := labDrive(t, 140, 42)
	first := weak.Make(s.runs[0])
	for range runsKept + 1 {
		d.key("r")
		d.idle(s)
	}
	d.until("the first run is gone", func() bool { runtime.GC(); return first.Value() == nil })
}

// TestOlderRun checks what the knobs say beside a run that is not the last.
func TestOlderRun(t *testing.T) {
	d, s := labDrive(t, 140, 42)
	for _, k := range []string{"1", "2"} {
		d.key(k)
		d.idle(s)
	}
	d.key("<")
	text := ansi.Strip(d.screen())
	if !strings.Contains(text, "as in run 3") || strings.Contains(text, "not run yet") || strings.Contains(text, "before 2 changes") {
		t.Errorf("beside run 2 the knobs of run 3 are called changes:\n%s", text)
	}
}

// TestPrompt checks that every letter is text on a line, also those that are
// commands elsewhere; enter keeps the line, esc does not.
func TestPrompt(t *testing.T) {
	d, s := labDrive(t, 80, 24)
	var got string
	p := newPrompt(s.env, s, "> ", "", "keep", 200, func(line string) tea.Cmd { got = line; return nil })
	d.run(d.app.push(p))
	want := ""
	for r := '!'; r <= '~'; r++ {
		d.key(string(r))
		want += string(r)
	}
	for _, k := range []string{"left", "left", "backspace", "right", "delete", "home", "space", "end"} {
		d.send(tea.KeyPressMsg{Code: typed(k).Code, Text: map[string]string{"space": " "}[k]})
	}
	want = " " + want[:len(want)-3] + "}"
	d.key("enter")
	d.soon()
	if got != want {
		t.Errorf("typed and edited, the line is\n%q, not\n%q", got, want)
	}
	d.run(d.app.push(newPrompt(s.env, s, "> ", "x", "keep", 200, func(string) tea.Cmd { t.Error("esc keeps the line"); return nil })))
	d.key("esc")
	d.soon()
	if d.app.top() != Screen(s) {
		t.Error("esc does not leave the line")
	}
}

// TestCannotRun checks what the screen says when the machine refuses: what
// failed, and what to do.
func TestCannotRun(t *testing.T) {
	env := newEnv(t, theme.Dark, false)
	none := &labs.Lab{Name: "none", Knobs: labs.Wiretap.Knobs, Run: func(context.Context, *labs.Bench, labs.Settings) error {
		return errors.New("this machine refused a listener for the relay: no ports")
	}}
	s := NewLab(env, none, nil).(*labScreen)
	d := newDrive(t, 80, 24, env, s)
	d.idle(s)
	text := strings.Join(strings.Fields(ansi.Strip(d.screen())), " ")
	for _, want := range []string{"could not run", "No lab can run", "refused a listener for the relay: no ports", "press r", "tlstutor doctor"} {
		if !strings.Contains(text, want) {
			t.Errorf("the screen does not say %q:\n%s", want, text)
		}
	}
	d.key("r")
	d.idle(s)
	if s.cur().n != 2 {
		t.Error("r does not try again")
	}
}

// TestCopy checks what is sent to the clipboard, and that y again shows it.
func TestCopy(t *testing.T) {
	d, _ := labDrive(t, 80, 24)
	d.key("y")
	d.until("something is copied", func() bool { return d.clip != "" })
	d.soon()
	if !strings.HasPrefix(d.clip, "1603010") || !strings.Contains(d.app.line, "bytes); y again shows it as text") {
		t.Errorf("copied %.20q, and said %q", d.clip, d.app.line)
	}
	d.key("y")
	d.until("the text is shown", func() bool { _, ok := d.app.top().(*textPage); return ok })
	d.soon()
	if !strings.Contains(d.screen(), "1603010") {
		t.Error("y again does not show what was copied")
	}
}

// TestEscInFlight checks that the first esc asks, the second drops the run, and
// that the lab then goes on.
func TestEscInFlight(t *testing.T) {
	d, s := labDrive(t, 140, 42)
	d.key("s")
	d.held(s)
	d.key("esc")
	if !strings.Contains(d.screen(), "esc again drops this run") {
		t.Error("the first esc does not ask")
	}
	d.key("esc")
	d.until("the run is dropped", func() bool { return s.flight == nil })
	d.key("r")
	d.idle(s)
	if !s.cur().end.OK {
		t.Errorf("after a dropped run: %s", s.cur().end.Text)
	}
}

// broken is a screen that panics when it is told to.
type broken struct{ *list }

func (b broken) View(w, h int) (string, []Hit) { panic("on purpose") }

// TestPanic checks that a panic in a screen ends the program with what broke.
func TestPanic(t *testing.T) {
	env := newEnv(t, theme.Dark, false)
	s := start(t, 80, 24, env, true, broken{NewList(env).(*list)})
	s.wait("This screen broke")
	s.press("enter")
	s.until("the program has ended", func() bool {
		select {
		case <-s.done:
			return true
		default:
			return false
		}
	})
	if p, ok := s.app.Fatal.(*Panic); !ok || p.Value != "on purpose" || len(p.Stack) == 0 {
		t.Errorf("what broke is %v", s.app.Fatal)
	}
}
