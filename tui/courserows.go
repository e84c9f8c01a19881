package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tlstutor/lessons"
)

// This file is what stands in the rows of the course, and what enter does there.

// lessonRow is a lesson: whether it is done, how long it takes, how far it is.
func (s *courseScreen) lessonRow(l *lessons.Lesson) row {
	p, g := s.env.Progress, s.env.Theme.Glyphs
	page := p.Page(l.ID)
	tested, done := p.Finished(l.ID)
	r := row{id: l.ID, text: l.Title, lesson: l, mark: "·", word: "begin " + l.ID, right: fmt.Sprintf("%3d min", l.Minutes)}
	r.enter = func() tea.Cmd { return s.env.push(NewLesson(s.env, l, max(1, p.Page(l.ID)))) }
	// The last answer counts: a review may have mended one.
	right, of := 0, 0
	for _, q := range l.Questions() {
		of++
		if a, ok := p.Last(lessons.ID(q)); ok && a.Right {
			right++
		}
	}
	switch {
	// It was tested out of, and perhaps never read.
	case done && tested:
		r.mark, r.word = g.Check, "read "+l.ID
		r.right += "  tested out"
	case done:
		r.mark, r.word = g.Check, "open "+l.ID
		r.right += fmt.Sprintf("  %d of %d right", right, of)
		// Who comes back to a lesson that is done reads it from the beginning.
		r.enter = func() tea.Cmd { return s.env.push(NewLesson(s.env, l, 1)) }
	// Read to its last page and still not done: questions were passed over.
	case page == len(l.Pages):
		r.mark, r.word = g.Right, fmt.Sprintf("go on with %s.%d", l.ID, page)
		r.right += "  " + stillOpen(p, l)
	case page > 0:
		r.mark, r.word = g.Right, fmt.Sprintf("go on with %s.%d", l.ID, page)
		r.right += fmt.Sprintf("  page %d of %d", page, len(l.Pages))
	}
	// A hint only: every lesson can be opened at any time.
	var lacks []string
	for _, id := range l.Needs {
		if _, ok := p.Finished(id); !ok {
			lacks = append(lacks, id)
		}
	}
	if len(lacks) > 0 && page == 0 && !done {
		r.right += "  after " + strings.Join(lacks, ", ")
	}
	return r
}

// stillOpen says which questions keep a lesson that was read from being done.
func stillOpen(p *lessons.Progress, l *lessons.Lesson) string {
	// Places rather than questions: that is what one can go to.
	var places []string
	for _, page := range l.Pages {
		for _, b := range page.Blocks {
			if id := lessons.ID(b); id != "" {
				if _, ok := p.Last(id); !ok && !slices.Contains(places, page.Place()) {
					places = append(places, page.Place())
				}
			}
		}
	}
	if len(places) == 0 {
		return "read"
	}
	if len(places) > 2 {
		return fmt.Sprintf("questions open on %d pages", len(places))
	}
	return "question open: " + strings.Join(places, ", ")
}

// pageRows are the pages of a lesson, and the way out of it by its questions.
func (s *courseScreen) pageRows(l *lessons.Lesson) []row {
	var rows []row
	for _, p := range l.Pages {
		rows = append(rows, row{id: p.Place(), text: p.Title, dim: true, lesson: l, page: p.N, word: "open " + p.Place(),
			enter: func() tea.Cmd { return s.env.push(NewLesson(s.env, l, p.N)) }})
	}
	if n := len(l.Quizzes()); n > 0 {
		rows = append(rows, row{text: fmt.Sprintf("Know it already? Test out: %d questions, no reading", n), dim: true, lesson: l, word: "test out of " + l.ID,
			enter: func() tea.Cmd { return s.env.push(newTestOut(s.env, l)) }})
	}
	return rows
}

// otherRows are what else there is: review, the test, labs, the glossary.
func (s *courseScreen) otherRows() []row {
	var rows []row
	closed := s.env.Theme.Glyphs.Closed
	add := func(text, right, word string, enter func() tea.Cmd) {
		rows = append(rows, row{mark: closed, text: text, right: right, word: word, enter: enter})
	}
	if s.due > 0 {
		add("Review", plural(s.due, "question")+" came back", "review", func() tea.Cmd { return s.env.push(newReview(s.env, s.dueQuestions())) })
	}
	// With nothing due the row stays, and says when something will be.
	if n, first := s.env.Progress.Soon(); s.due == 0 && n > 0 {
		add("Review", fmt.Sprintf("%d waiting, from %s", n, first.Format("2 January")), "see what comes back", func() tea.Cmd {
			return say(fmt.Sprintf("what was missed or passed over comes back after 2, 7 and 21 days: %d waiting, first on %s", n, first.Format("2 January")))
		})
	}
	// A course without quizzes has no test.
	text, right := testRow(s.env)
	if text != "" {
		add(text, right, "take the test", func() tea.Cmd { return s.env.push(newTest(s.env)) })
	}
	add("Labs on their own", "turn knobs, break things", "open the labs", func() tea.Cmd { return s.env.push(NewList(s.env)) })
	add("Glossary", fmt.Sprintf("%d words", len(s.env.Course.Glossary.All())), "open the glossary", func() tea.Cmd { return s.env.push(newSearch(s.env, "glossary")) })
	return rows
}
