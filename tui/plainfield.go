package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/labs/wire"
)

// An opened is the field that one looks at: in which part of the run, counted
// from 1, and by which numbers below it. A field that stands around a part, such
// as the length of its record, is in it loosely, and has no number.
type opened struct {
	run   *shown
	part  int
	path  []int // from 1 at each level
	field *wire.Field
	loose bool // the field is not in the part; path is nothing
}

// number is how the field is called: "5.2".
func (o opened) number() string {
	if o.loose {
		return ""
	}
	s := strconv.Itoa(o.part)
	for _, i := range o.path {
		s += "." + strconv.Itoa(i)
	}
	return s
}

// kid is how a kid of the field is called.
func (o opened) kid(i int) string { return o.number() + "." + strconv.Itoa(i+1) }

// labOf is the lab that is looked into. It says so where there is none.
func (p *plain) labOf() *labScreen {
	lab := p.lookedInto()
	if lab != nil {
		return lab
	}
	switch s, page := p.app.top().(*lessonScreen); {
	case page && s.sheet().behind():
		p.say(sentence(keptBack))
	case page:
		p.say("This page has no run to look into. go labs lists the labs.")
	default:
		p.say("That is for a lab, or for a page with a run. go labs lists the labs.")
	}
	return nil
}

// labOfPage is the lab of the page's last run, to look into from the page.
// It is nil where the page has no run, or one that failed as a whole.
func (p *plain) labOfPage(r *ran) *labScreen {
	if r == nil || r.lab == nil || r.err != nil {
		return nil
	}
	// One for as long as the page shows this run, so that what is open stays open.
	if p.ran != r {
		place := ""
		if s, ok := p.app.top().(*lessonScreen); ok {
			place = s.place()
		}
		p.ran, p.side, p.at = r, newRanLab(p.env, r, place), opened{}
	}
	return p.side
}

// lookedInto is the lab on top, or that of the page; nil where there is none.
func (p *plain) lookedInto() *labScreen {
	switch s := p.app.top().(type) {
	case *labScreen:
		return s
	case *lessonScreen:
		return p.labOfPage(s.shownRun())
	}
	return nil
}

// open is open: by number, by name, or what a screen's o does.
func (p *plain) open(rest string) {
	if rest == "" {
		p.openHere()
		return
	}
	numbered := strings.Trim(rest, "0123456789.") == "" && rest != "."
	// On a page its own links come first, then the run, then all that is explained.
	if !numbered && p.pageLinks(rest) && p.openWord(rest) {
		return
	}
	if s := p.lookedInto(); s != nil && s.cur() != nil {
		if numbered {
			p.openNumber(s, rest)
			return
		}
		if p.openName(s, rest) {
			return
		}
	} else if numbered {
		p.labOf() // says why there is nothing
		return
	}
	// Nothing in the run is called that: what is explained anywhere comes last.
	if p.openWord(rest) || p.openNote(rest) || p.openSuite(rest) {
		return
	}
	p.say("Nothing here is called " + wire.Clean(rest, 60) + "; messages lists what crossed, and find finds words.")
}

// openHere opens the lab on the page's run; in a lab it tells again of the field
// that is open.
func (p *plain) openHere() {
	switch s := p.app.top().(type) {
	case *lessonScreen:
		if p.labOf() != nil {
			p.moved(s.openRun)
		}
	case *welcome:
		if s.said != nil {
			p.moved(func() tea.Cmd { return p.env.push(newRanLab(p.env, s.said, "the beginning")) })
		}
	case *labScreen:
		if p.at.field != nil {
			p.field(s)
			return
		}
		p.open("1")
	default:
		p.say("Open what? A number opens a line, open and a name explains a word.")
	}
}

// openNumber opens part 5, or its field 5.2, or with ".2" a kid of what is open.
func (p *plain) openNumber(s *labScreen, rest string) {
	c := s.cur()
	all := parts(c.recs)
	at := opened{run: c}
	words := strings.Split(strings.Trim(rest, "."), ".")
	// ".2" goes on from what is open; else the first number is a message.
	if strings.HasPrefix(rest, ".") && p.at.field != nil && p.at.run == c {
		at = p.at
		// What is open keeps its own path, should a number below be refused.
		at.path = slices.Clone(at.path)
	} else {
		n, _ := strconv.Atoi(words[0])
		if n < 1 || n > len(all) {
			p.say(fmt.Sprintf("There is no message %s; there are %d.", wire.Clean(words[0], 10), len(all)))
			return
		}
		at.part, at.field = n, all[n-1].field
		words = words[1:]
	}
	for _, w := range words {
		// An empty word, as in "5..2", is refused as a number that no field has.
		n, err := strconv.Atoi(w)
		if err != nil || n < 1 || n > len(at.field.Kids) {
			p.say(fmt.Sprintf("%s has %s, and no number %s.", at.field.Name, plural(len(at.field.Kids), "field"), wire.Clean(w, 10)))
			return
		}
		at.path, at.field = append(at.path, n), at.field.Kids[n-1]
	}
	p.at = at
	p.field(s)
}

// openName opens a field by its name or path: in what is open, in its record, or
// anywhere in the run.
func (p *plain) openName(s *labScreen, name string) bool {
	c := s.cur()
	// The nearest first: names such as length are in every message.
	var f *wire.Field
	if p.at.run == c && p.at.field != nil {
		if f = p.at.field.Match(name); f == nil && p.at.part > 0 {
			f = c.recs[parts(c.recs)[p.at.part-1].rec].Event.Tree.Match(name)
		}
	}
	if f == nil {
		// Then as a page quotes it, which may say on which connection.
		_, f, _ = labs.Lookup(c.events, name)
	}
	if f == nil {
		// Last in any case: who listens does not hear which letters are large.
		f = foldedMatch(c.recs, name)
	}
	if f == nil {
		return false
	}
	p.at = locate(c, f)
	p.field(s)
	return true
}

// foldedMatch finds a field by its name alone, in any case.
// Of several the first in the run is meant.
func foldedMatch(recs []labs.Rec, name string) (found *wire.Field) {
	for i := range recs {
		recs[i].Event.Tree.Walk(func(path []*wire.Field) {
			if f := path[len(path)-1]; found == nil && strings.EqualFold(f.Name, name) {
				found = f
			}
		})
	}
	return found
}
