package labs

import (
	"context"

	"tlstutor/labs/loop"
)

// aside is a bench for a part of an endless run, which ends on its own: shut closes
// and joins what was made on it. What it tells is the run's where told is set, and
// nobody's else.
func (b *Bench) aside(ctx context.Context, told bool) *Bench {
	run := b.run
	if !told {
		run = &Run{
			lab: b.run.lab, settings: b.run.settings, clock: b.run.clock, gate: b.run.gate, keys: b.run.keys, programs: b.run.programs,
			alone: b.run.alone, began: b.run.began, cancel: b.run.cancel, conns: map[*loop.Link]*Conn{},
			ended: true, // so that it takes no event
		}
	}
	return &Bench{run: run, ctx: ctx}
}

// shut closes all that was made on a bench of a part, and joins it.
func (b *Bench) shut() {
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

// dropLink forgets a relay that is done.
func (r *Run) dropLink(l *loop.Link) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, l)
}
