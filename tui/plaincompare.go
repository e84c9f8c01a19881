package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tlstutor/labs"
)

// changed says in one line what the last run did differently.
func (p *plain) changed(string) {
	s := p.labOf()
	switch {
	case s == nil:
	case s.cur() == nil || s.cur().line == "":
		p.say("There is no run before this one to compare it with. run and knob=value makes another.")
	default:
		// The line begins with the run that it compares with, as in "vs run 2: ".
		vs, rest, _ := strings.Cut(s.cur().line, ": ")
		p.say("Since " + strings.TrimPrefix(vs, "vs ") + ": " + sentence(rest))
	}
}

// mostChanges bounds how many differences are listed.
const mostChanges = 60

// compare lists the differences of two runs: those before, or those named.
func (p *plain) compare(rest string) {
	s := p.labOf()
	if s == nil {
		return
	}
	a, b := s.two(strings.Fields(rest))
	// Runs that are too old were let go, so a number may have been right once.
	if a == nil || b == nil {
		var have []string
		for _, r := range s.runs {
			have = append(have, strconv.Itoa(r.n))
		}
		p.say("compare takes two runs; there is " + listed(have, "and") + ". run and knob=value makes another.")
		return
	}
	// What is random by nature is no difference; labs knows what that is.
	pairs := labs.Align(a.events, b.events)
	changes := append(labs.Diff(a.events, b.events), offWire(pairs)...)
	moved := labs.Moved(labs.Rows(pairs))
	if len(changes) == 0 && moved == "" {
		p.say(fmt.Sprintf("Run %d against run %d: %s.", b.n, a.n, labs.Summary(nil)))
		return
	}
	p.say(fmt.Sprintf("Run %d against run %d:", b.n, a.n))
	if moved != "" {
		p.say(moved)
	}
	for _, c := range changes[:min(len(changes), mostChanges)] {
		p.say(changeLine(c))
	}
	if more := len(changes) - mostChanges; more > 0 {
		p.say(fmt.Sprintf("and %d more.", more))
	}
}

// offWire lists the differences in what was made off the wire, which Diff does not
// tell of; of what an attacker did it does, and what the run itself has checked
// follows from all that.
func offWire(pairs []labs.Pair) []labs.Change {
	var all []labs.Change
	for _, p := range pairs {
		switch {
		case p.A != nil && p.A.OnWire || p.B != nil && p.B.OnWire || p.Who == labs.Attacker || p.Who == labs.Nobody:
		case p.A == nil:
			all = append(all, labs.Change{Kind: labs.Added, Who: p.Who, To: p.B.Name})
		case p.B == nil:
			all = append(all, labs.Change{Kind: labs.Removed, Who: p.Who, From: p.A.Name})
		default:
			for _, f := range p.Fields() {
				if f.Mark.Marked() {
					all = append(all, labs.Change{Kind: labs.Changed, Who: p.Who, Path: f.Path, From: f.From, To: f.To})
				}
			}
		}
	}
	return all
}

// two returns the runs with these numbers; with none, the last two.
func (s *labScreen) two(words []string) (a, b *shown) {
	// Without numbers: the run that is shown, against the one before it.
	if len(words) == 0 && len(s.runs) >= 2 {
		return s.runs[max(0, s.at-1)], s.runs[max(1, s.at)]
	}
	if len(words) != 2 {
		return nil, nil
	}
	for _, r := range s.runs {
		if strconv.Itoa(r.n) == words[0] {
			a = r
		}
		if strconv.Itoa(r.n) == words[1] {
			b = r
		}
	}
	return a, b
}

// changeLine says one difference.
// What there is now comes first: who listens has heard the run before.
func changeLine(c labs.Change) string {
	who := c.Who.String() + "'s "
	if c.Conn != "" {
		who = "on " + c.Conn + ", " + who
	}
	switch {
	// Who ended it, what was chosen, and times have words of their own.
	case c.Text != "":
		return c.Text
	case c.Kind == labs.Added:
		return "new: " + who + c.To
	case c.Kind == labs.Removed:
		return "gone: " + who + c.From
	case c.Kind == labs.Sealed:
		return "sealed now: " + who + c.Path
	case c.Kind == labs.Opened:
		return "readable now: " + who + c.Path
	case c.From == "":
		return fmt.Sprintf("%s%s: also %s", who, c.Path, c.To)
	case c.To == "":
		return fmt.Sprintf("%s%s: no longer %s", who, c.Path, c.From)
	}
	return fmt.Sprintf("%s%s: %s, before %s", who, c.Path, c.To, c.From)
}

// wiretap reads the last run as somebody on the wire has it: names only where
// nothing is sealed, then what they can still make of each connection.
func (p *plain) wiretap(string) {
	s := p.labOf()
	if s == nil || s.cur() == nil {
		return
	}
	c := s.cur()
	// The numbers are the listener's own: what stayed off the wire has none here.
	p.list = toldList{kind: "wiretap", lab: s, run: c}
	p.say("As an eavesdropper reads it:")
	// Whose keys they do not have they cannot name: Err says why it stayed sealed.
	var conns []*labs.Conn
	for i, r := range c.tapped {
		e := &r.Event
		what := e.Text
		if e.Err != nil {
			what = "sealed"
		}
		said := fmt.Sprintf("%d %s, %s to %s, %s", i+1, what, e.Who, e.To, plural(e.Tree.N, "byte"))
		if e.Conn.Name != "" {
			said += ", on " + e.Conn.Name
		}
		p.say(said)
		if !slices.Contains(conns, e.Conn) {
			conns = append(conns, e.Conn)
		}
	}
	for _, conn := range conns {
		p.say(sentence(readable(labs.Overhear(c.heard, conn, ""), on(conn.Name))))
	}
	p.run(s.did(coachTap)) // as on a screen
}
