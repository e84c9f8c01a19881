package tui

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/lessons"
)

// plainWidth is where lines are broken, in cells: a window of 80 columns, and
// room for what a screen reader puts in front.
const plainWidth = 78

// say adds text to the answer, broken into lines at its spaces.
func (p *plain) say(text string) {
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		p.broken(line)
	}
}

// broken adds one line, as several where it is too long. Only a word that no line
// has room for is broken inside.
func (p *plain) broken(line string) {
	// The width is that of the line so far, in cells: some signs take two.
	width := 0
	for i, word := range strings.Split(line, " ") {
		switch w := ansi.StringWidth(word); {
		case i > 0 && width+1+w > plainWidth:
			p.answer.WriteByte('\n')
			width = w
		case i > 0:
			p.answer.WriteByte(' ')
			width += 1 + w
		default:
			width = w
		}
		if width > plainWidth {
			word = ansi.Hardwrap(word, plainWidth, true)
			// What follows goes on behind the word's last piece.
			width = ansi.StringWidth(word[strings.LastIndexByte(word, '\n')+1:])
		}
		p.answer.WriteString(word)
	}
	p.answer.WriteByte('\n')
}

// exact adds a line as it is: code, bytes, what is meant to be copied.
func (p *plain) exact(line string) { p.answer.WriteString(line + "\n") }

// flush writes the answer. A line that asks for the last one again does not
// become the last one.
func (p *plain) flush() error {
	if p.answer.Len() > 0 {
		p.before = p.answer.String()
		p.out.WriteString(sayable(p.before))
		p.answer.Reset()
	}
	return p.out.Flush()
}

// prompt writes the answer, and asks for the next line.
func (p *plain) prompt() error {
	if err := p.flush(); err != nil {
		return err
	}
	// The prompt ends no line, so it has to be flushed by itself.
	p.out.WriteString("> ")
	return p.out.Flush()
}

// sayable leaves out of a text what is drawn and cannot be said: boxes, blocks,
// arrows, marks. Texts are clean already; these are signs that a terminal shows
// and a reader spells out, or skips.
func sayable(text string) string {
	drawn := func(r rune) bool {
		return r >= 0x2190 && r <= 0x21ff || r >= 0x2500 && r <= 0x25ff || r >= 0x2700 && r <= 0x27bf
	}
	if strings.IndexFunc(text, drawn) < 0 {
		return text
	}
	// These four mean a word where they stand; the others mean nothing aloud.
	text = strings.NewReplacer("→", "to", "←", "back", "↑", "up", "↓", "down").Replace(text)
	return strings.Map(func(r rune) rune {
		if drawn(r) {
			return '-'
		}
		return r
	}, text)
}

// paragraphs writes a text of a course as it is read: its links as words, its
// quotes as the values of a run, without the signs of Markdown. A list has a
// paragraph for each of its points.
func (p *plain) paragraphs(t lessons.Text, r *ran) []string {
	var values []string
	md := t.Say(func(part lessons.Part) string {
		if part.Kind == lessons.Term {
			return part.Text
		}
		// There are no more signs to stand for values: what is beyond is left out.
		if len(values) == maxLinks {
			return ""
		}
		values = append(values, words(p.env, r, part))
		return string(linkStart + rune(len(values)-1)) // a value is not Markdown
	})
	var all []string
	for line := range strings.SplitSeq(md, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			continue
		// A line of its own begins here; other lines only went on in the file.
		case len(all) == 0 || point(line):
			all = append(all, strings.TrimPrefix(line, "> "))
		default:
			all[len(all)-1] += " " + strings.TrimPrefix(line, "> ")
		}
	}
	for i := range all {
		all[i] = filled(spoken(all[i]), values)
	}
	return all
}

// point reports whether a line begins a point of a list.
func point(line string) bool {
	number, _, dotted := strings.Cut(line, ". ")
	return strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "* ") || dotted && number != "" && strings.Trim(number, "0123456789") == ""
}

// filled puts the values of quotes where their signs stand.
// They come last, since a value may hold what Markdown would take for a sign.
func filled(s string, values []string) string {
	var b strings.Builder
	for _, r := range s {
		if i := int(r - linkStart); i >= 0 && i < len(values) {
			b.WriteString(values[i])
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// text is paragraphs in one.
func (p *plain) text(t lessons.Text, r *ran) string { return strings.Join(p.paragraphs(t, r), " ") }

// spoken takes the signs of Markdown out of one paragraph: backquotes, stars,
// the backslash before a sign, underlines around words.
func spoken(md string) string {
	var b strings.Builder
	in := []rune(md)
	// Between backquotes nothing is a sign. An underline is one only at the edge of
	// a word, so that key_share keeps its own.
	code, under := false, false
	// Beyond both ends there is a space.
	near := func(i int) rune {
		if i < 0 || i >= len(in) {
			return ' '
		}
		return in[i]
	}
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
	for i := 0; i < len(in); i++ {
		switch r := in[i]; {
		case r == '`':
			code = !code
		case code:
			b.WriteRune(r)
		case r == '\\' && near(i+1) < 0x80 && (unicode.IsPunct(near(i+1)) || unicode.IsSymbol(near(i+1))):
			i++
			b.WriteRune(in[i])
		case r == '*' && (near(i-1) != ' ' || near(i+1) != ' '):
		case r == '_' && !under && !word(near(i-1)) && word(near(i+1)):
			under = true
		case r == '_' && under && !word(near(i+1)):
			under = false
		default:
			b.WriteRune(r)
		}
	}
	return references.Replace(b.String())
}

// references are the character references that escape writes.
var references = strings.NewReplacer("&#38;", "&", "&#126;", "~")

// sentence makes a sentence of words: a capital, and a point unless it ends in a
// sign already.
func sentence(s string) string { return stopped(capital(strings.TrimSpace(s))) }

// capital writes the first letter of a text large, if it is not that of a host's name.
func capital(s string) string {
	if first, _, _ := strings.Cut(s, " "); s == "" || strings.Contains(strings.TrimRight(first, ".,:;"), ".") {
		return s
	}
	r := []rune(s)
	r[0] = unicode.ToUpper(r[0])
	return string(r)
}

// stopped ends a text with a point, unless it ends in a sign already.
func stopped(s string) string {
	if s != "" && !strings.ContainsAny(s[len(s)-1:], ".!?:") {
		s += "."
	}
	return s
}

// listed writes names as a list in a sentence.
func listed(names []string, last string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + last + " " + names[len(names)-1]
}
