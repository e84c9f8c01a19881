package theme

import (
	"html"
	"regexp"
	"strings"
	"unicode"

	"charm.land/glamour/v2"
	"github.com/charmbracelet/x/ansi"
)

// A Prose renders Markdown in a theme, and keeps what was rendered. It is not safe for
// concurrent use, and too slow for a View: render in Update.
type Prose struct {
	theme *Theme
	done  map[proseKey]string
	by    map[int]*glamour.TermRenderer // one for each width
}

// mostKept is how many texts are kept: with each run there are new ones.
const mostKept = 2000

type proseKey struct {
	markdown string
	width    int
}

// NewProse returns a renderer for the theme; it makes nothing until it is used.
func NewProse(t *Theme) *Prose {
	return &Prose{theme: t, done: map[proseKey]string{}, by: map[int]*glamour.TermRenderer{}}
}

// Render returns the Markdown text wrapped at width, its lines not padded.
func (p *Prose) Render(markdown string, width int) string {
	k := proseKey{markdown, max(1, width)}
	out, ok := p.done[k]
	if !ok {
		if len(p.done) == mostKept {
			clear(p.done)
		}
		out = p.render(markdown, k.width)
		p.done[k] = out
	}
	return out
}

func (p *Prose) render(markdown string, width int) string {
	r := p.by[width]
	if r == nil {
		registerCode()
		var err error
		r, err = glamour.NewTermRenderer(glamour.WithStyles(p.theme.prose()), glamour.WithWordWrap(width), glamour.WithChromaFormatter("terminal16m"))
		if err != nil {
			return markdown // the style is ours and is tested; the words matter more
		}
		p.by[width] = r
	}
	text := entity.ReplaceAllStringFunc(markdown, literal)
	if !strings.Contains(text, "```") { // code is broken nowhere
		text = flag.ReplaceAllStringFunc(text, whole)
	}
	out, err := r.Render(date.ReplaceAllStringFunc(text, whole))
	if err != nil {
		return markdown
	}
	out = strings.ReplaceAll(out, unbroken, "-")
	var lines []string
	for line := range strings.SplitSeq(out, "\n") {
		if line = tidy(line); line != "" || len(lines) > 0 {
			lines = append(lines, line)
		}
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return strings.Join(lines, "\n")
}

// date is a date, or a month, which is not to be broken at the end of a line. A quoted one
// may be escaped.
var date = regexp.MustCompile(`\b[0-9]{4}\\?-[0-9]{2}(\\?-[0-9]{2})?\b`)

// flag is how an option of a program begins: "-x509_strict", "--plain".
var flag = regexp.MustCompile("(^|[\\s(`“\"])(\\\\?-){1,2}[A-Za-z]")

// unbroken is the hyphen at which no line breaks, while there are lines to break.
const unbroken = "\u2011"

// whole keeps what has hyphens together.
func whole(text string) string {
	return strings.NewReplacer(`\-`, unbroken, "-", unbroken).Replace(text)
}

// entity is a character reference of HTML, as Markdown takes it.
var entity = regexp.MustCompile(`&(#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);?`)

// literal keeps a reference from becoming what a terminal would obey. The text
// was clean when it was read; a control written as "&#27;" is born only here,
// and stays as it was written.
func literal(ref string) string {
	for _, r := range html.UnescapeString(ref) {
		if !unicode.IsGraphic(r) || unicode.In(r, unicode.M, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) {
			return "&amp;" + ref[1:]
		}
	}
	return ref
}

// tidy returns a rendered line without the padding at its end and without the
// escapes that change nothing: glamour styles every space on its own. Of escape
// sequences only those for style are left.
func tidy(line string) string {
	var b strings.Builder
	style, drawn, spaces := "", "", 0 // the style of the text, that last written, and spaces not written yet
	for state := byte(0); line != ""; {
		seq, width, n, next := ansi.DecodeSequence(line, state, nil)
		line, state = line[n:], next
		switch {
		case width > 0 && seq == " ":
			spaces++
		case width > 0:
			if drawn != "" && drawn != style {
				b.WriteString(ansi.ResetStyle)
				drawn = ""
			}
			b.WriteString(strings.Repeat(" ", spaces))
			if drawn != style {
				b.WriteString(style)
			}
			b.WriteString(seq)
			drawn, spaces = style, 0
		case seq == "\x1b[m" || seq == "\x1b[0m":
			style = ""
		case strings.HasPrefix(seq, "\x1b[") && strings.HasSuffix(seq, "m"):
			style += seq
		}
	}
	if drawn != "" {
		b.WriteString(ansi.ResetStyle)
	}
	return b.String()
}
