package labs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// ChangeKind says in which way two runs differ.
type ChangeKind uint8

const (
	Ended   ChangeKind = iota // who ended it, and how
	Added                     // a message that is new
	Removed                   // a message that is gone
	Sealed                    // a message that an eavesdropper could read, and no longer can
	Opened                    // a message that an eavesdropper can read now
	Chosen                    // something the two sides agree on or show each other
	Changed                   // another field
	Trips                     // how often the client had to wait for the server
	Delayed                   // how long it all took, where the wire's delay is another
	Meddled                   // what an attacker did, or did not do any more
	Judged                    // how the lights of a certificate are lit
)

// String returns the kind's name.
func (k ChangeKind) String() string {
	return [...]string{"ended", "added", "removed", "sealed", "opened", "chosen", "changed", "trips", "delayed", "meddled", "judged"}[k]
}

// A Change is one difference between two runs, a and b.
type Change struct {
	Kind     ChangeKind
	Who      Party       // whose message it is
	Conn     string      // the name of its connection
	Rec      int         // the record of b it is in, as an index into Records(b), or -1
	Path     string      // the message's name, or the path of the field from there on
	From, To string      // what it was and what it is; "" where there was, or is, nothing
	At       *wire.Field // the field, or message, in b; nil where there is none
	Text     string      // in words, for the kinds that have their own

	was   *wire.Field // the field in a
	order int         // of its record in its run
	with  string      // of a choice: the names of fields that go along with it
}

// Diff tells how run b differs from run a: a function of their events that
// ignores what is random by nature (randoms), every length, and the order
// between the two directions.
func Diff(a, b []Event) []Change {
	ra, rb := Records(a), Records(b)
	d := &diff{a: messages(ra), b: messages(rb)}
	d.mended()
	d.ending(End(a), End(b))
	d.meddling(ra, rb)
	for _, side := range sides(d.a, d.b) {
		d.align(side.of(d.a), side.of(d.b))
	}
	for _, name := range connNames(d.a, d.b) {
		d.choices(name)
		d.order(name)
	}
	d.judging(ra, rb)
	d.found(ra, rb)
	for _, name := range connNames(d.a, d.b) {
		d.dates(name)
	}
	d.time(measure(a, ra, d.a), measure(b, rb, d.b))
	return d.changes
}

// A diff is a comparison under way.
type diff struct {
	a, b    []message
	changes []Change
}

func (d *diff) add(c Change) { d.changes = append(d.changes, c) }

// ending compares how the runs ended. What an error says may hold a time, so
// it does not count; the field it is about does.
func (d *diff) ending(a, b Ending) {
	c := Change{Kind: Ended, Who: b.Who, Rec: b.Rec, From: a.Text, To: b.Text}
	after := ""
	if b.After != "" {
		after = " after " + b.After
	}
	switch {
	case a.OK == b.OK && a.Over == b.Over && a.Who == b.Who && a.Alert == b.Alert && a.After == b.After:
		if a.Field == b.Field {
			return
		}
		if b.At == nil {
			return
		}
		c.Text = fmt.Sprintf("the %s now objects to %s", b.Who, b.At.Name)
	case b.OK && b.Text == acceptedText:
		c.Text = "it is accepted now"
	case b.OK:
		c.Text = "it completes now"
	case !b.Over:
		c.Text = "it does not complete"
	case b.Alert != "":
		c.Text = fmt.Sprintf("%s ends it with alert %s%s", b.Who, b.Alert, after)
	case b.Who != Nobody:
		c.Text = fmt.Sprintf("%s ends it without an alert", b.Who)
	case strings.HasPrefix(b.Text, refusedText):
		c.Text = "it is refused now"
	default:
		c.Text = "the run failed"
	}
	d.add(c)
}

// meddling compares what an attacker did. What was touched counts, not which
// byte became which.
func (d *diff) meddling(a, b []Rec) {
	before, now := deeds(a), deeds(b)
	for _, i := range now {
		f := b[i].Event.Tree
		if !slices.ContainsFunc(before, func(j int) bool { return deed(a[j].Event.Tree) == deed(f) }) {
			d.add(Change{Kind: Meddled, Who: Attacker, Rec: i, Path: f.Name, To: wire.Bare(f.Value), At: f, Text: deed(f)})
		}
	}
	if len(before) > 0 && len(now) == 0 {
		f := a[before[0]].Event.Tree
		d.add(Change{Kind: Meddled, Who: Attacker, Rec: -1, Path: f.Name, From: wire.Bare(f.Value), Text: undone(f), was: f})
	}
}

// deeds returns the places of what an attacker did among the records.
func deeds(recs []Rec) []int {
	var at []int
	for i := range recs {
		if recs[i].Event.Who == Attacker && !recs[i].OnWire() {
			at = append(at, i)
		}
	}
	return at
}

// deed says in words what a finding tells of an attacker.
func deed(f *wire.Field) string {
	switch f.Name {
	case "tampered", "flipped", "slipped":
		return "the attacker flips one bit in " + wire.Bare(f.Value)
	case "missed":
		return "the attacker flips nothing: " + firstLine(f.Value)
	}
	return "the attacker reads \"" + firstLine(f.Value) + "\""
}

// undone says in words that an attacker does this no more.
func undone(f *wire.Field) string {
	if f.Name == StolenNote {
		return "the attacker reads nothing"
	}
	return "no bit is flipped"
}

// mended puts, beside a connection that mends another and that the run before has not,
// the one in whose place it stands: what the mend has changed is what counts. One that
// only the run before has is left out.
func (d *diff) mended() {
	mends := func(m message) bool { return !m.off && m.conn.Name == mendedConn }
	if !slices.ContainsFunc(d.b, mends) {
		d.a = slices.DeleteFunc(d.a, mends)
		return
	}
	if slices.ContainsFunc(d.a, mends) {
		return
	}
	for _, m := range d.b {
		if m.conn != nil && !m.off && lane(m.conn) == "" {
			as := *m.conn
			as.Name = mendedConn
			m.conn = &as
			d.a = append(d.a, m)
		}
	}
}

// lane is the name by which a connection is found in another run: the first of
// several is the only one of a run that has one.
func lane(c *Conn) string {
	if c == nil || c.Name == firstConn {
		return ""
	}
	return c.Name
}

// A side is one direction of one connection, known by its name in both runs; or,
// of what is off the wire, a party, and the connection that it is about.
type side struct {
	conn string
	dir  dissect.Dir
	off  bool
	who  Party // where off
}

// side returns the one that a message is on.
func (m *message) side() side {
	s := side{dir: m.dir}
	s.conn = lane(m.conn)
	if m.off {
		s.off, s.who = true, m.who
	}
	return s
}

// of returns the messages of this side, in order.
func (s side) of(all []message) []message {
	var own []message
	for i := range all {
		if all[i].side() == s {
			own = append(own, all[i])
		}
	}
	return own
}

// connNames returns the names of the connections of both runs, each once.
func connNames(runs ...[]message) []string {
	var names []string
	seen := map[string]bool{}
	for _, run := range runs {
		for _, m := range run {
			if is := lane(m.conn); !m.off && !seen[is] {
				seen[is] = true
				names = append(names, is)
			}
		}
	}
	return names
}

// sides returns the directions of all connections of both runs, and who did
// something off the wire.
func sides(a, b []message) []side {
	var all []side
	for _, name := range connNames(a, b) {
		all = append(all, side{conn: name, dir: dissect.ToServer}, side{conn: name, dir: dissect.ToClient})
	}
	for _, run := range [][]message{a, b} {
		for i := range run {
			if run[i].off && !slices.Contains(all, run[i].side()) {
				all = append(all, run[i].side())
			}
		}
	}
	return all
}

// choices compares what was picked on one connection. The fields that a choice
// stands in are then not told of once more.
func (d *diff) choices(conn string) {
	for _, p := range picks {
		from := side{conn: conn, dir: new(Conn).dir(p.who)}
		a, ok := p.in(from.of(d.a))
		b, also := p.in(from.of(d.b))
		if !ok || !also || a.value == b.value {
			continue
		}
		c := Change{Kind: Chosen, Who: p.who, Conn: conn, Rec: b.rec, Path: b.path, From: a.value, To: b.value, At: b.at, was: a.at, with: p.with}
		words := p.now
		switch {
		case a.value == "":
			words = p.new
		case b.value == "":
			c.Path, words = a.path, p.gone
		}
		if words == "" {
			continue
		}
		c.Text = fmt.Sprintf(words+"%.0[1]s%.0[2]s", brief(a.value), brief(b.value))
		d.add(c)
	}
}

// A picked is a choice as one run has it.
type picked struct {
	value, path string
	at          *wire.Field
	rec         int
}

// in looks a choice up among the messages of one side; false when the side
// never came to make it.
func (p *pick) in(own []message) (picked, bool) {
	made := false
	for _, m := range own {
		made = made || m.Name == p.needs
	}
	for _, path := range p.paths {
		for _, m := range own {
			if at := m.Match(path); at != nil && made {
				return picked{wire.Bare(at.Value), path, at, m.rec}, true
			}
		}
	}
	return picked{rec: -1}, made
}

// A timing is what the times of a run say.
type timing struct {
	delay time.Duration // the least that a record needed from side to side
	took  time.Duration // from the first record to the last that the client was given
	trips int           // how often the server answered what the client had written
	conns int
}

// measure reads a run's times. A NewSessionTicket and a close_notify answer
// nothing, and nobody waits for a ChangeCipherSpec: they do not count as trips, as
// they may cross with what the other side writes.
func measure(events []Event, recs []Rec, msgs []message) timing {
	t := timing{delay: -1, conns: len(connNames(msgs))}
	var crossed []Rec
	for _, r := range recs {
		if r.OnWire() {
			crossed = append(crossed, r)
		}
	}
	for _, r := range crossed {
		if r.Delivered < 0 {
			continue
		}
		arrived := events[r.Delivered].At
		if d := arrived - r.Event.At; t.delay < 0 || d < t.delay {
			t.delay = d
		}
		if r.Event.Dir() == dissect.ToClient {
			t.took = max(t.took, arrived-crossed[0].Event.At)
		}
	}
	last := map[*Conn]message{}
	for _, m := range msgs {
		if m.Name == "NewSessionTicket" || m.Name == "ChangeCipherSpec" || farewell(m.Field) || recs[m.rec].Delivered < 0 {
			continue
		}
		if before, ok := last[m.conn]; ok && m.dir == dissect.ToClient && before.dir == dissect.ToServer {
			t.trips++
		}
		last[m.conn] = m
	}
	return t
}

// farewell reports whether a message only says that its sender has no more to say.
func farewell(m *wire.Field) bool {
	return m.Name == "Alert" && strings.HasSuffix(wire.Bare(m.Value), "close_notify")
}

// leastDelay is by how much the one-way delay of the wire must differ to be
// told: less may be the machine's doing.
const leastDelay = 8 * time.Millisecond

// time compares how long the runs took, where the wire itself was slower or
// faster: the machine's own pace is not told of. A run that ended in another way
// made other trips for that reason.
func (d *diff) time(a, b timing) {
	complete := len(d.changes) == 0 || d.changes[0].Kind != Ended
	if a.trips != b.trips && a.conns == b.conns && complete {
		d.add(Change{Kind: Trips, Rec: -1, From: strconv.Itoa(a.trips), To: strconv.Itoa(b.trips), Text: moreOf(b.trips-a.trips, "round trip")})
	}
	if (b.delay - a.delay).Abs() < leastDelay {
		return
	}
	longer := b.took - a.took
	c := Change{Kind: Delayed, Rec: -1, From: millis(a.took), To: millis(b.took), Text: millis(longer.Abs()) + " longer in all"}
	if longer < 0 {
		c.Text = millis(longer.Abs()) + " shorter in all"
	}
	if len(d.changes) == 0 {
		c.Text = fmt.Sprintf("nothing on the wire; %s, %s", wire.Count(b.trips, "round trip"), c.Text)
	}
	d.add(c)
}
