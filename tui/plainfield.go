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
// from 1, and by which numbers below it. A field outside of every part, such as
// a record's length, has part 0, or that of the message last opened.
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

// open is open: by number, by name, or what a screen's o does.
func (p *plain) open(rest string) {
	if rest == "" {
		p.openHere()
		return
	}
	numbered := strings.Trim(rest, "0123456789.") == "" && rest != "."
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
	if p.openWord(rest) || p.openNote(rest) {
		return
	}
	p.say("Nothing here is called " + wire.Clean(rest, 60) + "; messages lists what crossed, and find finds words.")
}

// lookedInto is labOf without a word.
func (p *plain) lookedInto() *labScreen {
	switch s := p.app.top().(type) {
	case *labScreen:
		return s
	case *lessonScreen:
		return p.labOfPage(s.shownRun())
	}
	return nil
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
	if strings.HasPrefix(rest, ".") && p.at.field != nil && p.at.run == c {
		at = p.at
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
	var f *wire.Field
	if p.at.run == c && p.at.field != nil {
		if f = p.at.field.Match(name); f == nil && p.at.part > 0 {
			f = c.recs[parts(c.recs)[p.at.part-1].rec].Event.Tree.Match(name)
		}
	}
	if f == nil {
		_, f, _ = labs.Lookup(c.events, name)
	}
	if f == nil {
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

// locate finds the numbers that lead to a field of a run.
func locate(c *shown, f *wire.Field) opened {
	all := parts(c.recs)
	for i, x := range all {
		if path, ok := numbers(x.field, f); ok {
			return opened{run: c, part: i + 1, path: path, field: f}
		}
	}
	for i, x := range all { // around the messages of a record
		if _, ok := numbers(c.recs[x.rec].Event.Tree, f); ok {
			return opened{run: c, part: i + 1, field: f, loose: true}
		}
	}
	return opened{run: c, field: f, loose: true}
}

// numbers leads from a field down to another one.
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
	said := strings.TrimSpace(at.number() + " " + f.Name)
	if f.Value != "" {
		said += ": " + f.Value
	}
	p.say(said)
	if n, ok := p.env.Notes.For(pathTo(at.run, f)); ok {
		p.say(spoken(n.Text))
	}
	if f.Src != nil {
		p.say(fmt.Sprintf("Offset %d, length %d, in: %s.", f.Off, f.N, cleanLine(f.Src.Name)))
	}
	if f.Err != nil {
		p.say("Not read further: " + sentence(cleanLine(f.Err.Error())))
	}
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
	if _, ok := p.app.top().(*labScreen); ok {
		p.nextInLab(s)
	}
}

// pathTo names the fields that lead to one, from its record on.
func pathTo(c *shown, f *wire.Field) string {
	path := ""
	for i := range c.recs {
		c.recs[i].Event.Tree.Walk(func(above []*wire.Field) {
			if path != "" || above[len(above)-1] != f {
				return
			}
			var names []string
			for _, x := range above {
				names = append(names, x.Name)
			}
			path = strings.Join(names, ".")
		})
	}
	return path
}

// openNote reads the note on a field by the end of its path.
func (p *plain) openNote(name string) bool {
	for _, n := range p.env.Notes.All() {
		if strings.EqualFold(n.Path, name) {
			p.say(n.Path + ": " + spoken(n.Text))
			return true
		}
	}
	return false
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
