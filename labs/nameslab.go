package labs

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"tlstutor/labs/chain"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// This file is lab names: a comparison by the rules of RFC 9525, and beside it what
// real clients make of the same certificate. showing.go shows it to them.

// maxNames is how many alternative names the lab puts in a certificate.
const maxNames = 40

// Names compares the name that a client means with those in a certificate.
var Names = &Lab{
	Name: "names",
	Doc: `One name that a client means, and the names in the certificate that it is shown.

The two are compared as text, and nothing else has a say: not what DNS answers, not
the address that was dialed. Each name of the certificate is compared in turn below,
with the reason why it fits or does not. Then real clients say what they make of it,
and where they differ.`,
	Knobs: []Knob{
		{Name: "name", Doc: "the host or the address that the client means", Kind: Text, Min: 1, Max: 253, Default: labName},
		{Name: "san", Doc: "the alternative names in the certificate, with commas between; dns:, ip:, uri: or email: before one says what it is", Kind: Text, Max: 1000, Default: labName},
		{Name: "cn", Doc: "the common name in its subject, or nothing", Kind: Text, Max: 64},
		clientKnob("who connects; python3-no-cn is told to leave the common name alone, go-no-name checks the chain and forgets the name", "python3"+withoutCN, noName),
	},
	Presets: []Preset{
		{"wildcard", Settings{"san": "*.lab.test"}},
		{"too deep", Settings{"san": "*.lab.test", "name": "a.app.lab.test"}},
		{"bare domain", Settings{"san": "*.lab.test", "name": "lab.test"}},
		{"address", Settings{"san": "127.0.0.1", "name": "127.0.0.1"}},
		{"as a name", Settings{"san": "dns:127.0.0.1", "name": "127.0.0.1"}},
		{"upper case", Settings{"san": "APP.Lab.Test"}},
		{"final dot", Settings{"name": labName + ".", "client": everyone}},
		{"IDN", Settings{"san": "xn--bcher-kva.lab.test", "name": "xn--bcher-kva.lab.test"}},
		{"common name", Settings{"san": "", "cn": labName, "client": everyone}},
	},
	Goals: []Goal{
		{"a name in the certificate is the one that is meant", nameFits},
		{"whoever connects accepts the server's certificate", allAccept},
		{"the client sends the name that it means", sendsName},
		{"all clients agree with RFC 9525", agreesOnName},
	},
	Look: []string{"match", "subjectAltName", "Certificate"},
	Run:  runNames,
}

// noName is the word for the client that does not look at the name.
const noName = "go-no-name"

// runNames makes the certificate, compares its names, and has it shown.
func runNames(_ context.Context, b *Bench, s Settings) error {
	if err := b.missing(s); err != nil {
		err = cmp.Or(b.played(s, err), b.compareSent(s["name"]))
		b.dotted(s["name"])
		return err
	}
	ca, err := pki.New(b.Keys(), b.Now)
	if err != nil {
		return fmt.Errorf("making a certificate authority: %w", err)
	}
	spec, err := namedSpec(s)
	if err != nil {
		return &Refusal{err}
	}
	_, issuing := ca.Authorities()
	is, err := issuing.Issue(spec)
	if err != nil {
		return &Refusal{fmt.Errorf("there is no certificate with such names: %s", wire.Clean(err.Error(), wire.MaxValue))}
	}
	tree := b.made("leaf", is.Leaf.Raw, "the intermediate")
	b.compare(is.Leaf, tree, s["name"])
	v := &showing{b: b, host: s["name"], sent: is.Chain, key: tls.Certificate{PrivateKey: is.Key}, roots: []*x509.Certificate{ca.Root()}, max: "1.3", at: b.Now}
	v.own = map[string]func(tls.ConnectionState) error{noName: v.chainOnly}
	if err := v.meetAll(s); err != nil {
		return err
	}
	b.dotted(s["name"])
	return nil
}

// namedSpec lays out a certificate with the names of the settings.
func namedSpec(s Settings) (pki.Spec, error) {
	var all []string
	for name := range strings.SplitSeq(s["san"], ",") {
		if name = strings.TrimSpace(name); name != "" {
			all = append(all, name)
		}
	}
	if len(all) > maxNames {
		return pki.Spec{}, fmt.Errorf("san has %d names; this lab puts up to %d in a certificate", len(all), maxNames)
	}
	// What kind of name each of them is, package pki finds out.
	spec := pki.Server(all...)
	spec.Subject.CommonName = s["cn"]
	if s["cn"] == "" && len(all) == 0 {
		return spec, errors.New("neither san nor cn has a name: somebody has to be in a certificate")
	}
	return spec, nil
}

// chainOnly is how a client verifies that has forgotten the name: any certificate
// of a trusted authority will do, whoever it is for. Many libraries once did so, and
// who writes a verifier of their own still does.
func (v *showing) chainOnly(state tls.ConnectionState) error {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, r := range v.roots {
		roots.AddCert(r)
	}
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: v.at()})
	return err
}

// matchNote is the name of the finding about the names.
const matchNote = "match"

// compare tells of each name in the certificate whether it is the one that is
// meant, and why.
func (b *Bench) compare(leaf *x509.Certificate, tree *wire.Field, ref string) {
	k := chain.MatchName(leaf, ref)
	verdict := map[bool]string{true: "yes", false: "no"}[k.OK]
	note := wire.Note(matchNote, verdict, wire.Note("why", k.Why), wire.Note("rule", k.Rule))
	if !k.OK {
		note.Err = errors.New(k.Rule)
	}
	if k.Beside != "" {
		note.Kids = append(note.Kids, wire.Note("beside", k.Beside))
	}
	if strings.HasSuffix(ref, ".") {
		note.Kids = append(note.Kids, wire.Note("beside", "The final dot says that a name is complete, and does not count here. "+dotRule))
	}
	// Only names of the kind that is meant are compared, in the order in which they
	// stand in the certificate; the fields are in that order too.
	at := sanFields(tree)
	for i, p := range k.Parts {
		part := wire.Note("entry", p.Why)
		if !p.OK {
			part.Err = errors.New(p.Rule)
		}
		if list := at[kindOf(ref)]; i < len(list) {
			part.Kids = append(part.Kids, list[i])
		}
		note.Kids = append(note.Kids, part)
		b.Emit(Event{Kind: Found, Who: Observer, Text: wire.Clean(p.Why, textLimit)})
	}
	if at := tree.Match(k.Field); at != nil {
		note.Kids = append(note.Kids, wire.Note("about", at.Name, at))
	}
	b.Emit(Event{Kind: Found, Who: Observer, Tree: note, Text: wire.Clean("match: "+verdict+". "+k.Why, textLimit)})
}

// compareSent is compare for the certificate that a server has sent in a recording.
func (b *Bench) compareSent(ref string) error {
	events, _ := b.run.Since(0)
	_, list := findFrom(Records(events), nil, Server, "Certificate.certificate_list")
	if list == nil {
		return nil // it did not come to that
	}
	if all := certificates(list); len(all) > 0 {
		if c := chain.Read(all[0].Bytes()); c.X != nil {
			b.compare(c.X, all[0], ref)
		}
	}
	return nil
}

// kindOf is what a name that is meant is compared with: an address with addresses,
// a name with names (RFC 9525, Section 6.1).
func kindOf(ref string) string {
	if isAddress(ref) {
		return "iPAddress"
	}
	return "dNSName"
}

// isAddress reports whether a name is an address, in brackets or not: whether the
// explainer goes by the rule for those.
func isAddress(ref string) bool {
	return chain.MatchName(&x509.Certificate{}, ref).Rule == "RFC 9525, Section 6.4"
}

// sanFields returns the alternative names of a certificate as fields, by their kind.
func sanFields(tree *wire.Field) map[string][]*wire.Field {
	all := map[string][]*wire.Field{}
	if san := tree.Match("extensions.subjectAltName"); san != nil {
		san.Walk(func(p []*wire.Field) {
			f := p[len(p)-1]
			all[f.Name] = append(all[f.Name], f)
		})
	}
	return all
}

// nameFits is a goal: one of the names is the one that is meant.
func nameFits(_ Settings, events []Event) error {
	v, at, ok := Lookup(events, matchNote)
	if !ok {
		return errors.New("the names were not compared")
	}
	if v != "yes" {
		return errors.New(strings.TrimSuffix(value(at, "why"), "."))
	}
	return nil
}

// sendsName is a goal: the client tells the server whom it means, which it may not
// do with an address (RFC 6066, Section 3).
func sendsName(_ Settings, events []Event) error {
	if _, at := findFrom(Records(events), nil, Client, "ClientHello.server_name"); at == nil {
		return errors.New("its hello has no server_name: an address may not stand there (RFC 6066, Section 3)")
	}
	return nil
}

// agreesOnName is a goal: every client says of the name what the comparison says.
func agreesOnName(_ Settings, events []Event) error {
	v, _, ok := Lookup(events, matchNote)
	_, at, told := Lookup(events, "verdicts")
	if !ok || !told {
		return errors.New("nobody's verdict is there to be compared")
	}
	// Also who checks no name at all has said something about it.
	for _, k := range at.Kids {
		if k.Value != "cannot be asked" && (v == "yes") != (k.Value == "accepts") {
			return fmt.Errorf("%s %s it", k.Name, k.Value)
		}
	}
	return nil
}
