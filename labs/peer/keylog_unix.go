//go:build unix

package peer

import (
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"
)

// logKeys makes a key log that hands its lines to a writer as they come. It is a
// named pipe: programs append to it as they would to a file, and nobody has to
// look whether there is more.
func logKeys(dir scratch, to io.Writer) (*keyLog, error) {
	path := dir.path("keys")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		return tailKeys(dir, to)
	}
	// Opened for both, a pipe opens at once. It is held open for writing until the
	// program has ended, else the first one to close it would end the reading.
	held, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("opening a key log: %w", err)
	}
	from, err := os.OpenFile(path, os.O_RDONLY, 0)
	if err != nil {
		held.Close()
		return nil, fmt.Errorf("opening a key log: %w", err)
	}
	raw, err := from.SyscallConn()
	if err != nil {
		held.Close()
		from.Close()
		return nil, fmt.Errorf("opening a key log: %w", err)
	}
	p := &pipe{to: &keyLines{to: to}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		raw.Read(p.empty)
	}()
	hear := func() { raw.Control(func(fd uintptr) { p.empty(fd) }) }
	return &keyLog{path, hear, func() {
		held.Close()
		// What the program left behind may hold the pipe open. That does not hold us.
		from.SetReadDeadline(time.Now().Add(leaveTime))
		<-done
		from.Close()
	}}, nil
}

// A pipe is read by one at a time, from the first byte that nobody has had yet.
type pipe struct {
	mu  sync.Mutex
	to  io.Writer
	buf [1 << 10]byte
}

// empty hands on what is in the pipe, without waiting for more, and reports whether
// there will be none.
func (p *pipe) empty(fd uintptr) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		n, err := syscall.Read(int(fd), p.buf[:])
		switch {
		case n > 0:
			p.to.Write(p.buf[:n])
		case err == syscall.EINTR:
		default:
			return err != syscall.EAGAIN
		}
	}
}
