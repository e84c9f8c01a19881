package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"tlstutor/lessons"
)

// actions is what the keys do on the page as it stands. Their order is the
// footer's.
func (s *lessonScreen) actions() actions {
	sh := s.sheet()
	var a actions
	q := sh.open(s.staged())
	switch {
	case q != nil && q.state == asked:
		a = append(a, s.choosing(q)...)
	case sh.code(s.staged()) != nil:
		a = append(a, s.tabs(sh.code(s.staged()))...)
	}
	if !sh.onOptions() || q.state != asked {
		a = append(a, s.enterKey())
	}
	a = append(a, s.walking()...)
	a = append(a, s.paging()...)
	if r := s.shownRun(); r != nil && r.lab != nil {
		a = append(a, one("o", "open in the lab", s.openRun))
	}
	if proof, _ := sh.proven(); proof != nil {
		e := one("e", "evidence", s.evidence)
		e.quiet = q != nil && q.state == asked // the next question is what is to be done
		a = append(a, e)
	}
	if q != nil && q.state == asked && len(q.hint) > 0 && !q.hinted && !s.tests() {
		a = append(a, one("i", "hint", func() tea.Cmd { q.hinted = true; return nil }))
	}
	if sh.run != nil && !sh.running && !sh.hides() {
		a = append(a, hush(one("r", "run it again", func() tea.Cmd { return s.runPage(sh) })))
	}
	if text, what := s.copyText(); text != "" {
		y := one("y", "copy "+what, s.copy)
		y.quiet = sh.code(s.staged()) == nil
		a = append(a, y)
	}
	word := "present to a room"
	if s.staged() {
		word = "end presenting"
	}
	if s.series == nil { // what comes of a series is kept
		a = append(a, hush(one("p", word, s.present)))
	}
	return append(a, act([]string{"esc"}, "esc", s.backTo(), s.back))
}

// choosing are the keys of an open question.
func (s *lessonScreen) choosing(q *question) actions {
	var a actions
	sh := s.sheet()
	for i := range q.order {
		x := one(fmt.Sprint(i+1), fmt.Sprintf("choose %d", i+1), func() tea.Cmd { q.highlight(i + 1); sh.focus = 0; return nil })
		if x = hush(x); i == 0 {
			// The footer says it once for all.
			x.quiet = false
			x.SetHelp(fmt.Sprintf("1-%d", len(q.order)), "choose")
		}
		a = append(a, x)
	}
	if sh.onOptions() {
		lock := act([]string{"enter"}, "enter", "lock in what is chosen", func() tea.Cmd {
			if q.at < 0 {
				return say(fmt.Sprintf("1-%d choose; then enter locks it in", len(q.order)))
			}
			return s.answer()
		})
		if lock.quiet = q.at < 0; q.at >= 0 {
			lock.SetHelp("enter", lockWords(q))
		}
		a = append(a, lock)
	}
	return a
}

// tabs are the digits of a code block.
func (s *lessonScreen) tabs(c *lessons.Code) actions {
	var a actions
	for i, t := range c.Tabs {
		x := one(fmt.Sprint(i+1), "show "+t.Lang, s.chooseTab(c, i+1))
		if x = hush(x); i == 0 {
			x.quiet = false
			x.SetHelp(fmt.Sprintf("1-%d", len(c.Tabs)), "language")
		}
		a = append(a, x)
	}
	return a
}

// chooseTab shows a language, and keeps it for the code blocks to come.
func (s *lessonScreen) chooseTab(c *lessons.Code, n int) func() tea.Cmd {
	return func() tea.Cmd {
		if n < 1 || n > len(c.Tabs) {
			return nil
		}
		return s.keep("tab", c.Tabs[n-1].Lang)
	}
}

// enterKey opens what is highlighted, or else turns the page.
func (s *lessonScreen) enterKey() action {
	word := "go on"
	if at := s.sheet().stopAt(); at != nil {
		switch at.kind {
		case linkStop, stripStop:
			word = "open"
		case tabsStop:
			word = "next language"
		case againStop:
			word = "read it again"
		case sayStop:
			word = "write it down"
		}
	}
	return act([]string{"enter"}, "enter", word, s.enter)
}

// walking are the arrows and tab: among options where they have the focus, else
// among stops.
func (s *lessonScreen) walking() actions {
	sh := s.sheet()
	var a actions
	q := sh.open(s.staged())
	if sh.onOptions() && q.state == asked {
		move := func(by int) func() tea.Cmd {
			return func() tea.Cmd {
				q.highlight(max(1, min(q.at+1+by, len(q.order))))
				return nil
			}
		}
		a = append(a, hush(act([]string{"up"}, "↑", "the option above", move(-1))), hush(act([]string{"down"}, "↓", "the option below", move(1))))
	} else if len(sh.laid.stops) > 0 {
		a = append(a, hush(act([]string{"up"}, "↑", "the underlined thing before", s.walk(-1))), hush(act([]string{"down"}, "↓", "the next underlined thing", s.walk(1))))
	}
	if len(sh.laid.stops) > 0 {
		a = append(a, hush(act([]string{"tab"}, "tab", "the next underlined thing", s.walk(1))),
			hush(act([]string{"shift+tab"}, "shift+tab", "the one before", s.walk(-1))))
	}
	return a
}

// walk highlights the stop that lies by stops away. Behind the last comes none, where
// enter goes on; while a question is open, the first, its options.
func (s *lessonScreen) walk(by int) func() tea.Cmd {
	return func() tea.Cmd {
		sh := s.sheet()
		from := sh.focus
		if sh.left >= 0 && sh.left < len(sh.laid.stops) && (from < 0 || sh.onOptions()) {
			from = sh.left
		}
		sh.focus, sh.left = around(from, by, len(sh.laid.stops)), -1
		if sh.focus < 0 && sh.open(s.staged()) != nil {
			sh.focus = around(sh.focus, by, len(sh.laid.stops))
		}
		s.reveal()
		return nil
	}
}

// around is what lies by steps from at among n things and none, which is -1.
func around(at, by, n int) int {
	n++
	return ((at+1+by)%n+n)%n - 1
}

// reveal scrolls so that the highlighted stop is in sight.
func (s *lessonScreen) reveal() {
	sh := s.sheet()
	at := sh.stopAt()
	if at == nil {
		return
	}
	room := max(1, s.room()-1) // the last line may say that there are more
	if at.line < sh.scroll {
		sh.scroll = at.line
	} else if at.line >= sh.scroll+room {
		sh.scroll = at.line - room + 1
	}
}

// paging are the keys that turn pages.
func (s *lessonScreen) paging() actions {
	space := act([]string{"space", "pgdown"}, "space", "go on", s.next)
	// Where enter opens something, the footer says how to go on without.
	at := s.sheet().stopAt()
	space.quiet = at == nil || at.kind == optionsStop
	a := actions{space}
	if s.at > 0 {
		a = append(a, hush(act([]string{"left", "pgup"}, "←", "the page before", s.page(s.at-1))))
	}
	if s.at < len(s.lesson.Pages)-1 {
		a = append(a, hush(act([]string{"right"}, "→", "the next page", s.page(s.at+1))))
	}
	if len(s.lesson.Pages) > 1 {
		k := "right"
		if s.at == len(s.lesson.Pages)-1 {
			k = "left"
		}
		// Shown once for both, and bound above. A click goes on, as most do.
		shown := act([]string{k}, "← →", "page", s.page(max(0, min(s.at+map[string]int{"left": -1, "right": 1}[k], len(s.lesson.Pages)-1))))
		a = append(actions{shown}, a...)
	}
	return append(a, hush(act([]string{"home"}, "home", "the first page", s.page(0))), hush(act([]string{"end"}, "end", "the last page", s.page(len(s.lesson.Pages)-1))))
}

// page turns to a page. A question that is passed over is not forgotten.
func (s *lessonScreen) page(i int) func() tea.Cmd {
	return func() tea.Cmd {
		left := s.sheet()
		n := 0
		for _, q := range left.questions {
			if q.state != decided {
				n++
			}
		}
		at := s.place()
		cmd := s.turnTo(i)
		if n > 0 && i > left.page.N-1 && s.follows() {
			cmd = tea.Batch(cmd, say(fmt.Sprintf("%s still has %s open", at, plural(n, "question"))))
		}
		return cmd
	}
}

// next is space: more of the page, then the next page. It does not skip a
// question unasked.
func (s *lessonScreen) next() tea.Cmd {
	sh := s.sheet()
	if sh.scroll < len(sh.laid.lines)-s.room() {
		sh.scroll += s.room() - 2
		return nil
	}
	if q := sh.open(s.staged()); q != nil {
		switch {
		case q.state == waiting:
			return nil
		case s.tests():
			return say(fmt.Sprintf("1-%d choose, enter locks it in; → goes on without", len(q.order)))
		case !q.warned:
			q.warned = true
			if q.predicts() != nil {
				return say(fmt.Sprintf("1-%d to predict; space again goes on without", len(q.order)))
			}
			return say(fmt.Sprintf("1-%d to answer; space again shows the answer", len(q.order)))
		}
		q.at = -1
		return s.answer()
	}
	if sh.more(s.staged()) {
		s.refocus()
		return s.catchUp(sh)
	}
	if s.at == len(s.lesson.Pages)-1 {
		return s.leave()
	}
	return s.turnTo(s.at + 1)
}

// leave goes back to the course from the last page, and says what is next there.
func (s *lessonScreen) leave() tea.Cmd {
	cmd := s.env.pop(s)
	if !s.follows() {
		return cmd
	}
	open := 0
	for _, b := range s.lesson.Questions() {
		if _, ok := s.env.Progress.Last(lessons.ID(b)); !ok {
			open++
		}
	}
	if open > 0 {
		return tea.Batch(cmd, say(fmt.Sprintf("%s: %s still open", s.lesson.ID, plural(open, "question"))))
	}
	if next := s.toDo(); next != nil {
		return tea.Batch(cmd, say(fmt.Sprintf("%s is done; %s is next", s.lesson.ID, next.ID)))
	}
	said := s.lesson.ID + " is done, and so are all lessons"
	if test, _ := testRow(s.env); test != "" {
		said += ": the test is next"
	}
	return tea.Batch(cmd, say(said))
}

// toDo returns the first lesson that is not done, which the course goes on with too; nil
// when there is none.
func (s *lessonScreen) toDo() *lessons.Lesson {
	for _, l := range s.env.Course.Lessons {
		if _, done := s.env.Progress.Finished(l.ID); !done && l != s.lesson {
			return l
		}
	}
	return nil
}

// enter opens the highlighted stop; with none it goes on.
func (s *lessonScreen) enter() tea.Cmd {
	at := s.sheet().stopAt()
	if at == nil || at.kind == optionsStop {
		return s.next()
	}
	return s.openStop(at)
}

// backTo says where esc leads.
func (s *lessonScreen) backTo() string {
	if s.staged() && !s.shows {
		return "end presenting"
	}
	return s.env.below(s)
}

// back is esc: out of the presentation, then to where the lesson was opened.
func (s *lessonScreen) back() tea.Cmd {
	if s.staged() {
		return s.present()
	}
	if s.tests() && !s.series.ended {
		return tea.Batch(s.env.pop(s), say("the test was left: it begins anew next time"))
	}
	return s.env.pop(s)
}

// clicked does what a click on the page means.
func (s *lessonScreen) clicked(m tea.Msg) tea.Cmd {
	sh := s.sheet()
	switch m := m.(type) {
	case stopMsg:
		if int(m) < len(sh.laid.stops) {
			sh.focus = int(m)
			return s.openStop(&sh.laid.stops[m])
		}
	case optionMsg:
		if q := sh.open(s.staged()); q != nil && q.highlight(int(m)) {
			sh.focus = 0
		}
	case lockMsg:
		return s.answer()
	case tabMsg:
		if c := sh.code(s.staged()); c != nil {
			return s.chooseTab(c, int(m))()
		}
	case asideMsg:
		return s.openRun()
	case pageMsg:
		if int(m) < len(s.lesson.Pages) {
			return s.turnTo(int(m))
		}
	case notchMsg:
		sh.scroll = max(0, min(sh.scroll+int(m)*3, len(sh.laid.lines)-s.room()))
	}
	return nil
}

// keptBack is said where a run is asked for that stands behind an open question.
const keptBack = "the page's run comes behind the question: answer it, or go on without"

// Idle says why a key does nothing on this page.
func (s *lessonScreen) Idle(k string) string {
	sh := s.sheet()
	q := sh.open(s.staged())
	switch {
	case q != nil && q.state == waiting:
		return "one moment: a run is deciding"
	case (k == "o" || k == "r") && sh.behind():
		return keptBack
	case k == "o" && sh.page.Lab() == nil:
		return "o opens a page's run: this page has none"
	case k == "r" && sh.page.Lab() == nil:
		return "r runs a page's lab again: this page has none"
	case k == "p":
		return "p presents a lesson: this is for one alone"
	case k == "i" && s.tests():
		return "a test gives no hints"
	case k == "i" && q == nil:
		return "i gives a hint to a question: none is open here"
	case k == "i" && q.hinted:
		return "the hint stands below the question"
	case k == "i":
		return "this question has no hint"
	case k == "e":
		return "e shows what decided an answer: on this page no run has decided one"
	case k == "left":
		return "this is the first page"
	case k == "right":
		return "this is the last page: space goes back to the course"
	case k == "y":
		return "there is nothing to copy on this page"
	case digit(k) && q != nil:
		return fmt.Sprintf("there are %d options", len(q.order))
	case digit(k):
		return "digits choose an answer or a language: there is nothing to choose on this page"
	case k == "tab" || k == "up" || k == "down":
		return "nothing on this page leads elsewhere"
	}
	return ""
}
