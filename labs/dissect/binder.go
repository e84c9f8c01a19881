package dissect

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"

	"tlstutor/labs/wire"
)

// A session of TLS 1.3 is resumed with a key that both sides make of the earlier
// one's last secret and the nonce of a ticket (RFC 9846, Section 4.7.1). No key log
// has it; it can be computed where that earlier key schedule is whole. Then the
// ticket stands for it in Keys, and the binder in a later ClientHello is checked.

// maxTicketsHeard is how many tickets of a connection are looked at.
const maxTicketsHeard = 16

// hearTicket takes note of a ticket that the server gives out.
func (w *witness) hearTicket(d Dir, m *wire.Field) {
	if d == ToClient && m.Kid("ticket") != nil && m.Kid("ticket_nonce") != nil && len(w.tickets) < maxTicketsHeard {
		w.tickets = append(w.tickets, m)
	}
}

// promise computes what each ticket stands for, shows it below the secret that it
// comes from, and remembers it (RFC 9846, Section 4.7.1).
func (l *climb) promise(f *wire.Field, resumption []byte) {
	for _, m := range l.tickets {
		nonce := m.Kid("ticket_nonce")
		psk, err := l.said.how.expandOver(resumption, "resumption", content(nonce), len(resumption))
		if err != nil {
			return
		}
		row := computed("PSK of a ticket", psk, nonce)
		row.Kids = append([]*wire.Field{wire.Note("from", `HKDF-Expand-Label(resumption_secret, "resumption", ticket_nonce)`)}, row.Kids...)
		f.Kids = append(f.Kids, row)
		l.logs[ToServer].promised(content(m.Kid("ticket")), psk)
	}
}

// promised remembers the key that a ticket of TLS 1.3 stands for.
func (k *Keys) promised(ticket, psk []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.psks == nil {
		k.psks = map[[32]byte][]byte{}
	}
	if len(k.psks) < maxTickets {
		k.psks[sha256.Sum256(ticket)] = psk
	}
}

// psk returns the key that a ticket of TLS 1.3 stands for, or nil.
func (k *Keys) psk(ticket []byte) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	psk := k.psks[sha256.Sum256(ticket)]
	if psk == nil {
		k.missed++
	}
	return psk
}

// chosenKey returns the key that the server took of those that the client offered,
// or nil where it is not known (RFC 9846, Section 4.3.11).
func (w *witness) chosenKey(chosen *wire.Field) []byte {
	list := w.steps.client.Find("extensions.pre_shared_key.identities")
	n := chosen.Find("selected_identity")
	if list == nil || n == nil || n.Code >= uint64(len(list.Kids)) {
		return nil
	}
	id := list.Kids[n.Code].Kid("identity")
	if id == nil {
		return nil
	}
	psk := w.logs[ToServer].psk(content(id))
	if len(psk) != w.said.how.hash().Size() {
		return nil
	}
	return psk
}

// binders checks each MAC with which the client proves in its hello that it knows
// the key behind a ticket: over the handshake so far and the hello up to the list
// of binders (RFC 9846, Section 4.3.11.2).
func (w *witness) binders(m *wire.Field) {
	identities := m.Find("extensions.pre_shared_key.identities")
	list := m.Find("extensions.pre_shared_key.binders")
	if identities == nil || list == nil || list.Src != m.Src {
		return
	}
	for i, b := range list.Kids {
		if b.Name != "binder" || i >= len(identities.Kids) || w.full() {
			return
		}
		w.note(w.binder(m, list, b, identities.Kids[i]))
	}
}

// binder checks one of them.
func (w *witness) binder(m, list, b, of *wire.Field) *check {
	c := &check{name: pskBinder, dir: ToServer, at: b}
	if w.retried() {
		c.when = "second ClientHello"
	}
	var psk []byte
	identity, age := of.Kid("identity"), of.Kid("obfuscated_ticket_age")
	if identity != nil {
		psk = w.logs[ToServer].psk(content(identity))
	}
	// What is no ticket has no age (RFC 9846, Section 4.3.11).
	switch {
	case psk == nil && age != nil && age.Code == 0:
		c.why = errors.New("its key is one that both sides had before, which no key log has")
		return c
	case psk == nil:
		c.why = errors.New("its key comes from the earlier connection's last secret, which no key log has")
		return c
	}
	// What comes before, where the server asked again, is in the transcript already.
	c.over = &scroll{}
	if w.retried() {
		c.over = w.first(len(w.parts))
		c.over.size = w.size
	}
	c.over.add(ToServer, "ClientHello", m.Src.Data[m.Off:list.Off])
	how, key, finished, err := binderKeys(psk)
	if err != nil {
		c.why = err
		return c
	}
	sum := c.over.hash(how.hash)
	mac := hmac.New(how.hash, finished)
	mac.Write(sum)
	want := mac.Sum(nil)
	c.ok = bytes.Equal(want, content(b))
	c.proof = fmt.Sprintf("an HMAC over %s up to the binders", wire.Count(len(c.over.parts), "message"))
	c.evidence = []*wire.Field{
		computed("PSK", psk, identity), computed("binder_key", key), computed("finished_key", finished),
		computed("Transcript-Hash", sum), computed("recomputed", want),
	}
	return c
}

// binderKeys returns what a binder is keyed with: first the binder_key, which the
// label ties to resumption, then the key of the HMAC. The hash is the one that the
// key was made with (RFC 9846, Section 4.3.11.2).
func binderKeys(psk []byte) (how suite, key, finished []byte, err error) {
	how.hash = sha256.New
	if len(psk) == sha512.Size384 {
		how.hash = sha512.New384
	}
	early, err := how.extract(make([]byte, len(psk)), psk)
	if err != nil {
		return how, nil, nil, err
	}
	if key, err = how.expandOver(early, "res binder", how.hash().Sum(nil), len(psk)); err != nil {
		return how, nil, nil, err
	}
	finished, err = how.expand(key, "finished", len(psk))
	return how, key, finished, err
}

// pskBinder is the name of the finding about a binder, which stands in an entry as
// the specification calls it.
const (
	pskEntry  = "PskBinderEntry"
	pskBinder = pskEntry + ".binder"
)
