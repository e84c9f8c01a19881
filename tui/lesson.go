package tui

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/lessons"
	"tlstutor/tui/theme"
)

// A lessonScreen is where one lesson is read, page by page: its runs are made,
// its questions put.
type lessonScreen struct {
	env    *Env
	lesson *lessons.Lesson
	at     int // the page, an index
	sheets []*sheet
	runs   int        // the number of the last run
	stage  *stage     // of a lesson that is presented, or nil
	shows  bool       // it opens presented
	series *series    // of questions without a lesson, or nil
	w, h   int        // the window
	copied bool       // y was pressed just now
	side   *labScreen // draws the lanes beside the page in a wide window, or nil
	sideOf *ran       // and this is their run

	ctx    context.Context // of the runs that were begun
	cancel context.CancelFunc
	going  *sync.WaitGroup
}

// NewLesson returns the screen of a lesson, at a page counted from 1.
func NewLesson(env *Env, l *lessons.Lesson, page int) Screen {
	s := &lessonScreen{env: env, lesson: l, at: max(0, min(page-1, len(l.Pages)-1))}
	s.sheets = make([]*sheet, len(l.Pages))
	return s
}

// Open begins where the learner is.
func (s *lessonScreen) Open() tea.Cmd {
	parent := s.env.Ctx
	s.ctx, s.cancel = context.WithCancel(parent)
	s.going = &sync.WaitGroup{}
	if s.shows { // the learner is nowhere on it: nothing is kept
		s.shows = false
		return s.present()
	}
	return s.turnTo(s.at)
}

// Close ends the runs that go on, and the presentation.
func (s *lessonScreen) Close() tea.Cmd {
	if s.ctx == nil {
		return nil
	}
	cancel, going := s.cancel, s.going
	unstage := s.unstage()
	if s.sheet() == nil { // the page was seen on stage only, and is drawn once more
		s.sheets[s.at] = newSheet(s.lesson.Pages[s.at], true)
	}
	return tea.Batch(unstage, func() tea.Msg {
		cancel()
		going.Wait()
		return nil
	})
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

// turnTo goes to a page: its lab is run when it is seen first, and questions
// that were answered on another day are as they were.
func (s *lessonScreen) turnTo(i int) tea.Cmd {
	s.at = i
	var cmds []tea.Cmd
	p := s.lesson.Pages[i]
	if s.sheets[i] == nil {
		sh := newSheet(p, !s.staged())
		s.sheets[i] = sh
		s.reorder(sh)
		if p.Lab() != nil {
			cmds = append(cmds, s.runPage(sh))
		}
		cmds = append(cmds, s.reread(p))
		if s.follows() {
			cmds = append(cmds, s.restore(sh)...)
			cmds = append(cmds, s.explain(sh))
		}
	}
	s.sheet().scroll = 0
	s.refocus()
	cmds = append(cmds, s.closeSeries())
	if s.follows() {
		cmds = append(cmds, s.env.visit(s.lesson.ID, i+1))
	}
	return tea.Batch(append(cmds, s.finish(), s.tell())...)
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
		s.sheet().laid = lay(s.env, s.sheet(), s.w-2*margin(s.w), s.mode())
		s.lookAside()
	}
}

// lookAside makes the lanes that stand beside the page, of the run that o would
// open.
func (s *lessonScreen) lookAside() {
	r := s.shownRun()
	if s.w < sideFrom || r == nil || r.err != nil {
		s.side, s.sideOf = nil, nil
	} else if r != s.sideOf {
		s.side, s.sideOf = newRanLab(s.env, r, ""), r
		s.side.focus = knobsPane // the reverse bar is the page's
	}
}

// reorder gives open questions the order of options that they had before in this
// sitting: who comes back to one finds it as it was.
func (s *lessonScreen) reorder(sh *sheet) {
	if s.staged() {
		return
	}
	if s.env.orders == nil {
		s.env.orders = map[string][]int{}
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

// margin is how far a page is set in.
func margin(w int) int {
	if w < 90 {
		return 2
	}
	return 3
}

// sideFrom is the width from which the page's run stands beside it.
const sideFrom = 118

// runPage runs the lab of a page.
func (s *lessonScreen) runPage(sh *sheet) tea.Cmd {
	sh.running = true
	return s.perform(*sh.page.Lab(), func(r *ran) tea.Msg { return pageRanMsg{sh, r} })
}

// perform runs a lab in a command, which Close waits for.
func (s *lessonScreen) perform(l lessons.Lab, then func(*ran) tea.Msg) tea.Cmd {
	s.runs++
	l = s.env.ownWords(l)
	n, ctx, keys, going := s.runs, s.ctx, s.env.Keys, s.going
	going.Add(1)
	return func() tea.Msg {
		defer going.Done()
		return then(perform(ctx, keys, l, n))
	}
}

// restore brings back what was answered before. A prediction is run again, so
// that what is said of it is true today.
func (s *lessonScreen) restore(sh *sheet) []tea.Cmd {
	var cmds []tea.Cmd
	for _, q := range sh.questions {
		last, ok := s.env.Progress.Last(q.id)
		if !ok || last.Option > len(q.texts) || last.Watched {
			break // those behind it are not shown before it is decided
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
	progress := s.env.Progress
	return func() tea.Msg { progress.Keep(name, value); return keptMsg{} }
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
	return p.Answer(q.id, q.number(), q.right())
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
	case clickMsg:
		return s.clicked(msg.Msg)
	case tea.WindowSizeMsg:
		s.w, s.h = msg.Width, msg.Height-1
	case courseMsg:
		return s.renew()
	case pageRanMsg:
		if msg.sheet == s.mine(msg.sheet) {
			msg.sheet.run, msg.sheet.running = msg.ran, false
			s.env.made += conns(msg.ran.events)
		}
	case decidedMsg:
		if msg.sheet == s.mine(msg.sheet) {
			return s.decided(msg)
		}
	}
	return nil
}

// mine returns the sheet if it is one of this lesson.
func (s *lessonScreen) mine(sh *sheet) *sheet {
	for _, x := range s.sheets {
		if x == sh {
			return x
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
	return tea.Batch(s.closeSeries(), s.finish(), s.tell())
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
	return func() tea.Msg { progress.Finish(id, false); return keptMsg{} }
}

// ShortHelp and FullHelp are what the keys do on the page right now.
func (s *lessonScreen) ShortHelp() []key.Binding  { return s.actions().ShortHelp() }
func (s *lessonScreen) FullHelp() [][]key.Binding { return s.actions().FullHelp() }

// View cuts what is to be seen out of the layout.
func (s *lessonScreen) View(w, h int) (string, []Hit) {
	t := s.env.Theme
	head, hits := s.head(w)
	sh := s.sheet()
	room := max(1, h-2)
	left := margin(w)
	laid := sh.laid.lines
	from := max(0, min(sh.scroll, len(laid)-room))
	lines := make([]string, room)
	for i := range lines {
		if from+i < len(laid) {
			lines[i] = theme.Fit("", left) + laid[from+i]
		}
	}
	if below := len(laid) - from - room; below > 0 {
		lines[room-1] = theme.Fit("", left) + t.Quiet.Render(strconv.Itoa(below+1)+" more lines ↓  pgdown")
	}
	hits = append(hits, Hit{Y: 2, W: w, H: room, Wheel: func(by int) tea.Msg { return pickMsg(by) }})
	for _, x := range sh.laid.hits {
		if x.Y >= from && x.Y < from+room {
			x.X, x.Y = x.X+left, x.Y-from+2
			hits = append(hits, x)
		}
	}
	body := joinLines(lines)
	if s.side != nil && w >= sideFrom {
		x := left + pageWidth + 3
		body = beside(fill(body, x, room), s.aside(w-x-1, room))
		hits = append(hits, Hit{X: x, Y: 2, W: w - x, H: room, Click: func(_, _ int) tea.Msg { return asideMsg{} }})
	}
	return head + "\n\n" + body, hits
}

// asideMsg is a click on the lanes beside the page.
type asideMsg struct{}

// aside draws the lanes of the page's run in a box, which is no higher than they
// are.
func (s *lessonScreen) aside(w, h int) string {
	title := fmt.Sprintf("run %d · %s", s.sideOf.n, s.sideOf.lab.Name)
	body, _ := s.side.wire(w-4, h-2)
	rows := strings.Split(body, "\n")
	for len(rows) > 0 && strings.TrimSpace(ansi.Strip(rows[len(rows)-1])) == "" {
		rows = rows[:len(rows)-1]
	}
	body = indent(joinLines(rows), " ")
	return fill(s.env.Theme.Box(title, false, w, min(h, len(rows)+2), body), w, h)
}
