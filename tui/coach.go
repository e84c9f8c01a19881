package tui

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"tlstutor/tui/theme"
)

// A coachStep is something a learner has done once, which a coach line asks
// for. They are bits, so what was done in a lab is one number.
type coachStep uint

const (
	coachOpen   coachStep = 1 << iota // a message was opened
	coachPreset                       // a digit chose a preset
	coachHold                         // a run was held
	coachEdit                         // a text was edited
	coachTap                          // the wiretap was looked at
)

// A coachLine says what to try next in a lab, until it was done.
type coachLine struct {
	step coachStep // what makes the line go away
	text string
}

// coachLines are what the learner is asked to try in a lab, one after the
// other.
var coachLines = map[string][]coachLine{
	"handshake": {
		{coachOpen, "Try: enter opens ClientHello; find the name of the site."},
		{coachPreset, "Try: 2 has the client meet a certificate from an unknown CA."},
		{coachHold, "Try: s holds a handshake in mid-flight."},
	},
	"mitm": {
		{coachPreset, "Try: 1 has the client verify nothing; look who reads the line then."},
		{coachOpen, "Try: enter opens Certificate; find out who issued it."},
		{coachTap, "Try: w shows what a listener reads of it all."},
	},
	"certificate": {
		{coachOpen, "Try: enter opens the leaf; find the name it is for."},
		{coachPreset, "Try: 1 flips one bit after signing; look who notices."},
		{coachTap, "Try: w shows whether a listener can read the certificate."},
	},
	"wiretap": {
		{coachTap, "Try: w shows what a listener reads of it."},
		{coachEdit, "Try: tab to the knobs, enter on say, and type a line of your own."},
		{coachHold, "Try: s holds the connections in mid-flight."},
	},
}

// did notes that the learner has done something; its line does not come back.
func (s *labScreen) did(step coachStep) tea.Cmd {
	done := s.env.coached(s.lab.Name)
	if done&step != 0 {
		return nil
	}
	done |= step
	s.env.coach[s.lab.Name] = done
	progress, name := s.env.Progress, s.lab.Name
	return func() tea.Msg { progress.Keep("coach."+name, strconv.Itoa(int(done))); return nil }
}

// coached is what the learner has done in a lab, today or before.
func (e *Env) coached(lab string) coachStep {
	if _, known := e.coach[lab]; !known {
		n, _ := strconv.Atoi(e.Progress.Pref("coach." + lab)) // nothing is 0
		e.coach[lab] = coachStep(n)
	}
	return e.coach[lab]
}

// coachLine is the line above the footer, or "". It is for who looks at the
// wire as a party of it; a held run has a line of its own.
func (s *labScreen) coachLine(w int) string {
	// In a lab that a lesson has opened, the lesson says what to look at.
	if s.held() || s.tapped || s.focus != wirePane || s.from != "" {
		return ""
	}
	for _, l := range coachLines[s.lab.Name] {
		if s.env.coached(s.lab.Name)&l.step == 0 {
			return theme.Fit("  "+s.env.Theme.Quiet.Render(l.text), w)
		}
	}
	return ""
}

// help shows the coach lines again. Then comes what the lab is for.
func (s *labScreen) help() []string {
	var lines []string
	for _, l := range coachLines[s.lab.Name] {
		lines = append(lines, l.text)
	}
	return append(lines, paragraphs(s.lab.Doc)...)
}
