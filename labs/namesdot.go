package labs

import (
	"strings"

	"tlstutor/labs/wire"
)

// This file is about the dot at the end of a name, which a person may type and a
// hello may not have.

// dotNote is the name of the finding of what became of the dot, and dotRule why it
// matters.
const (
	dotNote = "final dot"
	dotRule = "In server_name it may not stand: a host name is written there without a trailing dot (RFC 6066, Section 3)."
)

// dotted tells, of a name that ends in a dot, who has sent the dot in server_name,
// and what the server made of that.
func (b *Bench) dotted(name string) {
	if !strings.HasSuffix(name, ".") || isAddress(name) {
		return
	}
	var with, without, refused []string
	var kids []*wire.Field
	events, _ := b.run.Since(0)
	msgs := messages(Records(events))
	for _, m := range msgs {
		at := m.Field.Find("host_name")
		if m.Name != "ClientHello" || at == nil || m.conn == nil {
			continue
		}
		who := m.conn.Name
		if who == "" {
			who = "the client"
		}
		if !strings.HasSuffix(string(at.Bytes()), ".") {
			without = append(without, who)
			continue
		}
		with = append(with, who)
		note := wire.Note("sent", "by "+who, at)
		for _, a := range msgs {
			if a.conn == m.conn && a.who == Server && a.alert() != "" {
				refused = append(refused, who)
				note.Kids = append(note.Kids, wire.Note("refused", "the server's alert is "+a.alert(), a.Field))
			}
		}
		kids = append(kids, note)
	}
	var value, text string
	switch {
	case len(with) == 0 && len(without) == 0:
		return
	case len(with) == 0:
		value = "not sent"
		text = "the final dot is in no hello: " + together(without) + " took it off"
	default:
		value = "sent by " + together(with)
		text = "the final dot stands in the server_name of " + together(with)
		if len(without) > 0 {
			text += "; " + together(without) + " took it off"
		}
		if len(refused) > 0 {
			text += ". The server does not read such a hello: what failed is the hello, and not the certificate"
		}
	}
	why := strings.ToUpper(text[:1]) + text[1:] + ". " + dotRule
	kids = append([]*wire.Field{wire.Note("why", why)}, kids...)
	b.Emit(Event{Kind: Found, Who: Observer, Text: wire.Clean(text+". "+dotRule, textLimit), Tree: wire.Note(dotNote, wire.Clean(value, wire.MaxValue), kids...)})
}
