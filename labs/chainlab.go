package labs

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"

	"tlstutor/labs/chain"
	"tlstutor/labs/wire"
)

// This file is lab chain; family.go makes its certificates, and showing.go shows
// them to clients.

// Chain has a chain of certificates sent in many ways, and judged.
var Chain = &Lab{
	Name: "chain",
	Doc: `A root, an intermediate and a leaf: which of them are sent, and which are trusted.

The server sends its own certificate and those that lead towards a root; the root
itself is in the client's store, for no better reason than that somebody put it
there. Leave the intermediate out, change the order, trust only the intermediate,
have a leaf sign another, or let an older root vouch for the new one. All paths
that the client could have taken stand below, each with what is against it.`,
	Knobs: []Knob{
		clientKnob("who connects; go-first-path is Go's client made to follow the first path that fits and never turn back, as older ones did", firstPath),
		{Name: "send", Doc: "the certificates that the server sends, in their order", Choices: []string{"leaf-intermediate", "leaf-only", "intermediate-leaf", "leaf-root-intermediate", "all"}},
		{Name: "trust", Doc: "the certificates in the client's store", Choices: []string{"root", "intermediate", "old-root", "both-roots"}},
		{Name: "signs", Doc: "who has signed the leaf", Choices: []string{"intermediate", "leaf", "branch"}},
		{Name: "cross", Doc: "whether an older root has signed the root's name and key too, which the server then sends", Choices: []string{"none", "expired", "valid"}},
		{Name: "max", Doc: "the highest version the client offers", Choices: []string{"1.3", "1.2"}},
	},
	Presets: []Preset{
		{"omitted", Settings{"send": "leaf-only"}},
		{"swapped", Settings{"send": "intermediate-leaf"}},
		{"only intermediate", Settings{"trust": "intermediate"}},
		{"leaf as CA", Settings{"signs": "leaf"}},
		{"path length", Settings{"signs": "branch"}},
		{"cross-sign", Settings{"cross": "expired", "trust": "both-roots"}},
		{"first path", Settings{"cross": "expired", "trust": "both-roots", "client": firstPath}},
		{"old store", Settings{"cross": "expired", "trust": "old-root"}},
		{"all clients", Settings{"trust": "intermediate", "client": everyone}},
	},
	Goals: []Goal{
		{"a path ends at a root that the client trusts", anchored},
		{"the server sends its own certificate first", leafFirst},
		{"whoever connects accepts the server's certificate", allAccept},
		{"all clients agree with Go", agrees},
	},
	Look: []string{"verification", "paths", "Certificate"}, Draw: Chart,
	Run: runChain,
}

// firstPath is the word for the client that never turns back.
const firstPath = "go-first-path"

// runChain makes the certificates, has them sent and judged, and tells of all paths.
func runChain(_ context.Context, b *Bench, s Settings) error {
	if err := b.missing(s); err != nil {
		return b.played(s, err)
	}
	f, err := b.family(s)
	if err != nil {
		return fmt.Errorf("making a chain of certificates: %w", err)
	}
	v := &showing{b: b, host: labName, sent: f.sent(s), key: f.key, roots: f.trusted(s["trust"]), max: s["max"], at: b.Now}
	v.own = map[string]func(tls.ConnectionState) error{firstPath: v.neverTurns}
	b.Emit(Event{Kind: Said, Who: Server, Text: "will send " + f.list(v.sent)})
	// What is in a store crosses no wire, so it is said.
	var store [][]byte
	for _, r := range v.roots {
		store = append(store, r.Raw)
	}
	b.Emit(Event{Kind: Said, Who: Client, Text: "trusts " + f.list(store)})
	if err := v.meetAll(s); err != nil {
		return err
	}
	// The five lights of each connection are about the path that was chosen. This is
	// about all the others too, also where the client was content.
	b.paths(chain.Explain(v.question(v.sent)))
	if s["client"] == firstPath || s["client"] == everyone {
		q := v.question(v.sent)
		q.FirstPathOnly = true
		b.first(chain.Explain(q))
	}
	return nil
}

// neverTurns is how a client verifies that follows the first path that fits. On
// 30 September 2021 many did: DST Root CA X3 had expired, and they went on to it
// from ISRG Root X1, which stood in their stores as well.
func (v *showing) neverTurns(state tls.ConnectionState) error {
	var sent [][]byte
	for _, c := range state.PeerCertificates {
		sent = append(sent, c.Raw)
	}
	q := v.question(sent)
	q.FirstPathOnly = true
	if a := chain.Explain(q); !a.OK {
		return errors.New("its own verifier: " + strings.TrimSuffix(a.Why, "."))
	}
	return nil
}

// The names of the findings about paths.
const (
	pathsNote = "paths"
	firstNote = "first path"
	noneGood  = ", 0 good" // how the first ends where no path holds
)

// paths tells of all candidate paths, also of those that are not needed.
func (b *Bench) paths(a *chain.Answer) {
	good := 0
	at := b.foundHere()
	var kids []*wire.Field
	for i := range a.Paths {
		if a.Paths[i].OK {
			good++
		}
		kids = append(kids, pathNote(&a.Paths[i], at))
	}
	for _, n := range a.Notes {
		kids = append(kids, wire.Note("note", n))
	}
	text := fmt.Sprintf("%s, %d good", wire.Count(len(a.Paths), "candidate path"), good)
	b.Emit(Event{Kind: Found, Who: Observer, Tree: wire.Note(pathsNote, text, kids...), Text: wire.Clean(text+": "+a.Why, textLimit)})
	for i := range a.Paths {
		b.Emit(Event{Kind: Found, Who: Observer, Text: wire.Clean(a.Paths[i].String(), textLimit)})
	}
}

// first tells of the path that a client takes which never turns back.
func (b *Bench) first(a *chain.Answer) {
	verdict := map[bool]string{true: "accepted", false: "refused"}[a.OK]
	note := wire.Note(firstNote, verdict, wire.Note("why", a.Why))
	text := "who never turns back finds no path"
	if len(a.Paths) > 0 {
		note.Kids = append(note.Kids, pathNote(&a.Paths[0], b.foundHere()))
		text = "who never turns back takes " + a.Paths[0].String()
	}
	b.Emit(Event{Kind: Found, Who: Observer, Tree: note, Text: wire.Clean(text, textLimit)})
}

// pathNote is a path as a finding: each check along it, with the bytes it is about.
// A check that fails carries its rule as the mark of that.
func pathNote(p *chain.Path, at func(*chain.Cert) *wire.Field) *wire.Field {
	f := wire.Note("path", p.String())
	for i := range p.Checks {
		f.Kids = append(f.Kids, checkNote(p, &p.Checks[i], at))
	}
	return f
}

// checkNote is one check of a path as a finding.
func checkNote(p *chain.Path, k *chain.Check, at func(*chain.Cert) *wire.Field) *wire.Field {
	c := wire.Note("check", k.Name+": "+k.Why, wire.Note("certificate", p.Certs[k.Cert].Title), wire.Note("rule", k.Rule))
	if !k.OK {
		c.Err = errors.New(k.Rule)
	}
	if k.Beside != "" {
		c.Kids = append(c.Kids, wire.Note("beside", k.Beside))
	}
	for _, part := range k.Parts {
		c.Kids = append(c.Kids, wire.Note("entry", part.Why))
	}
	if tree := at(p.Certs[k.Cert]); k.Field != "" && tree != nil {
		if found := tree.Match(k.Field); found != nil {
			c.Kids = append(c.Kids, wire.Note("about", found.Name, found))
		}
	}
	return c
}

// agrees is a goal: every client says of the certificate what Go's verifier does, for
// which one good path is enough.
func agrees(_ Settings, events []Event) error {
	v, _, ok := Lookup(events, pathsNote)
	_, at, told := Lookup(events, "verdicts")
	if !ok || !told {
		return errors.New("nobody's verdict is there to be compared")
	}
	good := !strings.HasSuffix(v, noneGood)
	for _, k := range at.Kids {
		if word := wire.Bare(k.Value); word != "cannot be asked" && good != (word == "accepts") {
			return fmt.Errorf("%s %s it, of %s", k.Name, word, v)
		}
	}
	return nil
}

// anchored is a goal: some path from the leaf ends at a root of the client's.
func anchored(_ Settings, events []Event) error {
	// The check that decided stands below the light.
	v, at, ok := Lookup(events, verificationNote+"."+chain.LightAnchor.String())
	if ok && v == Holds {
		return nil
	}
	if ok && at != nil && len(at.Kids) > 0 {
		return errors.New(strings.TrimSuffix(at.Kids[0].Value, "."))
	}
	return errors.New("none was found that gets there")
}

// leafFirst is a goal: the first certificate of the server's list is for the host
// (RFC 9846, Section 4.5.1).
func leafFirst(_ Settings, events []Event) error {
	_, list := findFrom(Records(events), nil, Server, "Certificate.certificate_list")
	if list == nil {
		return errors.New("no list was sent")
	}
	all := certificates(list)
	if len(all) == 0 {
		return errors.New("the list is empty")
	}
	// A site's certificate is no authority's, in this lab and nearly everywhere.
	if c := chain.Read(all[0].Bytes()); c.X != nil && c.X.IsCA {
		return fmt.Errorf("it sends %s first, which is the one that every client takes for the server's own", c.Title)
	}
	return nil
}
