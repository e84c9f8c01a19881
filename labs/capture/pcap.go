package capture

import (
	"io"
	"time"
)

// The magic numbers of a pcap file: times in micro- or nanoseconds.
const (
	magicMicro = 0xa1b2c3d4
	magicNano  = 0xa1b23c4d
)

// A pcap is a file of the older format (draft-ietf-opsawg-pcap, Section 4).
type pcap struct {
	order
	nano bool
	link uint16
}

func newPcap(in *input, o order, nano bool) (*pcap, error) {
	head, err := in.take(24)
	if err != nil {
		return nil, in.stopped(err)
	}
	if major := o.u16(head[4:]); major != 2 {
		return nil, wrong(4, "version %d of pcap is not known", major)
	}
	// The upper half of the link type tells of check sums behind frames.
	return &pcap{o, nano, uint16(o.u32(head[20:]))}, nil
}

func (f *pcap) name() string { return "pcap" }

func (f *pcap) next(in *input) (frame, error) {
	off := in.off
	head, err := in.take(16)
	if err == io.EOF {
		return frame{}, io.EOF
	} else if err != nil {
		return frame{}, in.stopped(err)
	}
	at := int64(f.u32(head)) * int64(time.Second)
	if sub := int64(f.u32(head[4:])); f.nano {
		at += sub
	} else {
		at += sub * int64(time.Microsecond)
	}
	n := f.u32(head[8:])
	if n > maxPacket {
		return frame{}, wrong(off, "a packet of %d bytes is longer than any network carries; the file is damaged here", n)
	}
	if n == 0 {
		return frame{off: off, at: at, link: f.link}, nil
	}
	data, err := in.take(int(n))
	if err != nil {
		return frame{}, in.stopped(err)
	}
	return frame{off: off, at: at, link: f.link, data: data}, nil
}
