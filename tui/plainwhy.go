package tui

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tlstutor/labs"
	"tlstutor/labs/dissect"
)

// wiretap reads the last run as somebody on the wire has it: names only where
// nothing is sealed, then what they can still make of each connection.
func (p *plain) wiretap(string) {
	s := p.labOf()
	if s == nil || s.cur() == nil {
		return
	}
	c := s.cur()
	p.say("As an eavesdropper reads it:")
	var conns []*labs.Conn
	for i, r := range c.tapped {
		e := &r.Event
		what := e.Text
		if e.Err != nil {
			what = "sealed"
		}
		on := ""
		if e.Conn.Name != "" {
			on = ", on " + e.Conn.Name
		}
		p.say(fmt.Sprintf("%d %s, %s to %s, %s%s", i+1, what, e.Who, e.To, plural(e.Tree.N, "byte"), on))
		if !slices.Contains(conns, e.Conn) {
			conns = append(conns, e.Conn)
		}
	}
	for _, conn := range conns {
		o := labs.Overhear(c.heard, conn, "")
		said := fmt.Sprintf("Of the %d bytes written", o.Bytes)
		if conn.Name != "" {
			said += " on " + conn.Name
		}
		said += fmt.Sprintf(", %d are in records that anyone can read", o.Clear)
		if len(o.Names) > 0 {
			said += "; names among them: " + strings.Join(o.Names, ", ")
		}
		p.say(sentence(said))
	}
	p.did(s, coachTap)
}

// did notes for the coach what was done, as a screen does.
func (p *plain) did(s *labScreen, step coachStep) { p.run(s.did(step)) }

// why gives the evidence: for a prediction what the run said of it, then what
// ended the run, the field it is about, and the goals.
func (p *plain) why(string) {
	if s, ok := p.app.top().(*lessonScreen); ok {
		if q := s.sheet().last(); q != nil && q.ran != nil {
			p.decider(q)
			if lab := p.labOfPage(q.ran); lab != nil {
				p.evidence(lab.cur())
			}
			return
		}
	}
	s := p.labOf()
	switch {
	case s == nil:
	case s.cur() == nil || !s.cur().ended:
		p.say("The run has not ended. run lets all of it go.")
	default:
		p.evidence(s.cur())
	}
}

// decider says what in the run decided a prediction.
func (p *plain) decider(q *question) {
	if len(q.truth) == 0 {
		p.say("The run shows none of the options.")
		return
	}
	when := q.predicts().Options[q.truth[0]].When
	lab := p.labOfPage(q.ran)
	for _, path := range slices.Sorted(maps.Keys(when)) {
		value, f, ok := labs.Lookup(q.ran.events, path)
		if !ok || value == "" {
			value = "none"
		}
		said := "What decided it: " + path + " is " + value
		if f != nil && lab != nil {
			if at := locate(lab.cur(), f); !at.loose {
				said += "; open " + at.number() + " shows it"
			}
		}
		p.say(sentence(said))
	}
}

// evidence follows a verdict step by step.
func (p *plain) evidence(c *shown) {
	end := c.end
	p.say(ending(c.end, c.recs))
	n := 0
	step := func(format string, args ...any) {
		n++
		p.say(fmt.Sprintf("%d ", n) + sentence(fmt.Sprintf(format, args...)))
	}
	all := parts(c.recs)
	for i, x := range all {
		if x.rec == end.Rec && (end.Alert == "" || x.field.Name == "Alert") && (!end.OK || x.field.Name == "Finished" || len(dissect.Messages(c.recs[x.rec].Event.Tree)) == 1) {
			what := "ended it"
			if end.OK {
				what = "completed it"
			}
			step("Message %d %s: %s", i+1, what, x.line(c.recs))
			break
		}
	}
	if end.Err != nil && end.Who != labs.Nobody {
		step("The %s says: %s", end.Who, cleanLine(end.Err.Error()))
	}
	if end.At != nil {
		said := "It is about " + end.At.Name
		if end.At.Value != "" {
			said += ", " + end.At.Value
		}
		if at := locate(c, end.At); !at.loose {
			said += "; open " + at.number() + " shows it"
		}
		step("%s", said)
	}
	for _, e := range c.events {
		if e.Kind == labs.Found && e.Tree != nil && e.Tree.Src == nil && e.Tree.Name == "goal" {
			step("%s", e.Text)
		}
	}
}

// changed says in one line what the last run did differently.
func (p *plain) changed(string) {
	s := p.labOf()
	switch {
	case s == nil:
	case s.cur() == nil || s.cur().line == "":
		p.say("There is no run before this one to compare it with. run and knob=value makes another.")
	default:
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
	if a == nil || b == nil {
		var have []string
		for _, r := range s.runs {
			have = append(have, strconv.Itoa(r.n))
		}
		p.say("compare takes two runs; there is " + listed(have, "and") + ". run and knob=value makes another.")
		return
	}
	changes := labs.Diff(a.events, b.events)
	if len(changes) == 0 {
		p.say(fmt.Sprintf("Run %d differs from run %d in nothing that is not random.", b.n, a.n))
		return
	}
	p.say(fmt.Sprintf("Run %d against run %d:", b.n, a.n))
	for _, c := range changes[:min(len(changes), mostChanges)] {
		p.say(changeLine(c))
	}
	if more := len(changes) - mostChanges; more > 0 {
		p.say(fmt.Sprintf("and %d more.", more))
	}
}

// two returns the runs with these numbers; with none, the last two.
func (s *labScreen) two(words []string) (a, b *shown) {
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
func changeLine(c labs.Change) string {
	who := c.Who.String() + "'s "
	if c.Conn != "" {
		who = "on " + c.Conn + ", " + who
	}
	switch {
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
