package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/tui/theme"
)

// wideFrom is the width from which all three panes stand side by side.
const wideFrom = 110

// View draws the lab: all panes side by side where there is room, else one.
func (s *labScreen) View(w, h int) (string, []Hit) {
	lines := []string{s.title(w)}
	foot := s.coachLine(w)
	if foot != "" {
		h--
	}
	second, hits := s.second(w, h-2)
	lines = append(lines, second)
	var body string
	var more []Hit
	switch {
	case s.zoom && w >= wideFrom:
		body, more = s.zoomed(w, h-2)
	case w >= wideFrom:
		body, more = s.wide(w, h-2)
	default:
		body, more = s.narrow(w, h-2)
	}
	lines = append(lines, body)
	if foot != "" {
		lines = append(lines, foot)
	}
	// The title is line 0, the second line 1, and the body begins at 2.
	return strings.Join(lines, "\n"), append(shift(hits, 0, 1), shift(more, 0, 2)...)
}

// second is the line under the title: the panes where only one is shown, and
// the presets; while a run is held, in a wide window, what it is held at. Below it
// there are h lines.
func (s *labScreen) second(w, h int) (string, []Hit) {
	t := s.env.Theme
	if s.held() && w >= wideFrom {
		return t.Held.Render(theme.Fit(" "+s.heldLine(w), w)), nil
	}
	var b strings.Builder
	var hits []Hit
	x := 1
	b.WriteString(" ")
	put := func(text string, render func(...string) string, click tea.Msg) {
		n := ansi.StringWidth(text)
		// Its key works without the button.
		if x+n >= w {
			return
		}
		hits = append(hits, Hit{X: x, W: n, H: 1, Click: func(_, _ int) tea.Msg { return click }})
		b.WriteString(render(text) + "  ")
		x += n + 2
	}
	if w < wideFrom {
		for p := wirePane; p < s.panes(); p++ {
			style := t.Dim
			if p == s.focus {
				style = t.Place
			}
			put(p.String(), style.Render, focusMsg(p))
		}
		b.WriteString(" ")
		x++
	}
	if !s.held() && s.past == "" {
		names := s.presetNames()
		shown := s.presetsIn(w - x)
		for i, name := range names[:shown] {
			put(name, t.Dim.Render, typed(fmt.Sprint(i)))
		}
		if shown < len(names) {
			high := h - noteLines(h)
			if s.zoom {
				high = h
			}
			put(s.presetsMore(shown, high-2), t.Dim.Render, focusMsg(knobsPane))
		}
	}
	return strings.TrimRight(b.String(), " "), hits
}

// narrow shows the pane with the focus, and below it what it means.
func (s *labScreen) narrow(w, h int) (string, []Hit) {
	// Lines for the note: fewer in a low window, one when the pane is zoomed.
	foot := 6
	if h < 20 {
		foot = 5
	}
	if s.focus == knobsPane {
		foot-- // a knob's note is short, and knobs are many
	}
	if s.zoom {
		foot = 1
	}
	// What changed has two lines; what became of an answer is told whole.
	told := 2
	if n := len(s.became(w - 4)); n > told {
		told = min(n, 5)
		foot += told - 2
	}
	// The other panes begin with marks.
	inset := 0
	if s.focus == knobsPane {
		inset = 2
	}
	body, hits := s.pane(s.focus, w-inset, h-foot)
	hits = shift(hits, inset, 0)
	above := h - foot
	var last []string
	if s.held() {
		last = []string{s.env.Theme.Held.Render(theme.Fit(" "+s.heldLine(w), w))}
	} else if changed := s.whatChanged(w-4, min(told, foot)); len(changed) > 0 {
		last = strings.Split(indent(strings.Join(changed, "\n"), "  "), "\n")
	}
	if lamps := s.lamps(w - 4); lamps != "" && foot-len(last) > 1 {
		last = append([]string{"  " + lamps}, last...)
	}
	// What the pane leaves empty the note may have, if it needs it, and then some of the
	// pane's own rows: a sentence is of no use without its end.
	room := foot - len(last)
	if want := strings.Count(s.note(w-4, h), "\n") + 1; !s.zoom && want > room {
		more := min(want-room, blanks(body, above))
		above, room = above-more, room+more
		if less := min(want-room, above-leastRows); less > 0 && s.focus != knobsPane {
			above, room = above-less, room+less
			body, hits = s.pane(s.focus, w-inset, above)
			hits = shift(hits, inset, 0)
		}
	}
	lines := []string{fill(indent(body, strings.Repeat(" ", inset)), w, above)}
	if room > 0 {
		lines = append(lines, indent(fill(s.note(w-4, room), w-4, room), "  "))
	}
	lines = append(lines, last...)
	return fill(strings.Join(lines, "\n"), w, h), hits
}

// leastRows is how many rows of a narrow window a pane keeps, whatever there is to say of
// what is selected in it. Knobs are many, and keep all of theirs.
const leastRows = 9

// blanks is how many of h lines at the end of a block are empty, but for one that
// keeps it apart from what follows.
func blanks(block string, h int) int {
	lines := strings.Split(block, "\n")
	used := min(len(lines), h)
	for used > 0 && strings.TrimSpace(ansi.Strip(lines[used-1])) == "" {
		used--
	}
	return max(0, h-used-1)
}

// pane draws the inside of one pane.
func (s *labScreen) pane(p pane, w, h int) (string, []Hit) {
	wheel := func(by int) tea.Msg { return wheelMsg{p, by, h} }
	area := Hit{W: w, H: h, Click: func(_, _ int) tea.Msg { return focusMsg(p) }, Wheel: wheel}
	switch p {
	case wirePane:
		body, hits := s.wire(w, h)
		return body, append([]Hit{area}, hits...)
	case knobsPane:
		body, hits := s.knobRows(w, h)
		return body, append([]Hit{area}, hits...)
	}
	if g, ok := s.graphed(); ok {
		body, hits := s.graphView(g, w, h)
		return body, append([]Hit{area}, hits...)
	}
	if f := s.fields.Selected(); w >= 66 && (f == nil || f.Src != nil) { // tree and hex beside each other
		// 30 cells hold an offset and 8 bytes, 76 hold 16 bytes and their text.
		hex := min(30, w-36)
		if w >= 130 {
			hex = 76
		}
		tree, hits := s.tree(w-hex-1, h)
		side := s.fields.Hex(hex, h, s.focus == bytesPane)
		hits = append(hits, shift(s.hexHits(hex, h), w-hex, 0)...)
		return beside(tree, indent(side, " ")), append([]Hit{area}, hits...)
	}
	// What code has worked out has no bytes, and values that need the room.
	tree, hits := s.tree(w, h)
	return tree, append([]Hit{area}, hits...)
}

// tree draws the fields. A click carries the size they were drawn at, which
// decides what is at its place.
func (s *labScreen) tree(w, h int) (string, []Hit) {
	body := s.fields.Tree(w, h, s.focus == bytesPane)
	return body, []Hit{{W: w, H: h,
		Click: func(x, y int) tea.Msg { return treeMsg{x, y, w, h} },
		Wheel: func(by int) tea.Msg { return wheelMsg{bytesPane, by, h} }}}
}

// hexHits makes the hex answer the mouse as the tree does.
func (s *labScreen) hexHits(w, h int) []Hit {
	return []Hit{{W: w, H: h,
		Click: func(x, y int) tea.Msg { return hexMsg{x, y, w, h} },
		Wheel: func(by int) tea.Msg { return hexWheelMsg{by, w, h} }}}
}

// noteLines is how many lines of a wide window of h lines stand below the panes: what
// is there is mostly prose, which a high window gives no more room.
func noteLines(h int) int { return max(9, min(h*2/5, 14)) }

// wide shows all panes: knobs, wire and bytes above, note and hex below.
func (s *labScreen) wide(w, h int) (string, []Hit) {
	t := s.env.Theme
	low := noteLines(h)
	high := h - low
	kw := s.knobsWidth(w)
	if s.past != "" {
		kw = 0
	}
	ww := max(40, min((w-kw)*47/100, 82))
	bw := w - kw - ww
	var hits []Hit
	// The inside of a box begins two cells in and one down: border, blank.
	box := func(p pane, x, width int) string {
		draw := func(w, h int) (string, []Hit) { return s.pane(p, w, h) }
		if _, ok := s.graphed(); p == bytesPane && !ok {
			draw = s.tree // its hex has a box of its own
		}
		body, more := draw(width-4, high-2)
		hits = append(hits, shift(more, x+2, 1)...)
		return t.Box(s.paneTitle(p), s.focus == p, width, high, indent(body, " "))
	}
	top := beside(box(wirePane, kw, ww), box(bytesPane, kw+ww, bw))
	if kw > 0 {
		top = beside(box(knobsPane, 0, kw), top)
	}
	left := t.Box("what this is", false, kw+ww, low, indent(s.note(kw+ww-4, low-2), " "))
	right := t.Box("hex", false, bw, low, indent(s.fields.Hex(bw-4, low-2, s.focus == bytesPane), " "))
	hits = append(hits, shift(s.hexHits(bw-4, low-2), kw+ww+2, high+1)...)
	return top + "\n" + beside(left, right), hits
}

// zoomed lets the pane with the focus fill a wide window.
func (s *labScreen) zoomed(w, h int) (string, []Hit) {
	body, hits := s.pane(s.focus, w-4, h-2)
	return s.env.Theme.Box(s.paneTitle(s.focus), true, w, h, indent(body, " ")), shift(hits, 2, 1)
}

// paneTitle is what stands in the border of a pane: that of the bytes has the name
// of the selected record.
func (s *labScreen) paneTitle(p pane) string {
	if r := s.rec(); p == bytesPane && r != nil {
		return r.Event.Text
	}
	return p.String()
}
