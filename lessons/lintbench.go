package lessons

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// A bench makes the runs of one lesson, each once however often it is asked for.
type bench struct {
	ctx  context.Context
	w    World
	mu   sync.Mutex
	made map[string]*made
}

// made is a run that somebody makes, or made.
type made struct {
	once sync.Once
	look Look  // what answers questions about it
	err  error // or why it did not take place
}

// errRuns is said when a lesson asks for too much.
var errRuns = fmt.Errorf("the lesson needs more than %d runs", lintRuns)

// run returns what the run of a lab with these settings says.
func (b *bench) run(lab string, set map[string]string) (Look, error) {
	// No name and no value holds a NUL, as both are clean: keys cannot collide.
	key := lab
	for _, k := range slices.Sorted(maps.Keys(set)) {
		key += "\x00" + k + "\x00" + set[k]
	}
	b.mu.Lock()
	m := b.made[key]
	if m == nil && len(b.made) == lintRuns {
		b.mu.Unlock()
		return nil, errRuns
	}
	if m == nil {
		m = &made{}
		b.made[key] = m
	}
	b.mu.Unlock()
	// Outside of the lock, so that others wait for this run only if it is theirs.
	m.once.Do(func() {
		if m.err = b.ctx.Err(); m.err == nil {
			m.look, m.err = b.w.Run(b.ctx, lab, set)
		}
	})
	return m.look, m.err
}
