package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"tlstutor/tui/theme"
)

// A stage is a lesson being presented: one idea at a time, in the theme for
// projectors, with the options in the order of the file. Nothing that is
// answered on it is kept.
type stage struct {
	began  time.Time
	before *theme.Theme // what the learner had
	chosen bool         // by name, so that the terminal's background does not decide
	sheets []*sheet     // theirs, which come back
}

// A Cue is what an instructor is told of the page on the screen.
type Cue struct {
	Place   string        `json:"place"`   // "H1.3"
	Title   string        `json:"title"`   // of the page
	Notes   string        `json:"notes"`   // what to say
	Next    string        `json:"next"`    // the title of the next page, or ""
	Page    int           `json:"page"`    // from 1
	Of      int           `json:"of"`      // how many pages
	Began   time.Time     `json:"began"`   // when the presentation did
	Planned time.Duration `json:"planned"` // up to the end of this page
}

// present begins to present the lesson, or ends it: that leads back to where it
// began. A page that was shown to a room is not where the learner is, until one
// turns to another.
func (s *lessonScreen) present() tea.Cmd {
	switch {
	case s.staged() && s.shows:
		return tea.Batch(s.env.pop(s), say("no longer presenting: nothing of it is kept"))
	case s.staged():
		return tea.Batch(s.unstage(), s.show(s.at), say("no longer presenting: your own answers are back"))
	}
	app := s.env.app
	s.stage = &stage{began: time.Now(), before: s.env.Theme, chosen: app.chosen, sheets: s.sheets}
	s.sheets = make([]*sheet, len(s.lesson.Pages))
	app.chosen = true
	app.retheme(s.env.Theme.Named(theme.Stage))
	return tea.Batch(s.turnTo(s.at), app.all(themed{}), say("presenting: space shows the next idea, p ends it; nothing is kept"))
}

// unstage ends the presentation, if there is one.
func (s *lessonScreen) unstage() tea.Cmd {
	st := s.stage
	if st == nil {
		return nil
	}
	s.stage, s.sheets = nil, st.sheets
	app := s.env.app
	app.chosen = st.chosen
	app.retheme(s.env.Theme.Named(st.before.Name))
	if s.env.Tell != nil {
		s.env.Tell(nil)
	}
	return app.all(themed{})
}

// tell gives the instructor's notes of the page to who listens. Tell never waits,
// so it is called here, where the pages are in order.
func (s *lessonScreen) tell() tea.Cmd {
	tell := s.env.Tell
	if !s.staged() || tell == nil {
		return nil
	}
	p := s.lesson.Pages[s.at]
	c := &Cue{Place: p.Place(), Title: p.Title, Notes: p.Speaker, Page: p.N, Of: len(s.lesson.Pages), Began: s.stage.began}
	for _, x := range s.lesson.Pages[:p.N] {
		c.Planned += time.Duration(x.Reckon() * float64(time.Minute))
	}
	if p.N < len(s.lesson.Pages) {
		c.Next = s.lesson.Pages[p.N].Title
	}
	tell(c)
	return nil
}
