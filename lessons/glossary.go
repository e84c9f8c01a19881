package lessons

import (
	"errors"
	"io/fs"
	"regexp"
	"strings"
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

// loadGlossary reads glossary.md: a title, then words. A word is a heading, "##
// key share | key shares", and a paragraph.
func loadGlossary(fsys fs.FS, bad *Mistakes) *Glossary {
	const file = "glossary.md"
	g := &Glossary{at: map[string]*Word{}, named: map[string]*Word{}}
	if _, err := fs.Stat(fsys, file); errors.Is(err, fs.ErrNotExist) {
		return g // a course may do without
	}
	text, ok := open(fsys, file, "keep it a text file of less than a megabyte", bad)
	if !ok {
		return &Glossary{} // nobody can tell which words are missing
	}
	var w *Word
	var lines []string
	end := func() {
		if w == nil {
			return
		}
		said := strings.Join(strings.Fields(strings.Join(lines, " ")), " ")
		if said == "" {
			bad.add(file, w.Line, "explain it in a sentence or two", "%q has no text", w.Name)
		}
		w.Text = bad.text(file, said, w.Line+1)
		lines = nil
	}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = cleanLines(strings.TrimRight(line, "\r\n"))
		if head, ok := strings.CutPrefix(line, "## "); ok {
			end()
			w = g.add(head, n, bad)
			continue
		}
		switch {
		case strings.HasPrefix(line, "#") && (w != nil || !strings.HasPrefix(line, "# ")):
			bad.add(file, n, "write \"## \" and a word", "a heading that is not a word's")
		case w != nil:
			lines = append(lines, line)
		}
	}
	end()
	for _, w := range g.words {
		g.check(w.Text, file, bad)
	}
	return g
}

// add begins a word.
func (g *Glossary) add(head string, line int, bad *Mistakes) *Word {
	names := strings.Split(head, "|")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	if len(head) > maxTitle*2 {
		bad.add("glossary.md", line, "leave some spellings out", "the heading is longer than %d bytes", maxTitle*2)
	}
	for _, name := range names {
		old := g.named[name]
		switch {
		case name == "":
			bad.add("glossary.md", line, "write \"## key share | key shares\"", "a heading with an empty spelling")
		case old != nil:
			bad.add("glossary.md", line, "leave one out", "%q is explained at line %d already", name, old.Line)
		}
	}
	w := &Word{Slug: Slug(names[0]), Name: names[0], Aliases: names[1:], Line: line}
	switch {
	case w.Slug == "" && w.Name != "":
		bad.add("glossary.md", line, "begin it with a letter or digit", "%q cannot be linked to", w.Name)
	case g.at[w.Slug] != nil:
		if g.named[w.Name] == nil { // else it was said
			bad.add("glossary.md", line, "leave one out", "%q is linked to as %q is, at line %d", w.Name, g.at[w.Slug].Name, g.at[w.Slug].Line)
		}
	case len(g.words) == maxNotes:
		bad.add("glossary.md", line, "explain fewer", "more than %d words", maxNotes)
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
			if near := nearest(p.Key, slugs); near != "" {
				mend = "did you mean #" + near + "?"
			}
			bad.add(file, p.Line, mend, "the glossary has no %q", p.Key)
		}
	}
}
