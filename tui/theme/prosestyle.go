package theme

import (
	"fmt"
	"strconv"
	"sync"

	"charm.land/glamour/v2/ansi"
	"github.com/alecthomas/chroma/v2"
	"github.com/alecthomas/chroma/v2/styles"
	xansi "github.com/charmbracelet/x/ansi"
)

// prose is the theme as glamour wants it. Nothing is taken from glamour's own
// styles: their colours are not measured against our backgrounds.
func (t *Theme) prose() ansi.StyleConfig {
	c, on := palettes(t.Few)[t.Name], true
	zero, one, two := uint(0), uint(1), uint(2)
	plain := func(color string) ansi.StylePrimitive { return ansi.StylePrimitive{Color: ink(color)} }
	bold := func(color string) ansi.StylePrimitive { return ansi.StylePrimitive{Color: ink(color), Bold: &on} }
	underlined := func(color string) ansi.StylePrimitive { return ansi.StylePrimitive{Color: ink(color), Underline: &on} }
	s := ansi.StyleConfig{
		Document:       ansi.StyleBlock{StylePrimitive: plain(c.text), Margin: &zero},
		Heading:        ansi.StyleBlock{StylePrimitive: bold(c.strong)},
		Strong:         bold(c.strong),
		Emph:           ansi.StylePrimitive{Color: ink(c.text), Italic: &on},
		Strikethrough:  ansi.StylePrimitive{Color: ink(c.dim), CrossedOut: &on},
		Code:           ansi.StyleBlock{StylePrimitive: plain(c.handshake)},
		Link:           underlined(c.client),
		LinkText:       plain(c.client),
		Image:          underlined(c.client),
		ImageText:      plain(c.client),
		HorizontalRule: ansi.StylePrimitive{Color: ink(c.dim), Format: "\n--------\n"},
		Item:           ansi.StylePrimitive{BlockPrefix: "• "},
		Enumeration:    ansi.StylePrimitive{BlockPrefix: ". "},
		Task:           ansi.StyleTask{Ticked: "[x] ", Unticked: "[ ] "},
		DefinitionTerm: bold(c.strong),
	}
	s.Heading.BlockSuffix = "\n"
	s.List.LevelIndent = two
	s.DefinitionDescription.BlockPrefix = "\n  "
	s.CodeBlock.Theme = codeName(t.Name, t.Few)
	s.CodeBlock.Indent, s.CodeBlock.Color = &two, ink(c.text)
	quote, across, down, cross := t.Glyphs.Down+" ", t.Glyphs.Single, t.Glyphs.Post, "┼"
	if t.Ascii {
		s.Item.BlockPrefix, cross = "* ", "+"
	}
	s.BlockQuote = ansi.StyleBlock{StylePrimitive: plain(c.dim), Indent: &one, IndentToken: &quote}
	s.Table.RowSeparator, s.Table.ColumnSeparator, s.Table.CenterSeparator = &across, &down, &cross
	return s
}

// ink is a colour as glamour takes it: an empty one would be black.
func ink(c string) *string {
	if c == "" {
		return nil
	}
	return &c
}

// codeName is what the colours of a theme's code are called in chroma's table.
func codeName(n Name, few bool) string {
	if few {
		return "tlstutor-16-" + string(n)
	}
	return "tlstutor-" + string(n)
}

// registerCode puts the colours of code into chroma's table, where glamour looks
// for them by name. Left to itself glamour fills in one entry for the life of
// the process, so that the theme of the first code shown would be that of all.
var registerCode = sync.OnceFunc(func() {
	for _, few := range []bool{false, true} {
		for n, c := range palettes(few) {
			styles.Register(chroma.MustNewStyle(codeName(n, few), chroma.StyleEntries{
				chroma.Text:          exactly(c.text),
				chroma.Background:    exactly(c.text),
				chroma.Error:         exactly(c.bad),
				chroma.Comment:       exactly(c.dim),
				chroma.Keyword:       exactly(c.client),
				chroma.KeywordType:   exactly(c.handshake),
				chroma.NameFunction:  exactly(c.strong),
				chroma.LiteralString: exactly(c.application),
				chroma.LiteralNumber: exactly(c.clear),
			}))
		}
	}
})

// exactly is a colour as chroma takes it: it knows no numbers. What stands for one
// of the sixteen is turned into that one again when it is written.
func exactly(c string) string {
	n, err := strconv.Atoi(c)
	if err != nil {
		return c
	}
	r, g, b, _ := xansi.BasicColor(n).RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}
