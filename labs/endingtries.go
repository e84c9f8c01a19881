package labs

import (
	"fmt"
	"slices"
	"strings"

	"tlstutor/labs/wire"
)

// This file is about runs in which more than one connection spoke TLS: how each of
// them went, and which of them no longer count.

// replaced are the connections in whose place another one stands: what was wrong is
// mended there, or the client knows better.
func replaced(events []Event) map[*Conn]bool {
	past := map[*Conn]bool{}
	for i := range events {
		if c := events[i].Conn; c != nil && c.again != nil {
			past[c.again] = true
		}
	}
	return past
}

// tries are the endings of the connections on which a client has said hello, where
// these are several.
func tries(events []Event, recs []Rec, msgs []message) []Ending {
	var conns []*Conn
	for _, m := range msgs {
		if m.Name == "ClientHello" && !slices.Contains(conns, m.conn) {
			conns = append(conns, m.conn)
		}
	}
	if len(conns) < 2 {
		return nil
	}
	var all []Ending
	for _, c := range conns {
		end := endOf(events, recs, msgs, func(x *Conn) bool { return x != c })
		end.Conn = c
		all = append(all, end)
	}
	return all
}

// judged has the text say what several clients made of the same server, where they
// were asked, and what was accepted that should not be.
func (end *Ending) judged(events []Event) {
	var refuse []string
	asked := 0
	if _, at, ok := Lookup(events, verdictsNote); ok && at != nil && len(at.Kids) > 1 {
		for _, k := range at.Kids {
			switch word := wire.Bare(k.Value); word {
			case "refuses":
				refuse = append(refuse, k.Name)
				asked++
			case "accepts":
				asked++
			}
		}
	}
	switch {
	case asked < 2:
	case len(refuse) > 0:
		end.Text = fmt.Sprintf("%d of %d refuse it: %s", len(refuse), asked, strings.Join(refuse, ", "))
	default:
		end.Text = fmt.Sprintf("accepted by all %d", asked)
	}
	if took := lastFound(events, tookNote); took != "" && (end.OK || asked > 1) {
		end.Text += "; " + took
	}
	// A handshake can complete, and the request fail.
	if reply := lastFound(events, replyNote); end.OK && reply != "" && !strings.HasPrefix(reply, "2") {
		end.Text += "; answered: " + reply
	}
}

// each tells of each connection how it went, those together that went alike: "2
// connections: first ended by the client (bad_certificate), mended completed".
func (end *Ending) each() string {
	var words []string
	who := map[string][]string{}
	for i := range end.Tries {
		w := end.Tries[i].word()
		if who[w] == nil {
			words = append(words, w)
		}
		who[w] = append(who[w], end.Tries[i].Title(i))
	}
	for i, w := range words {
		words[i] = together(who[w]) + " " + w
	}
	return fmt.Sprintf("%s: %s", wire.Count(len(end.Tries), "connection"), strings.Join(words, ", "))
}

// several reports whether some of several connections failed, so that each is told of.
func (end *Ending) several() bool {
	return slices.ContainsFunc(end.Tries, func(t Ending) bool { return !t.OK })
}

// together joins names as a sentence does.
func together(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// Title is what the try is called that is number i, from 0: as its connection, or by
// its number.
func (end *Ending) Title(i int) string {
	if end.Conn != nil && end.Conn.Name != "" {
		return end.Conn.Name
	}
	return fmt.Sprintf("number %d", i+1)
}

// word is how one of several connections went.
func (end *Ending) word() string {
	switch {
	case end.OK:
		return "completed"
	case end.Who == Nobody:
		return end.Text
	case end.Alert == "" || end.Alert == goodbye:
		return "ended by the " + end.Who.String()
	}
	return fmt.Sprintf("ended by the %s (%s)", end.Who, end.Alert)
}
