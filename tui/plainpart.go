package tui

import (
	"fmt"
	"strings"

	"tlstutor/labs"
	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// A part is what open counts in a run: a message, or a record that holds none
// that could be read, or what was made off the wire.
type part struct {
	rec   int // its record, an index
	field *wire.Field
	first bool // it is the first of its record
}

// parts lists a run.
func parts(recs []labs.Rec) []part {
	var all []part
	for i := range recs {
		// What a party made off the wire is one part, whatever is in it.
		tree := recs[i].Event.Tree
		var fields []*wire.Field
		// A message that spans records counts in the last of them, where it can be
		// read; those before it are parts without one.
		if recs[i].OnWire() {
			fields = dissect.Messages(tree)
		}
		if len(fields) == 0 {
			fields = []*wire.Field{tree}
		}
		for j, f := range fields {
			all = append(all, part{i, f, j == 0})
		}
	}
	return all
}

// title is what a part is called: an alert says what it warns of, and bytes that
// are no message what they are.
func (x part) title(recs []labs.Rec) string {
	switch {
	case x.field.Name == "Alert":
		// Of "fatal bad_certificate" the second word is what it warns of.
		_, what, _ := strings.Cut(x.field.Value, " ")
		return "Alert " + wire.Bare(what)
	case recs[x.rec].OnWire() && x.field.Kid("msg_type") == nil:
		return recs[x.rec].Event.Text
	case recs[x.rec].OnWire():
		return x.field.Name
	}
	return recs[x.rec].Event.Text
}

// name is what a part is called where there is room for no more.
func (x part) name(recs []labs.Rec) string {
	if recs[x.rec].OnWire() {
		return x.title(recs)
	}
	return x.field.Name
}

// line says one part of a run: what it is, who sent it, how large it was on the
// wire, under which keys.
func (x part) line(recs []labs.Rec) string {
	r := &recs[x.rec]
	e := &r.Event
	text := x.title(recs)
	// A certificate that was made, a finding, have neither direction nor keys.
	switch {
	case !r.OnWire() && e.Tree.Src != nil:
		return fmt.Sprintf("%s: %s, %s, not on the wire", x.field.Name, text, plural(e.Tree.N, "byte"))
	case !r.OnWire() && e.Who == labs.Nobody && strings.HasPrefix(text, x.field.Name+": "):
		return text // which begins with the name
	case !r.OnWire() && e.Who == labs.Nobody:
		return fmt.Sprintf("%s: %s", x.field.Name, text)
	case !r.OnWire():
		return fmt.Sprintf("%s: %s", e.Who, text)
	}
	text += fmt.Sprintf(", %s to %s", e.Who, e.To)
	// Sizes are those of records: the second message of one has none of its own.
	if x.first {
		text += ", " + plural(e.Tree.N, "byte")
	} else {
		text += ", in the same record"
	}
	text += ", " + keys(e)
	if e.Conn.Name != "" {
		text += ", on " + e.Conn.Name
	}
	if r.Delivered < 0 {
		text += ", not delivered"
	}
	if e.Err != nil {
		text += ": " + wire.Clean(e.Err.Error(), wire.MaxValue)
	}
	return text
}

// keys says under which keys a record travels.
// Opened or not: a record that can be read here was sealed on the wire.
func keys(e *labs.Event) string {
	if e.Epoch == dissect.Clear {
		return "in the clear"
	}
	return "sealed with " + labs.Under(e)
}

// messages lists what crossed.
func (p *plain) messages(string) {
	s := p.labOf()
	if s == nil || s.cur() == nil {
		return
	}
	// As the parties have them; wiretap lists what a listener has.
	recs := s.cur().recs
	all := parts(recs)
	for i, x := range all {
		said := fmt.Sprintf("%d %s", i+1, x.line(recs))
		// The gutter of the screen, in words.
		switch s.cur().marks[x.rec] {
		case '+':
			said += "; new"
		case '~':
			said += "; changed"
		}
		p.say(said)
	}
	// A held run may have nothing to show yet.
	if len(all) == 0 {
		p.say("Nothing has crossed yet.")
		return
	}
	p.tellsOf(s, "messages", "open and a number opens one.", "A number opens one.")
}

// ending says how a run ended: the fact, then who, and at which message.
func ending(end labs.Ending, recs []labs.Rec) string {
	if end.OK || end.Who == labs.Nobody {
		return sentence(end.How())
	}
	// One word first that says which way it went, then who, then by what.
	said := fmt.Sprintf("Failed: the %s ended it", end.Who)
	// What it says of itself is for why; it can be long.
	if end.Alert == "" {
		return said + " without an alert."
	}
	said += ". Alert " + end.Alert
	if n, of := decisive(end, recs); n > 0 {
		said += fmt.Sprintf(", message %d of %d, %s", n, of, keys(&recs[end.Rec].Event))
	}
	if end.After != "" {
		said += ", after " + end.After
	}
	return sentence(said)
}

// decisive is the number of the message that ended a run, or completed it, and how
// many there are; 0 where no record did. In a record with several it is the alert
// or the Finished, else the first. What was worked out afterwards is no message.
func decisive(end labs.Ending, recs []labs.Rec) (n, of int) {
	all := parts(recs)
	for i, x := range all {
		// The first stands until one that decides comes behind it.
		if x.rec == end.Rec && (n == 0 || x.field.Name == "Alert" || x.field.Name == "Finished") {
			n = i + 1
		}
	}
	of = len(all)
	for of > 0 && recs[all[of-1].rec].Event.Kind == labs.Found {
		of--
	}
	return n, of
}

// serverOf is where the first connection of a run went to, or "".
func serverOf(events []labs.Event) string { return (&ran{events: events}).server() }
