package capture

import (
	"fmt"
	"net"
	"net/netip"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"tlstutor/labs/dissect"
)

const (
	segment = 1400  // payload bytes in one packet, as on most networks
	window  = 65535 // with scale, more than will ever be under way
	scale   = 14    // the largest there is (RFC 7323, Section 2.3)
	hops    = 64    // where IP's counter starts
)

// A stream is one TCP connection being written (RFC 9293). It keeps the next
// sequence number of each direction; every packet acknowledges all that the
// other direction has sent, as a receiver right at the recorder would.
type stream struct {
	ends  [2]netip.AddrPort // the sender of each direction
	next  [2]uint32         // the sequence number of its next byte
	begun bool              // the three packets that open it are written
	over  [2]bool           // its FIN is written
}

// newStream returns the stream of a connection, or why there can be none.
func newStream(c *Conn) (*stream, error) {
	s := &stream{}
	for i, a := range []netip.AddrPort{c.Client, c.Server} {
		if !a.IsValid() {
			return nil, fmt.Errorf("its %s has no IP address and port", []string{"client", "server"}[i])
		}
		s.ends[i] = netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
	}
	if s.ends[0].Addr().Is4() != s.ends[1].Addr().Is4() {
		return nil, fmt.Errorf("%v and %v are of different families", c.Client, c.Server)
	}
	var over [2]bool
	for i, chunk := range c.Chunks {
		switch {
		case chunk.Dir > dissect.ToClient:
			return nil, fmt.Errorf("chunk %d goes in direction %d, which there is not", i+1, chunk.Dir)
		case over[chunk.Dir]:
			return nil, fmt.Errorf("chunk %d comes after the end of its direction", i+1)
		}
		over[chunk.Dir] = chunk.Fin
	}
	return s, nil
}

// A flag is a set of a segment's control bits (RFC 9293, Section 3.1).
type flag uint8

const (
	fin flag = 1 << iota
	syn
	rst
	psh
	ack
)

// chunk puts the packets of one chunk: before the first, those that open the
// connection; behind the end of the second direction, the one that closes it.
func (s *stream) chunk(c *Chunk, put func([]byte) error) error {
	var err error
	send := func(d dissect.Dir, f flag, data []byte) {
		var frame []byte
		if err == nil {
			frame, err = s.packet(d, f, data)
		}
		if err == nil {
			err = put(frame)
		}
	}
	if !s.begun {
		// The recorder did not see when: it is put at the time of the first byte.
		s.begun = true
		send(dissect.ToServer, syn, nil)
		send(dissect.ToClient, syn|ack, nil)
		send(dissect.ToServer, ack, nil)
	}
	for left := c.Data; len(left) > 0; {
		n := min(len(left), segment)
		f := ack // PSH marks where what was written at once ends
		if n == len(left) {
			f |= psh
		}
		send(c.Dir, f, left[:n])
		left = left[n:]
	}
	if c.Fin {
		send(c.Dir, fin|ack, nil)
		if s.over[c.Dir] = true; s.over[1-c.Dir] {
			send(1-c.Dir, ack, nil)
		}
	}
	return err
}

// packet returns one Ethernet frame, and counts what it takes of the sequence
// space: its data, and one each for SYN and FIN (RFC 9293, Section 3.4).
func (s *stream) packet(d dissect.Dir, f flag, data []byte) ([]byte, error) {
	tcp := &layers.TCP{
		SrcPort: layers.TCPPort(s.ends[d].Port()), DstPort: layers.TCPPort(s.ends[1-d].Port()),
		Seq: s.next[d], Window: window,
		SYN: f&syn != 0, FIN: f&fin != 0, PSH: f&psh != 0, ACK: f&ack != 0,
	}
	if tcp.ACK {
		tcp.Ack = s.next[1-d]
	}
	if tcp.SYN {
		// Only SYN packets may carry these (RFC 9293, Section 3.7.1; RFC 7323,
		// Section 2.2).
		tcp.Options = []layers.TCPOption{
			{OptionType: layers.TCPOptionKindMSS, OptionData: []byte{segment >> 8, segment & 0xff}},
			{OptionType: layers.TCPOptionKindWindowScale, OptionData: []byte{scale}},
		}
	}
	s.next[d] += uint32(len(data))
	if tcp.SYN || tcp.FIN {
		s.next[d]++
	}
	link := &layers.Ethernet{SrcMAC: station(d), DstMAC: station(1 - d)}
	ip := s.ip(d, link)
	if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
		return nil, err
	}
	buf := gopacket.NewSerializeBuffer()
	fix := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	err := gopacket.SerializeLayers(buf, fix, link, ip, tcp, gopacket.Payload(data))
	return buf.Bytes(), err
}

// A header is an IP header that can be written.
type header interface {
	gopacket.NetworkLayer
	gopacket.SerializableLayer
}

// ip returns the header of a packet in a direction, of the family that the
// connection's addresses have, and has the frame name it. What must not be cut
// on its way needs no number of its own (RFC 6864, Section 4.1).
func (s *stream) ip(d dissect.Dir, link *layers.Ethernet) header {
	from, to := s.ends[d].Addr(), s.ends[1-d].Addr()
	if !from.Is4() {
		link.EthernetType = layers.EthernetTypeIPv6
		return &layers.IPv6{
			Version: 6, NextHeader: layers.IPProtocolTCP, HopLimit: hops,
			SrcIP: from.AsSlice(), DstIP: to.AsSlice(),
		}
	}
	link.EthernetType = layers.EthernetTypeIPv4
	return &layers.IPv4{
		Version: 4, Protocol: layers.IPProtocolTCP, TTL: hops, Flags: layers.IPv4DontFragment,
		SrcIP: from.AsSlice(), DstIP: to.AsSlice(),
	}
}

// station is the made-up Ethernet address of a direction's sender; bit 1 of
// its first byte says that nobody was given it.
func station(d dissect.Dir) net.HardwareAddr { return net.HardwareAddr{2, 0, 0, 0, 0, byte(d) + 1} }
