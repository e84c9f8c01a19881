package tui

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/labs/wire"
	"tlstutor/tui/theme"
)

// A fieldRow is a row of the fields' list: a field, or what stands over a part of
// them.
type fieldRow struct {
	field int // index into fields, or -1
	head  string
}

// fieldRows lists the fields in their parts.
func (c *compareScreen) fieldRows() []fieldRow {
	var count [3]int
	for _, f := range c.fields {
		count[group(f.FieldPair)]++
	}
	heads := [3]string{"differ", "random by nature, or following from that: never marked", "the same in both"}
	if count[0] == 1 {
		heads[0] = "differs"
	}
	switch p := c.row(); {
	case p.B == nil:
		heads[2] = "only in " + c.left.title()
	case p.A == nil:
		heads[2] = "only in " + c.right.title()
	}
	var rows []fieldRow
	last := -1
	for i, f := range c.fields {
		if g := group(f.FieldPair); g != last {
			last = g
			rows = append(rows, fieldRow{-1, fmt.Sprintf("%d %s", count[g], heads[g])})
		}
		rows = append(rows, fieldRow{field: i})
	}
	return rows
}

// fieldList draws the fields of the selected message, w by h cells: their names,
// then what each run has.
func (c *compareScreen) fieldList(w, h int) (string, []Hit) {
	t := c.env.Theme
	name := max(20, min(c.longest()+1, w*2/5))
	half := (w - 2 - name) / 2
	lines := []string{"  " + strings.Repeat(" ", name) + t.Title.Render(theme.Fit(c.left.title(), half)+c.right.title())}
	rows, room := c.fieldRows(), h-1
	if len(rows) > room {
		room--
	}
	at := 0
	for i, r := range rows {
		if r.head == "" && r.field == c.field.at {
			at = i
		}
	}
	hits := []Hit{{W: w, H: h, Wheel: func(by int) tea.Msg { return turnedMsg{true, by, at, len(rows), room} }}}
	from := inSight(at+c.field.scroll, len(rows), room)
	for i := from; i < min(len(rows), from+room); i++ {
		row := rows[i]
		if row.head != "" {
			lines = append(lines, "  "+t.Dim.Render(row.head))
			continue
		}
		hits = append(hits, Hit{Y: len(lines), W: w, H: 1, Click: func(_, _ int) tea.Msg { return fieldMsg(row.field) }})
		lines = append(lines, c.fieldRow(row.field, name, half, w-2-name-half))
	}
	return strings.Join(append(lines, ofHow(t, from+room, len(rows), room)...), "\n"), hits
}

// longest is the room that the longest name asks for.
func (c *compareScreen) longest() int {
	n := 0
	for _, f := range c.fields {
		n = max(n, ansi.StringWidth(f.name))
	}
	return n
}

// fieldRow draws one field: name cells for its name, then left and right for
// what the runs have.
func (c *compareScreen) fieldRow(i, name, left, right int) string {
	t := c.env.Theme
	f := c.fields[i]
	text := t.Text
	if f.Mark == labs.Random {
		text = t.Dim
	}
	sign, mark := markSign(t, f.Mark, true)
	if i == c.field.at {
		style := t.Selected
		if !c.open {
			style = t.Place
		}
		text, mark = style, style
	}
	cut := func(s string, w int) string {
		return text.Render(theme.Fit(ansi.Truncate(s, w-1, t.Glyphs.Ellipsis), w))
	}
	called := f.name
	if over := ansi.StringWidth(called) - (name - 1); over > 0 { // its end says most
		called = t.Glyphs.Ellipsis + ansi.TruncateLeft(called, over+1, "")
	}
	return mark.Render(sign+" ") + cut(called, name) + cut(inShort(&f.FieldPair, f.A, f.From), left) + cut(inShort(&f.FieldPair, f.B, f.To), right)
}

// inShort is what one run has of a field, in short: of a list that differs the items
// that the other lacks.
func inShort(f *labs.FieldPair, is *wire.Field, says string) string {
	switch {
	case f.Mark == labs.Differs && f.List && says != "":
		return "also " + says
	case f.Mark == labs.Differs && f.List:
		return "without"
	case f.Mark.Marked() && says != "":
		return says
	case is == nil:
		return "-"
	// Where both say the same it is the bytes that differ.
	case f.Mark == labs.Random && (f.A == nil || f.B == nil || f.A.Value == f.B.Value || len(is.Kids) == 0):
		return raw(is)
	}
	if v := wire.Bare(is.Value); v != "" {
		return v
	}
	return raw(is)
}

// raw is the beginning of a field's bytes, without the length before them.
func raw(f *wire.Field) string {
	b := f.Bytes()
	switch {
	case f.Withheld():
		return "withheld"
	case f.Src == nil:
		return f.Value
	case f.IsNum:
		return strconv.FormatUint(f.Code, 10)
	case len(b) == f.Head:
		return "empty"
	}
	return hex.EncodeToString(b[f.Head:min(len(b), f.Head+32)])
}

// detail says in full what the selection is about, in w by h cells: of a message
// which fields differ, and what changed between the runs; of a field what both have.
func (c *compareScreen) detail(w, h int) []string {
	if c.open {
		return c.detailField(w, h)
	}
	t := c.env.Theme
	p := c.row()
	var lines []string
	if p.A != nil || p.B != nil {
		name := c.called(p)
		said := c.standing(p)
		for len(said) > 1 && len(wrap(name+"  "+said[0], w-2)) > max(1, h-2) {
			said = said[1:]
		}
		lines = cutTo(c.lead(t.Title, name, said[0], w-2), max(1, h-2))
	}
	from := c.left.title() + " to " + c.right.title()
	line := c.told.Fit(func(s string) bool { return len(wrap(from+"  "+s, w-2)) <= h-len(lines) })
	return append(lines, cutTo(c.lead(t.Client, from, line, w-2), h-len(lines))...)
}

// standing says how a message stands in the two runs: in full, then ever shorter.
func (c *compareScreen) standing(p labs.Row) []string {
	switch p.Mark {
	case labs.OnlyA:
		return []string{"only " + c.left.title() + " has it"}
	case labs.OnlyB:
		return []string{"only " + c.right.title() + " has it"}
	}
	place := ""
	if p.Apart() {
		place = fmt.Sprintf("%s in %s, %s in %s; ", nth(p.A.Place), c.left.title(), nth(p.B.Place), c.right.title())
	}
	var differ, random []string
	for _, f := range c.fields {
		switch group(f.FieldPair) {
		case 0:
			differ = append(differ, f.name)
		case 1:
			random = append(random, f.name)
		}
	}
	said := place + "the same in both"
	if len(differ) > 0 {
		said = place + plural(len(differ), "difference")
	}
	whole, rest := said, ""
	if len(differ) > 0 {
		whole += ": " + strings.Join(differ, ", ")
	}
	all := []string{whole}
	if len(random) > 0 {
		rest = fmt.Sprintf("; %d not marked", len(random))
		all = []string{whole + "; not marked: " + strings.Join(random, ", "), whole + rest, whole}
	}
	for n := len(differ) - 1; n > 0; n-- {
		all = append(all, fmt.Sprintf("%s: %s and %d more", said, strings.Join(differ[:n], ", "), len(differ)-n))
	}
	return append(all, said+rest)
}

// detailField says of the selected field what both runs have, and why it is not
// marked where it is random.
func (c *compareScreen) detailField(w, h int) []string {
	f := c.fieldAt()
	t := c.env.Theme
	lines := cutTo([]string{t.Title.Render(ansi.Truncate(f.Path, w, t.Glyphs.Ellipsis))}, h)
	if f.Mark == labs.Random {
		lines = append(lines, c.lead(t.Client, "not marked", f.Why, w)...)
	}
	for _, side := range []struct {
		of   *shown
		is   *wire.Field
		says string
	}{{c.left, f.A, f.From}, {c.right, f.B, f.To}} {
		if room := h - len(lines); room > 0 {
			said := c.lead(t.Client, side.of.title(), inShort(&f.FieldPair, side.is, side.says), w)
			lines = append(lines, cutTo(said, max(1, min(2, room)))...)
		}
	}
	return cutTo(lines, h)
}

// lead breaks a text into lines; the words it begins with have a style of their
// own.
func (c *compareScreen) lead(style lipgloss.Style, words, text string, w int) []string {
	return c.lab.lead(style, words, text, w)
}
