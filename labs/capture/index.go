package capture

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"sync"

	"tlstutor/labs/dissect"
)

// An Index lists the TLS connections of a file, and reads the data of one again
// when it is opened. Its methods may be called while Scan is at work.
type Index struct {
	f    io.ReaderAt
	size int64
	keys *dissect.Keys

	mu       sync.Mutex // over all below
	file     format
	feed     *feed
	found    []*listed
	sections []stretch // of a pcapng
	raw      *Conn
}

// A stretch is a part of a file whose packets are read with the same section, as
// it was then.
type stretch struct {
	off int64
	sec section
	of  *section
}

// NewIndex returns an Index of a file of that size, of which nothing is read yet.
func NewIndex(f io.ReaderAt, size int64) *Index {
	x := &Index{f: f, size: size, keys: dissect.NewKeys()}
	x.feed = newFeed(func(c *conn) { x.found = append(x.found, c.listed) }, func(*conn) {})
	x.feed.table.index = true
	return x
}

// How much is read between two moments at which others may look at the index: so
// many packets, of what is in memory by then. Nobody waits for a slow file but Scan.
const (
	batch   = 256
	atHand  = 1 << 17 // bytes that are read before the packets in them are looked at
	reserve = 1 << 16 // bytes that are left, as a packet may have them
)

// Scan reads the file from front to back. Now and then, and at the end, it calls
// progress with how much of it was read. It returns the *Error that stopped it,
// or that of ctx; what was found till then stays.
func (x *Index) Scan(ctx context.Context, progress func(read int64)) error {
	in := newInput(io.NewSectionReader(x.f, 0, x.size))
	in.r.Peek(atHand) // what is wrong is found again
	x.mu.Lock()
	file, err := detectFormat(in, &x.feed.seen, x.keys)
	if err == nil {
		x.file, x.feed.seen.Format = file, file.name()
	}
	x.mu.Unlock()
	var told int64
	for err == nil {
		if err = ctx.Err(); err != nil {
			break
		}
		if err = x.some(in); in.off-told > 1<<20 || err != nil {
			told = in.off
			progress(told)
		}
	}
	x.mu.Lock()
	x.feed.close()
	x.mu.Unlock()
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// some reads the next packets.
func (x *Index) some(in *input) error {
	_, err := in.r.Peek(atHand)
	x.mu.Lock()
	defer x.mu.Unlock()
	if raw, ok := x.file.(*rawRecords); ok {
		all, err := raw.read(in)
		x.raw, x.feed.table.count = all[0], 1
		return err
	}
	for range batch {
		if err == nil && in.r.Buffered() < reserve {
			return nil
		}
		if len(x.found) > maxListed {
			return wrong(in.off, "more than %d connections with TLS; the rest is not listed", maxListed)
		}
		f, err := x.file.next(in)
		if err != nil {
			return err
		}
		x.note(f)
		x.feed.frame(f)
	}
	return nil
}

// note remembers what a packet is read with.
func (x *Index) note(f frame) {
	if f.sec == nil {
		return
	}
	if n := len(x.sections); n > 0 {
		if last := &x.sections[n-1]; last.of == f.sec && len(last.sec.ifaces) == len(f.sec.ifaces) {
			return
		}
	}
	x.sections = append(x.sections, stretch{f.off, *f.sec, f.sec})
}

// Len returns how many connections were found so far.
func (x *Index) Len() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.raw != nil {
		return 1
	}
	return len(x.found)
}

// Conns returns the connections from the given one on, without their Chunks, in
// the order in which they were found to be TLS. What was said of one before may
// have grown.
func (x *Index) Conns(from int) []Conn {
	x.mu.Lock()
	defer x.mu.Unlock()
	var all []Conn
	if x.raw != nil && from == 0 {
		all = append(all, *x.raw)
		all[0].Chunks = nil
	}
	for _, c := range x.found[min(from, len(x.found)):] {
		all = append(all, c.Conn)
		all[len(all)-1].Chunks = nil
	}
	return all
}

// Keys returns the secrets of the file, wherever in it they are, as far as it
// was read.
func (x *Index) Keys() *dissect.Keys { return x.keys }

// Seen returns what there was so far.
func (x *Index) Seen() Seen {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.feed.now()
}

// Open reads a connection again, with all that was found of it so far. The error
// is that of ctx, or of a file that is no longer what it was.
func (x *Index) Open(ctx context.Context, i int) (*Conn, error) {
	x.mu.Lock()
	if x.raw != nil {
		defer x.mu.Unlock()
		return x.raw, nil
	}
	c := x.found[i]
	known, at := c.Conn, slices.Clone(c.places.packed)
	sections, file, start := x.sections, x.file, x.feed.start
	x.mu.Unlock()

	var got *Conn
	fd := newFeed(func(*conn) {}, func(c *conn) {
		if got == nil {
			got = &c.Conn
		}
	})
	fd.start, fd.seen.Packets = start, 1
	in := &input{}
	for off, n := int64(0), 0; len(at) > 0; at = at[n:] {
		var step int64
		step, n = binary.Varint(at)
		off += step
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		fr, err := frameAt(in, x.f, off, x.size, file, sections)
		if err != nil {
			return nil, err
		}
		fd.frame(fr)
	}
	fd.close()
	if got == nil {
		return nil, errChanged
	}
	known.Chunks = got.Chunks
	return &known, nil
}
