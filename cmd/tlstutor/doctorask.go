package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"sync"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/term"
)

// askTime is how long a terminal may think about a question.
const askTime = 200 * time.Millisecond

// heardMost bounds what is kept of a terminal that talks on.
const heardMost = 4096

// A talk is a conversation with a terminal. What the terminal answers comes in as
// if it had been typed, so nothing typed is shown until the talk ends, and what
// comes late is swallowed rather than left to the shell.
type talk struct {
	in    *os.File
	was   *term.State
	keys  stoppable
	ended chan struct{} // nothing more is read

	mu    sync.Mutex
	heard []byte
	whole bool // the last question was answered, and so nothing more will come
}

// A stoppable is a reader whose Read another goroutine can end.
type stoppable interface {
	io.ReadCloser
	Cancel() bool
}

// ask puts questions to a terminal, the last of which every terminal answers, as
// the pattern says. Its owner may still interrupt: then stop is called.
func ask(in, out *os.File, questions string, last *regexp.Regexp, stop func()) (*talk, error) {
	// Whoever touches a terminal from the background is halted by the system.
	if !foreground(in) {
		return nil, errors.New("the terminal belongs to another program at the moment")
	}
	if !redraws(out) {
		return nil, errors.New("it does not understand escape sequences")
	}
	was, err := term.MakeRaw(in.Fd())
	if err != nil {
		return nil, fmt.Errorf("its mode cannot be changed: %w", err)
	}
	keys, err := uv.NewCancelReader(in)
	if err != nil {
		term.Restore(in.Fd(), was)
		return nil, fmt.Errorf("its input cannot be read: %w", err)
	}
	t := &talk{in: in, was: was, keys: keys, ended: make(chan struct{})}
	go t.listen(last, stop)
	if _, err := io.WriteString(out, questions); err != nil {
		t.end()
		return nil, fmt.Errorf("it takes no output: %w", err)
	}
	return t, nil
}

// listen keeps what comes in until the last answer is there.
func (t *talk) listen(last *regexp.Regexp, stop func()) {
	defer close(t.ended)
	buf := make([]byte, 256)
	for {
		n, err := t.keys.Read(buf)
		if err != nil {
			return
		}
		t.mu.Lock()
		for _, b := range buf[:n] {
			const ctrlC = 3 // the terminal no longer makes a signal of it
			if b == ctrlC {
				stop()
			}
			if len(t.heard) < heardMost {
				t.heard = append(t.heard, b)
			}
		}
		t.whole = last.Match(t.heard)
		whole := t.whole
		t.mu.Unlock()
		if whole {
			return
		}
	}
}

// wait gives the terminal that long, and reports whether it answered everything.
func (t *talk) wait(d time.Duration) bool {
	late := time.NewTimer(d)
	defer late.Stop()
	select {
	case <-t.ended:
	case <-late.C:
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.whole
}

// end gives the terminal back as it was, and returns what it said. It may be
// called twice.
func (t *talk) end() []byte {
	if t.was != nil {
		if t.keys.Cancel() {
			// A console that does not let go of a read keeps its goroutine, not us.
			t.wait(askTime)
		}
		t.keys.Close()
		term.Restore(t.in.Fd(), t.was)
		t.was = nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.heard
}
