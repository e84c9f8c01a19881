package tui

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/tui/theme"
)

// A block is a part of a screen, as lines of styled text: in one string, or as a
// slice where it is still being made. The functions here put blocks in their
// place; none of them knows what is in one.

// fill cuts and pads text to exactly the window, line by line. Parts that have
// their exact size can stand beside each other.
func fill(s string, w, h int) string {
	lines := strings.Split(s, "\n")
	out := make([]string, h)
	for i := range out {
		if i < len(lines) {
			out[i] = theme.Fit(lines[i], w)
		} else {
			out[i] = strings.Repeat(" ", w)
		}
	}
	return strings.Join(out, "\n")
}

// beside joins blocks line by line. None may have fewer lines than the first;
// panes are filled for that.
func beside(blocks ...string) string {
	split := make([][]string, len(blocks))
	for i, b := range blocks {
		split[i] = strings.Split(b, "\n")
	}
	lines := make([]string, len(split[0]))
	for i := range lines {
		for _, b := range split {
			lines[i] += b[i]
		}
	}
	return strings.Join(lines, "\n")
}

// indent sets every line of a block in.
func indent(s, by string) string {
	return by + strings.ReplaceAll(s, "\n", "\n"+by)
}

// wrap breaks a text into lines of at most w cells, between words where it can: where
// ansi.Wordwrap breaks at a hyphen, the line is a cell too long.
func wrap(text string, w int) []string {
	lines := strings.Split(ansi.Wrap(text, max(8, w), ""), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return lines
}

// cutTo leaves at most h lines of a block; the last one shows that there were
// more.
func cutTo(lines []string, h int) []string {
	if len(lines) <= h || h <= 0 {
		return lines[:max(0, min(h, len(lines)))]
	}
	lines = slices.Clone(lines[:h])
	lines[h-1] += " …"
	return lines
}

// shift moves hits to where their part was drawn.
func shift(hits []Hit, x, y int) []Hit {
	for i := range hits {
		hits[i].X += x
		hits[i].Y += y
	}
	return hits
}

// inSight is the first of n rows that is drawn where there is room for fewer: the
// one at stands in the middle, but near both ends.
func inSight(at, n, room int) int { return max(0, min(at-room/2, n-room)) }
