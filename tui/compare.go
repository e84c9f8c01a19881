package tui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
)

// A compareScreen shows two runs of a lab side by side: their messages aligned,
// and of the selected one the fields, those that differ first. What it shows is
// worked out when a run is chosen, never while it is drawn.
type compareScreen struct {
	env         *Env
	lab         *labScreen
	runs        []*shown // that can be compared, oldest first
	left, right *shown   // right is the one that the lab shows

	pairs            []labs.Row   // each run in its own order
	messages, differ int          // how many messages there are, and how many of them differ
	moved            int          // how many stand at another place
	party            int          // how much room the names of those who write take
	told             labs.Telling // what changed from left to right, in words
	fields           []fieldItem  // of the selected pair
	open             bool         // the fields have the focus
	list             cursor       // among the pairs
	field            cursor       // among the fields
}

// A fieldItem is a field in the list: a pair, and what it is called there.
type fieldItem struct {
	labs.FieldPair
	name string
}

// A cursor is the place in one of the two lists.
type cursor struct {
	at     int
	scroll int // how far the wheel has turned the list from there
}

// to moves the cursor to a row of n, or the last there is.
func (c *cursor) to(at, n int) { *c = cursor{at: max(0, min(at, n-1))} }

// comparable reports whether c compares the shown run with another one.
func (s *labScreen) comparable() bool { return s.flight == nil && s.notComparable() == "" }

// notComparable says why c does nothing, or "".
func (s *labScreen) notComparable() string {
	switch c := s.cur(); {
	case c != nil && !c.whole() && len(s.whole()) > 1:
		return "c compares two whole runs: this one is none; < > shows another"
	case c == nil || len(s.whole()) < 2:
		return "c compares two runs: run once more first"
	}
	return ""
}

// title is what a run is called beside others.
func (r *shown) title() string {
	if r.past != "" {
		return r.past
	}
	return fmt.Sprintf("run %d", r.n)
}

// whole reports whether a run took place to its end: what another one lacks
// means nothing.
func (r *shown) whole() bool { return r.ended && !r.dropped && r.missed == nil }

// whole are the runs that can be compared.
func (s *labScreen) whole() []*shown {
	var all []*shown
	for _, r := range s.runs {
		if r.whole() {
			all = append(all, r)
		}
	}
	return all
}

// beside opens the comparison of the shown run with the one before it, or, of
// the oldest, with the one after it.
func (s *labScreen) beside() tea.Cmd {
	c := &compareScreen{env: s.env, lab: s, runs: s.whole(), right: s.cur()}
	at := slices.Index(c.runs, c.right)
	if at == 0 {
		at = 2
	}
	c.compare(c.runs[at-1])
	if !s.tapped { // the listener's rows are others
		c.pick(slices.IndexFunc(c.pairs, func(p labs.Row) bool { return p.Right && p.B.Rec == s.sel }))
	}
	return s.env.push(c)
}

// compare puts another run at the left. The selection stays on the message of the
// right run, and on the field.
func (c *compareScreen) compare(left *shown) {
	at, path := c.row(), c.fieldAt().Path
	c.left = left
	c.pairs = labs.Rows(labs.Align(left.events, c.right.events))
	c.told = labs.Tell(labs.Diff(left.events, c.right.events), c.pairs)
	c.messages, c.differ, c.moved, c.party = 0, 0, 0, 0
	for _, p := range c.pairs {
		c.party = max(c.party, len(p.Who.String()))
		if p.A != nil && !p.A.OnWire || p.B != nil && !p.B.OnWire || p.Apart() && p.Left {
			continue // it is no message, or counts at its other place
		}
		if p.Moved {
			c.moved++
		}
		if c.messages++; p.Mark.Marked() {
			c.differ++
		}
	}
	same := func(p labs.Row) bool { return at.B != nil && p.Right && p.B.Field == at.B.Field }
	if to := slices.IndexFunc(c.pairs, same); to >= 0 {
		c.list.at = to
	}
	c.pick(c.list.at)
	if to := slices.IndexFunc(c.fields, func(f fieldItem) bool { return f.Path == path }); to >= 0 {
		c.field.to(to, len(c.fields))
	}
}

// pick selects a pair, and lists its fields: what differs, then what is random,
// then the rest.
func (c *compareScreen) pick(at int) {
	c.list.to(at, len(c.pairs))
	c.field, c.fields = cursor{}, nil
	if len(c.pairs) > 0 {
		c.fields = items(c.pairs[c.list.at].Fields())
	}
	slices.SortStableFunc(c.fields, func(a, b fieldItem) int { return cmp.Compare(group(a.FieldPair), group(b.FieldPair)) })
}

// items names the fields as the list does: without the message, and without levels
// that say nothing there; those of one path are counted.
func items(fields []labs.FieldPair) []fieldItem {
	var all []fieldItem
	seen := map[string]int{}
	for _, f := range fields {
		names := strings.Split(strings.ReplaceAll(f.Path, "ASN.1Cert", "cert_data"), ".")
		short := names[len(names)-1:]
		if len(names) > 1 {
			short = slices.DeleteFunc(names[1:], func(n string) bool { return slices.Contains(wrappers, n) })
		}
		name := strings.Join(short, ".")
		if seen[name]++; seen[name] > 1 {
			name = fmt.Sprintf("%s (%d)", name, seen[name])
		}
		all = append(all, fieldItem{f, name})
	}
	return all
}

// wrappers are levels between a message and what a certificate in it says.
var wrappers = []string{"certificate_list", "CertificateEntry", "cert_data", "Certificate", "tbsCertificate", "rdnSequence", "RelativeDistinguishedName", "AttributeTypeAndValue", "client_shares"}

// group is the part of the list that a field stands in.
func group(f labs.FieldPair) int {
	switch {
	case f.Mark.Marked():
		return 0
	case f.Mark == labs.Random:
		return 1
	}
	return 2
}

// row is the selected row, and fieldAt the selected field; empty where there is
// none.
func (c *compareScreen) row() labs.Row {
	if c.list.at >= len(c.pairs) {
		return labs.Row{Pair: &labs.Pair{}}
	}
	return c.pairs[c.list.at]
}

func (c *compareScreen) fieldAt() fieldItem {
	if c.field.at >= len(c.fields) {
		return fieldItem{}
	}
	return c.fields[c.field.at]
}

// other is the run that lies by runs from the left one, passing over the right
// one, or nil.
func (c *compareScreen) other(by int) *shown {
	at := slices.Index(c.runs, c.left) + by
	if at >= 0 && at < len(c.runs) && c.runs[at] == c.right {
		at += by
	}
	if at < 0 || at >= len(c.runs) {
		return nil
	}
	return c.runs[at]
}

// Open and Close have nothing to do: no run goes on here.
func (c *compareScreen) Open() tea.Cmd  { return nil }
func (c *compareScreen) Close() tea.Cmd { return nil }

// name is what a screen above says it leads back to.
func (c *compareScreen) name() string { return "compare" }

// ShortHelp and FullHelp are what the keys do right now.
func (c *compareScreen) ShortHelp() []key.Binding  { return c.actions().ShortHelp() }
func (c *compareScreen) FullHelp() [][]key.Binding { return c.actions().FullHelp() }

// help is what the marks mean.
func (c *compareScreen) help() []string {
	of, which := "run", "Of the two runs the right one is the run that the lab shows; < and > put an older or a newer one at the left. "
	if c.right.past != "" {
		of, which = "connection", "Of the two connections the right one is the one chosen in the list, the left one was opened before it. "
	}
	return []string{
		which + fmt.Sprintf("A message stands beside the one of the same name, as far as both have it. Each %[1]s keeps its own order: "+
			"what stands at another place in the other %[1]s is shown at both, with the number that it has there; = marks one that the protocol has moved.", of),
		fmt.Sprintf("~ differs, + only the right %[1]s has it, - only the left one. What is drawn at random in each %[1]s, or follows from that, stands side by side and is never marked.", of),
	}
}

// Idle says why a key does nothing right now.
func (c *compareScreen) Idle(k string) string {
	switch past := c.right.past != ""; {
	case past && (k == "<" || k == ">" || k == "c"):
		return "these are the two connections: esc leads to the others"
	case past && (k == "r" || k == "s"):
		return "this was captured elsewhere: there is nothing to run"
	case k == "<":
		return "there is no older run to put at the left"
	case k == ">":
		return "there is no newer run to put at the left"
	case k == "c":
		return "these are the two runs; < > puts another one at the left"
	case k == "r" || k == "s":
		return k + " runs the lab: esc leads back to it"
	}
	return ""
}

// Update takes keys and clicks.
func (c *compareScreen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return c.actions().press(msg)
	case clickMsg:
		return c.clicked(msg.Msg)
	}
	return nil
}
