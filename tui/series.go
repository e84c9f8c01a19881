package tui

import (
	"fmt"
	"math/rand/v2"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tlstutor/lessons"
)

// A series is questions without a lesson around them: a review, a way out of a
// lesson, a test. It is drawn as a lesson with a question on each page, and ends
// on a page that says how it went.
type series struct {
	kind   seriesKind
	lesson *lessons.Lesson // that is tested out of
	ended  bool            // how it went has been worked out
}

// A seriesKind says what the questions are for, and so what is kept of them.
type seriesKind uint8

const (
	review  seriesKind = iota // what came back: its answers are kept
	testOut                   // all right: the lesson counts as done
	before                    // the test before the course: no reasons, they are the course's
	after                     // the same after it
)

// keeps reports whether answers go into what is kept of each question.
func (s *series) keeps() bool { return s.kind == review }

// tests reports whether what is asked is a test, which gives no hints.
func (s *lessonScreen) tests() bool { return s.series != nil && s.series.kind != review }

// newReview asks again what came back.
func newReview(env *Env, blocks []lessons.Block) Screen {
	return newSeries(env, "Review", blocks, &series{kind: review})
}

// newTestOut asks the quizzes of a lesson.
func newTestOut(env *Env, l *lessons.Lesson) Screen {
	var blocks []lessons.Block
	for _, q := range l.Quizzes() {
		blocks = append(blocks, q)
	}
	return newSeries(env, "Test out of "+l.ID, blocks, &series{kind: testOut, lesson: l})
}

// testItems is how many questions a test has, at most.
const testItems = 12

// newTest asks questions of all lessons, as many of each as there is room for.
func newTest(env *Env) Screen {
	blocks := testBlocks(env.Course)
	// Which of the two it is depends only on whether there are lessons left.
	if finishedAll(env) {
		return newSeries(env, afterName(env.Progress.Scores("before")), blocks, &series{kind: after})
	}
	title := "Before you start"
	if len(env.Progress.Scores("before")) > 0 {
		title = onTheWay
	}
	return newSeries(env, title, blocks, &series{kind: before})
}

// testBlocks draws quizzes from all lessons in turn.
func testBlocks(c *lessons.Course) []lessons.Block {
	var pools [][]*lessons.Quiz
	for _, l := range c.Lessons {
		pool := l.Quizzes()
		rand.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
		pools = append(pools, pool)
	}
	var blocks []lessons.Block
	// In rounds: each lesson gives one before any gives a second.
	for n := 0; len(blocks) < testItems; n++ {
		drawn := false
		for _, pool := range pools {
			if n < len(pool) && len(blocks) < testItems {
				blocks = append(blocks, pool[n])
				drawn = true
			}
		}
		if !drawn {
			break
		}
	}
	return blocks
}

// finishedAll reports whether every lesson is done.
func finishedAll(env *Env) bool {
	for _, l := range env.Course.Lessons {
		if _, ok := env.Progress.Finished(l.ID); !ok {
			return false
		}
	}
	return len(env.Course.Lessons) > 0
}

// testRow is what the course says of the test, or "" when there is none to take.
func testRow(env *Env) (text, right string) {
	n := len(testBlocks(env.Course))
	first, again := env.Progress.Scores("before"), env.Progress.Scores("after")
	switch {
	case n == 0:
		return "", ""
	case finishedAll(env) && len(again) > 0:
		last := again[len(again)-1]
		return "The test again", fmt.Sprintf("last time %d of %d", last.Right, last.Of)
	case finishedAll(env):
		return afterName(first), plural(n, "question")
	case len(first) == 1:
		return onTheWay, fmt.Sprintf("first %d of %d", first[0].Right, first[0].Of)
	case len(first) > 1:
		last := first[len(first)-1]
		return onTheWay, fmt.Sprintf("first %d of %d, last %d of %d", first[0].Right, first[0].Of, last.Right, last.Of)
	}
	return "The test before you start", plural(n, "question")
}

// onTheWay is what the test is called once it was taken, and lessons are left. What it
// comes to then is kept too, and the first result stays the one to compare with.
const onTheWay = "The test, on the way"

// afterName is what the test after the course is called.
func afterName(before []lessons.Score) string {
	if len(before) == 0 {
		return "The test"
	}
	return "The test again"
}

// newSeries makes a lesson of questions.
// It is made up for this: it is not in the course, and has no id to keep anything
// by.
func newSeries(env *Env, title string, blocks []lessons.Block, kind *series) Screen {
	l := &lessons.Lesson{Title: title}
	for i, b := range blocks {
		l.Pages = append(l.Pages, &lessons.Page{Lesson: l, N: i + 1, Title: fmt.Sprintf("Question %d of %d", i+1, len(blocks)), Blocks: []lessons.Block{b}})
	}
	if kind.kind != review && len(l.Pages) > 0 {
		once := &lessons.Prose{Text: lessons.Text{{Text: "A test is taken in one go: one that is left before its end is not counted, and begins anew."}}}
		l.Pages[0].Blocks = append([]lessons.Block{once}, l.Pages[0].Blocks...)
	}
	// Empty until closeSeries knows what to write on it.
	l.Pages = append(l.Pages, &lessons.Page{Lesson: l, N: len(blocks) + 1, Title: "How it went"})
	s := NewLesson(env, l, 1).(*lessonScreen)
	s.series = kind
	return s
}

// closeSeries works out how the series went, on its last page, and keeps that.
func (s *lessonScreen) closeSeries() tea.Cmd {
	x := s.series
	if x == nil || x.ended || s.at < len(s.lesson.Pages)-1 {
		return nil
	}
	right, of, open := 0, 0, 0
	byLesson := map[string][2]int{}
	last := len(s.lesson.Pages) - 1
	for i, sh := range s.sheets[:last] {
		if blocks := s.lesson.Pages[i].Blocks; lessons.ID(blocks[len(blocks)-1]) == "" {
			continue // a sentence, which nobody judges
		}
		of++
		// A page that was never turned to has no sheet.
		if sh == nil || !sh.done() {
			open++
			continue
		}
		for _, q := range sh.questions {
			n := byLesson[lessonOf(q.id)]
			if n[1]++; q.right() {
				right++
				n[0]++
			}
			byLesson[lessonOf(q.id)] = n
		}
	}
	text := fmt.Sprintf("%d of %d right.", right, of)
	if of == 0 {
		text = "Read again."
	}
	if open > 0 {
		text += fmt.Sprintf(" %s not answered.", plural(open, "question"))
	}
	x.ended = open == 0 // else the learner may go back
	// The words go on the page, keep into a command: writing may wait for a disk.
	said, keep := s.seriesWords(right, of, open, byLesson)
	page := s.lesson.Pages[last]
	page.Blocks = []lessons.Block{&lessons.Prose{Text: lessons.Text{{Text: text}}}, &lessons.Prose{Text: lessons.Text{{Text: said}}}}
	s.sheets[last] = newSheet(page, false)
	s.lay()
	return keep
}

// lessonOf is the lesson that a question's id begins with.
func lessonOf(id string) string {
	l, _, _ := strings.Cut(id, ".")
	return l
}

// seriesWords say what follows from how it went, and keep it.
func (s *lessonScreen) seriesWords(right, of, open int, byLesson map[string][2]int) (string, tea.Cmd) {
	p, x := s.env.Progress, s.series
	score := func(test string) tea.Cmd {
		// A score of half a test would be compared with whole ones.
		if open > 0 {
			return nil
		}
		return s.env.keeps(func(p *lessons.Progress) { p.Score(test, right, of) })
	}
	var each, missed []string
	for _, l := range s.env.Course.Lessons {
		// In the order of the course, not of the map.
		if n, ok := byLesson[l.ID]; ok {
			each = append(each, fmt.Sprintf("%s: %d of %d", l.ID, n[0], n[1]))
			if n[0] < n[1] && x.kind == after {
				missed = append(missed, l.ID)
			}
		}
	}
	list := strings.Join(each, ", ")
	if len(missed) > 0 {
		list += ". Worth reading again: " + strings.Join(missed, ", ")
	}
	if open > 0 && x.kind != review {
		return "It counts once all are answered: ← goes back to them.", nil
	}
	switch x.kind {
	case testOut:
		id := x.lesson.ID
		if right == of {
			return "Lesson " + id + " counts as done. It can still be read.", s.env.keeps(func(p *lessons.Progress) { p.Finish(id, true) })
		}
		return "It takes all of them to test out. Lesson " + id + " has the reasons, and runs that show them.", nil
	case before:
		said := list + ". The reasons are in the lessons. The test waits for you again after the last lesson."
		if first := p.Scores("before"); len(first) > 0 {
			said = fmt.Sprintf("%s. The first time it was %d of %d.", list, first[0].Right, first[0].Of)
		}
		return said, score("before")
	case after:
		first := p.Scores("before")
		if len(first) == 0 {
			return list + ".", score("after")
		}
		// The first of them: whoever takes it again on the way has learned since.
		return fmt.Sprintf("%s. The first time, with other questions, it was %d of %d.", list, first[0].Right, first[0].Of), score("after")
	}
	if n, first := p.Soon(); n > 0 {
		return fmt.Sprintf("%s more on a later day, the first on %s.", plural(n, "question"), first.Format("2 January")), nil
	}
	return "Nothing else is waiting.", nil
}
