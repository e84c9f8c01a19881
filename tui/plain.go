package tui

import (
	"bufio"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs/wire"
	"tlstutor/tui/theme"
)

// Plain mode is the program as lines of text: for screen readers, for braille,
// for terminals that cannot be drawn on, for scripts. It is a second reader of
// the same screens: App, its stack, lessons, questions and labs are those of the
// TUI, and what they do with a message they do here. So goals, progress and
// review cannot differ. Only View is never called.
//
// Its rules:
//
//   - Lines are appended. There is no escape code, no box, no arrow, and nothing
//     moves until a line was read.
//   - The fact comes first. Whatever enter would do is the last line before the
//     prompt.
//   - A command of the TUI is run to its end before the next line is read, so a
//     script needs no pauses.
//   - The end of input is quit: all is saved.
//
// Start reading at Plain, then plaincmd.go, the table of the words one can type.

// Lines are where plain mode reads and writes.
type Lines struct {
	In   io.Reader
	Out  io.Writer
	Echo bool // In is no terminal: what was read is written behind its prompt
}

// A plain is the program in plain mode.
type plain struct {
	env  *Env
	app  *App
	io   Lines
	out  *bufio.Writer
	over bool // nothing more is to be read

	answer strings.Builder // to the line that was read last, so far
	before string          // the answer before that, for again

	sheet   *sheet          // the page that is being read
	told    int             // how many of its blocks have been
	toldRun bool            // so has its own run
	asked   *question       // the question among them that was open then
	named   map[string]bool // what open leads to from the page, and was told of
	side    *labScreen      // the lab of the page's run, which is looked into from the page
	ran     *ran            // that run
	at      opened          // the field that was opened last
	list    toldList        // the list that was told last
	files   *exports        // what export has told of
}

// Plain runs the program as lines of text until the input ends, somebody quits,
// or the environment's context is done. Screens lead to where it opens, the last
// on top.
func Plain(env *Env, l Lines, screens ...Screen) (err error) {
	env.Theme = theme.New(theme.Dark, true)
	p := &plain{env: env, app: New(env, true, screens...), io: l, out: bufio.NewWriter(l.Out)}
	defer func() {
		// As on a screen: what broke is reported, and ends the program.
		if v := recover(); v != nil {
			err = &Panic{Value: fmt.Sprint(v), Stack: debug.Stack()}
		}
	}()
	// What a screen does as it opens is over before anything is told of it.
	for _, s := range p.app.stack {
		p.run(s.Open())
	}
	if kept := env.Progress.Kept(); kept != nil {
		p.say("Progress is not kept: " + kept.Error() + ".")
	}
	p.arrive()
	// Nobody can be told any more, but what runs still has to be stopped.
	if err := p.read(); err != nil {
		p.end()
		return fmt.Errorf("writing lines: %w", err)
	}
	p.end()
	if p.app.Fatal != nil {
		return p.app.Fatal
	}
	// On a screen two commands stand in one line, eight spaces apart.
	for line := range strings.SplitSeq(strings.TrimSpace(p.app.Farewell()), "        ") {
		p.say(line)
	}
	return p.flush()
}

// read answers lines until there are no more.
func (p *plain) read() error {
	done := make(chan struct{})
	// Else the reader would wait for ever to hand over a line that came too late.
	defer close(done)
	lines := readLines(p.io.In, done)
	for !p.over && p.app.Fatal == nil {
		if err := p.prompt(); err != nil {
			return err
		}
		select {
		// A signal ends the program also while nobody types.
		case <-p.env.Ctx.Done():
			p.over = true
			p.out.WriteByte('\n')
		case l, more := <-lines:
			if !more {
				p.over = true
				p.out.WriteByte('\n')
				break
			}
			if p.io.Echo {
				p.out.WriteString(sayable(wire.Clean(l.text, lineLimit)) + "\n")
			}
			// Before the line is acted on: it may name what the author has just added.
			p.reload()
			p.line(l)
		}
	}
	return nil
}

// run runs a command of a screen, and all that comes of it, to its end.
func (p *plain) run(cmd tea.Cmd) {
	if cmd = guarded(cmd); cmd != nil {
		p.take(cmd())
	}
}

// take gives a message to the App. A run is followed here: its screen would
// wait for each piece of news with a command of its own.
func (p *plain) take(m tea.Msg) {
	switch m := m.(type) {
	case nil:
	case tea.QuitMsg:
		p.over = true
	// One after the other: side by side they would answer in any order.
	case tea.BatchMsg:
		for _, c := range m {
			p.run(c)
		}
	case startedMsg:
		m.screen.started(m)
		p.follow(m.screen)
	// All else goes the way that it goes in the TUI.
	default:
		_, cmd := p.app.Update(m)
		p.run(cmd)
	}
}

// follow waits until the run of a lab has ended, or is held.
func (p *plain) follow(s *labScreen) {
	for r := s.flight; r != nil && s.flight == r; {
		if _, waits := r.run.Held(); waits && r.held && !r.dropped {
			s.news(newsMsg{r}) // what waits has been told of already
			return
		}
		// It is closed when the run has ended, so this does not wait for ever.
		<-r.run.Changed()
		if cmd := s.news(newsMsg{r}); s.flight != r {
			p.run(cmd)
		}
	}
}

// leave takes the top screen off.
func (p *plain) leave() {
	s := p.app.top()
	p.run(p.app.pop(s))
	if lab, ok := s.(*labScreen); ok {
		p.follow(lab) // which has been stopped
	}
}

// end stops what is going on.
func (p *plain) end() {
	for _, s := range p.app.screens() {
		p.run(s.Close())
		if lab, ok := s.(*labScreen); ok {
			p.follow(lab)
		}
	}
}

// reload takes a course that its author has changed.
func (p *plain) reload() {
	if p.env.Reload == nil {
		return
	}
	c, err := p.env.Reload()
	p.run(p.app.renewed(reloadMsg{c, err}))
	p.foot()
}

// foot says what a screen would say in its last line.
func (p *plain) foot() {
	if p.app.line != "" {
		p.say(spoken(p.app.line))
		p.app.line = ""
	}
}
