package capture

import (
	"slices"
	"time"
)

// A Reader gives connections in the order of their first packets. One that has
// ended waits for those that began before it and are still open; of one of these
// that goes on for long it does not wait for the end, but is given when
//
//   - lastWait has gone by since it ended, by the clock of the capture,
//   - or more wait than maxWaitingConns, or maxWaitingBytes,
//   - or the file has no more for the moment (Stalled).
//
// So a connection comes behind one that began later only where it went on for
// longer than that after the other's end, and it is given when it has ended.
const (
	lastWait        = 10 * time.Second
	maxWaitingConns = 256
	maxWaitingBytes = 32 << 20
)

// A queue is the connections that are not yet given.
type queue struct {
	begun []*conn       // as they began; those that are over leave when they are first, or many
	ended []*conn       // those that are over and have TLS, as they began
	weigh int           // what these weigh
	due   time.Duration // when the first of them has waited for long enough
}

// began adds a connection. Those that are over may be so many more.
func (q *queue) began(c *conn, many int) {
	if len(q.begun) > many+64 {
		q.begun = slices.DeleteFunc(q.begun, func(c *conn) bool { return !c.open() })
	}
	q.begun = append(q.begun, c)
}

// open reports whether a connection may yet be given, and has not ended.
func (c *conn) open() bool { return !c.over && c.verdict != isPlain }

// first returns the number of the first connection that is open, or n.
func (q *queue) first(n int) int {
	for len(q.begun) > 0 && !q.begun[0].open() {
		q.begun = q.begun[1:]
	}
	if len(q.begun) > 0 {
		return q.begun[0].Number
	}
	return n
}

// wait puts a connection that has ended where it stands in the order.
func (q *queue) wait(c *conn) {
	i := len(q.ended)
	for i > 0 && q.ended[i-1].Number > c.Number {
		i--
	}
	q.ended = slices.Insert(q.ended, i, c)
	q.weigh += c.held
	if len(q.ended) == 1 {
		q.due = c.ended + lastWait
	}
	q.due = min(q.due, c.ended+lastWait)
}

// next takes the next connection from the queue.
func (q *queue) next() *conn {
	c := q.ended[0]
	q.ended = q.ended[1:]
	q.weigh -= c.held
	if c.ended+lastWait > q.due {
		return c
	}
	for i, c := range q.ended {
		if i == 0 || c.ended+lastWait < q.due {
			q.due = c.ended + lastWait
		}
	}
	return c
}

// handOver gives the connections whose turn it is, or all that have ended.
func (t *table) handOver(all bool) {
	for len(t.ended) > 0 {
		late := t.clock >= t.due || len(t.ended) > maxWaitingConns || t.weigh > maxWaitingBytes
		c := t.ended[0]
		if !all && !late && (c.Number > t.first(c.Number) || !c.settled()) {
			return
		}
		t.give(t.next())
	}
}

// confirmed reports whether both ends have said that they are done, and have
// heard it of each other (RFC 9293, Section 3.6).
func (c *conn) confirmed() bool {
	for i := range c.halves {
		if h := &c.halves[i]; !h.hasFin || int32(h.acked-h.finAt) <= 0 {
			return false
		}
	}
	return true
}

// settled reports whether of a connection that has ended nothing more is to come:
// the packet that confirms its end is still one of its own.
func (c *conn) settled() bool { return c.torn || c.gone || c.confirmed() }

// lastPatience is how long, by the clock of the capture, bytes are waited for that
// both ends of a connection have, which are done.
const lastPatience = time.Second

// closeLate ends the connections of which nothing more will come.
func (t *table) closeLate() {
	for len(t.closing) > 0 {
		c := t.closing[0]
		if !c.over && t.clock-c.End < lastPatience && len(t.closing) <= maxWaitingConns {
			return
		}
		t.finish(c)
		t.closing = t.closing[1:]
	}
}
