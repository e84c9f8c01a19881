package tui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/lessons"
)

// In Markdown that is rendered, what leads somewhere stands between two signs of
// the private use area: one that counts the links of the text, and linkEnd.
// Nothing from outside holds such signs, as wire.Clean escapes them. They are
// taken out again once the lines are made.
const (
	linkStart = '\ue000'
	linkEnd   = '\uf8ff'
	maxLinks  = 0x800
)

// markdown writes a text with its links marked, and returns the links.
func markdown(t lessons.Text, say func(lessons.Part) string) (string, []lessons.Part) {
	var links []lessons.Part
	s := t.Say(func(p lessons.Part) string {
		if len(links) == maxLinks {
			return p.Text
		}
		words := say(p)
		if p.Kind != lessons.Term { // a value is not Markdown
			words = escape(words)
		}
		links = append(links, p)
		return string(linkStart+rune(len(links)-1)) + words + string(linkEnd)
	})
	return s, links
}

// escape keeps a value from being read as Markdown.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		// The renderer knows these by their numbers, not behind a backslash.
		case r == '&' || r == '~':
			fmt.Fprintf(&b, "&#%d;", r)
			continue
		case r < 0x80 && strings.ContainsRune("\\`*_{}[]()#+-.!<>|", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// A stretch is a part of a rendered line.
type stretch struct {
	text string // with its styles; of a link, without
	link int    // which link of the text, or -1
	w    int    // in cells
}

// cutLinks cuts rendered lines where links begin and end. A link that was broken
// goes on in the next line.
func cutLinks(rendered string) [][]stretch {
	var lines [][]stretch
	open := -1
	for line := range strings.SplitSeq(rendered, "\n") {
		var row []stretch
		var b strings.Builder
		style := ""
		end := func() {
			if b.Len() > 0 {
				s := b.String()
				row = append(row, stretch{s, open, ansi.StringWidth(s)})
			}
			b.Reset()
		}
		for state := byte(0); line != ""; {
			seq, width, n, next := ansi.DecodeSequence(line, state, nil)
			line, state = line[n:], next
			r := []rune(seq)
			switch {
			case len(r) > 0 && r[0] == linkEnd:
				end()
				open = -1
				b.WriteString(style)
				b.WriteString(string(r[1:]))
			case len(r) > 0 && r[0] >= linkStart && r[0] < linkStart+maxLinks:
				if style != "" && b.Len() > 0 {
					b.WriteString(ansi.ResetStyle)
				}
				end()
				open = int(r[0] - linkStart)
				b.WriteString(string(r[1:]))
			case width == 0 && strings.HasPrefix(seq, "\x1b["):
				if style += seq; seq == ansi.ResetStyle || seq == "\x1b[0m" {
					style = ""
				}
				if open < 0 {
					b.WriteString(seq)
				}
			default:
				b.WriteString(seq)
			}
		}
		end()
		lines = append(lines, row)
	}
	return lines
}
