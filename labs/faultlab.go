package labs

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// FaultBench makes one thing wrong, and has other people's clients say what.
var FaultBench = &Lab{
	Name: "faults",
	Doc: `One thing is wrong: who notices, in whose words, and by which rule.

A certificate authority, a server and its settings are sound but for one fault,
which is made now. The clients meet it in turn. Below their words stands the
check that fails, worked out from what was sent. With drill=1 and up the fault is
hidden: name the check, and mend one setting. A second handshake says whether that
was it.`,
	Knobs: []Knob{
		{Name: "fault", Doc: "what is wrong", Choices: faultNames(), Stead: faultShown, Says: faultSays},
		{Name: "client", Doc: "who connects; checking is Go with a few lines more, which look at revocation", Choices: []string{"go", checking, "openssl", "python3", "curl", "gnutls-cli", "all"}, Needs: faultClient, Stead: clientShown},
		{Name: "max", Doc: "the highest version the client offers", Choices: []string{"1.3", "1.2"}},
		{Name: "drill", Doc: "the number of a hidden fault, which stands in place of knob fault; 0: none is hidden", Kind: Number, Max: lastDrill(), Step: 1},
		{Name: "check", Doc: "your word for the check that fails; tell-me has it told", Choices: append([]string{"none"}, checkNames()...), Says: checkSays},
		{Name: "mend", Doc: "the one setting to put right before a second handshake", Choices: mendWords(), Says: mendSays},
	},
	Presets: []Preset{
		{"other name", Settings{"fault": "wrong-name"}},
		{"chain", Settings{"fault": "intermediate-omitted"}},
		{"unknown CA", Settings{"fault": "unknown-ca"}},
		{"revoked", Settings{"fault": "revoked-staple"}},
		{"late refusal", Settings{"fault": "no-client-cert"}},
		{"mended", Settings{"fault": "expired", "check": "validity", "mend": "renew-leaf"}},
		{"all clients", Settings{"client": "all"}},
		{"drill", Settings{"drill": "1"}},
	},
	Goals: []Goal{
		{"the failing check is named", checkIsNamed},
		{"the mended handshake completes", mendHolds},
	},
	Look: []string{"verdicts", "explanation", "Certificate"},
	Run:  runFaults,
}

// faultClient is the program that a value of knob client needs.
func faultClient(value string) string {
	if value == "all" || value == checking { // whoever is missing is quoted from the table
		return ""
	}
	return itself(value)
}

// faultNames are the words of knob fault.
func faultNames() []string {
	var names []string
	for _, f := range Faults() {
		names = append(names, f.Name)
	}
	return append(names, "none")
}

// faultSays is what is wrong.
func faultSays(word string) string {
	if f := FaultNamed(word); f != nil {
		return f.Doc
	}
	return "nothing is wrong"
}

// tellMe is the word of who gives up.
const tellMe = "tell-me"

// checkNames are the words of knob check: each check that some fault fails, and the
// word of who gives up.
func checkNames() []string {
	names := []string{tellMe}
	for _, f := range Faults() {
		if word := checkWord(f.Check); !slices.Contains(names, word) {
			names = append(names, word)
		}
	}
	slices.Sort(names)
	return names
}

// checkWord is a check as one types it.
func checkWord(check string) string { return strings.ReplaceAll(check, " ", "-") }

// A faultRun is one run of the lab.
type faultRun struct {
	b     *Bench
	s     Settings
	world *World
	fault *Fault
	drill bool
	named bool  // the failing check was, so that nothing needs hiding any more
	first *Conn // on which the client met the fault
}

// faultShown keeps a drill's fault hidden.
func faultShown(s Settings) string {
	if s["drill"] == "0" {
		return ""
	}
	return "hidden"
}

// clientShown is the client of a drill, where it is not the one that is set.
func clientShown(s Settings) string {
	n, err := strconv.Atoi(s["drill"])
	if err != nil || n == 0 {
		return ""
	}
	if f := hidden(n); f != nil && s["client"] == "go" && f.Lax {
		return checking
	}
	return ""
}

// who is the client of the run. A fault that Go takes nobody can find by Go's words:
// in a drill of one its client looks.
func (r *faultRun) who() string {
	if word := clientShown(r.s); word != "" {
		return word
	}
	return r.s["client"]
}

// runFaults makes the fault, has the clients meet it, and explains it.
func runFaults(_ context.Context, b *Bench, s Settings) error {
	n, err := strconv.Atoi(s["drill"])
	if err != nil {
		return fmt.Errorf("drill: %w", err)
	}
	r := &faultRun{b: b, s: s, fault: FaultNamed(s["fault"]), drill: n > 0}
	if r.drill {
		if r.fault = hidden(n); r.fault == nil {
			return &Refusal{fmt.Errorf("there is no drill %d: they go up to %d", n, lastDrill())}
		}
	}
	if r.world, err = NewWorld(b.Keys(), b.Now); err != nil {
		return fmt.Errorf("making certificate authorities: %w", err)
	}
	c, err := r.world.Case(r.fault, "")
	if err != nil {
		return err
	}
	c.limit(s["max"])
	r.introduce(c)
	met, rulings, err := r.meetAll(c)
	if err != nil {
		return err
	}
	r.tell(rulings)
	r.first = met.conn
	acc := c.account(met)
	right := acc.called(s["check"])
	r.named = right || s["check"] == tellMe
	if r.drill && r.named {
		r.reveal(met)
	}
	if !r.drill || r.named {
		r.explain(acc, rulings[0])
	}
	r.answer(acc, right)
	if s["mend"] != "none" {
		if err := r.mend(); err != nil {
			return err
		}
	}
	r.outcome()
	return nil
}
