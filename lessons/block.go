package lessons

import (
	"strconv"
	"strings"
)

// A Block is a part of a page: a Prose, Lab, Predict, Quiz, Exercise, Say or
// Code, and nothing else.
type Block interface {
	line() int // of its file, at which the block begins
}

// at is where a block begins; every block embeds one.
type at struct{ Line int }

func (a at) line() int { return a.Line }

// Prose is a paragraph, a list or a quotation.
type Prose struct {
	Text Text
	at
}

// A Lab is a run that a page makes and quotes.
type Lab struct {
	Name     string
	Settings map[string]string // by the names of knobs
	Look     []string          // what to see first: messages, or paths of fields
	Presets  []Preset          // instead of the lab's own
	at
}

// A Preset is a named change of settings, worth one digit.
type Preset struct {
	Name string
	Set  map[string]string
}

// A Predict is a question that a run decides.
type Predict struct {
	ID      string // "H1.p1"
	Ask     Text
	Hint    Text
	Lab     Lab // the run that decides
	Options []Outcome
	at
}

// An Outcome is an option of a prediction.
type Outcome struct {
	Text    Text
	When    map[string]string // what Lookup says when it holds, by path
	At      map[string]string // settings at which it comes true, for Lint; may be nil
	Because Text
	at
}

// A Quiz is a question whose answer stands beside it, with a reason for each
// option.
type Quiz struct {
	ID      string // "H1.q1"
	Ask     Text
	Hint    Text
	Trap    Text // the misconception that the wrong options are made of
	Options []Option
	at
}

// An Option is an option of a quiz; several may be right.
type Option struct {
	Text    Text
	Because Text
	Right   bool
	at
}

// An Exercise is a task for the learner's own tools, judged by a run.
type Exercise struct {
	ID   string // "H1.e1"
	Ask  Text
	Hint Text
	Lab  Lab
	Goal string // the goal of the lab that has to be met
	at
}

// A Say asks the learner for a sentence of their own, which is kept, and shown
// to them again on a later day. Nobody judges it.
type Say struct {
	ID  string // "H1.s1"
	Ask Text
	at
}

// Code is the same task in several languages.
type Code struct {
	Title string
	Tabs  []Snippet
	at
}

// A Snippet is a file that runs.
type Snippet struct {
	Lang  string // "Go", "Python", "openssl"
	File  string // in the course's folder
	Shown string // the part between its marks, or all
	Whole string
}

// ID returns the id of a question, or "" for a block that is none.
func ID(b Block) string {
	switch b := b.(type) {
	case *Predict:
		return b.ID
	case *Quiz:
		return b.ID
	}
	return ""
}

// A Look answers a question about a run, as labs.Lookup does. Ok is false when
// the run has no such thing.
type Look func(path string) (value string, ok bool)

// Judge returns which options hold for a run: their indexes. Lint sees to it
// that it is exactly one.
func (p *Predict) Judge(look Look) []int {
	var hold []int
	for i, o := range p.Options {
		if o.holds(look) {
			hold = append(hold, i)
		}
	}
	return hold
}

// holds reports whether all that an outcome says is so.
func (o *Outcome) holds(look Look) bool {
	for path, want := range o.When {
		value, ok := look(path)
		if !agrees(want, value, ok) {
			return false
		}
	}
	return len(o.When) > 0
}

// agrees compares what an author wrote with what a run gave. Beside a value
// itself an author may write none, any, "not VALUE", "< NUMBER" and
// "> NUMBER".
func agrees(want, value string, ok bool) bool {
	switch {
	case want == "none":
		return !ok || value == "none" || value == "0"
	case want == "any":
		return ok && value != "none" && value != "0"
	case strings.HasPrefix(want, "not "):
		return !agrees(want[len("not "):], value, ok)
	case strings.HasPrefix(want, "< "), strings.HasPrefix(want, "> "):
		bound, err := strconv.ParseFloat(want[2:], 64)
		n, err2 := strconv.ParseFloat(value, 64)
		if err != nil || err2 != nil || !ok {
			return false
		}
		return want[0] == '<' && n < bound || want[0] == '>' && n > bound
	}
	return ok && value == want
}
