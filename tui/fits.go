package tui

import (
	"context"
	"fmt"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs/pki"
	"tlstutor/lessons"
	"tlstutor/tui/theme"
)

// Fits returns what says of a page of the course why it is larger than a window
// of 80x24 has room for, or nil: at every stage, that is with each question
// open, and with each way it can be answered. It makes the page's runs.
func Fits(ctx context.Context, course *lessons.Course, keys *pki.Keyring) func(*lessons.Page) error {
	env := &Env{Ctx: ctx, Keys: keys, Alone: true, Course: course, Progress: lessons.OpenProgress("", course.ID, nil), Theme: theme.New(theme.Dark, false)}
	env.prose = theme.NewProse(env.Theme)
	return func(p *lessons.Page) error {
		s := newSheet(p, false)
		if l := p.Lab(); l != nil {
			s.run = perform(ctx, env.options(true), *l, 1)
		}
		for {
			if err := s.measure(env, pageHeight); err != nil {
				return err
			}
			q := s.open(false)
			if q == nil {
				if !s.more(false) {
					return nil
				}
				continue
			}
			if err := s.answers(ctx, env, q); err != nil {
				return err
			}
		}
	}
}

// answers measures the page with the hint to the open question, and with every
// answer to it.
func (s *sheet) answers(ctx context.Context, env *Env, q *question) error {
	q.hinted = true
	if err := s.measure(env, windowRows); err != nil {
		return fmt.Errorf("%w, with the hint of %s shown", err, q.id)
	}
	q.hinted = false
	if p := q.predicts(); p != nil {
		q.decide(perform(ctx, env.options(true), p.Lab, 1))
	}
	q.state = decided
	for q.chosen = watched; q.chosen < len(q.texts); q.chosen++ {
		if err := s.measure(env, pageHeight); err != nil {
			return fmt.Errorf("%w, with %s answered", err, q.id)
		}
	}
	q.chosen = watched
	return nil
}

// windowRows is how many lines of a page a window of 24 rows shows, below the head
// and above the footer.
const windowRows = 21

// measure reports why the page as it stands is too large for that many rows.
func (s *sheet) measure(env *Env, rows int) error {
	l := lay(env, s, pageWidth, mode{returns: true})
	for _, line := range l.lines {
		if n := ansi.StringWidth(line); n > pageWidth {
			return fmt.Errorf("a line of it is %d columns wide; there is room for %d", n, pageWidth)
		}
	}
	if n := len(l.lines); n > rows {
		return fmt.Errorf("it is %d lines high; there is room for %d", n, rows)
	}
	return nil
}
