package labs

import (
	"slices"
	"time"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// This file finds which message of one run is which of another. In what order they
// are shown is for rows.go, and what differs in a pair for compare.go.

// A Mark says how two runs stand to each other in a message, or in a field.
type Mark uint8

const (
	Alike   Mark = iota // the same in both
	Random              // not the same, nor would it be in any two runs (randoms)
	Differs             // not the same
	OnlyA               // only the first run has it
	OnlyB               // only the second run has it
)

// Marked reports whether this is a difference: what is random by nature is none.
func (m Mark) Marked() bool { return m >= Differs }

// A Half is a message as one of two runs has it.
type Half struct {
	Field  *wire.Field // the message; a record that nobody could open; or something off the wire
	Name   string      // of an alert with what it says
	Rec    int         // the record it ended in, as an index into Records
	N      int         // its bytes; on the wire, all of a record counts for the first message that ends in it
	Epoch  dissect.Epoch
	OnWire bool
	Place  int // counts from 1 what its run has on its connection

	at          int           // its place among all of the run
	wrote, came time.Duration // when it was written, and when it was delivered, or -1
}

// A Pair is a message of run a beside the one of run b that it was matched with.
// Either half may be missing.
type Pair struct {
	Who  Party
	Conn *Conn // of run b, or of a where b has none; nil off the wire
	Mark Mark
	A, B *Half
}

// Align puts all that two runs show beside each other, each message once: messages
// per connection and direction, and what was made off the wire by who made it. The
// order is that of run b; what only a has stands where it stands in the rows.
func Align(a, b []Event) []Pair {
	left, right := listed(a), listed(b)
	rows := make([]Pair, len(right)) // by place in b
	var rest []Pair                  // what only a has
	for _, side := range sides(left, right) {
		for _, c := range couples(side.of(left), side.of(right)) {
			if p := c.pair(); c.b == nil {
				rest = append(rest, p)
			} else {
				rows[c.b.at] = p
			}
		}
	}
	var all []Pair
	for _, r := range Rows(append(rows, rest...)) {
		if r.Right || r.B == nil {
			all = append(all, *r.Pair)
		}
	}
	return all
}

// listed are the messages of the records, and between them what is off the wire.
// Each knows its place, and how much of the wire it took: a record in which no
// message ends counts for the one after it in its direction, or is one itself when
// there is none.
func listed(events []Event) []message {
	recs := Records(events)
	type stream struct {
		conn *Conn
		dir  dissect.Dir
	}
	var all []message
	places := map[*Conn]int{}
	add := func(m message) {
		places[m.conn]++
		m.at, m.place = len(all), places[m.conn]
		m.wrote, m.came = recs[m.rec].Event.At, -1
		if d := recs[m.rec].Delivered; d >= 0 {
			m.came = events[d].At
		}
		all = append(all, m)
	}
	parts := map[stream][]int{} // records in which none has ended yet
	for i := range recs {
		e := &recs[i].Event
		if e.checks() {
			continue // it follows from the records
		}
		if !recs[i].OnWire() {
			add(message{Field: e.Tree, rec: i, conn: e.Conn, who: e.Who, off: true, took: e.Tree.N})
			continue
		}
		k := stream{e.Conn, e.Dir()}
		parts[k] = append(parts[k], i)
		for _, m := range messages(recs[i : i+1]) {
			m.rec = i
			for _, j := range parts[k] {
				m.took += recs[j].Event.Tree.N
			}
			parts[k] = nil
			add(m)
		}
	}
	for i := range recs {
		e := &recs[i].Event
		if k := (stream{e.Conn, e.Dir()}); recs[i].OnWire() && len(parts[k]) > 0 && parts[k][0] == i {
			parts[k] = parts[k][1:]
			add(message{Field: e.Tree, rec: i, conn: e.Conn, who: e.Who, dir: k.dir, epoch: e.Epoch, took: e.Tree.N})
		}
	}
	return all
}

// half is a message for those who only show it.
func (m *message) half() *Half {
	if m == nil {
		return nil
	}
	return &Half{Field: m.Field, Name: m.key(), Rec: m.rec, N: m.took, Epoch: m.epoch, OnWire: !m.off,
		Place: m.place, at: m.at, wrote: m.wrote, came: m.came}
}

// A couple is two messages that are the same one in both runs, or one that has
// no partner.
type couple struct{ a, b *message }

// pair is a couple with its mark.
func (c couple) pair() Pair {
	p := Pair{A: c.a.half(), B: c.b.half()}
	is := c.b
	switch {
	case c.b == nil:
		is, p.Mark = c.a, OnlyA
	case c.a == nil:
		p.Mark = OnlyB
	}
	p.Who, p.Conn = is.who, is.conn
	if p.Mark == Alike && slices.ContainsFunc(p.Fields(), func(f FieldPair) bool { return f.Mark.Marked() }) {
		p.Mark = Differs
	}
	return p
}

// couples matches the messages of one side in both runs by their names, so that
// as many as possible have a partner. Of what is then left, those of one name are
// partners that only changed their place, as ChangeCipherSpec does after a
// HelloRetryRequest; the others are new, or gone.
func couples(a, b []message) []couple {
	var all []couple
	var gone, fresh []*message
	for len(a)+len(b) > 0 {
		if len(a) > 0 && len(b) > 0 && a[0].key() == b[0].key() {
			all = append(all, couple{&a[0], &b[0]})
			a, b = a[1:], b[1:]
			continue
		}
		n, m := min(block, len(a)), min(block, len(b))
		found, g, f := match(a[:n], b[:m])
		all, gone, fresh = append(all, found...), append(gone, g...), append(fresh, f...)
		a, b = a[n:], b[m:]
	}
	return append(all, moved(gone, fresh)...)
}

// block bounds how many messages are matched with each other at a time.
const block = 500

// match finds the partners among a few messages, and returns those that have
// none too.
func match(a, b []message) (found []couple, gone, fresh []*message) {
	best := common(a, b)
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i].key() == b[j].key() && best[i][j] == best[i+1][j+1]+1:
			found = append(found, couple{&a[i], &b[j]})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || best[i+1][j] == best[i][j]):
			gone = append(gone, &a[i])
			i++
		default:
			fresh = append(fresh, &b[j])
			j++
		}
	}
	return found, gone, fresh
}

// common returns, for each i and j, how many of a[i:] and b[j:] can be matched
// in order.
func common(a, b []message) [][]int {
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			table[i][j] = max(table[i+1][j], table[i][j+1])
			if a[i].key() == b[j].key() {
				table[i][j] = max(table[i][j], table[i+1][j+1]+1)
			}
		}
	}
	return table
}

// moved makes partners of those that stand at another place.
func moved(gone, fresh []*message) []couple {
	var all []couple
	byKey := map[string][]*message{}
	for _, m := range gone {
		byKey[m.key()] = append(byKey[m.key()], m)
	}
	for _, m := range fresh {
		c := couple{b: m}
		if same := byKey[m.key()]; len(same) > 0 {
			c.a, byKey[m.key()] = same[0], same[1:]
		}
		all = append(all, c)
	}
	for _, m := range gone {
		if left := byKey[m.key()]; len(left) > 0 && left[0] == m {
			byKey[m.key()] = left[1:]
			all = append(all, couple{a: m})
		}
	}
	return all
}

// key is what two messages have in common to be partners: an alert is another
// message when it says something else.
func (m *message) key() string {
	if m.Name == "Alert" {
		return "Alert " + wire.Bare(value(m.Field, "description"))
	}
	return m.Name
}
