package labs

import (
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"tlstutor/labs/loop"
	"tlstutor/labs/peer"
)

// peerLimit is how long a program of others may take, on the run's clock: less
// than the run, so that it is heard.
const peerLimit = runLimit * 2 / 3

// A foreign is one program of others in a run: a client that is started when its
// connection is made, or a server that waits for it.
type foreign struct {
	b       *Bench
	program *peer.Program
	offer   peer.Offer
	run     *peer.Process // of a server, from the beginning on
	logs    hearers
	left    int          // connections that are still to come
	session []byte       // of a client: what it keeps
	verdict peer.Verdict // of a client: what it came to
}

// comesBack returns what makes the peers that are another program's client: each
// comes with the session of the one before, if it was to keep that, and with its
// request as early data, if it is to.
func (b *Bench) comesBack(p *peer.Program, o peer.Offer, early bool) func(i int) (Peer, error) {
	var before *foreign
	return func(int) (Peer, error) {
		// What a client before it did not get, this one does without.
		if before != nil {
			o.Session, o.KeepSession = before.session, false
			o.EarlyData = early && o.Session != nil
		}
		if err := p.Can(peer.Client, o); err != nil {
			return nil, err
		}
		before = &foreign{b: b, program: p, offer: o}
		return before.dials, nil
	}
}

// server starts another program's server, and returns the peer that it is. It
// serves as many connections as the offer says.
func (b *Bench) server(p *peer.Program, o peer.Offer) (Peer, error) {
	f := &foreign{b: b, program: p, offer: o, left: max(1, o.Connections)}
	run, err := p.Server(b.ctx, o, b.terms(&f.logs))
	if err != nil {
		return nil, err
	}
	b.keep(ender{run})
	f.run = run
	f.began(nil, Server, run, "it listens at "+run.Addr+", where tlstutor takes what comes for the server of the connection")
	return f.serves, nil
}

// terms are those of all programs in the run. A hold does not count.
func (b *Bench) terms(keys io.Writer) peer.Terms {
	clock := b.run.clock
	return peer.Terms{Keys: keys, Limit: peerLimit, Guard: b.guard, After: func(ctx context.Context, d time.Duration) error {
		return clock.Wait(ctx, clock.At()+d)
	}}
}

// An ender ends a program with its run.
type ender struct{ *peer.Process }

// Close returns when nothing of the program is left.
func (e ender) Close() error {
	e.Stop()
	return nil
}

// hearers are where the keys of a program go: to the end of each connection that it
// has had so far. It does not say which connection a key is for.
type hearers struct {
	mu sync.Mutex
	to []io.Writer
}

// Write hands a line on.
func (h *hearers) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, w := range h.to {
		w.Write(p)
	}
	return len(p), nil
}

// add has one more hear of the keys.
func (h *hearers) add(w io.Writer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.to = append(h.to, w)
}

// dials runs the client on a port of its own, and joins that to the connection.
func (f *foreign) dials(s *Side) error {
	l, err := f.b.Listen(f.program.Name)
	if err != nil {
		return f.b.fail(err)
	}
	defer l.Close()
	s.Conn.judges[s.Dir] = f.b.judgesLike(f.offer, s.Dir)
	run, err := f.program.Client(f.b.ctx, f.offer, l.Addr().String(), f.b.terms(s.Log))
	if err != nil {
		return f.b.fail(err)
	}
	f.began(s.Conn, s.Who, run, "at "+l.Addr().String()+" is tlstutor, which takes what comes to the server of the connection")
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { <-run.Done(); l.Close() }) // it may end without having dialed
	conn, err := l.Accept()
	if err != nil {
		s.Close()
		f.verdict = run.Wait()
		return f.ended(s, f.verdict)
	}
	f.join(&wg, s, conn, run)
	// A record that is held holds neither the program's end nor its words.
	v := run.Wait()
	f.session, f.verdict = v.Session, v
	return f.ended(s, v)
}

// serves joins the connection to the server.
func (f *foreign) serves(s *Side) error {
	s.Conn.judges[s.Dir] = f.b.judgesLike(f.offer, s.Dir)
	f.logs.add(s.Log)
	f.left--
	conn, err := loop.DialTo(f.run.Addr)
	if err != nil { // it has ended, and says why
		f.left = 0
		s.Close()
		return f.ended(s, f.run.Stop())
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	f.join(&wg, s, conn, f.run)
	if f.left > 0 { // it goes on, and has nothing to say yet
		return nil
	}
	return f.ended(s, f.run.Wait())
}

// join hands on what the program and the other side say to each other, and returns
// when the program has no more to say. What the other side still says goes on in
// the group.
func (f *foreign) join(wg *sync.WaitGroup, s *Side, conn net.Conn, run *peer.Process) {
	stop := context.AfterFunc(f.b.ctx, func() { conn.Close() })
	last := f.left == 0
	var both sync.WaitGroup
	both.Go(func() { f.b.guard(func() { loop.Pass(s.Endpoint, conn) }) })
	both.Add(1)
	wg.Go(func() {
		both.Wait()
		stop()
		conn.Close()
		if last {
			run.Over()
		}
	})
	defer both.Done()
	f.b.guard(func() { loop.Pass(keyed{conn, run}, s.Endpoint) })
}

// keyed is a program's end of a connection: whoever has read from it has the keys
// for that too.
type keyed struct {
	net.Conn
	run *peer.Process
}

// Read reads, and then has what the program has logged by then handed on.
func (k keyed) Read(p []byte) (int, error) {
	n, err := k.Conn.Read(p)
	k.run.Hear()
	return n, err
}

// began says what was started, and what its address is: the connection has others,
// on either side of the relay.
func (f *foreign) began(on *Conn, who Party, run *peer.Process, where string) {
	words := run.Words()
	for i, w := range words {
		words[i] = Word(w)
	}
	f.b.Emit(Event{Kind: Said, Who: who, Conn: on, Text: "is " + f.program.Version + ": " + strings.Join(words, " ") + " (" + where + ")"})
}
