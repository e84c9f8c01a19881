package theme

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Fit returns s in exactly w cells: padded with spaces, or cut, which an
// ellipsis shows. It knows escape sequences and wide characters.
func Fit(s string, w int) string {
	if w <= 0 {
		return ""
	}
	n := width(s)
	if n > w {
		s = ansi.Truncate(s, w, "…")
		n = ansi.StringWidth(s)
	}
	return s + strings.Repeat(" ", w-n)
}

// width is ansi.StringWidth, without the work where every byte is a cell.
func width(s string) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return ansi.StringWidth(s)
		}
	}
	return len(s)
}

// Box draws a pane of w by h cells with a title in its upper border. Of the body
// as much is shown as fits.
func (t *Theme) Box(title string, focused bool, w, h int, body string) string {
	if w < 7 || h < 2 {
		return strings.TrimSuffix(strings.Repeat(Fit("", w)+"\n", h), "\n")
	}
	g, edge, name := t.Glyphs, t.Border, t.Dim
	if focused {
		edge, name = t.BorderFocus, t.Title
	}
	title = ansi.Truncate(title, max(0, w-6), g.Ellipsis)
	rest := w - 5 - ansi.StringWidth(title)
	lines := []string{edge.Render(g.TopLeft+g.Across) + " " + name.Render(title) + " " + edge.Render(strings.Repeat(g.Across, rest)+g.TopRight)}
	inside := strings.Split(body, "\n")
	side := edge.Render(g.Down)
	for i := range h - 2 {
		line := ""
		if i < len(inside) {
			line = inside[i]
		}
		lines = append(lines, side+Fit(line, w-2)+side)
	}
	lines = append(lines, edge.Render(g.LowLeft+strings.Repeat(g.Across, w-2)+g.LowRight))
	return strings.Join(lines, "\n")
}
