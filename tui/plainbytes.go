package tui

import (
	"fmt"
	"strings"

	"tlstutor/labs/wire"
)

// locate finds the numbers that lead to a field of a run.
func locate(c *shown, f *wire.Field) opened {
	all := parts(c.recs)
	for i, x := range all {
		if path, ok := numbers(x.field, f); ok {
			return opened{run: c, part: i + 1, path: path, field: f}
		}
	}
	// A record's own fields stand around its messages, and have no number.
	for i, x := range all {
		if _, ok := numbers(c.recs[x.rec].Event.Tree, f); ok {
			return opened{run: c, part: i + 1, field: f, loose: true}
		}
	}
	return opened{run: c, field: f, loose: true}
}

// numbers leads from a field down to another one.
// The field itself is meant, not one like it, so pointers are compared. No
// numbers and true is the field that was begun with.
func numbers(from, to *wire.Field) ([]int, bool) {
	if from == to {
		return nil, true
	}
	for i, k := range from.Kids {
		if path, ok := numbers(k, to); ok {
			return append([]int{i + 1}, path...), true
		}
	}
	return nil, false
}

// mostKids bounds how many fields of one are listed.
const mostKids = 60

// field tells of the field that is open: its value, its note, where it stands,
// its kids.
func (p *plain) field(s *labScreen) {
	at, f := p.at, p.at.field
	// A loose field has no number, and so nothing before its name.
	said := strings.TrimSpace(at.number() + " " + f.Name)
	if f.Value != "" {
		said += ": " + f.Value
	}
	p.say(said)
	// The note before the numbers: what it means comes before where it stands.
	if text := p.env.said(pathTo(at.run, f), f); text != "" {
		p.say(spoken(text))
	}
	if f.Src != nil {
		p.say(fmt.Sprintf("Offset %d, length %d, in: %s.", f.Off, f.N, cleanLine(f.Src.Name)))
	}
	// What was read before it went wrong still stands, as the kids below.
	if f.Err != nil {
		p.say("Not read further: " + sentence(cleanLine(f.Err.Error())))
	}
	// The kids carry the numbers by which open goes on from here.
	for i, k := range f.Kids[:min(len(f.Kids), mostKids)] {
		said := at.kid(i) + " " + k.Name
		if k.Value != "" {
			said += ": " + k.Value
		}
		p.say(said)
	}
	if more := len(f.Kids) - mostKids; more > 0 {
		p.say(fmt.Sprintf("and %d more, to %s.", more, at.kid(len(f.Kids)-1)))
	}
	// On a page enter belongs to the page.
	if _, ok := p.app.top().(*labScreen); ok {
		p.nextInLab(s)
	}
}

// pathTo names the fields that lead to one, from its record on.
func pathTo(c *shown, f *wire.Field) string {
	// The first path that is found stays: a field stands in one record only.
	path := ""
	for i := range c.recs {
		c.recs[i].Event.Tree.Walk(func(above []*wire.Field) {
			if path != "" || above[len(above)-1] != f {
				return
			}
			var names []string
			// Walk uses its slice again, so the names are taken out now.
			for _, x := range above {
				names = append(names, x.Name)
			}
			path = strings.Join(names, ".")
		})
	}
	return path
}

// hex writes the bytes of what is open, 16 a line, each line with the offset it
// begins at.
func (p *plain) hex(string) {
	s := p.labOf()
	f := p.at.field
	switch {
	case s == nil:
	case f == nil || p.at.run != s.cur():
		p.say("Nothing is open. open 1 opens the first message.")
	case f.Src == nil:
		p.say(f.Name + " was worked out, and has no bytes of its own.")
	case f.Withheld():
		p.say("The bytes of " + f.Name + " are withheld.")
	default:
		p.say(fmt.Sprintf("%s, %s, from offset %d.", f.Name, plural(f.N, "byte"), f.Off))
		for from := 0; from < f.N; from += 16 {
			p.exact(fmt.Sprintf("%04x  % x", f.Off+from, f.Bytes()[from:min(from+16, f.N)]))
		}
	}
}
