package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"tlstutor/lessons"
)

// A lessonScreen is where one lesson is read, page by page: its runs are made,
// its questions put.
type lessonScreen struct {
	env    *Env
	lesson *lessons.Lesson
	at     int // the page, an index
	sheets []*sheet

	running *running   // the runs of its pages; nil before it opens
	stage   *stage     // of a lesson that is presented, or nil
	shows   bool       // it was opened to be presented, and closes with that
	series  *series    // of questions without a lesson, or nil
	w, h    int        // the window
	copied  bool       // y was pressed just now
	side    *labScreen // draws the lanes beside the page in a wide window, or nil
	sideOf  *ran       // and this is their run

	sideAsks bool // they were drawn while a question is open
}

// NewLesson returns the screen of a lesson, at a page counted from 1.
func NewLesson(env *Env, l *lessons.Lesson, page int) Screen {
	s := &lessonScreen{env: env, lesson: l, at: max(0, min(page-1, len(l.Pages)-1))}
	s.sheets = make([]*sheet, len(l.Pages))
	return s
}

// Open begins where the learner is.
func (s *lessonScreen) Open() tea.Cmd {
	s.running = newRunning(s.env)
	if s.shows { // the learner is nowhere on it: nothing is kept
		return s.present()
	}
	return s.turnTo(s.at)
}

// Close ends the runs that go on, and the presentation.
func (s *lessonScreen) Close() tea.Cmd {
	if s.running == nil {
		return nil
	}
	unstage := s.unstage()
	if s.sheet() == nil { // the page was seen on stage only, and is drawn once more
		s.sheets[s.at] = newSheet(s.lesson.Pages[s.at], true)
	}
	return tea.Batch(unstage, s.running.end)
}

// sheet returns the page the learner is on.
func (s *lessonScreen) sheet() *sheet { return s.sheets[s.at] }

// name is what a screen above says it leads back to.
func (s *lessonScreen) name() string { return s.place() }

// place is what the page is called, or a series of questions.
func (s *lessonScreen) place() string {
	if s.series != nil {
		return s.lesson.Title
	}
	return s.lesson.Pages[s.at].Place()
}

// keeps reports whether what is done here is kept.
func (s *lessonScreen) keeps() bool { return !s.staged() && (s.series == nil || s.series.keeps()) }

// follows reports whether the learner is followed from page to page.
func (s *lessonScreen) follows() bool { return !s.staged() && s.series == nil }

// staged reports whether the lesson is being presented.
func (s *lessonScreen) staged() bool { return s.stage != nil }

type (
	// pageRanMsg is the run of a page's lab, once it is over.
	pageRanMsg struct {
		sheet *sheet
		ran   *ran
	}
	// decidedMsg is what became of an answer: a run, and whether it was kept.
	decidedMsg struct {
		sheet  *sheet
		q      *question
		ran    *ran
		err    error
		counts bool // it was answered now, by a learner
	}
)

// turnTo goes to a page, and keeps that the learner is there.
func (s *lessonScreen) turnTo(i int) tea.Cmd {
	shown := s.show(i)
	if !s.follows() {
		return shown
	}
	return tea.Batch(shown, s.env.visit(s.lesson.ID, i+1), s.finish())
}

// show puts a page on the screen: its lab is run when it is seen first, and
// questions that were answered on another day are as they were.
func (s *lessonScreen) show(i int) tea.Cmd {
	s.at = i
	var cmds []tea.Cmd
	p := s.lesson.Pages[i]
	if s.sheets[i] == nil {
		sh := newSheet(p, !s.staged())
		s.sheets[i] = sh
		s.reorder(sh)
		cmds = append(cmds, s.begin(sh)...)
		cmds = append(cmds, s.reread(p))
		if s.follows() {
			cmds = append(cmds, s.explain(sh))
		}
	}
	s.sheet().scroll = 0
	s.refocus()
	cmds = append(cmds, s.closeSeries())
	return tea.Batch(append(cmds, s.tell())...)
}

// refocus highlights the options of an open question; else nothing.
func (s *lessonScreen) refocus() {
	sh := s.sheet()
	if sh.focus = -1; sh.open(s.staged()) != nil {
		sh.focus = 0
	}
	s.lay()
	for i, st := range sh.laid.stops {
		if st.kind == sayStop && sh.focus < 0 && wrote(s.env.Progress, st.say) == "" {
			sh.focus = i
			s.lay()
		}
	}
}

// lay draws the page anew. Update ends with it, so that View only cuts.
func (s *lessonScreen) lay() {
	if s.w > 0 && s.sheet() != nil {
		// A page is laid out to fit a small window. What was asked stands above its
		// answer where there is room for it as well.
		m := s.mode()
		m.asked = true
		w := s.w - 2*margin(s.w)
		if s.sheet().laid = lay(s.env, s.sheet(), w, m); len(s.sheet().laid.lines) > s.room() {
			m.asked = false
			s.sheet().laid = lay(s.env, s.sheet(), w, m)
		}
		s.lookAside()
	}
}

// reorder gives open questions the order of options that they had before in this
// sitting: who comes back to one finds it as it was.
func (s *lessonScreen) reorder(sh *sheet) {
	if s.staged() {
		return
	}
	for _, q := range sh.questions {
		if old := s.env.orders[q.id]; len(old) == len(q.order) {
			q.order = old
		}
		s.env.orders[q.id] = q.order
	}
}

// mode is how the page is drawn.
func (s *lessonScreen) mode() mode {
	return mode{stage: s.staged(), returns: s.keeps() && s.env.Progress.Kept() == nil, silent: s.series != nil && s.series.kind == before}
}

// runPage runs the lab of a page.
func (s *lessonScreen) runPage(sh *sheet) tea.Cmd {
	sh.running = true
	return s.perform(*sh.page.Lab(), func(r *ran) tea.Msg { return pageRanMsg{sh, r} })
}

// perform runs a lab of the lesson, with the learner's own words in it.
func (s *lessonScreen) perform(l lessons.Lab, then func(*ran) tea.Msg) tea.Cmd {
	return s.running.perform(s.env.ownWords(l), then)
}

// catchUp makes the page's run, once something of it is shown.
func (s *lessonScreen) catchUp(sh *sheet) tea.Cmd {
	if !sh.due() {
		return nil
	}
	return s.runPage(sh)
}

// begin makes the runs that a page shows first, in its order, and brings back what
// was answered before. A prediction is run again, so that what is said of it is true
// today.
func (s *lessonScreen) begin(sh *sheet) []tea.Cmd {
	var cmds []tea.Cmd
	for _, b := range sh.page.Blocks {
		if showsRun(b) && sh.due() {
			cmds = append(cmds, s.runPage(sh))
		}
		q := sh.question(b)
		if q == nil {
			continue
		}
		last, ok := s.env.Progress.Last(q.id)
		if !s.follows() || !ok || last.Option > len(q.texts) || last.Watched {
			break // what is behind it is not shown before it is decided
		}
		q.chosen, q.state = last.Option-1, decided
		sh.passed++
		if p := q.predicts(); p != nil {
			q.state = waiting
			cmds = append(cmds, s.perform(p.Lab, func(r *ran) tea.Msg { return decidedMsg{sheet: sh, q: q, ran: r} }))
		}
	}
	return cmds
}

// explain has the first page with a quote say once what an underline means.
func (s *lessonScreen) explain(sh *sheet) tea.Cmd {
	if s.env.Progress.Pref("underlined") != "" {
		return nil
	}
	for _, b := range sh.page.Blocks {
		prose, ok := b.(*lessons.Prose)
		if !ok {
			continue
		}
		for _, p := range prose.Text {
			if p.Kind == lessons.Quote {
				sh.explain = b
				return s.keep("underlined", "explained")
			}
		}
	}
	return nil
}

// keep remembers what was chosen once.
func (s *lessonScreen) keep(name, value string) tea.Cmd {
	return s.env.keeps(func(p *lessons.Progress) { p.Keep(name, value) })
}

// keptMsg says that progress has changed; screens that show it draw anew.
type keptMsg struct{}

// answer locks in what is highlighted. The run decides; the answer is kept
// before its mark is shown.
func (s *lessonScreen) answer() tea.Cmd {
	sh := s.sheet()
	q := sh.open(s.staged())
	if q == nil || !q.lock() {
		return nil
	}
	return s.decide(sh, q, s.keeps())
}

// decide has a question decided in a command, and its answer kept.
func (s *lessonScreen) decide(sh *sheet, q *question, keep bool) tea.Cmd {
	c := *q // the screen may draw its own at the same time
	progress := s.env.Progress
	done := func(r *ran) tea.Msg {
		c.decide(r)
		return decidedMsg{sh, q, r, kept(progress, &c, keep), keep && c.chosen != watched}
	}
	if p := q.predicts(); p != nil {
		return s.perform(p.Lab, done)
	}
	return func() tea.Msg { return done(nil) }
}

// kept writes an answer down. A run that did not take place decides nothing.
func kept(p *lessons.Progress, q *question, keep bool) error {
	if !keep || q.ran != nil && q.ran.err != nil {
		return nil
	}
	if err := p.Answer(q.id, q.number(), q.right()); err != nil || q.right() || p.Pref(returning) != "" {
		return err
	}
	return p.Keep(returning, q.id)
}

// returning names the first question that was missed: there it is said that such
// questions come back, and nowhere else.
const returning = "returns"

// tells reports whether it is to be said of a question that it comes back.
func tells(p *lessons.Progress, q *question) bool {
	first := p.Pref(returning)
	return first == "" || first == q.id
}

// Update takes keys, clicks, runs and the window's size.
func (s *lessonScreen) Update(msg tea.Msg) tea.Cmd {
	cmd := s.update(msg)
	s.lay()
	return cmd
}

func (s *lessonScreen) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if msg.String() != "y" {
			s.copied = false
		}
		return s.actions().press(msg)
	case keptMsg:
		// What was written is written: enter goes on from there.
		if sh := s.sheet(); sh != nil && sh.focus >= 0 && sh.focus < len(sh.laid.stops) {
			if st := sh.laid.stops[sh.focus]; st.kind == sayStop && wrote(s.env.Progress, st.say) != "" {
				s.read()
			}
		}
	case clickMsg:
		return s.clicked(msg.Msg)
	case tea.WindowSizeMsg:
		first := s.w == 0
		s.w, s.h = msg.Width, msg.Height-1
		if first && s.sheet() != nil { // only what is laid out can be highlighted
			s.refocus()
		}
	case courseMsg:
		return s.renew()
	case pageRanMsg:
		if slices.Contains(s.sheets, msg.sheet) {
			msg.sheet.run, msg.sheet.running = msg.ran, false
			s.env.made += conns(msg.ran.events)
		}
	case decidedMsg:
		if slices.Contains(s.sheets, msg.sheet) {
			return s.decided(msg)
		}
	}
	return nil
}

// decided takes the outcome of a question.
func (s *lessonScreen) decided(m decidedMsg) tea.Cmd {
	m.q.decide(m.ran)
	m.q.state, m.q.lost = decided, m.err
	delete(s.env.orders, m.q.id) // asked again, it is shuffled again
	if m.ran != nil {
		s.env.made += conns(m.ran.events)
		if m.ran.err != nil { // nothing was decided
			m.q.state = asked
			return say(notRun(m.ran))
		}
	}
	if m.counts && m.err == nil {
		if s.env.asked++; m.q.right() {
			s.env.rights++
		}
	}
	if s.series != nil && s.series.kind == before && m.sheet == s.sheet() {
		return s.turnTo(min(s.at+1, len(s.lesson.Pages)-1)) // its reasons are the course's to give
	}
	if m.sheet == s.sheet() {
		s.refocus()
	}
	return tea.Batch(s.catchUp(m.sheet), s.closeSeries(), s.finish(), s.tell())
}

// finish notes that the lesson is done: its last page was seen, and every
// question of it was answered.
func (s *lessonScreen) finish() tea.Cmd {
	progress, id := s.env.Progress, s.lesson.ID
	if _, done := progress.Finished(id); done || !s.follows() || s.at < len(s.lesson.Pages)-1 {
		return nil
	}
	for _, b := range s.lesson.Questions() {
		if _, ok := progress.Last(lessons.ID(b)); !ok {
			return nil
		}
	}
	return s.env.keeps(func(p *lessons.Progress) { p.Finish(id, false) })
}

// ShortHelp and FullHelp are what the keys do on the page right now.
func (s *lessonScreen) ShortHelp() []key.Binding  { return s.actions().ShortHelp() }
func (s *lessonScreen) FullHelp() [][]key.Binding { return s.actions().FullHelp() }
