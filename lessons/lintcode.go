package lessons

import (
	"regexp"
	"slices"
	"strings"
)

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
	for _, b := range t.c.blocks() {
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

// command checks a command of our own that runs or opens something: one may type
// it. Words in quotes, and those in capitals, stand for something else.
func (r *reading) command(p piece, words []string) {
	if len(words) < 3 || words[1] != "run" && words[1] != "open" || strings.ContainsAny(p.text, "'\"") || anyName.MatchString(words[2]) {
		return
	}
	if _, err := r.t.c.Place(words[2]); words[1] == "open" && err == nil {
		return
	}
	set := map[string]string{}
	for _, w := range words[3:] {
		if knob, value, ok := strings.Cut(w, "="); ok && !anyName.MatchString(value) {
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
	// anyName stands for what a reader is to put there, such as LAB or FILE.
	anyName = regexp.MustCompile(`^[A-Z]+(\[.*)?$`)
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
