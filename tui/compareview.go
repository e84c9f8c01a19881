package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/labs/dissect"
	"tlstutor/tui/theme"
)

// tallFrom is the height from which messages and fields stand below each other.
const tallFrom = 32

// View draws both runs: their messages, and the fields of the selected one where
// there is room, or instead.
func (c *compareScreen) View(w, h int) (string, []Hit) {
	t := c.env.Theme
	title := fmt.Sprintf(" %s %s %s", t.Title.Render(c.lab.lab.Name), t.Dim.Render(t.Glyphs.Chevron), t.Title.Render("compare"))
	title += t.Dim.Render(fmt.Sprintf("   %s and %s · ", c.left.title(), c.right.title())) + t.Text.Render(c.count())
	lines := []string{theme.Fit(title, w)}
	foot := 6 // lines below the lists, the first one blank
	if h < 28 {
		foot = 5
	}
	room := h - len(lines) - foot
	var body string
	var hits []Hit
	switch {
	case h >= tallFrom:
		body, hits = c.both(w, room)
	case c.open:
		body, hits = inset(c.fieldList(w-2, room))
	default:
		body, hits = inset(c.pairList(w-2, room))
	}
	lines = append(lines, fill(body, w, room), "")
	lines = append(lines, indent(fill(strings.Join(c.detail(w-4, foot-1), "\n"), w-4, foot-1), "  "))
	return strings.Join(lines, "\n"), shift(hits, 0, 1)
}

// inset leaves a cell free at both sides of a list.
func inset(body string, hits []Hit) (string, []Hit) { return indent(body, " "), shift(hits, 1, 0) }

// count says how many of the messages differ.
func (c *compareScreen) count() string {
	said := "no message differs"
	if c.differ > 0 {
		said = fmt.Sprintf("%d of %s differ", c.differ, plural(c.messages, "message"))
	}
	if c.moved > 0 {
		said += fmt.Sprintf(", %d moved", c.moved)
	}
	return said
}

// both draws the messages above the fields, each in a box.
func (c *compareScreen) both(w, h int) (string, []Hit) {
	t := c.env.Theme
	high := max(10, min(len(c.rows())+4, h*3/5))
	top, hits := c.pairList(w-4, high-2)
	below, more := c.fieldList(w-4, h-high-2)
	name := "fields"
	if p := c.row(); p.A != nil || p.B != nil {
		name = c.called(p)
	}
	hits = append(shift(hits, 2, 1), shift(more, 2, high+1)...)
	return t.Box("messages", !c.open, w, high, indent(top, " ")) + "\n" + t.Box(name, c.open, w, h-high, indent(below, " ")), hits
}

// called is what a message is called where it stands alone.
func (c *compareScreen) called(p labs.Row) string {
	is := p.B
	if is == nil {
		is = p.A
	}
	switch {
	case p.Who == labs.Nobody: // the run itself found it
		return is.Name
	case !is.OnWire:
		return is.Name + ", by the " + p.Who.String()
	}
	return is.Name + ", from the " + p.Who.String()
}

// rows are the rows of the list: the pairs, and the names of connections.
func (c *compareScreen) rows() []wireRow {
	var rows []wireRow
	last := ""
	for i, p := range c.pairs {
		if p.Conn != nil && p.Conn.Name != last {
			last = p.Conn.Name
			rows = append(rows, wireRow{rec: -1, conn: connTitle(p.Conn)})
		}
		rows = append(rows, wireRow{rec: i})
	}
	return rows
}

// lanesFrom is the width of one run's half from which its messages are lanes.
const lanesFrom = 48

// pairList draws the messages of both runs, w by h cells: two lists, or from some
// width on two sets of lanes.
func (c *compareScreen) pairList(w, h int) (string, []Hit) {
	t := c.env.Theme
	half := (w - 2) / 2
	lines := []string{c.heads(w, half)}
	rows, room := c.rows(), h-1
	if len(rows) > room {
		room-- // the last line says how many there are
	}
	at := 0
	for i, r := range rows {
		if r.rec == c.list.at {
			at = i
		}
	}
	hits := []Hit{{W: w, H: h, Wheel: func(by int) tea.Msg { return turnedMsg{false, by, at, len(rows), room} }}}
	from := inSight(at+c.list.scroll, len(rows), room)
	for i := from; i < min(len(rows), from+room); i++ {
		row := rows[i]
		if row.rec < 0 {
			lines = append(lines, "  "+t.Strong.Render(row.conn))
			continue
		}
		hits = append(hits, Hit{Y: len(lines), W: w, H: 1, Click: func(_, _ int) tea.Msg { return pairMsg(row.rec) }})
		lines = append(lines, c.pairRow(row.rec, w, half))
	}
	return strings.Join(append(lines, ofHow(t, from+room, len(rows), room)...), "\n"), hits
}

// ofHow is the line below a list that does not fit: how far down it is shown.
func ofHow(t *theme.Theme, to, n, room int) []string {
	if n <= room {
		return nil
	}
	arrow := "↓"
	if to >= n {
		arrow = "↑"
	}
	return []string{t.Dim.Render(fmt.Sprintf("   %d of %d %s", min(to, n), n, t.Keys(arrow)))}
}

// heads says over each list which run it is: how it ended, and which of its knobs
// stand in another way than in the other run.
func (c *compareScreen) heads(w, half int) string {
	one := func(r, other *shown) string {
		t := c.env.Theme
		mark, style := t.Glyphs.Check, t.Good
		if !r.end.OK {
			mark, style = t.Glyphs.Cross, t.Bad
		}
		words := ""
		for _, k := range c.lab.lab.Knobs {
			if v := r.settings[k.Name]; v != other.settings[k.Name] {
				words += " " + k.Name + "=" + labs.Word(v)
			}
		}
		switch {
		case r.past != "":
			words = " " + r.end.Text
		case words == "":
			words = " the same settings"
		}
		return t.Title.Render("  "+r.title()+" ") + style.Render(mark) + t.Text.Render(words)
	}
	return theme.Fit(one(c.left, c.right), half) + strings.Repeat(" ", w-2*half) + theme.Fit(one(c.right, c.left), half)
}

// pairRow draws one message of both runs. The bar of the selection goes over
// both.
func (c *compareScreen) pairRow(i, w, half int) string {
	p := &c.pairs[i]
	gap := strings.Repeat(" ", w-2*half)
	var style *lipgloss.Style
	if t := c.env.Theme; i == c.list.at {
		style = &t.Selected
		if c.open {
			style = &t.Place
		}
		gap = style.Render(gap)
	}
	left, right := p.A, p.B
	if !p.Left {
		left = nil
	}
	if !p.Right {
		right = nil
	}
	return c.halfRow(p, left, c.left, half, style) + gap + c.halfRow(p, right, c.right, half, style)
}

// elsewhere says, where one half of a pair stands alone, at which place the other
// one stands in its own run, and "" where there is none.
func elsewhere(p *labs.Row) string {
	word := "crossed"
	if p.Moved {
		word = "moved"
	}
	switch {
	case !p.Apart():
		return ""
	case p.Left:
		return fmt.Sprintf("%s: now %s", word, nth(p.B.Place))
	}
	return fmt.Sprintf("%s: was %s", word, nth(p.A.Place))
}

// nth writes a place in a row: 1st, 2nd, 11th.
func nth(n int) string {
	switch {
	case n%100/10 == 1:
	case n%10 == 1:
		return fmt.Sprint(n, "st")
	case n%10 == 2:
		return fmt.Sprint(n, "nd")
	case n%10 == 3:
		return fmt.Sprint(n, "rd")
	}
	return fmt.Sprint(n, "th")
}

// markSign is the mark of a message or field in the list of one run, and its
// style.
func markSign(t *theme.Theme, m labs.Mark, has bool) (string, lipgloss.Style) {
	switch {
	case m == labs.Differs:
		return "~", t.Changed
	case m == labs.OnlyB && has:
		return "+", t.Added
	case m == labs.OnlyA && has:
		return "-", t.Changed
	}
	return " ", t.Text
}

// halfRow draws a message as one run has it, in w cells: mark, who, name, bytes,
// or its lane. All in one style, if that is given.
func (c *compareScreen) halfRow(p *labs.Row, is *labs.Half, r *shown, w int, all *lipgloss.Style) string {
	t := c.env.Theme
	put := func(s lipgloss.Style, text string) string {
		if all != nil {
			s = *all
		}
		return s.Render(text)
	}
	sign, style := markSign(t, p.Mark, is != nil)
	if p.Apart() && is == nil {
		sign = " "
	} else if p.Moved && sign == " " {
		sign, style = "=", t.Changed
	}
	mark := put(style, sign+" ")
	const size = 6
	room := w - 2 - size
	wide := w >= lanesFrom
	switch {
	case is == nil && wide && p.Conn != nil: // both sides go on beside it
		side := t.Glyphs.Post
		return mark + put(t.Client, side) + put(t.Dim, theme.Fit("  "+elsewhere(p), room-2)) + put(t.Server, side) + put(t.Text, strings.Repeat(" ", size))
	case is == nil:
		return mark + put(t.Dim, theme.Fit(elsewhere(p), w-2))
	}
	bytes := fmt.Sprintf("%*d", size, is.N)
	if is.N == 0 {
		bytes = strings.Repeat(" ", size)
	}
	if wide && is.OnWire {
		l := laneOf(t, &r.recs[is.Rec].Event, is.Name, is.Field.Name)
		left, body, right := l.draw(t, room)
		return mark + put(t.Client, left) + put(l.style, body) + put(t.Server, right) + put(t.Text, bytes)
	}
	who := t.Server
	if p.Conn.Party(dissect.ToServer) == p.Who {
		who = t.Client
	}
	party := theme.Fit(ansi.Truncate(p.Who.String(), c.party, ""), c.party+1)
	name := theme.Fit(ansi.Truncate(is.Name, room-len(party), t.Glyphs.Ellipsis), room-len(party))
	return mark + put(who, party) + put(t.Text, name) + put(t.Text, bytes)
}
