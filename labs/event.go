package labs

import (
	"bytes"
	"net"
	"slices"
	"time"

	"tlstutor/labs/dissect"
	"tlstutor/labs/loop"
	"tlstutor/labs/wire"
)

// Kind says what an event is.
type Kind uint8

const (
	Said      Kind = iota // a party says something about itself: what it made, what it thinks
	Written               // a record, other bytes, or the end of a direction was written and read by the relay
	Delivered             // the same, just before it reaches the other side
	Found                 // something code worked out: a verdict, a goal, a record that could be opened only later
)

// String is the kind as it stands in JSON.
func (k Kind) String() string { return [...]string{"said", "written", "delivered", "found"}[k] }

// Party is who acts in a run.
type Party uint8

const (
	Nobody    Party = iota // the run itself
	Client                 // who connects
	Server                 // who accepts
	CA                     // who signs certificates
	Responder              // who says whether one was revoked (OCSP)
	Attacker               // who changes what crosses, or stands in between
	Observer               // who only listens, and has no key
)

// String is the party as questions and JSON name it; the run itself has no
// name.
func (p Party) String() string {
	return [...]string{"", "client", "server", "ca", "responder", "attacker", "observer"}[p]
}

// An Event is one thing that happened in a run.
type Event struct {
	At    time.Duration // on the run's clock
	Kind  Kind
	Who   Party // who acts
	To    Party // whom it reaches, on the wire
	Conn  *Conn // nil off the wire
	Epoch dissect.Epoch
	Text  string      // one sentence; for a record, its label
	Tree  *wire.Field // a record as fields, something that was made, or a finding; nil at the end of a direction
	Err   error
}

// Dir returns the direction of an event on the wire.
func (e *Event) Dir() dissect.Dir { return e.Conn.dir(e.Who) }

// row reports whether an event off the wire stands among the records: something
// that a party made, what somebody beside the two peers did or found, or what was
// checked of a connection.
func (e *Event) row() bool {
	finding := e.Kind == Found && (e.Who == CA || e.Who == Attacker || e.checks() || e.judges() || e.negotiates())
	return e.Tree != nil && (e.Kind == Said || finding && e.Tree.Src == nil)
}

// A Conn is one connection of a run.
type Conn struct {
	Name   string            // "tls13", or "" when the run has only one
	Client net.Addr          // the end of the one who connected
	Server net.Addr          // where to
	Who    [2]Party          // by direction, who writes in it: the one who connected, then the one who accepted; zero: client and server
	ends   [2]*loop.Endpoint // by direction, of the one who writes in it
	logs   [2]*dissect.Keys  // what each of them has written to its key log so far
	hellos []string          // where the logs are also others': the randoms of this one's ClientHellos, in hex
	draws  [2]*drawer        // where Go's own take randomness from
	again  *Conn             // the one in whose place it stands, or nil
	hushed [2]bool           // by direction too: a drill keeps back what the one who writes in it judged by
	judges [2]*judge         // by direction, what the one who writes in it judges the other's certificates by
}

// Party returns who writes in a direction.
func (c *Conn) Party(d dissect.Dir) Party {
	if c == nil || c.Who[d] == Nobody {
		return [...]Party{Client, Server}[d]
	}
	return c.Who[d]
}

// dir returns the direction that a party writes in.
func (c *Conn) dir(p Party) dissect.Dir {
	if p == c.Party(dissect.ToClient) {
		return dissect.ToClient
	}
	return dissect.ToServer
}

// other returns the peer of a party.
func (c *Conn) other(p Party) Party { return c.Party(1 - c.dir(p)) }

// Keys returns what opens all that both sides wrote, in the format of an NSS key
// log.
func (c *Conn) Keys() []byte {
	all := dissect.Merge(c.logs[dissect.ToServer], c.logs[dissect.ToClient]).Bytes()
	if c.logs[0] != c.logs[1] {
		return all
	}
	var own []byte
	for line := range bytes.Lines(all) {
		part := bytes.Fields(line)
		if len(part) == 3 && slices.Contains(c.hellos, string(part[1])) {
			own = append(own, line...)
		}
	}
	return own
}

// Read returns how many bytes a side of the connection has taken from its
// socket so far.
func (c *Conn) Read(p Party) int64 {
	if e := c.ends[c.dir(p)]; e != nil {
		return e.In.Load()
	}
	return 0 // it did not cross here
}

// Has says which keys a side of the connection has by now, from its own key
// log: "no keys", "handshake keys", "handshake and traffic keys", or, in
// TLS 1.2, "traffic keys".
func (c *Conn) Has(p Party) string {
	labels := c.logs[c.dir(p)].Labels()
	hs := slices.Contains(labels, "CLIENT_HANDSHAKE_TRAFFIC_SECRET")
	switch {
	case slices.Contains(labels, "CLIENT_RANDOM"):
		return "traffic keys"
	case hs && slices.Contains(labels, "CLIENT_TRAFFIC_SECRET_0"):
		return "handshake and traffic keys"
	case hs:
		return "handshake keys"
	}
	return "no keys"
}

// A Rec is one record of a run, gathered from the events that tell of it; or,
// between them, something off the wire that can be opened as they can: what a
// party made, and what an attacker did.
type Rec struct {
	Event     Event       // the Written event, with the tree that was opened last; off the wire, the event itself
	Index     int         // of that event
	Delivered int         // the index of the Delivered event, or -1
	As        *wire.Field // what was delivered, where it is not what was written
}

// OnWire reports whether this is a record. What is not may have no connection.
func (r *Rec) OnWire() bool { return r.Event.Kind == Written }

// Records gathers the records among the events, in the order of writing, and
// what was made or done off the wire where it happened. Ends of a direction are
// left out.
func Records(events []Event) []Rec {
	type stream struct {
		conn *Conn
		who  Party
	}
	var recs []Rec
	// A record that is opened later is known by its place in its direction; those
	// of one direction arrive as they were written.
	byOff := map[stream]map[int]int{}
	arrived := map[stream][]int{}
	for i, e := range events {
		if e.row() {
			recs = append(recs, Rec{Event: e, Index: i, Delivered: i})
		}
		if e.Kind == Said || e.Conn == nil || e.Tree == nil || e.Tree.Src == nil {
			continue
		}
		k := stream{e.Conn, e.Who}
		if byOff[k] == nil {
			byOff[k] = map[int]int{}
		}
		switch e.Kind {
		case Written:
			byOff[k][e.Tree.Off] = len(recs)
			arrived[k] = append(arrived[k], len(recs))
			recs = append(recs, Rec{Event: e, Index: i, Delivered: -1})
		case Delivered:
			if len(arrived[k]) > 0 {
				r := &recs[arrived[k][0]]
				if r.Delivered = i; e.Tree != events[r.Index].Tree {
					r.As = e.Tree
				}
				arrived[k] = arrived[k][1:]
			}
		case Found: // a record opened later
			if r, ok := byOff[k][e.Tree.Off]; ok {
				recs[r].Event.Tree, recs[r].Event.Epoch, recs[r].Event.Err = e.Tree, e.Epoch, e.Err
				recs[r].Event.Text = dissect.Label(e.Tree)
			}
		}
	}
	return recs
}
