package lessons

import (
	"strings"
	"unicode"
)

// terms find the words of a glossary in a text. A name in small letters is found
// in any case; one with a capital as it is spelled.
type terms struct{ folded, exact *branch }

// A branch is where all names with the same beginning part.
type branch struct {
	next map[string]*branch
	word *Word // whose name ends here, or nil
}

// newTerms takes the names of all words. An abbreviation is found with an s
// behind it as well.
func newTerms(g *Glossary) *terms {
	t := &terms{&branch{}, &branch{}}
	for _, w := range g.words {
		for _, name := range append([]string{w.Name}, w.Aliases...) {
			small := strings.ToLower(name) == name
			switch {
			case name == "":
			case small:
				t.folded.add(tokens(name), w)
			default:
				t.exact.add(tokens(name), w)
				if last := name[len(name)-1]; last >= 'A' && last <= 'Z' {
					t.exact.add(tokens(name+"s"), w)
				}
			}
		}
	}
	return t
}

func (b *branch) add(name []token, w *Word) {
	for _, x := range name {
		if b.next == nil {
			b.next = map[string]*branch{}
		}
		if b.next[x.text] == nil {
			b.next[x.text] = &branch{}
		}
		b = b.next[x.text]
	}
	if b.word == nil {
		b.word = w
	}
}

// longest finds the longest name that the tokens begin with, and how many of
// them it takes.
func (b *branch) longest(at []token, fold bool) (w *Word, n int) {
	for i, x := range at {
		text := x.text
		if fold {
			text = strings.ToLower(text)
		}
		if b = b.next[text]; b == nil {
			break
		}
		if b.word != nil {
			w, n = b.word, i+1
		}
	}
	return w, n
}

// first finds the longest name that the tokens begin with, in either way.
func (t *terms) first(at []token) (*Word, int) {
	w, n := t.exact.longest(at, false)
	if v, m := t.folded.longest(at, true); m > n {
		return v, m
	}
	return w, n
}

// whole returns the word that a text is a name of, or nil.
func (t *terms) whole(text string) *Word {
	at := tokens(text)
	if w, n := t.first(at); n == len(at) {
		return w
	}
	return nil
}

// A token is a run of letters, digits and underscores, or any other single sign
// but a space.
type token struct {
	text string
	at   int // its first byte
}

// tokens cuts a text.
func tokens(s string) []token {
	var all []token
	from := -1
	end := func(i int) {
		if from >= 0 {
			all = append(all, token{s[from:i], from})
			from = -1
		}
	}
	for i, r := range s {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_':
			if from < 0 {
				from = i
			}
		default:
			end(i)
			if !unicode.IsSpace(r) {
				all = append(all, token{string(r), i})
			}
		}
	}
	end(len(s))
	return all
}

// A piece is a stretch of a text of one kind: prose, code, or the words of a
// link.
type piece struct {
	kind pieceKind
	text string
	slug string // of a link
	line int
}

type pieceKind uint8

const (
	proseText pieceKind = iota
	codeText            // between backquotes
	linkText
)

// pieces cuts a text into pieces. In code a quote stands for what it gives, a
// value, so it is left out; open is true where code has no end.
func (t Text) pieces() (all []piece, open bool) {
	for _, p := range t {
		switch {
		case p.Kind == Term:
			all = append(all, piece{linkText, p.Text, p.Key, p.Line})
		case p.Kind != Plain:
			all = append(all, piece{proseText, "", "", p.Line})
		default:
			line := p.Line
			for i, s := range strings.Split(p.Text, "`") {
				if i > 0 {
					open = !open
				}
				kind := proseText
				if open {
					kind = codeText
				}
				all = append(all, piece{kind, s, "", line})
				line += strings.Count(s, "\n")
			}
		}
	}
	return all, open
}

// parts returns the parts of a text that are of a kind.
func (t Text) parts(kind PartKind) []Part {
	var all []Part
	for _, p := range t {
		if p.Kind == kind {
			all = append(all, p)
		}
	}
	return all
}

// head is the beginning of an option: what stands before its first colon.
func (t Text) head() string {
	s, _, _ := strings.Cut(t.String(), ": ")
	return s
}
