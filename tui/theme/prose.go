package theme

import (
	"strings"

	"charm.land/glamour/v2"
	"charm.land/glamour/v2/ansi"
	"charm.land/glamour/v2/styles"
)

// A Prose renders Markdown in a theme. What was rendered is kept by its id and
// width. It is not safe for concurrent use.
type Prose struct {
	theme *Theme
	done  map[proseKey]string
	by    map[int]*glamour.TermRenderer // one for each width
}

type proseKey struct {
	id    string
	width int
}

// NewProse returns a renderer for the theme; it makes nothing until it is used.
func NewProse(t *Theme) *Prose {
	return &Prose{theme: t, done: map[proseKey]string{}, by: map[int]*glamour.TermRenderer{}}
}

// Render returns the Markdown text wrapped at width. The id names the text: the
// same id and width give what was rendered before.
func (p *Prose) Render(id, markdown string, width int) string {
	k := proseKey{id, width}
	if out, ok := p.done[k]; ok {
		return out
	}
	r := p.by[width]
	if r == nil {
		var err error
		if r, err = glamour.NewTermRenderer(glamour.WithStyles(p.style()), glamour.WithWordWrap(width)); err != nil {
			return markdown // the style is ours and is tested; the words matter more
		}
		p.by[width] = r
	}
	out, err := r.Render(markdown)
	if err != nil {
		return markdown
	}
	lines := strings.Split(strings.Trim(out, "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	out = strings.Join(lines, "\n")
	p.done[k] = out
	return out
}

// style is the theme as glamour wants it.
func (p *Prose) style() ansi.StyleConfig {
	s := styles.DarkStyleConfig
	if p.theme.Name == Light {
		s = styles.LightStyleConfig
	}
	if p.theme.Ascii {
		s = styles.ASCIIStyleConfig
	}
	c := palettes[p.theme.Name]
	zero, on := uint(0), true
	s.Document.Margin = &zero
	s.Document.BlockPrefix, s.Document.BlockSuffix = "", ""
	s.Document.Color = &c.text
	s.H1 = ansi.StyleBlock{StylePrimitive: ansi.StylePrimitive{Color: &c.strong, Bold: &on}}
	s.H2 = ansi.StyleBlock{StylePrimitive: ansi.StylePrimitive{Color: &c.strong, Bold: &on}}
	s.Code = ansi.StyleBlock{StylePrimitive: ansi.StylePrimitive{Color: &c.handshake}}
	s.Strong.Color = &c.strong
	return s
}
