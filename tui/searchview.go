package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/tui/theme"
)

// nothingFound is what the search says then: of a text of an error, too.
const nothingFound = "Nothing here is called that, no text has it, and nothing here makes a client say it. Fewer letters find more."

// View draws the line, what it finds, around the highlighted one, and below that all
// there is to say of it.
func (s *search) View(w, h int) (string, []Hit) {
	t := s.env.Theme
	// With no hits it is 0 of 0.
	count := fmt.Sprintf("%d of %d ", min(s.at+1, len(s.hits)), len(s.hits))
	lines := []string{theme.Fit(s.field.line(w-len(count)), w-len(count)) + t.Dim.Render(count), ""}
	if len(s.field.text) == 0 {
		lines[1] = "  " + t.Dim.Render("type to find, or paste an error; ↑↓ choose, enter opens")
	}
	if len(s.hits) == 0 {
		for _, line := range wrap(nothingFound, w-4) {
			lines = append(lines, "  "+t.Dim.Render(line))
		}
		return strings.Join(lines, "\n"), nil
	}
	room := h - len(lines)
	if len(s.field.text) > 0 && room > 2*leastList {
		room = min(len(s.hits), max(leastList, room*2/5)) // the rest is for the highlighted one
	}
	below := s.detail(w, h-len(lines)-room)
	from := inSight(s.at, len(s.hits), room)
	hits := []Hit{{Y: 2, W: w, H: room, Wheel: func(by int) tea.Msg { return notchMsg(by) }}}
	for i := from; i < len(s.hits) && i < from+room; i++ {
		hits = append(hits, Hit{Y: len(lines), W: w, H: 1, Click: func(_, _ int) tea.Msg { return pickMsg(i) }})
		lines = append(lines, s.row(i, w))
	}
	return strings.Join(append(lines, below...), "\n"), hits
}

// row is one line of the list. The column of names is wide enough for a place and a
// title, in cells.
func (s *search) row(i, w int) string {
	t, f := s.env.Theme, s.hits[i]
	name := max(20, min(w*2/5, 44))
	text := theme.Fit(f.name, name)
	if i == s.at {
		text = t.Selected.Render(text)
	} else {
		text = t.Text.Render(text)
	}
	about := ansi.Truncate(oneLine(f.about), max(0, w-name-12), t.Glyphs.Ellipsis)
	return "  " + t.Dim.Render(fmt.Sprintf("%-5s", f.kind)) + " " + text + "  " + t.Dim.Render(about)
}

// leastList is how many rows the list keeps, whatever there is to say below it.
const leastList = 6

// detail are the lines about the highlighted one, below a row that is left empty: as
// many as there is room for.
func (s *search) detail(w, h int) []string {
	f := s.hits[s.at]
	t := s.env.Theme
	more := f.more
	if more == nil {
		more = []string{oneLine(f.about)}
	}
	if h < 3 {
		return nil
	}
	lines := []string{"", "  " + t.Strong.Render(theme.Fit(f.name, w-4))}
	for _, m := range more {
		for i, line := range wrap(m, w-6) {
			if i > 0 {
				line = "  " + line
			}
			lines = append(lines, "  "+t.Text.Render(line))
		}
	}
	return cutTo(lines, h)
}
