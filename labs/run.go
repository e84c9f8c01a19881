package labs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"tlstutor/labs/loop"
	"tlstutor/labs/peer"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

const (
	runLimit   = 30 * time.Second      // on the run's own clock, so a hold does not count
	eventLimit = 64 << 20              // bytes of events one run may produce
	frame      = 16 * time.Millisecond // readers are woken at most once in this time
	textLimit  = 1 << 10               // bytes of an event's sentence
)

// Options say how a run is run.
type Options struct {
	Held bool             // hold at the first record
	Now  func() time.Time // the time, where it is not the machine's
	Keys *pki.Keyring     // where keys come from; a new ring when nil

	Programs *peer.Finder // what finds programs of others; a new one when nil

	Alone   bool // no program of others is run: recordings stand in
	exposed bool // a server may listen on every address, for a recording
}

// A Run is one run of a lab, going on or ended. Its methods may be called from
// any goroutine.
type Run struct {
	lab      *Lab
	settings Settings

	clock *loop.Clock
	gate  *loop.Gate
	keys  *pki.Keyring

	programs *peer.Finder
	alone    bool
	exposed  bool
	began    time.Time
	cancel   context.CancelCauseFunc
	done     chan struct{} // closed when all is joined

	mu      sync.Mutex
	events  []Event
	conns   map[*loop.Link]*Conn
	size    int
	ledger  []pki.Made // what was signed in it
	signed  int        // how many bytes that is
	err     error      // what the run as a whole failed of
	ended   bool
	changed chan struct{}
	woken   time.Time
	timer   *time.Timer
}

// A Panic is a run's fatal error: code of ours that broke.
type Panic struct {
	Value string
	Stack []byte
}

// Error is one line, without the stack.
func (p *Panic) Error() string { return "a panic in a lab: " + p.Value }

// Start runs the lab with these settings, which Lab.Settings has checked.
func Start(ctx context.Context, l *Lab, s Settings, o Options) *Run {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Keys == nil {
		o.Keys = pki.NewKeyring()
	}
	if o.Programs == nil {
		o.Programs = new(peer.Finder)
	}
	clock := loop.NewClock(o.Now)
	r := &Run{
		lab: l, settings: s, clock: clock, programs: o.Programs, alone: o.Alone, exposed: o.exposed,
		began: o.Now(), done: make(chan struct{}), changed: make(chan struct{}, 1), conns: map[*loop.Link]*Conn{},
	}
	r.keys = o.Keys.Noted(r.made)
	r.gate = loop.NewGate(clock, o.Held, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.wake()
	})
	ctx, r.cancel = context.WithCancelCause(ctx)
	go r.run(ctx)
	return r
}

func (r *Run) run(ctx context.Context) {
	defer close(r.done)
	b := &Bench{run: r, ctx: ctx}
	defer context.AfterFunc(ctx, r.gate.Drop)() // whatever ends a run also wakes what waits
	var watch sync.WaitGroup
	watch.Go(func() {
		if !r.lab.Endless && r.clock.Wait(ctx, runLimit) == nil {
			r.cancel(fmt.Errorf("the run was ended: it took longer than %v", runLimit))
		}
	})
	var err error
	b.guard(func() { err = r.lab.Run(ctx, b, r.settings) })
	if cause := context.Cause(ctx); cause != nil {
		err = cause // what ended it says more than what broke because of that
	}
	r.cancel(context.Canceled)
	b.close()
	watch.Wait()
	var last []Event
	if err == nil {
		b.guard(func() { last = r.goals() })
	}
	if b.broke != nil { // also what broke while all was being closed, or judged
		err = b.broke
	}
	if err != nil {
		last = []Event{{Kind: Found, Text: err.Error(), Err: err, Tree: wire.Note("run", err.Error())}}
	}
	r.end(err, last)
}

// goals judges what the lab is for by the events of the run.
func (r *Run) goals() []Event {
	events, _ := r.Since(0)
	var judged []Event
	for _, g := range r.lab.Goals {
		judged = append(judged, goalEvent(g, g.Met(r.settings, events)))
	}
	return judged
}

// end closes the stream of events, with the last ones.
func (r *Run) end(err error, last []Event) {
	stopped := errors.Is(err, context.Canceled)
	r.mu.Lock()
	r.size = 0 // a run that told of too much still says so
	r.mu.Unlock()
	for _, e := range last {
		if !stopped {
			r.emit(e)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	if !stopped {
		r.err = err
	}
	if r.timer != nil {
		r.timer.Stop()
	}
	close(r.changed)
}

func goalEvent(g Goal, missing error) Event {
	f := wire.Note("goal", g.Name)
	if missing != nil {
		f.Err = missing
		return Event{Kind: Found, Text: "goal open: " + g.Name + ": " + missing.Error(), Tree: f, Err: missing}
	}
	return Event{Kind: Found, Text: "goal met: " + g.Name, Tree: f}
}

// emit appends an event. Its time is taken under the lock, so that the events
// of a run have one order.
func (r *Run) emit(e Event) {
	e.Text = wire.Clean(e.Text, textLimit)
	size := 200 + len(e.Text)
	if e.Tree != nil && e.Kind != Delivered {
		e.Tree.Walk(func(path []*wire.Field) { size += 180 + len(path[len(path)-1].Value) })
		size += e.Tree.N
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended || r.size > eventLimit {
		return
	}
	if r.size += size; r.size > eventLimit {
		r.cancel(fmt.Errorf("the run was ended: it told of more than %d MB", eventLimit>>20))
	}
	e.At = r.clock.At()
	r.events = append(r.events, e)
	r.wake()
}

// wake tells a reader that there is more, at most once a frame. r.mu is held.
func (r *Run) wake() {
	since := time.Since(r.woken)
	if since < frame {
		if r.timer == nil {
			r.timer = time.AfterFunc(frame-since, func() {
				r.mu.Lock()
				defer r.mu.Unlock()
				r.timer = nil
				r.poke()
			})
		}
		return
	}
	r.poke()
}

func (r *Run) poke() {
	if r.ended {
		return
	}
	r.woken = time.Now()
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// Since returns the events from number n on, and whether the run has ended, so
// that there will be no more. It never waits, and what it returns is not
// changed later.
func (r *Run) Since(n int) ([]Event, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.events[:len(r.events):len(r.events)]
	return all[min(n, len(all)):], r.ended
}

// Changed returns a channel that receives after there was news, at most once a
// frame, and is closed when the run has ended.
func (r *Run) Changed() <-chan struct{} { return r.changed }

// Err returns what the run as a whole failed of, once it has ended: a machine
// that refuses a listener, a limit, a *Panic. It is nil for a run that was
// stopped.
func (r *Run) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Wait returns all events of the run when it has ended, and its error.
func (r *Run) Wait() ([]Event, error) {
	<-r.done
	events, _ := r.Since(0)
	return events, r.Err()
}

// Next lets the oldest record that waits at the gate go on.
func (r *Run) Next() { r.gate.Next() }

// Free lets everything go on; the run is no longer held.
func (r *Run) Free() { r.gate.Free() }

// A Hold is what a held run waits at.
type Hold struct {
	Conn *Conn
	Who  Party // whose record waits
	N    int   // its number among the records of that direction, from 0
	Fin  bool  // it is the end of the direction
}

// Held returns what waits at the gate, if something does.
func (r *Run) Held() (Hold, bool) {
	c, held := r.gate.Waiting()
	if c == nil || !held {
		return Hold{}, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	conn := r.conns[c.Link]
	return Hold{Conn: conn, Who: conn.Party(c.Dir), N: c.N, Fin: c.Fin}, true
}

// Stop ends the run: what waits at the gate is dropped, sockets are closed,
// and all that the run began is joined before it returns.
func (r *Run) Stop() error {
	r.cancel(context.Canceled)
	r.gate.Drop()
	<-r.done
	return r.Err()
}

// addLink notes which connection a relay carries.
func (r *Run) addLink(l *loop.Link, c *Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conns[l] = c
}
