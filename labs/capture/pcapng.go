package capture

import (
	"io"
	"math"
	"math/bits"

	"tlstutor/labs/wire"
)

// The types of blocks that are read (draft-ietf-opsawg-pcapng, Section 4).
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockPacket    = 2 // obsolete
	blockSimple    = 3
	blockEnhanced  = 6
	blockSecrets   = 10
)

// A pcapng is a file of the newer format: blocks, whose meaning depends on the
// section they stand in.
type pcapng struct {
	sec    *section
	last   int64 // the time of the packet before, for blocks that have none
	ifaces int   // of all sections
	seen   *Seen
	keys   io.Writer
}

// A section is what its packets are read with. It only grows.
type section struct {
	order
	ifaces []iface
}

// An iface is where packets were captured.
type iface struct {
	link    uint16
	snap    uint32 // how much of a packet was kept; 0: all
	res     uint8  // the unit of time: a power of 10, or with the top bit of 2
	seconds int64  // to be added to each time
}

func (f *pcapng) name() string { return "pcapng" }

func (f *pcapng) next(in *input) (frame, error) {
	for {
		off := in.off
		head, err := in.take(8)
		if err == io.EOF {
			return frame{}, io.EOF
		} else if err != nil {
			return frame{}, in.stopped(err)
		}
		var o order
		if f.sec != nil {
			o = f.sec.order
		}
		kind, size := o.u32(head), o.u32(head[4:])
		if kind == blockSection {
			if err := f.section(in, off, [4]byte(head[4:])); err != nil {
				return frame{}, err
			}
			continue
		}
		fr, ok, err := f.block(in, off, kind, size)
		if ok || err != nil {
			return fr, err
		}
	}
}

// section reads the rest of a section header, whose byte order mark says how
// the length before it is to be read.
func (f *pcapng) section(in *input, off int64, size [4]byte) error {
	mark, err := in.take(4)
	if err != nil {
		return in.stopped(err)
	}
	const magic = 0x1a2b3c4d
	sec := &section{order: order(order(true).u32(mark) == magic)}
	if !sec.order && sec.u32(mark) != magic {
		return wrong(off, "a section header without a byte order mark; the file is damaged here")
	}
	n := sec.u32(size[:])
	if n < 28 || n%4 != 0 || n > maxPacket {
		return wrong(off, "a section header cannot have a length of %d bytes; the file is damaged here", n)
	}
	body, err := in.take(int(n) - 12)
	if err != nil {
		return in.stopped(err)
	}
	if major := sec.u16(body); major != 1 {
		return wrong(off, "version %d of pcapng is not known", major)
	}
	f.sec = sec
	sec.options(body[12:len(body)-4], func(code uint16, v []byte) {
		if code == 1 && f.seen.Comment == "" {
			f.seen.Comment = wire.Clean(string(v), wire.MaxValue)
		}
	})
	return nil
}

// block reads the rest of one block. Only some hold a packet.
func (f *pcapng) block(in *input, off int64, kind, size uint32) (fr frame, ok bool, err error) {
	if f.sec == nil {
		return fr, false, wrong(off, "a block outside of any section")
	}
	if size < 12 || size%4 != 0 {
		return fr, false, wrong(off, "a block cannot have a length of %d bytes; the file is damaged here", size)
	}
	most := 0
	switch kind {
	case blockInterface, blockPacket, blockSimple, blockEnhanced:
		most = maxPacket
	case blockSecrets:
		most = maxSecrets
	}
	if size > uint32(most) {
		if most > 0 {
			f.seen.Bad++
		}
		if err := in.skip(int64(size) - 12); err != nil {
			return fr, false, in.stopped(err)
		}
		return fr, false, f.closed(in, off, size, nil)
	}
	body, err := in.take(int(size) - 8)
	if err != nil {
		return fr, false, in.stopped(err)
	}
	if err := f.closed(in, off, size, body[len(body)-4:]); err != nil {
		return fr, false, err
	}
	body = body[:len(body)-4]
	switch kind {
	case blockInterface:
		return fr, false, f.iface(off, body)
	case blockSecrets:
		f.secrets(body)
		return fr, false, nil
	}
	fr, ok, err = f.packet(off, kind, body)
	return fr, ok, err
}

// closed checks the length that stands once more behind a block.
func (f *pcapng) closed(in *input, off int64, size uint32, again []byte) error {
	if again == nil {
		var err error
		if again, err = in.take(4); err != nil {
			return in.stopped(err)
		}
	}
	if n := f.sec.u32(again); n != size {
		return wrong(off, "a block says it has %d bytes, and at its end that it has %d; the file is damaged here", size, n)
	}
	return nil
}

// options calls f with each option of a list (Section 3.5), up to the first
// that does not fit.
func (s *section) options(b []byte, f func(code uint16, value []byte)) {
	for len(b) >= 4 {
		code, n := s.u16(b), int(s.u16(b[2:]))
		if code == 0 || n > len(b)-4 {
			return
		}
		f(code, b[4:4+n])
		b = b[4+min((n+3)&^3, len(b)-4):]
	}
}

// iface takes note of an interface (Section 4.2).
func (f *pcapng) iface(off int64, b []byte) error {
	if len(b) < 8 {
		return wrong(off, "an interface of %d bytes; the file is damaged here", len(b))
	}
	if f.ifaces++; f.ifaces > maxIfaces {
		return wrong(off, "more than %d interfaces", maxIfaces)
	}
	i := iface{link: f.sec.u16(b), snap: f.sec.u32(b[4:]), res: 6}
	f.sec.options(b[8:], func(code uint16, v []byte) {
		switch {
		case code == 9 && len(v) == 1: // if_tsresol
			i.res = v[0]
		case code == 14 && len(v) == 8: // if_tsoffset
			lo, hi := f.sec.u32(v), f.sec.u32(v[4:])
			if f.sec.order {
				lo, hi = hi, lo
			}
			i.seconds = int64(hi)<<32 | int64(lo)
		}
	})
	f.sec.ifaces = append(f.sec.ifaces, i)
	return nil
}

// secrets hands on a key log (Section 4.7). Other kinds of secrets open nothing
// that is read here.
func (f *pcapng) secrets(b []byte) {
	if len(b) < 8 || f.sec.u32(b) != tlsSecrets || f.keys == nil {
		return
	}
	n := min(uint32(len(b)-8), f.sec.u32(b[4:]))
	// The last line may lack its end, and the next block begins a new one.
	f.keys.Write(b[8 : 8+n])
	f.keys.Write([]byte{'\n'})
}

// packet reads a block that holds a packet (Sections 4.3, 4.4 and A).
func (f *pcapng) packet(off int64, kind uint32, b []byte) (frame, bool, error) {
	s := f.sec
	var which, kept uint32
	head := 20
	if kind == blockSimple {
		head = 4
	}
	if len(b) < head {
		return frame{}, false, wrong(off, "a packet's block of %d bytes; the file is damaged here", len(b))
	}
	switch kind {
	case blockSimple:
		kept = min(s.u32(b), uint32(len(b)-head))
	case blockPacket:
		which, kept = uint32(s.u16(b)), s.u32(b[12:])
	case blockEnhanced:
		which, kept = s.u32(b), s.u32(b[12:])
	}
	if which >= uint32(len(s.ifaces)) {
		return frame{}, false, wrong(off, "a packet of interface %d, of which nothing is said; the file is damaged here", which)
	}
	if kept > uint32(len(b)-head) {
		return frame{}, false, wrong(off, "a packet of %d bytes in a block of %d; the file is damaged here", kept, len(b)-head)
	}
	on := s.ifaces[which]
	if kind == blockSimple && on.snap > 0 {
		kept = min(kept, on.snap)
	} else if kind != blockSimple {
		f.last = on.time(uint64(s.u32(b[4:]))<<32 | uint64(s.u32(b[8:])))
	}
	return frame{off: off, at: f.last, link: on.link, data: b[head : head+int(kept)], sec: s}, true, nil
}

// time returns nanoseconds since 1970; what is beyond them is the farthest
// that can be said.
func (i *iface) time(t uint64) int64 {
	var hi, lo uint64
	if shift := i.res & 0x7f; i.res&0x80 != 0 {
		// t / 2^shift seconds.
		if shift > 63 {
			return 0
		}
		hi, lo = bits.Mul64(t, 1e9)
		lo = lo>>shift | hi<<(64-shift)
		hi >>= shift
	} else {
		for ; shift < 9; shift++ {
			if hi, t = bits.Mul64(t, 10); hi > 0 {
				return math.MaxInt64
			}
		}
		for ; shift > 9 && t > 0; shift-- {
			t /= 10
		}
		lo = t
	}
	if hi > 0 || lo > math.MaxInt64 {
		return math.MaxInt64
	}
	const most = math.MaxInt64 / 1_000_000_000
	sum := int64(lo) + max(-most, min(most, i.seconds))*1_000_000_000
	if i.seconds > 0 && sum < 0 {
		return math.MaxInt64
	}
	return sum
}
