package lessons

import (
	"fmt"
	"regexp"
	"strings"
)

// A Text is what an author wrote in Markdown, cut where it quotes a run or a
// dated fact, or names a term of the glossary. It is clean.
type Text []Part

// A Part is a stretch of text.
type Part struct {
	Kind PartKind
	Text string // Markdown; of a Term, the words it is linked by
	Key  string // of a Quote, what is asked of the run; of a Term, its slug; of a Dated, the fact's key
	Line int    // in its file
}

// PartKind says what a part is.
type PartKind uint8

const (
	Plain PartKind = iota // Markdown
	Quote                 // {{ServerHello.cipher_suite}}: a value of the page's run
	Dated                 // {{fact:max-days}}: a fact of facts.yaml
	Term                  // [key share](#key-share): a term of the glossary
)

var (
	// links finds what leads elsewhere in a text.
	links = regexp.MustCompile(`\{\{[^{}\n]{0,200}\}\}|\[[^\]\[]{1,100}\]\(#[^)\s]{0,80}\)`)
	// coded is code, in which nothing is a tag or a link.
	coded = regexp.MustCompile("`[^`]*`")
	// container begins a quotation or an entry of a list.
	container = regexp.MustCompile(`^ *(>|([-+*]|[0-9]{1,9}[.)])( |$))`)
	// html is a tag.
	html = regexp.MustCompile("</?[a-zA-Z][^>\n]*>")
)

// Bounds on lists and quotations in each other.
const (
	maxNested = 3
	maxIndent = 8 // spaces before a mark
)

// text reads Markdown, which is clean and begins at a line of a file, as a Text.
// What is wrong with it is one mistake, and the text then nil.
func (m *Mistakes) text(file, markdown string, line int) Text {
	if len(markdown) > maxPara {
		m.add(file, line, "say it shorter", "the text is longer than %d bytes", maxPara)
		return nil
	}
	t, bad := parseText(markdown, line)
	if bad != nil {
		m.add(file, bad.Line, bad.Mend, "%s", bad.What)
		return nil
	}
	return t
}

// parseText cuts clean Markdown, whose first line is the given one of its file.
func parseText(markdown string, line int) (Text, *Mistake) {
	var t Text
	from := 0
	if i := nested(markdown); i >= 0 {
		return nil, &Mistake{Line: line + i, What: "a list or quotation is nested too deep", Mend: fmt.Sprintf("at most %d in each other, set in by %d spaces", maxNested, maxIndent)}
	}
	add := func(p Part, to int) {
		if p.Line = line; p.Kind != Plain || p.Text != "" {
			t = append(t, p)
		}
		line += strings.Count(markdown[from:to], "\n")
		from = to
	}
	for _, m := range links.FindAllStringIndex(markdown, -1) {
		add(Part{Text: markdown[from:m[0]]}, m[0])
		p := parseLink(markdown[m[0]:m[1]])
		if p.Key == "" {
			return nil, &Mistake{Line: line, What: markdown[m[0]:m[1]] + " names nothing", Mend: "write {{path}} or [words](#term)"}
		}
		add(p, m[1])
	}
	add(Part{Text: markdown[from:]}, len(markdown))
	for _, p := range t {
		if p.Kind != Plain {
			continue
		}
		plain := coded.ReplaceAllStringFunc(p.Text, func(s string) string { return strings.Repeat("\n", strings.Count(s, "\n")) })
		if i, what, mend := unread(plain); i >= 0 {
			return nil, &Mistake{Line: p.Line + strings.Count(plain[:i], "\n"), What: what, Mend: mend}
		}
	}
	return t, nil
}

// nested finds the first line that begins more lists and quotations in each
// other than anybody writes, or -1: drawing them takes time by the square of
// their number.
func nested(markdown string) int {
	for i, line := range strings.Split(markdown, "\n") {
		n := 0
		for m := container.FindString(line); m != ""; m = container.FindString(line) {
			if n++; n > maxNested || len(m)-len(strings.TrimLeft(m, " ")) > maxIndent {
				return i
			}
			line = line[len(m):]
		}
	}
	return -1
}

// unread finds what could not be read in a text without its code and links, or
// -1.
func unread(plain string) (at int, what, mend string) {
	if i := strings.Index(plain, "{{"); i >= 0 {
		return i, "a quote that is not closed", "write {{path}}, on one line"
	}
	if i := strings.Index(plain, "}}"); i >= 0 {
		return i, "a quote that was not opened", "write {{path}}, on one line"
	}
	if i := strings.Index(plain, "]("); i >= 0 {
		return i, "a link that does not lead to a term", "write [words](#term)"
	}
	if m := html.FindStringIndex(plain); m != nil {
		return m[0], "a tag of HTML is not shown", "write it in Markdown; in code it stands between backquotes"
	}
	return -1, "", ""
}

// parseLink reads one quote, fact or term.
func parseLink(s string) Part {
	if inner, ok := strings.CutPrefix(s, "{{"); ok {
		inner = strings.TrimSpace(strings.TrimSuffix(inner, "}}"))
		if key, ok := strings.CutPrefix(inner, "fact:"); ok {
			return Part{Kind: Dated, Key: strings.TrimSpace(key)}
		}
		return Part{Kind: Quote, Key: inner}
	}
	words, slug, _ := strings.Cut(s[1:len(s)-1], "](#")
	return Part{Kind: Term, Text: strings.Join(strings.Fields(words), " "), Key: slug}
}

// words counts the words of a text; a quote and a fact are one each.
func (t Text) words() int {
	n := 0
	for _, p := range t {
		if p.Kind == Plain || p.Kind == Term {
			n += len(strings.Fields(p.Text))
		} else {
			n++
		}
	}
	return n
}

// Say writes a text out as Markdown, with what say returns for each part that is
// not plain.
func (t Text) Say(say func(Part) string) string {
	var b strings.Builder
	for _, p := range t {
		if p.Kind == Plain {
			b.WriteString(p.Text)
			continue
		}
		b.WriteString(say(p))
	}
	return b.String()
}

// String writes a text as its author did.
func (t Text) String() string {
	return t.Say(func(p Part) string {
		switch p.Kind {
		case Quote:
			return "{{" + p.Key + "}}"
		case Dated:
			return "{{fact:" + p.Key + "}}"
		}
		return p.Text
	})
}
