package capture

import (
	"io"
	"sync"
)

// A Reader gives the TLS connections of a capture, each when it has ended, and in
// the order of order.go. It keeps in memory what is open, and what waits for its
// turn.
type Reader struct {
	in   *input
	file format
	err  error // why there is no more

	mu    sync.Mutex // over all below
	feed  *feed
	ready []*Conn
	told  int64 // how many packets there were when Stalled was called last
}

// NewReader returns a Reader of a file that is pcap, pcapng or bare TLS records.
// The secrets in it are written to keys as they come, which may be nil.
func NewReader(r io.Reader, keys io.Writer) *Reader {
	rd := &Reader{in: newInput(r)}
	rd.feed = newFeed(func(*conn) {}, func(c *conn) { rd.ready = append(rd.ready, &c.Conn) })
	rd.file, rd.err = detectFormat(rd.in, &rd.feed.seen, keys)
	if rd.file != nil {
		rd.feed.seen.Format = rd.file.name()
	}
	return rd
}

// Next returns the next connection. Those that are open at the end of the file,
// or where reading had to stop, come last. Then, if it had to stop, there is an
// *Error, once; after that io.EOF.
func (r *Reader) Next() (*Conn, error) {
	for {
		if c := r.take(); c != nil {
			return c, nil
		}
		if r.err != nil {
			err := r.err
			r.err = io.EOF
			return nil, err
		}
		if raw, ok := r.file.(*rawRecords); ok {
			r.ready, r.err = raw.read(r.in)
			r.feed.table.count = len(r.ready)
			continue
		}
		var f frame
		f, r.err = r.file.next(r.in) // may wait for more of the file
		r.mu.Lock()
		if r.err == nil {
			r.feed.frame(f)
		} else {
			r.feed.close()
		}
		r.mu.Unlock()
	}
}

// take returns a connection that is ready, or nil.
func (r *Reader) take() *Conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.ready) == 0 {
		return nil
	}
	c := r.ready[0]
	r.ready = r.ready[1:]
	return c
}

// Stalled returns, where nothing was read since it was called last, the
// connections that have ended and wait for others. It may be called while Next
// waits for more of a file that is still being written.
func (r *Reader) Stalled() []*Conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := r.feed.seen.Packets; n != r.told {
		r.told = n
		return nil
	}
	r.feed.table.handOver(true)
	all := r.ready
	r.ready = nil
	return all
}

// Seen returns what there was so far, all of it when Next has returned io.EOF.
func (r *Reader) Seen() Seen { return r.feed.now() }
