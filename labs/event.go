package labs

import (
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
	Nobody Party = iota // the run itself
	Client
	Server
	CA
	Responder
	Attacker
	Observer
)

// String is the party as questions and JSON name it; the run itself has no
// name.
func (p Party) String() string {
	return [...]string{"", "client", "server", "ca", "responder", "attacker", "observer"}[p]
}

// writer returns who writes in a direction.
func writer(d dissect.Dir) Party {
	if d == dissect.ToServer {
		return Client
	}
	return Server
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
	Tree  *wire.Field // a record as fields, or a finding; nil at the end of a direction
	Err   error
}

// Dir returns the direction of an event on the wire.
func (e *Event) Dir() dissect.Dir {
	if e.Who == Server {
		return dissect.ToClient
	}
	return dissect.ToServer
}

// A Conn is one connection of a run.
type Conn struct {
	Name   string            // "tls13", or "" when the run has only one
	Client net.Addr          // the client's end
	Server net.Addr          // where the client connected to
	ends   [2]*loop.Endpoint // the client's, then the server's
	keys   *dissect.Keys     // what both sides have logged
	logs   [2]*dissect.Keys  // what each side has written to its key log so far
}

// Keys returns all that both sides have logged, in the format of an NSS key log.
func (c *Conn) Keys() []byte { return c.keys.Bytes() }

// Read returns how many bytes a side of the connection has taken from its
// socket so far.
func (c *Conn) Read(p Party) int64 {
	if p == Server {
		return c.ends[1].In.Load()
	}
	return c.ends[0].In.Load()
}

// Has says which keys a side of the connection has by now, from its own key
// log: "no keys", "handshake keys", "handshake and traffic keys", or, in
// TLS 1.2, "traffic keys".
func (c *Conn) Has(p Party) string {
	log := c.logs[0]
	if p == Server {
		log = c.logs[1]
	}
	labels := log.Labels()
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

// A Rec is one record of a run, gathered from the events that tell of it.
type Rec struct {
	Event     Event // the Written event, with the tree that was opened last
	Index     int   // of the Written event
	Delivered int   // the index of the Delivered event, or -1
}

// Records gathers the records among the events, in the order of writing. Ends
// of a direction are left out.
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
		if e.Conn == nil || e.Tree == nil || e.Tree.Src == nil {
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
				recs[arrived[k][0]].Delivered = i
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
