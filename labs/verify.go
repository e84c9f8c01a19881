package labs

import (
	"fmt"
	"slices"
	"sync"

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
	var lit []Event
	var wg sync.WaitGroup
	// Both take signatures to verify, and neither needs the other.
	wg.Go(func() { b.guard(func() { lit = verified(events, conn) }) })
	all := proven(events, conn)
	wg.Wait()
	for _, e := range append(lit, all...) {
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
	if f := a.Schedule(conn.drawn(), unseen(events, conn)); f != nil {
		all = append(all, Event{Kind: Found, Conn: conn, Text: f.Name + ": " + f.Value, Tree: f})
	}
	if f := crossed(events, conn); f != nil {
		all = append(all, Event{Kind: Found, Conn: conn, Text: f.Value, Tree: f})
	}
	return all
}

// unseen says why no private key of the key exchange is known, if it is not Go's
// group that keeps it.
func unseen(events []Event, conn *Conn) string {
	switch {
	case Recording(events) != "":
		return "a recording keeps no private key to compute it with"
	case conn.draws[0] == nil && conn.draws[1] == nil:
		return "a capture has no private key to compute it with"
	case len(conn.drawn()) == 0:
		return "neither side is Go's, which would show its private key"
	}
	return ""
}

// explainedNote is the name of the finding that explains what one side says, where
// that misleads.
const explainedNote = "explained"

// crossed explains why one side of TLS 1.3 says bad_record_mac of an alert: it came
// in the clear, from a side that failed before it had turned on its own keys, and
// who got it had turned on theirs already and took it for a sealed record. An alert
// travels under the keys that its sender writes with (RFC 9846, Section 6). Nil
// where that is not what happened.
func crossed(events []Event, conn *Conn) *wire.Field {
	var plain *message
	sealing := false
	msgs := messages(Records(events))
	for i := range msgs {
		m := &msgs[i]
		switch {
		case m.conn != conn:
		case plain == nil && m.who == conn.Party(dissect.ToClient) && m.epoch == dissect.Handshake:
			sealing = true
		case plain == nil && sealing && m.clear() && m.alert() != "" && m.who == conn.Party(dissect.ToServer):
			plain = m
		case plain != nil && m.who != plain.who && m.alert() == "bad_record_mac":
			return wire.Note(explainedNote, fmt.Sprintf("the %s failed before it had turned on its keys, so its alert %s crossed in the clear; the %s expects sealed records by then, "+
				"tries to open the alert like one, and says bad_record_mac: that is no second fault", plain.who, plain.alert(), m.who), plain.Field, m.Field)
		}
	}
	return nil
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
	return e.Kind == Found && e.Who == Nobody && e.Tree != nil && e.Tree.Src == nil &&
		(e.Tree.Name == checkedNote || e.Tree.Name == scheduleNote || e.Tree.Name == explainedNote || e.Tree.Name == verificationNote)
}
