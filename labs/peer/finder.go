package peer

import (
	"context"
	"errors"
	"sync"
)

// A Finder looks each program up once, and remembers what it found: to ask a
// program what it is takes up to a fifth of a second. Its methods may be called
// from any goroutine. The zero value knows nothing yet.
type Finder struct {
	mu    sync.Mutex
	looks map[string]*look
}

// A look is the search for one program, going on or over.
type look struct {
	done chan struct{} // closed when it is over
	p    *Program
	err  error
}

// Find returns the program of that name. Whoever asks first waits for the
// program's answer, and so do those who ask in the meantime. What is missing is
// looked for again the next time: it may have been installed since.
func (f *Finder) Find(ctx context.Context, name string) (*Program, error) {
	for {
		f.mu.Lock()
		l := f.looks[name]
		if l == nil || l.over() && l.p == nil {
			l = f.begin(name)
			f.mu.Unlock()
			l.p, l.err = Find(ctx, name)
			close(l.done)
			return l.p, l.err
		}
		f.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-l.done:
		}
		if l.told() {
			return l.p, l.err
		}
	}
}

// begin notes a new search. f.mu is held.
func (f *Finder) begin(name string) *look {
	if f.looks == nil {
		f.looks = map[string]*look{}
	}
	l := &look{done: make(chan struct{})}
	f.looks[name] = l
	return l
}

// over reports whether a search has come to its end.
func (l *look) over() bool {
	select {
	case <-l.done:
		return true
	default:
		return false
	}
}

// told reports whether a search that is over has an answer. One that was stopped
// has none.
func (l *look) told() bool {
	_, missing := errors.AsType[*MissingError](l.err)
	return l.err == nil || missing
}

// Known returns what the last search for a program came to, and whether there was
// one. It never waits.
func (f *Finder) Known(name string) (p *Program, err error, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.looks[name]
	if l == nil || !l.over() || !l.told() {
		return nil, nil, false
	}
	return l.p, l.err, true
}
