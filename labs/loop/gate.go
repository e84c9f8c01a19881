package loop

import "sync"

// A Gate holds a run between two records. All connections of a run share one.
// While it is held, each chunk that reaches it waits for its turn; the clock
// stands still as long as one waits.
type Gate struct {
	clock *Clock
	tell  func() // called when a chunk has begun to wait

	mu      sync.Mutex
	held    bool
	dropped bool
	waiting []turn // oldest first
}

// A turn is one chunk's wait: the channel says whether it may pass.
type turn struct {
	chunk *Chunk
	pass  chan bool
}

// NewGate returns a gate that stops clock while it holds something, and calls
// tell whenever a chunk has begun to wait.
func NewGate(clock *Clock, held bool, tell func()) *Gate {
	return &Gate{clock: clock, held: held, tell: tell}
}

// pass returns when the chunk may go on. It is false when the run was stopped
// and the chunk is to be dropped.
func (g *Gate) pass(c *Chunk) bool {
	g.mu.Lock()
	if g.dropped || !g.held {
		defer g.mu.Unlock()
		return !g.dropped
	}
	t := turn{c, make(chan bool, 1)}
	g.waiting = append(g.waiting, t)
	g.clock.stop()
	g.mu.Unlock()
	g.tell()
	return <-t.pass
}

// Next lets the chunk go that has waited longest. With none waiting it does
// nothing.
func (g *Gate) Next() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) > 0 {
		g.release(1, true)
	}
}

// Free opens the gate: what waits goes, in order, and nothing is held again.
func (g *Gate) Free() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = false
	g.release(len(g.waiting), true)
}

// free reports whether nothing is held, now and from now on.
func (g *Gate) free() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return !g.held
}

// Drop wakes all that waits, and from then on lets nothing pass.
func (g *Gate) Drop() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.dropped = true
	g.release(len(g.waiting), false)
}

func (g *Gate) release(n int, pass bool) {
	for _, t := range g.waiting[:n] {
		t.pass <- pass
	}
	g.waiting = append([]turn(nil), g.waiting[n:]...)
	if len(g.waiting) == 0 {
		g.clock.start()
	}
}

// Waiting returns the chunk that has waited longest, or nil, and whether the
// gate holds at all.
func (g *Gate) Waiting() (oldest *Chunk, held bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) > 0 {
		oldest = g.waiting[0].chunk
	}
	return oldest, g.held
}
