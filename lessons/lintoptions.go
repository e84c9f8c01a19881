package lessons

import (
	"regexp"
	"strings"
)

// address is what Markdown makes a link of by itself: a host that begins with
// www, an address with its scheme, an address of mail. In a heading or an option
// it would be drawn as what one can open, and a course leads to its own words
// only. (GitHub Flavored Markdown, section 6.9, which the drawing follows.)
var address = regexp.MustCompile(`(?i)(\bwww\.[\pL\pN-]|\b(https?|ftp)://|[\pL\pN._+-]+@[\pL\pN-]+\.[\pL\pN])\S*`)

// choices checks the options of a lesson's questions as they are quoted and
// drawn, and its headings.
func (t *linter) choices(l *Lesson) {
	for _, p := range l.Pages {
		t.links(l.File, p.Line, Text{{Text: p.Title, Line: p.Line}})
		for _, b := range p.Blocks {
			switch b := b.(type) {
			case *Code:
				t.links(l.File, b.Line, Text{{Text: b.Title, Line: b.Line}})
			case *Predict:
				var all []choice
				for _, o := range b.Options {
					all = append(all, choice{o.Text, o.Line})
				}
				t.apart(l.File, all)
			case *Quiz:
				var all []choice
				for _, o := range b.Options {
					all = append(all, choice{o.Text, o.Line})
				}
				t.apart(l.File, all)
			}
		}
	}
}

// A choice is an option of a question, of either kind.
type choice struct {
	text Text
	line int
}

// apart checks that the options of a question can be told apart by how they
// begin: an answer is quoted up to its first colon, in the plain mode, in the
// line that asks for a yes, and beside the result.
func (t *linter) apart(file string, all []choice) {
	seen := map[string]int{}
	for i, o := range all {
		t.links(file, o.line, o.text)
		head := strings.ToLower(strings.TrimSuffix(strings.TrimSpace(o.text.head()), "."))
		if j, twice := seen[head]; twice {
			t.bad.add(file, o.line, "let them differ before the first colon, or write a comma", "options %d and %d both begin with %q, and no more of them is quoted", j+1, i+1, o.text.head())
			continue
		}
		seen[head] = i
	}
}

// links checks that nothing in a heading or an option turns into a link.
func (t *linter) links(file string, line int, text Text) {
	all, _ := text.pieces()
	for _, p := range all {
		if s := address.FindString(p.text); s != "" && p.kind != codeText {
			t.bad.add(file, line, "write `"+strings.TrimRight(s, ".,;:!?)")+"`, between backquotes", "%q would be drawn as a link", s)
			return
		}
	}
}
