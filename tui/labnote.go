package tui

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/labs/dissect"
	"tlstutor/labs/peer"
	"tlstutor/labs/wire"
)

// note says what the selected thing is, in w by h cells: the field in the bytes
// pane, the message on the wire, or the knob. Below it stand, in their own
// words, the side that ended the run, and what changed since the run before. Listed:
// the words that the knob takes stand elsewhere.
func (s *labScreen) note(w, h int) string {
	t := s.env.Theme
	name, value, text := s.about()
	if value != "" {
		text = value + "  " + text
	}
	lines := s.lead(t.Title, name, text, w)
	// The error comes first, but may not push the note out; it has the room that the
	// note and what changed leave.
	var changed []string
	if s.env.app.w >= wideFrom { // a narrow window shows what changed on lines of its own
		changed = s.whatChanged(w, 3)
	}
	said := cutTo(s.said(w), max(1, min(3, h/2), h-len(lines)-len(changed)))
	rest := len(said) + len(changed)
	apart := len(lines)+rest+2 <= h
	if apart {
		rest += 2
	}
	lines = cutTo(lines, max(1, h-rest))
	for _, part := range [][]string{said, changed} {
		if apart && len(part) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, part...)
	}
	return strings.Join(cutTo(lines, h), "\n")
}

// lead breaks a text into lines of at most w cells; the words it begins with
// have a style of their own.
func (s *labScreen) lead(style lipgloss.Style, words, text string, w int) []string {
	lines := wrap(words+"  "+text, w)
	for i, l := range lines {
		head := ""
		if rest, ok := strings.CutPrefix(l, words); ok && i == 0 {
			head, l = style.Render(words), rest
		}
		lines[i] = head + s.env.Theme.Text.Render(l)
	}
	return lines
}

// about is the name, the value and the note of what is selected. The pane with
// the focus decides; a listener's view of a record comes before its fields.
func (s *labScreen) about() (name, value, text string) {
	switch {
	case s.focus == knobsPane:
		k := s.lab.Knobs[s.knob]
		text = k.Doc
		switch n := len(k.Choices); {
		case k.Kind == labs.Choice && n >= manyWords:
			text += fmt.Sprintf(": one of %d words; space lists them", n)
			if k.Says != nil && !k.Overruled(s.set) {
				text += ". " + s.set[k.Name] + ": " + strings.TrimSuffix(k.Says(s.set[k.Name]), ".")
			}
		case k.Kind == labs.Choice:
			text += ": " + strings.Join(k.Choices, ", ")
		}
		if k.Kind == labs.Set {
			text += ": " + cleanLine(strings.ReplaceAll(s.set[k.Name], ",", ", "))
		}
		if ahead := s.foreseen(); ahead != "" {
			return k.Name, "", ahead + " " + sentence(text) + s.lacking(&k)
		}
		return k.Name, "", text + "." + s.lacking(&k)
	case s.tapped:
		return s.overheard()
	case s.focus == bytesPane:
		if g, ok := s.graphed(); ok {
			lines := graphLines(g)
			return graphNote(g, lines[s.graphAt(lines)])
		}
		f := s.fields.Selected()
		if f == nil {
			return "", "", ""
		}
		if r := s.rec(); r != nil && (f == r.Event.Tree || f.Name == "encrypted_record") {
			text = s.locked(r)
		}
		return f.Name, f.Value, text + reason(f) + s.env.said(s.fields.Path(), f)
	}
	if m := s.messages(); len(m) > 0 {
		n, _ := s.env.Notes.For(m[0].Name)
		return m[0].Name, m[0].Value, n.Text
	}
	if r := s.rec(); r != nil && !r.OnWire() {
		n, _ := s.env.Notes.For(r.Event.Tree.Name)
		return r.Event.Tree.Name, r.Event.Tree.Value, reason(r.Event.Tree) + n.Text
	}
	if r := s.rec(); r != nil {
		n, _ := s.env.Notes.For(r.Event.Tree.Name)
		return r.Event.Text, "", s.locked(r) + n.Text
	}
	if c := s.cur(); c != nil && c.missed != nil {
		return unrun(c.missed), "", remedy(c.missed, "press r")
	}
	return "", "", ""
}

// reason is why code has found what it did, which in the tree is a row that may be cut.
func reason(f *wire.Field) string {
	why := f.Kid("why")
	if f.Src != nil || why == nil || strings.Contains(f.Value, strings.TrimSuffix(why.Value, ".")) {
		return ""
	}
	return sentence(why.Value) + " "
}

// locked says of a record of a capture that nobody could open why it stayed sealed
// and, where no secret of its connection is known, what would open it.
func (s *labScreen) locked(r *labs.Rec) string {
	if s.past == "" || !r.OnWire() || r.Event.Err == nil {
		return ""
	}
	why := sentence(cleanLine(r.Event.Err.Error())) + " "
	if len(r.Event.Conn.Keys()) > 0 {
		return why
	}
	return why + "With its secrets it opens: tlstutor open " + s.captured() + " --keylog FILE; a client writes them to the file that SSLKEYLOGFILE names. "
}

// captured is the name of the capture that is shown, as a shell takes it.
func (s *labScreen) captured() string {
	return cleanLine(strings.TrimPrefix(s.lab.Command(s.set), s.lab.Name+" "))
}

// lacking says why a knob as it is set has no live run, and what there is in its
// place.
func (s *labScreen) lacking(k *labs.Knob) string {
	err := s.lab.Lacks(k, s.set, s.env.Programs)
	if err == nil {
		return ""
	}
	why := " " + cleanLine(err.Error()) + "."
	if missing := (*peer.MissingError)(nil); errors.As(err, &missing) && s.lab.Recorded(s.set) {
		why += " Its run is a recording."
	} else if missing != nil && s.lab.StandsIn() {
		why += " Go's client connects in its place."
	}
	return why
}

// overheard is what a listener can still work out of the selected connection.
// The numbers are those of all its records so far.
func (s *labScreen) overheard() (name, value, text string) {
	r := s.rec()
	if r == nil {
		return "", "", ""
	}
	o := labs.Overhear(s.cur().heard, r.Event.Conn, "")
	at := fmt.Sprintf("%.1f ms after the first bytes", float64((r.Event.At-s.firstAt(r.Event.Conn)).Microseconds())/1000)
	if r.Event.Err != nil {
		text = fmt.Sprintf("%d bytes from the %s, %s: that is all. ", r.Event.Tree.N, r.Event.Who, at)
	} else {
		what := "record"
		if r.Event.Tree.Name == "plaintext" { // without TLS there are no records
			what = "line"
		}
		text = fmt.Sprintf("Every byte of this %s is in the clear; it left the %s %s. ", what, r.Event.Who, at)
	}
	return "A listener on the wire", "", text + readable(o, " on this connection") + "."
}

// readable says how much of a connection a listener can read: on is which.
func readable(o labs.Overheard, on string) string {
	said := fmt.Sprintf("Of the %d bytes written%s, %d are in records that anyone can read", o.Bytes, on, o.Clear)
	if o.Clear == o.Bytes {
		said = fmt.Sprintf("Anyone can read all %d bytes written%s", o.Bytes, on)
	}
	if len(o.Names) > 0 {
		said += "; names among them: " + strings.Join(o.Names, ", ")
	}
	return said
}

// firstAt is when the first record of a connection was written.
func (s *labScreen) firstAt(c *labs.Conn) time.Duration {
	for _, r := range s.cur().tapped {
		if r.Event.Conn == c {
			return r.Event.At
		}
	}
	return 0
}

// said is the error of the side that ended the run, in its own words. A run
// that ended well, or that neither side ended, has none.
func (s *labScreen) said(w int) []string {
	c := s.cur()
	if name, why := s.litWhy(); why != "" {
		style := s.env.Theme.Good
		if strings.HasSuffix(name, labs.Fails) {
			style = s.env.Theme.Bad
		}
		return s.lead(style, name, why, w)
	}
	if c == nil || !c.ended || s.tapped || c.end.OK || c.end.Err == nil || c.end.Who == labs.Nobody {
		return nil
	}
	// An error may quote what the peer sent.
	who := c.end.Who.String()
	if _, n := labs.Table(c.recs); n > 1 && c.end.Rec >= 0 && c.recs[c.end.Rec].Event.Conn != nil { // one of several clients
		who = strings.TrimSpace(who + " " + c.recs[c.end.Rec].Event.Conn.Name)
		// Beside another's row these words would pass for that one's.
		if r := s.rec(); s.focus == bytesPane && r != nil && !r.OnWire() {
			return nil
		}
	}
	return s.lead(s.env.Theme.Bad, who+" says", wire.Clean(c.end.Err.Error(), 400), w)
}

// whatChanged compares the shown run with the one before, in at most h lines: what
// has no room is left out, the least important first.
func (s *labScreen) whatChanged(w, h int) []string {
	c := s.cur()
	if c == nil || s.tapped {
		return nil
	}
	if became := s.became(w); len(became) > 0 {
		return cutTo(became, h)
	}
	if c.line == "" {
		return nil
	}
	vs, _, _ := strings.Cut(c.line, ": ")
	line := c.told.Fit(func(said string) bool { return len(wrap(vs+"  "+said, w)) <= h })
	return cutTo(s.lead(s.env.Theme.Client, vs, line, w), h)
}

// became is what a learner's answer came to, which counts for more than what changed:
// the message of it may be many rows away, or in a pane that is not shown. Where it is
// selected, it is said already.
func (s *labScreen) became(w int) []string {
	c, t := s.cur(), s.env.Theme
	if c == nil || s.tapped {
		return nil
	}
	text, solved := labs.Answered(c.recs)
	if text == "" || s.focus != knobsPane && s.sel == labs.Outcome(c.recs) {
		return nil
	}
	word, rest, _ := strings.Cut(text, ": ")
	switch {
	case solved:
		return s.lead(t.Good, t.Glyphs.Check+" "+word, rest, w)
	case word == labs.Asked:
		return s.lead(t.Client, word, rest, w)
	}
	return s.lead(t.Bad, t.Glyphs.Cross+" "+word, rest, w)
}

// heldLine says what a held run waits at, who has which keys, and what the
// other side has written that nobody has read.
func (s *labScreen) heldLine(w int) string {
	r := s.flight
	if s.asked {
		return "HELD  esc again drops this run; space lets the next record go, r all"
	}
	if r.run == nil {
		return "HELD"
	}
	at, waiting := r.run.Held()
	if !waiting {
		return "HELD  nothing is written that waits; space next, r all"
	}
	number, what := s.heldAt(at)
	switch {
	case what == "":
		return "HELD"
	case s.tapped: // a listener does not know who has which keys
		return "HELD  " + what
	}
	var more []string
	for _, who := range []labs.Party{labs.Client, labs.Attacker, labs.Server} {
		n := 0
		for i, rec := range r.recs {
			// The record that waits is not more; before a FIN all of them are.
			if rec.Event.Who == who && rec.Delivered < 0 && (i != number-1 || at.Fin) {
				n++
			}
		}
		if n > 0 {
			more = append(more, fmt.Sprintf("%s wrote %d more", who, n))
		}
	}
	from, to := at.Conn.Party(dissect.ToServer), at.Conn.Party(dissect.ToClient)
	client, server := at.Conn.Has(from), at.Conn.Has(to)
	long := strings.Join(append([]string{"HELD  " + what, fmt.Sprintf("%s has: %s", from, client), fmt.Sprintf("%s has: %s", to, server)}, more...), " · ")
	if ansi.StringWidth(long) < w {
		return long
	}
	// A narrow window has room for its number, not for its name.
	if what = "FIN"; !at.Fin {
		what = fmt.Sprintf("%d of %d", onWire(r.recs[:number]), onWire(r.recs))
	}
	return strings.Join(append([]string{"HELD " + what, fmt.Sprintf("%s: %s", from, short(client)), fmt.Sprintf("%s: %s", to, short(server))}, more...), " · ")
}

// onWire counts the records that crossed among those that are listed.
func onWire(recs []labs.Rec) int {
	n := 0
	for i := range recs {
		if recs[i].OnWire() {
			n++
		}
	}
	return n
}

// heldAt returns the number of what waits among all that the wire pane lists,
// and what it is. The number counts from 1 over all connections; in words only
// records count. at.N counts what one side wrote on one connection. The number is
// 0 when the news of that record has not come yet.
func (s *labScreen) heldAt(at labs.Hold) (number int, what string) {
	n := 0
	for i, r := range s.flight.recs {
		if r.OnWire() && r.Event.Conn == at.Conn && r.Event.Who == at.Who {
			if n == at.N {
				return i + 1, fmt.Sprintf("record %d, %s, %d bytes", onWire(s.flight.recs[:i+1]), r.Event.Text, r.Event.Tree.N)
			}
			n++
		}
	}
	if !at.Fin {
		return 0, ""
	}
	return len(s.flight.recs), "the end of what the " + at.Who.String() + " writes (FIN)"
}

// short drops the words that eighty columns have no room for.
func short(keys string) string {
	if keys == "handshake and traffic keys" {
		return "all keys"
	}
	return keys
}
