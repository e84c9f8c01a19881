package lessons

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

// A reading is what a reader of a lesson has been told so far.
type reading struct {
	t       *linter
	file    string
	told    map[*Word]bool  // explained or linked
	missed  map[*Word]bool  // complained about
	unknown map[string]bool // complained about
	links   bool            // whether a term of the glossary has to be linked before
}

// words checks that a lesson uses no word before it is explained: each term of
// the glossary is linked at its first use, or taught by a lesson that this one
// needs.
func (t *linter) words(l *Lesson) {
	r := &reading{t: t, file: l.File, told: map[*Word]bool{}, missed: map[*Word]bool{}, unknown: map[string]bool{}, links: true}
	for _, before := range t.c.before(l) {
		for _, slug := range before.Teaches {
			r.told[t.c.Glossary.Find(slug)] = true
		}
	}
	linked := map[string]bool{}
	// In the order in which it is read. What comes behind a question counts as
	// read once the question is.
	for _, p := range l.Pages {
		r.title(p.Title, p.Line)
		for _, b := range p.Blocks {
			if c, ok := b.(*Code); ok {
				r.title(c.Title, c.Line)
			}
			for _, text := range Texts(b) {
				for _, x := range text.parts(Term) {
					linked[x.Key] = true
				}
			}
			r.block(b)
		}
	}
	for _, slug := range l.Teaches {
		switch w := t.c.Glossary.Find(slug); {
		case r.missed[w]:
		case !linked[slug]:
			t.bad.add(l.File, l.teachesAt, "link it where it is explained, or leave it out of teaches", "the lesson teaches %q and never links it", slug)
		case !r.told[w]:
			t.bad.add(l.File, l.teachesAt, "link it in a text that every reader is shown", "the lesson teaches %q, and links it in a hint or behind a wrong answer alone", slug)
		}
	}
}

// block reads a block as a learner does. Of a question everybody reads what is asked, the
// options, in which no link can be seen, and the reason of the one that is right; the
// rest some do, so what is linked there is told nobody else.
func (r *reading) block(b Block) {
	var ask, hint, trap Text
	var options []Text
	because := map[int]Text{}
	right := -1
	switch b := b.(type) {
	case *Predict:
		ask, hint = b.Ask, b.Hint
		for i, o := range b.Options {
			options, because[i] = append(options, o.Text), o.Because
		}
		if i, ok := r.t.truths.Load(b); ok {
			right = i.(int)
		}
	case *Quiz:
		ask, hint, trap = b.Ask, b.Hint, b.Trap
		for i, o := range b.Options {
			options, because[i] = append(options, o.Text), o.Because
			if o.Right {
				right = i
			}
		}
	default:
		for _, text := range Texts(b) {
			r.read(text, b.line())
		}
		return
	}
	r.read(ask, b.line())
	for _, text := range options {
		for _, x := range text.parts(Term) {
			r.t.bad.add(r.file, x.Line, "explain the word before the question, or in a because", "a link in an option cannot be seen")
		}
		r.read(text, b.line())
	}
	r.read(because[right], b.line())
	for i := range options {
		if i != right {
			r.some(because[i], b.line())
		}
	}
	r.some(hint, b.line())
	r.some(trap, b.line())
}

// some reads a text that not every reader is shown.
func (r *reading) some(text Text, line int) {
	told := maps.Clone(r.told)
	r.read(text, line)
	r.told = told
}

// Knows reports whether a lesson, or one that it needs, teaches a word.
func (c *Course) Knows(l *Lesson, slug string) bool {
	return slices.ContainsFunc(append(c.before(l), l), func(l *Lesson) bool { return slices.Contains(l.Teaches, slug) })
}

// before returns the lessons that a lesson needs, and those that they need.
func (c *Course) before(l *Lesson) []*Lesson {
	var all []*Lesson
	next := slices.Clone(l.Needs)
	for len(next) > 0 {
		n := c.Find(next[0])
		next = next[1:]
		if n != nil && !slices.Contains(all, n) {
			all = append(all, n)
			next = append(next, n.Needs...)
		}
	}
	return all
}

// explained checks the glossary's own words, and those of the facts.
func (t *linter) explained() {
	// Here nothing has to be linked: whoever opens a word is a key away from any
	// other.
	r := &reading{t: t, file: "glossary.md", unknown: map[string]bool{}}
	for _, w := range t.c.Glossary.All() {
		r.read(w.Text, w.Line)
	}
	r.file = "facts.yaml"
	for _, f := range t.c.Facts {
		r.title(f.Text, f.Line)
	}
}

// title reads what stands above a text: its words have to be known, and may be
// explained below it.
func (r *reading) title(s string, line int) {
	link := r.links
	r.links = false
	r.read(Text{{Text: s, Line: line}}, line)
	r.links = link
}

// read reads a text.
func (r *reading) read(t Text, line int) {
	all, open := t.pieces()
	if open {
		r.t.bad.add(r.file, line, "write code between two backquotes", "a backquote has no partner")
	}
	for _, p := range all {
		switch {
		case p.kind == linkText:
			if r.links {
				r.told[r.t.c.Glossary.Find(p.slug)] = true
			}
		case open: // what is code, and what is not, is anybody's guess
		case p.kind == codeText:
			r.code(p)
		default:
			r.prose(p)
		}
	}
}

// prose looks for terms, and for words with capitals that nobody explains.
func (r *reading) prose(p piece) {
	all := tokens(p.text)
	for i := 0; i < len(all); {
		line := p.line + strings.Count(p.text[:all[i].at], "\n")
		w, n := r.t.terms.first(all[i:])
		if w != nil {
			if r.links && !r.told[w] && !r.missed[w] {
				r.missed[w] = true
				r.t.bad.add(r.file, line, "write ["+w.Name+"](#"+w.Slug+") here, or need a lesson that teaches it", "%q is used before it is explained", w.Name)
			}
			i += n
			continue
		}
		if word := all[i].text; capitals(word) >= 2 && !r.unknown[word] && !r.t.known(word) && !r.t.known(around(p.text, all[i])) {
			r.unknown[word] = true
			r.t.bad.add(r.file, line, "explain it in glossary.md, or say it in other words", "no glossary and no table knows %q", word)
		}
		i++
	}
}

// capitals counts capital letters.
func capitals(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsUpper(r) {
			n++
		}
	}
	return n
}

// around is a word with what is joined to it by signs, as in SHA-256.
func around(s string, w token) string {
	joined := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_-./", r)
	}
	from := len(strings.TrimRightFunc(s[:w.at], joined))
	to := len(s) - len(strings.TrimLeftFunc(s[w.at:], joined))
	return strings.Trim(s[from:to], "-./")
}
