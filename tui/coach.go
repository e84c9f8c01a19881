package tui

import (
	tea "charm.land/bubbletea/v2"

	"tlstutor/tui/theme"
)

// A coachStep is something a learner has done once, which a coach line asks
// for.
type coachStep uint

const (
	coachOpen coachStep = 1 << iota
	coachPreset
	coachHold
	coachEdit
	coachTap
)

// A coachLine says what to try next in a lab, until it was done.
type coachLine struct {
	step coachStep
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
	"wiretap": {
		{coachTap, "Try: w shows what a listener reads of it."},
		{coachEdit, "Try: tab to the knobs, enter on say, and type a line of your own."},
		{coachHold, "Try: s holds the connections in mid-flight."},
	},
}

// did notes that the learner has done something; its line does not come back
// while the program runs.
func (s *labScreen) did(step coachStep) tea.Cmd {
	s.env.coach[s.lab.Name] |= step
	return nil
}

// coachLine is the line above the footer, or "".
func (s *labScreen) coachLine(w int) string {
	if s.held() || s.tapped || s.focus != wirePane {
		return ""
	}
	for _, l := range coachLines[s.lab.Name] {
		if s.env.coach[s.lab.Name]&l.step == 0 {
			return theme.Fit("  "+s.env.Theme.Quiet.Render(l.text), w)
		}
	}
	return ""
}

// Help shows the coach lines again.
func (s *labScreen) Help() []string {
	var lines []string
	for _, l := range coachLines[s.lab.Name] {
		lines = append(lines, l.text)
	}
	return append(lines, s.lab.Doc, "To select text with the mouse: hold shift while you drag (on macOS: option, or fn), or press M.")
}
