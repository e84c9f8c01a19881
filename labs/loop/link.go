package loop

import (
	"context"
	"io"
	"net"
	"sync"
	"time"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// maxUndelivered is how many bytes of one direction may wait to be delivered
// before the relay stops reading it.
const maxUndelivered = 1 << 20

// A Chunk is what a link passes on in one piece: a record, other bytes as they
// came, or (Fin) the end of a direction.
type Chunk struct {
	Link *Link
	Dir  dissect.Dir
	N    int // its number in its direction, from 0
	dissect.Record
	Fin bool
	As  *wire.Field // what is passed on, as fields: the record's own Tree, unless somebody changed it

	at time.Duration // when it was written
}

// A Link is the relay of one connection: it reads what each peer writes, cuts
// it into records, has each dissected, and passes it on, after the delay and
// through the gate. The callbacks hear of it in order: Written when a chunk was
// read, before it can reach the other peer; Opened when more is known
// of a record that was written sealed: it could be decrypted, or, at the end,
// why it never was; Delivered just before it is passed
// on. They run under the link's lock (Delivered does not) and must not block.
// Alter, which may be nil, is called behind Written and returns what is to be
// passed on instead of the record, or nil for the record itself.
type Link struct {
	Session   *dissect.Session
	Clock     *Clock
	Gate      *Gate
	Delay     time.Duration // one way
	Written   func(*Chunk)
	Alter     func(*Chunk) *wire.Field
	Opened    func(dissect.Record)
	Delivered func(*Chunk)
	Guard     func(func()) // calls it, and deals with its panic by ending the context

	mu     sync.Mutex
	queues [2]*queue
	count  [2]int
}

// Run relays between the two sockets until both directions have ended or the
// context is done, and closes both. Its error is nil when the peers ended it.
func (l *Link) Run(ctx context.Context, client, server net.Conn) error {
	ends := [2]net.Conn{client, server}
	l.queues = [2]*queue{newQueue(), newQueue()}
	stop := context.AfterFunc(ctx, func() {
		for i := range ends {
			ends[i].Close()
			l.queues[i].close()
		}
	})
	defer stop()
	// With no delay and a free gate nothing ever waits here: whoever reads a
	// direction also passes it on, and no second goroutine has to wake for it.
	direct := l.Delay == 0 && l.Gate.free()
	var wg sync.WaitGroup
	for _, d := range []dissect.Dir{dissect.ToServer, dissect.ToClient} {
		from, to := ends[d], &receiver{Conn: ends[1-d]}
		wg.Go(func() {
			defer l.queues[d].end()
			l.Guard(func() { l.read(d, from, to, direct) })
		})
		if !direct {
			wg.Go(func() { l.Guard(func() { l.forward(ctx, d, to) }) })
		}
	}
	wg.Wait()
	client.Close()
	server.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.Session.Flush() { // told of before; now it is known why they stay sealed
		l.Opened(r)
	}
	return ctx.Err()
}

// Retry tries once more to open what was written sealed: a key has come.
func (l *Link) Retry() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.emit(dissect.ToServer, l.Session.Feed(dissect.ToServer, nil))
	l.emit(dissect.ToClient, l.Session.Feed(dissect.ToClient, nil))
}

// read takes what one peer writes, until it ends. If it is to do so directly, it
// also passes on what it has read before it reads more.
func (l *Link) read(d dissect.Dir, from net.Conn, to *receiver, direct bool) {
	buf := make([]byte, 8<<10)
	for l.queues[d].room() {
		n, err := from.Read(buf)
		l.take(d, buf[:n], err != nil)
		if direct && !l.deliver(d, to, l.queues[d].all()) || err != nil {
			break
		}
	}
}

// take records what was read, under the link's lock.
func (l *Link) take(d dissect.Dir, p []byte, last bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.emit(d, l.Session.Feed(d, p))
	if last {
		l.emit(d, l.Session.Close(d))
		l.push(&Chunk{Link: l, Dir: d, Fin: true})
	}
}

// emit tells of records, and queues those that are new.
func (l *Link) emit(d dissect.Dir, recs []dissect.Record) {
	for _, r := range recs {
		if r.Again {
			l.Opened(r)
			continue
		}
		l.push(&Chunk{Link: l, Dir: d, Record: r})
	}
}

func (l *Link) push(c *Chunk) {
	c.at = l.Clock.At()
	c.N = l.count[c.Dir]
	l.count[c.Dir]++
	l.Written(c)
	c.As = c.Tree
	if l.Alter != nil && !c.Fin {
		if as := l.Alter(c); as != nil {
			c.As = as
		}
	}
	l.queues[c.Dir].push(c)
}

// forward passes on what was read in one direction, chunk by chunk.
func (l *Link) forward(ctx context.Context, d dissect.Dir, to *receiver) {
	defer l.queues[d].close() // a reader that waits for room need not any more
	for {
		c := l.queues[d].pop()
		if c == nil {
			return
		}
		if l.Delay > 0 && l.Clock.Wait(ctx, c.at+l.Delay) != nil {
			return
		}
		if !l.deliver(d, to, []*Chunk{c}) {
			return
		}
	}
}

// deliver has chunks that wait for nothing but the gate pass it, and writes them
// in one piece. It is false when the run was stopped.
func (l *Link) deliver(d dissect.Dir, to *receiver, chunks []*Chunk) bool {
	var out []byte
	pass, fin := true, false
	for _, c := range chunks {
		if pass = l.Gate.pass(c); !pass {
			break
		}
		l.Delivered(c)
		if fin = c.Fin; !fin {
			out = append(out, c.As.Bytes()...)
		}
	}
	to.pass(out)
	l.queues[d].delivered(len(out))
	if fin {
		closeWrite(to.Conn)
	}
	return pass
}

// A receiver is where a direction goes. When it is gone the relay goes on, so
// that the sender is never left waiting.
type receiver struct {
	net.Conn
	gone bool
}

func (r *receiver) pass(p []byte) {
	if !r.gone && len(p) > 0 {
		_, err := r.Write(p)
		r.gone = err != nil
	}
}

// closeWrite ends one direction of a connection and leaves the other open.
func closeWrite(c net.Conn) {
	if e, ok := c.(*Endpoint); ok {
		c = e.Conn
	}
	if t, ok := c.(interface{ CloseWrite() error }); ok {
		t.CloseWrite()
		return
	}
	c.Close()
}

// drain reads what is left of a connection, so that closing it does not reset
// it while the other side's last bytes are under way.
func drain(c net.Conn) { io.Copy(io.Discard, c) }

// A queue holds the chunks of one direction that are not delivered yet.
type queue struct {
	mu     sync.Mutex
	wake   sync.Cond
	chunks []*Chunk
	bytes  int
	ended  bool // nothing more will be pushed
	closed bool
}

func newQueue() *queue {
	q := &queue{}
	q.wake.L = &q.mu
	return q
}

func (q *queue) push(c *Chunk) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.chunks = append(q.chunks, c)
	if c.As != nil {
		q.bytes += c.As.N
	}
	q.wake.Broadcast()
}

// pop returns the oldest chunk, waiting for one; nil when there will be none.
func (q *queue) pop() *Chunk {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.chunks) == 0 && !q.ended && !q.closed {
		q.wake.Wait()
	}
	if q.closed || len(q.chunks) == 0 {
		return nil
	}
	c := q.chunks[0]
	q.chunks = q.chunks[1:]
	return c
}

// all returns what is there, without waiting.
func (q *queue) all() []*Chunk {
	q.mu.Lock()
	defer q.mu.Unlock()
	chunks := q.chunks
	q.chunks = nil
	return chunks
}

// room waits until more may be read, and reports whether it may at all.
func (q *queue) room() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.bytes >= maxUndelivered && !q.closed {
		q.wake.Wait()
	}
	return !q.closed
}

func (q *queue) delivered(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.bytes -= n
	q.wake.Broadcast()
}

func (q *queue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	q.wake.Broadcast()
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.wake.Broadcast()
}
