package tui

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs/capture"
	"tlstutor/tui/theme"
)

// A copied is a capture in which the same connections, which are real, stand very
// often, each time from another address. It is never all in memory, and may be read
// only so far as was allowed.
type copied struct {
	head, body []byte
	frames     []int // where in body frames begin
	times      int

	mu    sync.Mutex
	may   *sync.Cond
	limit int64
	asked int64 // how far it was read, or would have been
}

// copies makes a file of about so many bytes of a recording.
func copies(t *testing.T, size int) *copied {
	t.Helper()
	file := recording(t, 1)
	f := &copied{}
	f.may = sync.NewCond(&f.mu)
	for at := 0; at < len(file); {
		n := int(binary.LittleEndian.Uint32(file[at+4:]))
		// All before the first packet stands once (the pcapng specification, Section 4).
		if binary.LittleEndian.Uint32(file[at:]) == 6 {
			f.frames = append(f.frames, len(f.body)+28)
			f.body = append(f.body, file[at:at+n]...)
		} else {
			f.head = append(f.head, file[at:at+n]...)
		}
		at += n
	}
	f.times = size / len(f.body)
	return f
}

func (f *copied) size() int64 { return int64(len(f.head)) + int64(f.times)*int64(len(f.body)) }

// allow lets it be read up to an offset.
func (f *copied) allow(limit int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.limit = limit
	f.may.Broadcast()
}

// wait waits until it may be read up to an offset.
func (f *copied) wait(end int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.asked = max(f.asked, end); end > f.limit; {
		f.may.Wait()
	}
}

// far is how far it was read, or would have been.
func (f *copied) far() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.asked
}

// ReadAt makes what is asked for.
func (f *copied) ReadAt(p []byte, off int64) (int, error) {
	end := min(off+int64(len(p)), f.size())
	f.wait(end)
	n := 0
	for off < end {
		var from []byte
		if head := int64(len(f.head)); off < head {
			from = f.head[off:]
		} else {
			i := (off - head) / int64(len(f.body))
			from = f.copy(int(i))[off-head-i*int64(len(f.body)):]
		}
		k := copy(p[n:], from)
		n, off = n+k, off+int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// copy is the packets of one time: the addresses of both ends say which it is.
func (f *copied) copy(i int) []byte {
	b := bytes.Clone(f.body)
	for _, at := range f.frames {
		for _, addr := range [2]int{at + 14 + 12, at + 14 + 16} {
			b[addr+1], b[addr+2] = byte(i>>8), byte(i)
		}
	}
	return b
}

// TestIndexOfLarge: of 100 MB the first connections are listed before 1 MB was read;
// while the rest is read it says how far that is, keys are answered, and what is
// listed can be opened.
func TestIndexOfLarge(t *testing.T) {
	const first = 1 << 20
	f := copies(t, 100<<20)
	f.allow(first)
	env := newEnv(t, theme.Dark, false)
	s := NewIndex(env, "large.pcapng", capture.NewIndex(f, f.size()), f.size()).(*indexScreen)
	d := newDrive(t, 80, 24, env, NewList(env), s)
	d.until("the first connections are listed", func() bool { return len(s.conns) > 1 })
	if text := ansi.Strip(d.screen()); !strings.Contains(text, " app.lab.test") || !strings.Contains(text, "reading, 0 %") {
		t.Errorf("the first connections:\n%s", text)
	}
	if asked := f.far(); asked > 2*first {
		t.Errorf("%d bytes were asked for", asked)
	}
	openFirst(d, s)
	if text := ansi.Strip(d.screen()); !strings.Contains(text, "completed in") {
		t.Errorf("a connection, while the file is read:\n%s", text)
	}
	d.key("esc")
	for _, tenth := range []int64{2, 5, 8} {
		part := f.size() * tenth / 10
		f.allow(part)
		// What was read is told of each MB, and what is read at once is less.
		d.until(fmt.Sprintf("%d0 %% are read", tenth), func() bool { return s.read > part-4<<20 })
		had := len(s.conns)
		d.key("end")
		if s.at != had-1 {
			t.Errorf("at %d0 %%, end leads to row %d of %d", tenth, s.at, had)
		}
		d.key("home")
		if text := ansi.Strip(d.screen()); s.at != 0 || s.ended || !strings.Contains(text, fmt.Sprintf("reading, %d %%", 100*s.read/f.size())) {
			t.Errorf("at %d0 %%, row %d:\n%s", tenth, s.at, text)
		}
	}
	f.allow(f.size())
	d.until("all is read", func() bool { return s.ended })
	if want := 2 * f.times; s.err != nil || len(s.conns) != want {
		t.Errorf("%d connections, want %d; error %v", len(s.conns), want, s.err)
	}
}
