package labs

import (
	"context"
	"crypto/tls"
	"fmt"
	"maps"
	"strings"
	"time"

	"tlstutor/labs/peer"
	"tlstutor/labs/pki"
)

// Revocation takes a certificate back, and shows who notices.
var Revocation = &Lab{
	Name: "revocation",
	Doc: `A certificate is taken back before its time. Who notices?

The authority publishes what it has taken back: as a list (CRL, RFC 5280, Section
5), by answering questions (OCSP, RFC 6960), or by an answer that the server
staples to its certificate (RFC 6066, Section 8). Its responder is a web server of
its own, on connections named responder, where it can be down, late or lying.
Client go is Go as it is; client checking is Go with a few lines that look. The
others are told to look by their own options. With client=all each of them meets
the same server, and a table of all combinations, as recorded, stands below.`,
	Knobs: []Knob{
		{Name: "method", Doc: "how the authority tells: not at all, by a list, by answers, by stapled answers, or by those with a promise in the certificate", Choices: []string{"ocsp", "crl", "stapled", "must-staple", "none"}},
		{Name: "status", Doc: "what there is to tell of the server's certificate", Choices: []string{"revoked", "good", "unknown"}},
		{Name: "responder", Doc: "how its web server does: well, not at all, signing with a stranger's key, late, with an answer of last month, or with bytes that mean nothing", Choices: []string{"up", "down", "lying", "slow", "stale", "garbage"}},
		{Name: "client", Doc: "the program that connects", Choices: append(append([]string{"go", checking}, peer.Names(peer.Client)...), everyone), Needs: revocationClient},
		{Name: "policy", Doc: "what the client does without an answer: it insists (hard), goes on (soft), or never asks (off)", Choices: []string{"hard", "soft", "off"}},
		{Name: "max", Doc: "the highest version of TLS", Choices: []string{"1.3", "1.2"}},
	},
	Presets: []Preset{
		{"looks", Settings{"client": "checking"}},
		{"soft fail", Settings{"client": "checking", "policy": "soft", "responder": "down"}},
		{"hard fail", Settings{"client": "checking", "responder": "down", "status": "good"}},
		{"a list", Settings{"client": "checking", "method": "crl"}},
		{"stapled", Settings{"client": "checking", "method": "stapled"}},
		{"no staple", Settings{"client": "checking", "method": "must-staple", "responder": "down", "policy": "soft"}},
		{"replayed", Settings{"client": "checking", "method": "stapled", "responder": "stale"}},
		{"lying", Settings{"client": "checking", "responder": "lying"}},
		{"all clients", Settings{"client": everyone, "method": "crl"}},
	},
	Goals: []Goal{
		{"the client takes a good certificate, and no other", knowsStatus},
		{"the responder does not hear from the client", staysPrivate},
		{"the handshake completes", completesAll},
	},
	Look: []string{verdictsNote, "OCSPResponse", "CertificateList", "OCSPRequest", "Certificate"},
	Run:  runRevocation,
}

// revocationClient is the program that a value of knob client needs.
func revocationClient(value string) string {
	if value == checking || value == everyone { // whoever is missing is quoted from the table
		return ""
	}
	return itself(value)
}

// The times of the lab, on the run's clock: how long a client waits for an answer,
// and how long a slow responder takes for it.
const (
	patience = 500 * time.Millisecond
	tooLong  = 10 * patience
)

// A revoking is one run of the lab.
type revoking struct {
	b *Bench
	s Settings
	*registry
	root, issuing *pki.Authority
	leaf          *pki.Issued

	from  int    // where in the events the client begins who connects now
	came  int    // how often clients had come to the responder by then
	looks string // what that client does about revocation, or has found
}

// runRevocation makes the authority and what it publishes, and has the client
// connect.
func runRevocation(_ context.Context, b *Bench, s Settings) error {
	r := &revoking{b: b, s: maps.Clone(s)}
	var err error
	if r.registry, err = openRegistry(b); err != nil {
		return err
	}
	defer r.registry.close()
	if err := r.certify(); err != nil {
		return err
	}
	if err := r.publish(); err != nil {
		return err
	}
	cert := tls.Certificate{Certificate: r.leaf.Chain, PrivateKey: r.leaf.Key, Leaf: r.leaf.Leaf}
	if strings.Contains(s["method"], "staple") {
		cert.OCSPStaple = r.staple()
	}
	server := &tls.Config{Time: b.Now, Certificates: []tls.Certificate{cert}, SessionTicketsDisabled: true}
	rulings, err := r.meetAll(s["client"], server)
	if err != nil {
		return err
	}
	r.registry.close()
	r.counted()
	r.judge(rulings, s["client"] == everyone)
	return b.ctx.Err()
}

// certify makes the authority and the server's certificate, which says where to ask.
func (r *revoking) certify() error {
	var err error
	if r.root, err = pki.Root(r.b.Keys(), r.b.Now, pki.Anchor(pki.RootName)); err != nil {
		return fmt.Errorf("making a root: %w", err)
	}
	sub, leaf := pki.Sub(pki.IssuingName), pki.Server(labName)
	switch r.s["method"] {
	case "crl":
		sub.CRLs, leaf.CRLs = []string{r.url(rootList)}, []string{r.url(leafList)}
	case "ocsp", "stapled", "must-staple":
		leaf.OCSP = []string{r.url("/")}
		leaf.MustStaple = r.s["method"] == "must-staple"
	}
	if r.issuing, err = r.root.Intermediate(sub); err != nil {
		return fmt.Errorf("making an intermediate: %w", err)
	}
	if r.leaf, err = r.issuing.Issue(leaf); err != nil {
		return err
	}
	where := "it says nowhere how to learn of a revocation"
	switch {
	case leaf.CRLs != nil:
		where = "its list is at " + leaf.CRLs[0]
	case leaf.MustStaple:
		where = "its responder is at " + leaf.OCSP[0] + ", and the server is to staple the answer"
	case leaf.OCSP != nil:
		where = "its responder is at " + leaf.OCSP[0]
	}
	r.b.Emit(Event{Kind: Said, Who: CA, Text: fmt.Sprintf("%s signs a certificate for %s; %s", pki.IssuingName, labName, where)})
	told := map[string]string{
		"revoked": "takes the certificate back: its key has become known",
		"unknown": "has no record of the certificate, as if somebody had signed it behind its back",
	}
	if text := told[r.s["status"]]; text != "" {
		r.b.Emit(Event{Kind: Said, Who: CA, Text: text})
	}
	return nil
}

// staple is what the server gets from the responder before it serves, or nil. It
// staples whatever it gets, as servers do that were not told to look.
func (r *revoking) staple() []byte {
	r.asker(Server)
	defer r.asker(Client)
	got, err := r.askStatus(Server, r.leaf.Leaf, r.issuing.Cert())
	if err != nil {
		r.b.Emit(Event{Kind: Said, Who: Server, Text: "has nothing to staple: " + err.Error()})
		return nil
	}
	r.b.Emit(Event{Kind: Said, Who: Server, Text: fmt.Sprintf("staples what it got, %d bytes", len(got))})
	return got
}

// client is the one who connects, and the program that it is, or nil.
func (r *revoking) client() (Peer, *foreign, error) {
	config := &tls.Config{Time: r.b.Now, ServerName: labName, RootCAs: r.b.pool(r.root.Cert()), MaxVersion: version(r.s["max"])}
	asIs := func() Peer {
		r.tell("none", "looks at no revocation, as crypto/tls does not")
		return r.b.TLS(config, ask)
	}
	switch {
	case r.s["client"] == "go", r.s["client"] == checking && r.s["policy"] == "off":
		return asIs(), nil, nil
	case r.s["client"] == checking:
		config.VerifyConnection = r.verify
		return r.b.TLS(config, ask), nil, nil
	}
	o := peer.Offer{Name: labName, Max: r.s["max"], Roots: pki.PEM(pki.PEMCertificate, r.root.Raw)}
	if _, err := r.b.find(r.s["client"]); err == nil { // else nobody is there to be told
		r.tell("its own", r.instruct(&o))
	}
	f, err := r.b.player(r.s["client"], o)
	if err != nil { // somebody may stand in
		client, err := r.b.program(r.s["client"], o, asIs)
		return client, nil, err
	}
	return f.dials, f, nil
}
