package tui

import (
	"errors"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"tlstutor/lessons"
)

// reloadMsg is what became of looking whether the course has changed.
type reloadMsg struct {
	course *lessons.Course // nil when it has not
	err    error           // why what is there now cannot be read
}

// reloadTime is how often an author's files are looked at.
const reloadTime = 500 * time.Millisecond

// watch looks once whether the course has changed, a moment from now.
func (a *App) watch() tea.Cmd {
	reload := a.env.Reload
	if reload == nil {
		return nil
	}
	return tea.Tick(reloadTime, func(time.Time) tea.Msg {
		c, err := reload()
		return reloadMsg{c, err}
	})
}

// reloaded takes what was found, and looks again.
func (a *App) reloaded(m reloadMsg) tea.Cmd { return tea.Batch(a.watch(), a.renewed(m)) }

// renewed takes a course that has changed into all screens. One that cannot be
// read changes nothing: the author reads the mistake below the page as it was.
func (a *App) renewed(m reloadMsg) tea.Cmd {
	switch {
	case m.err != nil:
		return say(cleanLine(oneMistake(m.err)))
	case m.course != nil:
		a.env.Course = m.course
		return tea.Batch(a.all(courseMsg{}), say("the course was read anew"))
	}
	return nil
}

// oneMistake is an error in a line: of mistakes the first, and how many more there
// are.
func oneMistake(err error) string {
	var bad lessons.Mistakes
	if !errors.As(err, &bad) || len(bad) == 0 {
		return err.Error()
	}
	text := bad[0].Error()
	if n := len(bad) - 1; n > 0 {
		text += fmt.Sprintf(" (and %d more)", n)
	}
	return text
}

// courseMsg says that the course is another one now.
type courseMsg struct{}

// renew puts the lesson as it is now in the place of the one that is open; its
// runs and answers begin anew.
func (s *lessonScreen) renew() tea.Cmd {
	l := s.env.Course.Find(s.lesson.ID)
	if l == nil || s.series != nil || len(l.Pages) == 0 {
		return nil
	}
	s.lesson, s.sheets = l, make([]*sheet, len(l.Pages))
	if s.staged() {
		s.stage.sheets = make([]*sheet, len(l.Pages))
	}
	return s.turnTo(min(s.at, len(l.Pages)-1))
}
