package tui

import (
	"fmt"
	"strconv"
	"strings"

	"tlstutor/labs"
)

// why gives the evidence: for a prediction what the run said of it, then what
// ended the run, the field it is about, and the goals.
func (p *plain) why(string) {
	if s, ok := p.app.top().(*lessonScreen); ok {
		// As e on a screen: the run that decided the last answer.
		if r, paths := s.sheet().proven(); r != nil {
			// What decided the answer comes before how the run ended.
			p.decider(r, paths)
			if lab := p.labOfPage(r); lab != nil {
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

// decider says what in a run decided an answer: the first of these paths that the
// run has a field for, as one proof is enough.
func (p *plain) decider(r *ran, paths []string) {
	lab := p.labOfPage(r)
	for _, path := range paths {
		_, f, ok := labs.Lookup(r.events, path)
		if !ok || f == nil {
			continue
		}
		said := "What decided it: " + f.Name
		switch {
		case f.Value != "":
			said += ", " + f.Value
		case f.Src != nil: // of a record it is its size
			said += ", " + plural(f.N, "byte")
		}
		// Loose fields have no number, so it is their message that can be opened.
		if lab != nil {
			switch at := locate(lab.cur(), f); {
			case !at.loose:
				said += "; open " + at.number() + " shows it"
			case at.part > 0:
				said += fmt.Sprintf("; it is the record of message %d", at.part)
			}
		}
		p.say(sentence(said))
		return
	}
}

// evidence follows a verdict step by step.
func (p *plain) evidence(c *shown) {
	end := c.end
	p.say(ending(c.end, c.recs))
	// Steps are numbered as they come: not every run has each of them.
	n := 0
	var opens []string
	step := func(open, format string, args ...any) {
		n++
		opens = append(opens, open)
		p.say(fmt.Sprintf("%d ", n) + sentence(fmt.Sprintf(format, args...)))
	}
	// First the message, then the reason in the words of who gave it, then the bytes
	// that it is about, then what the lab was for.
	if i, _ := decisive(end, c.recs); i > 0 {
		what := "ended it"
		if end.OK {
			what = "completed it"
		}
		step(strconv.Itoa(i), "Message %d %s: %s", i, what, parts(c.recs)[i-1].line(c.recs))
	}
	if end.Err != nil && end.Who != labs.Nobody {
		step("", "The %s says: %s", end.Who, cleanLine(end.Err.Error()))
	}
	if end.At != nil {
		said, open := "It is about "+end.At.Name, ""
		if end.At.Value != "" {
			said += ", " + end.At.Value
		}
		if at := locate(c, end.At); !at.loose {
			open = at.number()
			said += "; open " + open + " shows it"
		}
		step(open, "%s", said)
	}
	if _, at, ok := labs.Revoked(c.recs); ok && at != nil {
		if place := locate(c, at); !place.loose {
			step(place.number(), "The client was told of a revocation: %s, %s; open %s shows it", at.Name, at.Value, place.number())
		}
	}
	p.lamps(c, step)
	for _, e := range c.events {
		// Goals are findings of the lab, worked out and not on any wire.
		if e.Kind == labs.Found && e.Tree != nil && e.Tree.Src == nil && e.Tree.Name == "goal" {
			step("", "%s", e.Text)
		}
	}
	p.list = toldList{kind: "why", lab: p.lookedInto(), run: c, opens: opens}
}

// lamps are the five lights of each verification, as steps of the evidence: those
// that hold in one line, the others each with its reason.
func (p *plain) lamps(c *shown, step func(open, format string, args ...any)) {
	for _, v := range labs.Verifications(c.recs) {
		whose := "the certificate"
		if v.Whose != "" {
			whose = "the " + v.Whose + "'s certificate"
		}
		// Of several connections each has its own.
		if v.Conn != nil && v.Conn.Name != "" {
			whose += " on " + v.Conn.Name
		}
		var hold []string
		for _, l := range v.Lights {
			stricter := l.Beside != "" && v.Stricter(c.end)
			if l.State == labs.Holds && !stricter {
				hold = append(hold, l.Name)
				continue
			}
			said, open := "Of "+whose+", light "+l.Name+" "+l.State, ""
			if l.State != labs.Fails && !stricter {
				said = "Of " + whose + ", light " + l.Name + " is " + l.State
			}
			if l.Why != "" {
				said += ": " + l.Why
			}
			if stricter {
				said += " " + l.Beside
			}
			if l.At != nil {
				if at := locate(c, l.At); !at.loose {
					open = at.number()
					said = strings.TrimSuffix(said, ".") + "; open " + open + " shows it"
				}
			}
			step(open, "%s", said)
		}
		if len(hold) > 0 {
			step("", "Of %s, these lights hold: %s", whose, strings.Join(hold, ", "))
		}
		if v.Apart && v.OK {
			step("", "Whether it was revoked none of the five lights says")
		}
	}
}
