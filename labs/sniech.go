package labs

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tlstutor/labs/dissect"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// This file hides the name in lab sni: Encrypted Client Hello (RFC 9849), of which
// only Go's client and server know among the lab's programs.

// publicSite is the site by whose name clients ask when the other one is hidden.
const publicSite = "public.lab.test"

// The connections of a client whose configuration is an old one.
const (
	staleWay = "stale"
	retryWay = "retry"
)

// The findings about a hidden name; retried is of the second connection.
const (
	echNote     = "ech"
	retriedNote = "retried"
	clearNote   = "in_the_clear"
)

// hides reports whether the client is to hide the name.
func hides(s Settings) bool { return s["ech"] != "off" }

// badHiding is why nobody could hide the name so.
func badHiding(s Settings) error {
	switch {
	case !hides(s):
		return nil
	case s["client"] != "go":
		return fmt.Errorf("ech=%s needs client=go: %s cannot do it", s["ech"], s["client"])
	case s["max"] != "1.3":
		return fmt.Errorf("ech=%s needs max=1.3: the hello inside is one of TLS 1.3 at least", s["ech"])
	case s["sni"] != "same" || sent(s) == "":
		return fmt.Errorf("ech=%s needs sni=same and a name: there is nothing else to hide", s["ech"])
	}
	return nil
}

// publish makes the server's key for hidden names, and the configuration that the
// client has: the server's own, or one of a key that the server no longer has.
func (h *host) publish() error {
	if !hides(h.s) {
		return nil
	}
	key, err := pki.NewHelloKey(2, publicSite)
	if err != nil {
		return err
	}
	h.hidden, h.known = key, key.List
	where := "the client has read it there"
	if h.s["ech"] == "stale" {
		old, err := pki.NewHelloKey(1, publicSite)
		if err != nil {
			return err
		}
		h.known, where = old.List, "the client still has the one of the key before"
	}
	h.b.Emit(Event{Kind: Said, Who: Server, Text: fmt.Sprintf(
		"has a key for hidden names; its ECHConfigList, %d bytes with the public name %s, would stand in DNS: %s", len(key.List), publicSite, where)})
	return nil
}

// secretly is the peer that connects with a hidden name, by the configurations in
// the list. It trusts as a client of its own, as it may judge by another name: where
// the server cannot open the hello, the public one (RFC 9849, Section 6.1.6).
func (h *host) secretly(ca *pki.CA, list []byte, retry *[]byte) Peer {
	config := &tls.Config{
		Time: h.b.Now, ServerName: h.s["name"], RootCAs: h.b.pool(ca.Root()), NextProtos: offered(h.s["alpn"]),
		EncryptedClientHelloConfigList: list,
	}
	if !bytes.Equal(list, h.hidden.List) {
		h.b.means(config.RootCAs, publicSite)
	}
	var on *Conn
	speak := h.b.TLS(config, func(c *tls.Conn) error {
		if c.ConnectionState().ECHAccepted {
			h.told(on, "accepted", "its hidden hello was accepted: the connection is for "+h.s["name"])
		}
		return h.request(c)
	})
	return polite(func(s *Side) error {
		on = s.Conn
		// The server's key, for the lab to open what came hidden.
		if err := s.Conn.logs[dissect.ToClient].ECH(h.hidden.Config, h.hidden.PrivateKey); err != nil {
			return h.b.fail(err)
		}
		err := speak(s)
		if refused, ok := errors.AsType[*tls.ECHRejectionError](err); ok {
			*retry = refused.RetryConfigList
			h.told(on, "rejected", fmt.Sprintf("the server could not open its hidden hello, has shown that it is %s, and has sent other configurations, %d bytes", publicSite, len(*retry)),
				wire.Note("retry_configs", fmt.Sprintf("%d bytes", len(*retry))))
		}
		return err
	})
}

// told is what became of a hidden hello, with both names where they stand.
func (h *host) told(on *Conn, what, text string, kids ...*wire.Field) {
	events, _ := h.b.run.Since(0)
	recs := Records(events)
	name := echNote
	if on.Name == retryWay {
		name = retriedNote
	}
	for _, path := range []string{"ClientHello.server_name", "ClientHelloInner.server_name"} {
		if _, at := findFrom(recs, on, Client, path); at != nil {
			kids = append(kids, at)
		}
	}
	h.b.Emit(Event{Kind: Said, Who: Client, Text: text, Tree: wire.Note(name, what, kids...)})
}

// listened counts how often the name that the client means crossed in the clear:
// its bytes in all that was on the wire, by somebody who has no key.
func (h *host) listened() {
	events, _ := h.b.run.Since(0)
	recs := Records(events)
	name := wire.Clean(h.s["name"], wire.MaxValue)
	n := crossings(recs, h.s["name"])
	note := wire.Note(clearNote, strconv.Itoa(n), wire.Note("name", name))
	text := fmt.Sprintf("%s in the clear: the name %s", wire.Count(n, "time"), name)
	if hides(h.s) {
		public := crossings(recs, publicSite)
		note.Kids = append(note.Kids, wire.Note("public_name", strconv.Itoa(public)))
		text += fmt.Sprintf(", and %s %s", publicSite, wire.Count(public, "time"))
	}
	if _, at := findFrom(recs, nil, Client, "ClientHello.server_name"); at != nil {
		note.Kids = append(note.Kids, at)
	}
	h.b.Emit(Event{Kind: Said, Who: Observer, Text: text, Tree: note})
}

// crossings is how often a name stands in the bytes of the records, in large or
// small letters.
func crossings(recs []Rec, name string) int {
	seen := map[*Conn]*[2]bytes.Buffer{}
	for i := range recs {
		e := &recs[i].Event
		if !recs[i].OnWire() || e.Tree == nil {
			continue
		}
		if seen[e.Conn] == nil {
			seen[e.Conn] = new([2]bytes.Buffer)
		}
		seen[e.Conn][e.Dir()].Write(e.Tree.Bytes())
	}
	n := 0
	for _, both := range seen {
		for i := range both {
			n += strings.Count(asciiLower(both[i].String()), asciiLower(name))
		}
	}
	return n
}

// asciiLower writes the letters of ASCII small, and leaves all other bytes alone.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
