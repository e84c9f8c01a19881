package tui

import (
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/labs/pki"
	"tlstutor/lessons"
)

// A ran is one run that is over, as a lesson quotes it. It does not change.
type ran struct {
	n      int // its number in the lesson
	lab    *labs.Lab
	set    labs.Settings // one for each knob
	block  lessons.Lab   // what asked for it
	events []labs.Event
	recs   []labs.Rec
	end    labs.Ending
	signed []pki.Made
	err    error // what the run as a whole failed of
}

// runTime is how long a run of a lesson may take. The labs' own take
// milliseconds; a knob may ask for seconds.
const runTime = 30 * time.Second

// perform runs the lab of a block, and returns when it is over. It blocks, so a
// screen calls it in a command.
func perform(ctx context.Context, with labs.Options, block lessons.Lab, n int) *ran {
	r := &ran{n: n, block: block}
	lab, err := labs.Find(block.Name)
	if err != nil {
		r.err = err
		return r
	}
	r.lab = lab
	if r.set, r.err = lab.Settings(labs.Settings(block.Settings)); r.err != nil {
		return r
	}
	ctx, cancel := context.WithTimeout(ctx, runTime)
	defer cancel()
	run := labs.Start(ctx, lab, r.set, with)
	for ended := false; !ended; {
		<-run.Changed()
		var more []labs.Event
		more, ended = run.Since(len(r.events))
		r.events = append(r.events, more...)
	}
	if r.err = run.Err(); r.err == nil {
		r.err = ctx.Err() // it was stopped in the middle, and decides nothing
	}
	r.recs = labs.Records(r.events)
	r.end = labs.End(r.events)
	r.signed = run.Made()
	return r
}

// A running is the runs that a screen has begun, and that end with it.
type running struct {
	env    *Env
	ctx    context.Context
	cancel context.CancelFunc
	going  sync.WaitGroup
	made   int // the number of the last run
}

// newRunning returns one without a run.
func newRunning(env *Env) *running {
	r := &running{env: env}
	r.ctx, r.cancel = context.WithCancel(env.Ctx)
	return r
}

// perform returns the command that runs a lab and says what came of it.
func (r *running) perform(l lessons.Lab, then func(*ran) tea.Msg) tea.Cmd {
	r.made++
	r.going.Add(1)
	n := r.made
	return func() tea.Msg {
		defer r.going.Done()
		return then(perform(r.ctx, r.env.options(true), l, n))
	}
}

// end stops what goes on, and returns when nothing is left of it.
func (r *running) end() tea.Msg {
	r.cancel()
	r.going.Wait()
	return nil
}

// look answers a question about the run, as lessons asks them.
func (r *ran) look(path string) (string, bool) {
	if r == nil {
		return "", false
	}
	value, _, ok := labs.Lookup(r.events, path)
	return value, ok
}

// strip tells of a run that took place in one line: its number, what was run,
// where, and how it went. How it went matters more than where: that is said
// shorter, or left out, where w cells have no room for both. What is not of this
// machine's programs is always marked.
func (r *ran) strip(w int, ellipsis, more string) string {
	what, how := fmt.Sprintf("run %d · %s", r.n, r.lab.Line(r.set)), ""
	if r.end.Text != "" {
		how = " · " + r.end.Text
	}
	how += more
	wheres := []string{""}
	switch ports := r.ports(); len(ports) {
	case 0:
	case 1:
		wheres = []string{" · port " + ports[0], ""}
	default: // each connection goes to a listener of its own
		wheres = []string{" · ports " + strings.Join(ports, ", "), fmt.Sprintf(" · %d ports", len(ports)), ""}
	}
	if absent := labs.Absent(r.events); strings.HasPrefix(absent, "REC") {
		wheres = []string{" · " + absent, " · REC"}
	} else if absent != "" {
		wheres = []string{" · " + absent}
	}
	if rec := labs.Recording(r.events); rec != "" {
		by, _, _ := strings.Cut(rec, ", ")
		wheres = []string{" · REC " + rec, " · REC " + by, " · REC"}
	}
	line := ""
	for _, where := range wheres {
		if line = what + where + how; ansi.StringWidth(line) <= w {
			return line
		}
	}
	// What was set can be seen in the lab; how it went is what a page goes on from.
	if room := w - ansi.StringWidth(how); ansi.StringWidth(what) > room && room >= leastWhat {
		return ansi.Truncate(what, room, ellipsis) + how
	}
	return line
}

// leastWhat is how many cells of what was run are worth showing.
const leastWhat = 20

// ports are those that the run's connections went to, each once, in order.
func (r *ran) ports() []string {
	var all []string
	for _, e := range r.events {
		if e.Conn == nil || e.Conn.Server == nil {
			continue
		}
		if _, port, err := net.SplitHostPort(e.Conn.Server.String()); err == nil && !slices.Contains(all, port) {
			all = append(all, port)
		}
	}
	return all
}

// server is where the run's first connection went to, or "".
func (r *ran) server() string {
	for _, e := range r.events {
		if e.Conn != nil && e.Conn.Server != nil {
			return e.Conn.Server.String()
		}
	}
	return ""
}

// ownWords has a wiretap that says nothing in particular carry the line that the
// learner typed on the first start. The line is in memory only.
func (e *Env) ownWords(l lessons.Lab) lessons.Lab {
	if l.Name != "wiretap" || l.Settings["say"] != "" || e.line == "" {
		return l
	}
	set := maps.Clone(l.Settings)
	if set == nil {
		set = map[string]string{}
	}
	set["say"] = e.line
	l.Settings = set
	return l
}
