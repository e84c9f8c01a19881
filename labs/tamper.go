package labs

import (
	"fmt"
	"slices"

	"tlstutor/labs/dissect"
	"tlstutor/labs/loop"
	"tlstutor/labs/wire"
)

// A target is a message that an attacker on the wire changes by one bit: the
// first of that name in its direction.
type target struct {
	message string
	dir     dissect.Dir
	fields  []string // whose last byte is changed: the first of them that is in the clear
}

// targets are the words of knob tamper. What is sealed is changed in the middle
// of its ciphertext. The host name comes before the session id, since a server
// has to send the latter back: a client sees at once that it was changed.
var targets = []choice[target]{
	{"ClientHello", target{"ClientHello", dissect.ToServer, []string{"host_name", "legacy_session_id"}}},
	{"ServerHello", target{"ServerHello", dissect.ToClient, []string{"random"}}},
	{"Certificate", target{"Certificate", dissect.ToClient, []string{"serialNumber"}}},
	{"Finished", target{"Finished", dissect.ToServer, nil}},
	{"application_data", target{"application_data", dissect.ToServer, nil}},
}

// aim returns the field of a record that is changed, and where in its source;
// nil for a record that does not hold the message.
func (t *target) aim(r *dissect.Record) (at *wire.Field, off int) {
	i := slices.IndexFunc(r.Msgs, func(m *wire.Field) bool { return m.Name == t.message })
	if r.Dir != t.dir || i < 0 {
		return nil, 0
	}
	for _, path := range t.fields {
		if f := r.Msgs[i].Find(path); f != nil && f.Src == r.Tree.Src && f.N > f.Head {
			return f, f.Off + f.N - 1
		}
	}
	for _, name := range []string{"encrypted_record", "fragment"} {
		if f := r.Tree.Find(name); f != nil && f.N > 0 {
			return f, f.Off + f.N/2
		}
	}
	return nil, 0
}

// tamper returns what an attacker on the wire does to the message of that name,
// or nil when it is none. Who gets the record has no key for it as it is now; so
// the attacker, who never had one, is who reads it here.
func (b *Bench) tamper(name string) func(*Conn, *loop.Chunk) *wire.Field {
	aims := chosen(targets, name)
	if len(aims) == 0 {
		return nil
	}
	reader, done := dissect.New(nil), false
	return func(conn *Conn, c *loop.Chunk) *wire.Field {
		if done {
			return nil
		}
		at, off := aims[0].aim(&c.Record)
		data := c.Tree.Bytes()
		if at != nil {
			data = slices.Clone(data)
			data[off-c.Tree.Off] ^= 1
		}
		recs := reader.Feed(c.Dir, data)
		if done = at != nil; !done || len(recs) == 0 {
			return nil
		}
		as := recs[len(recs)-1].Tree
		b.Emit(tampered(conn, c, at, off, as))
		return as
	}
}

// tampered tells what the attacker changed: the byte as it was written, and as
// it is delivered, each with the field that it stands in.
func tampered(conn *Conn, c *loop.Chunk, at *wire.Field, off int, as *wire.Field) Event {
	place := off - c.Tree.Off
	was, is := c.Tree.Bytes()[place], as.Bytes()[place]
	what := fmt.Sprintf("%s.%s", c.Msgs[0].Name, at.Name)
	for _, m := range c.Msgs {
		if path(m, at) != "" {
			what = m.Name + "." + at.Name
		}
	}
	tree := wire.Note("tampered", fmt.Sprintf("%s (byte %d of the record)", what, place),
		wire.Note("written", fmt.Sprintf("0x%02x", was), at))
	delivered := wire.Note("delivered", fmt.Sprintf("0x%02x", is))
	as.Walk(func(p []*wire.Field) {
		if f := p[len(p)-1]; f.Src == as.Src && f.Name == at.Name && f.Off == at.Off && len(delivered.Kids) == 0 {
			delivered.Kids = []*wire.Field{f}
		}
	})
	tree.Kids = append(tree.Kids, delivered)
	return Event{
		Kind: Found, Who: Attacker, Conn: conn, Epoch: c.Epoch, Tree: tree,
		Text: fmt.Sprintf("flips one bit in %s, byte %d of the record: 0x%02x becomes 0x%02x", what, place, was, is),
	}
}
