package labs

import (
	"fmt"
	"slices"
	"sync/atomic"

	"tlstutor/labs/dissect"
	"tlstutor/labs/loop"
	"tlstutor/labs/wire"
)

// A strike is the flip of one bit in one message of a run.
type strike struct {
	b       *Bench
	s       Settings
	at, bit int
	done    bool
	why     string // it was not made
	clear   bool   // nothing was sealed where it was made
	late    atomic.Bool
}

// strikes are the words of knob message: a message, by its direction.
var strikes = []choice[target]{
	{"Certificate", target{"Certificate", dissect.ToClient, nil}},
	{"ClientHello", target{"ClientHello", dissect.ToServer, nil}},
	{"ServerHello", target{"ServerHello", dissect.ToClient, nil}},
	{"EncryptedExtensions", target{"EncryptedExtensions", dissect.ToClient, nil}},
	{"CertificateVerify", target{"CertificateVerify", dissect.ToClient, nil}},
	{"ServerKeyExchange", target{"ServerKeyExchange", dissect.ToClient, nil}},
	{"ServerHelloDone", target{"ServerHelloDone", dissect.ToClient, nil}},
	{"ClientKeyExchange", target{"ClientKeyExchange", dissect.ToServer, nil}},
	{"Finished", target{"Finished", dissect.ToServer, nil}},
	{"server-Finished", target{"Finished", dissect.ToClient, nil}},
	{"application_data", target{"application_data", dissect.ToServer, nil}},
}

// strikeNames are those words.
func strikeNames() []string { return names("", strikes)[1:] }

// alter returns what the attacker on the wire does.
func (k *strike) alter() func(*Conn, *loop.Chunk) *wire.Field {
	aim := chosen(strikes, k.s["message"])[0]
	reader, met := dissect.New(nil), false
	return func(conn *Conn, c *loop.Chunk) *wire.Field {
		data := c.Tree.Bytes()
		at, off := k.find(&aim, c, &met)
		if at != nil {
			data = slices.Clone(data)
			data[off-c.Tree.Off] ^= 1 << k.bit
		}
		recs := reader.Feed(c.Dir, data)
		if at == nil || len(recs) == 0 {
			return nil
		}
		k.done, k.clear = true, at.Src == c.Tree.Src && at.Name != "encrypted_record"
		as := recs[len(recs)-1].Tree
		k.b.Emit(k.struck(conn, c, at, off, as))
		return as
	}
}

// find returns the field in a record that the byte stands in, and its place in the
// stream; nil where this record does not hold it.
func (k *strike) find(aim *target, c *loop.Chunk, met *bool) (at *wire.Field, off int) {
	if *met || c.Dir != aim.dir {
		return nil, 0
	}
	i := slices.IndexFunc(c.Msgs, func(m *wire.Field) bool { return m.Name == aim.message })
	if i < 0 {
		return k.unread(aim, c, met)
	}
	*met = true
	m := c.Msgs[i]
	if k.at >= m.N {
		k.why = fmt.Sprintf("%s has %d bytes, from 0 to %d: there is no byte %d", m.Name, m.N, m.N-1, k.at)
		return nil, 0
	}
	off, ok := downTo(m.Src, m.Off+k.at, c.Tree.Src)
	if !ok || off < c.Tree.Off || off >= c.Tree.Off+c.Tree.N {
		k.why = fmt.Sprintf("byte %d of %s was in an earlier record, which is gone", k.at, m.Name)
		return nil, 0
	}
	return around(m, m.Src, m.Off+k.at), off
}

// unread finds the client's Finished of TLS 1.2 where nobody can open it yet: it is
// the first that the client seals.
func (k *strike) unread(aim *target, c *loop.Chunk, met *bool) (*wire.Field, int) {
	sealed := c.Tree.Find("encrypted_record")
	if aim.message != "Finished" || sealed == nil || len(c.Msgs) > 0 {
		return nil, 0
	}
	*met = true
	if k.at >= sealed.N {
		k.why = fmt.Sprintf("what is sealed has %d bytes: there is no byte %d", sealed.N, k.at)
		return nil, 0
	}
	return sealed, sealed.Off + k.at
}

// downTo follows a byte of a source back to the stream that it crossed in.
// Ciphers of today seal byte by byte: the place of the ciphertext is the same.
func downTo(src *wire.Source, off int, stream *wire.Source) (int, bool) {
	for src != stream {
		found := false
		for _, s := range src.From {
			if off < s.N {
				src, off, found = s.Src, s.Off+off, true
				break
			}
			off -= s.N
		}
		if !found {
			return 0, false
		}
	}
	return off, true
}

// around is the smallest field of a tree that a byte of a source stands in.
func around(tree *wire.Field, src *wire.Source, off int) *wire.Field {
	at := tree
	tree.Walk(func(p []*wire.Field) {
		if f := p[len(p)-1]; f.Src == src && off >= f.Off && off < f.Off+f.N && f.N <= at.N {
			at = f
		}
	})
	return at
}

// struck tells what was changed, and where in the message it stands.
func (k *strike) struck(conn *Conn, c *loop.Chunk, at *wire.Field, off int, as *wire.Field) Event {
	told := *c
	if len(told.Msgs) == 0 {
		told.Msgs = []*wire.Field{{Name: "Finished"}}
	}
	e := tampered(conn, &told, at, off, as)
	how := "in the clear"
	if !k.clear {
		how = "in its ciphertext"
	}
	inside := ""
	if at.Name != told.Msgs[0].Name {
		inside = ", in " + at.Name
	}
	e.Text = fmt.Sprintf("flips bit %d of byte %d of %s%s, %s: 0x%02x becomes 0x%02x", k.bit, k.at, k.s["message"], inside, how, c.Tree.Bytes()[off-c.Tree.Off], as.Bytes()[off-c.Tree.Off])
	return e
}

// missed tells why nothing was flipped, if that is so.
func (k *strike) missed() {
	if k.done {
		return
	}
	if k.why == "" {
		k.why = fmt.Sprintf("no %s has crossed: TLS %s has none, or the handshake did not get that far", k.s["message"], k.s["max"])
	}
	k.b.Emit(Event{Kind: Found, Who: Attacker, Text: "flips nothing: " + k.why, Tree: wire.Note("missed", k.why)})
}
