package tui

import (
	"context"
	"fmt"
	"maps"
	"net"
	"time"

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
	err    error // what the run as a whole failed of
}

// runTime is how long a run of a lesson may take. The labs' own take
// milliseconds; a knob may ask for seconds.
const runTime = 30 * time.Second

// perform runs the lab of a block, and returns when it is over. It blocks, so a
// screen calls it in a command.
func perform(ctx context.Context, keys *pki.Keyring, block lessons.Lab, n int) *ran {
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
	run := labs.Start(ctx, lab, r.set, labs.Options{Keys: keys})
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
	return r
}

// look answers a question about the run, as lessons asks them.
func (r *ran) look(path string) (string, bool) {
	if r == nil {
		return "", false
	}
	value, _, ok := labs.Lookup(r.events, path)
	return value, ok
}

// strip tells of the run in one line: its number, what was run, where, and how
// it went.
func (r *ran) strip() string {
	if r.err != nil {
		return fmt.Sprintf("run %d failed: %s", r.n, cleanLine(r.err.Error()))
	}
	s := fmt.Sprintf("run %d · %s", r.n, r.lab.Line(r.set))
	if _, port, err := net.SplitHostPort(r.server()); err == nil {
		s += " · port " + port
	}
	if r.end.Text != "" {
		s += " · " + r.end.Text
	}
	return s
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
