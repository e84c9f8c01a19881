package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/tui/theme"
)

// This file is where the presets are to be read: those there is room for under the
// title, each with its whole name, and all of them beside or below the knobs. Their
// digits work wherever they stand.

// presetNames are the presets with their digits; 0 is how the lab opened.
func (s *labScreen) presetNames() []string {
	names := make([]string, len(s.lab.Presets)+1)
	for i := range names {
		names[i] = fmt.Sprintf("%d %s", i, s.presetName(i))
	}
	return names
}

// presetsMore says where those from one on are that have no room under the title: in the pane
// of the knobs, or where that has no room either, on the help page. Low is how many
// lines that pane has.
func (s *labScreen) presetsMore(from, low int) string {
	at := knobsPane.String()
	if s.env.app.w >= wideFrom && !s.presetsBelow(low) {
		at = "?"
	}
	which := fmt.Sprint(from)
	if last := len(s.lab.Presets); from < last {
		which = fmt.Sprintf("%d-%d", from, last)
	}
	return fmt.Sprintf("%s%s in %s", s.env.Theme.Glyphs.Ellipsis, which, at)
}

// presetsBelow reports whether a list of all presets has room below the knobs, in a
// pane of h lines.
func (s *labScreen) presetsBelow(h int) bool { return h >= s.knobsHigh()+len(s.presetNames())+1 }

// knobsHigh is how many lines all knobs take, with what is said below them.
func (s *labScreen) knobsHigh() int { return len(s.lab.Knobs) + 3 }

// presetsIn is how many presets there is room for in w cells: all of them, or as
// many as leave room to say where the others are.
func (s *labScreen) presetsIn(w int) int {
	const apart = 2
	names := s.presetNames()
	all := 0
	for _, n := range names {
		all += ansi.StringWidth(n) + apart
	}
	if all-apart < w {
		return len(names)
	}
	room := w - ansi.StringWidth(s.presetsMore(0, 1<<20)) - 1
	for i, n := range names {
		if room -= ansi.StringWidth(n) + apart; room < 0 {
			return i
		}
	}
	return len(names)
}

// presetable reports whether there is a preset to choose: a run that is held has
// its settings, and a capture has none.
func (s *labScreen) presetable() bool { return s.past == "" && !s.held() }

// knobRows draws the knobs and, where the line under the title has not room for all
// presets, a list of them: beside the knobs in a pane that is wide, else below.
func (s *labScreen) knobRows(w, h int) (string, []Hit) {
	const around, apart = 4, 4 // the marks that turn a knob, and blanks behind them
	names, widest := s.presetNames(), 0
	for _, n := range names {
		widest = max(widest, ansi.StringWidth(n))
	}
	// Values may be long, and have all the room that the presets leave.
	in := max(s.valueAt()+leastValue+around, w-apart-widest)
	switch {
	case !s.presetable():
	case s.env.app.w < wideFrom && w-in-apart > 0:
		body, hits := s.knobList(in, h)
		list, more := s.presetList(w-in-apart, h)
		return beside(fill(body, in+apart, h), fill(list, w-in-apart, h)), append(hits, shift(more, in+apart, 0)...)
	// The knobs themselves come first: a list that has no room is left out.
	case s.env.app.w >= wideFrom && s.presetsIn(s.env.app.w-1) < len(names) && s.presetsBelow(h):
		room := s.knobsHigh()
		body, hits := s.knobList(w, room)
		list, more := s.presetList(w, h-room)
		return fill(body, w, room) + "\n" + list, append(hits, shift(more, 0, room)...)
	}
	return s.knobList(w, h)
}

// presetList draws all presets, one in a row, under a title where there is room for
// one. A click chooses, as the digit does.
func (s *labScreen) presetList(w, h int) (string, []Hit) {
	t := s.env.Theme
	names := s.presetNames()
	var lines []string
	var hits []Hit
	if len(names) < h {
		lines = append(lines, t.Dim.Render(theme.Fit("presets", w)))
	}
	for i, name := range names {
		if len(lines) == h {
			break
		}
		hits = append(hits, Hit{Y: len(lines), W: w, H: 1, Click: func(_, _ int) tea.Msg { return typed(fmt.Sprint(i)) }})
		digit, words, _ := strings.Cut(ansi.Truncate(name, w, t.Glyphs.Ellipsis), " ")
		lines = append(lines, t.Key.Render(digit)+" "+t.Text.Render(words))
	}
	return strings.Join(lines, "\n"), hits
}
