package loop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"tlstutor/labs/dissect"
)

// pipe makes a loopback connection and returns both of its ends.
func pipe(t *testing.T) (a, b net.Conn) {
	t.Helper()
	l, err := Listen()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if a, err = Dial(l.Addr()); err != nil {
		t.Fatal(err)
	}
	if b, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close(); b.Close() })
	return a, b
}

// A tape is what a link tells.
type tape struct {
	mu    sync.Mutex
	lines []string
	bytes [2][]byte
}

func (r *tape) tell(what string) func(*Chunk) {
	return func(c *Chunk) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.lines = append(r.lines, fmt.Sprintf("%s %d %d", what, c.Dir, c.N))
		if what == "written" && !c.Fin {
			r.bytes[c.Dir] = append(r.bytes[c.Dir], c.Tree.Bytes()...)
		}
	}
}

// opened notes a record of which more is known now.
func (r *tape) opened(rec dissect.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprintf("opened %d: %v", rec.Dir, rec.Why))
}

// relay joins a client and a server by a link that is being run, and returns
// their ends, and what the link tells.
func relay(t *testing.T, hold bool) (client, server net.Conn, g *Gate, r *tape, done chan error) {
	client, near := pipe(t)
	far, server := pipe(t)
	clock := NewClock(time.Now)
	r, g = &tape{}, NewGate(clock, hold, func() {})
	l := &Link{
		Session: dissect.New(dissect.NewKeys()), Clock: clock, Gate: g,
		Written: r.tell("written"), Delivered: r.tell("delivered"),
		Opened: r.opened, Guard: func(f func()) { f() },
	}
	done = make(chan error, 1)
	go func() {
		err := l.Run(context.Background(), near, far)
		for _, c := range []net.Conn{near, far} {
			if c.SetDeadline(time.Now()) == nil {
				err = errors.Join(err, errors.New("a socket of the relay is still open"))
			}
		}
		done <- err
	}()
	return client, server, g, r, done
}

// noise is n bytes that begin as first says and are otherwise arbitrary.
func noise(first byte, n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i*i>>3) ^ byte(i)
	}
	p[0] = first
	return p
}

// TestNothingIsLost checks that whatever crosses a link arrives whole: text,
// records, a record cut off, something that only begins like a record.
func TestNothingIsLost(t *testing.T) {
	record := append([]byte{22, 3, 1, 0x10, 0}, noise(1, 0x1000)...)
	for name, sent := range map[string][]byte{
		"text":         []byte("hello, server\n"),
		"a record":     record,
		"two and more": append(append(bytes.Clone(record), record...), record[:100]...),
		"cut in head":  record[:3],
		"a bad header": append(bytes.Clone(record), noise(99, 5000)...),
		"3 MB":         noise('x', 3<<20),
		"only begins":  noise(22, 70000),
	} {
		t.Run(name, func(t *testing.T) {
			client, server, _, r, done := relay(t, false)
			go func() {
				client.Write(sent)
				client.(*net.TCPConn).CloseWrite()
				io.Copy(io.Discard, client)
			}()
			got, err := io.ReadAll(server)
			if err != nil || !bytes.Equal(got, sent) {
				t.Errorf("%d bytes were sent, %d arrived: %v", len(sent), len(got), err)
			}
			server.Close()
			if err := <-done; err != nil {
				t.Error(err)
			}
			if !bytes.Equal(r.bytes[0], sent) {
				t.Errorf("%d bytes were sent, %d were told of", len(sent), len(r.bytes[0]))
			}
		})
	}
}

// TestWrittenFirst checks that a chunk is told of before it is delivered.
func TestWrittenFirst(t *testing.T) {
	client, server, _, r, done := relay(t, false)
	for range 100 {
		client.Write([]byte("ping"))
		io.ReadFull(server, make([]byte, 4))
		server.Write([]byte("pong"))
		io.ReadFull(client, make([]byte, 4))
	}
	client.Close()
	server.Close()
	<-done
	at := map[string]int{}
	for i, l := range r.lines {
		at[l] = i
	}
	for i := range 100 {
		ping, pong := fmt.Sprintf("delivered 0 %d", i), fmt.Sprintf("written 1 %d", i)
		if at[ping] > at[pong] {
			t.Fatalf("the answer %d was written before its question was delivered", i)
		}
		if at[fmt.Sprintf("written 0 %d", i)] > at[ping] {
			t.Fatalf("question %d was delivered before it was written", i)
		}
	}
}

// TestBackPressure checks that a link stops reading a direction that nobody
// takes from: what is told of stays bounded.
func TestBackPressure(t *testing.T) {
	client, server, g, r, done := relay(t, true)
	sent := make(chan int, 1)
	go func() {
		n := 0
		for {
			m, err := client.Write(noise('x', 64<<10))
			if n += m; err != nil {
				sent <- n
				return
			}
		}
	}()
	if n := r.stalled(); n > maxUndelivered+64<<10 {
		t.Errorf("the link has read %d bytes that nobody took", n)
	}
	g.Drop()
	client.Close()
	server.Close()
	<-sent
	<-done
}

// stalled returns how many bytes of the client's were told of, once these have
// become no more for a while.
func (r *tape) stalled() int {
	last := 0
	for same := 0; same < 20; {
		<-time.After(5 * time.Millisecond)
		r.mu.Lock()
		n := len(r.bytes[0])
		r.mu.Unlock()
		if same++; n != last || n == 0 {
			last, same = n, 0
		}
	}
	return last
}

// TestSlowReceiver checks that a link that holds nothing also stops reading when
// nobody takes, and goes on, with nothing lost, when somebody does.
func TestSlowReceiver(t *testing.T) {
	client, server, _, r, done := relay(t, false)
	sent, enough := make(chan int, 1), make(chan bool)
	go func() {
		n := 0
		for {
			m, _ := client.Write(noise('x', 64<<10))
			n += m
			select {
			case <-enough:
				client.(*net.TCPConn).CloseWrite()
				sent <- n
				return
			default:
			}
		}
	}()
	before := r.stalled()
	close(enough)
	got, err := io.ReadAll(server)
	if n := <-sent; err != nil || len(got) != n || n < before {
		t.Errorf("%d bytes were sent, %d arrived: %v", n, len(got), err)
	}
	client.Close()
	server.Close()
	<-done
	if !bytes.Equal(got, r.bytes[0]) {
		t.Error("what arrived is not what was told of")
	}
}

// TestStaysSealed checks that a record whose key never came is told of once more
// at the end, with the reason.
func TestStaysSealed(t *testing.T) {
	client, server, _, r, done := relay(t, false)
	client.Write(append([]byte{23, 3, 3, 0, 40}, noise(1, 40)...))
	client.Close()
	io.Copy(io.Discard, server)
	server.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if last := r.lines[len(r.lines)-1]; last != "opened 0: no ServerHello was seen" {
		t.Errorf("the last that was told: %q", last)
	}
}

// TestEnd ends one side while the other still writes: it takes all of that, and
// closes only then, so that nothing is reset.
func TestEnd(t *testing.T) {
	a, b := pipe(t)
	e := &Endpoint{Conn: b}
	const before = 100_000
	a.Write(noise('x', before))
	io.WriteString(e, "bye")
	ended := make(chan bool)
	go func() {
		e.End()
		close(ended)
	}()
	got, err := io.ReadAll(a)
	if err != nil || string(got) != "bye" {
		t.Errorf("read %q, %v", got, err)
	}
	if _, err := io.WriteString(a, "last words"); err != nil {
		t.Error(err)
	}
	a.Close()
	<-ended
	if n := e.In.Load(); n != before+int64(len("last words")) {
		t.Errorf("%d bytes were taken", n)
	}
}

// TestGateOfTwo holds two chunks: they go one by one, the oldest first, and the
// clock stands still until both are gone.
func TestGateOfTwo(t *testing.T) {
	now := time.Unix(0, 0)
	c := NewClock(func() time.Time { return now })
	waits := make(chan bool)
	g := NewGate(c, true, func() { waits <- true })
	went := make(chan int, 2)
	for n := range 2 {
		go func() {
			if g.pass(&Chunk{N: n}) {
				went <- n
			}
		}()
		<-waits
	}
	for n := range 2 {
		if oldest, held := g.Waiting(); oldest == nil || oldest.N != n || !held {
			t.Fatalf("%v waits longest, want %d; held %v", oldest, n, held)
		}
		now = now.Add(time.Hour)
		if c.At() != 0 {
			t.Errorf("with %d waiting the clock shows %v", 2-n, c.At())
		}
		g.Next()
		if got := <-went; got != n {
			t.Errorf("%d went, want %d", got, n)
		}
	}
	now = now.Add(time.Second)
	if c.At() != time.Second {
		t.Errorf("with none waiting the clock shows %v", c.At())
	}
}

func TestClock(t *testing.T) {
	now := time.Unix(0, 0)
	c := NewClock(func() time.Time { return now })
	step := func(d time.Duration) { now = now.Add(d) }
	step(2 * time.Second)
	c.stop()
	c.stop()
	step(time.Hour)
	if got := c.At(); got != 2*time.Second {
		t.Errorf("stopped after 2 s, the clock shows %v", got)
	}
	c.start()
	c.start()
	step(time.Second)
	if got := c.At(); got != 3*time.Second {
		t.Errorf("after another second, the clock shows %v", got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := c.Wait(ctx, time.Hour); err == nil {
		t.Error("a wait goes on when its context has ended")
	}
	if err := c.Wait(context.Background(), time.Second); err != nil {
		t.Error(err)
	}
}
