package tui

import (
	"strings"
)

// welcome tells of the first start: a handshake that has just happened.
func (p *plain) welcome(s *welcome) {
	for _, para := range welcomeText(s.first) {
		p.say(spoken(para))
	}
}

// nextAtFirst asks for the line, or leads on.
// Before anything was sent the line is asked for; afterwards enter leads on.
func (p *plain) nextAtFirst(s *welcome) {
	if s.said == nil {
		p.say("Type something a stranger should not read, then press enter. An empty line goes straight to the course.")
		return
	}
	p.say("enter: on to lesson " + s.firstLesson().ID + ". o: open it in the lab. back: the course.")
}

// welcomed takes what is typed on the first start: words that no stranger should
// read. Only quit and help are taken for what they say.
func (p *plain) welcomed(s *welcome, text string) bool {
	switch {
	case s.said != nil && text == "":
		p.moved(s.begin)
	// Once it was sent, a line is a command like any other.
	case s.said != nil || text == "quit" || text == "help" || text == "?":
		return false
	case text == "":
		p.moved(s.course)
	default:
		s.field.insert(text) // bounded as on a screen
		p.run(s.send())
		// It was not sent; the foot has why.
		if s.said == nil {
			p.foot()
			return true
		}
		p.say("Your line has crossed the network inside this machine three times. Somebody listened on all three wires, and had no key.")
		// What was heard is told with its bytes: they are the proof.
		for _, l := range tappedLines(s.said) {
			p.say(l.title + ": " + strings.TrimSuffix(l.said, "."))
			p.say(l.bytes)
		}
		p.say("Lesson " + s.firstLesson().ID + " shows how to read these bytes, and what a listener still learns from the sealed ones.")
		p.next()
	}
	return true
}
