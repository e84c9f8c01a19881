package labs

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"tlstutor/labs/chain"
	"tlstutor/labs/dissect"
	"tlstutor/labs/loop"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// A Bench is a run's workbench. Whatever is made on it is closed and joined
// before the run ends.
type Bench struct {
	run *Run
	ctx context.Context

	mu     sync.Mutex
	wg     sync.WaitGroup
	open   []io.Closer
	closed bool
	broke  *Panic // what broke first
	pools  map[*x509.CertPool][]*chain.Cert
	meant  map[*x509.CertPool]string
}

// Emit adds an event to the run. It never waits.
func (b *Bench) Emit(e Event) { b.run.emit(e) }

// Keys returns the ring that makes keys.
func (b *Bench) Keys() *pki.Keyring { return b.run.keys }

// Now returns the date as certificates and TLS configurations are to see it:
// when the run began, and what has passed on its clock since.
func (b *Bench) Now() time.Time { return b.run.began.Add(b.run.clock.At()) }

// Go calls f beside the lab. The run does not end before f has returned. A panic
// of f ends the run, and so does an error while the lab is still at it.
func (b *Bench) Go(f func() error) {
	b.wg.Go(func() {
		b.guard(func() {
			if err := f(); err != nil {
				b.run.cancel(err)
			}
		})
	})
}

// fail ends the run with an error that is not a peer's, and returns it.
func (b *Bench) fail(err error) error {
	b.run.cancel(err)
	return err
}

// guard calls f; a panic in it ends the run with a *Panic, the first one.
func (b *Bench) guard(f func()) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.broke == nil {
			b.broke = &Panic{Value: wire.Clean(fmt.Sprint(v), textLimit), Stack: debug.Stack()}
		}
		b.run.cancel(b.broke)
	}()
	f()
}

// Listen returns a listener on loopback, closed with the run. Name is for the
// error when the machine refuses.
func (b *Bench) Listen(name string) (net.Listener, error) {
	l, err := loop.Listen()
	if err != nil {
		return nil, fmt.Errorf("this machine refused a listener for the %s: %w", name, err)
	}
	b.keep(l)
	return l, nil
}

// keep has c closed when the run ends, or now if that has happened.
func (b *Bench) keep(c io.Closer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		c.Close()
		return
	}
	b.open = append(b.open, c)
}

// close closes all that was made on the bench, and joins it.
func (b *Bench) close() {
	b.run.gate.Drop()
	b.mu.Lock()
	b.closed = true
	open := b.open
	b.open = nil
	b.mu.Unlock()
	for _, c := range open {
		c.Close()
	}
	b.wg.Wait()
}

// A Side is one end of a connection, as its peer holds it.
type Side struct {
	*loop.Endpoint
	Conn *Conn
	Who  Party
	Dir  dissect.Dir // the direction it writes in: ToClient for the one who accepted
	Log  io.Writer   // where it logs its keys
}

// A Peer is what one end of a connection does, from the first byte to the last.
// It closes its endpoint.
type Peer func(*Side) error

// Verdicts are what the two peers of a connection returned.
type Verdicts struct{ Client, Server error }

// A Route is what lies between two peers.
type Route struct {
	Name  string        // of the connection, or ""
	Delay time.Duration // the one-way time of each record
	Who   [2]Party      // who connects and who accepts; zero: client and server
	After *Conn         // a connection before, whose session this one may resume
	Again *Conn         // a connection before, in whose place this one stands: it failed, and what was wrong is mended

	// Alter, when there is one, may change what is passed on: it returns the fields
	// of other bytes, or nil for the record as it was written.
	Alter func(*Conn, *loop.Chunk) *wire.Field
}

// Connect makes one connection between two peers on loopback, through the relay
// that records it, and returns when both are done and all has been delivered.
// Its error is the run's, not the peers'. Server is the peer that accepts.
func (b *Bench) Connect(r Route, server, client Peer) (*Conn, Verdicts, error) {
	var v Verdicts
	ends, err := b.sockets(r.Name)
	if err != nil {
		return nil, v, err
	}
	conn := &Conn{
		Name: r.Name, Client: ends.client.LocalAddr(), Server: ends.client.RemoteAddr(), Who: r.Who, again: r.Again,
		ends: [2]*loop.Endpoint{ends.client, ends.server},
		logs: [2]*dissect.Keys{dissect.NewKeys(), dissect.NewKeys()}, draws: [2]*drawer{{}, {}},
	}
	if r.After != nil {
		conn.logs[dissect.ToServer].Resume(r.After.logs[dissect.ToServer])
	}
	link := b.link(conn, r)
	stop := context.AfterFunc(b.ctx, func() {
		ends.client.Close()
		ends.server.Close()
	})
	defer stop()
	side := func(p Peer, d dissect.Dir, e *loop.Endpoint, verdict *error) {
		defer e.Close()
		b.guard(func() { *verdict = p(&Side{e, conn, conn.Party(d), d, keyLog{conn.logs[d], link}}) })
	}
	var wg sync.WaitGroup
	wg.Go(func() { b.guard(func() { link.Run(b.ctx, ends.near, ends.far) }) })
	wg.Go(func() { side(server, dissect.ToClient, ends.server, &v.Server) })
	side(client, dissect.ToServer, ends.client, &v.Client) // here: a stack that has grown need not grow again
	wg.Wait()
	b.checked(conn)
	return conn, v, b.ctx.Err()
}

// pair is the four sockets of a relayed connection.
type pair struct {
	client, server *loop.Endpoint // what the peers hold
	near, far      net.Conn       // the relay's end towards the client, and towards the server
}

// sockets makes the two loopback connections that a relay joins. One listener
// serves both, and lives only for these two: with many ports in TIME_WAIT,
// finding a free one is the dearest thing a run asks of the system.
func (b *Bench) sockets(name string) (pair, error) {
	l, err := b.Listen(strings.TrimSpace(name + " relay"))
	if err != nil {
		return pair{}, err
	}
	defer l.Close()
	client, near, err := b.dial(l, strings.TrimSpace(name+" relay"))
	if err != nil {
		return pair{}, err
	}
	far, server, err := b.dial(l, strings.TrimSpace(name+" server"))
	if err != nil {
		return pair{}, err
	}
	return pair{&loop.Endpoint{Conn: client}, &loop.Endpoint{Conn: server}, near, far}, nil
}

// dial makes one loopback connection and returns both of its ends.
func (b *Bench) dial(l net.Listener, name string) (dialed, accepted net.Conn, err error) {
	dialed, err = loop.Dial(l.Addr())
	if err != nil {
		return nil, nil, fmt.Errorf("connecting to the %s: %w", name, err)
	}
	b.keep(dialed)
	for {
		accepted, err = l.Accept()
		if err != nil {
			return nil, nil, fmt.Errorf("accepting for the %s: %w", name, err)
		}
		if accepted.RemoteAddr().String() == dialed.LocalAddr().String() {
			b.keep(accepted)
			return dialed, accepted, nil
		}
		accepted.Close() // somebody else on this machine knocked
	}
}

// link is the relay of a connection, telling the run what crosses it.
func (b *Bench) link(conn *Conn, r Route) *loop.Link {
	tell := func(kind Kind) func(*loop.Chunk) {
		return func(c *loop.Chunk) { b.Emit(chunkEvent(kind, conn, c)) }
	}
	l := &loop.Link{
		Session: dissect.NewBoth(conn.logs[dissect.ToServer], conn.logs[dissect.ToClient]),
		Clock:   b.run.clock, Gate: b.run.gate, Delay: r.Delay,
		Written: tell(Written), Delivered: tell(Delivered), Opened: b.openedLater(conn),
		Guard: b.guard,
	}
	if r.Alter != nil {
		l.Alter = func(c *loop.Chunk) *wire.Field { return r.Alter(conn, c) }
	}
	b.run.addLink(l, conn)
	return l
}

// openedLater tells of a record that has been told of, and of which more is known.
func (b *Bench) openedLater(conn *Conn) func(dissect.Record) {
	return func(r dissect.Record) {
		e := recordEvent(Found, conn, r)
		if r.Why == nil {
			e.Text = "opened: " + e.Text
		} else {
			e.Text = "stays sealed: " + e.Text
		}
		b.Emit(e)
	}
}

// chunkEvent tells of a chunk. What is delivered is told of as it was passed on.
func chunkEvent(kind Kind, conn *Conn, c *loop.Chunk) Event {
	who := conn.Party(c.Dir)
	switch {
	case c.Fin:
		return Event{Kind: kind, Who: who, To: conn.other(who), Conn: conn, Text: "no more from the " + who.String() + " (FIN)"}
	case kind == Delivered && c.As != c.Tree:
		r := c.Record
		if r.Tree = c.As; c.As.Name == "TLSCiphertext" {
			r.Why = errAltered
		}
		return recordEvent(kind, conn, r)
	}
	return recordEvent(kind, conn, c.Record)
}

// errAltered is why a sealed record that was changed does not open for the one
// who gets it (RFC 9846, Section 5.2).
var errAltered = errors.New("altered on the way: no key opens it")

func recordEvent(kind Kind, conn *Conn, r dissect.Record) Event {
	who := conn.Party(r.Dir)
	return Event{
		Kind: kind, Who: who, To: conn.other(who), Conn: conn, Epoch: r.Epoch,
		Text: dissect.Label(r.Tree), Tree: r.Tree, Err: r.Why,
	}
}

// A keyLog takes what one side logs, and then has the relay open what waited for
// it.
type keyLog struct {
	own  *dissect.Keys
	link *loop.Link
}

func (k keyLog) Write(p []byte) (int, error) {
	k.own.Write(p)
	k.link.Retry()
	return len(p), nil
}
