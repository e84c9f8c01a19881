package labs

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// A Listener is somebody on the wire: it reads records once more from their
// bytes alone, without any key. The zero value has heard nothing yet.
type Listener struct {
	sessions map[*Conn]*dissect.Session
}

// Hear returns what the listener makes of the next events of a run: its
// records. What the parties said of themselves, and what was opened with their
// keys, is not to be heard. The events keep their times and connections.
func (l *Listener) Hear(events []Event) []Event {
	if l.sessions == nil {
		l.sessions = map[*Conn]*dissect.Session{}
	}
	var heard []Event
	for _, e := range events {
		if e.Kind != Written || e.Conn == nil {
			continue
		}
		s := l.sessions[e.Conn]
		if s == nil {
			s = dissect.New(dissect.NewKeys())
			l.sessions[e.Conn] = s
		}
		var recs []dissect.Record
		if e.Tree != nil {
			recs = s.Feed(e.Dir(), e.Tree.Bytes())
		} else { // the end of a direction, which may have cut a record off
			recs = s.Close(e.Dir())
		}
		for _, r := range recs {
			h := recordEvent(Written, e.Conn, r)
			h.At = e.At
			heard = append(heard, h)
		}
	}
	return heard
}

// eavesdrop returns what a listener has of a whole run.
func eavesdrop(events []Event) []Event {
	var l Listener
	return l.Hear(events)
}

// An Overheard is what a listener could make of one connection.
type Overheard struct {
	Bytes, Clear int           // bytes that crossed, and those in records they could read
	Names        []string      // host names they read, each once
	At           *wire.Field   // the field that holds the words looked for, or nil
	Evidence     []*wire.Field // the fields the names stood in
}

// Overhear works out what a listener has of the records of one connection, and
// whether words stand in it. Events are those that a Listener heard.
func Overhear(events []Event, conn *Conn, words string) Overheard {
	var o Overheard
	for _, r := range Records(events) {
		tree := r.Event.Tree
		if !r.OnWire() || r.Event.Conn != conn {
			continue
		}
		o.Bytes += tree.N
		if r.Event.Epoch == dissect.Clear && r.Event.Err == nil {
			o.Clear += tree.N
		}
		// Sealed or not: the bytes alone decide.
		if o.At == nil && carries(r.Event, words) {
			o.At = tree
		}
		tree.Walk(func(path []*wire.Field) {
			f := path[len(path)-1]
			if f.Name == "host_name" || f.Name == "dNSName" {
				o.name(f)
			}
		})
	}
	return o
}

// byChance is how short words may stand in sealed bytes without meaning
// anything: in a few thousand random bytes, 8 given ones stand by chance once in
// 10^15 runs.
const byChance = 8

// carries reports whether words stand in what a record carries for the
// application: text in the clear, or sealed bytes, where short words prove
// nothing. A handshake in the clear carries names, not words.
func carries(e Event, words string) bool {
	switch {
	case e.Err != nil:
		return len(words) >= byChance && bytes.Contains(e.Tree.Bytes(), []byte(words))
	case e.Tree.Name == "plaintext" || e.Tree.Find("application_data") != nil:
		return words != "" && bytes.Contains(e.Tree.Bytes(), []byte(words))
	}
	return false
}

// name notes a host name once, with the field it was first read in.
func (o *Overheard) name(f *wire.Field) {
	if slices.Contains(o.Names, f.Value) {
		return
	}
	o.Names = append(o.Names, f.Value)
	o.Evidence = append(o.Evidence, f)
}

// overhear has the observer tell what they make of a connection of this run.
func (b *Bench) overhear(conn *Conn, line string) {
	events, _ := b.run.Since(0)
	o := Overhear(eavesdrop(events), conn, line)
	text := fmt.Sprintf("on %s: ", conn.Name)
	evidence := o.Evidence
	if o.At != nil {
		text += "your line, word for word"
		evidence = append(evidence, o.At)
	} else {
		text += "not your line"
	}
	text += fmt.Sprintf("; %d of %d bytes are in the clear", o.Clear, o.Bytes)
	if len(o.Names) > 0 {
		text += "; names read: " + strings.Join(o.Names, ", ")
	}
	b.Emit(Event{Kind: Found, Who: Observer, Text: text, Tree: wire.Note("overheard", text, evidence...)})
}
