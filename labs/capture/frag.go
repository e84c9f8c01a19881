package capture

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/gopacket/gopacket/ip4defrag"
	"github.com/gopacket/gopacket/layers"
)

// A jigsaw puts fragments of IPv4 packets together (RFC 791, Section 3.2). When
// too much waits for its other parts, all of it is dropped.
type jigsaw struct {
	parts  *ip4defrag.IPv4Defragmenter
	places map[puzzle][]int64 // where the fragments are in the file
	held   int
}

// A puzzle is what fragments of one packet have in common.
type puzzle struct {
	src, dst [4]byte
	id       uint16
	proto    uint8
}

// add takes a fragment at a place of the file, whose header is at the front of
// b. It returns the whole packet and the places of its parts once there are all.
func (j *jigsaw) add(b []byte, d datagram, place int64, at time.Time) (datagram, []int64, bool) {
	if j.held += len(d.body) + fragCost; j.parts == nil || j.held > maxFrags {
		*j = jigsaw{parts: ip4defrag.NewIPv4Defragmenter(), places: map[puzzle][]int64{}, held: len(d.body) + fragCost}
	}
	p := puzzle{d.src.As4(), d.dst.As4(), binary.BigEndian.Uint16(b[4:]), d.proto}
	cut := binary.BigEndian.Uint16(b[6:])
	j.places[p] = append(j.places[p], place)
	whole, err := j.parts.DefragIPv4WithTimestamp(&layers.IPv4{
		BaseLayer: layers.BaseLayer{Payload: slices.Clone(d.body)},
		Version:   4, IHL: 5, Length: uint16(20 + d.size), Id: p.id,
		Flags: layers.IPv4Flag(cut >> 13), FragOffset: cut & 0x1fff,
		Protocol: layers.IPProtocol(d.proto), SrcIP: p.src[:], DstIP: p.dst[:],
	}, at)
	if err != nil {
		delete(j.places, p)
	}
	if err != nil || whole == nil {
		return datagram{}, nil, false
	}
	places := j.places[p]
	delete(j.places, p)
	d.body, d.size, d.fragment = whole.Payload, len(whole.Payload), false
	j.held = max(0, j.held-len(d.body)-fragCost*len(places))
	return d, places, true
}
