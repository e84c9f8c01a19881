package labs

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"sync"

	"tlstutor/labs/dissect"
	"tlstutor/labs/loop"
	"tlstutor/labs/wire"
)

// A guest is one connection to the gallery.
type guest struct {
	g      *gallery
	b      *Bench // of this connection alone
	conn   *Conn
	sni    string
	hello  bool // there was a ClientHello
	x      *exhibit
	late   bool    // it took too long
	err    error   // of the server
	events []Event // what crossed
}

// welcome serves one connection, through a relay like any other, and tells what
// became of it.
func (g *gallery) welcome(socket net.Conn, nameless *exhibit) {
	ctx, cancel := context.WithCancel(g.b.ctx)
	defer cancel()
	v := &guest{g: g, b: g.b.aside(ctx, g.admit())}
	defer g.left(v.b)
	defer v.b.shut()
	l, err := v.b.Listen("gallery")
	if err != nil {
		g.broke(err)
		return
	}
	// The client holds one end already, so one connection is enough for the relay.
	far, near, err := v.b.dial(l, "gallery")
	l.Close()
	if err != nil {
		g.broke(err)
		return
	}
	v.conn = &Conn{Client: socket.RemoteAddr(), Server: socket.LocalAddr(), logs: [2]*dissect.Keys{dissect.NewKeys(), dissect.NewKeys()}}
	link := v.link()
	defer v.b.run.dropLink(link)
	var wg sync.WaitGroup
	wg.Go(func() { // ends before the relay does only when it is too late
		clock := g.b.run.clock
		if clock.Wait(ctx, clock.At()+guestLimit) == nil {
			v.late = true
			cancel()
		}
	})
	defer wg.Wait()
	defer cancel()
	// From here on three go on: the relay, the server, and the one who looks at the clock.
	end := &loop.Endpoint{Conn: near}
	stop := context.AfterFunc(ctx, func() { end.Close() })
	defer stop()
	var both sync.WaitGroup
	both.Go(func() { v.b.guard(func() { link.Run(ctx, &bounded{Conn: socket, left: guestBytes}, far) }) })
	v.b.guard(func() { v.serve(end, keyLog{v.conn.logs[dissect.ToClient], link}, nameless) })
	end.Close()
	both.Wait()
	cancel()
	wg.Wait() // behind it late is settled
	v.tell()
}

// link is the relay. It also keeps what crossed, to say how it ended.
func (v *guest) link() *loop.Link {
	link := v.b.link(v.conn, Route{})
	written, opened := link.Written, link.Opened
	link.Written = func(c *loop.Chunk) {
		written(c)
		v.events = append(v.events, chunkEvent(Written, v.conn, c)) // under the link's lock
	}
	link.Opened = func(r dissect.Record) {
		opened(r)
		v.events = append(v.events, recordEvent(Found, v.conn, r))
	}
	return link
}

// serve hears whom the client means, and has that server go on from the first byte.
func (v *guest) serve(end *loop.Endpoint, log io.Writer, nameless *exhibit) {
	var heard bytes.Buffer
	v.sni, v.hello = greeted(io.TeeReader(end, &heard), end)
	peer := v.g.exhibits[0].c.serve(v.b) // of what is no TLS it knows how to complain
	switch {
	case v.hello:
		v.x = v.g.meant(v.sni, nameless)
		peer = v.x.c.serve(v.b)
	case plainHTTP(heard.Bytes()):
		text := "This port speaks TLS. What is here stands at http://" + v.g.pages + "/\n"
		peer = inTheClear(nil, []byte("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"+text))
	}
	again := &loop.Endpoint{Conn: &repeated{Conn: end.Conn, first: &heard}}
	v.err = peer(&Side{Endpoint: again, Conn: v.conn, Who: Server, Dir: dissect.ToClient, Log: log})
}

// errGreeted ends the handshake that only serves to read a ClientHello.
var errGreeted = errors.New("that was all")

// greeted reads a ClientHello, and returns the name in it.
func greeted(from io.Reader, conn net.Conn) (sni string, ok bool) {
	c := tls.Server(&listening{Conn: conn, from: from}, &tls.Config{GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		sni, ok = h.ServerName, true
		return nil, errGreeted
	}})
	// It fails in any case; what matters is how far it came.
	_ = c.Handshake()
	return sni, ok
}

// plainHTTP reports whether bytes begin a request of HTTP.
func plainHTTP(b []byte) bool {
	for _, method := range []string{"GET ", "HEAD ", "POST ", "OPTIO", "PUT "} {
		if bytes.HasPrefix(b, []byte(method)) {
			return true
		}
	}
	return false
}

// A listening connection is read, and not written to.
type listening struct {
	net.Conn
	from io.Reader
}

func (l *listening) Read(p []byte) (int, error)  { return l.from.Read(p) }
func (l *listening) Write(p []byte) (int, error) { return len(p), nil }
func (l *listening) Close() error                { return nil }

// A repeated connection gives once more what was read from it.
type repeated struct {
	net.Conn
	first *bytes.Buffer
}

// Read gives that first.
func (r *repeated) Read(p []byte) (int, error) {
	if r.first.Len() > 0 {
		return r.first.Read(p)
	}
	return r.Conn.Read(p)
}

// CloseWrite ends one direction.
func (r *repeated) CloseWrite() error {
	if c, ok := r.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return r.Close()
}

// A bounded connection takes so many bytes from a client, and then no more.
type bounded struct {
	net.Conn
	left int
}

// Read reads within the bound.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("the client sends without end")
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// CloseWrite ends one direction.
func (b *bounded) CloseWrite() error {
	if c, ok := b.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return b.Close()
}

// tell counts the connection, and tells of it while there is room for that.
func (v *guest) tell() {
	g := v.g
	g.mu.Lock()
	g.count++
	if v.x != nil {
		v.x.count++
	}
	g.mu.Unlock()
	if g.b.ctx.Err() != nil { // the gallery is closing, and tells how many there were
		return
	}
	if !g.tells(tellLines) {
		g.hush()
		return
	}
	asked, end := v.asked(), v.ending()
	tree := wire.Note(guestNote, asked, wire.Note("asked", asked), wire.Note("end", end), wire.Note("from", v.conn.Client.String()))
	text := asked + ": " + end
	if v.x != nil {
		name := v.x.Name
		if v.sni != "" && !strings.EqualFold(v.x.Host, v.sni) {
			name += ", as nobody here has that name"
		}
		tree.Kids = append(tree.Kids, wire.Note("served", name), wire.Note("certificate", subjectOf(v.x.c)))
		text = asked + ": served " + name + "; " + end
	}
	g.b.Emit(Event{Kind: Found, Who: Server, Text: text, Tree: tree})
}

// asked says whom the client has named.
func (v *guest) asked() string {
	switch {
	case !v.hello:
		return "no TLS"
	case v.sni == "":
		return "no name"
	}
	return wire.Clean(v.sni, 255)
}

// ending says how it ended.
func (v *guest) ending() string {
	// The first alert decides: what comes behind it only answers it.
	for _, m := range messages(Records(v.events)) {
		if a := m.alert(); a != "" {
			return "alert " + a + " by the " + m.who.String()
		}
	}
	switch {
	case v.late:
		return "ended by the server after " + guestLimit.String()
	case v.x == nil:
		return "it sent no ClientHello"
	case v.err == nil:
		return "it asked, was answered, and left"
	case errors.Is(v.err, io.EOF):
		return "the client left without a word"
	}
	return wire.Clean(v.err.Error(), 200)
}

// tells reports whether the gallery still tells of things, up to so many bytes.
func (g *gallery) tells(limit int) bool {
	g.b.run.mu.Lock()
	defer g.b.run.mu.Unlock()
	return g.b.run.size < limit
}

// admit reports whether there is room to tell of each record of one more guest; if
// so, left gives that room back.
func (g *gallery) admit() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	told := g.tells(tellRecords - g.told*tellGuest)
	if told {
		g.told++
	}
	return told
}

// left is called when a guest has left, with its bench.
func (g *gallery) left(b *Bench) {
	if b.run == g.b.run {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.told--
	}
}

// hush says once that no more is told.
func (g *gallery) hush() {
	g.mu.Lock()
	said := g.quiet
	g.quiet = true
	g.mu.Unlock()
	if !said {
		g.b.Emit(Event{Kind: Said, Who: Server, Text: "it has told of so many connections that it only counts them from here on"})
	}
}

// broke tells of a machine that refused what a connection needs. The next one may
// have more luck.
func (g *gallery) broke(err error) {
	if g.b.ctx.Err() == nil && g.tells(tellLines) {
		g.b.Emit(Event{Kind: Said, Who: Server, Text: err.Error(), Err: err})
	}
}
