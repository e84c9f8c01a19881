package tui

import (
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/labs/wire"
)

// enterLab tells of a lab that was just opened, already run.
func (p *plain) enterLab(s *labScreen) {
	// What was open belonged to another lab.
	p.at = opened{}
	p.say("Lab " + s.lab.Name + ". " + opening(s.lab.Doc))
	p.report(s)
	if s.from == "" {
		p.say("Type messages, knobs, presets or hint.")
		return
	}
	// From a page, say what it is about there, in the words that open takes.
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
	// Nothing is wrong with what was asked: the machine did not let it happen.
	case c.missed != nil:
		p.say(unrun(c.missed) + ": " + remedy(c.missed, "type run"))
		return
	// What a dropped run lacks means nothing, so it is neither compared nor judged.
	case c.dropped:
		p.say(fmt.Sprintf("Run %d was dropped.", c.n))
		return
	}
	p.say(fmt.Sprintf("Run %d: %s%s.", c.n, s.lab.Line(c.settings), ranOn(serverOf(c.events), c.events)))
	// A first run has nothing to be compared with, and no line.
	if vs, rest, ok := strings.Cut(c.line, ": "); ok {
		p.say("Since " + strings.TrimPrefix(vs, "vs ") + ": " + sentence(rest))
	}
	p.say(ending(c.end, c.recs))
	// In a drill the client's words are what one has to go by.
	if err := c.end.Err; err != nil && c.end.Who == labs.Client && s.drills(c) {
		p.say("The client says: " + wire.Clean(err.Error(), 400))
	}
	if text, _ := labs.Answered(c.recs); text != "" {
		p.say(sentence(text))
	}
}

// nextInLab says what enter does in a lab.
func (p *plain) nextInLab(s *labScreen) {
	switch {
	case s.held():
		p.say("enter: let it go. run: let all go.")
	case s.cur() == nil:
		p.say("enter: run it.")
	default:
		// What was opened last counts, also a field inside a message.
		recs := s.cur().recs
		all := parts(recs)
		if n := p.at.part; n < len(all) {
			p.say(fmt.Sprintf("enter: open %d, %s. back: %s.", n+1, all[n].name(recs), p.env.below(s)))
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
		p.say("In a lab " + word + " leads to a message or a run beside.")
	case word == "]":
		p.readOn(s)
	case word == "[" && p.at.part > 1:
		p.open(fmt.Sprint(p.at.part - 1))
	case word == "[":
		p.say("That is the first message.")
	// As on a screen, the knobs and the other runs are locked while one is held.
	case s.flight != nil:
		p.say("A run is held; run lets all of it go.")
	case word == "<" && s.at == 0, word == ">" && s.at == len(s.runs)-1:
		p.say(s.Idle(word) + ".")
	default:
		// Idle has said no at both ends, so there is a run on that side.
		p.run(s.older(map[string]int{"<": -1, ">": 1}[word])())
		p.at = opened{}
		p.report(s)
		p.next()
	}
}

// runLab is run: a held run goes on to its end; a lab runs with its knobs, some
// of which may be set; a page runs its own lab once more, or goes to it.
func (p *plain) runLab(rest string) {
	// As a shell cuts them: a line may come from one, or be meant for one.
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
			// An experiment does not feed the page's prose: it is the lab's.
			p.tryOut(lab, func() tea.Cmd { return lab.settle(words) })
		}
	case *labScreen:
		switch {
		case s.held() && len(words) > 0:
			p.say("The knobs are locked while a run is held. run lets all of it go.")
		case s.held():
			// The rest goes unheld, so follow waits for the end of the run.
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

// runPage runs the page's lab once more, and says what changed.
func (p *plain) runPage(s *lessonScreen) {
	sh := s.sheet()
	// Kept before the new one takes its place, to compare them.
	old := sh.run
	if sh.page.Lab() == nil {
		p.say("This page has no run of its own. go labs lists the labs.")
		return
	}
	if sh.behind() {
		p.say(sentence(keptBack))
		return
	}
	p.run(s.runPage(sh))
	p.ranLine(sh.run)
	p.ranEnd(sh.run)
	// The quotes of the page are of the new run from now on; say how it differs.
	if old != nil && sh.run != nil && old.err == nil && sh.run.err == nil {
		p.say(fmt.Sprintf("Since run %d: %s.", old.n, labs.Summary(labs.Diff(old.events, sh.run.events))))
	}
	p.next()
}

// tryOut leaves a page for the lab of its run, and runs something there. What
// the page looks into stays its own run.
func (p *plain) tryOut(lab *labScreen, f func() tea.Cmd) {
	// Another one is made for the page when it is looked into again.
	p.ran, p.side = nil, nil
	p.run(p.env.push(lab))
	p.say("Lab " + lab.lab.Name + ", from " + lab.from + ".")
	p.started(lab, f)
}

// started runs a lab, and tells of it. What the lab refuses it says itself.
func (p *plain) started(s *labScreen, f func() tea.Cmd) {
	before := s.made // a run that begins gets the next number
	p.run(f())
	if s.made == before {
		p.foot()
		return
	}
	p.goneOn(s)
}

// goneOn tells of a run that goes on or has just ended.
// It closes what is open, which belongs to the run before, or to fewer of this
// one's records.
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

// preset runs a lab with settings that are worth one digit.
func (p *plain) preset(s *labScreen, n int) {
	switch {
	case s.flight != nil:
		p.say("The knobs are locked while a run is held. run lets all of it go.")
	// 0 is a preset as well: the settings that the lab was opened with.
	case n > len(s.lab.Presets):
		p.say(fmt.Sprintf("There are presets 0 to %d.", len(s.lab.Presets)))
	default:
		p.started(s, s.preset(n))
	}
}

// presets lists them, or runs with one.
func (p *plain) presets(rest string) {
	s := p.labOf()
	if s == nil {
		return
	}
	if n, err := strconv.Atoi(rest); err == nil && n >= 0 && p.app.top() == Screen(s) {
		p.preset(s, n)
		return
	}
	p.say("0 as the lab opened: " + s.lab.Line(s.first))
	for i, x := range s.lab.Presets {
		p.say(fmt.Sprintf("%d %s: %s", i+1, x.Name, s.lab.Line(s.presetSet(i+1))))
	}
	p.tellsOf(s, "presets", "o opens the lab, where preset and a number runs one.", "A number runs one.")
}

// knobs lists what can be set.
func (p *plain) knobs(string) {
	s := p.labOf()
	if s == nil {
		return
	}
	for i := range s.lab.Knobs {
		p.say(s.knobLine(i))
	}
	p.list = toldList{kind: "knobs", lab: s, run: s.cur()}
	p.say("run and knob=value sets one and runs.")
}

// knobLine says of a knob how it is set, what it is, and what it takes.
func (s *labScreen) knobLine(i int) string {
	k := &s.lab.Knobs[i]
	if k.Kind == labs.Set {
		return s.setLine(i)
	}
	said := fmt.Sprintf("%d %s=%s: %s", i+1, k.Name, cleanLine(k.Shown(s.set)), k.Doc)
	// A text has no list of what it takes.
	switch k.Kind {
	case labs.Choice:
		said += "; " + listed(k.Choices, "or")
	case labs.Number:
		said += fmt.Sprintf("; %d to %d %s", k.Min, k.Max, k.Unit)
	}
	return said + "." + s.lacking(k)
}

// copy shows as text what a screen would copy.
// There may be no clipboard, or one of another machine, so it is printed.
func (p *plain) copy(string) {
	switch s := p.app.top().(type) {
	case *lessonScreen:
		if text, _ := s.copyText(); text != "" {
			p.exact(strings.TrimRight(text, "\n"))
			return
		}
		p.say("There is nothing to copy on this page.")
	case *labScreen:
		p.exact("tlstutor run " + s.lab.Line(s.set))
	default:
		p.say("There is nothing to copy here.")
	}
}
