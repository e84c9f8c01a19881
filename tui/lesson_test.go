package tui

import (
	"maps"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/labs/wire"
	"tlstutor/lessons"
)

// flat is what is on the screen, its lines joined.
func (d *drive) flat() string {
	d.t.Helper()
	return strings.Join(strings.Fields(ansi.Strip(d.screen())), " ")
}

// TestSpaceAsksOnce: on an open question the first space says what the second
// does; the second goes on without an answer, which is kept as watched.
func TestSpaceAsksOnce(t *testing.T) {
	for place, id := range map[string]string{"T1.2": "T1.p1", "T1.3": "T1.q1"} {
		d, s := toyDrive(t, place, "space")
		q := s.sheet().questions[0]
		if !strings.Contains(d.app.line, "1-3 to ") || !strings.Contains(d.app.line, "space again") || q.state != asked {
			t.Errorf("%s: the first space says %q, and the question is in state %d", id, d.app.line, q.state)
		}
		d.keys(s, "2", "space") // who chooses has not been asked yet
		if q.state != asked || !strings.Contains(d.app.line, "space again") {
			t.Errorf("%s: a space after a choice says %q", id, d.app.line)
		}
		if _, ok := d.app.env.Progress.Last(id); ok {
			t.Errorf("%s is kept before it is decided", id)
		}
		d.keys(s, "space")
		a, ok := d.app.env.Progress.Last(id)
		if q.state != decided || q.chosen != watched || !ok || !a.Watched || a.Right {
			t.Errorf("%s: after two spaces %d, %d, kept as %+v %v", id, q.state, q.chosen, a, ok)
		}
		want := map[string]string{"T1.p1": "You watched; the run says: In the clear", "T1.q1": "It is: A hello"}[id]
		if !strings.Contains(d.flat(), want) || !strings.Contains(d.flat(), "comes back in two days") {
			t.Errorf("%s: the screen is %s", id, d.flat())
		}
		if d.app.env.asked != 0 {
			t.Errorf("%s counts as answered", id)
		}
		if n, _ := d.app.env.Progress.Soon(); n != 1 {
			t.Errorf("%s: %d questions come back", id, n)
		}
	}
}

// ways are what enter, o, e, y and the keys of every screen open, after keys that
// lead there.
var ways = []struct {
	place string
	keys  []string
	open  string
}{
	{"T1.1", []string{"tab"}, "enter"},               // the run
	{"T1.1", []string{"tab", "tab"}, "enter"},        // a term
	{"T1.1", []string{"tab", "tab", "tab"}, "enter"}, // a value
	{"T1.1", []string{"shift+tab"}, "enter"},         // a fact
	{"T1.1", []string{"tab", "tab"}, "o"},
	{"T1.2", []string{"2"}, "o"},
	{"T1.2", []string{"2", "i"}, "/"},
	{"T1.2", []string{"2", "enter", "tab"}, "e"},
	{"T1.2", []string{"1", "enter", "tab", "tab", "tab"}, "enter"},
	{"T1.3", []string{"1", "enter", "space", "tab"}, "enter"}, // a question that was gone on from
	{"T1.4", []string{"2", "tab", "y"}, "y"},
	{"T1.5", nil, "enter"}, // the sentence, which is highlighted
	{"T1.1", []string{"tab"}, "?"},
	{"T1.1", []string{"tab"}, ":"},
}

// TestEscReturns: one esc leads back from whatever was opened: to the same page,
// stop and line, on the very same screen.
func TestEscReturns(t *testing.T) {
	for _, way := range ways {
		for _, size := range [][2]int{{60, 18}, {80, 24}, {140, 42}} {
			d, s := toyDrive(t, way.place, way.keys...)
			d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			d.app.line = ""
			before, focus := d.screen(), s.sheet().focus
			d.key(way.open)
			d.soon()
			if d.app.top() == Screen(s) {
				t.Errorf("%v: %s opens nothing", way, way.open)
				continue
			}
			d.key("esc")
			d.soon()
			d.app.line = ""
			if d.app.top() != Screen(s) || s.sheet().focus != focus || d.screen() != before {
				t.Errorf("%v at %v: esc leads to another screen:\n%s\nit was\n%s", way, size, ansi.Strip(d.screen()), ansi.Strip(before))
			}
		}
	}
}

// TestEscKeepsTheLine: on a page that had to be scrolled, esc leads back to the
// same line.
func TestEscKeepsTheLine(t *testing.T) {
	d, s := lessonDrive(t, 60, 18, courseEnv(t, loaded(t, builtIn), "", nil), "P1.1")
	for range 40 { // down to a value that is not on the first screen
		if at := s.sheet().stopAt(); s.sheet().scroll > 0 && at != nil && at.part.Kind == lessons.Quote {
			break
		}
		d.keys(s, "tab")
	}
	before, scroll := d.screen(), s.sheet().scroll
	if scroll == 0 {
		t.Fatal("the page does not scroll")
	}
	d.key("enter")
	d.soon()
	if _, ok := d.app.top().(*labScreen); !ok {
		t.Fatalf("enter opens %T", d.app.top())
	}
	d.key("esc")
	d.soon()
	if d.screen() != before || s.sheet().scroll != scroll {
		t.Errorf("esc leads to line %d, not %d:\n%s", s.sheet().scroll, scroll, ansi.Strip(d.screen()))
	}
	d.keys(s, "right", "left")
	if s.sheet().scroll != 0 {
		t.Error("a page that is turned to does not begin at its top")
	}
}

// TestEscOnDoneLesson: what was opened over the course leads back to the row it
// was opened from, also when that lesson is done.
func TestEscOnDoneLesson(t *testing.T) {
	env := toyEnv(t)
	env.Progress.Finish("T1", false)
	d := homeDrive(t, env, "home")
	before := d.screen()
	if !strings.Contains(ansi.Strip(before), "open T1") {
		t.Fatalf("the first lesson is not highlighted:\n%s", ansi.Strip(before))
	}
	for _, k := range []string{"?", "/", ":"} {
		d.key(k)
		d.soon()
		d.key("esc")
		d.soon()
		if d.screen() != before {
			t.Errorf("after %s and esc:\n%s", k, ansi.Strip(d.screen()))
		}
	}
}

// TestToDo: what a lesson that is done leads on to is the first that is not, wherever
// it stands, as on the screen of the course.
func TestToDo(t *testing.T) {
	env := courseEnv(t, loaded(t, builtIn), "", nil)
	all := env.Course.Lessons
	for _, l := range all {
		if l.ID != "P3" && l.ID != "H5" {
			env.Progress.Finish(l.ID, false)
		}
	}
	for _, c := range []struct{ left, next string }{{"P2", "P3"}, {"H5", "P3"}, {"P3", "H5"}, {"O2", "P3"}} {
		s := &lessonScreen{env: env, lesson: env.Course.Find(c.left)}
		if next := s.toDo(); next == nil || next.ID != c.next {
			t.Errorf("%s leads on to %v, and not to %s", c.left, next, c.next)
		}
	}
	env.Progress.Finish("P3", false)
	if s := (&lessonScreen{env: env, lesson: env.Course.Find("H5")}); s.toDo() != nil {
		t.Error("the last of all leads on to another lesson")
	}
}

// TestLeaves: esc out of a lesson leads to its own row, from wherever it was opened.
func TestLeaves(t *testing.T) {
	d, _ := lessonDrive(t, 80, 24, courseEnv(t, loaded(t, builtIn), "", nil), "H1.3")
	d.key("esc")
	d.soon()
	c := d.app.top().(*courseScreen)
	if r := c.rows[c.at]; r.lesson == nil || r.lesson.ID != "H1" || !strings.Contains(d.flat(), "enter go on with H1.3") {
		t.Errorf("the highlighted row is %q:\n%s", r.text, d.screen())
	}
}

// TestOpenedAtSentence: a page that is opened from outside has its sentence highlighted as
// one that is turned to, so that enter does what it says. The size comes late there.
func TestOpenedAtSentence(t *testing.T) {
	env := courseEnv(t, loaded(t, builtIn), "", nil)
	p, err := env.Course.Place("H1.9")
	if err != nil {
		t.Fatal(err)
	}
	d := &drive{t: t, app: New(env, true, NewCourse(env), NewLesson(env, p.Lesson, p.N)), msgs: make(chan tea.Msg, 1<<12)}
	d.run(d.app.Init())
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	d.soon()
	if flat := d.flat(); !strings.Contains(flat, "enter write it down") {
		t.Errorf("enter does not write the sentence:\n%s", d.screen())
	}
}

// predictions are those of a course.
func predictions(c *lessons.Course) []*lessons.Predict {
	var all []*lessons.Predict
	for _, l := range c.Lessons {
		for _, b := range l.Questions() {
			if p, ok := b.(*lessons.Predict); ok {
				all = append(all, p)
			}
		}
	}
	return all
}

// TestNoLeak: while a prediction is open, o opens the page's own run, before the
// change that is asked about; afterwards it opens the run that decided.
func TestNoLeak(t *testing.T) {
	course := loaded(t, builtIn)
	for _, p := range predictions(course) {
		_, page := course.Question(p.ID)
		d, s := lessonDrive(t, 140, 42, courseEnv(t, course, "", nil), page.Place())
		q := s.sheet().open(false)
		if q == nil || q.id != p.ID {
			t.Fatalf("%s is not the first question on its page", p.ID)
		}
		if s.side != nil && s.sideOf != s.sheet().run {
			t.Errorf("%s: beside the open question stands another run than the page's", p.ID)
		}
		if s.sheet().run == nil {
			if d.key("o"); d.app.top() != Screen(s) || d.app.line == "" {
				t.Errorf("%s: o opens something before there is a run", p.ID)
			}
		} else {
			checkOpens(t, d, s, *page.Lab(), s.sheet().run.events)
		}
		right, _ := outcomes(t, p)
		d.answerWith(s, right[0])
		checkOpens(t, d, s, p.Lab, q.ran.events)
	}
}

// checkOpens presses o: the lab is that of a block, with its settings and the
// very events, and esc leads back.
func checkOpens(t *testing.T, d *drive, s *lessonScreen, block lessons.Lab, events []labs.Event) {
	t.Helper()
	d.key("o")
	d.soon()
	lab, ok := d.app.top().(*labScreen)
	if !ok {
		t.Fatalf("%s: o opens %T", s.place(), d.app.top())
	}
	want, err := lab.lab.Settings(labs.Settings(block.Settings))
	if err != nil {
		t.Fatal(err)
	}
	if lab.lab.Name != block.Name || len(lab.runs) != 1 || len(lab.cur().events) != len(events) || &lab.cur().events[0] != &events[0] {
		t.Errorf("%s: o opens %s with %d runs, or another run", s.place(), lab.lab.Name, len(lab.runs))
	}
	for k, v := range want {
		if lab.set[k] != v {
			t.Errorf("%s: o opens it with %s=%s, not %s", s.place(), k, lab.set[k], v)
		}
	}
	d.key("esc")
	d.soon()
}

// TestEvidence: e leads from every prediction to bytes of the run that decided
// it: to a field that the lesson looks at or the option was judged by, or to the
// record that ended the handshake.
func TestEvidence(t *testing.T) {
	course := loaded(t, builtIn)
	for _, p := range predictions(course) {
		_, page := course.Question(p.ID)
		d, s := lessonDrive(t, 140, 42, courseEnv(t, course, "", nil), page.Place())
		if d.key("e"); d.app.top() != Screen(s) {
			t.Errorf("%s: e opens something before it is decided", p.ID)
		}
		right, wrong := outcomes(t, p)
		d.answerWith(s, wrong[0])
		q := s.sheet().questions[0]
		d.key("e")
		d.soon()
		lab, ok := d.app.top().(*labScreen)
		if !ok || lab.rec() == nil || lab.fields.Selected() == nil || d.app.line == "" {
			t.Fatalf("%s: e opens %T, and says %q", p.ID, d.app.top(), d.app.line)
		}
		var deciding []any
		for _, path := range append(evident(q), slices.Collect(maps.Keys(p.Options[right[0]].When))...) {
			if _, f, ok := labs.Lookup(q.ran.events, path); ok && f != nil {
				deciding = append(deciding, f)
			}
		}
		if lab.focus == bytesPane && !slices.Contains(deciding, any(lab.fields.Selected())) {
			t.Errorf("%s: e leads to %s, which decides nothing", p.ID, lab.fields.Selected().Name)
		}
		holds := func(f any) bool {
			return slices.ContainsFunc(lab.messages(), func(m *wire.Field) bool { return any(m) == f }) ||
				lab.rec() != nil && within(lab.rec().Event.Tree, f) // a finding
		}
		if lab.focus == wirePane && lab.sel != q.ran.end.Rec && !slices.ContainsFunc(deciding, holds) {
			t.Errorf("%s: e leads to record %d, which decides nothing", p.ID, lab.sel)
		}
	}
}

// within reports whether a field is a tree, or is in it.
func within(tree *wire.Field, f any) bool {
	return any(tree) == f || slices.ContainsFunc(tree.Kids, func(k *wire.Field) bool { return within(k, f) })
}

// TestSaidOnce: what an underline means is said on one page only, and a language
// that was chosen stays chosen, also for another day.
func TestSaidOnce(t *testing.T) {
	dir := t.TempDir()
	env := courseEnv(t, loaded(t, toyCourse), dir, nil)
	d, s := lessonDrive(t, 80, 24, env, "T1.1")
	const said = "(underlined: values of your run"
	if !strings.Contains(d.flat(), said) {
		t.Error("the first page with a value does not say what underlines mean")
	}
	if d.keys(s, "right"); strings.Contains(d.flat(), said) {
		t.Error("the second page says so again")
	}
	if d.keys(s, "left"); !strings.Contains(d.flat(), said) {
		t.Error("back on the first page it is not said any more")
	}
	d.keys(s, "end", "left", "2")
	if !strings.Contains(d.flat(), `print("python")`) {
		t.Errorf("2 does not show Python: %s", d.flat())
	}
	env.Progress.Close()
	d, s = lessonDrive(t, 80, 24, courseEnv(t, loaded(t, toyCourse), dir, nil), "T1.1")
	if strings.Contains(d.flat(), said) {
		t.Error("on another day it is said again")
	}
	if d.keys(s, "end", "left"); !strings.Contains(d.flat(), `print("python")`) {
		t.Error("the language is not kept")
	}
}

// TestQuitLine: what is printed at the end names the place, what was done, and
// as many connections as were made.
func TestQuitLine(t *testing.T) {
	d := homeDrive(t, toyEnv(t))
	if got := d.app.Farewell(); got != "Go on: tlstutor\n0 connections made, 0 closed, nothing left running.\n" {
		t.Errorf("at home it says %q", got)
	}
	d, s := toyDrive(t, "T1.1")
	if got := d.app.Farewell(); !strings.HasPrefix(got, "Saved at T1.1, page 1 of 5.\nGo on: tlstutor        Straight here: tlstutor open T1.1\n1 connection made, 1 closed") {
		t.Errorf("after one run it says %q", got)
	}
	d.keys(s, "right", "1", "enter", "right", "1", "enter")
	got := d.app.Farewell()
	for _, want := range []string{"Saved at T1.3, page 3 of 5. 2 questions answered in this sitting, ", "tlstutor open T1.3\n", "3 connections made, 3 closed, nothing left running."} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %q: %q", want, got)
		}
	}
	d.key("ctrl+c")
	d.until("it has quit", func() bool { return d.quit })
}
