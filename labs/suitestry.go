package labs

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"

	"tlstutor/labs/loop"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// This file finds what would mend a negotiation by trying: each single change of
// the board has a handshake of its own, in memory and without a word of it in the
// run, as there are dozens.

// A turning is one change of one knob.
type turning struct {
	knob, value string
	words       string // as one says it
}

// turnings are all single changes of settings: another choice, or one member of a
// set more or less.
func (l *Lab) turnings(s Settings) []turning {
	var all []turning
	for i := range l.Knobs {
		k := &l.Knobs[i]
		for _, c := range k.Choices {
			t := turning{k.Name, c, k.Name + "=" + c}
			if k.Kind == Set {
				t.value, t.words = k.Toggle(s[k.Name], c), k.Name+" with "+c
				if slices.Contains(k.Members(s[k.Name]), c) {
					t.words = k.Name + " without " + c
				}
			}
			if t.value != s[k.Name] && k.Check(t.value) == nil {
				all = append(all, t)
			}
		}
	}
	return all
}

// with is settings with the change made.
func (t turning) with(s Settings) Settings {
	next := Settings{t.knob: t.value}
	for name, value := range s {
		if name != t.knob {
			next[name] = value
		}
	}
	return next
}

// A trier makes handshakes in memory, with one authority and a certificate for each
// kind of key.
type trier struct {
	b     *Bench
	ca    *pki.CA
	certs map[string]tls.Certificate
}

// try makes the handshake of a board, and returns what the two agreed on.
func (t *trier) try(on *board) (deal, error) {
	own, ok := t.certs[on.key]
	if !ok {
		is, err := t.ca.Leaf(on.leaf())
		if err != nil {
			return deal{}, t.b.fail(fmt.Errorf("signing a certificate: %w", err))
		}
		own = tls.Certificate{Certificate: is.Chain, PrivateKey: is.Key, Leaf: is.Leaf}
		t.certs[on.key] = own
	}
	client, server := on.configs(own)
	client.Time, server.Time, client.RootCAs = t.b.Now, t.b.Now, t.b.pool(t.ca.Root())
	near, far := loop.Memory()
	served := make(chan error, 1)
	t.b.Go(func() error {
		defer close(served)
		defer far.Close()
		served <- tls.Server(far, server).HandshakeContext(t.b.ctx)
		return nil
	})
	c := tls.Client(near, client)
	err := c.HandshakeContext(t.b.ctx)
	near.Close()
	if other := <-served; other != nil {
		err = other
	}
	if err != nil {
		return deal{}, err
	}
	s := c.ConnectionState()
	return deal{version: s.Version, suite: s.CipherSuite, group: s.CurveID, retry: s.HelloRetryRequest, alpn: s.NegotiatedProtocol}, nil
}

// A mending is a change after which the handshake completes.
type mending struct {
	turning
	to deal
}

// mends tries every single change of the settings. The error is the run's.
func (t *trier) mends(l *Lab, s Settings) (found []mending, tried int, err error) {
	for _, turn := range l.turnings(s) {
		if t.b.ctx.Err() != nil {
			return nil, tried, t.b.ctx.Err()
		}
		tried++
		if to, err := t.try(boardOf(turn.with(s))); err == nil {
			found = append(found, mending{turn, to})
		}
	}
	return found, tried, t.b.ctx.Err()
}

// tellMends tells of the single changes that mend a board.
func (b *Bench) tellMends(s Settings, ca *pki.CA) error {
	t := &trier{b, ca, map[string]tls.Certificate{}}
	found, tried, err := t.mends(b.run.lab, s)
	if err != nil {
		return err
	}
	tree := wire.Note(mendsNote, fmt.Sprintf("%d of %d single changes that were tried", len(found), tried))
	for _, m := range found {
		tree.Kids = append(tree.Kids, wire.Note("change", m.words, wire.Note("setting", m.knob+"="+m.value), wire.Note("then", m.to.String())))
	}
	b.Emit(Event{Kind: Found, Who: Observer, Text: mendingWords(found, tried), Tree: tree})
	return nil
}

// mendingWords is the sentence on what mends: the first change of each knob.
func mendingWords(found []mending, tried int) string {
	if len(found) == 0 {
		return fmt.Sprintf("no single change mends it: %d handshakes were tried", tried)
	}
	var words []string
	last := ""
	for _, m := range found {
		if m.knob != last {
			words = append(words, m.words)
		}
		last = m.knob
	}
	text := "mended by " + strings.Join(words, ", or ")
	if more := len(found) - len(words); more > 0 {
		text += fmt.Sprintf(", and %d changes more", more)
	}
	return text + fmt.Sprintf(" (%d handshakes were tried)", tried)
}
