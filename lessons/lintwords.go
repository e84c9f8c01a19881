package lessons

import (
	"regexp"
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
	for _, p := range l.Pages {
		r.title(p.Title, p.Line)
		for _, b := range p.Blocks {
			if c, ok := b.(*Code); ok {
				r.title(c.Title, c.Place())
			}
			for _, text := range Texts(b) {
				r.read(text, b.Place())
				for _, x := range text.parts(Term) {
					linked[x.Key] = true
				}
			}
		}
	}
	for _, slug := range l.Teaches {
		if !linked[slug] && !r.missed[t.c.Glossary.Find(slug)] {
			t.bad.add(l.File, l.teachesAt, "link it where it is explained, or leave it out of teaches", "the lesson teaches %q and never links it", slug)
		}
	}
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

// known reports whether the program, the glossary or a snippet has a word, or
// the word that it is the plural of.
func (t *linter) known(word string) bool {
	if t.w.Knows(word) || t.terms.whole(word) != nil || t.snippets[word] {
		return true
	}
	one, more := strings.CutSuffix(word, "s")
	return more && len(one) > 1 && t.w.Knows(one)
}

// learn takes the words of the course's snippets: a page may name what its code
// names.
func (t *linter) learn() {
	for _, l := range t.c.Lessons {
		for _, p := range l.Pages {
			for _, b := range p.Blocks {
				c, ok := b.(*Code)
				for i := 0; ok && i < len(c.Tabs); i++ {
					for _, word := range codeWord.FindAllString(c.Tabs[i].Whole, -1) {
						word = strings.Trim(word, "-.")
						t.snippets[word] = true
						for part := range strings.SplitSeq(word, ".") {
							t.snippets[part] = true
						}
					}
				}
			}
		}
	}
}

// code checks that what stands between backquotes is something: a command, a
// number, a setting, a name.
func (r *reading) code(p piece) {
	span := strings.TrimSpace(p.text)
	if program(span) == "tlstutor" {
		r.command(p, strings.Fields(strings.TrimPrefix(span, "$ ")))
	}
	if span == "" || r.t.known(span) || program(span) != "" || r.unknown[span] {
		return
	}
	for field := range strings.FieldsSeq(span) {
		if knob, _, ok := strings.Cut(field, "="); ok && r.t.w.Knows(knob) {
			continue
		}
		// Of an address, the host is what has to be known.
		if rest, ok := strings.CutPrefix(field, "https://"); ok {
			field, _, _ = strings.Cut(rest, "/")
		}
		for _, word := range codeWord.FindAllString(field, -1) {
			if word = strings.Trim(word, "-."); !r.t.name(word) {
				r.unknown[span] = true
				r.t.bad.add(r.file, p.line, "is it spelled right? else say it without backquotes, or explain it in glossary.md", "no glossary and no table knows `%s`", span)
				return
			}
		}
	}
}

// command checks a command of our own that runs or opens a lab: one may type
// it. Words in quotes, and names in capitals, stand for something else.
func (r *reading) command(p piece, words []string) {
	if len(words) < 3 || words[1] != "run" && words[1] != "open" || strings.ContainsAny(p.text, "'\"") || words[2] == strings.ToUpper(words[2]) {
		return
	}
	set := map[string]string{}
	for _, w := range words[3:] {
		if knob, value, ok := strings.Cut(w, "="); ok && value != strings.ToUpper(value) || number.MatchString(value) {
			set[knob] = value
		}
	}
	if err := r.t.w.Check(words[2], set); err != nil {
		what, mend := twoParts(err)
		r.t.bad.add(r.file, p.line, mend, "`%s`: %s", p.text, what)
	}
}

var (
	// codeWord is a word in code, with what joins it to a path or a host's name.
	codeWord = regexp.MustCompile(`[\pL\pN_][\pL\pN_.-]*`)
	// number is a number, as such or in hexadecimal.
	number = regexp.MustCompile(`^([0-9][0-9.]*|0x[0-9a-fA-F]*|[0-9a-fA-F]{2}|[0-9a-fA-F]*[0-9][0-9a-fA-F]*)$`)
)

// name reports whether a word in code is a number, a name, or a path of names.
func (t *linter) name(word string) bool {
	if word == "" || number.MatchString(word) || t.known(word) {
		return true
	}
	if !strings.Contains(word, ".") {
		return false
	}
	for part := range strings.SplitSeq(word, ".") {
		if !number.MatchString(part) && !t.known(part) {
			return false
		}
	}
	return true
}

// program returns the program that a command line begins with, or "".
func program(span string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(span, "$ "), " ")
	if slices.Contains([]string{"tlstutor", "openssl", "go", "python3", "curl"}, first) {
		return first
	}
	return ""
}
