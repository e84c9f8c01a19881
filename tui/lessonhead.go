package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/tui/theme"
)

// head is the first line of a lesson: the place, the title, and how far it is.
func (s *lessonScreen) head(w int) (string, []Hit) {
	t := s.env.Theme
	left := " " + t.Title.Render(s.lesson.Title)
	if s.series == nil {
		left = " " + t.Dim.Render(s.place()) + left
	}
	if s.staged() {
		left += "  " + t.Held.Render(" presenting ")
	}
	if err := s.env.Progress.Kept(); err != nil {
		left += "  " + t.Bad.Render("progress is not kept")
	}
	n := len(s.lesson.Pages)
	page := fmt.Sprintf("page %d of %d ", s.at+1, n)
	dots, hits := s.dots()
	room := w - ansi.StringWidth(page) - 2 - n
	if room < w/3 { // a review can be long; its number says where one is
		dots, hits, room = "", nil, room+n
	}
	if ansi.StringWidth(left) > room-1 {
		left = ansi.Truncate(left, room-1, t.Glyphs.Ellipsis)
	}
	for i := range hits {
		hits[i].X += room
	}
	return theme.Fit(left, room) + dots + "  " + t.Dim.Render(page), hits
}

// dots are the pages in one glyph each: seen, here, to come. A click goes
// there.
func (s *lessonScreen) dots() (string, []Hit) {
	t := s.env.Theme
	var b strings.Builder
	var hits []Hit
	far := s.env.Progress.Page(s.lesson.ID)
	for i := range s.lesson.Pages {
		switch sh := s.sheets[i]; {
		case i == s.at:
			b.WriteString(t.Key.Render(t.Glyphs.Here))
		case sh != nil && sh.done() || sh == nil && i < far-1:
			b.WriteString(t.Good.Render(t.Glyphs.Seen))
		default:
			b.WriteString(t.Dim.Render(t.Glyphs.Ahead))
		}
		hits = append(hits, Hit{X: i, W: 1, H: 1, Click: func(_, _ int) tea.Msg { return pageMsg(i) }})
	}
	return b.String(), hits
}

// pageMsg is a click on one of the dots: a page, by its index.
type pageMsg int

// joinLines is a screen's text from its lines.
func joinLines(lines []string) string { return strings.Join(lines, "\n") }
