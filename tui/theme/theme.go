// Package theme is the only place with colours and styles, and where prose is
// rendered.
//
// Its rules:
//
//   - lipgloss.NewStyle and colours appear here and nowhere else in the program;
//     everything drawn takes its style from a Theme.
//   - Text has a contrast of at least 4.5:1 on its background, 7:1 on stage; a
//     test computes it (WCAG 2.2, Section 1.4.3).
//   - Colour is never the only carrier: the selection is in reverse, the place
//     in a pane without the focus is underlined, lanes differ in their lines.
//   - Sixteen colours are the terminal's own, and nobody knows what they look
//     like: plain text takes none of them there (palette.go).
//   - A Theme does not change. A Prose caches, and is not safe for concurrent
//     use; rendering is done in Update, never in View.
//
// Start reading at Theme, then New.
package theme

import (
	"fmt"
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// A Name names a theme.
type Name string

const (
	Dark  Name = "dark"
	Light Name = "light"
	Stage Name = "stage" // for projectors: stronger contrast, nothing faint
)

// Parse returns the theme of that name.
func Parse(s string) (Name, error) {
	switch n := Name(s); n {
	case Dark, Light, Stage:
		return n, nil
	}
	return "", fmt.Errorf("there is no theme %q; the themes are dark, light and stage", ansi.Truncate(ansi.Strip(s), 40, "..."))
}

// For returns the theme for a terminal with a dark or a light background.
func For(dark bool) Name {
	if dark {
		return Dark
	}
	return Light
}

// A Theme is all styles of the program, and the glyphs it draws with.
type Theme struct {
	Name   Name
	Ascii  bool
	Few    bool // for a terminal with sixteen colours, or none
	Glyphs Glyphs

	Text, Dim, Strong, Title  lipgloss.Style
	Client, Server            lipgloss.Style // the two sides
	Clear, Handshake, Traffic lipgloss.Style // lanes, by their keys
	Good, Bad                 lipgloss.Style // verdicts
	Added, Changed            lipgloss.Style // marks of what changed
	Selected                  lipgloss.Style // the one reverse bar, in the pane with the focus
	Place                     lipgloss.Style // the place in a pane without it
	Held, Eavesdropper        lipgloss.Style // states that nobody may overlook
	Key, KeyWord              lipgloss.Style // the footer
	Value, Term               lipgloss.Style // in prose: a value of a run, a word of the glossary
	Quiet                     lipgloss.Style // coach lines
	Border, BorderFocus       lipgloss.Style
}

// New returns a theme for a terminal with many colours, with line-drawing glyphs
// or in plain ASCII.
func New(name Name, ascii bool) *Theme { return build(name, ascii, false) }

// Named, InAscii and Sixteen return the theme with one thing changed.
func (t *Theme) Named(n Name) *Theme     { return build(n, t.Ascii, t.Few) }
func (t *Theme) InAscii(on bool) *Theme  { return build(t.Name, on, t.Few) }
func (t *Theme) Sixteen(few bool) *Theme { return build(t.Name, t.Ascii, few) }

// build makes the styles.
func build(name Name, ascii, few bool) *Theme {
	p, ok := palettes(few)[name]
	if !ok {
		name, p = Dark, palettes(few)[Dark]
	}
	fg := func(c string) lipgloss.Style { return lipgloss.NewStyle().Foreground(lipgloss.Color(c)) }
	bar := func(text, back string) lipgloss.Style {
		// In reverse the two change places: so the bar is there without colours too.
		// Bold letters would be grey there where bold is bright, as on the Linux console.
		return lipgloss.NewStyle().Foreground(lipgloss.Color(back)).Background(lipgloss.Color(text)).Reverse(true).Bold(!few)
	}
	t := &Theme{
		Name: name, Ascii: ascii, Few: few, Glyphs: lines,
		Text: fg(p.text), Dim: fg(p.dim), Strong: fg(p.strong).Bold(true), Title: fg(p.strong).Bold(true),
		Client: fg(p.client).Bold(true), Server: fg(p.server).Bold(true),
		Clear: fg(p.clear), Handshake: fg(p.handshake), Traffic: fg(p.application),
		Good: fg(p.good), Bad: fg(p.bad).Bold(true), Added: fg(p.changed).Bold(true), Changed: fg(p.changed).Bold(true),
		Selected: bar(p.barText, p.bar), Place: fg(p.strong).Underline(true),
		Held: bar(p.heldText, p.held), Eavesdropper: bar(p.tapText, p.tap),
		Key: fg(p.strong).Bold(true), KeyWord: fg(p.dim), Value: fg(p.clear).Underline(true), Term: fg(p.text).Underline(true), Quiet: fg(p.handshake),
		Border: fg(p.border), BorderFocus: fg(p.client).Bold(true),
	}
	if ascii {
		t.Glyphs = plain
	}
	return t
}

// Epoch returns the style of a lane under the keys of an epoch, by its name.
func (t *Theme) Epoch(name string) lipgloss.Style {
	switch name {
	case "handshake", "early":
		return t.Handshake
	case "application":
		return t.Traffic
	}
	return t.Clear
}

// Line returns the glyph a lane of an epoch is drawn with; "ccs" is that of
// ChangeCipherSpec.
func (t *Theme) Line(epoch string) string {
	switch epoch {
	case "handshake", "early":
		return t.Glyphs.Double
	case "application":
		return t.Glyphs.Triple
	case "ccs":
		return t.Glyphs.Dots
	}
	return t.Glyphs.Single
}

// Keys writes the name of a key as the footer shows it; in ASCII the arrows are
// words.
func (t *Theme) Keys(name string) string {
	if t.Ascii {
		return strings.NewReplacer("↑↓", "up/down", "→←", "right/left", "← →", "left/right", "↑", "up", "↓", "down", "←", "left", "→", "right").Replace(name)
	}
	return name
}

// Frame returns what is drawn with every sign that a terminal without UTF-8
// lacks replaced by one of the same width, when the theme is plain ASCII.
func (t *Theme) Frame(s string) string {
	if !t.Ascii {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch same, known := ascii[r]; {
		case r <= '~':
			b.WriteRune(r)
		case known:
			b.WriteRune(same)
		default:
			b.WriteString(strings.Repeat("?", ansi.StringWidth(string(r))))
		}
	}
	return b.String()
}

// ascii are the plain signs for those that the program writes itself.
var ascii = map[rune]rune{'✓': '*', '✗': '!', '·': '-', '…': '~', '→': '>', '←': '<', '›': '>', '‹': '<', '–': '-', '—': '-', '’': '\'', '↑': '^', '↓': 'v', '“': '"', '”': '"', '‘': '\'', '•': '-', '×': 'x'}

// Background is what the theme expects behind its text, for pictures and tests.
func (t *Theme) Background() color.Color {
	if t.Name == Light {
		return lipgloss.Color("#ffffff")
	}
	return lipgloss.Color("#141418")
}
