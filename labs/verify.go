package labs

import (
	"slices"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// checkedNote is the name of the finding that says whether what the two sides of
// a connection prove to each other holds.
const checkedNote = "checked"

// scheduleNote is the name of the finding that shows how the secrets of a
// connection come from each other.
const scheduleNote = "key schedule"

// checked tells what the two sides of a connection proved to each other, and how
// their secrets come from each other.
func (b *Bench) checked(conn *Conn) {
	if b.ctx.Err() != nil {
		return
	}
	events, _ := b.run.Since(0)
	for _, e := range proven(events, conn) {
		b.Emit(e)
	}
}

// proven returns what can be checked of a connection, as events.
func proven(events []Event, conn *Conn) []Event {
	var all []Event
	a := dissect.Verify(views(events, conn))
	if f := a.Findings(); f != nil {
		all = append(all, Event{Kind: Found, Conn: conn, Text: f.Value, Tree: f})
	}
	if f := a.Schedule(conn.drawn()); f != nil {
		all = append(all, Event{Kind: Found, Conn: conn, Text: f.Name + ": " + f.Value, Tree: f})
	}
	return all
}

// views returns a connection as its client had it, and as its server had it: the
// records that each wrote, and those that it was given, as it was given them.
func views(events []Event, conn *Conn) (client, server dissect.View) {
	both := [2]dissect.View{{Keys: conn.logs[dissect.ToServer]}, {Keys: conn.logs[dissect.ToClient]}}
	for _, r := range Records(events) {
		if !r.OnWire() || r.Event.Conn != conn {
			continue
		}
		d := r.Event.Dir()
		add := func(to dissect.Dir, tree *wire.Field, why error) {
			both[to].Records = append(both[to].Records, dissect.Record{Dir: d, Epoch: r.Event.Epoch, Tree: tree, Msgs: dissect.Messages(tree), Why: why})
		}
		add(d, r.Event.Tree, r.Event.Err)
		switch {
		case r.As != nil:
			add(1-d, r.As, nil) // what was done to it is known
		case r.Delivered >= 0:
			add(1-d, r.Event.Tree, r.Event.Err)
		}
	}
	return both[dissect.ToServer], both[dissect.ToClient]
}

// Refuted reports whether the event tells that something which a side proved does
// not hold.
func (e *Event) Refuted() bool {
	return e.checks() && slices.ContainsFunc(e.Tree.Kids, func(f *wire.Field) bool { return f.Err != nil })
}

// checks reports whether a row off the wire is what the run itself worked out.
func (e *Event) checks() bool {
	return e.Kind == Found && e.Who == Nobody && e.Tree != nil && e.Tree.Src == nil && (e.Tree.Name == checkedNote || e.Tree.Name == scheduleNote)
}
