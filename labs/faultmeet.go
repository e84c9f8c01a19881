package labs

import (
	"crypto/tls"
	"crypto/x509"
	"errors"

	"tlstutor/labs/dissect"
	"tlstutor/labs/peer"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// This file has clients connect to a case, each through the relay, on a connection of
// its own; what the server does is in faultserve.go.

// The names of the two connections of a run that mends.
const (
	firstConn  = "first"
	mendedConn = "mended"
)

// limit keeps a client below a version.
func (c *Case) limit(max string) {
	if max == "1.2" {
		c.plan.offers.max = "1.2"
		c.Client.MaxVersion = tls.VersionTLS12
	}
}

// meetAll has all clients of the run meet a case, and returns what they made of it,
// and the first meeting.
func (r *faultRun) meetAll(c *Case) (met *meeting, all []ruling, err error) {
	who := []string{r.who()}
	if who[0] == "all" {
		who = append([]string{"go"}, peer.Names(peer.Client)...)
	}
	for _, name := range who {
		// Alone it needs no name: then paths need none either.
		conn := name
		if len(who) == 1 {
			conn = ""
		}
		one, m, err := r.meet(c, name, conn)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, one)
		if m != nil && met == nil {
			met = m
		}
	}
	// Nobody was there to meet it, so Go does: something has to cross.
	if met == nil {
		if _, met, err = r.meet(c, "go", ""); err != nil {
			return nil, nil, err
		}
	}
	return met, all, nil
}

// A meeting is a connection of a client with a case.
type meeting struct {
	conn *Conn
	recs []Rec     // of that connection
	msgs []message // in them
	said Verdicts

	judges [2]*judge // what the two sides judged by, where a drill keeps that back
}

// hush keeps back, in a drill, what a side judges by: the five lights would give
// the answer away.
func (m *meeting) hush(p Peer) Peer {
	return func(s *Side) error {
		err := p(s)
		m.judges[s.Dir], s.Conn.judges[s.Dir], s.Conn.hushed[s.Dir] = s.Conn.judges[s.Dir], nil, true
		return err
	}
}

// reveal shows what was kept back.
func (r *faultRun) reveal(m *meeting) {
	m.conn.judges, m.conn.hushed = m.judges, [2]bool{}
	events, _ := r.b.run.Since(0)
	for _, e := range verified(events, m.conn) {
		r.b.Emit(e)
	}
}

// meet has one client connect. A client that is missing, or cannot do what the case
// asks, has no meeting.
func (r *faultRun) meet(c *Case, name, conn string) (ruling, *meeting, error) {
	if conn == "" && r.s["mend"] != "none" {
		conn = firstConn
	}
	one := ruling{peer: name, exit: -1, alert: "none"}
	client, f, err := r.client(c, &one)
	if client == nil || err != nil {
		return one, nil, err
	}
	m, server := &meeting{}, c.serve(r.b)
	if r.drill && !r.named {
		client, server = m.hush(client), m.hush(server)
	}
	r.b.remember(c.Client.RootCAs, c.Roots)
	if c.Server.ClientCAs != nil {
		r.b.remember(c.Server.ClientCAs, []*x509.Certificate{r.world.Root()})
	}
	way := Route{Name: conn}
	// To check nothing is no mend: how the first one ended still counts.
	if conn == mendedConn && r.s["mend"] != noVerification {
		way.Again = r.first
	}
	if m.conn, m.said, err = r.b.Connect(way, server, client); err != nil {
		return one, nil, err
	}
	events, _ := r.b.run.Since(0)
	for _, rec := range Records(events) {
		if rec.OnWire() && rec.Event.Conn == m.conn {
			m.recs = append(m.recs, rec)
		}
	}
	m.msgs = messages(m.recs)
	one.read(m, f)
	return one, m, nil
}

// client is who connects: Go, or a program. It is nil where there is none to be had,
// and the ruling then says why.
func (r *faultRun) client(c *Case, one *ruling) (Peer, *foreign, error) {
	switch one.peer {
	case "go":
		return r.b.TLS(c.Client, askAndLeave), nil, nil
	case checking:
		return r.b.TLS(r.looking(c), askAndLeave), nil, nil
	}
	p, err := r.b.find(one.peer)
	if missing, ok := errors.AsType[*peer.MissingError](err); ok {
		*one = r.quote(*one, missing)
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	one.by = p.Version
	o, err := c.offer(p)
	if err != nil {
		return nil, nil, err
	}
	if err := p.Can(peer.Client, o); err != nil {
		one.cannot, one.line = true, err.Error()
		return nil, nil, nil
	}
	f := &foreign{b: r.b, program: p, offer: o}
	return f.dials, f, nil
}

// offer spells what a client is told in the words of package peer.
func (c *Case) offer(p *peer.Program) (peer.Offer, error) {
	o := peer.Offer{
		Name: c.Host, Min: c.plan.offers.min, Max: c.plan.offers.max, ALPN: c.plan.speaks,
		NoALPN: p.Name == "curl" && c.plan.speaks == nil, Status: c.plan.status && p.Name != "python3", Lists: c.list,
	}
	if p.Name != "curl" {
		o.Tickets = peer.Off
	}
	for _, r := range c.Roots {
		o.Roots = append(o.Roots, pki.PEM("CERTIFICATE", r.Raw)...)
	}
	for _, g := range c.plan.asks {
		o.Groups = append(o.Groups, wire.Bare(dissect.GroupName(uint64(g))))
	}
	if c.plan.clock != 0 {
		o.At = c.Client.Time()
	}
	if c.plan.trusting {
		o.Check = peer.Ignore
	}
	if c.shown.Certificate == nil {
		return o, nil
	}
	o.Chain = pki.PEM("CERTIFICATE", c.shown.Certificate...)
	var err error
	o.Key, err = pki.KeyPEM(c.ownKey)
	return o, err
}
