package tui

import (
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/tui/theme"
)

// parse reads words such as "handshake max=1.2" as a lab and its settings.
func parse(t testing.TB, words []string) (*labs.Lab, labs.Settings) {
	t.Helper()
	if len(words) == 0 {
		return labs.Handshake, nil
	}
	lab, err := labs.Find(words[0])
	if err != nil {
		t.Fatal(err)
	}
	given, err := lab.Words(words[1:])
	if err != nil {
		t.Fatal(err)
	}
	return lab, given
}

// A drive runs the App without a terminal: messages go in by hand, and the
// commands that come out are run beside it.
type drive struct {
	t    testing.TB
	app  *App
	msgs chan tea.Msg
	busy atomic.Int32 // commands that have not ended
	quit bool
	clip string // what was last sent to the clipboard
}

func newDrive(t testing.TB, w, h int, env *Env, screens ...Screen) *drive {
	t.Helper()
	d := &drive{t: t, app: New(env, true, screens...), msgs: make(chan tea.Msg, 1<<12)}
	d.send(tea.WindowSizeMsg{Width: w, Height: h})
	d.run(d.app.Init())
	t.Cleanup(func() {
		for _, s := range d.app.stack {
			if l, ok := s.(*labScreen); ok && l.flight != nil && l.flight.run != nil {
				l.flight.run.Stop()
			}
		}
	})
	return d
}

// labDrive is a drive on one lab that has run once.
func labDrive(t testing.TB, w, h int, words ...string) (*drive, *labScreen) {
	t.Helper()
	env := newEnv(t, theme.Dark, false)
	lab, given := parse(t, words)
	s := NewLab(env, lab, given).(*labScreen)
	d := newDrive(t, w, h, env, NewList(env), s)
	d.idle(s)
	return d, s
}

// send gives the App a message, and runs what it answers.
func (d *drive) send(m tea.Msg) {
	d.t.Helper()
	_, cmd := d.app.Update(m)
	if p, ok := d.app.Fatal.(*Panic); ok {
		d.t.Fatalf("%v broke it: %v\n%s", m, p, p.Stack)
	}
	d.run(cmd)
}

// run runs a command beside the test; its message waits in d.msgs.
func (d *drive) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	d.busy.Add(1)
	go func() {
		defer d.busy.Add(-1) // its message waits by then
		d.spread(cmd())
	}()
}

// spread delivers a message, or runs the commands it holds: a batch side by
// side, a sequence one after the other.
func (d *drive) spread(m tea.Msg) {
	if m == nil {
		return
	}
	if b, ok := m.(tea.BatchMsg); ok {
		for _, c := range b {
			d.run(c)
		}
		return
	}
	if v := reflect.ValueOf(m); v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
		for i := range v.Len() {
			if c := v.Index(i).Interface().(tea.Cmd); c != nil {
				d.spread(c())
			}
		}
		return
	}
	d.msgs <- m
}

// until takes messages until ok.
func (d *drive) until(what string, ok func() bool) {
	d.t.Helper()
	end := time.After(10 * time.Second)
	for !ok() {
		select {
		case m := <-d.msgs:
			d.take(m)
		case <-end:
			d.t.Fatalf("waited in vain until %s", what)
		}
	}
}

// take gives the App a message that a command made.
func (d *drive) take(m tea.Msg) {
	switch m.(type) {
	case tea.QuitMsg:
		d.quit = true
		return
	}
	if v := reflect.ValueOf(m); v.Kind() == reflect.String && v.Type().PkgPath() == "charm.land/bubbletea/v2" {
		d.clip = v.String()
		return
	}
	d.send(m)
}

// idle waits until no run of the lab goes on.
func (d *drive) idle(s *labScreen) {
	d.t.Helper()
	d.until("the run has ended", func() bool { return s.flight == nil && len(s.runs) > 0 })
}

// held waits until a run of the lab waits at the gate.
func (d *drive) held(s *labScreen) {
	d.t.Helper()
	d.until("the run is held", func() bool {
		if s.flight == nil || s.flight.run == nil || s.cur() != s.flight {
			return false
		}
		_, waits := s.flight.run.Held()
		return waits
	})
}

// soon takes the messages that are there, and those that come at once. While
// nothing is under way, none can come; a held run may be under way for long.
func (d *drive) soon() {
	d.t.Helper()
	const patience = 40
	for tries := 0; tries < patience; {
		idle := d.busy.Load() == 0
		select {
		case m := <-d.msgs:
			d.take(m)
			tries = 0
			continue
		default:
		}
		if idle {
			return
		}
		select {
		case m := <-d.msgs:
			d.take(m)
			tries = 0
		case <-time.After(time.Millisecond):
			tries++
		}
	}
}

// key presses one key.
func (d *drive) key(name string) { d.send(typed(name)) }

// screen is what is drawn.
func (d *drive) screen() string {
	d.t.Helper()
	content, _ := d.app.draw()
	if d.app.Fatal != nil {
		d.t.Fatalf("the screen broke: %v\n%s", d.app.Fatal, d.app.Fatal.(*Panic).Stack)
	}
	return content
}
