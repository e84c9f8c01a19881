package labs

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"tlstutor/labs/chain"
	"tlstutor/labs/peer"
	"tlstutor/labs/pki"
	"tlstutor/labs/recorded"
	"tlstutor/labs/wire"
)

// This file is what labs chain, names and clock have in common: they make
// certificates, have a server show them, and ask one client or all of them what it
// makes of that. chainlab.go, nameslab.go and clocklab.go differ in what they make,
// and in what they work out beside it.

// A showing is one chain of certificates, shown to clients that judge it in their
// own ways.
type showing struct {
	b     *Bench
	host  string              // whom the client means
	sent  [][]byte            // the certificates, in the order in which they are sent
	key   tls.Certificate     // the leaf's key, and nothing else
	roots []*x509.Certificate // whom the client trusts
	max   string              // the highest version the client offers
	at    func() time.Time    // the client's clock
	off   bool                // which is not today's

	// own is what a client of ours checks in place of what crypto/tls would, by the
	// word of knob client.
	own map[string]func(tls.ConnectionState) error
}

// everyone is the word of knob client for all clients, one after the other.
const everyone = "all"

// clientKnob is the knob of who connects. The words more are clients beside Go's
// own and other people's.
func clientKnob(doc string, more ...string) Knob {
	words := append([]string{"go"}, peer.Names(peer.Client)...)
	// Who takes them all comes last, see clients.
	words = append(append(words, more...), everyone)
	return Knob{Name: "client", Doc: doc, Choices: words, Needs: programOf}
}

// programOf is the program that a word of knob client needs, or "".
func programOf(word string) string {
	name := strings.TrimSuffix(word, withoutCN)
	if word == everyone || name == "go" || strings.HasPrefix(name, "go-") {
		return "" // whoever is missing among all is said to be
	}
	return name
}

// withoutCN is what a word of knob client ends in that stands for a program which
// is told to leave the common name alone.
const withoutCN = "-no-cn"

// meetAll has the clients that the settings name meet the showing, and tells what
// each made of it. A program that is missing is an error, unless all are asked: then
// it is quoted from its recording, if there is one of these settings.
func (v *showing) meetAll(s Settings) error {
	if word := s["client"]; word != everyone {
		one, err := v.meet(word, "")
		if err == nil {
			v.b.tell([]ruling{one})
		}
		return err
	}
	var rulings []ruling
	// Each has a connection of its own, named after it: they are told apart by that
	// on every screen.
	for _, name := range v.b.run.lab.clients() {
		one, err := v.meet(name, name)
		_, missing := errors.AsType[*peer.MissingError](err)
		if _, cannot := errors.AsType[*Refusal](err); missing || cannot {
			one.cannot, one.line = true, wire.Clean(err.Error(), wire.MaxValue)
			if missing {
				one, err = v.b.remembered(one, s)
			} else {
				err = nil
			}
		}
		if err != nil {
			return err
		}
		rulings = append(rulings, one)
	}
	v.b.tell(rulings)
	return nil
}

// remembered is the ruling of a client that is not here, as it was recorded. Its
// alert is in the packets, which are not played in the middle of another run.
func (b *Bench) remembered(one ruling, s Settings) (ruling, error) {
	s = maps.Clone(s)
	s["client"] = one.peer
	l := b.run.lab
	if !l.Recorded(s) {
		return one, nil
	}
	take, err := recorded.Load(l.recording(s))
	if err != nil {
		return one, err
	}
	was := ruling{peer: one.peer, by: take.By, exit: -1, recorded: take.By + ", " + take.Made, accepted: true}
	for _, line := range take.Lines {
		switch failed := line.Failed && was.accepted; {
		case failed && line.Who == Client.String():
			was.accepted, was.line = false, line.Text
		case line.Failed && line.Who == Server.String():
			was.heard = line.Text
		}
	}
	return was, nil
}

// clients are the words of knob client but for the one for all of them.
func (l *Lab) clients() []string {
	words := l.Knob("client").Choices
	return words[:len(words)-1]
}

// tell tells what each client made of what it met.
func (b *Bench) tell(all []ruling) { (&faultRun{b: b}).tell(all) }

// meet has one client connect.
func (v *showing) meet(word, name string) (ruling, error) {
	one := ruling{peer: word, exit: -1, alert: "none"}
	var f *foreign
	client := v.goClient(word)
	if program := programOf(word); program != "" {
		p, err := v.b.find(program)
		if err != nil {
			return one, err
		}
		o := v.offer(p)
		o.NoCommonName = strings.HasSuffix(word, withoutCN)
		if err := p.Can(peer.Client, o); err != nil {
			return one, &Refusal{err}
		}
		one.by = p.Version
		f = &foreign{b: v.b, program: p, offer: o}
		client = f.dials
	}
	// The server sends what it is told to. That its key is not the first certificate's,
	// where the order is wrong, is for the client to find out.
	cert := tls.Certificate{Certificate: v.sent, PrivateKey: v.key.PrivateKey}
	server := &tls.Config{Time: v.at, Certificates: []tls.Certificate{cert}, SessionTicketsDisabled: true}
	on, said, err := v.b.Connect(Route{Name: name}, v.b.TLS(server, answer), client)
	if err != nil {
		return one, err
	}
	// Of a run with several connections, the messages of this one count.
	m := &meeting{conn: on, said: said}
	events, _ := v.b.run.Since(0)
	for _, msg := range messages(Records(events)) {
		if msg.conn == on {
			m.msgs = append(m.msgs, msg)
		}
	}
	one.read(m, f)
	return one, nil
}

// goClient is a client of ours: Go as it is, or one that checks for itself. For the
// second crypto/tls is told to check nothing, as the programs do that it stands for.
func (v *showing) goClient(word string) Peer {
	config := &tls.Config{Time: v.at, ServerName: v.host, RootCAs: v.b.pool(v.roots...)}
	config.MinVersion, config.MaxVersion = numbers("1.2", v.max)
	check := v.own[word]
	if check == nil {
		return v.b.TLS(config, askAndLeave)
	}
	return func(s *Side) error {
		config.InsecureSkipVerify = true
		config.VerifyConnection = func(state tls.ConnectionState) error {
			// It does look: the lights are to say what it looks at.
			if j := s.Conn.judges[s.Dir]; j != nil {
				j.lax, j.first = false, word == firstPath
				if word == noName {
					j.name = ""
				}
			}
			return check(state)
		}
		return v.b.TLS(config, askAndLeave)(s)
	}
}

// offer is what another program's client is told. It gets no ALPN and no tickets, so
// that nothing crosses but what the lab is about; curl cannot be told the second.
func (v *showing) offer(p *peer.Program) peer.Offer {
	o := peer.Offer{Name: v.host, Min: "1.2", Max: v.max, NoALPN: p.Name == "curl"}
	if p.Name != "curl" {
		o.Tickets = peer.Off
	}
	for _, r := range v.roots {
		o.Roots = append(o.Roots, pki.PEM(pki.PEMCertificate, r.Raw)...)
	}
	// Told the time of today, all but openssl would have to refuse.
	if v.off {
		o.At = v.at()
	}
	return o
}

// question is what a client of Go's has to find out about what it is sent.
func (v *showing) question(sent [][]byte) chain.Question {
	q := chain.Question{Name: v.host, At: v.at()}
	for _, raw := range sent {
		q.Chain = append(q.Chain, chain.Read(raw))
	}
	for _, r := range v.roots {
		q.Roots = append(q.Roots, chain.FromX509(r))
	}
	return q
}

// played has the lab's recording played where a program is missing, and tells what
// that client made of it; any other error is returned as it is.
func (b *Bench) played(s Settings, err error) error {
	missing, ok := errors.AsType[*peer.MissingError](err)
	if !ok {
		return err
	}
	if err := b.replay(s, 0, missing); err != nil {
		return err
	}
	events, _ := b.run.Since(0)
	// Its exit code is among its words, and is not read out of them.
	one := ruling{peer: s["client"], exit: -1, alert: "none", recorded: Recording(events)}
	m := &meeting{msgs: messages(Records(events))}
	for i := range events {
		if e := &events[i]; e.Kind == Said && e.Who == Client && e.Err != nil && m.said.Client == nil {
			m.said.Client = e.Err
		}
	}
	one.read(m, nil)
	b.tell([]ruling{one})
	return nil
}

// missing returns why the program of knob client is not here, before anything is
// made for it.
func (b *Bench) missing(s Settings) error {
	if name := programOf(s["client"]); name != "" {
		_, err := b.find(name)
		return err
	}
	return nil
}

// allAccept is a goal: nobody who connects refuses the server's certificate.
func allAccept(s Settings, events []Event) error {
	_, at, ok := Lookup(events, "verdicts")
	if !ok {
		return accepts(s, events)
	}
	for _, k := range at.Kids {
		if k.Value == "refuses" {
			return fmt.Errorf("%s refuses it: %s", k.Name, value(k, "line"))
		}
	}
	return nil
}

// foundHere returns the fields of certificates as they stand in the run: as a
// server sent them, or else as they were made.
func (b *Bench) foundHere() func(*chain.Cert) *wire.Field {
	at := map[string]*wire.Field{}
	events, _ := b.run.Since(0)
	// First as they were made, so that what crossed displaces that.
	for i := range events {
		if t := events[i].Tree; t != nil && events[i].Who == CA && t.Kid("tbsCertificate") != nil {
			at[string(t.Bytes())] = t
		}
	}
	for _, m := range messages(Records(events)) {
		if m.Name != "Certificate" || m.who != Server {
			continue
		}
		for _, f := range certificates(m.Field) {
			at[string(f.Bytes())] = f
		}
	}
	return func(c *chain.Cert) *wire.Field { return at[string(c.Raw)] }
}
