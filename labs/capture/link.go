package capture

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// The link types that are read (draft-ietf-opsawg-pcaplinktype).
const (
	linkNull     = 0   // BSD loopback: the address family, in the byte order of whoever captured
	linkEthernet = 1   //
	linkRaw12    = 12  // raw IP, as some systems number it
	linkRaw14    = 14  // the same
	linkRaw      = 101 // raw IP
	linkLoop     = 108 // OpenBSD loopback: the address family
	linkSLL      = 113 // Linux cooked
	linkIPv4     = 228 //
	linkIPv6     = 229 //
	linkSLL2     = 276 // Linux cooked, version 2
)

// readable reports whether packets of a link type are read.
func readable(link uint16) bool {
	switch link {
	case linkNull, linkEthernet, linkRaw12, linkRaw14, linkRaw, linkLoop, linkSLL, linkIPv4, linkIPv6, linkSLL2:
		return true
	}
	return false
}

// network returns the IP packet in a frame, or nil if there is none.
func network(link uint16, b []byte) []byte {
	switch link {
	case linkEthernet:
		if len(b) < 14 {
			return nil
		}
		return tagged(binary.BigEndian.Uint16(b[12:]), b[14:])
	case linkSLL:
		if len(b) < 16 {
			return nil
		}
		return tagged(binary.BigEndian.Uint16(b[14:]), b[16:])
	case linkSLL2:
		if len(b) < 20 {
			return nil
		}
		return tagged(binary.BigEndian.Uint16(b), b[20:])
	case linkNull, linkLoop:
		if len(b) < 4 {
			return nil
		}
		// 2 is IPv4 everywhere; the systems disagree on IPv6.
		switch max(b[0], b[3]) {
		case 2, 10, 24, 28, 30:
			return b[4:]
		}
		return nil
	}
	return b
}

// tagged returns the IP packet behind an Ethernet type and any VLAN tags (IEEE
// 802.1Q), or nil.
func tagged(kind uint16, b []byte) []byte {
	for kind == 0x8100 || kind == 0x88a8 || kind == 0x9100 {
		if len(b) < 4 {
			return nil
		}
		kind, b = binary.BigEndian.Uint16(b[2:]), b[4:]
	}
	if kind != 0x0800 && kind != 0x86dd {
		return nil
	}
	return b
}

// A datagram is an IP packet without its headers.
type datagram struct {
	src, dst netip.Addr
	proto    uint8
	body     []byte // what was captured of it
	size     int    // how long it was
	fragment bool   // it is only a part
}

// The numbers of the protocols above IP.
const (
	protoTCP = 6
	protoUDP = 17
)

// internet reads the headers of an IP packet. Captured before the network card
// has cut it, a packet may say that its length is 0; it is then what is there.
func internet(b []byte) (datagram, bool) {
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		return internet4(b)
	case len(b) >= 40 && b[0]>>4 == 6:
		return internet6(b)
	}
	return datagram{}, false
}

// internet4 reads an IPv4 header (RFC 791, Section 3.1).
func internet4(b []byte) (datagram, bool) {
	head, size := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
	if size == 0 {
		size = len(b)
	}
	if head < 20 || head > len(b) || head > size {
		return datagram{}, false
	}
	return datagram{
		src: netip.AddrFrom4([4]byte(b[12:])), dst: netip.AddrFrom4([4]byte(b[16:])), proto: b[9],
		body: b[head:min(size, len(b))], size: size - head,
		fragment: binary.BigEndian.Uint16(b[6:])&0x3fff != 0,
	}, true
}

// internet6 reads an IPv6 header and its extensions (RFC 8200, Section 4).
func internet6(b []byte) (datagram, bool) {
	size := int(binary.BigEndian.Uint16(b[4:]))
	if size == 0 {
		size = len(b) - 40
	}
	d := datagram{
		src: netip.AddrFrom16([16]byte(b[8:])), dst: netip.AddrFrom16([16]byte(b[24:])), proto: b[6],
		body: b[40:min(40+size, len(b))], size: size,
	}
	for {
		n := 8
		switch d.proto {
		default:
			return d, true
		case 0, 43, 60, 135, 139, 140: // hop-by-hop, routing, destination options, mobility, HIP, shim6
			if len(d.body) > 1 {
				n = 8 + 8*int(d.body[1])
			}
		case 51: // authentication (RFC 4302, Section 2.2)
			if len(d.body) > 1 {
				n = 8 + 4*int(d.body[1])
			}
		case 44: // fragment; one alone is no part (RFC 6946)
			if len(d.body) > 3 && binary.BigEndian.Uint16(d.body[2:])&0xfff9 != 0 {
				d.fragment = true
				return d, true
			}
		}
		if len(d.body) < n || d.size < n {
			return d, false
		}
		d.proto = d.body[0]
		d.body, d.size = d.body[n:], d.size-n
	}
}

// An arrival is a TCP segment as it was captured.
type arrival struct {
	from, to netip.AddrPort
	seq, ack uint32
	flags    flag
	data     []byte
	size     int           // how long data was before it was cut
	at       time.Duration // since the recording began
	places   []int64       // where its packet begins in the file, or those of its fragments
}

// has reports whether a segment has a control bit.
func (a *arrival) has(f flag) bool { return a.flags&f != 0 }

// end is the number behind the last byte of a segment's data.
func (a *arrival) end() uint32 { return a.begin() + uint32(a.size) }

// begin is the number of the first byte of a segment's data: a SYN takes the
// one before (RFC 9293, Section 3.4).
func (a *arrival) begin() uint32 {
	if a.has(syn) {
		return a.seq + 1
	}
	return a.seq
}

// transport reads a TCP header (RFC 9293, Section 3.1). The checksum is not
// looked at: what was captured where it was sent rarely has one.
func transport(d datagram, a *arrival) bool {
	b := d.body
	if len(b) < 20 {
		return false
	}
	head := int(b[12]>>4) * 4
	if head < 20 || head > len(b) || head > d.size {
		return false
	}
	a.from = netip.AddrPortFrom(d.src, binary.BigEndian.Uint16(b))
	a.to = netip.AddrPortFrom(d.dst, binary.BigEndian.Uint16(b[2:]))
	a.seq, a.ack = binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	a.flags = flag(b[13])
	a.data, a.size = b[head:], d.size-head
	return true
}
