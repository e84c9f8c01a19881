package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/tui/theme"
)

// This file draws the certificates of a verification: the one in question above,
// its issuers below it, and so on to the roots, one line for each way from one to
// the next. graphkeys.go is how it is walked.

// A graphPane is what the bytes pane has of a verification, until its fields are
// asked for.
type graphPane struct {
	at   int  // the highlighted line, once somebody has chosen one; until then it is where the verdict was decided
	went bool // somebody has
	off  bool // the fields are shown in its place
	from int  // one more than the record whose graph led to the certificate shown, or 0
}

// A graphLine is one line of the drawing: a certificate, and what led to it.
type graphLine struct {
	node  int
	edge  int    // into Edges, or -1
	trunk string // for each level above: 'l' where more comes below, ' ' where not
	last  bool   // nothing more comes at this level
	again bool   // it stands with all that is below it further up
	alone bool   // nothing leads to it
	first bool   // it is looked at first: here the verdict was decided
}

// graphed returns the graph of the selected record, where that is a verification
// whose graph is shown.
func (s *labScreen) graphed() (labs.Graph, bool) {
	r := s.rec()
	if r == nil || s.graph.off {
		return labs.Graph{}, false
	}
	for _, v := range labs.Verifications(s.recs()) {
		if v.Tree == r.Event.Tree {
			g := v.Graph()
			return g, len(g.Nodes) > 0
		}
	}
	return labs.Graph{}, false
}

// maxGraph is how many lines are drawn: who is shown more sees less.
const maxGraph = 400

// graphLines lays a graph out from its first certificate on. One that several lead
// to stands in full where it is met first.
func graphLines(g labs.Graph) []graphLine {
	var lines []graphLine
	met := make([]bool, len(g.Nodes))
	var add func(l graphLine)
	add = func(l graphLine) {
		if len(lines) >= maxGraph {
			return
		}
		// A cross-sign can lead round: what was met is not walked again.
		l.again = met[l.node]
		met[l.node] = true
		lines = append(lines, l)
		if l.again {
			return
		}
		var out []int
		for i, e := range g.Edges {
			if e.Child == l.node {
				out = append(out, i)
			}
		}
		// What stands below the first certificate begins at the left.
		trunk := l.trunk
		if l.edge >= 0 {
			trunk += map[bool]string{true: " ", false: "l"}[l.last]
		}
		for i, e := range out {
			add(graphLine{node: g.Edges[e].Parent, edge: e, trunk: trunk, last: i == len(out)-1})
		}
	}
	// The first is the one in question; others that nothing leads to come behind.
	for i := range g.Nodes {
		if !met[i] {
			add(graphLine{node: i, edge: -1, alone: i > 0})
		}
	}
	for i := range lines {
		if n := g.Nodes[lines[i].node]; n.Decides && !lines[i].again {
			lines[i].first = true
			return lines
		}
	}
	// Where nothing fails, that is where clients differ, if anywhere.
	for i := range lines {
		if n := g.Nodes[lines[i].node]; n.Beside != "" && !lines[i].again {
			lines[i].first = true
			break
		}
	}
	return lines
}

// graphView draws the graph in w by h cells, and says where its lines are.
func (s *labScreen) graphView(g labs.Graph, w, h int) (string, []Hit) {
	t := s.env.Theme
	lines := graphLines(g)
	room := h
	// The last line then says how many there are.
	if len(lines) > room {
		room--
	}
	from := inSight(s.graphAt(lines), len(lines), room)
	var rows []string
	var hits []Hit
	for i := from; i < len(lines) && i < from+room; i++ {
		hits = append(hits, Hit{Y: len(rows), W: w, H: 1, Click: func(_, _ int) tea.Msg { return graphMsg(i) }})
		rows = append(rows, s.graphRow(g, lines[i], i == s.graphAt(lines), w))
	}
	switch {
	case len(lines) > room:
		rows = append(rows, " "+t.Dim.Render(s.more(from+room, len(lines))))
	case h-len(rows) >= 2:
		rows = append(rows, "", " "+s.graphLegend(w-1))
	}
	return strings.Join(rows, "\n"), hits
}

// graphAt is the highlighted line, which another run may not have. Until somebody
// goes elsewhere, it is the one that decides.
func (s *labScreen) graphAt(lines []graphLine) int {
	if !s.graph.went {
		return max(0, slices.IndexFunc(lines, func(l graphLine) bool { return l.first }))
	}
	return max(0, min(s.graph.at, len(lines)-1))
}

// graphTo highlights a line, or the nearest that there is.
func (s *labScreen) graphTo(g labs.Graph, line int) {
	s.graph.at, s.graph.went = max(0, min(line, len(graphLines(g))-1)), true
}

// graphRow draws one line: what leads here, the mark, the certificate, and where it
// came from.
func (s *labScreen) graphRow(g labs.Graph, l graphLine, here bool, w int) string {
	t := s.env.Theme
	n := g.Nodes[l.node]
	ok, lit := n.OK, n.Lit && l.edge < 0
	if l.edge >= 0 {
		e := g.Edges[l.edge]
		ok, lit = ok && e.OK, e.Lit
	}
	style, mark := t.Text, t.Glyphs.Check
	// Colour, sign and, behind the name, a word say the same.
	switch {
	case !ok && lit:
		style, mark = t.Bad, t.Glyphs.Cross
	case !ok:
		style, mark = t.Dim, t.Glyphs.Cross
	case lit:
		style = t.Good
	}
	from := n.From
	switch {
	case l.again:
		from = "see above"
	case l.alone:
		from += "; nothing leads here"
	case lit && from == "missing": // as Place has it
		from += "; the path needs it"
	case lit:
		from += "; on the path"
	}
	branch := s.branch(l, lit)
	space := func() int { return w - ansi.StringWidth(branch+from) - 6 }
	// The name comes first: that it is on the path the double line says as well.
	if place, _, more := strings.Cut(from, ";"); more && ansi.StringWidth(n.Title) > space() {
		from = place
	}
	room := max(4, space())
	title := theme.Fit(ansi.Truncate(n.Title, room, t.Glyphs.Ellipsis), room)
	// One reverse bar on the screen: elsewhere the place is underlined.
	if here {
		style = map[bool]lipgloss.Style{true: t.Selected, false: t.Place}[s.focus == bytesPane]
	}
	return theme.Fit(" "+t.Dim.Render(branch)+style.Render(mark+" "+title+" "+from), w)
}

// branch draws what stands before a certificate. The chosen path has double lines.
func (s *labScreen) branch(l graphLine, lit bool) string {
	g := s.env.Theme.Glyphs
	var b strings.Builder
	for _, c := range l.trunk {
		if c == 'l' {
			b.WriteString(g.Post + "  ")
		} else {
			b.WriteString("   ")
		}
	}
	if l.edge < 0 {
		return b.String()
	}
	line := g.Single
	if lit {
		line = g.Double
	}
	corner := g.From
	if l.last {
		corner = g.LowLeft
	}
	return b.String() + corner + line + line
}

// graphLegend says in w cells what the lines and signs mean.
func (s *labScreen) graphLegend(w int) string {
	t := s.env.Theme
	text := fmt.Sprintf("%s decides  %s another  %s holds  %s fails", strings.Repeat(t.Glyphs.Double, 2), strings.Repeat(t.Glyphs.Single, 2), t.Glyphs.Check, t.Glyphs.Cross)
	return t.Dim.Render(ansi.Truncate(text, w, t.Glyphs.Ellipsis))
}

// graphNote is what the highlighted line is, and why nothing goes on from there, if
// so.
func graphNote(g labs.Graph, l graphLine) (name, value, text string) {
	n := g.Nodes[l.node]
	name, value = n.Title, n.From+"."
	var why []string
	if l.edge >= 0 {
		e := g.Edges[l.edge]
		value = fmt.Sprintf("%s; %s names it as its issuer.", n.From, g.Nodes[e.Child].Title)
		// What breaks the step may be what breaks the certificate.
		if e.Why != "" && !strings.Contains(n.Why, e.Why) {
			why = append(why, e.Why)
		}
	}
	if n.Why != "" {
		why = append(why, n.Why)
	}
	switch {
	case l.again:
		why = append(why, "What leads on from it stands further up.")
	case len(why) == 0 && n.Lit:
		why = append(why, "It is on the path that decides, and every check of it holds.")
	case len(why) == 0:
		why = append(why, "Nothing speaks against it.")
	}
	if n.Beside != "" && !l.again {
		why = append(why, n.Beside)
	}
	return name, value, strings.Join(why, " ")
}
