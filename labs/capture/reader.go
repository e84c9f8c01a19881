package capture

import "io"

// A Reader gives the TLS connections of a capture, each when it has ended. It
// keeps in memory what is open.
type Reader struct {
	in    *input
	feed  *feed
	file  format
	ready []*Conn
	err   error // why there is no more
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
	for len(r.ready) == 0 {
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
		if f, r.err = r.file.next(r.in); r.err == nil {
			r.feed.frame(f)
		} else {
			r.feed.close()
		}
	}
	c := r.ready[0]
	r.ready = r.ready[1:]
	return c, nil
}

// Seen returns what there was so far, all of it when Next has returned io.EOF.
func (r *Reader) Seen() Seen { return r.feed.now() }
