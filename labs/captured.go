package labs

import (
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"tlstutor/labs/capture"
	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// The names of findings about a capture: a connection of it, and what is odd at a
// place.
const (
	connectionNote = "connection"
	captureNote    = "capture"
)

// Replay returns what a capture holds of a connection, as the events of a run:
// the same that would have been told of it had it crossed a relay here. Its first
// event says what connection it is; times are since its first packet. What keys
// opens is opened at once, and what stayed sealed says why. Of a connection that
// tells of more than a run may, the rest is left out, and the last event says so.
func Replay(c *capture.Conn, keys *dissect.Keys) []Event {
	t := &retelling{
		conn:    &Conn{Client: addressOf(c.Client), Server: addressOf(c.Server), logs: [2]*dissect.Keys{keys, keys}},
		session: dissect.New(keys),
		from:    c.At,
		events:  make([]Event, 1, 16+3*len(c.Chunks)),
	}
	for d, n := range tlsBytes(c) {
		t.session.Expect(dissect.Dir(d), n)
	}
	for i := range c.Chunks {
		if t.size > eventLimit {
			err := fmt.Errorf("the rest of this connection is left out: it tells of more than %d MB", eventLimit>>20)
			t.say(Event{Kind: Found, Text: err.Error(), Err: err, Tree: wire.Note("run", err.Error())})
			break
		}
		t.chunk(&c.Chunks[i])
	}
	// What the capture has no more of may have ended, or gone on: nothing is said of it.
	for _, d := range [2]dissect.Dir{dissect.ToServer, dissect.ToClient} {
		t.records(t.session.Cut(d))
	}
	for _, r := range t.session.Flush() {
		t.again(r)
	}
	t.events[0] = t.connection(c)
	return t.events
}

// tlsBytes returns how many bytes of TLS a connection has, by direction.
func tlsBytes(c *capture.Conn) (n [2]int) {
	for i := range c.Chunks {
		if k := &c.Chunks[i]; !k.Plain {
			n[k.Dir&1] += len(k.Data)
		}
	}
	return n
}

// Proven returns the events of a connection that Replay has returned, and behind
// them what its two sides proved to each other, as a run ends with it.
func Proven(events []Event) []Event {
	conn := events[0].Conn
	at := events[len(events)-1].At
	for _, e := range proven(events, conn) {
		e.At = at
		e.Text = wire.Clean(e.Text, textLimit)
		events = append(events, e)
	}
	return events
}

// addressOf is one end of a connection; nil where it is not known.
func addressOf(at netip.AddrPort) net.Addr {
	if !at.IsValid() {
		return nil
	}
	return net.TCPAddrFromAddrPort(at)
}

// A retelling makes events of one connection.
type retelling struct {
	conn    *Conn
	session *dissect.Session // of what is TLS
	talk    *dissect.Session // of what was said before, or nil
	from    time.Duration    // when the connection began
	at      time.Duration    // since then
	events  []Event
	size    int            // what they weigh, about
	sealed  [2]map[int]int // by direction and offset: the event of a record that is sealed
	hello   *wire.Field    // the first ServerHello
	spoke   [2]bool        // by direction, whether TLS has begun
}

// chunk tells of the next chunk.
func (t *retelling) chunk(k *capture.Chunk) {
	t.at = max(0, k.At-t.from)
	who := t.conn.Party(k.Dir)
	if k.Note.Kind != capture.Nothing {
		text := fmt.Sprintf("%s to %s: %v", who, t.conn.other(who), k.Note)
		t.say(Event{Kind: Found, Who: Observer, Conn: t.conn, Text: text, Tree: wire.Note(captureNote, text)})
	}
	switch k.Note.Kind {
	case capture.Gap:
		t.records(t.session.Gap(k.Dir, int(min(k.Note.N, 1<<30))))
	case capture.Headless:
		t.records(t.session.Gap(k.Dir, 0))
	}
	switch {
	case len(k.Data) == 0:
	case k.Plain:
		if t.talk == nil {
			t.talk = dissect.New(nil)
		}
		t.records(t.talk.Feed(k.Dir, k.Data))
	default:
		if !t.spoke[k.Dir&1] {
			t.spoke[k.Dir&1] = true
			t.talked(k.Dir)
		}
		t.records(t.session.Feed(k.Dir, k.Data))
	}
	if k.Fin || k.Reset {
		t.end(k, who)
	}
}

// talked tells of what was left of what was said before TLS.
func (t *retelling) talked(d dissect.Dir) {
	if t.talk != nil {
		t.records(t.talk.Close(d))
	}
}

// end tells of the end of a direction. A reset ends both.
func (t *retelling) end(k *capture.Chunk, who Party) {
	t.talked(k.Dir)
	t.records(t.session.Close(k.Dir))
	text := "no more from the " + who.String() + " (FIN)"
	if k.Reset {
		t.records(t.session.Close(1 - k.Dir))
		text = "the " + who.String() + " tears the connection down (RST)"
	}
	t.crossed(Event{Who: who, To: t.conn.other(who), Conn: t.conn, Text: text})
}

// records tells of records. One that could be opened later takes the place of
// what it was: in a capture there is no later.
func (t *retelling) records(recs []dissect.Record) {
	for _, r := range recs {
		if r.Again {
			t.again(r)
			continue
		}
		if r.Why != nil {
			of := &t.sealed[r.Dir&1]
			if *of == nil {
				*of = map[int]int{}
			}
			(*of)[r.Tree.Off] = len(t.events)
		}
		t.heard(r)
		t.size += weight(r.Tree)
		t.crossed(recordEvent(Written, t.conn, r))
	}
}

// again tells more of a record that has been told of.
func (t *retelling) again(r dissect.Record) {
	i, ok := t.sealed[r.Dir&1][r.Tree.Off]
	if !ok {
		return
	}
	t.heard(r)
	t.size += weight(r.Tree)
	e := recordEvent(Written, t.conn, r)
	e.At = t.events[i].At
	t.events[i] = e
	e.Kind = Delivered
	t.events[i+1] = e
}

// heard remembers the first ServerHello.
func (t *retelling) heard(r dissect.Record) {
	for _, m := range r.Msgs {
		if random := m.Kid("random"); m.Name == "ClientHello" && random != nil {
			t.conn.hellos = append(t.conn.hellos, hex.EncodeToString(random.Bytes()))
			// With a hello inside, secrets are logged under the random of either (RFC
			// 9850, Section 2).
			if in := m.Find("encrypted_client_hello.ClientHelloInner.random"); in != nil {
				t.conn.hellos = append(t.conn.hellos, hex.EncodeToString(in.Bytes()))
			}
		}
		if t.hello == nil && m.Name == "ServerHello" {
			t.hello = m
		}
	}
}

// weight is about what a tree takes in memory.
func weight(f *wire.Field) int {
	n := 180 + len(f.Value)
	for _, k := range f.Kids {
		n += weight(k)
	}
	return n
}

// say adds an event off the wire.
func (t *retelling) say(e Event) {
	e.At = t.at
	e.Text = wire.Clean(e.Text, textLimit)
	t.size += 200
	t.events = append(t.events, e)
}

// crossed adds an event on the wire, which in a capture is delivered when it is
// written.
func (t *retelling) crossed(e Event) {
	e.At, e.Kind = t.at, Written
	t.size += 400
	t.events = append(t.events, e)
	e.Kind = Delivered
	t.events = append(t.events, e)
}

// connection is the finding about the connection as a whole.
func (t *retelling) connection(c *capture.Conn) Event {
	note := wire.Note(connectionNote, strconv.Itoa(c.Number))
	more := func(name, value string) {
		if value != "" {
			note.Kids = append(note.Kids, wire.Note(name, value))
		}
	}
	words := []string{"connection " + note.Value}
	if c.Client.IsValid() {
		more("client", c.Client.String())
		more("server", c.Server.String())
		words[0] += fmt.Sprintf(": %v to %v", c.Client, c.Server)
	}
	more("server_name", c.Name)
	version := ""
	if f := t.hello; f != nil {
		version = spoken(f)
		more("version", version)
		more("cipher_suite", wire.Bare(value(f, "cipher_suite")))
	}
	more("began", seconds(c.At))
	more("packets", strconv.FormatInt(c.Packets, 10))
	more("bytes", strconv.FormatInt(c.Bytes, 10))
	for _, w := range []string{c.Name, version} {
		if w != "" {
			words = append(words, w)
		}
	}
	words = append(words, "began at "+seconds(c.At))
	return Event{Kind: Found, Conn: t.conn, Text: wire.Clean(strings.Join(words, ", "), textLimit), Tree: note}
}

// spoken is the version that a ServerHello chose (RFC 9846, Section 4.3.1).
func spoken(hello *wire.Field) string {
	for _, name := range []string{"selected_version", "legacy_version"} {
		if f := hello.Find(name); f != nil {
			return wire.Bare(f.Value)
		}
	}
	return ""
}

// seconds writes a time since the first packet of a capture.
func seconds(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }

// isConnection reports whether an event is the finding that Replay begins with.
func isConnection(e *Event) bool {
	return e.Kind == Found && e.Tree != nil && e.Tree.Src == nil && e.Tree.Name == connectionNote
}

// Dissect is the lab of a capture that is read to its end, connection by
// connection: what AppendStart and NewPrinter begin with.
var Dissect = &Lab{
	Name: "dissect",
	Doc: `What a capture holds, opened.

Each connection with TLS in it is shown as if it were a run. What the capture, or
a key log, has the secrets of is opened; the rest says why it stayed sealed.`,
	Knobs:   []Knob{{Name: "path", Doc: "the file that is read", Kind: Path}},
	command: func(_ *Lab, s Settings) string { return "dissect " + Word(s["path"]) },
}

// Past is the lab of one connection of a capture: it has no knobs, and is not run.
func Past(path string) *Lab {
	l := *Dissect
	l.Knobs, l.Look = nil, []string{"ClientHello"}
	l.command = func(*Lab, Settings) string { return "dissect " + Word(path) }
	return &l
}

// SeenEvents says what a capture holds beside the connections that were given.
func SeenEvents(seen *capture.Seen) []Event {
	var events []Event
	for _, line := range seen.Lines() {
		events = append(events, Event{Kind: Found, Text: wire.Clean(line, textLimit), Tree: wire.Note(captureNote, line)})
	}
	return events
}
