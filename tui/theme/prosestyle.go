package theme

import (
	"sync"

	"charm.land/glamour/v2/ansi"
	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/styles"
)

// prose is the theme as glamour wants it. Nothing is taken from glamour's own
// styles: their colours are not measured against our backgrounds.
func (t *Theme) prose() ansi.StyleConfig {
	c, on := palettes[t.Name], true
	zero, one, two := uint(0), uint(1), uint(2)
	plain := func(color string) ansi.StylePrimitive { return ansi.StylePrimitive{Color: &color} }
	bold := func(color string) ansi.StylePrimitive { return ansi.StylePrimitive{Color: &color, Bold: &on} }
	underlined := func(color string) ansi.StylePrimitive { return ansi.StylePrimitive{Color: &color, Underline: &on} }
	s := ansi.StyleConfig{
		Document:       ansi.StyleBlock{StylePrimitive: plain(c.text), Margin: &zero},
		Heading:        ansi.StyleBlock{StylePrimitive: bold(c.strong)},
		Strong:         bold(c.strong),
		Emph:           ansi.StylePrimitive{Color: &c.text, Italic: &on},
		Strikethrough:  ansi.StylePrimitive{Color: &c.dim, CrossedOut: &on},
		Code:           ansi.StyleBlock{StylePrimitive: plain(c.handshake)},
		Link:           underlined(c.client),
		LinkText:       plain(c.client),
		Image:          underlined(c.client),
		ImageText:      plain(c.client),
		HorizontalRule: ansi.StylePrimitive{Color: &c.dim, Format: "\n--------\n"},
		Item:           ansi.StylePrimitive{BlockPrefix: "• "},
		Enumeration:    ansi.StylePrimitive{BlockPrefix: ". "},
		Task:           ansi.StyleTask{Ticked: "[x] ", Unticked: "[ ] "},
		DefinitionTerm: bold(c.strong),
	}
	s.Heading.BlockSuffix = "\n"
	s.List.LevelIndent = two
	s.DefinitionDescription.BlockPrefix = "\n  "
	s.CodeBlock.Theme = codeName(t.Name)
	s.CodeBlock.Indent, s.CodeBlock.Color = &two, &c.text
	quote, across, down, cross := t.Glyphs.Down+" ", t.Glyphs.Single, t.Glyphs.Post, "┼"
	if t.Ascii {
		s.Item.BlockPrefix, cross = "* ", "+"
	}
	s.BlockQuote = ansi.StyleBlock{StylePrimitive: plain(c.dim), Indent: &one, IndentToken: &quote}
	s.Table.RowSeparator, s.Table.ColumnSeparator, s.Table.CenterSeparator = &across, &down, &cross
	return s
}

// codeName is what the colours of a theme's code are called in chroma's table.
func codeName(n Name) string { return "tlstutor-" + string(n) }

// registerCode puts the colours of code into chroma's table, where glamour looks
// for them by name. Left to itself glamour fills in one entry for the life of
// the process, so that the theme of the first code shown would be that of all.
var registerCode = sync.OnceFunc(func() {
	for n, c := range palettes {
		styles.Register(chroma.MustNewStyle(codeName(n), chroma.StyleEntries{
			chroma.Text:          c.text,
			chroma.Background:    c.text,
			chroma.Error:         c.bad,
			chroma.Comment:       c.dim,
			chroma.Keyword:       c.client,
			chroma.KeywordType:   c.handshake,
			chroma.NameFunction:  c.strong,
			chroma.LiteralString: c.application,
			chroma.LiteralNumber: c.clear,
		}))
	}
})
