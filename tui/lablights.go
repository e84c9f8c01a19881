package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/labs/wire"
	"tlstutor/tui/theme"
)

// This file shows the five lights of a verification, and leads through what
// decided a run, and through them.

// lights returns the verification to sum up: that of the connection of the selected
// record, or else the first, and of several the first that fails. Nil: there is
// none. A listener has no lights.
func (s *labScreen) lights() *labs.Verified {
	c := s.cur()
	if c == nil || s.tapped {
		return nil
	}
	all := labs.Verifications(c.recs)
	// What is selected decides: in a run with two connections each has its own.
	var on *labs.Conn
	r := s.rec()
	switch {
	case r != nil && r.Event.Conn != nil:
		on = r.Event.Conn
	case c.end.OK && c.end.Rec >= 0 && slices.ContainsFunc(c.end.Tries, func(t labs.Ending) bool { return !t.OK }):
		on = c.recs[c.end.Rec].Event.Conn // what failed before no longer counts
	}
	_, clients := labs.Table(c.recs)
	var best *labs.Verified
	for i := range all {
		v := &all[i]
		if on != nil && v.Conn != nil && v.Conn != on {
			continue
		}
		if r != nil && v.Tree == r.Event.Tree {
			return v
		}
		// Of several clients at one server each has lights of its own: the first is Go.
		if best == nil || clients <= 1 && best.OK && !v.OK {
			best = v
		}
	}
	return best
}

// lamps draws the lights, "path ✓ anchor ✗", in at most w cells; "" where there are
// none. Words stand beside the colours, and signs beside the words.
func (s *labScreen) lamps(w int) string {
	v := s.lights()
	t := s.env.Theme
	switch {
	case s.unlit:
		return ""
	case v == nil:
		return s.noLamps(w)
	}
	var parts []string
	for _, l := range v.Lights {
		switch l.State {
		case labs.Holds:
			parts = append(parts, t.Text.Render(l.Name+" ")+t.Good.Render(t.Glyphs.Check))
		case labs.Fails:
			parts = append(parts, t.Bad.Render(l.Name+" "+t.Glyphs.Cross))
		default:
			parts = append(parts, t.Dim.Render(l.Name+" "+t.Glyphs.Dots))
		}
	}
	line := strings.Join(parts, "  ")
	if s.overruled(v) {
		// A client that looks less closely than the rules ask takes it all the same.
		took := t.Dim.Render("  but the client took it")
		return shortest(w, line+took, strings.Join(parts, " ")+took, line, strings.Join(parts, " "))
	}
	// A title has less room, and the server's are those that one thinks of.
	if whose := v.Whose; whose != "" && (whose != labs.Server.String() || s.env.app.w < wideFrom) {
		line = t.Dim.Render(whose+"'s certificate: ") + line
	}
	// Too narrow for all of it: whose it is can be seen elsewhere.
	ways := []string{line, strings.Join(parts, " ")}
	if v.Apart && v.OK {
		apart := t.Dim.Render("  revocation: not one of these")
		ways = []string{line + apart, strings.Join(parts, "  ") + apart, ways[1] + t.Dim.Render(" revocation?"), ways[1]}
	}
	if !slices.ContainsFunc(v.Lights, func(l labs.Lit) bool { return l.State != labs.Holds }) {
		ways = append(ways, t.Text.Render("all five lights ")+t.Good.Render(t.Glyphs.Check)) // whole, though none by name
	}
	return shortest(w, ways...)
}

// shortest is the first of several ways to say something that has room in w cells, or
// the last, cut.
func shortest(w int, ways ...string) string {
	for _, way := range ways {
		if ansi.StringWidth(way) <= w {
			return way
		}
	}
	last := ways[len(ways)-1]
	return theme.Fit(last, max(0, min(w, ansi.StringWidth(last))))
}

// overruled reports whether a client completed a handshake with certificates that the
// rules refuse, in a run of one connection.
func (s *labScreen) overruled(v *labs.Verified) bool {
	end := s.cur().end
	return v.Conn != nil && !v.OK && end.OK && len(end.Tries) == 0
}

// noLamps says why a run that failed has no lights: no certificate reached anybody who
// would have judged it, or they would give away what a drill hides. A listener has
// none, nor has who only opens what others recorded.
func (s *labScreen) noLamps(w int) string {
	c := s.cur()
	if c == nil || s.tapped || s.past != "" || !c.ended || c.end.OK || c.end.Who == labs.Nobody {
		return ""
	}
	why := "not reached"
	if len(labs.Shown(c.events)) > 0 {
		if !s.drills(c) {
			return ""
		}
		why = "kept back until the check is named"
	}
	short, _, _ := strings.Cut(why, " until")
	return s.env.Theme.Dim.Render(shortest(w, strings.Join(labs.LightNames(), ", ")+": "+why, "the five lights: "+why, "the lights: "+short))
}

// drills reports whether a run hid something for the learner to find.
func (s *labScreen) drills(c *shown) bool {
	return slices.ContainsFunc(s.lab.Knobs, func(k labs.Knob) bool { return k.Overruled(c.settings) })
}

// A proof is one step of the evidence: a record, the field in it that counts, if
// there is one, and what to say of it.
type proof struct {
	rec  int
	at   *wire.Field
	said string
	next string // what e says that it leads to

	why string // of a light: its reason
}

// proofs are all steps of the evidence of the shown run: the record that ended it,
// the field that it is about, and then each light that is lit, with the field that
// decided it.
func (s *labScreen) proofs() []proof {
	c := s.cur()
	var all []proof
	all = closing(all, c, c.end, "it")
	// Those on other connections, which the title does not tell of.
	for i, t := range c.end.Tries {
		if !t.OK && t.Rec != c.end.Rec {
			all = closing(all, c, t, t.Title(i))
		}
	}
	if rec, at, ok := labs.Revoked(c.recs); ok && at != nil {
		all = append(all, proof{rec: holder(c.recs, at, rec), at: at, said: "this is what the client was told of a revocation", next: "what was told of a revocation"})
	}
	for _, v := range labs.Verifications(c.recs) {
		var lit []proof
		for _, l := range v.Lights {
			if l.At == nil {
				continue
			}
			said := "the " + l.Name + " light " + l.State
			if v.Whose != "" && v.Whose != labs.Server.String() {
				said = "the " + v.Whose + "'s certificate: " + said
			}
			p := proof{holder(c.recs, l.At, v.Rec), l.At, said, "the " + l.Name + " light", l.Why}
			// Of who refuses what holds, the light that others see otherwise is the first.
			if l.Beside != "" && v.Stricter(c.end) {
				p.why = l.Beside
				lit = slices.Insert(lit, 0, p)
				continue
			}
			lit = append(lit, p)
		}
		all = append(all, lit...)
	}
	return all
}

// closing adds the record that ended a run, or one connection of it, and the field
// that this is about.
func closing(all []proof, c *shown, end labs.Ending, what string) []proof {
	if end.Rec < 0 {
		return all
	}
	said := "this record ended " + what
	switch {
	case end.OK && c.recs[end.Rec].OnWire():
		said = "this record completed the handshake"
	case !c.recs[end.Rec].OnWire():
		said = "this is the verdict"
	}
	all = append(all, proof{rec: end.Rec, said: said, next: "what ended " + what})
	if end.Field != "" {
		all = append(all, proof{rec: end.FieldRec, at: end.At, said: "this is the field it is about", next: "the field it is about"})
	}
	return all
}

// holder returns the first record that has a field, else the one given.
func holder(recs []labs.Rec, f *wire.Field, otherwise int) int {
	for i := range recs {
		found := false
		recs[i].Event.Tree.Walk(func(p []*wire.Field) { found = found || p[len(p)-1] == f })
		if found {
			return i
		}
	}
	return otherwise
}

// evidence leads through what decided the run, one step each time: the record that
// ended it, the field it is about, and each of the lights; then it begins anew.
func (s *labScreen) evidence() tea.Cmd {
	s.tapped = false
	all := s.proofs()
	if len(all) == 0 {
		return say("no record ended it: " + s.cur().end.Text)
	}
	// Behind the last it begins anew.
	if s.light >= len(all) {
		s.light = 0
	}
	p := all[s.light]
	s.light++
	s.pick(p.rec)
	s.focus = wirePane
	if p.at == nil {
		return say(p.said + again(all[s.light:]))
	}
	s.graph.off = true // a root's field stands in the verification, as a field
	if !s.fields.Show(p.at) {
		return say("the field it is about is not in this run")
	}
	s.focus = bytesPane
	return say(p.said + again(all[s.light:]))
}

// again says what e leads to next.
func again(next []proof) string {
	if len(next) == 0 {
		return ""
	}
	return "; e again: " + next[0].next
}

// litWhy is the reason of the light that e has led to, and its name.
func (s *labScreen) litWhy() (name, why string) {
	if c := s.cur(); s.light == 0 || c == nil || !c.ended {
		return "", ""
	}
	if all := s.proofs(); s.light <= len(all) {
		return all[s.light-1].said, all[s.light-1].why
	}
	return "", ""
}
