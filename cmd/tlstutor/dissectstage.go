package main

import (
	"bufio"
	"io"
	"runtime"
	"sync"

	"tlstutor/labs"
	"tlstutor/labs/capture"
)

// A telling makes events of connections, and prints them. Several are replayed at
// once, beside what is read; they are printed one behind the other, in the order
// in which they were given.
type telling struct {
	replay func(*capture.Conn) func() []labs.Event // called in order; nil for one that is not to be printed
	missed func() uint64                           // how often what an earlier connection may have left was not found
	to     opener
	out    *bufio.Writer // flushed after each connection

	busy   sync.RWMutex  // held for reading while a connection is replayed
	room   chan struct{} // one for each that is replayed
	before chan struct{} // closed when all that were given are replayed
	second *stage        // prints
}

func newTelling(one *chosen, to opener, out *bufio.Writer) *telling {
	t := &telling{replay: one.replay, missed: one.keys.Missed, to: to, out: out}
	n := runtime.GOMAXPROCS(0)
	t.room, t.before, t.second = make(chan struct{}, n), make(chan struct{}), newStage(n)
	close(t.before)
	return t
}

// connection has a connection told of and printed. It is false when a write has
// failed.
func (t *telling) connection(c *capture.Conn) bool {
	work := t.replay(c)
	if work == nil {
		return t.prints(func() {})
	}
	t.room <- struct{}{}
	t.busy.RLock()
	events, before, done := make(chan []labs.Event, 1), t.before, make(chan struct{})
	t.before = done
	go func() {
		events <- t.inTurn(work, before)
		t.busy.RUnlock()
		close(done)
		<-t.room
	}()
	return t.second.do(func() error {
		t.to.connection(<-events)
		return t.out.Flush()
	})
}

// inTurn replays a connection beside those before it. One that resumes a session
// may need what they leave: if anything was missed, it is replayed once more behind
// them, so that what is printed does not depend on who was first.
func (t *telling) inTurn(work func() []labs.Event, before <-chan struct{}) []labs.Event {
	missed := t.missed()
	select {
	case <-before:
		return work()
	default:
	}
	events := work()
	<-before
	if t.missed() != missed {
		return work()
	}
	return events
}

// prints has something printed behind what was before. It is false when a write
// has failed.
func (t *telling) prints(what func()) bool {
	return t.second.do(func() error {
		what()
		return t.out.Flush()
	})
}

// end waits until all is printed, and behind it what is last, if anything. It
// returns why a write failed.
func (t *telling) end(last func()) error {
	<-t.before
	if last != nil {
		t.prints(last)
	}
	return t.second.end()
}

// A secretsAfter keeps the secrets in a capture, once all that was read before
// them is told of: so what a connection shows depends on the capture alone.
type secretsAfter struct {
	keys io.Writer
	tell *telling
}

func (s *secretsAfter) Write(p []byte) (int, error) {
	s.tell.busy.Lock()
	defer s.tell.busy.Unlock()
	return s.keys.Write(p)
}

// A stage does one job after another, beside the one who gives them, and holds
// that one up only while too many wait.
type stage struct {
	jobs   chan func() error // as many wait as there is room for
	failed chan error        // has one when the stage is over
}

func newStage(room int) *stage {
	s := &stage{jobs: make(chan func() error, room), failed: make(chan error, 1)}
	go func() {
		var err error
		for job := range s.jobs {
			if err = job(); err != nil {
				break
			}
		}
		s.failed <- err
	}()
	return s
}

// do has a job done when those before it are. It is false when one has failed.
func (s *stage) do(job func() error) bool {
	select {
	case err := <-s.failed:
		s.failed <- err
		return false
	default:
	}
	select {
	case s.jobs <- job:
		return true
	case err := <-s.failed:
		s.failed <- err
		return false
	}
}

// end waits for all jobs, and returns why one failed.
func (s *stage) end() error {
	close(s.jobs)
	return <-s.failed
}
