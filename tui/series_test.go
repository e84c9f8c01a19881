package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/lessons"
)

// series answers the questions of a series in turn, rightly but for those that
// are named, and goes on to its last page.
func (d *drive) answerAll(s *lessonScreen, wrong ...string) {
	d.t.Helper()
	for range s.lesson.Pages[1:] {
		q := s.sheet().open(false)
		if q == nil {
			d.keys(s, "space")
			continue
		}
		good, bad := outcomes(d.t, q.block)
		option := good[0]
		for _, id := range wrong {
			if id == q.id {
				option = bad[0]
			}
		}
		at := s.at
		if d.answerWith(s, option); s.at == at {
			d.keys(s, "space")
		}
	}
	if s.at != len(s.lesson.Pages)-1 {
		d.t.Fatalf("after %d questions the page is %d", len(s.lesson.Pages)-1, s.at+1)
	}
}

// TestReview: what was missed comes back after two days, then after seven, and
// what is missed again after two; when nothing waits, home does not offer it.
func TestReview(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	env := courseEnv(t, loaded(t, toyCourse), "", func() time.Time { return now })
	for _, id := range []string{"T1.p1", "T1.q2"} {
		if err := env.Progress.Answer(id, 1, false); err != nil {
			t.Fatal(err)
		}
	}
	d := homeDrive(t, env)
	if strings.Contains(d.flat(), "came back") {
		t.Errorf("on the same day: %s", d.flat())
	}
	now = now.AddDate(0, 0, 2)
	d.send(keptMsg{})
	if !strings.Contains(d.flat(), "Review 2 questions came back") {
		t.Errorf("two days later: %s", d.flat())
	}
	d.key("end")
	for !strings.Contains(d.flat(), "enter review") {
		d.key("up")
	}
	d.key("enter")
	d.soon()
	s := d.app.top().(*lessonScreen)
	if got := s.sheet().questions[0].id; got != "T1.p1" {
		t.Errorf("the first is %s, not the one that waited longest", got)
	}
	d.answerAll(s, "T1.q2")
	if !strings.Contains(d.flat(), "1 of 2 right. 2 questions more on a later day, the first on 26 November.") {
		t.Errorf("at the end: %s", d.flat())
	}
	for id, stage := range map[string]int{"T1.p1": 2, "T1.q2": 1} {
		if a, _ := env.Progress.Last(id); a.Stage != stage || a.Right != (stage == 2) {
			t.Errorf("%s is kept as %+v", id, a)
		}
	}
	d.key("esc")
	d.soon()
	if strings.Contains(d.flat(), "came back") || d.app.where() != "" {
		t.Errorf("home afterwards: %s", d.flat())
	}
}

// TestTestOut: a lesson counts as done when all its quizzes are answered rightly,
// and only then. What is answered is not kept, nor where the learner was.
func TestTestOut(t *testing.T) {
	for _, wrong := range [][]string{nil, {"T1.q2"}} {
		env := toyEnv(t)
		d := homeDrive(t, env, "right", "down", "down", "down", "down", "down", "down")
		if !strings.Contains(d.flat(), "enter test out of T1") {
			t.Fatalf("the last row of a lesson is not the way out: %s", d.flat())
		}
		d.key("enter")
		d.soon()
		s := d.app.top().(*lessonScreen)
		d.answerAll(s, wrong...)
		tested, done := env.Progress.Finished("T1")
		if done != (wrong == nil) || tested != done {
			t.Errorf("with %v wrong: tested out %v, done %v", wrong, tested, done)
		}
		want := map[bool]string{true: "2 of 2 right. Lesson T1 counts as done", false: "1 of 2 right. It takes all of them"}[done]
		if !strings.Contains(d.flat(), want) {
			t.Errorf("with %v wrong: %s", wrong, d.flat())
		}
		if _, ok := env.Progress.Last("T1.q1"); ok || env.Progress.Page("T1") != 0 {
			t.Errorf("with %v wrong an answer or a page is kept", wrong)
		}
		d.key("esc")
		d.soon()
		if got := strings.Contains(d.flat(), "tested out"); got != done {
			t.Errorf("home says so: %v: %s", got, d.flat())
		}
	}
}

// TestBeforeAndAfter: the test before the course gives no reasons; its score is
// kept once, when all is answered, and the test after it is set beside it.
func TestBeforeAndAfter(t *testing.T) {
	env := toyEnv(t)
	d, s := seriesDrive(t, env, before)
	d.keys(s, "end")
	if !strings.Contains(d.flat(), "0 of 3 right. 3 questions not answered.") || len(env.Progress.Scores("before")) != 0 {
		t.Errorf("with nothing answered: %s, %v", d.flat(), env.Progress.Scores("before"))
	}
	d.keys(s, "home")
	for range s.lesson.Pages[1:] {
		q := s.sheet().open(false)
		good, bad := outcomes(t, q.block)
		option := good[0]
		if q.id == "T2.q1" {
			option = bad[0]
		}
		at := s.at
		d.answerWith(s, option)
		if s.at != at+1 {
			t.Fatalf("after %s the page is %d", q.id, s.at+1)
		}
		d.keys(s, "left")
		if text := d.flat(); strings.Contains(text, "You said") || !strings.Contains(text, "Answered.") {
			t.Errorf("%s is judged before the course: %s", q.id, text)
		}
		d.keys(s, "right")
	}
	d.keys(s, "left", "right", "home", "end")
	if got := env.Progress.Scores("before"); len(got) != 1 || got[0].Right != 2 || got[0].Of != 3 || !strings.Contains(d.flat(), "T1: 2 of 2, T2: 0 of 1") {
		t.Errorf("kept are %v: %s", got, d.flat())
	}
	if _, ok := env.Progress.Last("T1.q1"); ok {
		t.Error("an answer of the test is kept as one of the lesson")
	}
	// Taken again on the way, the first result stays.
	env.Progress.Score("before", 3, 3)
	if name, kept := testRow(env); name != onTheWay || kept != "first 2 of 3, last 3 of 3" {
		t.Errorf("the course says %s: %s", name, kept)
	}
	for _, l := range env.Course.Lessons {
		env.Progress.Finish(l.ID, false)
	}
	d, s = seriesDrive(t, env, after)
	d.answerAll(s)
	if got := env.Progress.Scores("after"); len(got) != 1 || got[0].Right != 3 || !strings.Contains(d.flat(), "The first time, with other questions, it was 2 of 3.") {
		t.Errorf("kept are %v: %s", got, d.flat())
	}
	d.key("esc")
	d.soon()
	if !strings.Contains(d.flat(), "last time 3 of 3") {
		t.Errorf("home says %s", d.flat())
	}
}

// TestTestIsMixed: a test has at most twelve questions, as many of each lesson as
// of the next, but for one, and none twice.
func TestTestIsMixed(t *testing.T) {
	course := loaded(t, builtIn)
	for range 20 {
		seen, by := map[string]bool{}, map[string]int{}
		for _, b := range testBlocks(course) {
			seen[lessons.ID(b)] = true
			by[lessonOf(lessons.ID(b))]++
		}
		if len(seen) != testItems {
			t.Fatalf("%d different questions", len(seen))
		}
		for _, l := range course.Lessons {
			if n := by[l.ID]; n < testItems/len(course.Lessons) && n < len(l.Quizzes()) {
				t.Errorf("%s has %d of %v", l.ID, n, by)
			}
		}
	}
}

// TestShuffled: alone, a quiz is shuffled anew each time, and what is chosen is
// what stands there; a prediction stands in the order of the file.
func TestShuffled(t *testing.T) {
	orders := map[string]bool{}
	for range 40 {
		d, s := toyDrive(t, "T1.3")
		q := s.sheet().questions[0]
		orders[fmt.Sprint(q.order)] = true
		screen := strings.Split(ansi.Strip(d.screen()), "\n")
		for i, o := range q.order {
			want := fmt.Sprintf("%d  %s", i+1, q.texts[o])
			if !strings.Contains(strings.Join(screen, "\n"), want) {
				t.Fatalf("%q is not on the screen", want)
			}
		}
		d.keys(s, "2", "enter")
		if want := q.order[1]; q.chosen != want {
			t.Fatalf("2 has chosen %d, not %d", q.chosen, want)
		}
		if a, _ := d.app.env.Progress.Last("T1.q1"); a.Option != q.order[1]+1 {
			t.Fatalf("kept is %+v of %v", a, q.order)
		}
	}
	if len(orders) < 3 {
		t.Errorf("forty times, and the orders are %v", orders)
	}
	_, s := toyDrive(t, "T1.2")
	if got := fmt.Sprint(s.sheet().questions[0].order); got != "[0 1 2]" {
		t.Errorf("a prediction stands as %s", got)
	}
}

// TestSeriesIsNotPresented: what comes of a series is kept, so nobody presents
// one; p says so.
func TestSeriesIsNotPresented(t *testing.T) {
	for _, kind := range []seriesKind{review, testOut, before} {
		env := toyEnv(t)
		d, s := seriesDrive(t, env, kind)
		d.keys(s, "p")
		if s.staged() || !strings.Contains(d.flat(), "p presents a lesson") {
			t.Errorf("a series of kind %d: staged %v, %s", kind, s.staged(), d.flat())
		}
	}
}

// TestLongReview: a review of more questions than a window has columns shows its
// title and the number of the page.
func TestLongReview(t *testing.T) {
	env := toyEnv(t)
	var blocks []lessons.Block
	for range 100 {
		blocks = append(blocks, env.Course.Lessons[0].Questions()[1])
	}
	d := newDrive(t, 60, 18, env, NewCourse(env), newReview(env, blocks))
	d.soon()
	head, _, _ := strings.Cut(ansi.Strip(d.screen()), "\n")
	if !strings.Contains(head, "Review") || !strings.Contains(head, "page 1 of 101") {
		t.Errorf("the head is %q", head)
	}
}

// TestLateAnswer: an answer that is decided when the learner has gone on already
// does not turn the page under their eyes.
func TestLateAnswer(t *testing.T) {
	d, s := seriesDrive(t, toyEnv(t), before)
	s.sheet().questions[0].highlight(1)
	decide := s.answer()
	d.key("right")
	d.send(decide())
	if s.at != 1 || s.sheets[0].questions[0].state != decided {
		t.Errorf("page %d is shown", s.at+1)
	}
	d.keys(s, "1", "enter")
	s.sheet().questions[0].highlight(1)
	decide = s.answer() // of the last one
	d.key("right")
	d.send(decide())
	d.calm(s)
	if n := len(s.env.Progress.Scores("before")); n != 1 || strings.Contains(d.flat(), "not answered") {
		t.Errorf("%d scores are kept: %s", n, d.flat())
	}
}
