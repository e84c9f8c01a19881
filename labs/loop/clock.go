package loop

import (
	"context"
	"sync"
	"time"
)

// A Clock is the stopwatch of a run. It stands still while a record waits at
// the gate, so that neither the times on the screen nor the deadlines that are
// measured on it contain the hold.
type Clock struct {
	now func() time.Time

	mu      sync.Mutex
	began   time.Time     // when the clock was last set going
	sum     time.Duration // what had passed by then
	resumed chan struct{} // closed when the clock goes on; nil while it runs
}

// NewClock returns a running clock that reads the time from now.
func NewClock(now func() time.Time) *Clock {
	return &Clock{now: now, began: now()}
}

// At returns the time that has passed on the clock.
func (c *Clock) At() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at()
}

func (c *Clock) at() time.Duration {
	if c.resumed != nil {
		return c.sum
	}
	return c.sum + c.now().Sub(c.began)
}

// stop makes the clock stand still; start sets it going again. Both may be
// called in either state.
func (c *Clock) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.resumed == nil {
		c.sum = c.at()
		c.resumed = make(chan struct{})
	}
}

func (c *Clock) start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.resumed != nil {
		c.began = c.now()
		close(c.resumed)
		c.resumed = nil
	}
}

// Wait returns when the clock shows until, or with the context's error.
func (c *Clock) Wait(ctx context.Context, until time.Duration) error {
	for {
		c.mu.Lock()
		left, resumed := until-c.at(), c.resumed
		c.mu.Unlock()
		if left <= 0 {
			return nil
		}
		if resumed != nil {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-resumed:
			}
			continue
		}
		t := time.NewTimer(left)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
	}
}
