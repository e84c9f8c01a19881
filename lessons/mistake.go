package lessons

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tlstutor/labs/wire"
)

// A Mistake is one thing that is wrong with a course.
type Mistake struct {
	File string
	Line int
	What string
	Mend string // what to do about it
}

// Error is one line, as a compiler writes it.
func (m Mistake) Error() string {
	s := fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.What)
	if m.Mend != "" {
		s += "; " + m.Mend
	}
	return s
}

// Mistakes are all that is wrong with a course.
type Mistakes []Mistake

// Error is one line for each.
func (m Mistakes) Error() string {
	var lines []string
	for _, x := range m {
		lines = append(lines, x.Error())
	}
	return strings.Join(lines, "\n")
}

// maxMistakes is how many are collected; with more, the first say enough.
const maxMistakes = 500

// full reports whether no more are collected, so that nobody need look for what
// to advise.
func (m *Mistakes) full() bool { return len(*m) >= maxMistakes }

// add notes a mistake. What may hold words of the file, so it is cleaned.
func (m *Mistakes) add(file string, line int, mend, format string, args ...any) {
	if !m.full() {
		*m = append(*m, Mistake{file, line, wire.Clean(fmt.Sprintf(format, args...), maxText), wire.Clean(mend, maxText)})
	}
}

// sort puts them in the order of files and lines.
func (m Mistakes) sort() {
	slices.SortStableFunc(m, func(a, b Mistake) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), strings.Compare(a.What, b.What))
	})
}

// sorted returns them in order, as an error, or nil.
func (m Mistakes) sorted() error {
	if len(m) == 0 {
		return nil
	}
	m.sort()
	return m
}

// orNearest says which name was probably meant, or else lists them.
func orNearest(word string, names []string) string {
	if n := wire.Nearest(word, names); n != "" {
		return "did you mean " + n + "?"
	}
	return "write one of " + strings.Join(names, ", ")
}
