package loop

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// Memory returns the two ends of a connection that crosses no socket: what one end
// writes waits until the other reads it, so that a write never blocks. It is for
// handshakes by the dozen, of which nobody will see the bytes. Deadlines are not
// kept: whoever gives up closes an end.
func Memory() (a, b net.Conn) {
	there, back := newHeap(), newHeap()
	return &memory{back, there}, &memory{there, back}
}

// A memory is one end.
type memory struct{ in, out *heap }

func (m *memory) Read(p []byte) (int, error)  { return m.in.Read(p) }
func (m *memory) Write(p []byte) (int, error) { return m.out.Write(p) }

// Close ends both directions: the other end still reads what it was sent.
func (m *memory) Close() error {
	m.in.end()
	m.out.end()
	return nil
}

func (m *memory) LocalAddr() net.Addr              { return memoryAddr{} }
func (m *memory) RemoteAddr() net.Addr             { return memoryAddr{} }
func (m *memory) SetDeadline(time.Time) error      { return os.ErrNoDeadline }
func (m *memory) SetReadDeadline(time.Time) error  { return os.ErrNoDeadline }
func (m *memory) SetWriteDeadline(time.Time) error { return os.ErrNoDeadline }

type memoryAddr struct{}

func (memoryAddr) Network() string { return "memory" }
func (memoryAddr) String() string  { return "memory" }

// A heap is one direction: bytes that were written and not read yet.
type heap struct {
	mu    sync.Mutex
	news  *sync.Cond
	data  []byte
	ended bool
}

func newHeap() *heap {
	h := &heap{}
	h.news = sync.NewCond(&h.mu)
	return h
}

// Read waits for bytes, or for the end.
func (h *heap) Read(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(h.data) == 0 && !h.ended {
		h.news.Wait()
	}
	if len(h.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, h.data)
	h.data = h.data[n:]
	return n, nil
}

// Write keeps the bytes.
func (h *heap) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended {
		return 0, io.ErrClosedPipe
	}
	h.data = append(h.data, p...)
	h.news.Broadcast()
	return len(p), nil
}

func (h *heap) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	h.news.Broadcast()
}
