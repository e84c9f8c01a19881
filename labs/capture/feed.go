package capture

import (
	"net/netip"
	"time"
)

// A feed takes frames apart and gives their segments to a table.
type feed struct {
	table  *table
	seen   Seen
	start  int64 // when the first packet was captured
	quic   map[[2]netip.AddrPort]bool
	jigsaw jigsaw
	places [1]int64
}

func newFeed(found, done func(*conn)) *feed {
	return &feed{table: newTable(found, done), quic: map[[2]netip.AddrPort]bool{}}
}

// frame takes the next packet.
func (f *feed) frame(fr frame) {
	s := &f.seen
	if s.Packets++; s.Packets == 1 {
		f.start, s.Start = fr.at, time.Unix(0, fr.at).UTC()
	}
	if !readable(fr.link) {
		s.foreign(fr.link)
		return
	}
	b := network(fr.link, fr.data)
	if b == nil {
		s.Foreign++
		return
	}
	d, ok := internet(b)
	if !ok {
		s.Bad++
		return
	}
	f.places[0] = fr.off
	places := f.places[:]
	if d.fragment {
		s.Fragments++
		if !d.src.Is4() {
			return
		}
		if d, places, ok = f.jigsaw.add(b, d, fr.off, time.Unix(0, fr.at)); !ok {
			return
		}
		s.Fragments -= int64(len(places))
	}
	f.datagram(d, fr.at, places)
}

// datagram takes the next IP packet.
func (f *feed) datagram(d datagram, at int64, places []int64) {
	switch d.proto {
	case protoUDP:
		f.seen.udp(d, f.quic)
	case protoTCP:
		a := arrival{places: places, at: time.Duration(max(0, at-f.start))}
		if !transport(d, &a) {
			f.seen.Bad++
			return
		}
		if len(a.data) < a.size {
			f.seen.Cut++
		}
		f.table.segment(&a)
	}
}

// close ends all that is open.
func (f *feed) close() { f.table.close() }

// now returns the counts as they are.
func (f *feed) now() Seen {
	s := f.seen
	s.Conns, s.Plain = f.table.count, f.table.plain
	return s
}
