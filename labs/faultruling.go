package labs

import (
	"fmt"
	"strings"

	"tlstutor/labs/recorded"
	"tlstutor/labs/wire"
)

// A ruling is what one client made of a case.
type ruling struct {
	peer     string
	by       string // its version
	accepted bool
	exit     int    // -1 for Go, which is no program
	alert    string // "client bad_certificate", or "none"
	line     string // its own words
	heard    string // what the server says of it, in its own words
	recorded string // of whom and when, where it is quoted from the table
	cannot   bool   // it cannot be asked; line says why
	looks    string // in lab revocation: what it does about that, or was told to
	asked    string // there: how often it came to the responder
	at       *wire.Field
}

// read takes the ruling from what was said and what crossed.
func (one *ruling) read(m *meeting, f *foreign) {
	one.accepted = m.said.Client == nil
	if m.said.Client != nil {
		one.line = oneLine(m.said.Client.Error())
	}
	if m.said.Server != nil {
		one.heard = oneLine(m.said.Server.Error())
	}
	// Of a program its exit code counts too: curl, for one, is content with a
	// connection that breaks off, and not with the answer that it then has.
	if f != nil {
		one.accepted, one.exit = f.verdict.OK && f.verdict.Exit == 0, f.verdict.Exit
		if i := complaintIn(f.verdict.Lines); one.line == "" && !one.accepted && i >= 0 {
			one.line = oneLine(f.verdict.Lines[i])
		}
	}
	for _, msg := range m.msgs {
		if a := msg.alert(); a != "" {
			one.alert, one.at = msg.who.String()+" "+a, msg.Field
			return
		}
	}
}

// oneLine is a text as a row of a table has it.
func oneLine(s string) string {
	return wire.Clean(strings.Join(strings.Fields(s), " "), wire.MaxValue)
}

// quote is the ruling of a client that is not here, as it was recorded.
func (r *faultRun) quote(one ruling, missing error) ruling {
	one.cannot, one.line = true, missing.Error()
	all, _ := recorded.Verdicts() // a test reads the table, which is part of the program
	for _, v := range all {
		if r.fault != nil && v.Peer == one.peer && v.Fault == r.fault.Name {
			return ruling{peer: v.Peer, by: v.By, accepted: v.Accepted, exit: v.Exit, alert: v.Alert, line: v.Line, recorded: v.By + ", " + v.Made}
		}
	}
	return one
}

// tell tells what each client made of it: one line for each, and a table.
func (r *faultRun) tell(all []ruling) {
	var rows []*wire.Field
	said := map[string][]string{}
	for _, one := range all {
		word := "refuses"
		switch {
		case one.cannot:
			word = "cannot be asked"
		case one.accepted:
			word = "accepts"
		}
		r.b.Emit(Event{Kind: Found, Who: Observer, Text: one.String(word)})
		rows = append(rows, one.row(word))
		said[word] = append(said[word], one.peer)
	}
	var parts []string
	for _, w := range [][2]string{{"refuses", "refused by "}, {"accepts", "accepted by "}, {"cannot be asked", "not to be asked: "}} {
		if who := said[w[0]]; len(who) > 0 {
			parts = append(parts, w[1]+strings.Join(who, ", "))
		}
	}
	text := strings.Join(parts, "; ")
	r.b.Emit(Event{Kind: Found, Who: Observer, Text: verdictsNote + ": " + text, Tree: wire.Note(verdictsNote, text, rows...)})
}

// verdictsNote is the name of the finding that has that table.
const verdictsNote = "verdicts"

// String is the ruling in a sentence.
func (one *ruling) String(word string) string {
	text := one.peer + " " + word
	if one.recorded != "" {
		text = "REC (" + one.recorded + "): " + text
	}
	if one.line != "" {
		text += ": " + one.line
	}
	if one.alert != "none" && one.alert != "" {
		text += "; alert by the " + one.alert
	}
	if one.exit >= 0 && !one.cannot {
		text += fmt.Sprintf("; exit code %d", one.exit)
	}
	return text
}

// row is the ruling as a part of the table.
func (one *ruling) row(word string) *wire.Field {
	f := wire.Note(one.peer, word)
	add := func(name, value string, kids ...*wire.Field) {
		if value != "" {
			f.Kids = append(f.Kids, wire.Note(name, value, kids...))
		}
	}
	add("looks", one.looks)
	add("line", one.line)
	if one.exit >= 0 && !one.cannot {
		add("exit", fmt.Sprint(one.exit))
	}
	var at []*wire.Field
	if one.at != nil {
		at = []*wire.Field{one.at}
	}
	if !one.cannot {
		add("alert", one.alert, at...)
	}
	add("heard", one.heard)
	add("asked", one.asked)
	add("recorded", one.recorded)
	return f
}
