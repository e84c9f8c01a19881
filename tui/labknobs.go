package tui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/tui/theme"
)

// This file is the pane of the knobs: a row for each, its name and its value.

// valueAt is the column in which the values begin: behind the longest name and a
// mark.
func (s *labScreen) valueAt() int {
	longest := 0
	for _, k := range s.lab.Knobs {
		longest = max(longest, len(k.Name))
	}
	return longest + 2
}

// The room for a value: of what is longer, the beginning shows.
const (
	leastValue = 10
	mostValue  = 18
)

// knobsWidth is how wide the pane is in a window that has all panes: as the lab's
// own names and choices ask for, but the lanes need the room more.
func (s *labScreen) knobsWidth(w int) int {
	widest := leastValue
	for _, k := range s.lab.Knobs {
		for _, c := range k.Choices {
			if k.Kind != labs.Set { // of which the number of members shows
				widest = max(widest, len(c))
			}
		}
		if k.Typed() {
			widest = max(widest, mostValue)
		}
	}
	const around = 8 // the box, and the marks that turn a knob
	return max(27, min(s.valueAt()+widest+around, max(31, w*22/100)))
}

// knobList draws the knobs, and says what a click on them does.
func (s *labScreen) knobList(w, h int) (string, []Hit) {
	t := s.env.Theme
	c, at := s.cur(), s.valueAt()
	var lines []string
	var hits []Hit
	n, room := len(s.lab.Knobs), h
	if n > h { // the last line says that there are more
		room--
	}
	from := inSight(s.knob, n, room)
	for i := from; i < n && len(lines) < room; i++ {
		k := s.lab.Knobs[i]
		// * is on a knob turned since the shown run.
		mark := " "
		if c != nil && c.settings[k.Name] != s.set[k.Name] {
			mark = t.Changed.Render("*")
		}
		value := theme.Fit(s.knobValue(&k, w-at), w-at)
		row := t.Text.Render(fmt.Sprintf("%-*s", at-1, k.Name)) + mark
		lacks := s.lab.Lacks(&k, s.set, s.env.Programs)
		switch {
		case i == s.knob && s.focus == knobsPane:
			row += t.Selected.Render(value)
		case i == s.knob:
			row += t.Place.Render(value)
		case lacks != nil:
			row += t.Dim.Render(value)
		default:
			row += t.Text.Render(value)
		}
		hits = append(hits, Hit{Y: len(lines), W: w, H: 1, Click: func(x, _ int) tea.Msg { return knobMsg{i, x} }})
		lines = append(lines, row)
	}
	switch {
	case n > room:
		lines = append(lines, t.Dim.Render(s.more(from+room, n)))
	case h-len(lines) >= 2:
		lines = append(lines, "", t.Dim.Render(s.knobsNote()))
	}
	return strings.Join(lines, "\n"), hits
}

// knobValue writes a knob's value between the marks that turn it. A text has no
// marks: it is edited, not turned.
func (s *labScreen) knobValue(k *labs.Knob, w int) string {
	g := s.env.Theme.Glyphs
	v := cleanLine(k.Shown(s.set))
	if k.Unit != "" {
		v += " " + k.Unit
	}
	if k.Kind == labs.Set {
		if in := k.Members(s.set[k.Name]); len(in) > 1 {
			v = fmt.Sprintf("%d of %d", len(in), len(k.Choices))
		}
	}
	if k.Typed() || k.Kind == labs.Set {
		return "  " + ansi.Truncate(v, max(1, w-2), g.Ellipsis)
	}
	room := max(mostValue, ansi.StringWidth(v)) // where there is enough, the right marks stand in a column
	return g.ChevronLeft + " " + theme.Fit(v, max(1, min(w-4, room))) + " " + g.Chevron
}

// knobsNote says in which run the knobs stood as they do, or that they never
// did.
func (s *labScreen) knobsNote() string {
	if r := s.same(); r != nil {
		return fmt.Sprintf("as in run %d", r.n)
	}
	if n := s.changed(); len(n) > 0 {
		return plural(len(n), "change") + " not run yet: r"
	}
	return ""
}

// same returns the shown run if it had the knobs as they stand, else the last
// one that had; nil when none had.
func (s *labScreen) same() *shown {
	if c := s.cur(); c == nil || len(s.changed()) == 0 {
		return c
	}
	for _, r := range slices.Backward(s.runs) {
		if maps.Equal(r.settings, s.set) {
			return r
		}
	}
	return nil
}
