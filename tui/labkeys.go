package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
)

// This file is the table of the lab's keys; labacts.go is what they do.

// actions is what the keys do in the pane with the focus, in the state the
// screen is in. What is not possible right now is not in it. Their order is the
// footer's, and decides who gets a key that two of them have: a narrow footer has
// room for the first few, so what has just become of use stands before what
// can always be done.
func (s *labScreen) actions() actions {
	var a actions
	// First, because space and pgdown go on with a held run before they move in a
	// pane.
	if s.held() {
		a = append(a,
			act([]string{"space", "s", "pgdown"}, "space", "next", s.next),
			one("r", "all", s.free))
	}
	moves := s.moves()
	if s.focus == wirePane && (s.failed() || s.comparable()) && s.env.app.w < wideFrom {
		moves[0].quiet = true // who has come so far knows the arrows
	}
	a = append(append(a, moves...), s.shownKeys()...)
	if !s.held() {
		a = append(a, s.runKeys()...)
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

// failed reports whether a record shows what the shown run failed of.
func (s *labScreen) failed() bool {
	c := s.cur()
	return c != nil && c.ended && !c.end.OK && c.end.Rec >= 0 && !s.tapped
}

// dry reports whether the shown run has ended and nothing crossed a wire in it, as
// files are judged: there is nothing to hold, and nothing to hear.
func (s *labScreen) dry() bool {
	c := s.cur()
	return c != nil && c.ended && c.missed == nil && s.past == "" && len(c.recs) > 0 && onWire(c.recs) == 0
}

// shownKeys are the letters that the footer has.
func (s *labScreen) shownKeys() actions {
	var a actions
	c, runs := s.cur(), s.flight == nil && s.past == ""
	evidence := one("e", "evidence", s.evidence)
	if runs {
		a = append(a, one("r", "run", func() tea.Cmd { return s.start(false) }))
	}
	if s.failed() {
		a = append(a, evidence)
	}
	if s.comparable() {
		a = append(a, one("c", "compare", s.beside))
	}
	if runs && !s.dry() {
		a = append(a, one("s", "step", s.hold))
	}
	if !s.dry() {
		a = append(a, s.tapKey())
	}
	a = append(a, act([]string{"tab"}, "tab", "pane", s.turn(1)))
	if s.exportable() {
		a = append(a, one("x", "export", func() tea.Cmd { return s.env.push(newExports(s.env, s, c)) }))
	}
	if c != nil && c.ended && !s.failed() {
		a = append(a, evidence)
	}
	return a
}

// tapKey is w, which goes into the wiretap and out of it.
func (s *labScreen) tapKey() action {
	word := "wiretap"
	switch {
	case s.tapped:
		word = "as yourself"
	case s.lab.Name == word: // it would seem to lead to where one is
		word = "as a listener"
	}
	w := one("w", word, s.tap)
	w.quiet = s.tapped // esc, which is always in the footer, says so
	return w
}

// runKeys are what cannot be done while a run is held.
func (s *labScreen) runKeys() actions {
	var a actions
	if s.flight == nil && s.past == "" {
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
		return actions{
			act([]string{"up"}, "↑↓", "message", s.step(-1)),
			hush(act([]string{"down"}, "↓", "the message after", s.step(1))),
			hush(act([]string{"home"}, "home", "the first message", s.step(-1<<20))),
			hush(act([]string{"end"}, "end", "the last message", s.step(1<<20))),
			act([]string{"enter", "right"}, "enter", "open", s.openRec),
			hush(act([]string{"pgup"}, "pgup", "a page up", s.step(-10))),
			hush(act([]string{"pgdown"}, "pgdown", "a page down", s.step(10))),
		}
	case bytesPane:
		if g, ok := s.graphed(); ok {
			return s.graphMoves(g)
		}
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
	if s.lab.Knobs[s.knob].Typed() {
		return append(a, act([]string{"enter", "right"}, "enter", "edit", s.edit))
	}
	if s.lab.Knobs[s.knob].Kind == labs.Set {
		return append(a, act([]string{"enter", "right"}, "enter", "choose", s.toggle))
	}
	a = append(a,
		act([]string{"right"}, "→←", "turn", s.turnKnob(1)),
		hush(act([]string{"left"}, "←", "turn back", s.turnKnob(-1))))
	if len(s.lab.Knobs[s.knob].Choices) >= manyWords {
		a = append(a, one("space", "pick", s.toggle))
	}
	return append(a,
		hush(act([]string{"enter"}, "enter", "run", func() tea.Cmd { return s.start(false) }))) // as r, which the footer has
}

// do wraps a movement that needs no command.
func do(f func()) func() tea.Cmd {
	return func() tea.Cmd { f(); return nil }
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
	case s.fromGraph():
		return "the graph"
	case s.focus != wirePane && s.focus != s.opened:
		return "wire"
	}
	return s.env.below(s)
}
