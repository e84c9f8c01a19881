package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// A part is what open counts in a run: a message, or a record that holds none
// that could be read, or what was made off the wire.
type part struct {
	rec   int // its record, an index
	field *wire.Field
	first bool // it is the first of its record
}

// parts lists a run.
func parts(recs []labs.Rec) []part {
	var all []part
	for i := range recs {
		tree := recs[i].Event.Tree
		var fields []*wire.Field
		if recs[i].OnWire() {
			fields = dissect.Messages(tree)
		}
		if len(fields) == 0 {
			fields = []*wire.Field{tree}
		}
		for j, f := range fields {
			all = append(all, part{i, f, j == 0})
		}
	}
	return all
}

// title is what a part is called: an alert says what it warns of, and bytes that
// are no message what they are.
func (x part) title(recs []labs.Rec) string {
	switch {
	case x.field.Name == "Alert":
		_, what, _ := strings.Cut(x.field.Value, " ")
		return "Alert " + labs.Bare(what)
	case recs[x.rec].OnWire() && x.field.Kid("msg_type") == nil:
		return recs[x.rec].Event.Text
	case recs[x.rec].OnWire():
		return x.field.Name
	}
	return recs[x.rec].Event.Text
}

// line says one part of a run: what it is, who sent it, how large it was on the
// wire, under which keys.
func (x part) line(recs []labs.Rec) string {
	r := &recs[x.rec]
	e := &r.Event
	text := x.title(recs)
	switch {
	case !r.OnWire() && e.Tree.Src != nil:
		return fmt.Sprintf("%s: %s, %s, not on the wire", x.field.Name, text, plural(e.Tree.N, "byte"))
	case !r.OnWire():
		return fmt.Sprintf("%s: %s", e.Who, text)
	}
	text += fmt.Sprintf(", %s to %s", e.Who, e.To)
	if x.first {
		text += ", " + plural(e.Tree.N, "byte")
	} else {
		text += ", in the same record"
	}
	text += ", " + keys(e)
	if e.Conn.Name != "" {
		text += ", on " + e.Conn.Name
	}
	if r.Delivered < 0 {
		text += ", not delivered"
	}
	if e.Err != nil {
		text += ": " + wire.Clean(e.Err.Error(), wire.MaxValue)
	}
	return text
}

// keys says under which keys a record travels.
func keys(e *labs.Event) string {
	if e.Epoch == dissect.Clear {
		return "in the clear"
	}
	return "sealed with " + labs.Under(e)
}

// messages lists what crossed.
func (p *plain) messages(string) {
	s := p.labOf()
	if s == nil || s.cur() == nil {
		return
	}
	recs := s.cur().recs
	all := parts(recs)
	for i, x := range all {
		said := fmt.Sprintf("%d %s", i+1, x.line(recs))
		switch s.cur().marks[x.rec] {
		case '+':
			said += "; new"
		case '~':
			said += "; changed"
		}
		p.say(said)
	}
	if len(all) == 0 {
		p.say("Nothing has crossed yet.")
		return
	}
	p.say("open and a number opens one.")
}

// enterLab tells of a lab that was just opened, already run.
func (p *plain) enterLab(s *labScreen) {
	p.at = opened{}
	p.say("Lab " + s.lab.Name + ". " + firstOf(s.lab.Doc))
	p.report(s)
	if s.from == "" {
		p.say("Type messages, knobs, presets or hint.")
		return
	}
	var look []string
	for _, x := range s.lab.Look {
		look = append(look, "open "+x)
	}
	p.say(s.from + " looks at: " + strings.Join(look, ", ") + ".")
}

// report tells of the run that ended last: where it ran, what changed, how it
// ended.
func (p *plain) report(s *labScreen) {
	c := s.cur()
	switch {
	case c == nil:
		p.say("Nothing was run yet.")
		return
	case c.missed != nil:
		p.say("No lab can run: " + sentence(cleanLine(c.missed.Error())) + " Nothing was changed. Close a program that holds many connections, or wait a minute, then type run. tlstutor doctor shows more.")
		return
	case c.dropped:
		p.say(fmt.Sprintf("Run %d was dropped.", c.n))
		return
	}
	p.say(fmt.Sprintf("Run %d: %s%s.", c.n, s.lab.Line(c.settings), on(serverOf(c.events))))
	if vs, rest, ok := strings.Cut(c.line, ": "); ok {
		p.say("Since " + strings.TrimPrefix(vs, "vs ") + ": " + sentence(rest))
	}
	p.say(ending(c.end, c.recs))
}

// serverOf is where the first connection of a run went to, or "".
func serverOf(events []labs.Event) string { return (&ran{events: events}).server() }

// ending says how a run ended: the fact, then who, and at which message.
func ending(end labs.Ending, recs []labs.Rec) string {
	if end.OK || end.Who == labs.Nobody {
		return sentence(end.Text)
	}
	said := fmt.Sprintf("Failed: the %s ended it", end.Who)
	if end.Alert == "" {
		return said + " without an alert."
	}
	said += ". Alert " + end.Alert
	all := parts(recs)
	for i, x := range all {
		if x.rec == end.Rec && x.field.Name == "Alert" {
			said += fmt.Sprintf(", message %d of %d, %s", i+1, len(all), keys(&recs[end.Rec].Event))
		}
	}
	if end.After != "" {
		said += ", after " + end.After
	}
	return sentence(said)
}

// nextInLab says what enter does in a lab.
func (p *plain) nextInLab(s *labScreen) {
	switch {
	case s.held():
		p.say("enter: let it go. run: let all go.")
	case s.cur() == nil:
		p.say("enter: run it.")
	default:
		recs := s.cur().recs
		all := parts(recs)
		if n := p.at.part; n < len(all) {
			p.say(fmt.Sprintf("enter: open %d, %s. back: %s.", n+1, all[n].title(recs), p.env.below(s)))
			return
		}
		p.say("back: " + p.env.below(s) + ".")
	}
}

// readOn is enter in a lab: the next record of a held run, else the next message.
func (p *plain) readOn(s *labScreen) {
	switch {
	case s.held():
		p.letGo(s)
	case s.cur() == nil:
		p.runLab("")
	case p.at.part < len(parts(s.cur().recs)):
		p.open(fmt.Sprint(p.at.part + 1))
	default:
		p.say("That was the last message. back leads to " + p.env.below(s) + ".")
	}
}

// beside opens the message, or shows the run, before or after.
func (p *plain) beside(word string) {
	s, ok := p.app.top().(*labScreen)
	switch {
	case !ok || s.cur() == nil:
		p.say(word + " is for a lab.")
	case word == "]":
		p.readOn(s)
	case word == "[" && p.at.part > 1:
		p.open(fmt.Sprint(p.at.part - 1))
	case word == "[":
		p.say("That is the first message.")
	case s.flight != nil:
		p.say("A run is held; run lets all of it go.")
	case word == "<" && s.at == 0, word == ">" && s.at == len(s.runs)-1:
		p.say(s.Idle(word) + ".")
	default:
		p.run(s.older(map[string]int{"<": -1, ">": 1}[word])())
		p.at = opened{}
		p.report(s)
		p.next()
	}
}

// runLab is run: a held run goes on to its end; a lab runs with its knobs, some
// of which may be set; a page runs its own lab once more, or goes to it.
func (p *plain) runLab(rest string) {
	words, err := split(rest)
	if err != nil {
		p.say(sentence(err.Error()))
		return
	}
	switch s := p.app.top().(type) {
	case *lessonScreen:
		if len(words) == 0 {
			p.runPage(s)
		} else if lab := p.labOf(); lab != nil {
			p.tryOut(lab, func() tea.Cmd { return lab.settle(words) })
		}
	case *labScreen:
		switch {
		case s.held() && len(words) > 0:
			p.say("The knobs are locked while a run is held. run lets all of it go.")
		case s.held():
			p.run(s.free())
			p.follow(s)
			p.goneOn(s)
		case len(words) > 0:
			p.started(s, func() tea.Cmd { return s.settle(words) })
		default:
			p.started(s, func() tea.Cmd { return s.start(false) })
		}
	default:
		p.say("Which lab? go handshake opens one; go labs lists them.")
	}
}

// tryOut leaves a page for the lab of its run, and runs something there. What
// the page looks into stays its own run.
func (p *plain) tryOut(lab *labScreen, f func() tea.Cmd) {
	p.ran, p.side = nil, nil
	p.run(p.env.push(lab))
	p.say("Lab " + lab.lab.Name + ", from " + lab.from + ".")
	p.started(lab, f)
}

// started runs a lab, and tells of it. What the lab refuses it says itself.
func (p *plain) started(s *labScreen, f func() tea.Cmd) {
	before := s.made
	p.run(f())
	if s.made == before {
		p.foot()
		return
	}
	p.goneOn(s)
}

// goneOn tells of a run that goes on or has just ended.
func (p *plain) goneOn(s *labScreen) {
	p.at = opened{}
	p.foot()
	if s.held() {
		p.heldAt(s)
	} else {
		p.report(s)
	}
	p.next()
}

// step begins a run that is held at its first record, or lets one go.
func (p *plain) step(string) {
	switch s := p.app.top().(type) {
	case *labScreen:
		if s.held() {
			p.letGo(s)
			return
		}
		p.started(s, s.hold)
	default:
		if lab := p.labOf(); lab != nil {
			p.tryOut(lab, lab.hold)
		}
	}
}

// letGo delivers the record that waits, and waits for the next one.
func (p *plain) letGo(s *labScreen) {
	s.asked = false
	if at, waits := s.flight.run.Held(); waits {
		if _, what := s.heldAt(at); what != "" {
			p.say("Delivered: " + what + ".")
		}
	}
	p.run(s.next())
	p.follow(s)
	p.goneOn(s)
}

// heldAt says what a held run waits at, and who has which keys.
func (p *plain) heldAt(s *labScreen) {
	said := ""
	for _, x := range strings.Split(strings.TrimPrefix(s.heldLine(1<<20), "HELD  "), " · ") {
		if said == "" {
			x = "held at " + x
		}
		said += sentence(x) + " "
	}
	p.say(said)
}

// preset runs a lab with settings that are worth one digit.
func (p *plain) preset(s *labScreen, n int) {
	switch {
	case s.flight != nil:
		p.say("The knobs are locked while a run is held. run lets all of it go.")
	case n > len(s.lab.Presets):
		p.say(fmt.Sprintf("There are presets 0 to %d.", len(s.lab.Presets)))
	default:
		p.started(s, s.preset(n))
	}
}

// presets lists them.
func (p *plain) presets(string) {
	s := p.labOf()
	if s == nil {
		return
	}
	p.say("0 as the lab opened: " + s.lab.Line(s.first))
	for i, x := range s.lab.Presets {
		set := clone(s.first)
		for k, v := range x.Set {
			set[k] = v
		}
		p.say(fmt.Sprintf("%d %s: %s", i+1, x.Name, s.lab.Line(set)))
	}
	if _, ok := p.app.top().(*labScreen); !ok {
		p.say("o opens the lab, where a number runs one.")
	}
}

// knobs lists what can be set.
func (p *plain) knobs(string) {
	s := p.labOf()
	if s == nil {
		return
	}
	for i, k := range s.lab.Knobs {
		said := fmt.Sprintf("%d %s=%s: %s", i+1, k.Name, cleanLine(s.set[k.Name]), k.Doc)
		switch k.Kind {
		case labs.Choice:
			said += "; " + listed(k.Choices, "or")
		case labs.Number:
			said += fmt.Sprintf("; %d to %d %s", k.Min, k.Max, k.Unit)
		}
		p.say(said)
	}
	p.say("run and knob=value sets one and runs.")
}
