package tui

import (
	"strings"
)

// step begins a run that is held at its first record, or lets one go.
func (p *plain) step(string) {
	switch s := p.app.top().(type) {
	case *labScreen:
		if s.held() {
			p.letGo(s)
			return
		}
		p.started(s, s.hold)
	// A page cannot be stepped through: its lab is gone to, and held there.
	default:
		if lab := p.labOf(); lab != nil {
			p.tryOut(lab, lab.hold)
		}
	}
}

// letGo delivers the record that waits, and waits for the next one.
func (p *plain) letGo(s *labScreen) {
	s.asked = false
	// It is named before it goes: afterwards another one waits.
	if at, waits := s.flight.run.Held(); waits {
		if _, what := s.heldAt(at); what != "" {
			p.say("Delivered: " + what + ".")
		}
	}
	// Next returns at once; follow waits until another record is held, or none.
	p.run(s.next())
	p.follow(s)
	p.goneOn(s)
}

// heldAt says what a held run waits at, and who has which keys.
func (p *plain) heldAt(s *labScreen) {
	// The line of the screen, cut where it has its points.
	said := ""
	for _, x := range strings.Split(strings.TrimPrefix(s.heldLine(1<<20), "HELD  "), " · ") {
		if said == "" {
			x = "held at " + x
		}
		said += sentence(x) + " "
	}
	p.say(said)
}
