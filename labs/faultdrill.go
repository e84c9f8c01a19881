package labs

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tlstutor/labs/wire"
)

// This file is the drill: a fault that has no name until somebody finds its check,
// and the second handshake that says whether one setting was it. A goal reads what
// the run found, never what was typed.

// hidden returns the fault of a drill, or nil where no fault has that number. The
// numbers stand in the tables of faults, as lessons name them: who adds a fault gives
// it the next free one.
func hidden(n int) *Fault {
	for _, f := range Faults() {
		if n > 0 && f.Drill == n {
			return f
		}
	}
	return nil
}

// lastDrill is the highest number of a drill; all below it are taken.
func lastDrill() int {
	last := 0
	for _, f := range Faults() {
		last = max(last, f.Drill)
	}
	return last
}

// introduce says what was made. A drill says no more than what everybody sees.
func (r *faultRun) introduce(c *Case) {
	text := "all is sound, as far as this lab knows"
	switch {
	case r.drill:
		text = "one thing is wrong, and it is for you to find; the client means " + wire.Clean(c.Host, 80)
		if r.who() == checking {
			text += ", and is Go with a few lines more, which look at revocation"
		}
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
	if word == tellMe {
		is := "no check fails"
		if acc.check != "" {
			is = "it is " + checkWord(acc.check)
		}
		r.b.Emit(Event{Kind: Found, Who: Observer, Text: "you asked to be told: " + is, Tree: wire.Note(answerNote, "told", wire.Note("why", is))})
		return
	}
	note := wire.Note(answerNote, "right")
	text, why := "you named the check: "+word, ""
	switch {
	case !right:
		note = wire.Note(answerNote, "wrong")
		text, why = "it is not "+word, acc.other(word)
	case word != checkWord(acc.check):
		why = acc.alsoWhy
	}
	if why != "" {
		text += ": " + why
		note.Kids = append(note.Kids, wire.Note("why", why))
	}
	r.b.Emit(Event{Kind: Found, Who: Observer, Text: text, Tree: note})
}

// mend makes the fault again, with one setting put right.
func (r *faultRun) mend() error {
	if r.fault == nil {
		r.b.Emit(Event{Kind: Found, Who: Observer, Text: "nothing is wrong, so there is nothing to mend", Tree: wire.Note(mendedNote, "nothing")})
		return nil
	}
	c, err := r.world.Mended(r.fault, "", r.s["mend"])
	if err != nil {
		return err
	}
	c.limit(r.s["max"])
	who := r.who()
	if who == "all" {
		who = "go"
	}
	ruling, _, err := r.meet(c, who, mendedConn)
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
	note := wire.Note(mendedNote, value)
	if r.s["mend"] == trustRoot && len(c.Roots) > 0 {
		why := "the client then trusts " + wire.Clean(c.Roots[0].Subject.CommonName, 80)
		text += "; " + why
		note.Kids = append(note.Kids, wire.Note("why", why))
	}
	r.b.Emit(Event{Kind: Found, Who: Observer, Text: text, Tree: note})
	return nil
}

// outcome tells, once something was answered, how far that went: it is what one looks
// at first, and else would stand below all that crossed. Before that a drill says what
// it asks for.
func (r *faultRun) outcome() {
	text := Asked + ": the check that fails, in knob check; and the one setting that mends it, in knob mend"
	if r.s["check"] != "none" || r.s["mend"] != "none" {
		text = r.standing()
	} else if !r.drill {
		return
	}
	text = wire.Clean(text, textLimit)
	r.b.Emit(Event{Kind: Found, Who: Observer, Text: text, Tree: wire.Note(OutcomeNote, text)})
}

// standing is how far an answer went: what is still open, and what is found.
func (r *faultRun) standing() string {
	events, _ := r.b.run.Since(0)
	named, mended := checkIsNamed(r.s, events), mendHolds(r.s, events)
	met := []string{"the check is " + r.s["check"], r.s["mend"] + " mends it"}
	// Where two words are right, the lights have the other.
	if v, _, ok := Lookup(events, "explanation"); ok && named == nil && checkWord(v) != r.s["check"] {
		met[0] = "the check is " + checkWord(v) + ", and " + r.s["check"] + " comes to the same"
	}
	if r.drill && named == nil && mended == nil {
		met[1] += "; the fault was " + r.fault.Name + ": " + strings.TrimSuffix(r.fault.Doc, ".")
	}
	var done, open []string
	for i, err := range []error{named, mended} {
		if err == nil {
			done = append(done, met[i])
		} else {
			open = append(open, err.Error())
		}
	}
	text := solvedWord
	if len(open) > 0 {
		text = "still open: " + strings.Join(open, "; ")
		if len(done) > 0 {
			text += ". Found: "
		}
	}
	return text + strings.Join(done, ", and ")
}

// solvedWord begins the outcome of an answer that is right in all parts.
const solvedWord = "solved: "

// Asked begins the outcome of a drill that nobody has answered yet.
const Asked = "asked of you"

// OutcomeNote is the name of the finding that tells what became of an answer.
const OutcomeNote = "outcome"

// The names of the findings that the goals read.
const (
	answerNote = "answer"
	mendedNote = "mended"
)

// judges reports whether an event is one of this lab's findings about what the
// clients met.
func (e *Event) judges() bool {
	return e.Kind == Found && e.Who == Observer && e.Tree != nil && slices.Contains([]string{"verdicts", "explanation", answerNote, mendedNote, OutcomeNote, pathsNote, firstNote, matchNote, datesNote, tookNote, tableNote, dotNote}, e.Tree.Name)
}

// checkIsNamed is a goal: knob check names the check that fails.
func checkIsNamed(s Settings, events []Event) error {
	v, at, _ := Lookup(events, answerNote)
	switch v {
	case "right":
		return nil
	case "wrong":
		err := fmt.Errorf("%s is not the check that fails", s["check"])
		if why := strings.TrimSuffix(value(at, "why"), "."); why != "" {
			err = fmt.Errorf("%w: %s", err, why)
		}
		return err
	case "told":
		return errors.New("you were told: " + value(at, "why"))
	}
	return errors.New("read what the client says and what it was shown, then set check")
}

// mendHolds is a goal: with one setting put right the same client accepts.
func mendHolds(s Settings, events []Event) error {
	v, at, _ := Lookup(events, mendedNote)
	switch v {
	case "accepted":
		return nil
	case "unverified":
		return errors.New("to check nothing is no mend: an attacker's server would do as well")
	case "refused":
		err := fmt.Errorf("%s does not mend it", s["mend"])
		if why := value(at, "why"); why != "" {
			err = fmt.Errorf("%w: %s", err, why)
		}
		return err
	case "nothing":
		return errors.New("nothing is wrong here: set fault or drill")
	case "not tried":
		return errors.New("the program is not on this machine: set client=go")
	}
	return errors.New("set mend to the one setting to put right")
}
