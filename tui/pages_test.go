package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/lessons"
)

// TestBarsAreDrawn keeps reversed honest: where something is highlighted it finds
// one bar, and with one more it finds two.
func TestBarsAreDrawn(t *testing.T) {
	for _, name := range []string{"course", "course page", "search hits", "lesson strip", "lesson value", "lesson predict chosen", "lesson code tabs",
		"presenting chosen", "overlay link chosen", "lab of a strip", "list"} {
		d := everyState()[name](t)
		if n := reversed(d.screen(), d.app.env.Theme); n != 1 {
			t.Errorf("%s: %d bars:\n%s", name, n, ansi.Strip(d.screen()))
		}
		two := d.screen() + "\n\n " + d.app.env.Theme.Selected.Render("one") + " " + d.app.env.Theme.Selected.Render("two")
		if n := reversed(two, d.app.env.Theme); n != 3 {
			t.Errorf("%s: with two more there are %d", name, n)
		}
	}
}

// TestPagesFit goes through every page of the course at 80x24, with each answer
// to each question, with hints, on stage, and as it is found again later: none
// has to be scrolled, and no line of it is cut.
func TestPagesFit(t *testing.T) {
	course := loaded(t, builtIn)
	for _, l := range course.Lessons {
		for _, p := range l.Pages {
			t.Run(p.Place(), func(t *testing.T) {
				t.Parallel()
				most := 0
				for _, b := range p.Blocks {
					if lessons.ID(b) != "" {
						most = max(most, len(newQuestion(b, false).texts))
					}
				}
				for option := watched; option < most; option++ {
					env := courseEnv(t, course, "", nil)
					if p.N > 1 || l != course.Lessons[0] { // it was said on the very first page
						env.Progress.Keep("underlined", "explained")
					}
					d, s := lessonDrive(t, 80, 24, env, p.Place())
					walkPage(t, d, s, option)
					d, s = lessonDrive(t, 80, 24, env, p.Place())
					checkFits(t, d, s, "as it was left")
				}
				d, s := lessonDrive(t, 80, 24, courseEnv(t, course, "", nil), p.Place())
				d.keys(s, "p")
				walkPage(t, d, s, 0)
			})
		}
	}
}

// walkPage goes to the end of a page with the same option for every question, as
// far as there is one; watched is none.
func walkPage(t *testing.T, d *drive, s *lessonScreen, option int) {
	t.Helper()
	sh := s.sheet()
	for steps := 0; ; steps++ {
		checkFits(t, d, s, fmt.Sprintf("step %d of option %d", steps, option))
		q := sh.open(s.staged())
		switch {
		case steps > 40:
			t.Fatalf("%s has no end", s.place())
		case q == nil && len(sh.visible(s.staged())) == len(sh.page.Blocks):
			writeAll(t, d, s)
			return
		case q == nil:
			d.keys(s, "space")
			continue
		}
		if len(q.hint) > 0 {
			d.keys(s, "i")
			checkFits(t, d, s, "with the hint of "+q.id)
		}
		for i := range q.order {
			d.keys(s, string(rune('1'+i)))
			checkFits(t, d, s, fmt.Sprintf("with %d chosen", i+1))
		}
		if option == watched {
			d.keys(s, "space", "space")
		} else {
			d.answerWith(s, min(option, len(q.texts)-1))
		}
		if q.state != decided {
			t.Fatalf("%s is not decided", q.id)
		}
	}
}

// writeAll writes a sentence of some length where the page asks for one.
func writeAll(t *testing.T, d *drive, s *lessonScreen) {
	t.Helper()
	for _, b := range s.sheet().page.Blocks {
		if _, ok := b.(*lessons.Say); !ok || s.staged() {
			continue
		}
		for s.sheet().stopAt() == nil || s.sheet().stopAt().kind != sayStop {
			d.keys(s, "tab")
		}
		d.key("enter")
		for _, r := range strings.Repeat("It hides what is said. ", 6) {
			d.app.top().(*prompt).insert(string(r))
		}
		d.keys(s, "enter")
		if screen := ansi.Strip(d.screen()); !strings.Contains(screen, "It hides what is said.") {
			t.Errorf("the sentence is not on the page:\n%s", screen)
		}
		checkFits(t, d, s, "with a sentence")
	}
}

// checkFits checks that all of the page that is shown so far is on the screen.
func checkFits(t *testing.T, d *drive, s *lessonScreen, when string) {
	t.Helper()
	screen := strings.Split(ansi.Strip(d.screen()), "\n")
	if n, room := len(s.sheet().laid.lines), 24-3; n > room {
		t.Errorf("%s, %s: %d lines, there is room for %d", s.place(), when, n, room)
	}
	for _, l := range s.sheet().laid.lines {
		if w := ansi.StringWidth(l); w > pageWidth {
			t.Errorf("%s, %s: a line is %d wide: %q", s.place(), when, w, ansi.Strip(l))
		}
		if text := strings.TrimRight(ansi.Strip(l), " "); text != "" && !slices.ContainsFunc(screen, func(row string) bool { return strings.Contains(row, text) }) {
			t.Errorf("%s, %s: %q is not on the screen", s.place(), when, text)
		}
	}
	if strings.Contains(strings.Join(screen, "\n"), "not in this run") {
		t.Errorf("%s, %s: a quote finds nothing:\n%s", s.place(), when, strings.Join(screen, "\n"))
	}
}
