// Package tui is the program in a terminal: an App, which is the only Bubble
// Tea model, and a stack of Screens.
//
// Its rules:
//
//   - Only App is a tea.Model; screens are pointers on its stack. Keys and
//     clicks go to the top screen; every other message goes to all of them, and
//     a screen drops what is not its own.
//   - What a key does and what the footer says of it are one table, the
//     screen's actions: nothing acts that is not listed, nothing is listed that
//     does not act.
//   - No I/O in Update or View; a run is started and stopped in a tea.Cmd.
//   - View is pure. It returns what is drawn and what a click on it means.
//   - Colours and styles come from tui/theme, and from nowhere else.
//
// Start reading at Screen and App, then lesson.go, where a lesson is read, with
// sheet.go (a page as a learner has it) and layout.go (how it is drawn); lab.go is
// the screen a lab is run on. plain.go is the same program as lines of text.
package tui

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/help"

	"tlstutor/labs"
	"tlstutor/labs/peer"
	"tlstutor/labs/pki"
	"tlstutor/lessons"
	"tlstutor/tui/theme"
)

// A Screen is one full-window place.
type Screen interface {
	help.KeyMap // the footer and the help page are derived from it

	// Open starts what the screen needs, each time it is pushed.
	Open() tea.Cmd
	// Update changes the screen by a message; it never blocks.
	Update(tea.Msg) tea.Cmd
	// View draws the screen, and says what clicks and the wheel mean on it.
	View(width, height int) (string, []Hit)
	// Close stops whatever Open and Update have started.
	Close() tea.Cmd
	// Idle says in one line why a key that is not in the KeyMap does nothing
	// here; "" leaves that to App.
	Idle(key string) string
}

// A Hit is a part of the screen that answers the mouse. Click and Wheel are
// given the place within the part; either may be nil.
type Hit struct {
	X, Y, W, H int                    // in cells, from the top left of what View drew
	Click      func(x, y int) tea.Msg // for the left button
	Wheel      func(by int) tea.Msg   // by is -1 for up, 1 for down
}

// holds reports whether a place is in the part.
func (h Hit) holds(x, y int) bool {
	return x >= h.X && x < h.X+h.W && y >= h.Y && y < h.Y+h.H
}

// An Env is what all screens share. Only App changes it.
type Env struct {
	Ctx   context.Context // ends every run once it is done
	Keys  *pki.Keyring    // the keys that certificates of the labs are made with
	Notes *lessons.Notes  // what is said of each field

	Programs *peer.Finder // finds programs of others
	Alone    bool         // the course is not ours: what it asks for runs none of them, and a recording stands in

	Theme *theme.Theme // as it is now; screens ask each time they draw

	Version string // of the program, for files that say what made them
	Out     string // the folder that runs are exported to; "" is the one that the program was started in

	Course   *lessons.Course
	Progress *lessons.Progress               // what the learner did; it keeps nothing where it cannot
	Flags    string                          // what opens this course again, before a place: " --course DIR", or ""
	Reload   func() (*lessons.Course, error) // returns a course that has changed on disk, or nil; may be nil itself
	Tell     func(*Cue)                      // hears of each page that is presented, and nil at the end, and never waits; may be nil

	app           *App
	prose         *theme.Prose         // renders notes in that theme
	coach         map[string]coachStep // what was done in a lab that its coach lines ask for
	made          int                  // connections whose run has ended
	asked, rights int                  // questions answered in this sitting, and how many of them rightly
	open          map[string]Screen    // the labs that were opened, by name
	line          string               // what the learner typed on the first start, or ""
	orders        map[string][]int     // of the options of open questions, in this sitting
	visits        visits               // of pages
	saves         saves                // what is being written to Progress
}

// options are how a run is made: of a course's own settings, or of the learner's.
func (e *Env) options(ofCourse bool) labs.Options {
	return labs.Options{Keys: e.Keys, Programs: e.Programs, Alone: e.Alone && ofCourse}
}

type (
	sayMsg string   // one line for the foot of the screen, until the next key
	themed struct{} // the theme has changed
)

// push puts a screen on top, and pop takes one off, at once: the next key may be
// waiting already, and is meant for what is then on top.
func (e *Env) push(s Screen) tea.Cmd { return e.app.push(s) }
func (e *Env) pop(s Screen) tea.Cmd  { return e.app.pop(s) }

// visit keeps where the learner is. Commands run side by side: one that is late
// writes nothing, so the last page that was turned to is the one that is kept.
func (e *Env) visit(lesson string, page int) tea.Cmd {
	v, p := &e.visits, e.Progress
	n := v.asked.Add(1)
	e.saves.begin()
	return func() tea.Msg {
		defer e.saves.end()
		v.mu.Lock()
		defer v.mu.Unlock()
		if v.asked.Load() == n {
			p.Visit(lesson, page)
		}
		return nil
	}
}

// keeps writes to the progress, beside the program's other work. Nothing is lost
// when the next key quits: that waits for it.
func (e *Env) keeps(write func(*lessons.Progress)) tea.Cmd {
	e.saves.begin()
	return func() tea.Msg {
		defer e.saves.end()
		write(e.Progress)
		return keptMsg{}
	}
}

// patience is how long quitting waits for a disk that does not answer.
const patience = 2 * time.Second

// kept returns when all that was begun by then is written.
func (e *Env) kept() tea.Msg {
	select {
	case <-e.saves.done():
	case <-time.After(patience):
	}
	return nil
}

// saves counts what is being written.
type saves struct {
	mu   sync.Mutex
	n    int
	none chan struct{} // closed when the last has ended; nil before the first
}

func (s *saves) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n == 0 {
		s.none = make(chan struct{})
	}
	s.n++
}

func (s *saves) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n--; s.n == 0 {
		close(s.none)
	}
}

// done returns a channel that is closed once nothing is being written.
func (s *saves) done() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.none == nil {
		none := make(chan struct{})
		close(none)
		return none
	}
	return s.none
}

// visits put what is kept of places in order.
type visits struct {
	asked atomic.Int64 // counts them
	mu    sync.Mutex   // held while one is written
}

// below says where a screen leads back to: what lies under it on the stack.
func (e *Env) below(s Screen) string {
	for i, x := range e.app.stack {
		if x != s {
			continue
		}
		if i == 0 {
			return "quit"
		}
		if n, ok := e.app.stack[i-1].(named); ok {
			return n.name()
		}
	}
	return "back"
}

// A named screen is called something where esc leads back to it.
type named interface{ name() string }

// say asks App for a line at the foot.
func say(text string) tea.Cmd { return send(sayMsg(text)) }

// send returns a command that delivers a message.
func send(m tea.Msg) tea.Cmd { return func() tea.Msg { return m } }
