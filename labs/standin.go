package labs

import (
	"errors"
	"strings"

	"tlstutor/labs/peer"
)

// inPlace is said, behind why, of a program that Go's client connects for.
const inPlace = "Go's client connects in its place"

// StandsIn reports whether Go's client connects where the lab's program is not on
// this machine. Other labs play a recording then.
func (l *Lab) StandsIn() bool { return l.Name == SNI.Name || l.Name == Revocation.Name }

// Absent says what in a live run is not of the programs that it names, as these are
// not on this machine: whose verdicts are recordings, and for whom Go's client
// connects. It is "" where all is live, and for a recording, which says so itself.
func Absent(events []Event) string {
	if Recording(events) != "" {
		return ""
	}
	for i := range events {
		if e := &events[i]; e.Kind == Said && e.Who == Client && strings.HasSuffix(e.Text, ": "+inPlace) {
			name, _, _ := strings.Cut(e.Text, " ")
			return "Go in place of " + name
		}
	}
	var quoted []string
	if _, at, ok := Lookup(events, "verdicts"); ok && at != nil {
		for _, k := range at.Kids {
			if k.Kid("recorded") != nil {
				quoted = append(quoted, k.Name)
			}
		}
	}
	if len(quoted) == 0 {
		return ""
	}
	return "REC " + strings.Join(quoted, ", ")
}

// program is the peer that another program's client is. Where that is not here,
// Go's connects in its place, and the run says so: what crosses is real.
func (b *Bench) program(name string, o peer.Offer, instead func() Peer) (Peer, error) {
	f, err := b.player(name, o)
	if missing, ok := errors.AsType[*peer.MissingError](err); ok {
		b.Emit(Event{Kind: Said, Who: Client, Text: missing.Error() + ": " + inPlace})
		return instead(), nil
	}
	if err != nil {
		return nil, err
	}
	return f.dials, nil
}

// player is another program as the client of one connection.
func (b *Bench) player(name string, o peer.Offer) (*foreign, error) {
	p, err := b.find(name)
	if err != nil {
		return nil, err
	}
	if name == "curl" {
		o.NoALPN = len(o.ALPN) == 0
	} else {
		o.Tickets = peer.Off // which curl cannot be told
	}
	if err := p.Can(peer.Client, o); err != nil {
		return nil, &Refusal{err}
	}
	return &foreign{b: b, program: p, offer: o}, nil
}
