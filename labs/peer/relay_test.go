package peer

import (
	"io"
	"net"
	"testing"
	"time"

	"tlstutor/labs/dissect"
	"tlstutor/labs/loop"
	"tlstutor/labs/pki"
)

// A wiretap opens the records that cross a relay, with the keys that both sides
// log while they do.
type wiretap struct {
	link *loop.Link
	keys [2]*dissect.Keys

	sealed [2][]error // of each direction: why records are not opened yet
	n      int        // all of them
}

// into is where one side logs its keys.
func (w *wiretap) into(d dissect.Dir) io.Writer { return logged{w, d} }

type logged struct {
	w *wiretap
	d dissect.Dir
}

func (l logged) Write(p []byte) (int, error) {
	l.w.keys[l.d].Write(p)
	l.w.link.Retry()
	return len(p), nil
}

// newWiretap makes a relay that keeps each record for so long.
func newWiretap(delay time.Duration) *wiretap {
	w := &wiretap{keys: [2]*dissect.Keys{dissect.NewKeys(), dissect.NewKeys()}}
	clock := loop.NewClock(time.Now)
	w.link = &loop.Link{
		Session: dissect.NewBoth(w.keys[0], w.keys[1]), Clock: clock, Gate: loop.NewGate(clock, false, func() {}), Delay: delay,
		Written: func(c *loop.Chunk) {
			w.n++
			if c.Why != nil {
				w.sealed[c.Dir] = append(w.sealed[c.Dir], c.Why)
			}
		},
		Opened: func(r dissect.Record) {
			if r.Why == nil {
				w.sealed[r.Dir] = w.sealed[r.Dir][1:]
			}
		},
		Delivered: func(*loop.Chunk) {}, Guard: func(f func()) { f() },
	}
	return w
}

// run relays the first connection that a listener takes to a server.
func (w *wiretap) run(t *testing.T, l net.Listener, to string) {
	near, err := l.Accept()
	if err != nil {
		return
	}
	far, err := net.Dial("tcp4", to)
	if err != nil {
		t.Error(err)
		near.Close()
		return
	}
	if err := w.link.Run(t.Context(), near, far); err != nil {
		t.Error(err)
	}
}

// TestRelayed puts the relay of the labs between each client and each server: with
// the keys that they log, all that crosses it opens, and both are none the wiser.
func TestRelayed(t *testing.T) {
	w := newWorld(t)
	_, chain, key := w.issue(t, pki.Leaf{Names: []string{name}})
	for _, server := range Names(Server) {
		s, ok := found(t, server)
		if !ok {
			continue
		}
		for _, client := range Names(Client) {
			c, ok := found(t, client)
			if !ok {
				continue
			}
			for _, version := range []string{"1.2", "1.3"} {
				t.Run(client+" "+server+" "+version, func(t *testing.T) {
					tap := newWiretap(time.Millisecond)
					l, err := net.Listen("tcp4", "127.0.0.1:0")
					if err != nil {
						t.Fatal(err)
					}
					defer l.Close()
					serves, err := s.Server(t.Context(), Offer{Max: version, Chain: chain, Key: key, Exposed: true}, Terms{Keys: tap.into(dissect.ToClient)})
					if err != nil {
						t.Fatal(err)
					}
					relayed := make(chan struct{})
					go func() {
						defer close(relayed)
						tap.run(t, l, serves.Addr)
					}()
					asks, err := c.Client(t.Context(), Offer{Name: name, Roots: w.roots}, l.Addr().String(), Terms{Keys: tap.into(dissect.ToServer)})
					if err != nil {
						t.Fatal(err)
					}
					cv := ended(t, asks)
					<-relayed
					serves.Over()
					if sv := ended(t, serves); !cv.OK || !sv.OK {
						t.Errorf("OK %v and %v", cv.OK, sv.OK)
					} else if a, b := cv.Settled, sv.Settled; a.Version != "TLS "+version || a.Suite == "" || a.Suite != b.Suite || a.Version != b.Version {
						t.Errorf("the client says %+v, the server %+v", a, b)
					}
					if len(tap.sealed[0])+len(tap.sealed[1]) > 0 || tap.n < 10 {
						t.Errorf("of %d records these stay sealed: %v", tap.n, tap.sealed)
					}
				})
			}
		}
	}
}
