package tui

import (
	"math/rand/v2"
	"slices"
	"strings"

	"tlstutor/lessons"
)

// A question is one prediction or quiz as a learner has it before them: on a
// page, in a review, or as lines of text. It draws nothing and starts nothing.
type question struct {
	block  lessons.Block // a *lessons.Predict or *lessons.Quiz
	id     string
	ask    lessons.Text
	hint   lessons.Text
	texts  []lessons.Text // of the options, in the order of the file
	order  []int          // the options as they are shown, by their index in the file
	at     int            // the highlighted one, an index into order; -1 before any is
	hinted bool           // the hint is shown
	warned bool           // space was pressed once without a choice

	state  questionState
	chosen int   // the option that was locked in, an index in the file; watched when none was
	truth  []int // the options that hold, or are right
	ran    *ran  // the run that decided a prediction
	lost   error // why the answer could not be kept
}

type questionState uint8

const (
	asked   questionState = iota // nothing is decided
	waiting                      // it is being run, or kept
	decided
)

// watched stands for a choice that was not made.
const watched = -1

// newQuestion puts a question. Quizzes are shuffled, unless a room is to raise
// hands.
func newQuestion(b lessons.Block, shuffle bool) *question {
	q := &question{block: b, id: lessons.ID(b), at: -1}
	switch b := b.(type) {
	case *lessons.Predict:
		q.ask, q.hint = b.Ask, b.Hint
		for _, o := range b.Options {
			q.texts = append(q.texts, o.Text)
		}
		shuffle = false
	case *lessons.Quiz:
		q.ask, q.hint = b.Ask, b.Hint
		for i, o := range b.Options {
			q.texts = append(q.texts, o.Text)
			if o.Right {
				q.truth = append(q.truth, i)
			}
		}
	}
	for i := range q.texts {
		q.order = append(q.order, i)
	}
	if shuffle {
		rand.Shuffle(len(q.order), func(i, j int) { q.order[i], q.order[j] = q.order[j], q.order[i] })
	}
	return q
}

// predicts returns the prediction, or nil for a quiz.
func (q *question) predicts() *lessons.Predict {
	p, _ := q.block.(*lessons.Predict)
	return p
}

// highlight moves to the option with a number, from 1; false where there is
// none.
func (q *question) highlight(n int) bool {
	if q.state != asked || n < 1 || n > len(q.order) {
		return false
	}
	q.at, q.warned = n-1, false
	return true
}

// lock takes the highlighted option, or none, as the answer. It reports whether
// there is anything to decide.
func (q *question) lock() bool {
	if q.state != asked {
		return false
	}
	q.chosen = watched
	if q.at >= 0 {
		q.chosen = q.order[q.at]
	}
	q.state = waiting
	return true
}

// decide takes what a run showed of a prediction; a quiz is decided already.
func (q *question) decide(r *ran) {
	if p := q.predicts(); p != nil {
		q.ran = r
		q.truth = p.Judge(r.look)
	}
}

// right reports whether the choice was what the run showed, or what is so.
func (q *question) right() bool { return q.chosen != watched && slices.Contains(q.truth, q.chosen) }

// number is the choice as progress keeps it: from 1, 0 for watched.
func (q *question) number() int { return q.chosen + 1 }

// short is an option in a few words: what stands before its first colon.
func (q *question) short(i int) lessons.Text {
	t := q.texts[i]
	if len(t) == 0 {
		return t
	}
	if head, _, cut := strings.Cut(t[0].Text, ": "); cut && t[0].Kind == lessons.Plain {
		return lessons.Text{{Text: head, Line: t[0].Line}}
	}
	// A whole sentence ends in a point, which has no place inside another one.
	last := len(t) - 1
	if t[last].Kind == lessons.Plain {
		t = slices.Clone(t)
		t[last].Text = strings.TrimSuffix(t[last].Text, ".")
	}
	return t
}

// because is the reason of an option.
func (q *question) because(i int) lessons.Text {
	switch b := q.block.(type) {
	case *lessons.Predict:
		return b.Options[i].Because
	case *lessons.Quiz:
		return b.Options[i].Because
	}
	return nil
}

// verdict is what is said once a question is decided: the run is the subject,
// then come the reasons, and when it will be asked again.
func (q *question) verdict(returns bool) lessons.Text {
	say := func(s string) lessons.Text { return lessons.Text{{Text: s}} }
	join := func(parts ...lessons.Text) lessons.Text { return slices.Concat(parts...) }
	_, quiz := q.block.(*lessons.Quiz)
	if len(q.truth) == 0 {
		if q.ran != nil && q.ran.err != nil {
			return say("The run did not take place: " + escape(cleanLine(q.ran.err.Error())))
		}
		return say("The run shows none of these. `e` leads to what it shows.")
	}
	truth := q.truth[0]
	var t lessons.Text
	switch {
	case q.chosen == watched && quiz:
		t = join(say("It is: "), q.short(truth), say(". "), q.because(truth))
	case q.chosen == watched:
		t = join(say("You watched; the run says: "), q.short(truth), say(". "), q.because(truth))
	case q.right() && quiz:
		t = join(say("You said: "), q.short(q.chosen), say(". So it is. "), q.because(q.chosen))
	case q.right():
		t = join(say("You said: "), q.short(q.chosen), say(". The run says so too. "), q.because(q.chosen))
	case quiz:
		t = join(say("You said: "), q.short(q.chosen), say("; it is: **"), q.short(truth), say("**. "), q.because(truth), say(" **Why not:** "), q.because(q.chosen))
	default:
		t = join(say("You said: "), q.short(q.chosen), say("; the run says: **"), q.short(truth), say("**. "), q.because(truth), say(" **Why not:** "), q.because(q.chosen))
	}
	if z, ok := q.block.(*lessons.Quiz); ok && !q.right() && len(z.Trap) > 0 {
		t = join(t, say(" **A common trap:** "), z.Trap)
	}
	if !quiz {
		t = join(t, say(" — `e` shows it."))
	}
	if returns && !q.right() {
		t = join(t, say(" This one comes back in two days."))
	}
	return t
}
