package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"tlstutor/tui"
)

// Bounds on those who read along. One that does not read loses the connection;
// the program that presents never waits for any of them.
const (
	maxEars   = 8
	maxUnread = 16 // cues that may wait for one of them
	writeTime = 300 * time.Millisecond
)

// A prompter gives the cues of a presentation to whoever reads along in another
// terminal. There is a socket while somebody presents, and at no other time.
type prompter struct {
	folders []string       // where the socket may be, the best first
	going   sync.WaitGroup // every goroutine of the prompter

	// These are for the goroutine that deals with what was told.
	at    *net.UnixListener // nil while nobody presents
	began time.Time         // the presentation
	over  time.Time         // when the one before had begun

	mu     sync.Mutex
	told   []*tui.Cue // still to be dealt with, in order
	busy   bool       // a goroutine does that
	closed bool
	said   []byte        // the last cue, as a line; nil while nobody presents
	ears   []chan []byte // lines for those who read along, the oldest first
	err    error         // why nobody can read along
}

// tell takes a cue, or nil at the end of the presentation. It never waits.
func (p *prompter) tell(c *tui.Cue) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.told = append(p.told, c)
	if !p.busy {
		p.busy = true
		p.going.Go(p.deal)
	}
}

// close ends the presentation, if there is one, and returns why nobody could
// have read along.
func (p *prompter) close() error {
	p.tell(nil)
	p.mu.Lock()
	// After the nil, which it would keep out.
	p.closed = true
	p.mu.Unlock()
	// Then nobody writes err any more, and it can be read without the lock.
	p.going.Wait()
	return p.err
}

// deal does what was told, one after the other, until there is nothing left.
func (p *prompter) deal() {
	for {
		p.mu.Lock()
		if len(p.told) == 0 {
			// Under the lock: tell sees this one busy, or starts another.
			p.busy = false
			p.mu.Unlock()
			return
		}
		c := p.told[0]
		p.told = p.told[1:]
		p.mu.Unlock()
		switch {
		case c == nil:
			p.end()
		// A cue may have been overtaken by the end of its presentation.
		case !c.Began.Equal(p.over) || p.over.IsZero():
			p.give(c)
		}
	}
}

// give hands a cue to all who read along, and lets them in with the first.
func (p *prompter) give(c *tui.Cue) {
	line, err := json.Marshal(c)
	if err == nil && p.at == nil {
		p.at, err = listenCues(p.folders)
	}
	// The socket was made without the lock: tell must not wait for a disk.
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err = err; err != nil {
		return
	}
	p.began = c.Began
	if first := p.said == nil; first {
		l := p.at
		p.going.Go(func() { p.accept(l) })
	}
	p.said = append(line, '\n')
	// Who has let so many wait is left behind, rather than waited for.
	p.ears = slices.DeleteFunc(p.ears, func(e chan []byte) bool {
		select {
		case e <- p.said:
			return false
		default:
			close(e)
			return true
		}
	})
}

// end takes the socket away, and the folder when nobody else has one in it.
func (p *prompter) end() {
	if p.at == nil {
		return
	}
	p.at.Close()
	// It fails while there is a socket of another program in it, as it should.
	os.Remove(filepath.Dir(p.at.Addr().String()))
	p.at, p.over = nil, p.began
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.ears {
		close(e)
	}
	p.said, p.ears = nil, nil
}

// accept lets in who wants to read along, until the socket is taken away.
func (p *prompter) accept(l *net.UnixListener) {
	for {
		c, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // too many files are open, which may pass
			<-time.After(writeTime)
		default:
			p.welcome(c)
		}
	}
}

// welcome gives somebody the cue there is, and has them given those to come. With
// too many, the one who came first leaves: it may be long gone.
func (p *prompter) welcome(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	// The presentation ended while this one was let in.
	if p.said == nil {
		c.Close()
		return
	}
	// The channel has room, so the first line does not wait for the goroutine.
	e := make(chan []byte, maxUnread)
	e <- p.said
	if len(p.ears) == maxEars {
		close(p.ears[0])
		p.ears = p.ears[1:]
	}
	p.ears = append(p.ears, e)
	p.going.Go(func() {
		defer c.Close()
		for line := range e {
			c.SetWriteDeadline(time.Now().Add(writeTime))
			if _, err := c.Write(line); err != nil {
				return
			}
		}
	})
}

// unheard is what is said when the program ends and nobody could have read along.
func unheard(err error) string {
	return fmt.Sprintf("The speaker notes could not be shown by tlstutor notes: %v.", err)
}
