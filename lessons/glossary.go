package lessons

import (
	"errors"
	"io/fs"
	"regexp"
	"strings"

	"tlstutor/labs/wire"
)

// A Word is a term of the glossary.
type Word struct {
	Slug    string   // "key-share"
	Name    string   // "key share"
	Aliases []string // other spellings of it
	Text    Text     // one paragraph
	Line    int
}

// A Glossary is words by their slugs.
type Glossary struct {
	words []*Word
	at    map[string]*Word
	named map[string]*Word // by each spelling
}

// slugBad is what a slug does not hold.
var slugBad = regexp.MustCompile(`[^a-z0-9.]+`)

// Slug makes of a name what links to it.
func Slug(name string) string {
	return strings.Trim(slugBad.ReplaceAllString(strings.ToLower(name), "-"), "-")
}

// Find returns the word of that slug, or nil.
func (g *Glossary) Find(slug string) *Word { return g.at[slug] }

// All returns the words in the order of the file. The slice is not to be
// changed.
func (g *Glossary) All() []*Word { return g.words }

// glossaryFile is where a course explains its words.
const glossaryFile = "glossary.md"

// loadGlossary reads glossary.md: a title, then words. A word is a heading, "##
// key share | key shares", and a paragraph.
func loadGlossary(fsys fs.FS, bad *Mistakes) *Glossary {
	g := &Glossary{at: map[string]*Word{}, named: map[string]*Word{}}
	if _, err := fs.Stat(fsys, glossaryFile); errors.Is(err, fs.ErrNotExist) {
		return g // a course may do without
	}
	text, ok := open(fsys, glossaryFile, "keep it a text file of less than a megabyte", bad)
	if !ok {
		return &Glossary{} // nobody can tell which words are missing
	}
	p := &glossaryParser{g: g, bad: bad}
	for line := range strings.Lines(text) {
		p.take(cleanLines(strings.TrimRight(line, "\r\n")))
	}
	p.end()
	for _, w := range g.words {
		g.check(w.Text, glossaryFile, bad)
	}
	return g
}

// A glossaryParser reads glossary.md line by line.
type glossaryParser struct {
	g     *Glossary
	bad   *Mistakes
	line  int
	word  *Word    // being read, or nil before the first
	lines []string // of its paragraph
}

// take reads the next line: a heading, or a part of a paragraph.
func (p *glossaryParser) take(line string) {
	p.line++
	head, ok := strings.CutPrefix(line, "## ")
	switch {
	case ok:
		p.end()
		p.word = p.g.add(head, p.line, p.bad)
	case strings.HasPrefix(line, "#") && (p.word != nil || !strings.HasPrefix(line, "# ")):
		p.bad.add(glossaryFile, p.line, "write \"## \" and a word", "a heading that is not a word's")
	case p.word != nil:
		p.lines = append(p.lines, line)
	}
}

// end files the paragraph that was being read, if any.
func (p *glossaryParser) end() {
	if p.word == nil {
		return
	}
	said := strings.Join(strings.Fields(strings.Join(p.lines, " ")), " ")
	if said == "" {
		p.bad.add(glossaryFile, p.word.Line, "explain it in a sentence or two", "%q has no text", p.word.Name)
	}
	p.word.Text = p.bad.text(glossaryFile, said, p.word.Line+1)
	p.lines = nil
}

// add begins a word. What is wrong with its names is said, and it is read all the
// same.
func (g *Glossary) add(head string, line int, bad *Mistakes) *Word {
	names := strings.Split(head, "|")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	if len(head) > maxTitle*2 {
		bad.add(glossaryFile, line, "leave some spellings out", "the heading is longer than %d bytes", maxTitle*2)
	}
	for _, name := range names {
		old := g.named[name]
		switch {
		case name == "":
			bad.add(glossaryFile, line, "write \"## key share | key shares\"", "a heading with an empty spelling")
		case old != nil:
			bad.add(glossaryFile, line, "leave one out", "%q is explained at line %d already", name, old.Line)
		}
	}
	w := &Word{Slug: Slug(names[0]), Name: names[0], Aliases: names[1:], Line: line}
	switch {
	case w.Slug == "" && w.Name != "":
		bad.add(glossaryFile, line, "begin it with a letter or digit", "%q cannot be linked to", w.Name)
	case g.at[w.Slug] != nil:
		if g.named[w.Name] == nil { // else it was said
			bad.add(glossaryFile, line, "leave one out", "%q is linked to as %q is, at line %d", w.Name, g.at[w.Slug].Name, g.at[w.Slug].Line)
		}
	case len(g.words) == maxNotes:
		bad.add(glossaryFile, line, "explain fewer", "more than %d words", maxNotes)
	default:
		g.at[w.Slug] = w
		g.words = append(g.words, w)
		for _, name := range names {
			g.named[name] = w
		}
	}
	return w
}

// check sees that every term a text links to is there.
func (g *Glossary) check(t Text, file string, bad *Mistakes) {
	if g.at == nil {
		return
	}
	for _, p := range t {
		if p.Kind == Term && g.at[p.Key] == nil && !bad.full() {
			var slugs []string
			for _, w := range g.words {
				slugs = append(slugs, w.Slug)
			}
			mend := "explain it in glossary.md"
			if near := wire.Nearest(p.Key, slugs); near != "" {
				mend = "did you mean #" + near + "?"
			}
			bad.add(file, p.Line, mend, "the glossary has no %q", p.Key)
		}
	}
}
