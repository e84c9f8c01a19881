package tui

import (
	"fmt"
	"strconv"
)

// A toldList is the list of a run that was told last: a number that is typed then
// means its entry. It is over as soon as another run is shown.
type toldList struct {
	kind  string // the word that tells it
	lab   *labScreen
	run   *shown
	opens []string // of the steps of why: what open takes, or ""
}

// numbers is the kind of the list that numbers count in a lab, or "" where none was
// told of the run that is shown.
func (p *plain) numbers(s *labScreen) string {
	if s == nil || p.list.lab != s || p.list.run != s.cur() {
		return ""
	}
	return p.list.kind
}

// tellsOf notes that a list was told, and says what a number does then: on a page
// it may be an answer, so a word is needed.
func (p *plain) tellsOf(s *labScreen, kind, onPage, inLab string) {
	p.list = toldList{kind: kind, lab: s, run: s.cur()}
	if p.app.top() != Screen(s) {
		inLab = onPage
	}
	p.say(inLab)
}

// entry does what a number means in a lab: it opens or runs that entry of the list
// that was told last, and a message where there was none.
func (p *plain) entry(s *labScreen, n int) {
	switch p.numbers(s) {
	case "presets":
		p.preset(s, n)
	case "knobs":
		if n < 1 || n > len(s.lab.Knobs) {
			p.say(fmt.Sprintf("There are knobs 1 to %d.", len(s.lab.Knobs)))
			return
		}
		p.say(s.knobLine(n - 1))
		p.say("run " + s.lab.Knobs[n-1].Name + "= and a value sets it and runs.")
	case "wiretap":
		p.say("A listener opens nothing. messages lists what can be opened here.")
	case "why":
		switch {
		case n < 1 || n > len(p.list.opens):
			p.say(fmt.Sprintf("There are steps 1 to %d.", len(p.list.opens)))
		case p.list.opens[n-1] == "":
			p.say(fmt.Sprintf("Step %d has no bytes to open.", n))
		default:
			p.open(p.list.opens[n-1])
		}
	case "export":
		p.export(strconv.Itoa(n))
	default:
		p.open(strconv.Itoa(n))
	}
}
