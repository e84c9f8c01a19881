package chain

import (
	"errors"
	"fmt"

	"tlstutor/labs/wire"
)

// Findings returns the answer as a tree of findings. tree returns the fields of
// a certificate, for the evidence; it may be nil, or return nil.
func (a *Answer) Findings(tree func(*Cert) *wire.Field) *wire.Field {
	verdict := "refused"
	if a.OK {
		verdict = "accepted"
	}
	root := wire.Note("verify", verdict)
	root.Kids = append(root.Kids, wire.Note("why", a.Why))
	// Go's own words, which are what a program logs.
	if s := a.GoSays(); s != "" {
		root.Kids = append(root.Kids, wire.Note("Go", s))
	}
	if a.Limit != "" {
		root.Kids = append(root.Kids, wire.Note("limit", a.Limit))
	}
	// A light leads to the check that decided it, and so to its bytes.
	lights := wire.Note("lights", "")
	for i, l := range a.Lights {
		f := wire.Note(Light(i).String(), l.State.String())
		if l.Check >= 0 {
			f.Kids = append(f.Kids, a.Paths[a.Chosen].field(&a.Paths[a.Chosen].Checks[l.Check], tree))
		}
		lights.Kids = append(lights.Kids, f)
	}
	root.Kids = append(root.Kids, lights)
	for i := range a.Paths {
		root.Kids = append(root.Kids, a.Paths[i].fields(tree))
	}
	for _, n := range a.Notes {
		root.Kids = append(root.Kids, wire.Note("note", n))
	}
	return root
}

// fields returns one path.
func (p *Path) fields(tree func(*Cert) *wire.Field) *wire.Field {
	f := wire.Note("path", p.String())
	for i := range p.Checks {
		f.Kids = append(f.Kids, p.field(&p.Checks[i], tree))
	}
	return f
}

// field returns one check, with the bytes it is about.
func (p *Path) field(k *Check, tree func(*Cert) *wire.Field) *wire.Field {
	f := wire.Note(k.Name, k.Why)
	if !k.OK {
		f.Err = errors.New(k.Rule) // the mark of a finding that does not hold
	}
	f.Kids = append(f.Kids, wire.Note("certificate", p.Certs[k.Cert].Title), wire.Note("rule", k.Rule))
	if k.Beside != "" {
		f.Kids = append(f.Kids, wire.Note("beside", k.Beside))
	}
	// Each name of the certificate, with why it is or is not the one that was meant.
	for i := range k.Parts {
		f.Kids = append(f.Kids, wire.Note(k.Parts[i].Name, k.Parts[i].Why))
	}
	// The bytes come last, behind what is said about them.
	if tree == nil || k.Field == "" {
		return f
	}
	if t := tree(p.Certs[k.Cert]); t != nil {
		if at := t.Match(k.Field); at != nil {
			f.Kids = append(f.Kids, at)
		}
	}
	return f
}

// String returns the certificates of a path from the leaf on, and how it ended.
func (p *Path) String() string {
	s := ""
	for i, c := range p.Certs {
		// A hostile path has up to a hundred.
		if i == 8 {
			s += fmt.Sprintf(" → and %d more", len(p.Certs)-i)
			break
		}
		if i > 0 {
			s += " → "
		}
		s += c.Title
	}
	if p.OK {
		return s + ": accepted"
	}
	// One is named elsewhere; here it matters how many there are.
	n := 0
	for _, k := range p.Checks {
		if !k.OK {
			n++
		}
	}
	return fmt.Sprintf("%s: refused, %s", s, wire.Count(n, "failed check"))
}
