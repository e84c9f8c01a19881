package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/lessons"
	"tlstutor/tui/theme"
)

// A courseScreen is home: the lessons in their modules, how far the learner is,
// and what else there is.
type courseScreen struct {
	env  *Env
	at   int             // the highlighted row
	open *lessons.Lesson // the one whose pages are shown, or nil

	rows []row // as they were made last
	due  int   // how many questions came back
}

// A row is one line of the course that can be chosen.
type row struct {
	title  bool   // a module's: it cannot be chosen
	blank  bool   // nothing stands here
	text   string // what is chosen
	mark   string // before it
	id     string // of a lesson, or a place
	right  string // what stands behind it
	dim    bool   // it belongs to the lesson above it
	lesson *lessons.Lesson
	page   int // of the lesson, from 1; 0 in the lesson's own row
	enter  func() tea.Cmd
	word   string // what enter does, for the footer
}

// NewCourse returns the screen that everything is reached from.
func NewCourse(env *Env) Screen {
	// No row yet: make then chooses where the learner would go on.
	return &courseScreen{env: env, at: -1}
}

// name is what a screen above says it leads back to.
func (s *courseScreen) name() string { return "course" }

// Open highlights what the learner would go on with.
func (s *courseScreen) Open() tea.Cmd {
	s.make()
	return nil
}

// Nothing was started.
func (s *courseScreen) Close() tea.Cmd { return nil }

// Idle answers for keys that need a lesson under them.
func (s *courseScreen) Idle(k string) string {
	switch {
	case k == "p":
		return "p presents a lesson: choose one first"
	// These keys do something on other rows, so each says what it lacks here.
	case k == "right" && s.rows[s.at].lesson != nil:
		return "→ shows the pages of a lesson: these are shown already"
	case k == "right":
		return "→ shows the pages of a lesson: choose one first"
	case k == "left":
		return "← folds the pages of a lesson: none are shown"
	case k == "esc":
		return "this is home: q quits, all is saved"
	case k == "space":
		return "space goes on inside a lesson; here enter opens one"
	}
	return ""
}

// make makes the rows anew, and keeps the place among them.
func (s *courseScreen) make() {
	// Rows come and go, so the place is kept by what stands there.
	key := ""
	if s.at >= 0 && s.at < len(s.rows) {
		key = s.rows[s.at].id + s.rows[s.at].text
	}
	if s.open != nil { // the course may be another one now
		s.open = s.env.Course.Find(s.open.ID)
	}
	s.due = len(s.dueQuestions())
	s.rows = nil
	for _, m := range s.env.Course.Modules {
		s.rows = append(s.rows, row{title: true, text: m.Title})
		for _, l := range m.Lessons {
			s.rows = append(s.rows, s.lessonRow(l))
			// Pages of one lesson at a time, so that the course stays in view.
			if s.open == l {
				s.rows = append(s.rows, s.pageRows(l)...)
			}
		}
		s.rows = append(s.rows, row{blank: true})
	}
	s.rows = append(s.rows, s.otherRows()...)
	s.at = s.goOn()
	for i, r := range s.rows {
		if key != "" && r.id+r.text == key {
			s.at = i
		}
	}
}

// leaves highlights the lesson that was left, from wherever it was opened; out of one
// that is done the way leads on to the next.
func (s *courseScreen) leaves(l *lessons.Lesson) {
	if _, done := s.env.Progress.Finished(l.ID); done {
		s.at = -1
		return
	}
	for i, r := range s.rows {
		if r.lesson == l && !r.dim {
			s.at = i
		}
	}
}

// goOn returns the row that a learner would choose next: the lesson they are in
// or, when that is done, the first that is not.
func (s *courseScreen) goOn() int {
	id, _ := s.env.Progress.Place()
	first := -1
	for i, r := range s.rows {
		if r.lesson == nil || r.dim {
			continue
		}
		_, done := s.env.Progress.Finished(r.lesson.ID)
		if r.lesson.ID == id && !done {
			return i
		}
		if first < 0 && !done {
			first = i
		}
	}
	if first < 0 { // all is done: what comes after the lessons
		for i, r := range s.rows {
			if r.enter != nil && r.lesson == nil {
				return i
			}
		}
	}
	return max(first, s.firstRow())
}

// firstRow is the first that can be chosen.
func (s *courseScreen) firstRow() int {
	for i, r := range s.rows {
		if r.enter != nil {
			return i
		}
	}
	return 0
}

// dueQuestions are those that came back, and are still in the course.
func (s *courseScreen) dueQuestions() []lessons.Block {
	var all []lessons.Block
	for _, id := range s.env.Progress.Due() {
		// An answer may be to a question that the course no longer has.
		if b, _ := s.env.Course.Question(id); b != nil {
			all = append(all, b)
		} else if b := s.env.Course.Saying(id); b != nil {
			all = append(all, b)
		}
	}
	return all
}

// actions choose a row and open it.
func (s *courseScreen) actions() actions {
	a := actions{}
	at := s.rows[s.at]
	if at.enter != nil {
		a = append(a, act([]string{"enter"}, "enter", at.word, at.enter))
	}
	a = append(a,
		act([]string{"up"}, "↑↓", "choose", s.move(-1)),
		hush(act([]string{"down"}, "↓", "the next", s.move(1))),
		hush(act([]string{"pgup", "home"}, "home", "the first", s.move(-1<<20))),
		hush(act([]string{"pgdown", "end"}, "end", "the last", s.move(1<<20))),
	)
	if at.lesson != nil && s.open != at.lesson {
		a = append(a, act([]string{"right"}, "→", "its pages", func() tea.Cmd { s.open = at.lesson; s.make(); return nil }))
	}
	if s.open != nil {
		a = append(a, act([]string{"left"}, "←", "fold", s.fold))
	}
	if at.lesson != nil {
		a = append(a, one("p", "present to a room", func() tea.Cmd { return s.present(at) }))
	}
	return append(a, one("q", "quit", func() tea.Cmd { return s.env.pop(s) }))
}

// fold hides the pages that are shown, and goes back to their lesson.
func (s *courseScreen) fold() tea.Cmd {
	l := s.open
	s.open = nil
	s.make()
	for i, r := range s.rows {
		if r.lesson == l {
			s.at = i
			break
		}
	}
	return nil
}

// present opens a lesson on stage.
func (s *courseScreen) present(at row) tea.Cmd {
	// From the row of a lesson it begins at the first page.
	l := NewLesson(s.env, at.lesson, max(1, at.page)).(*lessonScreen)
	l.shows = true
	return s.env.push(l)
}

// move highlights the row that lies by rows away, among those that can be
// chosen.
func (s *courseScreen) move(by int) func() tea.Cmd {
	return func() tea.Cmd {
		// Rows that cannot be chosen are stepped over, and do not count.
		step := 1
		if by < 0 {
			step, by = -1, -by
		}
		for i := s.at + step; i >= 0 && i < len(s.rows) && by > 0; i += step {
			if s.rows[i].enter != nil {
				s.at = i
				by--
			}
		}
		return nil
	}
}

// ShortHelp and FullHelp list the keys.
func (s *courseScreen) ShortHelp() []key.Binding  { return s.actions().ShortHelp() }
func (s *courseScreen) FullHelp() [][]key.Binding { return s.actions().FullHelp() }

// Update takes keys and clicks, and shows what was done elsewhere.
func (s *courseScreen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return s.actions().press(msg)
	case backMsg:
		if read, ok := msg.left.(*lessonScreen); ok && read.follows() && !read.shows && s.open == nil {
			s.leaves(read.lesson)
		}
		s.make()
	// The marks in the rows depend on all of these.
	case keptMsg, decidedMsg, courseMsg, themed:
		s.make()
	case clickMsg:
		switch m := msg.Msg.(type) {
		case pickMsg:
			if i := int(m); i < len(s.rows) && s.rows[i].enter != nil {
				// The first click highlights, the second opens, as enter would.
				if s.at == i {
					return s.rows[i].enter()
				}
				s.at = i
			}
		case notchMsg:
			return s.move(int(m))()
		}
	}
	return nil
}

// View draws the rows that fit, around the highlighted one.
func (s *courseScreen) View(w, h int) (string, []Hit) {
	t := s.env.Theme
	lines := []string{s.head(w), ""}
	room := h - len(lines)
	from := inSight(s.at, len(s.rows), room)
	hits := []Hit{{Y: 2, W: w, H: room, Wheel: func(by int) tea.Msg { return notchMsg(by) }}}
	// A wide window gets a margin: lines of more than 96 cells are hard to follow.
	left := max(1, min((w-96)/2, 30))
	for i := from; i < len(s.rows) && i < from+room; i++ {
		hits = append(hits, Hit{Y: len(lines), W: w, H: 1, Click: func(_, _ int) tea.Msg { return pickMsg(i) }})
		lines = append(lines, theme.Fit("", left)+s.row(t, i, min(w-left, 96)))
	}
	if below := len(s.rows) - from - room; below > 0 {
		// This line takes the place of one, which counts as hidden as well.
		lines[len(lines)-1] = theme.Fit("", left) + "     " + t.Quiet.Render(plural(below+1, "line")+" more ↓")
	}
	return strings.Join(lines, "\n"), hits
}

// row draws one row.
func (s *courseScreen) row(t *theme.Theme, i, w int) string {
	r := s.rows[i]
	switch {
	case r.blank:
		return ""
	case r.title:
		return " " + t.Strong.Render(r.text)
	}
	mark := t.Dim.Render(r.mark)
	if r.mark == t.Glyphs.Check {
		mark = t.Good.Render(r.mark)
	} else if r.mark == t.Glyphs.Right {
		mark = t.Client.Render(r.mark)
	}
	head := "   " + mark + " "
	if r.id != "" {
		head += t.Dim.Render(fmt.Sprintf("%-3s", r.id)) + " "
	}
	if r.dim { // a page, below its lesson
		head = "         "
		if r.id != "" {
			head += t.Dim.Render(fmt.Sprintf("%-5s", r.id))
		}
	}
	right := r.right
	// The right column is 24 cells wide, and wider only in a row that needs it.
	wide := max(12, w-ansi.StringWidth(head)-max(24, ansi.StringWidth(right))-3)
	if r.dim {
		wide = max(12, w-ansi.StringWidth(head)-2)
	}
	text := theme.Fit(r.text, wide)
	switch {
	case i == s.at:
		text = t.Selected.Render(text)
	case r.dim:
		text = t.Dim.Render(text)
	default:
		text = t.Text.Render(text)
	}
	return head + text + "  " + t.Dim.Render(right)
}

// head is the program's name, and how much of the course is done.
func (s *courseScreen) head(w int) string {
	t := s.env.Theme
	done := 0
	for _, l := range s.env.Course.Lessons {
		if _, ok := s.env.Progress.Finished(l.ID); ok {
			done++
		}
	}
	all := len(s.env.Course.Lessons)
	left := " " + t.Title.Render("tlstutor") + "   " + t.Dim.Render(s.env.Course.Title)
	// Here for as long as it is so: a message at the start is soon forgotten.
	if err := s.env.Progress.Kept(); err != nil {
		left += "   " + t.Bad.Render("progress is not kept")
	}
	count := fmt.Sprintf(" %d of %d ", done, all)
	const bar = 16 // cells
	full := 0
	if all > 0 {
		full = bar * done / all
	}
	right := t.Good.Render(strings.Repeat(t.Glyphs.Bar, full)) + t.Border.Render(strings.Repeat(t.Glyphs.Bar, bar-full)) + t.Dim.Render(count)
	return theme.Fit(left, w-bar-ansi.StringWidth(count)) + right
}
