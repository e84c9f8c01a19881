package lessons

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// A World is what Lint asks about things that a course only names: labs, their
// runs, and the words that a table of the program has. All but Fits are needed,
// and all may be called by several goroutines at once.
type World struct {
	// Check returns why there is no such lab, or why it does not take these
	// settings: what is wrong, and behind a semicolon what it takes.
	Check func(lab string, set map[string]string) error
	// Turns returns settings near these: the lab's presets, then each that is one
	// knob away.
	Turns func(lab string, set map[string]string) []map[string]string
	// Run makes a run and, when it is over, returns what answers questions about it.
	Run func(ctx context.Context, lab string, set map[string]string) (Look, error)
	// Goal reports whether the lab has that goal.
	Goal func(lab, goal string) bool
	// Knows reports whether a table has the word: a field, a message, a suite, a
	// knob, a value. It is asked after all runs were made.
	Knows func(word string) bool
	// Fits returns why a page has no room at some stage; nil where nobody draws.
	Fits func(*Page) error
}

// Bounds on a lint, since the course may be anybody's.
const (
	lintTime = 2 * time.Minute
	lintRuns = 600 // of one lesson
	lintWide = 4   // runs at once
)

// Lint checks a course by running it, and returns what is wrong, in the order of
// files and lines. Load has checked its form; here every lab is run, every quote
// and option is asked of its run, and every word is looked up.
func Lint(ctx context.Context, c *Course, w World) Mistakes {
	ctx, cancel := context.WithTimeout(ctx, lintTime)
	defer cancel()
	t := &linter{c: c, w: w, terms: newTerms(c.Glossary), snippets: map[string]bool{}}
	for _, l := range c.Lessons {
		t.runs(ctx, l)
		t.form(l)
		t.choices(l)
		for _, p := range l.Pages {
			t.page(ctx, p)
		}
	}
	t.learn()
	for _, l := range c.Lessons {
		t.words(l)
	}
	t.explained()
	if ctx.Err() != nil {
		t.bad.add("course.yaml", 1, "look whether a lab takes long, or the machine is busy", "the check was stopped: %v", context.Cause(ctx))
	}
	t.bad.sort()
	return t.bad
}

// A linter is one check of one course.
type linter struct {
	c        *Course
	w        World
	terms    *terms
	snippets map[string]bool // words that stand in a snippet of the course
	truths   sync.Map        // of a *Predict, the index of the option that its run decided for
	bad      Mistakes
}

// Bounds that a lesson keeps so that it can be taught.
const (
	leastPages    = 5
	mostPages     = 9
	leastPredicts = 2
	leastQuotes   = 2
	leastQuizzes  = 4
	minutesOff    = 2
	snippetLines  = 11
	snippetWide   = 70
)

// form checks what a lesson has to have.
func (t *linter) form(l *Lesson) {
	add := func(line int, mend, format string, args ...any) { t.bad.add(l.File, line, mend, format, args...) }
	if n := len(l.Pages); n < leastPages || n > mostPages {
		add(l.Line, fmt.Sprintf("a lesson has %d to %d", leastPages, mostPages), "pages: %d", n)
	}
	if need := l.Reckon(); need > float64(l.Minutes)+minutesOff || need < float64(l.Minutes)-minutesOff {
		add(l.minutesAt, fmt.Sprintf("write minutes: %.0f", need), "minutes: %d, but its words, questions and runs take %.1f", l.Minutes, need)
	}
	predicts, quotes, code := 0, 0, 0
	pitfalls := false
	for _, p := range l.Pages {
		pitfalls = pitfalls || strings.Contains(p.Title, "itfall")
		for _, b := range p.Blocks {
			switch b := b.(type) {
			case *Predict:
				predicts++
			case *Code:
				code++
				t.code(p, b)
			case *Prose:
				pitfalls = pitfalls || strings.Contains(b.Text.String(), "itfall")
			}
			for _, text := range Texts(b) {
				quotes += len(text.parts(Quote))
			}
		}
	}
	least := func(n, least int, what, mend string) {
		if n < least {
			add(l.Line, mend, "%s: %d, and a lesson needs %d", what, n, least)
		}
	}
	least(predicts, leastPredicts, "predictions", "add a block ```predict")
	least(quotes, leastQuotes, "quotes of a run", "say with {{path}} what the run of a page showed")
	least(len(l.Quizzes()), leastQuizzes, "quizzes", "add a block ```quiz")
	least(code, 1, "code blocks", "add a block ```code with go, python and openssl")
	if !pitfalls {
		add(l.Line, "add a page \"## Pitfalls\"", "the lesson does not name its pitfalls")
	}
	t.recap(l.Pages[len(l.Pages)-1])
}

// page checks what a page has to have.
func (t *linter) page(ctx context.Context, p *Page) {
	if len(p.Blocks) == 0 {
		t.bad.add(p.File, p.Line, "say something on it, or leave it out", "the page is empty")
		return
	}
	if p.Speaker == "" {
		t.bad.add(p.File, p.Line, "add a block ```notes with what an instructor may say", "the page has no speaker notes")
	}
	if t.w.Fits == nil || ctx.Err() != nil {
		return
	}
	if err := t.w.Fits(p); err != nil {
		t.bad.add(p.File, p.Line, "say it shorter, or make it two pages", "%v", err)
	}
}

// code checks that a snippet can be read on a page.
func (t *linter) code(p *Page, c *Code) {
	for _, s := range c.Tabs {
		lines := strings.Split(s.Shown, "\n")
		wide := slices.MaxFunc(lines, func(a, b string) int { return len([]rune(a)) - len([]rune(b)) })
		if len(lines) > snippetLines || len([]rune(wide)) > snippetWide {
			t.bad.add(p.File, c.Line, fmt.Sprintf("show at most %d lines of %d columns, between %s and %s", snippetLines, snippetWide, showFrom, showTo),
				"%s shows %d lines, the longest of %d columns", s.File, len(lines), len([]rune(wide)))
		}
	}
}
