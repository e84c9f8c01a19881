package labs

import (
	"bytes"
	"cmp"
	"crypto"
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"tlstutor/labs/chain"
	"tlstutor/labs/wire"
)

// This file works out which check fails, for the explanation. It reads what crossed,
// and asks package chain about the certificates in it; for the rest it compares what
// the two sides were told. faultrefusal.go has those cases in which the server
// refuses, before or instead of the client.

// An account says which check fails in a case, worked out from what crossed and
// from how the two sides are set up; the table of faults has no part in it.
type account struct {
	check, rule, why string
	beside           string // who sees it otherwise
	also, alsoWhy    string // another check that it is as right to name, and how the two go together
	anchored         bool   // the root is trusted; what is missing is on the way there
	at               *wire.Field
	path             *chain.Path // the path that was looked at, where it came to that
}

// account finds the check that fails. What comes first on the wire is looked at
// first, as the two sides do.
func (c *Case) account(m *meeting) account {
	for _, look := range []func(*meeting) account{c.notTLS, c.refusal, c.misplaced, c.mistimed, c.untrusted, c.recalled, c.unusable, c.unproven, c.unfinished, c.tolerated} {
		if acc := look(m); acc.check != "" {
			return acc
		}
	}
	return account{}
}

// message returns the first message of that name that a party wrote.
func (m *meeting) message(who Party, name string) *wire.Field {
	for i := range m.msgs {
		if m.msgs[i].who == who && m.msgs[i].Name == name {
			return m.msgs[i].Field
		}
	}
	return nil
}

// alert returns the first alert of a party that is more than a goodbye.
func (m *meeting) alert(who Party) (string, *wire.Field) {
	for _, msg := range m.msgs {
		if a := msg.alert(); a != "" && msg.who == who {
			return a, msg.Field
		}
	}
	return "", nil
}

// notTLS accounts for a server that speaks something else.
func (c *Case) notTLS(m *meeting) account {
	for _, r := range m.recs {
		if r.Event.Who == Server && r.Event.Tree.Name == "plaintext" {
			return account{check: checkTLS, rule: "RFC 9846, Section 5.1", at: r.Event.Tree,
				why: "What the server sends is no TLS record: it does not begin with a content type and a version."}
		}
	}
	return account{}
}

// misplaced accounts for a list that begins with another certificate than the
// server's own.
func (c *Case) misplaced(m *meeting) account {
	if m.message(Server, "Certificate") == nil || len(c.Chain) < 2 {
		return account{}
	}
	head, err := x509.ParseCertificate(c.Chain[0])
	if err != nil || !head.IsCA {
		return account{}
	}
	for i, raw := range c.Chain[1:] {
		if x, err := x509.ParseCertificate(raw); err == nil && x.VerifyHostname(c.Host) == nil {
			return account{check: checkOrder, rule: "RFC 9846, Section 4.5.1", at: m.cert(c.Chain[0]),
				why: fmt.Sprintf("The first certificate that is sent is the one that counts, and it is %s; that of %s comes as number %d.", head.Subject.CommonName, c.Host, i+2)}
		}
	}
	return account{}
}

// cert returns the field of a certificate as it crossed.
func (m *meeting) cert(raw []byte) (found *wire.Field) {
	list := m.message(Server, "Certificate")
	if list == nil {
		return nil
	}
	list.Walk(func(p []*wire.Field) {
		if f := p[len(p)-1]; found == nil && f.Kid("tbsCertificate") != nil && bytes.Equal(f.Bytes(), raw) {
			found = f
		}
	})
	return found
}

// within returns a field of a certificate as it crossed; where there is no such
// field, the certificate.
func (m *meeting) within(raw []byte, path string) *wire.Field {
	at := m.cert(raw)
	if at == nil || path == "" || at.Match(path) == nil {
		return at
	}
	return at.Match(path)
}

// mistimed accounts for a client whose clock is to blame, and not the dates.
func (c *Case) mistimed(m *meeting) account {
	now := c.world.now()
	own := c.Client.Time()
	if m.message(Server, "Certificate") == nil || own.Sub(now).Abs() < time.Minute {
		return account{}
	}
	if c.explain(own).OK || !c.explain(now).OK {
		return account{}
	}
	return account{check: checkClock, rule: ruleValidity, at: m.within(c.Chain[0], "validity"),
		why: fmt.Sprintf("The client takes today for %s; everybody else has %s, at which the certificate is good.", own.UTC().Format(time.DateOnly), now.UTC().Format(time.DateOnly))}
}

// explain asks the explainer about what the server sends, at a time.
func (c *Case) explain(at time.Time) *chain.Answer {
	q := chain.Question{Name: c.Host, At: at}
	for _, raw := range c.Chain {
		q.Chain = append(q.Chain, chain.Read(raw))
	}
	for _, r := range c.Roots {
		q.Roots = append(q.Roots, chain.FromX509(r))
	}
	return chain.Explain(q)
}

// untrusted accounts for a path that breaks a rule.
func (c *Case) untrusted(m *meeting) account {
	if m.message(Server, "Certificate") == nil || c.plan.trusting {
		return account{}
	}
	a := c.explain(c.Client.Time())
	if a.OK || a.Chosen < 0 {
		return account{}
	}
	// The first that fails on the path is what clients speak of; the others stand below
	// the explanation.
	path := &a.Paths[a.Chosen]
	for i := range path.Checks {
		if k := &path.Checks[i]; !k.OK {
			return c.failed(m, path, k)
		}
	}
	return account{}
}

// failed is the account of a check of a path.
func (c *Case) failed(m *meeting, path *chain.Path, k *chain.Check) account {
	acc := account{check: k.Name, rule: k.Rule, why: k.Why, beside: k.Beside, path: path}
	// What an extension should say, a version without extensions cannot.
	if x := path.Certs[k.Cert].X; x != nil && x.Version < 3 && (k.Name == chain.HostName || k.Name == chain.BasicConstraints) {
		acc.check, acc.rule = chain.Version, "RFC 5280, Section 4.1.2.1"
		acc.why = fmt.Sprintf("%s is of version %d, which has no extensions: %s.", path.Certs[k.Cert].Title, x.Version, map[string]string{
			chain.HostName: "there are no alternative names, and the common name does not count", chain.BasicConstraints: "it cannot say that it is an authority"}[k.Name])
	}
	c.distinguish(&acc)
	if acc.at = m.within(path.Certs[k.Cert].Raw, k.Field); acc.at == nil {
		// A root is not sent; the client has it from elsewhere.
		if tree := path.Certs[k.Cert].Tree(); k.Field != "" {
			acc.at = tree.Match(k.Field)
		}
	}
	return acc
}

// recalled accounts for a certificate that was taken back, or of which that is not
// known as it should be.
func (c *Case) recalled(m *meeting) account {
	check, rule, why := c.status(c.world.now())
	if check == "" || m.message(Server, "Certificate") == nil {
		return account{}
	}
	acc := account{check: check, why: why, rule: rule,
		beside: "Go looks at no list and at no stapled response by itself."}
	acc.at = m.within(c.Chain[0], "serialNumber")
	for _, in := range []string{"Certificate", "CertificateStatus"} {
		if msg := m.message(Server, in); check == checkStaple && msg != nil && msg.Match("OCSPResponse") != nil {
			acc.at = msg.Match("OCSPResponse")
		}
	}
	return acc
}

// unusable accounts for a key of a kind that the client cannot use.
func (c *Case) unusable(m *meeting) account {
	if m.message(Server, "Certificate") == nil {
		return account{}
	}
	leaf, err := x509.ParseCertificate(c.Chain[0])
	if err != nil || leaf.PublicKey != nil {
		return account{}
	}
	return account{check: checkKeyKind, rule: "RFC 9846, Section 4.5.2", at: m.within(c.Chain[0], "subjectPublicKeyInfo"),
		why: "The certificate is for a key of an algorithm that Go does not know, so nothing that this key signs can be checked."}
}

// unproven accounts for a server that has not the key of its certificate.
func (c *Case) unproven(m *meeting) account {
	signed := cmp.Or(m.message(Server, "CertificateVerify"), m.message(Server, "ServerKeyExchange"))
	alert, _ := m.alert(Client)
	if signed == nil || alert == "" || c.hasKey() {
		return account{}
	}
	return account{check: checkKey, rule: "RFC 9846, Section 4.5.2", at: anyOf(signed, "signature"),
		why: "The certificate is good, but the signature that goes with it was not made with its key."}
}

// hasKey reports whether the server has the key of the certificate that it shows
// first. What a client objects to then is something else.
func (c *Case) hasKey() bool {
	leaf, err := x509.ParseCertificate(c.Chain[0])
	if err != nil || len(c.Server.Certificates) == 0 {
		return false
	}
	key, ok := c.Server.Certificates[0].PrivateKey.(crypto.Signer)
	if !ok {
		return false
	}
	public, ok := leaf.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(key.Public())
}

// unfinished accounts for an end that was not announced.
func (c *Case) unfinished(m *meeting) account {
	if m.message(Server, "Finished") == nil || m.message(Client, "Finished") == nil {
		return account{}
	}
	for _, msg := range m.msgs {
		if msg.who == Server && msg.Name == "Alert" {
			return account{}
		}
	}
	return account{check: checkClose, rule: "RFC 9846, Section 6.1", at: m.message(Server, "application_data"),
		why: "The server's side ended without close_notify: nobody can tell its end from a cut."}
}

// tolerated accounts for what Go lets pass, and another would not.
func (c *Case) tolerated(m *meeting) account {
	if m.message(Server, "Certificate") == nil {
		return account{}
	}
	a := c.explain(c.Client.Time())
	if !a.OK || a.Chosen < 0 {
		return account{}
	}
	path := &a.Paths[a.Chosen]
	for i := range path.Checks {
		k := &path.Checks[i]
		cert := path.Certs[k.Cert]
		// Of every root there is something to say; this is about one that is none.
		anchor := k.Name == chain.Anchor && cert.X != nil && !bytes.Equal(cert.X.RawSubject, cert.X.RawIssuer)
		if k.Beside != "" && (anchor || k.Name == chain.HostName || k.Name == chain.KeySize || k.Name == chain.Algorithm) {
			acc := c.failed(m, path, k)
			acc.why, acc.beside = k.Why+" "+k.Beside, "" // who refuses goes by that
			if anchor {
				acc.at = m.within(cert.Raw, "issuer") // who should have been the anchor
			}
			return acc
		}
	}
	return account{}
}

// explain tells which check fails, by which rule, and where that stands. The first
// of the rulings is of whom the account is about.
func (r *faultRun) explain(acc account, of ruling) {
	if acc.check == "" && !of.accepted && !of.cannot {
		text := fmt.Sprintf("no check here says why: %s refuses by a rule of its own: %s", of.peer, cmp.Or(of.line, of.alert))
		r.b.Emit(Event{Kind: Found, Who: Observer, Text: wire.Clean(text, textLimit), Tree: wire.Note("explanation", "a rule of its own", wire.Note("why", wire.Clean(text, wire.MaxValue)))})
		return
	}
	if acc.check == "" {
		r.b.Emit(Event{Kind: Found, Who: Observer, Text: "no check fails", Tree: wire.Note("explanation", "no check fails")})
		return
	}
	note := wire.Note("explanation", acc.check, wire.Note("why", acc.why), wire.Note("rule", acc.rule))
	if acc.beside != "" {
		note.Kids = append(note.Kids, wire.Note("beside", acc.beside))
	}
	if acc.at != nil {
		name := "about"
		if acc.path != nil { // else it is in a message of the two
			name = "about_certificate"
		}
		note.Kids = append(note.Kids, wire.Note(name, acc.at.Name, acc.at))
	}
	if acc.path != nil {
		for i := range acc.path.Checks {
			if k := &acc.path.Checks[i]; !k.OK {
				note.Kids = append(note.Kids, wire.Note("fails", k.Name, wire.Note("why", k.Why), wire.Note("rule", k.Rule)))
			}
		}
	}
	why := strings.TrimSuffix(acc.why, ".")
	text := fmt.Sprintf("the check that fails is %s: %s (%s)", acc.check, why, acc.rule)
	if of.accepted {
		text = fmt.Sprintf("the check to look at is %s, which %s lets pass: %s (%s)", acc.check, strings.Replace(of.peer, "go", "Go", 1), why, acc.rule)
	}
	r.b.Emit(Event{Kind: Found, Who: Observer, Text: wire.Clean(text, textLimit), Tree: note})
}
