package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/lessons"
)

// TestMarkIsKept: the mark of an answer is on the screen only after it is in the
// file. Each step is made by hand: the key, the run, the news of it.
func TestMarkIsKept(t *testing.T) {
	for place, key := range map[string]string{"T1.2": "answer T1.p1", "T1.3": "answer T1.q1"} {
		dir := t.TempDir()
		env := courseEnv(t, loaded(t, toyCourse), dir, nil)
		d, s := lessonDrive(t, 80, 24, env, place)
		d.keys(s, "2")
		marked := func() bool { return strings.ContainsAny(below(d), "✓✗") || strings.Contains(below(d), "You said") }
		_, cmd := d.app.Update(typed("enter"))
		if marked() || strings.Contains(file(t, dir), key) {
			t.Errorf("%s: before the run there is a mark or a line:\n%s", place, below(d))
		}
		msgs := outcome(t, cmd)
		if !strings.Contains(file(t, dir), key) {
			t.Errorf("%s: the news of an answer comes before it is in the file", place)
		}
		if marked() {
			t.Errorf("%s: the mark comes before its news", place)
		}
		for _, m := range msgs {
			d.send(m)
		}
		if !marked() {
			t.Errorf("%s: there is no mark:\n%s", place, below(d))
		}
	}
}

// below is the screen under its head, where marks of pages stand.
func below(d *drive) string {
	_, text, _ := strings.Cut(ansi.Strip(d.screen()), "\n")
	return text
}

// outcome runs a command to its end, and returns the messages.
func outcome(t *testing.T, cmd tea.Cmd) []tea.Msg {
	t.Helper()
	if cmd == nil {
		return nil
	}
	switch m := cmd().(type) {
	case nil:
		return nil
	case tea.BatchMsg:
		var all []tea.Msg
		for _, c := range m {
			all = append(all, outcome(t, c)...)
		}
		return all
	default:
		return []tea.Msg{m}
	}
}

// TestEveryMarkIsKept goes through the lessons of the course and looks into the
// file each time a mark is on the screen.
func TestEveryMarkIsKept(t *testing.T) {
	course := loaded(t, builtIn)
	dir := t.TempDir()
	env := courseEnv(t, course, dir, nil)
	for _, l := range course.Lessons {
		d, s := lessonDrive(t, 80, 24, env, l.Pages[0].Place())
		for s.at < len(l.Pages)-1 {
			q := s.sheet().open(false)
			if q == nil {
				d.keys(s, "space")
				continue
			}
			d.key(numbered(t, s, 0))
			d.key("enter")
			d.until("there is a mark", func() bool { return strings.ContainsAny(below(d), "✓✗") && q.state == decided })
			b, err := os.ReadFile(lessons.ProgressFile(dir, course.ID))
			if err != nil || !strings.Contains(string(b), `"answer `+q.id+`"`) {
				t.Errorf("the mark of %s is on the screen, and not in the file: %v", q.id, err)
			}
			d.calm(s)
		}
		if _, done := env.Progress.Finished(l.ID); !done {
			t.Errorf("%s is not done on its last page", l.ID)
		}
	}
}

// TestNothingKept: where the folder is a file, or gone, each head says that
// progress is not kept; everything else is as it was, but for promises.
func TestNothingKept(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, []byte("not a folder"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{"a file": blocked, "a folder in a file": filepath.Join(blocked, "state"), "none": ""} {
		env := newEnv(t, "dark", false)
		env.Course, env.Progress = loaded(t, toyCourse), lessons.OpenProgress(dir, "toy", nil)
		d := homeDrive(t, env)
		if !strings.Contains(d.flat(), "progress is not kept") {
			t.Errorf("%s: home does not say so: %s", name, d.flat())
		}
		d.key("enter")
		s := d.app.top().(*lessonScreen)
		d.calm(s)
		d.keys(s, "right", "1", "enter")
		text := d.flat()
		for _, want := range []string{"progress is not kept", "You said: Sealed", "comes back in two days"} {
			if strings.Contains(text, want) == (want == "comes back in two days") {
				t.Errorf("%s: %q: %s", name, want, text)
			}
		}
		d.keys(s, "right", "1", "enter", "space", "1", "enter", "right", "2", "right")
		d.keys(s, "tab", "space")
		if text := d.flat(); !strings.Contains(text, "T1 is done") || !strings.Contains(text, "1 of 2") {
			t.Errorf("%s: home after the lesson: %s", name, text)
		}
		if got := d.app.Farewell(); strings.Contains(got, "Saved") {
			t.Errorf("%s: at the end it says %q", name, got)
		}
	}
	if b, err := os.ReadFile(blocked); err != nil || string(b) != "not a folder" {
		t.Errorf("the file in the way is %q, %v", b, err)
	}
}

// TestNoLongerKept: the file goes away in the middle. The answer says so, the
// head as well, and what is shown is the answer all the same.
func TestNoLongerKept(t *testing.T) {
	dir := t.TempDir()
	env := courseEnv(t, loaded(t, toyCourse), dir, nil)
	d, s := lessonDrive(t, 80, 24, env, "T1.3")
	path := lessons.ProgressFile(dir, "toy")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	d.answerWith(s, 0)
	text := d.flat()
	for _, want := range []string{"progress is not kept", "You said: A hello", "not kept: "} {
		if !strings.Contains(text, want) {
			t.Errorf("the screen does not say %q: %s", want, text)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	d.keys(s, "space")
	d.answerWith(s, 0)
	if text := d.flat(); strings.Contains(text, "not kept") {
		t.Errorf("it can be kept again: %s", text)
	}
	for _, key := range []string{"answer T1.q1", "answer T1.q2"} {
		if !strings.Contains(file(t, dir), key) {
			t.Errorf("%s is not in the file, which is back", key)
		}
	}
}

// TestTwoAtOnce: two programs on one file lose nothing of each other, and each
// shows what the other had done when it kept something itself.
func TestTwoAtOnce(t *testing.T) {
	dir := t.TempDir()
	one, sOne := lessonDrive(t, 80, 24, courseEnv(t, loaded(t, toyCourse), dir, nil), "T1.3")
	two, sTwo := lessonDrive(t, 80, 24, courseEnv(t, loaded(t, toyCourse), dir, nil), "T1.2")
	one.answerWith(sOne, 1)
	two.answerWith(sTwo, 1)
	one.keys(sOne, "space")
	one.answerWith(sOne, 0)
	two.keys(sTwo, "right")
	if text := two.flat(); !strings.Contains(text, "✗ T1.q1 What comes first?") {
		t.Errorf("the second does not show what was answered in the first: %s", text)
	}
	one.keys(sOne, "left")
	p := lessons.OpenProgress(dir, "toy", nil)
	defer p.Close()
	for id, right := range map[string]bool{"T1.p1": true, "T1.q1": false, "T1.q2": true} {
		if a, ok := p.Last(id); !ok || a.Right != right {
			t.Errorf("%s is kept as %+v, %v", id, a, ok)
		}
	}
	if _, page := p.Place(); page != 2 {
		t.Errorf("the page visited last is kept as %d", page)
	}
}

// TestComesBack: on another day the course opens where it was left, and what was
// answered is as it was: a quiz with its choice, a prediction judged by a new
// run. What was only watched is asked again.
func TestComesBack(t *testing.T) {
	dir := t.TempDir()
	env := courseEnv(t, loaded(t, toyCourse), dir, nil)
	d, s := lessonDrive(t, 80, 24, env, "T1.2")
	d.answerWith(s, 0)
	d.keys(s, "right")
	d.answerWith(s, 2)
	d.keys(s, "space", "space", "space")
	env.Progress.Close()

	env = courseEnv(t, loaded(t, toyCourse), dir, nil)
	d = homeDrive(t, env)
	if !strings.Contains(d.flat(), "enter go on with T1.3") {
		t.Errorf("home does not go on where it was left: %s", d.flat())
	}
	d.key("enter")
	s = d.app.top().(*lessonScreen)
	d.calm(s)
	text := d.flat()
	if s.place() != "T1.3" || !strings.Contains(text, "✗ T1.q1 What comes first?") || !strings.Contains(text, "Who says it?") {
		t.Errorf("the page is %s: %s", s.place(), text)
	}
	if q := s.sheet().questions; q[0].state != decided || q[0].chosen != 2 || q[1].state != asked {
		t.Errorf("the questions are in states %d and %d", q[0].state, q[1].state)
	}
	before := file(t, dir)
	d.keys(s, "left")
	if text := d.flat(); !strings.Contains(text, "You said: Sealed; the run says: In the clear") {
		t.Errorf("the prediction is as it was: %s", text)
	}
	if q := s.sheet().questions[0]; q.ran == nil || q.ran.err != nil {
		t.Error("the prediction was not run again")
	}
	if wrote := strings.TrimPrefix(file(t, dir), before); strings.Contains(wrote, "answer") {
		t.Errorf("to look at an answer again has kept %q", wrote)
	}
	if env.asked != 0 {
		t.Errorf("%d questions count as answered in this sitting", env.asked)
	}
}

// TestOldAnswer: what was answered when the course was another one, with more
// options, is asked anew.
func TestOldAnswer(t *testing.T) {
	env := toyEnv(t)
	if err := env.Progress.Answer("T1.q1", 9, true); err != nil {
		t.Fatal(err)
	}
	_, s := lessonDrive(t, 80, 24, env, "T1.3")
	if q := s.sheet().open(false); q == nil || q.id != "T1.q1" {
		t.Error("an option that there is no more counts as an answer")
	}
}

// TestSentenceIsKept: a learner's own sentence is said to be kept when it is, and
// stands on the page on another day.
func TestSentenceIsKept(t *testing.T) {
	dir := t.TempDir()
	env := courseEnv(t, loaded(t, toyCourse), dir, nil)
	d, s := lessonDrive(t, 80, 24, env, "T1.5")
	d.key("enter")
	d.soon()
	d.send(tea.PasteMsg{Content: "A toy is small."})
	_, cmd := d.app.Update(typed("enter"))
	if strings.Contains(d.app.line, "kept") || strings.Contains(file(t, dir), "A toy is small") {
		t.Error("it is said to be kept before it is")
	}
	d.run(cmd)
	d.calm(s)
	if !strings.Contains(file(t, dir), "A toy is small.") || !strings.HasPrefix(d.app.line, "kept") || !strings.Contains(d.flat(), "A toy is small.") {
		t.Errorf("the line is %q, the screen %s", d.app.line, d.flat())
	}
	env.Progress.Close()
	d, s = lessonDrive(t, 80, 24, courseEnv(t, loaded(t, toyCourse), dir, nil), "T1.5")
	if !strings.Contains(d.flat(), "A toy is small.") {
		t.Errorf("on another day: %s", d.flat())
	}
	path := lessons.ProgressFile(dir, "toy")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if s.sheet().focus < 0 { // a sentence that is there is not in the way
		d.keys(s, "tab")
	}
	d.key("enter")
	d.soon()
	d.send(tea.PasteMsg{Content: " And dear."})
	d.key("enter")
	d.soon()
	if !strings.HasPrefix(d.app.line, "not kept") {
		t.Errorf("where nothing can be kept it says %q", d.app.line)
	}
}

// TestQuitWaitsForWrites: what was begun before the key that quits is written
// before the program ends, unless the disk never answers.
func TestQuitWaitsForWrites(t *testing.T) {
	env := courseEnv(t, loaded(t, toyCourse), "", nil)
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if env.kept(); time.Since(began) != 0 {
			t.Error("with nothing to write it waits")
		}
		disk := make(chan struct{})
		write := env.keeps(func(p *lessons.Progress) { <-disk; p.Keep("code", "go") })
		go write()
		time.AfterFunc(patience/2, func() { close(disk) })
		if env.kept(); env.Progress.Kept() != nil || env.Progress.Pref("code") != "go" {
			t.Error("the program ended before it was written")
		}
		env.keeps(func(*lessons.Progress) {}) // a command that is never run
		began = time.Now()
		if env.kept(); time.Since(began) != patience {
			t.Errorf("it waited %v for a disk that does not answer", time.Since(began))
		}
	})
}
