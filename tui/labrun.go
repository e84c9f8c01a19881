package tui

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/labs/dissect"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
	"tlstutor/lessons"
)

// A shown is one run as the screen has it so far.
type shown struct {
	n        int           // counts from 1; the title shows it
	past     string        // of a capture: "connection 3"; else ""
	settings labs.Settings // those it was made with, whatever the knobs say now
	run      *labs.Run     // nil until it has started
	held     bool          // it is stepped through, and has not been let go
	began    time.Time     // for the clock in the title
	now      time.Time     // the last time we looked

	events  []labs.Event  // all so far, in order
	ended   bool          // nothing more will come
	dropped bool          // esc ended it
	stepped bool          // records were let go one by one: its times do not tell how long it took
	recs    []labs.Rec    // as the parties have them
	tapped  []labs.Rec    // as an eavesdropper has them
	heard   []labs.Event  // and the events of that
	ear     labs.Listener // who made that of them
	end     labs.Ending   // once it has ended
	line    string        // what changed since the run before, in words
	told    labs.Telling  // the same, for a line that has less room
	marks   map[int]rune  // by record: '+' is new, '~' differs
	missed  error         // what the run as a whole failed of
	signed  []pki.Made    // what was signed in it, where a lesson has made it; else the run says so

	looked    int    // the record that it opened with, as long as nobody has moved; -1: none
	after     *shown // the run that was shown before, whose selection this one keeps
	afterSel  int    // the record selected in it
	afterPath string // and the field
}

// What a run tells its screen: it has begun, there is news, it takes long.
type (
	startedMsg struct {
		screen *labScreen
		shown  *shown
		run    *labs.Run
		began  time.Time
	}
	newsMsg struct{ shown *shown }
	slowMsg struct{ shown *shown }
)

// start runs the lab with the knobs as they stand, held at the first record or
// not. While a run goes on it does nothing. The run is made in the command,
// because Update does no I/O.
func (s *labScreen) start(held bool) tea.Cmd {
	if s.flight != nil || s.past != "" {
		return nil
	}
	s.made++
	r := &shown{n: s.made, settings: maps.Clone(s.set), held: held}
	s.flight = r
	settings, with := r.settings, s.env.options(s.from != "")
	with.Held = held
	return func() tea.Msg {
		began := time.Now()
		return startedMsg{s, r, labs.Start(s.env.Ctx, s.lab, settings, with), began}
	}
}

// started takes a run into the list, and waits for its news. The list shows it
// once it has something to show. A short run shows no clock, which would only
// flicker.
func (s *labScreen) started(m startedMsg) tea.Cmd {
	// Every screen gets every message; this one is another lab's.
	if m.screen != s {
		return nil
	}
	m.shown.run, m.shown.began, m.shown.now = m.run, m.began, m.began
	if m.shown.dropped { // before it had begun
		return tea.Batch(wait(m.shown), halt(m.shown))
	}
	return tea.Batch(wait(m.shown), tea.Tick(300*time.Millisecond, func(time.Time) tea.Msg { return slowMsg{m.shown} }))
}

// wait returns when a run has news. One wait is out at a time: news asks for
// the next one, so no event comes twice.
func wait(r *shown) tea.Cmd {
	changed := r.run.Changed()
	return func() tea.Msg {
		<-changed
		return newsMsg{r}
	}
}

// halt ends a run and joins it. It blocks until all that the run began is over,
// hence the command. One that has not begun is stopped as soon as it has.
func halt(r *shown) tea.Cmd {
	r.dropped = true
	run := r.run
	if run == nil {
		return nil
	}
	return func() tea.Msg { run.Stop(); return nil }
}

// news takes the new events of a run. News of another lab's run, or of one that
// is over, is not for us.
func (s *labScreen) news(m newsMsg) tea.Cmd {
	r := m.shown
	if r != s.flight {
		return nil
	}
	more, ended := r.run.Since(len(r.events))
	r.events = append(r.events, more...)
	r.recs = labs.Records(r.events)
	r.heard = append(r.heard, r.ear.Hear(more)...)
	r.tapped = labs.Records(r.heard)
	r.now = time.Now()
	if !ended {
		// Until then the run before stays in sight, so that nothing flashes.
		if len(r.recs) > 0 {
			s.show(r)
		}
		return wait(r)
	}
	r.ended, r.held, s.flight, s.waiting = true, false, nil, false
	r.end, r.missed = labs.End(r.events), r.run.Err()
	s.env.made += conns(r.events)
	var broke *labs.Panic
	// Our own code broke: the program ends as on a panic of a screen.
	if errors.As(r.missed, &broke) {
		return send(fatalMsg{r.missed})
	}
	r.dropped = r.dropped && !r.end.Over // it may have ended before esc did it
	s.compare(r)
	s.show(r)
	return s.solved(r)
}

// solved keeps it when the drill that a page hid was solved here: the page says so.
func (s *labScreen) solved(r *shown) tea.Cmd {
	if _, ok := labs.Answered(r.recs); !ok || s.from == "" || !s.drills(r) || r.settings["drill"] != s.first["drill"] {
		return nil
	}
	name := solvedName(s.lab, r.settings)
	return s.env.keeps(func(p *lessons.Progress) { p.Keep(name, "yes") })
}

// solvedName is the name under which it is kept that a drill was solved.
func solvedName(lab *labs.Lab, set labs.Settings) string {
	return "solved." + lab.Name + "." + set["drill"]
}

// conns counts the connections that a run's events tell of.
func conns(events []labs.Event) int {
	seen := map[*labs.Conn]bool{}
	for _, e := range events {
		if e.Conn != nil {
			seen[e.Conn] = true
		}
	}
	return len(seen)
}

// compare works out what changed since the run before. A run that failed as a
// whole is never compared: what it lacks means nothing.
func (s *labScreen) compare(r *shown) {
	var before *shown
	// Oldest first, so the last that fits is the one before.
	for _, b := range s.runs {
		if b != r && b.n < r.n && b.ended && !b.dropped && b.missed == nil {
			before = b
		}
	}
	if before == nil || r.missed != nil || r.dropped {
		return
	}
	changes := labs.Diff(before.events, r.events)
	r.told = labs.Tell(changes, nil)
	r.line = fmt.Sprintf("vs run %d: %s", before.n, r.told)
	r.marks = labs.Marks(changes)
}

// show puts a run on the screen, and keeps the selection on the same message
// and field where the run has them: as long as it goes on and nobody has moved,
// with each record that comes.
func (s *labScreen) show(r *shown) {
	old := s.cur()
	if old != r {
		s.keep(r)
		r.after = nil
		if old != nil {
			r.after, r.afterSel, r.afterPath = old, s.sel, s.fields.Path()
		}
	}
	switch {
	// What was selected may be among the records that have just come.
	case r.after != nil:
		r.looked = -1
		// Who has answered wants to know what became of that.
		if i := labs.Outcome(r.recs); i >= 0 {
			s.choose(i)
		} else if i := tabled(r.after, r); i >= 0 {
			s.choose(i)
		} else {
			s.choose(match(r.after.recs, r.recs, r.afterSel))
			s.fields.Select(r.afterPath)
		}
		if r.ended {
			r.after = nil // else each run would keep all before it
		}
	// There was no run before: show what the lab is about.
	case old != r:
		r.looked = s.looked()
		s.choose(r.looked)
		if s.lab.Draw == labs.Chart {
			s.focus = bytesPane
		}
	// What the lab is about may come last; who has not moved waits for it.
	case s.sel == r.looked:
		r.looked = s.looked()
		s.choose(r.looked)
	default:
		s.choose(s.sel)
	}
}

// tabled is the record that has a table of what several clients said, where the run
// before asked fewer: of many connections it is what there is to read. Else it is -1.
func tabled(before, r *shown) int {
	_, old := labs.Table(before.recs)
	if at, n := labs.Table(r.recs); n > max(old, 1) {
		return at
	}
	return -1
}

// keep makes a run the one shown, and lets go of the oldest when there are too
// many.
func (s *labScreen) keep(r *shown) {
	for i := range s.runs {
		if s.runs[i] == r {
			s.at = i
			return
		}
	}
	if s.runs = append(s.runs, r); len(s.runs) > runsKept {
		s.runs = slices.Delete(s.runs, 0, 1)
	}
	s.at = len(s.runs) - 1
}

// looked returns the record that the lab looks at first. It is the first one
// where none has that message.
func (s *labScreen) looked() int {
	if i := labs.Outcome(s.recs()); i >= 0 {
		return i
	}
	for i, r := range s.recs() {
		if len(s.lab.Look) > 0 && r.Event.Tree.Name == s.lab.Look[0] { // made off the wire
			return i
		}
		for _, m := range dissect.Messages(r.Event.Tree) {
			if len(s.lab.Look) > 0 && m.Name == s.lab.Look[0] {
				return i
			}
		}
	}
	return 0
}

// match returns which record of b is the one at i in a: the same label by the
// same writer, the same time it occurs; else the nearest.
func match(a, b []labs.Rec, i int) int {
	if i < 0 || i >= len(a) {
		return 0
	}
	// A finding is known by its name: what it says is what changes.
	same := func(x, y labs.Event) bool {
		return x.Who == y.Who && (x.Text == y.Text || x.Tree.Src == nil && y.Tree.Src == nil && x.Tree.Name == y.Tree.Name)
	}
	// A label repeats, as application data does: which one was it?
	nth := 0
	for _, r := range a[:i] {
		if same(r.Event, a[i].Event) {
			nth++
		}
	}
	for j, r := range b {
		if same(r.Event, a[i].Event) {
			if nth == 0 {
				return j
			}
			nth--
		}
	}
	return max(0, min(i, len(b)-1))
}

// pick selects a record because somebody asked for it. From then on the run's
// news leave the selection alone.
func (s *labScreen) pick(i int) {
	if c := s.cur(); c != nil {
		c.after = nil
	}
	s.choose(i)
}

// choose selects a record and opens it in the bytes pane. Out of range, it
// takes the nearest.
func (s *labScreen) choose(i int) {
	if i != s.sel {
		s.scroll, s.graph = 0, graphPane{}
	}
	s.sel = max(0, min(i, len(s.recs())-1))
	var root *wire.Field
	if r := s.rec(); r != nil {
		root = r.Event.Tree
	}
	s.fields.Set(root, s.key)
}

// key says which fields matter most: those with a marked note.
func (s *labScreen) key(path string) bool { return s.env.Notes.Key(path) }

// slow shows, ten times a second, for how long a run has been going on. A held
// run has no clock: it is the one that waits.
func (s *labScreen) slow(m slowMsg) tea.Cmd {
	if m.shown != s.flight || m.shown.held {
		return nil
	}
	m.shown.now, s.waiting = time.Now(), true
	return tea.Tick(100*time.Millisecond, func(time.Time) tea.Msg { return slowMsg{m.shown} })
}
