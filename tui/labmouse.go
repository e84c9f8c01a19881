package tui

import (
	"maps"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
)

// What a click on the lab means.
type (
	focusMsg    pane                     // the inside of a pane
	laneMsg     int                      // a record, by its index
	treeMsg     struct{ x, y, w, h int } // the place, and the size it was drawn at
	hexMsg      struct{ x, y, w, h int } // the same, of the hex
	hexWheelMsg struct{ by, w, h int }   // a notch, -1 up; the size it was drawn at
	knobMsg     struct{ knob, x int }    // x is counted in the row
	wheelMsg    struct {
		pane pane
		by   int // a notch, -1 up
		h    int // the lines it was drawn in
	}
)

// clicked does what a click means. Settings typed on the settings line come
// here too: they are for the top screen.
func (s *labScreen) clicked(m tea.Msg) tea.Cmd {
	switch m := m.(type) {
	case focusMsg:
		s.focus = pane(m)
	case laneMsg:
		// A click on what is selected opens it, as enter does.
		if s.focus == wirePane && s.sel == int(m) {
			return s.openRec()
		}
		s.focus = wirePane
		s.pick(int(m))
	case graphMsg:
		return s.clickGraph(m)
	case treeMsg:
		s.focus = bytesPane
		s.fields.ClickTree(m.x, m.y, m.w, m.h)
	case hexMsg:
		s.focus = bytesPane
		s.fields.ClickHex(m.x, m.y, m.w, m.h)
	case hexWheelMsg:
		s.fields.WheelHex(m.by, m.w, m.h)
	case wheelMsg:
		return s.wheel(m)
	case knobMsg:
		return s.knobClick(m)
	case settingsMsg:
		return s.settle(m.words)
	}
	return nil
}

// wheel scrolls what is under it and leaves the focus where it is. The knobs do
// not scroll: there it highlights another one.
func (s *labScreen) wheel(m wheelMsg) tea.Cmd {
	switch m.pane {
	case wirePane:
		n := len(s.recs())
		s.scroll = max(-n, min(s.scroll+3*m.by, n))
	case bytesPane:
		if g, ok := s.graphed(); ok {
			s.graphTo(g, s.graphAt(graphLines(g))+m.by)
			break
		}
		s.fields.WheelTree(m.by, m.h)
	case knobsPane:
		s.knob = max(0, min(s.knob+m.by, len(s.lab.Knobs)-1))
	}
	return nil
}

// knobClick selects a knob; on its marks it turns it, on a text it edits it.
// The first click on a text only selects it, so that nobody edits by accident.
func (s *labScreen) knobClick(m knobMsg) tea.Cmd {
	again := s.focus == knobsPane && s.knob == m.knob
	s.focus, s.knob = knobsPane, m.knob
	k := &s.lab.Knobs[m.knob]
	switch {
	case s.flight != nil:
		return nil
	case k.Typed() && again:
		return s.edit()
	case k.Typed():
		return nil
	case k.Kind == labs.Set && again:
		return s.toggle()
	case k.Kind == labs.Set:
		return nil
	}
	switch value := m.x - s.valueAt(); {
	case value > 1:
		return s.turnKnob(1)()
	case value >= 0: // on the mark before it
		return s.turnKnob(-1)()
	}
	return nil
}

// settle takes knob=value words from the settings line, and runs with them.
// When one word is refused, none is taken.
func (s *labScreen) settle(words []string) tea.Cmd {
	if s.flight != nil {
		return say("the knobs are locked while a run goes on")
	}
	given, err := s.lab.Words(words)
	if err != nil {
		return say(err.Error())
	}
	maps.Copy(s.set, given)
	return s.start(false)
}
