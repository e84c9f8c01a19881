package labs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tlstutor/labs/chain"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// This file is lab clock. No clock of this machine is touched: certificates are made
// with dates of their own, and a client is told what time it is.

// How long the certificates of lab clock live, in days, from the day of the run.
const (
	leafDays  = 47
	interDays = 365
	rootDays  = 1095
)

// Clock lets time pass over a chain of certificates.
var Clock = &Lab{
	Name: "clock",
	Doc: `Three certificates with three ends, and the clock of the one who checks them.

All begin today. The leaf ends after 47 days, the intermediate after a year, the root
after three. Move the day on which a client connects, and see which of them it
stumbles over first; renew one, and see whether that helps: a leaf is no better than
the intermediate above it. Or leave the day, and set only the client's clock wrong.`,
	Knobs: []Knob{
		{Name: "client", Doc: "who connects; only Go and openssl can be told another day than today", Choices: clientKnob("").Choices[:5], Needs: programOf},
		{Name: "days", Doc: "how many days from now the client connects, by everybody's clock", Kind: Number, Min: -30, Max: 1200, Step: 1, Unit: "days", Default: "0"},
		{Name: "renewed", Doc: "what was issued anew on that day: the leaf; the intermediate and a leaf below it; or all three, with the new root in the client's store", Choices: []string{"none", "leaf", "intermediate", "root"}},
		{Name: "client-clock", Doc: "what is wrong with the client's own clock", Choices: names("right", clockFaults)},
	},
	Presets: []Preset{
		{"too early", Settings{"days": "-1"}},
		{"leaf over", Settings{"days": "48"}},
		{"leaf renewed", Settings{"days": "48", "renewed": "leaf"}},
		{"year later", Settings{"days": "366"}},
		{"only the leaf", Settings{"days": "366", "renewed": "leaf"}},
		{"both renewed", Settings{"days": "366", "renewed": "intermediate"}},
		{"root over", Settings{"days": "1096", "renewed": "intermediate"}},
		{"dead battery", Settings{"client-clock": "1970"}},
		{"openssl", Settings{"days": "366", "renewed": "leaf", "client": "openssl"}},
	},
	Goals: []Goal{
		{"every certificate is valid at the client's time", inTime},
		{"no certificate outlives the one that signed it", nested},
		{"the client's clock is right", rightClock},
		{"whoever connects accepts the server's certificate", allAccept},
	},
	Look:    []string{"dates", "verification", "validity"},
	Refuses: noClock, Run: runClock,
}

// clockFaults are the words of knob client-clock, and the clock that a client then
// has when it should have another.
var clockFaults = []choice[func(time.Time) time.Time]{
	{"hour-behind", func(t time.Time) time.Time { return t.Add(-time.Hour) }},
	{"day-behind", func(t time.Time) time.Time { return t.AddDate(0, 0, -1) }},
	{"year-ahead", func(t time.Time) time.Time { return t.AddDate(1, 0, 1) }},
	{"1970", func(time.Time) time.Time { return time.Unix(3600, 0) }},
}

// noClock returns why the client cannot be told the time that the settings ask for,
// or nil.
func noClock(s Settings) error {
	if s["client"] == "go" || s["client"] == "openssl" || s["days"] == "0" && s["client-clock"] == "right" {
		return nil
	}
	return fmt.Errorf("%s has no option for another time than the machine's: set client=go or client=openssl", s["client"])
}

// A lineage is the certificates of one run of lab clock: those that the server
// sends, and the root that the client trusts.
type lineage struct {
	root, inter *pki.Authority
	leaf        *pki.Issued
}

// runClock makes the certificates, lets time pass, renews, and connects.
func runClock(_ context.Context, b *Bench, s Settings) error {
	if err := noClock(s); err != nil {
		return &Refusal{err}
	}
	if err := b.missing(s); err != nil {
		return b.played(s, err)
	}
	days, err := strconv.Atoi(s["days"])
	if err != nil {
		return fmt.Errorf("days: %w", err)
	}
	// Everybody's clock is the run's, days later; the client's own may differ.
	then := func() time.Time { return b.Now().AddDate(0, 0, days) }
	own := then
	for _, wrong := range chosen(clockFaults, s["client-clock"]) {
		own = func() time.Time { return wrong(then()) }
	}
	l := &lineage{}
	if err := l.issue(b, "root", [3]string{"root", "intermediate", "leaf"}, b.Now()); err != nil {
		return fmt.Errorf("making certificates: %w", err)
	}
	if s["renewed"] != "none" {
		if err := l.issue(b, s["renewed"], [3]string{"new root", "new intermediate", "new leaf"}, then()); err != nil {
			return fmt.Errorf("renewing certificates: %w", err)
		}
	}
	v := &showing{b: b, host: labName, sent: l.leaf.Chain, key: tls.Certificate{PrivateKey: l.leaf.Key}, roots: []*x509.Certificate{l.root.Cert()}, max: "1.3",
		at: own, off: days != 0 || s["client-clock"] != "right"}
	if v.off {
		b.Emit(Event{Kind: Said, Who: Client, Text: fmt.Sprintf("takes today for %s", own().UTC().Format(time.DateOnly))})
	}
	if err := v.meetAll(s); err != nil {
		return err
	}
	b.dates(l, then(), own())
	return nil
}

// issue makes the certificates from one of them on down, on a day, and tells of each
// by its name in the run.
func (l *lineage) issue(b *Bench, from string, called [3]string, on time.Time) error {
	// A minute is what two clocks may differ by before it shows.
	began := on.Add(-time.Minute)
	var err error
	switch from {
	case "root":
		spec := pki.Anchor(pki.RootName)
		spec.NotBefore, spec.NotAfter = began, on.AddDate(0, 0, rootDays)
		if l.root, err = pki.Root(b.Keys(), b.Now, spec); err != nil {
			return err
		}
		b.made(called[0], l.root.Raw, "itself")
		fallthrough // what was below has to be signed by the new one
	case "intermediate":
		spec := pki.Sub(pki.IssuingName)
		spec.NotBefore, spec.NotAfter = began, on.AddDate(0, 0, interDays)
		if l.inter, err = l.root.Intermediate(spec); err != nil {
			return err
		}
		b.made(called[1], l.inter.Raw, "the root")
		fallthrough
	default:
		spec := pki.Server(labName)
		spec.NotBefore, spec.NotAfter = began, on.AddDate(0, 0, leafDays)
		if l.leaf, err = l.inter.Issue(spec); err != nil {
			return err
		}
		b.made(called[2], l.leaf.Leaf.Raw, "the intermediate")
	}
	return nil
}

// datesNote is the name of the finding about the dates of the chain.
const datesNote = "dates"

// dates tells how each certificate stands at the client's time, and which of them
// ends first.
func (b *Bench) dates(l *lineage, then, own time.Time) {
	at := b.foundHere()
	var kids []*wire.Field
	var bad []string
	// In the order of the path, as a verifier comes to them.
	first, names := 0, []string{"leaf", "intermediate", "root"}
	all := []*x509.Certificate{l.leaf.Leaf, l.inter.Cert(), l.root.Cert()}
	for i, c := range all {
		word := standing(c, own)
		f := wire.Note(names[i], word)
		if word != validNow {
			f.Err = errors.New(ruleValidity)
			bad = append(bad, "the "+names[i]+" is "+word)
		}
		if v := at(chain.FromX509(c)).Match("validity"); v != nil {
			f.Kids = append(f.Kids, wire.Note("about", v.Name, v))
		}
		kids = append(kids, f)
		if i > 0 && c.NotAfter.Before(all[first].NotAfter) {
			first = i
		}
	}
	text := "all three are valid"
	if len(bad) > 0 {
		text = strings.Join(bad, ", ")
	}
	ends := all[first].NotAfter.UTC().Format(time.DateOnly)
	kids = append(kids, wire.Note("ends first", "the "+names[first]+", on "+ends))
	kids = append(kids, wire.Note("clock", map[bool]string{true: "right", false: "wrong"}[own.Sub(then).Abs() < time.Minute]))
	b.Emit(Event{Kind: Found, Who: Observer, Tree: wire.Note(datesNote, text, kids...),
		Text: fmt.Sprintf("on %s, %s; of the three the %s ends first, on %s", own.UTC().Format(time.DateOnly), text, names[first], ends)})
}

// validNow is how a certificate stands that may be used.
const validNow = "valid"

// standing says how a certificate stands at a time (RFC 5280, Section 4.1.2.5).
func standing(c *x509.Certificate, at time.Time) string {
	switch {
	case at.Before(c.NotBefore):
		return "not yet valid"
	case at.After(c.NotAfter):
		return "over"
	}
	return validNow
}

// inTime is a goal: the client stumbles over no date.
func inTime(_ Settings, events []Event) error {
	v, _, ok := Lookup(events, datesNote)
	if !ok {
		return errors.New("nobody looked at the dates")
	}
	if v != "all three are valid" {
		return errors.New(v)
	}
	return nil
}

// nested is a goal: each certificate ends no later than the one above it. Else it
// does, in effect, all the same.
func nested(_ Settings, events []Event) error {
	_, at, ok := Lookup(events, datesNote)
	if !ok {
		return errors.New("nobody looked at the dates")
	}
	// What ends first decides: whatever is below it is of no use from then on.
	first, _, _ := strings.Cut(value(at, "ends first"), ",")
	if first != "the leaf" {
		return errors.New(first + " ends before what it has signed, and takes that with it")
	}
	return nil
}

// rightClock is a goal: the client has the day that everybody else has.
func rightClock(s Settings, events []Event) error {
	if _, at, ok := Lookup(events, datesNote); !ok || value(at, "clock") != "right" {
		return errors.New("it is wrong: set client-clock=right")
	}
	return nil
}
