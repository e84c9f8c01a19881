package capture

import (
	"encoding/binary"
	"net/netip"
)

// An Other is what a capture holds of a protocol that is named but not read.
type Other struct {
	Packets int64
	First   int64 // which packet of the file, from 1, was the first
	From    netip.AddrPort
	To      netip.AddrPort
}

// add counts a packet.
func (o *Other) add(number int64, from, to netip.AddrPort) {
	if o.Packets++; o.Packets == 1 {
		o.First, o.From, o.To = number, from, to
	}
}

// udp counts a UDP packet if it carries TLS in another guise. QUIC's short
// headers look like nothing; they count when they follow a long one.
func (s *Seen) udp(d datagram, quic map[[2]netip.AddrPort]bool) {
	if len(d.body) < 9 {
		return
	}
	from := netip.AddrPortFrom(d.src, binary.BigEndian.Uint16(d.body))
	to := netip.AddrPortFrom(d.dst, binary.BigEndian.Uint16(d.body[2:]))
	b := d.body[8:]
	ends := [2]netip.AddrPort{from, to}
	if from.Compare(to) > 0 {
		ends = [2]netip.AddrPort{to, from}
	}
	switch {
	case dtls(b):
		s.DTLS.add(s.Packets, from, to)
	case longQUIC(b):
		s.QUIC.add(s.Packets, from, to)
		if len(quic) < maxOpen {
			quic[ends] = true
		}
	case b[0]&0xc0 == 0x40 && quic[ends]: // RFC 9000, Section 17.3
		s.QUIC.add(s.Packets, from, to)
	}
}

// dtls reports whether a packet begins with a DTLS record (RFC 6347, Section
// 4.1) that is all there, unless it was cut. Records of DTLS 1.3 without a
// version follow others that have one; those are not counted.
func dtls(b []byte) bool {
	return len(b) >= 13 && b[0] >= 20 && b[0] <= 25 && b[1] == 0xfe && (b[2] == 0xff || b[2] == 0xfd || b[2] == 0xfc) &&
		int(binary.BigEndian.Uint16(b[11:])) <= maxRecord
}

// longQUIC reports whether a packet has QUIC's long header (RFC 9000, Section
// 17.2) of a known version: 1, 2 (RFC 9369), a draft, or negotiation.
func longQUIC(b []byte) bool {
	if len(b) < 7 || b[0]&0x80 == 0 || b[5] > 20 {
		return false
	}
	v := binary.BigEndian.Uint32(b[1:])
	fixed := b[0]&0x40 != 0
	return fixed && (v == 1 || v == 0x6b3343cf || v>>8 == 0xff0000) || v == 0 && len(b) > 7+int(b[5])
}
