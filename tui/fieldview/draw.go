package fieldview

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs/wire"
	"tlstutor/tui/theme"
)

// blank is h lines of w spaces.
func blank(w, h int) []string {
	lines := make([]string, max(0, h))
	for i := range lines {
		lines[i] = strings.Repeat(" ", max(0, w))
	}
	return lines
}

// treeFrom is the first row drawn in h lines: the selected one stands in the
// middle, but for what the wheel has turned.
func (v *View) treeFrom(h int) int {
	return max(0, min(v.at-h/2+v.scroll[0], len(v.rows)-h))
}

// scrollTree makes top the first row drawn, whatever is selected.
func (v *View) scrollTree(top, h int) { v.scroll[0] = top - (v.at - h/2) }

// Tree draws the tree in exactly w by h cells.
func (v *View) Tree(w, h int, focused bool) string {
	lines := blank(w, h)
	top := v.treeFrom(h)
	step := v.step(w)
	column := v.column(top, h, w, step)
	for i := range lines {
		if top+i < len(v.rows) {
			lines[i] = v.line(top+i, w, step, column, focused)
		}
	}
	return strings.Join(lines, "\n")
}

// step is how far each level is set in: one cell where two would leave no room.
func (v *View) step(w int) int {
	deepest := 0
	for _, r := range v.rows {
		deepest = max(deepest, r.depth)
	}
	if deepest*2 > w/3 {
		return 1
	}
	return 2
}

// column is where the values of the rows in sight begin.
func (v *View) column(top, h, w, step int) int {
	widest := 0
	for i := top; i < len(v.rows) && i < top+h; i++ {
		if r := v.rows[i]; r.more == 0 && r.field.Value != "" {
			widest = max(widest, v.indent(r, w, step)+2+ansi.StringWidth(r.field.Name))
		}
	}
	return min(widest+2, w*55/100)
}

// indent is where a row begins; what is very deep stays in sight.
func (v *View) indent(r row, w, step int) int { return min(r.depth*step, w/3) }

// line draws one row.
func (v *View) line(i, w, step, column int, focused bool) string {
	t, r := v.theme, v.rows[i]
	name, value, mark := r.field.Name, r.field.Value, " "
	switch {
	case r.more > 0:
		name, value, mark = fmt.Sprintf("%d more", r.more), "", t.Glyphs.Closed
	case len(r.field.Kids) > 0 && v.isOpen(r.field):
		mark = t.Glyphs.Open
	case len(r.field.Kids) > 0:
		mark = t.Glyphs.Closed
	}
	before := strings.Repeat(" ", v.indent(r, w, step)) + mark + " "
	pad := ""
	if value != "" {
		pad = strings.Repeat(" ", max(2, column-ansi.StringWidth(before+name)))
	}
	if i == v.at && focused {
		return t.Selected.Render(theme.Fit(before+name+pad+value, w))
	}
	style, valued := t.Dim, t.Text
	switch {
	case r.field.Err != nil || r.field.Name == wire.Undecoded:
		style, valued = t.Bad, t.Bad
	case len(r.field.Kids) > 0 && r.more == 0:
		style = t.Text
	}
	if i == v.at {
		style = t.Place
	}
	return theme.Fit(t.Dim.Render(before)+style.Render(name)+pad+valued.Render(value), w)
}

// ClickTree selects the row at x, y of a tree drawn at w by h. On its marker,
// or on the row that was selected already, it folds or unfolds. The row stays
// under the pointer, for the second click.
func (v *View) ClickTree(x, y, w, h int) bool {
	top := v.treeFrom(h)
	i := top + y
	if y < 0 || y >= h || i >= len(v.rows) {
		return false
	}
	same := i == v.at
	at := v.indent(v.rows[i], w, v.step(w))
	v.at = i
	opened := (same || (x >= at && x <= at+1)) && v.Toggle()
	v.scrollTree(max(v.at-h+1, min(top, v.at)), h) // what is selected stays in sight
	return opened
}
