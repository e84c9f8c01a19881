package labs

import (
	"fmt"
	"slices"
	"strings"

	"tlstutor/labs/chain"
	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// This file reads the five lights back from the events of a run, for those who show
// them, and compares those of two runs.

// A Verified is what the five lights of a verification came to.
type Verified struct {
	Rec    int         // the record that has it, as an index into Records
	Conn   *Conn       // nil off the wire
	OK     bool        // all of them hold
	Whose  string      // of whom the certificates are: "server"; "" off the wire
	Why    string      // the verdict in a sentence
	Lights []Lit       // in order
	Apart  bool        // whether it was revoked matters here, and is none of the five
	Tree   *wire.Field // the finding
}

// A Lit is one light: its name, how it is lit, why, what other programs make of that
// where they see it otherwise, and the bytes that decided.
type Lit struct {
	Name, State, Why, Beside string
	Of                       string      // the certificate whose check decided
	At                       *wire.Field // nil where no bytes decided
}

// Stricter reports whether a run was ended by who judged a certificate in which the five
// lights find nothing wrong: then a light with something Beside it may say why.
func (v *Verified) Stricter(end Ending) bool {
	return v.OK && !v.Apart && !end.OK && end.Err != nil && (end.Who == Client || end.Who == Server) && end.Who.String() != v.Whose
}

// Verifications returns what the five lights came to, one for each side that was
// shown certificates, in order.
func Verifications(recs []Rec) []Verified {
	var all []Verified
	for i := range recs {
		e := &recs[i].Event
		if !e.verifies() {
			continue
		}
		v := Verified{Rec: i, Conn: e.Conn, OK: wire.Bare(e.Tree.Value) == "accepted", Why: value(e.Tree, "why"), Tree: e.Tree}
		if _, whose, ok := strings.Cut(e.Tree.Value, " (the "); ok {
			v.Whose = strings.TrimSuffix(whose, "'s certificate)")
		}
		v.Apart = e.Tree.Kid(apartNote) != nil
		for _, f := range e.Tree.Kids[:min(len(e.Tree.Kids), len(LightNames()))] {
			v.Lights = append(v.Lights, litBy(f))
		}
		all = append(all, v)
	}
	return all
}

// Revoked returns what a client of the run has learned of a revocation: the record that
// says it, and the bytes that told it, nil where nothing did. Not ok: none has looked,
// and none says that it does not.
func Revoked(recs []Rec) (rec int, at *wire.Field, ok bool) {
	for i := range recs {
		e := &recs[i].Event
		if e.Kind != Said || e.Tree == nil || e.Tree.Src != nil || e.Tree.Name != statusNote {
			continue
		}
		// Of several the last that was told something.
		if !ok || len(e.Tree.Kids) > 0 {
			rec, ok = i, true
		}
		if len(e.Tree.Kids) > 0 {
			at = e.Tree.Kids[0]
		}
	}
	return rec, at, ok
}

// stapled finds the response that was stapled on a connection, where the client that
// looked at it failed with what it says of it.
func (end *Ending) stapled(recs []Rec, on *Conn) bool {
	_, at, ok := Revoked(recs)
	if !ok || at == nil || end.Err == nil || end.Who != Client {
		return false
	}
	for i := range recs {
		if r := &recs[i]; r.OnWire() && r.Event.Conn == on && path(r.Event.Tree, at) != "" {
			return end.at(recs, i, at)
		}
	}
	return false
}

// Outcome returns the record that says what became of a learner's answer, or what a
// drill asks for; or -1.
func Outcome(recs []Rec) int {
	return slices.IndexFunc(recs, func(r Rec) bool {
		t := r.Event.Tree
		return r.Event.Kind == Found && t != nil && t.Src == nil && t.Name == OutcomeNote
	})
}

// StolenNote is the name of the finding that has what an attacker read.
const StolenNote = "stolen"

// Table returns the record with the table of what each client said, and how many
// they are; -1 and 0 where there is none.
func Table(recs []Rec) (rec, n int) {
	for i := range recs {
		if t := recs[i].Event.Tree; recs[i].Event.Kind == Found && t != nil && t.Src == nil && t.Name == verdictsNote {
			return i, len(t.Kids)
		}
	}
	return -1, 0
}

// Answered is what became of a learner's answer, as the run says it, and whether that
// was all; "" where nothing was answered.
func Answered(recs []Rec) (text string, solved bool) {
	i := Outcome(recs)
	if i < 0 {
		return "", false
	}
	text = recs[i].Event.Tree.Value
	return text, strings.HasPrefix(text, solvedWord)
}

// litBy reads a light: why it is lit so, and the bytes that the check is about.
func litBy(f *wire.Field) Lit {
	l := Lit{Name: f.Name, State: f.Value, Why: value(f, "why")}
	if check := f.Kid("check"); check != nil {
		l.Beside, l.Of = value(check, "beside"), value(check, "certificate")
	}
	if about := f.Find("check.about"); about != nil && len(about.Kids) > 0 {
		l.At = about.Kids[0]
	}
	return l
}

// verifies reports whether an event is the finding with the five lights.
func (e *Event) verifies() bool {
	return e.Kind == Found && e.Tree != nil && e.Tree.Src == nil && e.Tree.Name == verificationNote
}

// Shown returns the certificates that the first server of a run has shown, the leaf
// first.
func Shown(events []Event) []*wire.Field {
	recs := Records(events)
	for i := range recs {
		if recs[i].OnWire() {
			return shownOn(recs, recs[i].Event.Conn, dissect.ToClient)
		}
	}
	return nil
}

// judging compares the lights of two runs, where both have them: what is missing is
// missing because no certificate came, which the messages tell.
func (d *diff) judging(a, b []Rec) {
	before := Verifications(a)
	for _, now := range Verifications(b) {
		i := slices.IndexFunc(before, func(v Verified) bool { return v.Whose == now.Whose && lane(v.Conn) == lane(now.Conn) })
		if i < 0 {
			continue
		}
		was := before[i]
		before = slices.Delete(before, i, i+1)
		var words []string
		for l := range min(len(was.Lights), len(now.Lights)) {
			if was.Lights[l].State != now.Lights[l].State {
				words = append(words, now.Lights[l].turned())
			}
		}
		text := "light " + strings.Join(words, ", ")
		if len(words) == 0 {
			if text = now.endsElsewhere(&was); text == "" {
				continue
			}
		}
		if now.Whose == Client.String() {
			text = "of the client's certificate: " + text
		}
		d.add(Change{Kind: Judged, Conn: connName(now.Conn), Rec: now.Rec, Path: verificationNote, From: was.Tree.Value, To: now.Tree.Value, At: now.Tree, Text: text, was: was.Tree})
	}
}

// endsElsewhere says of two paths that hold that they end at different roots.
func (v *Verified) endsElsewhere(was *Verified) string {
	for i, l := range v.Lights {
		if l.Name == chain.LightAnchor.String() && i < len(was.Lights) && l.State == Holds && l.Of != was.Lights[i].Of {
			return fmt.Sprintf("the path ends at %s, and not at %s", l.Of, was.Lights[i].Of)
		}
	}
	return ""
}

// turned says how a light is lit that was lit otherwise before.
func (l *Lit) turned() string {
	switch l.State {
	case Holds:
		return l.Name + " holds again"
	case Fails:
		return l.Name + " now fails"
	}
	return l.Name + " is " + l.State
}

// connName is the name of a connection; off the wire, and where a run has only one,
// there is none.
func connName(c *Conn) string {
	if c == nil {
		return ""
	}
	return c.Name
}
