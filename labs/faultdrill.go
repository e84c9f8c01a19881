package labs

import (
	"errors"
	"fmt"
	"slices"

	"tlstutor/labs/wire"
)

// This file is the drill: a fault that has no name until somebody finds its check,
// and the second handshake that says whether one setting was it. A goal reads what
// the run found, never what was typed.

// hidden returns the fault of a drill. Those that Go takes are not among them: of
// what nobody notices nothing can be named. Neighbours are of different groups.
func hidden(n int) *Fault {
	var all []*Fault
	for _, f := range Faults() {
		if !f.Lax {
			all = append(all, f)
		}
	}
	const far = 23 // and no divisor of their number, so that each comes once in a round
	return all[n*far%len(all)]
}

// introduce says what was made. A drill says no more than what everybody sees.
func (r *faultRun) introduce(c *Case) {
	text := "all is sound, as far as this lab knows"
	switch {
	case r.drill:
		text = "one thing is wrong, and it is for you to find; the client means " + wire.Clean(c.Host, 80)
	case r.fault != nil:
		text = fmt.Sprintf("%s (%s): %s", r.fault.Name, r.fault.Group, r.fault.Doc)
	}
	r.b.Emit(Event{Kind: Said, Text: text})
}

// answer tells what became of the learner's word for the check.
func (r *faultRun) answer(acc account, right bool) {
	word := r.s["check"]
	if word == "none" {
		return
	}
	note := wire.Note(answerNote, "right")
	text := "you named the check: " + word
	if !right {
		note = wire.Note(answerNote, "wrong")
		text = "it is not " + word
		if why := acc.other(word); why != "" {
			text += ": " + why
		}
	}
	r.b.Emit(Event{Kind: Found, Who: Observer, Text: text, Tree: note})
}

// mend makes the fault again, with one setting put right.
func (r *faultRun) mend() error {
	c, err := r.world.Mended(r.fault, "", r.s["mend"])
	if err != nil {
		return err
	}
	c.limit(r.s["max"])
	who := r.s["client"]
	if who == "all" {
		who = "go"
	}
	ruling, _, err := r.meet(c, who, "mended")
	if err != nil {
		return err
	}
	value, text := "refused", "with "+r.s["mend"]+" it is as before: "+ruling.line
	switch {
	case ruling.recorded != "":
		value, text = "not tried", ruling.peer+" is not here to try it: set client=go"
	case ruling.accepted && r.s["mend"] == noVerification:
		value, text = "unverified", "it completes, since nothing is checked any more: it would with an attacker's server too"
	case ruling.accepted:
		value, text = "accepted", "with "+r.s["mend"]+" the handshake completes"
	}
	r.b.Emit(Event{Kind: Found, Who: Observer, Text: text, Tree: wire.Note(mendedNote, value)})
	return nil
}

// The names of the findings that the goals read.
const (
	answerNote = "answer"
	mendedNote = "mended"
)

// judges reports whether an event is one of this lab's findings about what the
// clients met.
func (e *Event) judges() bool {
	return e.Kind == Found && e.Who == Observer && e.Tree != nil && slices.Contains([]string{"verdicts", "explanation", answerNote, mendedNote, pathsNote, firstNote, matchNote, datesNote}, e.Tree.Name)
}

// checkIsNamed is a goal: knob check names the check that fails.
func checkIsNamed(s Settings, events []Event) error {
	v, _, _ := Lookup(events, answerNote)
	switch v {
	case "right":
		return nil
	case "wrong":
		return fmt.Errorf("%s is not the check that fails", s["check"])
	}
	return errors.New("read what the client says and what it was shown, then set check")
}

// mendHolds is a goal: with one setting put right the same client accepts.
func mendHolds(s Settings, events []Event) error {
	v, _, _ := Lookup(events, mendedNote)
	switch v {
	case "accepted":
		return nil
	case "unverified":
		return errors.New("to check nothing is no mend: an attacker's server would do as well")
	case "refused":
		return fmt.Errorf("%s does not mend it", s["mend"])
	case "not tried":
		return errors.New("the program is not on this machine: set client=go")
	}
	return errors.New("set mend to the one setting that is wrong")
}
