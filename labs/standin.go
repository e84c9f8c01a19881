package labs

import (
	"errors"

	"tlstutor/labs/peer"
)

// program is the peer that another program's client is. Where that is not here,
// Go's connects in its place, and the run says so: what crosses is real.
func (b *Bench) program(name string, o peer.Offer, instead func() Peer) (Peer, error) {
	p, err := b.find(name)
	if missing, ok := errors.AsType[*peer.MissingError](err); ok {
		b.Emit(Event{Kind: Said, Who: Client, Text: missing.Error() + ": Go's client connects in its place"})
		return instead(), nil
	}
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
	f := &foreign{b: b, program: p, offer: o}
	return f.dials, nil
}
