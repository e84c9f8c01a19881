package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"tlstutor/lessons"
	"tlstutor/tui/theme"
)

// walkSizes are the windows the course is walked in.
var walkSizes = [][2]int{{80, 24}, {120, 40}}

// A walker is a learner in front of a terminal: by keys alone, or by the mouse
// alone. They know no more than what stands on the screen.
type walker struct {
	*term
	mouse bool
	dir   string // where progress is kept
	wrong string // the prediction that is answered wrongly
	shots int    // pictures so far
}

// sits opens the program for a learner, as main does.
func (w *walker) sits(t *testing.T, size [2]int) {
	env := courseEnv(t, loaded(t, builtIn), w.dir, nil)
	screens := []Screen{NewCourse(env)}
	if env.Progress.Fresh() {
		screens = append(screens, NewWelcome(env))
	}
	w.term = start(t, size[0], size[1], env, true, screens...)
}

// picture keeps the screen, where CI wants it.
func (w *walker) picture(name string) {
	w.t.Helper()
	dir := os.Getenv("TLSTUTOR_PICTURES")
	w.shots++
	if dir == "" {
		return
	}
	how := map[bool]string{true: "mouse", false: "keys"}[w.mouse]
	file := fmt.Sprintf("walk-%s-%dx%d-%03d-%s.svg", how, w.e.Width(), w.e.Height(), w.shots, name)
	if err := os.WriteFile(filepath.Join(dir, file), []byte(svg(w.cells())), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// turns goes on: to the next question of a page, or to the next page.
func (w *walker) turns() {
	w.t.Helper()
	if w.mouse {
		w.click("enter go on")
	} else {
		w.press("space")
	}
}

// finishes leaves the last page of a lesson for the course, where the next one is
// highlighted.
func (w *walker) finishes(l, next *lessons.Lesson) {
	w.t.Helper()
	w.on(l.Pages[len(l.Pages)-1])
	if w.mouse {
		w.click("esc course")
		w.wait("enter begin " + next.ID)
		return
	}
	w.press("space")
	w.wait(fmt.Sprintf("%s is done; %s is next", l.ID, next.ID))
}

// does presses a key, or clicks on its word in the footer.
func (w *walker) does(key, word string) {
	w.t.Helper()
	if w.mouse {
		w.click(key + " " + word)
	} else {
		w.press(key)
	}
}

// on waits for a page.
func (w *walker) on(p *lessons.Page) {
	w.t.Helper()
	w.until("the page is "+p.Place(), func() bool {
		text := w.text()
		return strings.Contains(text, fmt.Sprintf("page %d of %d", p.N, len(p.Lesson.Pages))) && strings.Contains(text, " "+p.Place()+" ")
	})
}

// word keeps the letters and digits of a text, and the dots of names.
func word(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' {
			return r
		}
		return -1
	}, s)
}

// optionLine is a line of an open question, in its box: its number, and how it
// begins.
var optionLine = regexp.MustCompile(`^[^│]*│ +›? *([1-9])  ([^│]*)│`)

// option finds an option on the screen by its text.
func (w *walker) option(t lessons.Text) (number string, y int) {
	w.t.Helper()
	want := word(t.String())
	w.until("the option is on the screen: "+t.String(), func() bool {
		for row, line := range strings.Split(w.text(), "\n") {
			if m := optionLine.FindStringSubmatch(line); m != nil && word(m[2]) != "" && strings.HasPrefix(want, word(m[2])) {
				number, y = m[1], row
				return true
			}
		}
		return false
	})
	return number, y
}

// answers chooses an option of a question, and locks it in.
func (w *walker) answers(b lessons.Block, option int) {
	w.t.Helper()
	q := newQuestion(b, false)
	number, y := w.option(q.texts[option])
	w.picture(q.id)
	lock := "lock in " + number
	if w.mouse {
		w.clickAt(8, y)
		w.wait(lock)
		w.click(lock)
	} else {
		w.press(number)
		w.wait(lock)
		w.press("enter")
	}
	w.wait("You said: ")
	w.gone(lock)
	w.picture(q.id + "-decided")
}

// reads goes through a page to its end: each question is answered, rightly but
// for one.
func (w *walker) reads(p *lessons.Page) {
	w.t.Helper()
	w.on(p)
	waits := func() { // until its values are there, and move nothing any more
		if sh := newSheet(p, false); p.Lab() != nil && sh.due() && !sh.hides() {
			w.wait("o open in the lab")
		}
	}
	waits()
	asked := 0
	for _, b := range p.Blocks {
		if lessons.ID(b) == "" {
			continue
		}
		if asked++; asked > 1 {
			w.turns()
		}
		right, wrong := outcomes(w.t, b)
		if lessons.ID(b) == w.wrong {
			w.answers(b, wrong[0])
			w.wait("comes back in two")
			continue
		}
		w.answers(b, right[0])
	}
	w.picture(p.Place())
}

// takes reads a lesson from a page on to its last one.
func (w *walker) takes(l *lessons.Lesson, from int) {
	w.t.Helper()
	for _, p := range l.Pages[from-1:] {
		w.reads(p)
		if p.N < len(l.Pages) {
			w.turns()
		}
	}
}

// leaves quits, and checks what is said then.
func (w *walker) leaves(at *lessons.Page) {
	w.t.Helper()
	if w.mouse {
		w.click("esc course")
		w.wait("q quit")
		w.clickLast("q quit")
	} else {
		w.press("ctrl+c")
	}
	w.until("the program has ended", func() bool {
		select {
		case <-w.done:
			return true
		default:
			return false
		}
	})
	said := w.app.Farewell()
	if !w.mouse && !strings.Contains(said, fmt.Sprintf("Saved at %s, page %d of %d.", at.Place(), at.N, len(at.Lesson.Pages))) {
		w.t.Errorf("at the end it says %q", said)
	}
	if !strings.Contains(said, "nothing left running") || w.app.Fatal != nil {
		w.t.Errorf("at the end it says %q, %v", said, w.app.Fatal)
	}
	w.app.env.Progress.Close()
}

// begins is the first start: a line of one's own on the wire, or straight to the
// course.
func (w *walker) begins() {
	w.t.Helper()
	w.wait("127.0.0.1:")
	w.wait("Type something a stranger should not read")
	w.picture("welcome")
	first := w.app.env.Course.Lessons[0]
	if w.mouse {
		w.click("esc straight to the course")
		w.wait("begin " + first.ID)
		w.picture("course")
		w.click("enter begin " + first.ID)
		return
	}
	w.write("my secret line")
	w.wait("my secret line")
	w.press("enter")
	w.wait("In the clear")
	w.wait("my secret line")
	w.wait("your words are not")
	w.picture("heard")
	w.press("enter")
}

// TestCourseWalk takes a learner from the first start to the last page of the
// last lesson, by keys alone and by mouse alone, with a wrong and right
// predictions. In the middle they quit, and come back to where they were.
func TestCourseWalk(t *testing.T) {
	course := loaded(t, builtIn)
	for _, size := range walkSizes {
		for _, mouse := range []bool{false, true} {
			t.Run(fmt.Sprintf("mouse=%v,%dx%d", mouse, size[0], size[1]), func(t *testing.T) {
				w := &walker{mouse: mouse, dir: t.TempDir(), wrong: "F1.p1"}
				w.sits(t, size)
				w.begins()
				w.takes(course.Lessons[0], 1)
				for i, l := range course.Lessons[1:] {
					w.finishes(course.Lessons[i], l)
					w.wait(fmt.Sprintf("%d of %d", i+1, len(course.Lessons)))
					w.picture("course-" + l.ID)
					if mouse {
						w.click(l.Title) // which is highlighted: one click opens it
					} else {
						w.press("enter")
					}
					if i == 0 {
						w.interrupted(t, size, l)
					} else {
						w.takes(l, 1)
					}
				}
				last := course.Lessons[len(course.Lessons)-1]
				w.on(last.Pages[len(last.Pages)-1])
				w.leaves(last.Pages[len(last.Pages)-1])
				checkWalked(t, w, course)
			})
		}
	}
}

// interrupted reads a lesson, and leaves and comes back on the page of its first
// question: the course opens where it was left, and the answer still stands.
func (w *walker) interrupted(t *testing.T, size [2]int, l *lessons.Lesson) {
	w.t.Helper()
	_, at := w.app.env.Course.Question(lessons.ID(l.Questions()[0]))
	for _, p := range l.Pages[:at.N] {
		w.reads(p)
		if p != at {
			w.turns()
		}
	}
	w.leaves(at)
	w.sits(t, size)
	w.wait("go on with " + at.Place())
	w.picture("course-again")
	w.does("enter", "go on with "+at.Place())
	w.on(at)
	w.wait("You said: ")
	w.picture(at.Place() + "-again")
	w.turns()
	w.takes(l, at.N+1)
}

// checkWalked reads what was kept: every question is answered, as it was
// answered on the screen, and every lesson is done.
func checkWalked(t *testing.T, w *walker, course *lessons.Course) {
	t.Helper()
	p := lessons.OpenProgress(w.dir, course.ID, nil)
	defer p.Close()
	for _, l := range course.Lessons {
		if tested, done := p.Finished(l.ID); !done || tested {
			t.Errorf("%s is not done", l.ID)
		}
		for _, b := range l.Questions() {
			a, ok := p.Last(lessons.ID(b))
			if !ok || a.Right != (lessons.ID(b) != w.wrong) || a.Watched {
				t.Errorf("%s is kept as %+v, %v", lessons.ID(b), a, ok)
			}
		}
	}
	if got := p.Page(course.Lessons[len(course.Lessons)-1].ID); got != len(course.Lessons[len(course.Lessons)-1].Pages) {
		t.Errorf("the last page is kept as %d", got)
	}
}

// TestSidesteps opens what leads elsewhere on the way, by keys: a value of the
// run in the bytes, a term, the run, the evidence. Each esc leads back to the
// very screen.
func TestSidesteps(t *testing.T) {
	for _, size := range walkSizes {
		env := courseEnv(t, loaded(t, builtIn), "", nil)
		p, err := env.Course.Place("H1.2")
		if err != nil {
			t.Fatal(err)
		}
		s := start(t, size[0], size[1], env, true, NewCourse(env), NewLesson(env, p.Lesson, p.N))
		right, _ := outcomes(t, p.Lesson.Questions()[0])
		w := &walker{term: s}
		w.on(p)
		w.answers(p.Lesson.Questions()[0], right[0])
		s.press("e")
		s.wait("decided it")
		s.press("esc")
		s.wait("You said: ")
		s.press("o")
		s.wait("esc H1.2")
		s.press("esc")
		s.wait("esc course")
		for range len(p.Blocks) + 20 {
			s.press("tab", "enter")
			s.until("something has opened", func() bool { return strings.Contains(s.text(), "esc H1.2") || strings.Contains(s.text(), "page 3 of") })
			if strings.Contains(s.text(), "page 3 of") {
				return // behind the last stop enter goes on
			}
			s.press("esc")
			s.wait("esc course")
		}
		t.Error("tab has no end")
	}
}

// TestFirstStartAscii checks that the switch that the first screen names works
// there, where letters are text, and is kept.
func TestFirstStartAscii(t *testing.T) {
	env := courseEnv(t, loaded(t, builtIn), "", nil)
	s := start(t, 80, 24, env, true, NewCourse(env), NewWelcome(env))
	s.wait(theme.New(theme.Dark, false).Glyphs.Check)
	s.press("ctrl+g")
	s.wait("plain ASCII")
	s.gone(theme.New(theme.Dark, false).Glyphs.Check)
	s.until("it is kept", func() bool { return env.Progress.Pref("ascii") == "yes" })
	s.press("esc")
	s.wait("begin F1")
}
