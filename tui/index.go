package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/labs/capture"
	"tlstutor/labs/wire"
	"tlstutor/tui/theme"
)

// An indexScreen lists the connections of a capture, while it is read and when it
// has been. What is in one is read again when it is opened.
type indexScreen struct {
	env  *Env
	path string // as it was given
	file *capture.Index
	size int64

	ctx    context.Context // of reading
	cancel context.CancelFunc
	over   chan struct{}  // closed when nothing reads any more
	taken  atomic.Int64   // how much has been read; written beside the program
	conns  []capture.Conn // those found so far
	seen   capture.Seen
	read   int64
	ended  bool   // all has been read, or what there was
	err    error  // why not all
	at     int    // the highlighted one
	opened bool   // one is being read again
	last   *shown // the one that was opened last, for c
}

// What reading tells: there is more, all is read, one connection is there.
type (
	foundConnsMsg struct {
		screen *indexScreen
		more   []capture.Conn
		all    bool // they are all, and not only new ones
		seen   capture.Seen
		err    error
	}
	openedMsg struct {
		screen *indexScreen
		run    *shown
		beside *shown // the one to compare it with, or nil
		err    error
	}
)

// pulse is how often the list grows while a capture is read.
const pulse = 100 * time.Millisecond

// NewIndex returns the screen of a capture, which is read when it opens.
func NewIndex(env *Env, path string, file *capture.Index, size int64) Screen {
	return &indexScreen{env: env, path: path, file: file, size: size}
}

// name is what a screen above says it leads back to.
func (s *indexScreen) name() string { return "the capture" }

// Open begins to read.
func (s *indexScreen) Open() tea.Cmd {
	s.ctx, s.cancel = context.WithCancel(s.env.Ctx)
	s.over = make(chan struct{})
	ctx, over := s.ctx, s.over
	scan := func() tea.Msg {
		defer close(over)
		err := s.file.Scan(ctx, s.taken.Store)
		return foundConnsMsg{s, s.file.Conns(0), true, s.file.Seen(), err}
	}
	return tea.Batch(scan, s.look())
}

// look asks, a moment later, what has been found since. One look is out at a time.
func (s *indexScreen) look() tea.Cmd {
	have := len(s.conns)
	return tea.Tick(pulse, func(time.Time) tea.Msg {
		return foundConnsMsg{s, s.file.Conns(have), false, s.file.Seen(), nil}
	})
}

// Close stops reading, and waits for that.
func (s *indexScreen) Close() tea.Cmd {
	s.cancel()
	over := s.over
	return func() tea.Msg { <-over; return nil }
}

// Update takes keys, clicks, and what was read.
func (s *indexScreen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return s.actions().press(msg)
	case foundConnsMsg:
		if msg.screen == s {
			return s.found(msg)
		}
	case openedMsg:
		if msg.screen == s {
			return s.show(msg)
		}
	case clickMsg:
		switch m := msg.Msg.(type) {
		case pickMsg:
			if s.at == int(m) {
				return s.enter()
			}
			s.at = int(m)
		case notchMsg:
			return s.move(int(m))()
		}
	}
	return nil
}

// found takes what was found. Those known before may have grown by the end.
func (s *indexScreen) found(m foundConnsMsg) tea.Cmd {
	if s.ended {
		return nil
	}
	s.seen, s.read = m.seen, s.taken.Load()
	if m.all {
		s.conns, s.ended = m.more, true
		if !errors.Is(m.err, context.Canceled) {
			s.err = m.err
		}
		return nil
	}
	s.conns = append(s.conns, m.more...)
	return s.look()
}

// enter opens the highlighted connection.
func (s *indexScreen) enter() tea.Cmd { return s.open(nil) }

// compare opens the highlighted connection beside the one that was opened last.
func (s *indexScreen) compare() tea.Cmd { return s.open(s.last) }

// comparable reports whether c compares two connections.
func (s *indexScreen) comparable() bool {
	return s.last != nil && s.at < len(s.conns) && s.conns[s.at].Number != s.last.n
}

// open reads the highlighted connection again, and makes a run of it.
func (s *indexScreen) open(beside *shown) tea.Cmd {
	switch {
	case len(s.conns) == 0 && s.ended:
		return say("there is no connection with TLS in it")
	case len(s.conns) == 0:
		return say("none was found yet")
	case s.opened:
		return say("one is being opened")
	}
	s.opened = true
	at, ctx := s.at, s.ctx
	return func() tea.Msg {
		c, err := s.file.Open(ctx, at)
		if err != nil {
			return openedMsg{screen: s, err: err}
		}
		r := &shown{n: c.Number, past: fmt.Sprintf("connection %d", c.Number), events: labs.Proven(labs.Replay(c, s.file.Keys())), ended: true, began: s.file.Seen().Start.Add(c.At)}
		r.recs, r.end = labs.Records(r.events), labs.End(r.events)
		r.heard = r.ear.Hear(r.events)
		r.tapped = labs.Records(r.heard)
		return openedMsg{s, r, beside, nil}
	}
}

// show opens a connection that has been read, or compares it, unless the user has
// gone on.
func (s *indexScreen) show(m openedMsg) tea.Cmd {
	s.opened = false
	switch {
	case m.err != nil:
		return say("that connection cannot be read: " + failed(m.err))
	case s.env.app.top() != s:
		return nil
	}
	l := NewLab(s.env, labs.Past(s.path), nil).(*labScreen)
	l.past = m.run.past
	m.run.settings = l.set
	if m.beside != nil {
		c := &compareScreen{env: s.env, lab: l, runs: []*shown{m.beside, m.run}, right: m.run}
		c.compare(m.beside)
		return s.env.push(c)
	}
	s.last = m.run
	l.show(m.run)
	return s.env.push(l)
}

// actions move in the list and open a connection.
func (s *indexScreen) actions() actions {
	a := actions{
		act([]string{"up"}, "↑↓", "choose", s.move(-1)),
		hush(act([]string{"down"}, "↓", "the next connection", s.move(1))),
		hush(one("home", "the first", s.move(-1<<40))),
		hush(one("end", "the last", s.move(1<<40))),
		hush(one("pgup", "a page up", s.move(-10))),
		hush(act([]string{"pgdown", "space"}, "pgdown", "a page down", s.move(10))),
		one("enter", "open the connection", s.enter),
	}
	if s.comparable() {
		a = append(a, one("c", fmt.Sprintf("compare with %d", s.last.n), s.compare))
	}
	return append(a, one("esc", s.env.below(s), func() tea.Cmd { return s.env.pop(s) }))
}

// move highlights the connection that lies by rows away, at most the first or last.
func (s *indexScreen) move(by int) func() tea.Cmd {
	return func() tea.Cmd {
		s.at = max(0, min(s.at+by, len(s.conns)-1))
		return nil
	}
}

// ShortHelp and FullHelp list the keys.
func (s *indexScreen) ShortHelp() []key.Binding  { return s.actions().ShortHelp() }
func (s *indexScreen) FullHelp() [][]key.Binding { return s.actions().FullHelp() }

// Idle says why what a lab can do is nothing here.
func (s *indexScreen) Idle(k string) string {
	switch {
	case k == "r" || k == "s":
		return "a capture is not run: enter opens a connection"
	case k == "c" && s.last == nil:
		return "c compares two connections: open the first one with enter"
	case k == "c":
		return "c compares two connections: choose another one than " + s.last.past
	}
	return ""
}

// View lists the connections, and below them what else the capture holds.
func (s *indexScreen) View(w, h int) (string, []Hit) {
	t := s.env.Theme
	lines := []string{theme.Fit(" "+t.Title.Render(cleanLine(s.path))+"   "+t.Dim.Render(s.progress()), w), ""}
	foot := s.foot(w)
	room := max(1, h-len(lines)-len(foot))
	from := inSight(s.at, len(s.conns), room)
	hits := []Hit{{W: w, H: h, Wheel: func(by int) tea.Msg { return notchMsg(by) }}}
	for i := from; i < min(from+room, len(s.conns)); i++ {
		row := theme.Fit(" "+s.row(&s.conns[i], w-4), w-2)
		if i == s.at {
			row = t.Selected.Render(row)
		} else {
			row = t.Text.Render(row)
		}
		hits = append(hits, Hit{Y: len(lines), W: w, H: 1, Click: func(_, _ int) tea.Msg { return pickMsg(i) }})
		lines = append(lines, " "+row)
	}
	for len(lines) < h-len(foot) {
		lines = append(lines, "")
	}
	return strings.Join(append(lines, foot...), "\n"), hits
}

// progress says what was found and, until the end, how much was read.
func (s *indexScreen) progress() string {
	text := plural(len(s.conns), "connection") + " with TLS"
	if s.seen.Format != "" {
		text = s.seen.Format + " · " + text
	}
	if !s.ended {
		text += fmt.Sprintf(" · reading, %d %%", 100*s.read/max(1, s.size))
	}
	return text
}

// row is one connection: its number, when it began, whom it is with, its size.
func (s *indexScreen) row(c *capture.Conn, w int) string {
	ends := "one direction, without addresses"
	if c.Client.IsValid() {
		ends = fmt.Sprintf("%v to %v", c.Client, c.Server)
	}
	size := fmt.Sprintf("%10d bytes", c.Bytes)
	name := max(12, (w-37)/3)
	left := fmt.Sprintf("%6d %10.3f s  ", c.Number, c.At.Seconds())
	mid := theme.Fit(ansi.Truncate(cleanLine(c.Name), name, s.env.Theme.Glyphs.Ellipsis), name) + "  "
	room := w - ansi.StringWidth(left) - ansi.StringWidth(mid) - len(size) - 1
	// Of a narrow row the client is left out first.
	if c.Client.IsValid() && ansi.StringWidth(ends) > room {
		ends = c.Server.String()
	}
	rest := max(1, room)
	return left + mid + theme.Fit(ansi.Truncate(ends, rest, s.env.Theme.Glyphs.Ellipsis), rest) + " " + size
}

// foot is what else the capture holds, and why reading stopped.
func (s *indexScreen) foot(w int) []string {
	t := s.env.Theme
	var lines []string
	if s.ended {
		for _, l := range s.seen.Lines() {
			lines = append(lines, "  "+t.Dim.Render(ansi.Truncate(l, w-4, t.Glyphs.Ellipsis)))
		}
	}
	lines = cutTo(lines, 4)
	if s.err != nil {
		lines = append(lines, "  "+t.Bad.Render(ansi.Truncate(wire.Clean(s.err.Error(), wire.MaxValue), w-4, t.Glyphs.Ellipsis)))
	}
	if len(lines) > 0 {
		lines = append([]string{""}, lines...)
	}
	return lines
}
