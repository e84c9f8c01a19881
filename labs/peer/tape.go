package peer

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"

	"tlstutor/labs/wire"
)

const (
	maxOutput = 64 << 10 // what is kept of a program's output, in bytes
	maxLine   = 400      // and of each line, when it is shown
)

// The two streams of a program's output.
const (
	stdout = iota
	stderr
)

// A tape holds what a program has written so far, as it was written.
type tape struct {
	mu      sync.Mutex
	streams [2][]byte
	lines   [][]byte // of both, in the order in which they were completed
	begun   [2]int   // where the line of each stream begins that is not complete yet
	size    int
	cut     bool
	changed chan struct{} // closed when more has come
}

func newTape() *tape { return &tape{changed: make(chan struct{})} }

// writer is where one of the streams goes.
func (t *tape) writer(stream int) io.Writer { return reel{t, stream} }

type reel struct {
	t      *tape
	stream int
}

// Write keeps what there is room for. It takes the rest without a word: to
// refuse it could end a program that only talks too much.
func (r reel) Write(p []byte) (int, error) {
	t, n := r.t, len(p)
	t.mu.Lock()
	defer t.mu.Unlock()
	if room := maxOutput - t.size; len(p) > room {
		p, t.cut = p[:room], true
	}
	t.size += len(p)
	all := append(t.streams[r.stream], p...)
	t.streams[r.stream] = all
	for {
		line, _, whole := bytes.Cut(all[t.begun[r.stream]:], []byte("\n"))
		if !whole {
			break
		}
		t.lines = append(t.lines, line)
		t.begun[r.stream] += len(line) + 1
	}
	// Whoever waits looks again.
	close(t.changed)
	t.changed = make(chan struct{})
	return n, nil
}

// text is what is kept of a stream.
func (t *tape) text(stream int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.streams[stream])
}

// until waits for the output to be as ok wants it, and reports whether that came
// about before the context was done.
func (t *tape) until(ctx context.Context, ok func(out, err []byte) bool) bool {
	for {
		t.mu.Lock()
		now, changed := ok(t.streams[stdout], t.streams[stderr]), t.changed
		t.mu.Unlock()
		if now {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-changed:
		}
	}
}

// spoken returns the lines of both streams, clean, and whether there were more
// than were kept.
func (t *tape) spoken() (lines []string, cut bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	raw := t.lines
	for i, s := range t.streams {
		if rest := s[t.begun[i]:]; len(rest) > 0 {
			raw = append(raw[:len(raw):len(raw)], rest)
		}
	}
	for _, line := range raw {
		text := strings.ReplaceAll(string(bytes.TrimRight(line, "\r")), "\t", "    ")
		lines = append(lines, wire.Clean(text, maxLine))
	}
	return lines, t.cut
}
