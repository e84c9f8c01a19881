package tui

import (
	"encoding/hex"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// actions is what the keys do in the pane with the focus, in the state the
// screen is in. What is not possible right now is not in it. Their order is the
// footer's, and decides who gets a key that two of them have.
func (s *labScreen) actions() actions {
	var a actions
	// First, because space and pgdown go on with a held run before they move in a
	// pane.
	if s.held() {
		a = append(a,
			act([]string{"space", "s", "pgdown"}, "space", "next", s.next),
			one("r", "all", s.free))
	}
	a = append(a, s.moves()...)
	if !s.held() {
		a = append(a, s.runKeys()...)
	}
	a = append(a, act([]string{"tab"}, "tab", "pane", s.turn(1)))
	word := "wiretap"
	if s.tapped {
		word = "as yourself"
	}
	a = append(a, one("w", word, s.tap))
	if c := s.cur(); c != nil && c.ended {
		a = append(a, one("e", "evidence", s.evidence))
	}
	a = append(a,
		hush(act([]string{"shift+tab"}, "shift+tab", "the pane before", s.turn(-1))),
		hush(one("[", "the message before", s.step(-1))),
		hush(one("]", "the message after", s.step(1))),
		hush(one("z", "zoom this pane", func() tea.Cmd { s.zoom = !s.zoom; return nil })),
		hush(one("y", "copy what is selected", s.copy)),
	)
	return append(a, one("esc", s.backTo(), s.back))
}

// runKeys are what cannot be done while a run is held.
func (s *labScreen) runKeys() actions {
	var a actions
	if s.flight == nil {
		a = append(a, one("r", "run", func() tea.Cmd { return s.start(false) }), one("s", "step", s.hold))
		// 0 is how the lab opened; the presets count from 1.
		for i := 0; i <= len(s.lab.Presets); i++ {
			a = append(a, hush(one(fmt.Sprint(i), "preset: "+s.presetName(i), s.preset(i))))
		}
	}
	if s.at > 0 && s.flight == nil {
		a = append(a, hush(one("<", "the run before", s.older(-1))))
	}
	if s.at < len(s.runs)-1 && s.flight == nil {
		a = append(a, hush(one(">", "the run after", s.older(1))))
	}
	return a
}

// moves are the arrows, enter and a, by the pane with the focus.
func (s *labScreen) moves() actions {
	f := s.fields
	switch s.focus {
	case wirePane:
		open := func() tea.Cmd { s.focus = bytesPane; return s.did(coachOpen) }
		return actions{
			act([]string{"up"}, "↑↓", "message", s.step(-1)),
			hush(act([]string{"down"}, "↓", "the message after", s.step(1))),
			hush(act([]string{"home"}, "home", "the first message", s.step(-1<<20))),
			hush(act([]string{"end"}, "end", "the last message", s.step(1<<20))),
			act([]string{"enter", "right"}, "enter", "open", open),
			hush(act([]string{"pgup"}, "pgup", "a page up", s.step(-10))),
			hush(act([]string{"pgdown"}, "pgdown", "a page down", s.step(10))),
		}
	case bytesPane:
		return actions{
			act([]string{"up"}, "↑↓", "field", do(f.Up)),
			hush(act([]string{"down"}, "↓", "the next field", do(f.Down))),
			act([]string{"right"}, "→←", "unfold, fold", do(f.Right)),
			hush(act([]string{"left"}, "←", "fold, then out", s.left)),
			hush(act([]string{"enter"}, "enter", "open", s.enterField)),
			one("a", "all fields", do(f.ToggleAll)),
			hush(act([]string{"home"}, "home", "the first field", do(f.Home))),
			hush(act([]string{"end"}, "end", "the last field", do(f.End))),
			hush(act([]string{"pgup"}, "pgup", "a page up", do(f.PageUp))),
			hush(act([]string{"pgdown"}, "pgdown", "a page down", do(f.PageDown))),
		}
	}
	a := actions{
		act([]string{"up"}, "↑↓", "knob", s.knobBy(-1)),
		hush(act([]string{"down"}, "↓", "the next knob", s.knobBy(1))),
		hush(act([]string{"home"}, "home", "the first knob", s.knobBy(-1<<20))),
		hush(act([]string{"end"}, "end", "the last knob", s.knobBy(1<<20))),
	}
	// A run that goes on has its settings: knobs can be read then, not turned.
	if s.flight != nil {
		return a
	}
	if s.lab.Knobs[s.knob].Kind == labs.Text {
		return append(a, act([]string{"enter", "right"}, "enter", "edit", s.edit))
	}
	return append(a,
		act([]string{"right"}, "→←", "turn", s.turnKnob(1)),
		hush(act([]string{"left"}, "←", "turn back", s.turnKnob(-1))),
		act([]string{"enter"}, "enter", "run", func() tea.Cmd { return s.start(false) }))
}

// do wraps a movement that needs no command.
func do(f func()) func() tea.Cmd {
	return func() tea.Cmd { f(); return nil }
}

// turn moves the focus by panes, round and round. To look at the bytes is to
// have opened a message.
func (s *labScreen) turn(by int) func() tea.Cmd {
	return func() tea.Cmd {
		if s.focus = (s.focus + pane(by) + panes) % panes; s.focus == bytesPane {
			return s.did(coachOpen)
		}
		return nil
	}
}

// step selects the record that lies by records away, or the last there is.
func (s *labScreen) step(by int) func() tea.Cmd {
	return func() tea.Cmd { s.pick(s.sel + by); return nil }
}

// knobBy highlights another knob; a step too large stops at the end.
func (s *labScreen) knobBy(by int) func() tea.Cmd {
	return func() tea.Cmd {
		s.knob = max(0, min(s.knob+by, len(s.lab.Knobs)-1))
		return nil
	}
}

// turnKnob changes the highlighted knob, for the next run.
func (s *labScreen) turnKnob(by int) func() tea.Cmd {
	return func() tea.Cmd {
		k := &s.lab.Knobs[s.knob]
		s.set[k.Name] = k.Turn(s.set[k.Name], by)
		return nil
	}
}

// edit opens a line for the text of the knob, and runs the lab with it.
func (s *labScreen) edit() tea.Cmd {
	k := &s.lab.Knobs[s.knob]
	line := newPrompt(s.env, s, k.Name+": ", s.set[k.Name], "run", k.Max, func(text string) tea.Cmd {
		s.set[k.Name] = text
		return tea.Batch(s.did(coachEdit), s.start(false))
	})
	line.whole = true
	return s.env.push(line)
}

// left folds, then goes to the parent, and at the root back to the wire.
func (s *labScreen) left() tea.Cmd {
	if !s.fields.Left() {
		s.focus = wirePane
	}
	return nil
}

// enterField folds or unfolds; a leaf shows its note large.
func (s *labScreen) enterField() tea.Cmd {
	if s.fields.Toggle() {
		return nil
	}
	return s.large()
}

// large shows the note of the selected field over the whole window.
func (s *labScreen) large() tea.Cmd {
	f := s.fields.Selected()
	if f == nil {
		return nil
	}
	return s.env.push(newNotePage(s.env, s.fields.Path(), f))
}

// preset sets the knobs to a preset and runs at once; 0 is how the lab opened.
func (s *labScreen) preset(i int) func() tea.Cmd {
	return func() tea.Cmd {
		s.set = clone(s.first)
		if i > 0 {
			for k, v := range s.lab.Presets[i-1].Set {
				s.set[k] = v
			}
		}
		return tea.Batch(s.did(coachPreset), s.start(false))
	}
}

// presetName is what stands by a digit.
func (s *labScreen) presetName(i int) string {
	if i == 0 {
		return "reset"
	}
	return s.lab.Presets[i-1].Name
}

// hold runs afresh, held at the first record. It waits on the wire, so the focus
// goes there, and the wiretap is put away.
func (s *labScreen) hold() tea.Cmd {
	s.tapped, s.focus = false, wirePane
	return tea.Batch(s.did(coachHold), s.start(true))
}

// next lets one record go, and selects it.
func (s *labScreen) next() tea.Cmd {
	r := s.flight
	// The command that starts it has not come back yet.
	if r.run == nil {
		return nil
	}
	// It is selected before it goes: afterwards another one waits.
	if at, waits := r.run.Held(); waits && !at.Fin && s.cur() == r {
		if n, _ := s.heldAt(at); n > 0 {
			s.pick(n - 1)
		}
	}
	r.stepped = true
	run := r.run
	return func() tea.Msg { run.Next(); return nil }
}

// free lets all records go. The bar that says what waits goes at once; the
// knobs stay locked until the run has ended.
func (s *labScreen) free() tea.Cmd {
	r := s.flight
	if r.run == nil {
		return nil
	}
	r.held = false
	run := r.run
	return func() tea.Msg { run.Free(); return nil }
}

// older shows a run made before or after, and runs nothing.
func (s *labScreen) older(by int) func() tea.Cmd {
	return func() tea.Cmd { s.show(s.runs[s.at+by]); return nil }
}

// tap shows the run as somebody on the wire has it, or as the parties do. The
// same record stays selected: to see what is left of it is the point.
func (s *labScreen) tap() tea.Cmd {
	r := s.rec()
	s.tapped = !s.tapped
	s.choose(s.inView(r))
	return s.did(coachTap)
}

// inView returns where a record is in the other view of the run: the listener's
// has no rows for what did not cross the wire.
func (s *labScreen) inView(r *labs.Rec) int {
	if r == nil {
		return s.sel
	}
	last := 0
	for i, x := range s.recs() {
		if x.Event.Conn == r.Event.Conn && x.Event.Who == r.Event.Who && x.Event.Tree.Off == r.Event.Tree.Off && x.OnWire() == r.OnWire() {
			return i
		}
		if x.Event.At <= r.Event.At {
			last = i
		}
	}
	return last
}

// evidence selects the record that ended the handshake, then the field it
// complains about. An ending may be about no record, and about no field.
func (s *labScreen) evidence() tea.Cmd {
	end := s.cur().end
	s.tapped = false
	if end.Rec < 0 {
		return say("no record ended it: " + end.Text)
	}
	s.light++
	if s.light == 1 || end.Field == "" {
		s.pick(end.Rec)
		s.focus = wirePane
		what := "this record ended it"
		if end.OK {
			what = "this record completed the handshake"
		}
		if end.Field != "" {
			what += "; e again: the field it is about"
		}
		return say(what)
	}
	s.pick(end.FieldRec)
	if s.fields.Show(end.At) {
		s.focus, s.light = bytesPane, 0
		return say("this is the field it is about")
	}
	return say("the field it is about is not in this run")
}

// copy sends what is selected to the clipboard; again, it shows it as text. Not
// every terminal takes a clipboard's text, and none says so: hence the second
// way.
func (s *labScreen) copy() tea.Cmd {
	text, what := s.copyText()
	if s.copied {
		s.copied = false
		return s.env.push(newTextPage(s.env, "copied", text))
	}
	s.copied = true
	return tea.Batch(tea.SetClipboard(text), say("sent to the clipboard ("+what+"); y again shows it as text"))
}

// copyText is what y copies: the command that makes this run, or the bytes of
// the selected field or record, as hex. What is withheld, or has no bytes of
// its own, is copied as it is shown.
func (s *labScreen) copyText() (text, what string) {
	f := s.fields.Selected()
	if r := s.rec(); s.focus == wirePane && r != nil {
		f = r.Event.Tree
	}
	if s.focus == knobsPane || f == nil {
		return "tlstutor run " + s.lab.Line(s.set), "the command that makes this run"
	}
	if f.Withheld() || f.Src == nil {
		return f.Name + ": " + f.Value, "its value"
	}
	return hex.EncodeToString(f.Bytes()), fmt.Sprintf("%d bytes", f.N)
}

// backTo says where esc leads, for the footer. Its cases are those of back, in
// the same order.
func (s *labScreen) backTo() string {
	switch {
	case s.tapped:
		return "as yourself"
	case s.flight != nil:
		return "drop this run"
	case s.zoom:
		return "all panes"
	case s.focus != wirePane && s.focus != s.opened:
		return "wire"
	}
	return s.env.below(s)
}

// back is esc, one step: out of the wiretap, out of a run going on, out of the
// zoom, back to the wire, then away.
func (s *labScreen) back() tea.Cmd {
	switch {
	case s.tapped:
		return s.tap()
	// It took many keys to get here, so esc asks first; the held line is the
	// question.
	case s.flight != nil && s.flight.held && !s.asked:
		s.asked = true
		return nil
	case s.flight != nil:
		return halt(s.flight)
	case s.zoom:
		s.zoom = false
		return nil
	case s.focus != wirePane && s.focus != s.opened:
		s.focus = wirePane
		return nil
	}
	return s.env.pop(s)
}

// messages returns the messages in the selected record.
func (s *labScreen) messages() []*wire.Field {
	if r := s.rec(); r != nil {
		return dissect.Messages(r.Event.Tree)
	}
	return nil
}
