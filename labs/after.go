package labs

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"tlstutor/labs/loop"
)

// after calls f when so much has passed on the run's clock, or when the run is
// ended. What it returns ends the waiting, and says whether f was called in time.
func (b *Bench) after(d time.Duration, f func()) (stop func() bool) {
	ctx, done := context.WithCancel(b.ctx)
	clock := b.run.clock
	until := clock.At() + d
	over := false
	var wg sync.WaitGroup
	wg.Go(func() {
		over = clock.Wait(ctx, until) == nil
		if over || b.ctx.Err() != nil {
			f()
		}
	})
	return func() bool {
		done()
		wg.Wait()
		return over
	}
}

// How long a client waits for what does not come, on the run's clock, and what it
// says then. Where a length was changed, both sides may wait for each other.
const waitLimit = 2 * time.Second

// programLimit is waitLimit for a program of others, which has to start first.
const programLimit = peerLimit / 4

var errLate = errors.New("gave up: nothing came any more")

// patient has a client give up when the time is over, and says so in late.
func (b *Bench) patient(p Peer, limit time.Duration, late *atomic.Bool) Peer {
	return func(s *Side) error {
		c := &waiting{Endpoint: s.Endpoint, late: late}
		over := b.after(limit, func() {
			late.Store(true)
			c.Endpoint.Close()
		})
		defer over()
		own := *s
		own.Endpoint = &loop.Endpoint{Conn: c}
		return p(&own)
	}
}

// A waiting connection says why it was closed.
type waiting struct {
	*loop.Endpoint
	late *atomic.Bool
}

// Read reads.
func (w *waiting) Read(p []byte) (int, error) {
	n, err := w.Endpoint.Read(p)
	if err != nil && w.late.Load() {
		err = errLate
	}
	return n, err
}

// CloseWrite says that no more comes.
func (w *waiting) CloseWrite() error {
	w.EndWrite()
	return nil
}
