package labs

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"tlstutor/labs/wire"
)

// An Ending is how a run ended, as its events tell it.
type Ending struct {
	OK    bool
	Over  bool          // the run has come to an end, good or bad
	Shut  bool          // what would tell is in records that were not opened
	Who   Party         // who ended it; Nobody when all went well
	Alert string        // the alert it was ended with, or ""
	After string        // the last handshake message of the other side by then: "the server's Finished"
	Text  string        // one line for a title: "completed in 1.9 ms", "client: bad_certificate"
	Err   error         // what the one who ended it says itself
	Took  time.Duration // of a handshake that completed: from its first record to its last Finished

	Rec int // the record that ended it, as an index into Records, or -1

	Field    string      // the path, from its message on, of the field that is complained about, or ""
	FieldRec int         // the record that field is in, or -1
	At       *wire.Field // that field

	Conn  *Conn    // of a try: the connection
	Tries []Ending // of a run in which several connections spoke TLS: how each went, in order
}

// End works out how a run ended. A fatal alert decides, also when it came after
// a handshake that looked complete, as the server's refusal of a client
// certificate does in TLS 1.3 (RFC 9846, Section 4.5.2). Where a connection stands in
// the place of one that failed, that one no longer decides.
func End(events []Event) Ending {
	recs := Records(events)
	msgs := messages(recs)
	past := replaced(events)
	end := endOf(events, recs, msgs, func(c *Conn) bool { return past[c] })
	end.Tries = tries(events, recs, msgs)
	end.judged(events)
	if len(past) > 0 && end.OK && end.Rec >= 0 {
		if c := recs[end.Rec].Event.Conn; c != nil && c.again != nil {
			end.Text = c.Name + " " + end.Text
		}
	}
	return end
}

// endOf is how the connections went that are not passed over.
func endOf(events []Event, recs []Rec, msgs []message, skip func(*Conn) bool) Ending {
	end := Ending{Rec: -1, FieldRec: -1}
	for i, m := range msgs {
		if a := m.alert(); !skip(m.conn) && a != "" && wire.Bare(value(m.Field, "level")) != "warning" {
			end.Who, end.Alert, end.Rec = m.who, a, m.rec
			end.After = lastBefore(msgs[:i], m)
			end.Err = complaint(events, m.who, m.conn)
			end.Text = m.who.String() + ": " + a
			end.Over = true
			end.complain(recs, m.conn)
			return end
		}
	}
	if e := firstFailure(events, skip); e != nil {
		end.Who, end.Err, end.Over = e.Who, e.Err, true
		end.Text = wire.Clean(e.Err.Error(), wire.MaxValue)
		if e.Who != Nobody {
			end.Text = e.Who.String() + ": " + end.Text
			end.leave(recs, msgs, e.Conn)
		}
		end.complain(recs, e.Conn)
		return end
	}
	end.complete(events, recs, msgs, skip)
	return end
}

// How is the ending in one sentence, as the text of a run has it: who ended it, by
// what, and after which message; or how long it took.
func (end *Ending) How() string {
	switch {
	case end.several():
		return end.each()
	case end.Alert != "" && end.After != "":
		return fmt.Sprintf("ended by %s: alert %s, after %s", end.Who, end.Alert, end.After)
	case end.Alert != "":
		return fmt.Sprintf("ended by %s: alert %s", end.Who, end.Alert)
	case end.Who != Nobody:
		return fmt.Sprintf("ended by %s, without an alert", end.Who)
	}
	return end.Text
}

// leave finds the record with which the one who failed left: a close_notify, if it
// was the first to say goodbye, as a program is that looks at the name in a
// certificate once the handshake is over (RFC 9846, Section 6.1), else the last that
// it wrote.
func (end *Ending) leave(recs []Rec, msgs []message, on *Conn) {
	end.Rec = lastOnWire(recs)
	for i := len(recs) - 1; i >= 0; i-- {
		if e := &recs[i].Event; recs[i].OnWire() && e.Who == end.Who && (on == nil || e.Conn == on) {
			end.Rec = i
			break
		}
	}
	for i, m := range msgs {
		if m.Name != "Alert" || wire.Bare(value(m.Field, "description")) != goodbye || on != nil && m.conn != on {
			continue
		}
		if m.who == end.Who {
			end.Alert, end.Rec, end.After = goodbye, m.rec, lastBefore(msgs[:i], m)
		}
		return // whoever came after it only answered
	}
}

// goodbye is the alert that ends a connection in order (RFC 9846, Section 6.1).
const goodbye = "close_notify"

// lastOnWire returns the index of the last record that crossed, or -1.
func lastOnWire(recs []Rec) int {
	for i := len(recs) - 1; i >= 0; i-- {
		if recs[i].OnWire() {
			return i
		}
	}
	return -1
}

// value returns the value of a kid, or "".
func value(f *wire.Field, kid string) string {
	if k := f.Kid(kid); k != nil {
		return k.Value
	}
	return ""
}

// lastBefore names the last handshake message that the other side had written
// when m was.
func lastBefore(earlier []message, m message) string {
	for i := len(earlier) - 1; i >= 0; i-- {
		if e := earlier[i]; e.conn == m.conn && e.who != m.who && e.handshake() {
			return "the " + e.who.String() + "'s " + e.Name
		}
	}
	return ""
}

// firstFailure returns the first event in which a peer, or the run as a whole,
// says that it failed; a goal not met is not a failure. A peer that only says
// that the other side went away (EOF) comes last.
func firstFailure(events []Event, skip func(*Conn) bool) *Event {
	var gone *Event
	for i := range events {
		e := &events[i]
		run := e.Kind == Found && e.Tree != nil && e.Tree.Src == nil && e.Tree.Name == "run"
		peer := e.Who == Client || e.Who == Server || e.Who == Attacker && e.Conn != nil
		if e.Err != nil && !skip(e.Conn) && (run || e.Kind == Said && peer) {
			if !errors.Is(e.Err, io.EOF) {
				return e
			}
			if gone == nil {
				gone = e
			}
		}
	}
	return gone
}

// complete tells of a run in which nobody objected: each connection that speaks
// TLS is complete when a Finished was delivered in both directions.
func (end *Ending) complete(events []Event, recs []Rec, msgs []message, skip func(*Conn) bool) {
	var begun, done, speaks, plain, crossed, shut int
	seen := map[*Conn]bool{}
	finished := map[*Conn]int{}
	first := map[*Conn]time.Duration{}
	for _, r := range recs {
		if !r.OnWire() || skip(r.Event.Conn) {
			continue
		}
		crossed++
		if c := r.Event.Conn; !seen[c] {
			seen[c], first[c] = true, r.Event.At
			begun++
		}
		if r.Event.Tree.Name == "plaintext" {
			plain++
		}
		if r.Event.Err != nil && r.Event.Tree.Name == "TLSCiphertext" {
			shut++
		}
	}
	for _, m := range msgs {
		if skip(m.conn) {
			continue
		}
		if m.Name == "ClientHello" && finished[m.conn] == 0 {
			speaks++
			finished[m.conn] = 1
		}
		if at := recs[m.rec].Delivered; m.Name == "Finished" && at >= 0 {
			end.Rec = m.rec
			end.Took = events[at].At - first[m.conn]
			// One for the ClientHello, one for the Finished of each side.
			if finished[m.conn]++; finished[m.conn] == 3 {
				done++
			}
		}
	}
	// The text says no more than what has happened so far: the run may go on.
	switch {
	case begun == 0 && end.verified(recs):
	case begun == 0:
		end.Text = "nothing was sent"
	case plain == crossed:
		end.OK, end.Over, end.Rec = true, true, lastOnWire(recs)
		end.Text = "done, without TLS"
	case (done < speaks || speaks == 0) && shut > 0:
		end.Shut, end.Text = true, "how it went is sealed"
	case done < speaks || speaks == 0:
		end.Text = "not completed"
	case begun > 1:
		end.OK, end.Over = true, true
		end.Text = fmt.Sprintf("%d connections, all completed", begun)
	default:
		end.OK, end.Over = true, true
		end.Text = fmt.Sprintf("completed in %s", millis(end.Took))
	}
}

// How a run ends in which nothing crossed.
const (
	acceptedText = "accepted"
	refusedText  = "refused: "
)

// verified tells of a run in which nothing crossed and certificates were judged.
func (end *Ending) verified(recs []Rec) bool {
	for _, v := range Verifications(recs) {
		end.Over, end.OK, end.Rec = true, v.OK, v.Rec
		if end.Text = acceptedText; !v.OK {
			var lights []string
			for _, l := range v.Lights {
				if l.State == Fails {
					lights = append(lights, l.Name)
				}
			}
			end.Text = refusedText + strings.Join(lights, ", ")
			return true
		}
	}
	return end.Over
}

// millis writes a duration as milliseconds, with two digits that matter.
func millis(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	if ms < 9.95 {
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.0f ms", ms)
}
