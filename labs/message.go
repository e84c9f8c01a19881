package labs

import (
	"strings"
	"time"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// A message is one message of a run, with the record that it ended in.
type message struct {
	*wire.Field
	rec   int // index among the records
	conn  *Conn
	who   Party
	dir   dissect.Dir
	epoch dissect.Epoch

	// Known where two runs are put beside each other (listed).
	at          int           // its place among all of the run
	place       int           // and, from 1, among those of its connection
	took        int           // how many bytes of the wire
	off         bool          // it is off the wire, and no message
	wrote, came time.Duration // when its record was written, and delivered, or -1
}

// messages returns the messages of the records, in order. Bytes that are not
// TLS count as one each; so does a record that nobody could open.
func messages(recs []Rec) []message {
	var all []message
	for i := range recs {
		if !recs[i].OnWire() {
			continue
		}
		e := &recs[i].Event
		fields := dissect.Messages(e.Tree)
		if len(fields) == 0 && (e.Err != nil || !strings.HasPrefix(e.Tree.Name, "TLS")) {
			fields = []*wire.Field{e.Tree}
		}
		for _, f := range fields {
			all = append(all, message{Field: f, rec: i, conn: e.Conn, who: e.Who, dir: e.Dir(), epoch: e.Epoch})
		}
	}
	return all
}

// handshake reports whether a message is one of the handshake protocol.
func (m message) handshake() bool { return m.Kid("msg_type") != nil }

// alert returns the description of an alert that is more than a goodbye, or "".
func (m message) alert() string {
	d := m.Kid("description")
	if m.Name != "Alert" || d == nil {
		return ""
	}
	if v := wire.Bare(d.Value); v != "close_notify" {
		return v
	}
	return ""
}

// clear reports whether an eavesdropper can read the message.
func (m message) clear() bool { return m.epoch == dissect.Clear }
