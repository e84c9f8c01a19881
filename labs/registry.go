package labs

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"

	"tlstutor/labs/dissect"
	"tlstutor/labs/loop"
)

// A registry is the web server of an authority: its responder, and its lists. It
// listens at a real port, where anybody may ask. Who does is led through the run's
// relay, one after the other, so that what crosses is on the wire of the run.
type registry struct {
	b    *Bench
	l    net.Listener
	done chan struct{} // closed when nobody is served any more

	mu     sync.Mutex
	who    Party // who asks now: the server before it serves, then the client
	visits map[Party]int
	pages  http.Handler // nil: it hangs up on everybody
}

// The paths of the lists. Anything else is for the responder.
const (
	rootList = "/root.crl"
	leafList = "/issuing.crl"
)

// openRegistry begins to listen.
func openRegistry(b *Bench) (*registry, error) {
	l, err := b.Listen("responder")
	if err != nil {
		return nil, err
	}
	r := &registry{b: b, l: l, done: make(chan struct{}), who: Client, visits: map[Party]int{}}
	b.Go(func() error {
		defer close(r.done)
		for {
			conn, err := l.Accept()
			if err != nil { // it was closed
				return nil
			}
			if err := r.visit(conn); err != nil {
				return nil // the run has ended
			}
		}
	})
	return r, nil
}

// close ends it when the last visitor has gone.
func (r *registry) close() {
	r.l.Close()
	<-r.done
}

// url is where one of its pages is.
func (r *registry) url(path string) string { return "http://" + r.l.Addr().String() + path }

// open has it answer; until then, it hangs up on everybody.
func (r *registry) open(pages http.Handler) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pages = pages
}

// asker says who asks from now on.
func (r *registry) asker(who Party) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.who = who
}

// visited is how often somebody has come so far.
func (r *registry) visited(who Party) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.visits[who]
}

// visit leads one who has come through the relay.
func (r *registry) visit(conn net.Conn) error {
	r.mu.Lock()
	who, n := r.who, r.visits[Server]+r.visits[Client]+1
	r.visits[who]++
	r.mu.Unlock()
	name := "responder"
	if n > 1 {
		name += strconv.Itoa(n)
	}
	bridge := func(s *Side) error {
		stop := context.AfterFunc(r.b.ctx, func() { conn.Close() })
		defer stop()
		defer r.b.after(2*tooLong, func() { conn.Close() })() // whoever came, and says nothing
		defer conn.Close()
		var wg sync.WaitGroup
		wg.Go(func() { loop.Pass(conn, s.Endpoint) })
		// All of it is read before any of it is handed on: what it says is told of
		// before anybody can act on it.
		got, err := io.ReadAll(s)
		r.opened(s.Conn, dissect.ToClient)
		conn.Write(got)
		closeHalf(conn)
		wg.Wait()
		return err
	}
	_, _, err := r.b.Connect(Route{Name: name, Who: [2]Party{who, Responder}}, r.serve, bridge)
	return err
}

// closeHalf says that nothing more comes.
func closeHalf(conn net.Conn) { (&loop.Endpoint{Conn: conn}).EndWrite() }

// serve answers one request, as an HTTP server that closes behind each answer.
func (r *registry) serve(s *Side) error {
	defer s.End()
	r.mu.Lock()
	pages := r.pages
	r.mu.Unlock()
	if pages == nil {
		return nil
	}
	req, err := http.ReadRequest(bufio.NewReader(io.LimitReader(s, maxPage)))
	if err != nil {
		return err
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return err
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	r.opened(s.Conn, dissect.ToServer)
	// Who has gone need not be answered any more.
	ctx, gone := context.WithCancel(r.b.ctx)
	defer gone()
	var wg sync.WaitGroup
	wg.Go(func() {
		io.Copy(io.Discard, s)
		gone()
	})
	p := &page{head: http.Header{}, status: http.StatusOK}
	pages.ServeHTTP(p, req.WithContext(ctx))
	if ctx.Err() == nil {
		_, err = s.Write(p.bytes())
	}
	s.EndWrite()
	wg.Wait()
	return err
}

// maxPage bounds what is read of a request or an answer.
const maxPage = 1 << 20

// A page is an answer that is being written.
type page struct {
	head   http.Header
	status int
	body   bytes.Buffer
}

// Header is part of http.ResponseWriter, and so are WriteHeader and Write.
func (p *page) Header() http.Header { return p.head }

// WriteHeader notes the status.
func (p *page) WriteHeader(status int) { p.status = status }

// Write notes more of the body.
func (p *page) Write(b []byte) (int, error) { return p.body.Write(b) }

// bytes is the answer as it crosses.
func (p *page) bytes() []byte {
	var out bytes.Buffer
	answer := http.Response{StatusCode: p.status, ProtoMajor: 1, ProtoMinor: 1, Header: p.head, Close: true,
		ContentLength: int64(p.body.Len()), Body: io.NopCloser(&p.body)}
	answer.Write(&out) // into memory, which does not fail
	return out.Bytes()
}
