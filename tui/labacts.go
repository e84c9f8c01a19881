package tui

import (
	"encoding/hex"
	"fmt"
	"maps"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// This file is what the keys of a lab do; labkeys.go is their table.

// openRec goes from the wire into the bytes of the selected record.
func (s *labScreen) openRec() tea.Cmd {
	s.focus, s.graph.off, s.graph.from = bytesPane, false, 0
	return s.did(coachOpen)
}

// turn moves the focus by panes, round and round. To look at the bytes is to
// have opened a message.
func (s *labScreen) turn(by int) func() tea.Cmd {
	return func() tea.Cmd {
		if s.focus = (s.focus + pane(by) + s.panes()) % s.panes(); s.focus == bytesPane {
			return s.did(coachOpen)
		}
		return nil
	}
}

// panes is how many panes there are: without a run there are no knobs.
func (s *labScreen) panes() pane {
	if s.past != "" {
		return knobsPane
	}
	return panes
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
	line := newPrompt(s.env, s, k.Name+": ", s.set[k.Name], "run", k.Room(), func(text string) tea.Cmd {
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
	if e, ok := suiteField(f); ok {
		return s.env.push(newSuitePage(s.env, e, s.env.said(s.fields.Path(), f)))
	}
	return s.env.push(newNotePage(s.env, s.fields.Path(), f))
}

// preset sets the knobs to a preset and runs at once; 0 is how the lab opened.
func (s *labScreen) preset(i int) func() tea.Cmd {
	return func() tea.Cmd {
		s.set = s.presetSet(i)
		return tea.Batch(s.did(coachPreset), s.start(false))
	}
}

// presetSet is the settings of a preset. It changes the lab's own, so that it shows
// the same wherever the lab was opened from; 0 is how it opened.
func (s *labScreen) presetSet(i int) labs.Settings {
	if i == 0 {
		return maps.Clone(s.first)
	}
	set := make(labs.Settings, len(s.lab.Knobs))
	for j := range s.lab.Knobs {
		set[s.lab.Knobs[j].Name] = s.lab.Knobs[j].Start()
	}
	maps.Copy(set, s.lab.Presets[i-1].Set)
	return set
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

// copy sends what is selected to the clipboard.
func (s *labScreen) copy() tea.Cmd {
	text, what := s.copyText()
	return s.env.copy(&s.copied, text, what)
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
		return "tlstutor " + s.lab.Command(s.set), "the command that makes this run"
	}
	if f.Withheld() || f.Src == nil {
		return f.Name + ": " + f.Value, "its value"
	}
	return hex.EncodeToString(f.Bytes()), fmt.Sprintf("%d bytes", f.N)
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
	case s.fromGraph():
		s.toGraph()
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
