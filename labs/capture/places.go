package capture

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"sort"
)

// A places is where in the file the packets of a connection are: each as the
// way from the one before.
type places struct {
	packed []byte
	last   int64
}

// add adds places.
func (p *places) add(all []int64) {
	for _, off := range all {
		p.packed = binary.AppendVarint(p.packed, off-p.last)
		p.last = off
	}
}

// frameAt reads the packet at a place of a file once more.
func frameAt(in *input, f io.ReaderAt, off, size int64, file format, sections []stretch) (frame, error) {
	rest := io.NewSectionReader(f, off, size-off)
	if in.r == nil {
		in.r = bufio.NewReaderSize(rest, 1<<11)
	}
	in.r.Reset(rest)
	in.off = off
	if _, ok := file.(*pcapng); ok {
		i := sort.Search(len(sections), func(i int) bool { return sections[i].off > off })
		if i == 0 {
			return frame{}, errChanged
		}
		file = &pcapng{sec: &sections[i-1].sec, seen: &Seen{}}
	}
	fr, err := file.next(in)
	if err == nil && fr.off != off {
		err = errChanged
	}
	return fr, err
}

// errChanged says that what was read before is no longer there.
var errChanged = errors.New("the file has changed since it was read")
