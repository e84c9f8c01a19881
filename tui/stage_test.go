package tui

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/lessons"
	"tlstutor/tui/theme"
)

// cues notes what an instructor is told.
type cues []*Cue

// stageDrive is a drive on a page that is presented, and what was told.
func stageDrive(t *testing.T, env *Env, place string) (*drive, *lessonScreen, *cues) {
	t.Helper()
	var told cues
	env.Tell = func(c *Cue) { told = append(told, c) }
	d, s := lessonDrive(t, 80, 24, env, place)
	d.keys(s, "p")
	return d, s, &told
}

// TestStageShowsOneIdea: on stage each space shows one block more, options stand
// in the order of the file, and the next page begins with one block again.
func TestStageShowsOneIdea(t *testing.T) {
	course := loaded(t, builtIn)
	for _, l := range course.Lessons {
		d, s, _ := stageDrive(t, courseEnv(t, course, "", nil), l.Pages[0].Place())
		for _, p := range l.Pages {
			if s.place() != p.Place() {
				t.Fatalf("space leads to %s, not to %s", s.place(), p.Place())
			}
			for n := 1; n <= len(p.Blocks); n++ {
				if got := len(s.sheet().visible(true)); got != n {
					t.Fatalf("%s: %d blocks are shown, not %d", p.Place(), got, n)
				}
				if q := s.sheet().open(true); q != nil {
					if !slices.IsSorted(q.order) {
						t.Errorf("%s: on stage the options are shuffled: %v", q.id, q.order)
					}
					d.answerWith(s, n%len(q.texts))
					if got := len(s.sheet().visible(true)); got != n {
						t.Errorf("%s: an answer shows %d blocks, not %d", q.id, got, n)
					}
					if strings.Contains(d.flat(), "comes back in two days") {
						t.Errorf("%s: on stage nothing comes back: %s", q.id, d.flat())
					}
				}
				d.keys(s, "space")
			}
		}
	}
}

// TestStageKeepsNothing: whatever is done on stage, the file is as it was; the
// learner's own pages, answers and theme come back.
func TestStageKeepsNothing(t *testing.T) {
	for _, end := range []string{"p", "esc", "q", "ctrl+c"} {
		dir := t.TempDir()
		env := courseEnv(t, loaded(t, toyCourse), dir, nil)
		d, s, told := stageDrive(t, env, "T1.2")
		d.keys(s, "p", "2", "enter") // the learner's own answer
		kept := file(t, dir)
		_, before, _ := strings.Cut(ansi.Strip(d.screen()), "\n") // below the head, which knows where one was
		d.keys(s, "p")
		if env.Theme.Name != theme.Stage || !strings.Contains(d.flat(), "presenting") || strings.Contains(d.flat(), "You said") {
			t.Errorf("presenting, the theme is %s: %s", env.Theme.Name, d.flat())
		}
		d.keys(s, "space", "space", "1", "enter", "right", "space", "space", "space", "1", "enter", "space", "2", "enter")
		d.key(end)
		d.soon()
		d.screen() // also while the program ends
		wrote := strings.TrimPrefix(file(t, dir), kept)
		if wrote != "" {
			t.Errorf("%s: presenting has written %q", end, wrote)
		}
		if env.Theme.Name != theme.Dark || len(*told) == 0 || (*told)[len(*told)-1] != nil {
			t.Errorf("%s: afterwards the theme is %s, and the last that was told is %v", end, env.Theme.Name, (*told)[len(*told)-1])
		}
		if d.app.Fatal != nil {
			t.Errorf("%s: %v", end, d.app.Fatal)
		}
		if end != "p" {
			continue
		}
		d.keys(s, "home", "right")
		d.app.line = ""
		if !strings.HasSuffix(ansi.Strip(d.screen()), before) {
			t.Errorf("after p the screen is\n%s\nit was\n%s", ansi.Strip(d.screen()), before)
		}
	}
}

// file is what a folder's progress holds.
func file(t *testing.T, dir string) string {
	t.Helper()
	b, err := os.ReadFile(lessons.ProgressFile(dir, "toy"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestStageTells: the instructor hears of each page once it is shown: what to
// say, what comes next, and how long it was to take so far.
func TestStageTells(t *testing.T) {
	_, s, told := stageDrive(t, toyEnv(t), "T1.1")
	var planned time.Duration
	for i, p := range s.lesson.Pages {
		s.turnTo(i)
		c := (*told)[len(*told)-1]
		planned += time.Duration(p.Reckon() * float64(time.Minute))
		next := ""
		if i+1 < len(s.lesson.Pages) {
			next = s.lesson.Pages[i+1].Title
		}
		if c.Place != p.Place() || c.Title != p.Title || c.Notes != p.Speaker || c.Next != next || c.Page != i+1 || c.Of != 5 || (c.Planned-planned).Abs() > time.Second || c.Began.IsZero() {
			t.Errorf("on %s it is told %+v", p.Place(), *c)
		}
	}
}

// changed is the toy course with a text in a file replaced.
func changed(t *testing.T, file, was, now string) *lessons.Course {
	t.Helper()
	files := toyFiles()
	text := string(files[file].Data)
	if !strings.Contains(text, was) {
		t.Fatalf("%s does not hold %q", file, was)
	}
	files[file] = &fstest.MapFile{Data: []byte(strings.Replace(text, was, now, 1))}
	return loaded(t, loading(files))
}

// TestReload takes a course that its author has changed into every screen, and
// keeps the one there was where it cannot be read.
func TestReload(t *testing.T) {
	d, s := toyDrive(t, "T1.5")
	c := changed(t, "lessons/T1-first.md", "The last words", "Other last words")
	d.send(reloadMsg{course: c})
	d.calm(s)
	if !strings.Contains(d.flat(), "Other last words") || d.app.line != "the course was read anew" {
		t.Errorf("a page that was changed: %s", d.flat())
	}
	text := string(toyFiles()["lessons/T1-first.md"].Data)
	cut := strings.Index(text, "## A prediction")
	d.send(reloadMsg{course: changed(t, "lessons/T1-first.md", text[cut:], "")})
	d.calm(s)
	if s.place() != "T1.1" || !strings.Contains(d.flat(), "page 1 of 1") {
		t.Errorf("a page that is gone: %s", d.flat())
	}
	before := body(d)
	_, err := lessons.Load(fstest.MapFS{})
	d.send(reloadMsg{err: err})
	d.soon()
	if body(d) != before || !strings.Contains(d.app.line, "course.yaml") || strings.Contains(d.app.line, "\n") {
		t.Errorf("a course that cannot be read: %q", d.app.line)
	}
	d.key("esc")
	d.soon()
	if !strings.Contains(d.flat(), "T1") {
		t.Errorf("home after that: %s", d.flat())
	}
}

// TestPresentFromHome: p at home presents at once; where the learner was is as it
// was, also in the file.
func TestPresentFromHome(t *testing.T) {
	dir := t.TempDir()
	env := courseEnv(t, loaded(t, toyCourse), dir, nil)
	env.Progress.Visit("T1", 4)
	d := homeDrive(t, env)
	before, row := file(t, dir), d.app.top().(*courseScreen).at
	d.key("p")
	d.soon()
	s, ok := d.app.top().(*lessonScreen)
	if !ok || !s.staged() || s.place() != "T1.1" || env.Theme.Name != theme.Stage {
		t.Fatalf("p opens %T", d.app.top())
	}
	d.keys(s, "space", "space")
	d.key("p")
	d.soon()
	if home, ok := d.app.top().(*courseScreen); !ok || home.at != row || env.Theme.Name != theme.Dark {
		t.Errorf("p again leads to %T, in the theme %s", d.app.top(), env.Theme.Name)
	}
	d.key("ctrl+c")
	d.soon()
	if wrote := strings.TrimPrefix(file(t, dir), before); wrote != "" {
		t.Errorf("presenting has written %q", wrote)
	}
	if said := d.app.Farewell(); strings.Contains(said, "Saved") {
		t.Errorf("nothing was saved, and it says %q", said)
	}
}

// TestReloadSnippet: code that has changed is shown as it is now.
func TestReloadSnippet(t *testing.T) {
	d, s := toyDrive(t, "T1.4")
	d.send(reloadMsg{course: changed(t, "snippets/a.go", "package main", "package other")})
	d.calm(s)
	if !strings.Contains(d.flat(), "package other") {
		t.Errorf("after the change: %s", d.flat())
	}
}

// TestReloadOnStage: the course changes while it is presented; the end of the
// presentation finds the pages there are now.
func TestReloadOnStage(t *testing.T) {
	for _, now := range []string{"", "## A page\n\nOne.\n\n## A page more\n\nTwo.\n\n## The last words"} {
		d, s, _ := stageDrive(t, toyEnv(t), "T1.5")
		was := "## The last words"
		if now == "" {
			text := string(toyFiles()["lessons/T1-first.md"].Data)
			was = text[strings.Index(text, "## A prediction"):]
		}
		d.send(reloadMsg{course: changed(t, "lessons/T1-first.md", was, now)})
		d.calm(s)
		d.keys(s, "end", "p", "end", "home")
		if !strings.Contains(d.flat(), "A run and its words") || d.app.env.Theme.Name != theme.Dark {
			t.Errorf("after the presentation: %s", d.flat())
		}
	}
}

// TestReloadAtHome: a lesson whose pages were unfolded has its new pages, and
// can be folded; one that is gone leaves a row that can be chosen.
func TestReloadAtHome(t *testing.T) {
	d := homeDrive(t, toyEnv(t), "right", "down")
	d.send(reloadMsg{course: changed(t, "lessons/T1-first.md", "The last words", "Other last words")})
	d.soon()
	if !strings.Contains(d.flat(), "Other last words") {
		t.Errorf("the pages are not the new ones: %s", d.flat())
	}
	d.key("left")
	d.soon()
	if strings.Contains(d.flat(), "Other last words") || !strings.Contains(d.flat(), "→ its pages") {
		t.Errorf("the pages do not fold: %s", d.flat())
	}
	files := toyFiles()
	delete(files, "lessons/T1-first.md")
	files["course.yaml"] = &fstest.MapFile{Data: []byte("id: toy\ntitle: A toy course\nmodules:\n  - {title: The second half, lessons: [T2]}\n")}
	text := string(files["lessons/T2-second.md"].Data)
	files["lessons/T2-second.md"] = &fstest.MapFile{Data: []byte(strings.Replace(text, "needs: [T1]", "needs: []", 1))}
	d.send(reloadMsg{course: loaded(t, loading(files))})
	d.soon()
	for _, k := range []string{"home", "right", "down", "left", "end", "up"} {
		d.key(k)
		d.screen()
	}
	d.key("home")
	d.key("enter")
	d.soon()
	if s, ok := d.app.top().(*lessonScreen); !ok || s.lesson.ID != "T2" {
		t.Errorf("enter opens %T", d.app.top())
	}
}

// TestReloadSearch: a search that is open finds what the course has now.
func TestReloadSearch(t *testing.T) {
	d := homeDrive(t, toyEnv(t), "/")
	d.send(reloadMsg{course: changed(t, "lessons/T1-first.md", "The last words", "Other last words")})
	d.soon()
	for _, r := range "other last" {
		d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	if !strings.Contains(d.flat(), "Other last words") {
		t.Errorf("it finds %s", d.flat())
	}
	d.key("enter")
	d.soon()
	if s, ok := d.app.top().(*lessonScreen); !ok || s.place() != "T1.5" || s.lesson != d.app.env.Course.Lessons[0] {
		t.Errorf("it opens %T", d.app.top())
	}
}

// TestSearchNothing: where nothing is found, nothing is counted.
func TestSearchNothing(t *testing.T) {
	d := homeDrive(t, toyEnv(t), "/", "q", "q", "z", "z")
	if !strings.Contains(d.flat(), "0 of 0") {
		t.Errorf("it says %s", d.flat())
	}
}

// TestWelcomeCloses: once the first screen is closed, nothing that it began goes
// on.
func TestWelcomeCloses(t *testing.T) {
	s := NewWelcome(toyEnv(t)).(*welcome)
	run, ended := s.Open(), make(chan struct{})
	go func() {
		run()
		close(ended)
	}()
	s.Close()()
	select {
	case <-ended:
	case <-time.After(time.Second): // the run has ended, its goroutine may need a moment
		t.Error("the handshake goes on after the screen is closed")
	}
}
