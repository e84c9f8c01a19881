package labs

import (
	"errors"
	"fmt"
	"strings"

	"tlstutor/labs/chain"
	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// This file sums up, for each connection, what a side had to make of the
// certificates that it was shown: five lights, each with the check that decided it
// and the bytes that check is about. graphfield.go has the certificates as a graph.

// verificationNote is the name of the finding that has the five lights.
const verificationNote = "verification"

// apartNote is the name of the part that says of what no light tells.
const apartNote = "revocation"

// LightNames are the five lights, in the order in which they are shown.
func LightNames() []string {
	var names []string
	for l := chain.LightPath; l <= chain.LightPurpose; l++ {
		names = append(names, l.String())
	}
	return names
}

// The words for how a light is lit.
const (
	Holds  = "holds"
	Fails  = "fails"
	Unlit  = "not reached"
	Unsaid = "not asked" // of what nobody wanted to know, such as a name
)

// verified tells what each side of a connection had to make of the certificates
// that it was shown.
func verified(events []Event, conn *Conn) []Event {
	var all []Event
	recs := Records(events)
	for _, d := range [2]dissect.Dir{dissect.ToServer, dissect.ToClient} {
		j := conn.judges[d]
		if j == nil {
			continue
		}
		// Who has seen none, as in a resumed session, had nothing to judge.
		shown := shownOn(recs, conn, 1-d)
		if len(shown) == 0 {
			continue
		}
		v := explained(chain.Explain(j.asks(shown)), shown)
		v.whose, v.by, v.lax = conn.Party(1-d), conn.Party(d), j.lax
		_, _, v.apart = Revoked(recs)
		text := v.text()
		if j.first {
			text += " It is judged by the first way up alone, as this client looks at no other."
		}
		all = append(all, Event{Kind: Found, Conn: conn, Text: text, Tree: v.tree()})
	}
	return all
}

// shownOn returns the certificates that were delivered in a direction, as they
// were delivered, the leaf first. Sealed ones behind anything that was altered did
// not open for the one who got them: the keys depend on all that came before.
func shownOn(recs []Rec, conn *Conn, d dissect.Dir) []*wire.Field {
	altered := false
	for i := range recs {
		r := &recs[i]
		if !r.OnWire() || r.Event.Conn != conn {
			continue
		}
		if altered = altered || r.As != nil; r.Event.Dir() != d || r.Delivered < 0 || altered && r.Event.Epoch != dissect.Clear {
			continue
		}
		tree := r.Event.Tree
		if r.As != nil {
			tree = r.As
		}
		if list := tree.Match("Certificate.certificate_list"); list != nil {
			return certificates(list)
		}
	}
	return nil
}

// light is one of the lights: why it is lit so, and the check that decided, with the
// bytes that it is about. Where those are none in particular, it is the name of the
// certificate.
func (v *verification) light(l chain.Light) *wire.Field {
	f := wire.Note(l.String(), v.word(int(l)))
	lamp := v.Lights[l]
	if lamp.Check < 0 {
		return f
	}
	path := &v.Paths[v.Chosen]
	k := &path.Checks[lamp.Check]
	if l == chain.LightTime && lamp.State == chain.Green {
		k = soonest(path, k)
	}
	if lamp.State == chain.Red {
		f.Err = errors.New(k.Rule)
	}
	check := checkNote(path, k, v.field)
	check.Value = k.Name
	if check.Kid("about") == nil {
		cert := v.field(path.Certs[k.Cert])
		if s := cert.Match("tbsCertificate.subject"); s != nil {
			cert = s
		}
		check.Kids = append(check.Kids, wire.Note("about", cert.Name, cert))
	}
	f.Kids = append(f.Kids, wire.Note("why", k.Why), check)
	return f
}

// soonest is, of the checks of dates on a path, the one about the certificate that ends
// first: for as long as that one holds the whole path does.
func soonest(path *chain.Path, k *chain.Check) *chain.Check {
	for i := range path.Checks {
		c := &path.Checks[i]
		x, least := path.Certs[c.Cert].X, path.Certs[k.Cert].X
		if c.Name == chain.Validity && x != nil && least != nil && x.NotAfter.Before(least.NotAfter) {
			k = c
		}
	}
	return k
}

// A verification is an answer of the explainer, about somebody's certificates.
type verification struct {
	*chain.Answer
	whose, by Party // Nobody: they were not shown on a connection
	lax       bool
	apart     bool                   // revocation is a matter of the run, of which no light tells
	shown     map[string]*wire.Field // certificates by their bytes, as they stand in the run
	opened    map[string]*wire.Field // and others, opened here
}

// explained is an answer about certificates that stand in the run.
func explained(a *chain.Answer, shown []*wire.Field) *verification {
	v := &verification{Answer: a, shown: map[string]*wire.Field{}, opened: map[string]*wire.Field{}}
	for _, f := range shown {
		v.shown[string(f.Bytes())] = f
	}
	return v
}

// field returns a certificate as fields: as it stands in the run, or else opened
// here, and only once.
func (v *verification) field(c *chain.Cert) *wire.Field {
	if f := v.shown[string(c.Raw)]; f != nil {
		return f
	}
	f := v.opened[string(c.Raw)]
	if f == nil {
		f = c.Tree()
		v.opened[string(c.Raw)] = f
	}
	return f
}

// text is the verification in one line.
func (v *verification) text() string {
	whose := "the certificate"
	if v.whose != Nobody {
		whose = fmt.Sprintf("the %s's certificate", v.whose)
	}
	text := whose + ": " + v.words()
	if v.lax {
		text += fmt.Sprintf("; the %s does not look", v.by)
	}
	if !v.OK {
		text += ". " + v.Why
	} else if v.apart {
		text += "; whether it was revoked is none of the five"
	}
	return wire.Clean(text, textLimit)
}

// words are the lights by how they are lit, first those that fail.
func (v *verification) words() string {
	var parts []string
	for _, state := range []string{Fails, Unlit, Holds, Unsaid} {
		var names []string
		for l, name := range LightNames() {
			if v.word(l) == state {
				names = append(names, name)
			}
		}
		switch {
		case len(names) == 0:
			continue
		case len(names) > 1 && state == Holds:
			state = "hold"
		case len(names) > 1 && state == Fails:
			state = "fail"
		}
		parts = append(parts, strings.Join(names, ", ")+" "+state)
	}
	return strings.Join(parts, "; ")
}

// word says how a light is lit.
func (v *verification) word(light int) string { return LightWord(v.Answer, chain.Light(light)) }

// LightWord says how a light of an answer is lit.
func LightWord(a *chain.Answer, light chain.Light) string {
	switch a.Lights[light].State {
	case chain.Green:
		return Holds
	case chain.Red:
		return Fails
	}
	if light == chain.LightName && a.Name == "" || a.OK { // what is accepted was reached
		return Unsaid
	}
	return Unlit
}

// tree is the verification as a finding: the lights first, each with the check that
// decided it; then what Go says, what is odd, the paths of what is refused, and the
// graph.
func (v *verification) tree() *wire.Field {
	value := "refused"
	switch {
	case v.OK:
		value = "accepted"
	// Nobody refused anything, and that is the point.
	case v.lax:
		value = "refused, had anybody looked"
	}
	if v.whose != Nobody {
		value += " (the " + v.whose.String() + "'s certificate)"
	}
	root := wire.Note(verificationNote, value)
	for l := chain.LightPath; l <= chain.LightPurpose; l++ {
		root.Kids = append(root.Kids, v.light(l))
	}
	root.Kids = append(root.Kids, wire.Note("why", v.Why))
	if v.apart {
		root.Kids = append(root.Kids, wire.Note(apartNote, "is none of the five: who wants to know has to look"))
	}
	if says := v.GoSays(); says != "" {
		root.Kids = append(root.Kids, wire.Note("Go", says))
	}
	if v.Limit != "" {
		root.Kids = append(root.Kids, wire.Note("limit", v.Limit))
	}
	for _, n := range v.Notes {
		root.Kids = append(root.Kids, wire.Note("note", n))
	}
	// Of what is refused every path is told, with all that speaks against it.
	for i := range v.Paths {
		if v.OK { // all that counts then stands behind the lights
			break
		}
		f := pathNote(&v.Paths[i], v.field)
		f.Name = "candidate"
		root.Kids = append(root.Kids, f)
	}
	root.Kids = append(root.Kids, v.graph())
	return root
}
