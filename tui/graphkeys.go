package tui

import (
	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
)

// A graphMsg is a click on a line of a graph.
type graphMsg int

// graphMoves are the keys in a graph.
func (s *labScreen) graphMoves(g labs.Graph) actions {
	lines := graphLines(g)
	n := len(lines)
	to := func(by int) func() tea.Cmd {
		return do(func() { s.graphTo(g, s.graphAt(lines)+by) })
	}
	return actions{
		act([]string{"up"}, "↑↓", "certificate", to(-1)),
		hush(act([]string{"down"}, "↓", "the next certificate", to(1))),
		act([]string{"enter", "right"}, "enter", "open it", s.openNode),
		hush(act([]string{"left"}, "←", "out", do(func() { s.focus = wirePane }))),
		one("a", "all fields", do(func() { s.graph.off = true; s.fields.Home() })),
		hush(act([]string{"home"}, "home", "the first certificate", to(-n))),
		hush(act([]string{"end"}, "end", "the last certificate", to(n))),
		hush(act([]string{"pgup"}, "pgup", "a page up", to(-10))),
		hush(act([]string{"pgdown"}, "pgdown", "a page down", to(10))),
	}
}

// openNode opens the highlighted certificate: in the record it came with, or else
// where the verification has it.
func (s *labScreen) openNode() tea.Cmd {
	g, ok := s.graphed()
	if !ok {
		return nil
	}
	lines := graphLines(g)
	at := s.graphAt(lines)
	rec, cert := g.Nodes[lines[at].node].Certificate(s.recs())
	if cert == nil {
		return say("nobody has this certificate, so there are no bytes to open")
	}
	back := graphPane{at: at, went: true, from: s.sel + 1}
	// A root was never sent: it stands in the verification itself.
	if rec >= 0 {
		s.pick(rec)
	}
	back.off = true
	s.graph = back
	s.fields.Show(cert)
	s.fields.Right() // unfolded, with the first field selected
	return nil
}

// toGraph goes back from a certificate to the graph that led to it.
func (s *labScreen) toGraph() {
	at := s.graph
	s.pick(at.from - 1)
	s.focus, s.graph = bytesPane, graphPane{at: at.at, went: true}
}

// fromGraph reports whether a certificate is shown that a graph led to.
func (s *labScreen) fromGraph() bool {
	return s.focus == bytesPane && s.graph.from > 0
}

// clickGraph selects a line; a second click opens it.
func (s *labScreen) clickGraph(m graphMsg) tea.Cmd {
	g, ok := s.graphed()
	if !ok {
		return nil
	}
	if s.focus == bytesPane && s.graphAt(graphLines(g)) == int(m) {
		return s.openNode()
	}
	s.focus = bytesPane
	s.graphTo(g, int(m))
	return nil
}
