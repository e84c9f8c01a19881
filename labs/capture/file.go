package capture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A frame is one packet of a file.
type frame struct {
	off  int64    // where its block begins
	at   int64    // nanoseconds since 1970
	link uint16   // its link type
	data []byte   // what was captured of it; good until the next frame
	sec  *section // of a pcapng: what its block is read with
}

// A format knows how packets stand in a file. Its next returns io.EOF where the
// file may end, and else an *Error.
type format interface {
	next(in *input) (frame, error)
	name() string
}

// An input is a file being read from front to back.
type input struct {
	r   *bufio.Reader
	off int64
	big bytes.Buffer // what does not fit into r
}

func newInput(r io.Reader) *input { return &input{r: bufio.NewReaderSize(r, 1<<18)} }

// take returns the next n bytes, good until the next take. The error is io.EOF
// if there are none at all.
func (in *input) take(n int) ([]byte, error) {
	if n > in.r.Size() {
		// The length may be a lie: memory grows with the bytes that come.
		in.big.Reset()
		got, err := io.CopyN(&in.big, in.r, int64(n))
		in.off += got
		return in.big.Bytes(), in.short(int(got), n, err)
	}
	b, err := in.r.Peek(n)
	in.off += int64(len(b))
	in.r.Discard(len(b)) // cannot fail: the bytes are buffered
	return b, in.short(len(b), n, err)
}

// skip passes over n bytes.
func (in *input) skip(n int64) error {
	for n > 0 {
		step := min(n, 1<<30)
		got, err := in.r.Discard(int(step))
		in.off += int64(got)
		if err != nil {
			return in.short(1, int(step), err)
		}
		n -= step
	}
	return nil
}

// short says that a file ended, or could not be read, before n bytes.
func (in *input) short(got, n int, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF) && got == 0:
		return io.EOF
	case errors.Is(err, io.EOF):
		return errEnds
	}
	return fmt.Errorf("reading the file: %w", err)
}

// errEnds says that a file ends where it should not.
var errEnds = errors.New("the file ends here, in the middle of a packet")

// wrong returns the error of a place.
func wrong(off int64, text string, args ...any) error {
	return &Error{Off: off, Err: fmt.Errorf(text, args...)}
}

// stopped returns the error of reading on inside a block: there, even the end
// of the file is one.
func (in *input) stopped(err error) error {
	if err == io.EOF {
		err = errEnds
	}
	return &Error{Off: in.off, Err: err}
}

// An order is the byte order of a file; true is big endian.
type order bool

func (o order) u16(b []byte) uint16 {
	if o {
		return binary.BigEndian.Uint16(b)
	}
	return binary.LittleEndian.Uint16(b)
}

func (o order) u32(b []byte) uint32 {
	if o {
		return binary.BigEndian.Uint32(b)
	}
	return binary.LittleEndian.Uint32(b)
}

// detectFormat looks at the first bytes and returns what the file is.
func detectFormat(in *input, s *Seen, keys io.Writer) (format, error) {
	head, err := in.r.Peek(5)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, &Error{Err: fmt.Errorf("reading the file: %w", err)}
	case len(head) == 0:
		return nil, wrong(0, "the file is empty")
	case len(head) >= 4 && binary.BigEndian.Uint32(head) == blockSection:
		return &pcapng{seen: s, keys: keys}, nil
	case len(head) == 5 && (plausible(head) || sslv2(head)):
		return &rawRecords{}, nil
	case len(head) >= 4:
		for _, o := range []order{true, false} {
			if m := o.u32(head); m == magicMicro || m == magicNano {
				return newPcap(in, o, m == magicNano)
			}
		}
	}
	if len(head) > 1 && head[0] == 0x1f && head[1] == 0x8b {
		return nil, wrong(0, "the file is compressed with gzip; it can be read when unpacked")
	}
	return nil, wrong(0, "this is neither pcap nor pcapng, nor TLS records: it begins with %x", head)
}
