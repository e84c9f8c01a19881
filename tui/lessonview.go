package tui

import (
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/tui/theme"
)

// This file is how a page stands in the window: its head, what is in sight of its
// layout, and beside it the lanes of its run.

// margin is how far a page is set in.
func margin(w int) int {
	if w < 90 {
		return 2
	}
	return 3
}

// headRows is how many rows of the window stand above the page.
const headRows = 2

// room is how many lines of the page the window shows.
func (s *lessonScreen) room() int { return max(1, s.h-headRows) }

// View cuts what is to be seen out of the layout.
func (s *lessonScreen) View(w, h int) (string, []Hit) {
	t := s.env.Theme
	head, hits := s.head(w)
	sh := s.sheet()
	room := max(1, h-headRows)
	left := margin(w)
	laid := sh.laid.lines
	from := max(0, min(sh.scroll, len(laid)-room))
	lines := make([]string, room)
	for i := range lines {
		if from+i < len(laid) {
			lines[i] = theme.Fit("", left) + laid[from+i]
		}
	}
	if below := len(laid) - from - room; below > 0 {
		lines[room-1] = theme.Fit("", left) + t.Quiet.Render(strconv.Itoa(below+1)+" more lines ↓  pgdown")
	}
	hits = append(hits, Hit{Y: headRows, W: w, H: room, Wheel: func(by int) tea.Msg { return notchMsg(by) }})
	for _, x := range sh.laid.hits {
		if x.Y >= from && x.Y < from+room {
			x.X, x.Y = x.X+left, x.Y-from+headRows
			hits = append(hits, x)
		}
	}
	body := strings.Join(lines, "\n")
	if s.side != nil && w >= sideFrom {
		x := left + pageWidth + 3
		body = beside(fill(body, x, room), s.aside(w-x-1, room))
		hits = append(hits, Hit{X: x, Y: headRows, W: w - x, H: room, Click: func(_, _ int) tea.Msg { return asideMsg{} }})
	}
	return head + "\n\n" + body, hits
}

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

// sideFrom is the width from which the page's run stands beside it.
const sideFrom = 118

// lookAside makes the lanes that stand beside the page, of the run that o would
// open.
func (s *lessonScreen) lookAside() {
	r, asking := s.shownRun(), s.sheet().open(s.staged()) != nil
	if s.w < sideFrom || r == nil || r.err != nil {
		s.side, s.sideOf = nil, nil
	} else if r != s.sideOf || asking != s.sideAsks {
		s.side, s.sideOf, s.sideAsks = newRanLab(s.env, r, ""), r, asking
		s.side.focus = knobsPane // the reverse bar is the page's
		s.side.hush(asking)
	}
}

// hush takes from the lanes what this program has checked of the run, in words that a
// lesson may be far from explaining; while a question is open all that is said beside
// the wire, which may answer it. What is selected stays.
func (s *labScreen) hush(asking bool) {
	c := s.cur()
	var kept []labs.Rec
	sel := 0
	for i, r := range c.recs {
		switch {
		case i == s.sel:
			sel = len(kept)
		case !r.OnWire() && (asking || r.Event.Who == labs.Nobody):
			continue
		}
		kept = append(kept, r)
	}
	c.recs, s.sel = kept, sel
}

// asideMsg is a click on the lanes beside the page.
type asideMsg struct{}

// aside draws the lanes of the page's run in a box, which is no higher than they
// are.
func (s *lessonScreen) aside(w, h int) string {
	title := fmt.Sprintf("run %d · %s", s.sideOf.n, s.sideOf.lab.Name)
	body, _ := s.side.wire(w-4, h-2)
	rows := strings.Split(body, "\n")
	for len(rows) > 0 && strings.TrimSpace(ansi.Strip(rows[len(rows)-1])) == "" {
		rows = rows[:len(rows)-1]
	}
	body = indent(strings.Join(rows, "\n"), " ")
	return fill(s.env.Theme.Box(title, false, w, min(h, len(rows)+2), body), w, h)
}
