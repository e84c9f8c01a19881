package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"tlstutor/labs/dissect"
)

// began is when the recordings of these tests began.
var began = time.Date(2026, 11, 22, 9, 30, 0, 123456789, time.UTC)

// talk is a connection with chunks that need no, one and many cuts.
func talk(client, server string) Conn {
	return Conn{
		Client: netip.MustParseAddrPort(client), Server: netip.MustParseAddrPort(server),
		Keys: []byte("CLIENT_RANDOM 00 11\n"),
		Chunks: []Chunk{
			{At: 1 * time.Millisecond, Dir: dissect.ToServer, Data: []byte("hello")},
			{At: 2 * time.Millisecond, Dir: dissect.ToClient, Data: pattern(5001)},
			{At: 3 * time.Millisecond, Dir: dissect.ToServer, Data: pattern(2 * segment)},
			{At: 4 * time.Millisecond, Dir: dissect.ToServer, Data: pattern(segment + 1), Fin: true},
			{At: 5 * time.Millisecond, Dir: dissect.ToClient, Data: []byte("bye")},
			{At: 6 * time.Millisecond, Dir: dissect.ToClient, Fin: true},
		},
	}
}

// pattern is n bytes, no two neighbouring stretches of which are alike.
func pattern(n int) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i*7 + i>>8)
	}
	return p
}

func write(t testing.TB, conns ...Conn) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, began, conns); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A packet is one packet as gopacket's reader sees it.
type packet struct {
	gopacket.Packet
	at       time.Time
	tcp      *layers.TCP
	from, to netip.AddrPort
}

// packets reads a file back.
func packets(t testing.TB, file []byte) []packet {
	t.Helper()
	r, err := pcapgo.NewNgReader(bytes.NewReader(file), pcapgo.DefaultNgReaderOptions)
	if err != nil {
		t.Fatal(err)
	}
	var all []packet
	for {
		data, ci, err := r.ReadPacketData()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("packet %d: %v", len(all)+1, err)
		}
		p := packet{Packet: gopacket.NewPacket(data, layers.LayerTypeEthernet, gopacket.Default), at: ci.Timestamp}
		if bad := p.ErrorLayer(); bad != nil {
			t.Fatalf("packet %d: %v", len(all)+1, bad.Error())
		}
		p.tcp, _ = p.TransportLayer().(*layers.TCP)
		if p.tcp == nil {
			t.Fatalf("packet %d is not of TCP", len(all)+1)
		}
		src, dst := p.NetworkLayer().NetworkFlow().Endpoints()
		p.from = end(t, src, p.tcp.SrcPort)
		p.to = end(t, dst, p.tcp.DstPort)
		all = append(all, p)
	}
}

func end(t testing.TB, e gopacket.Endpoint, port layers.TCPPort) netip.AddrPort {
	a, ok := netip.AddrFromSlice(e.Raw())
	if !ok {
		t.Fatalf("%v is not an address", e)
	}
	return netip.AddrPortFrom(a, uint16(port))
}

// A side is what one direction of a connection was, put together again.
type side struct {
	next, acked uint32
	payload     []byte
	syn, fin    bool
	mss, window int // what it takes in one segment, and in all
}

// open notes what the sender of a SYN takes.
func (h *side) open(tcp *layers.TCP) {
	h.syn, h.next, h.acked = true, tcp.Seq, 0
	for _, o := range tcp.Options {
		switch o.OptionType {
		case layers.TCPOptionKindMSS:
			h.mss = int(binary.BigEndian.Uint16(o.OptionData))
		case layers.TCPOptionKindWindowScale:
			h.window = int(tcp.Window) << o.OptionData[0]
		}
	}
}

// assemble follows the packets of a connection as a strict receiver would:
// nothing may be missing, doubled, out of order, or acknowledged too early.
func assemble(t *testing.T, c Conn, all []packet) [2]side {
	t.Helper()
	var halves [2]side
	for i, p := range all {
		d := 0
		switch {
		case p.from == c.Client && p.to == c.Server:
		case p.from == c.Server && p.to == c.Client:
			d = 1
		default:
			continue
		}
		h, other := &halves[d], &halves[1-d]
		if h.syn == p.tcp.SYN {
			t.Errorf("packet %d: SYN is %v, but the direction had begun: %v", i+1, p.tcp.SYN, h.syn)
		}
		if p.tcp.SYN {
			h.open(p.tcp)
		}
		if p.tcp.Seq != h.next {
			t.Errorf("packet %d: sequence number %d, want %d", i+1, p.tcp.Seq, h.next)
		}
		if p.tcp.ACK != other.syn || p.tcp.ACK && p.tcp.Ack != other.next {
			t.Errorf("packet %d: ACK is %v, number %d; the other direction is at %d", i+1, p.tcp.ACK, p.tcp.Ack, other.next)
		}
		if h.fin && (p.tcp.FIN || len(p.tcp.Payload) > 0) {
			t.Errorf("packet %d: more after the end of its direction", i+1)
		}
		h.acked = p.tcp.Ack
		if n := len(p.tcp.Payload); n > other.mss || n > 0 && int(h.next-other.acked)+n > other.window {
			t.Errorf("packet %d: %d bytes in one segment, behind %d under way", i+1, n, h.next-other.acked)
		}
		h.payload = append(h.payload, p.tcp.Payload...)
		h.next += uint32(len(p.tcp.Payload))
		if p.tcp.SYN || p.tcp.FIN {
			h.next++
		}
		h.fin = h.fin || p.tcp.FIN
	}
	return halves
}

// said is what a connection's chunks say in a direction.
func said(c Conn, d dissect.Dir) (payload []byte, fin bool) {
	for _, chunk := range c.Chunks {
		if chunk.Dir == d {
			payload, fin = append(payload, chunk.Data...), fin || chunk.Fin
		}
	}
	return payload, fin
}

func TestReadBack(t *testing.T) {
	open := talk("127.0.0.1:40002", "127.0.0.1:443")
	open.Chunks = open.Chunks[:3]
	open.Chunks[1].Data = pattern(5 * window)
	conns := []Conn{talk("127.0.0.1:40001", "127.0.0.1:443"), open, talk("[::1]:40003", "[::1]:443")}
	all := packets(t, write(t, conns...))
	for i, c := range conns {
		halves := assemble(t, c, all)
		for d := range dissect.Dir(2) {
			payload, fin := said(c, d)
			if got := halves[d]; !bytes.Equal(got.payload, payload) || got.fin != fin {
				t.Errorf("connection %d, %v: %d bytes come back, ended %v; want %d, %v", i+1, d, len(got.payload), got.fin, len(payload), fin)
			}
		}
	}
	for i := 1; i < len(all); i++ {
		if all[i].at.Before(all[i-1].at) {
			t.Errorf("packet %d is earlier than the one before it", i+1)
		}
	}
	if got := all[0].at; !got.Equal(began.Add(time.Millisecond)) {
		t.Errorf("the first packet is of %v", got)
	}
}

func TestOpensAndCloses(t *testing.T) {
	c := Conn{Client: netip.MustParseAddrPort("127.0.0.1:1"), Server: netip.MustParseAddrPort("127.0.0.1:2"), Chunks: []Chunk{
		{Dir: dissect.ToServer, Data: []byte("a")},
		{Dir: dissect.ToServer, Fin: true},
		{Dir: dissect.ToClient, Data: []byte("b"), Fin: true},
	}}
	var got []string
	for _, p := range packets(t, write(t, c)) {
		who := "client"
		if p.from == c.Server {
			who = "server"
		}
		for i, set := range []bool{p.tcp.SYN, p.tcp.FIN, p.tcp.PSH, p.tcp.ACK} {
			if set {
				who += []string{" SYN", " FIN", " PSH", " ACK"}[i]
			}
		}
		got = append(got, who)
	}
	want := []string{"client SYN", "server SYN ACK", "client ACK", "client PSH ACK", "client FIN ACK", "server PSH ACK", "server FIN ACK", "client ACK"}
	if !slices.Equal(got, want) {
		t.Errorf("the packets are %q, want %q", got, want)
	}
}

func TestOrder(t *testing.T) {
	at := func(client string, ms ...int) Conn {
		c := Conn{Client: netip.MustParseAddrPort(client), Server: netip.MustParseAddrPort("10.0.0.9:443")}
		for _, n := range ms {
			c.Chunks = append(c.Chunks, Chunk{At: time.Duration(n) * time.Millisecond, Data: []byte{byte(n)}})
		}
		return c
	}
	var got []byte
	for _, p := range packets(t, write(t, at("10.0.0.1:1", 1, 5, 4, 9), at("10.0.0.2:1"), at("10.0.0.3:1", 2, 5, 8))) {
		got = append(got, p.tcp.Payload...)
	}
	// 4 came after 5 on its connection, so it stays behind it.
	if want := []byte{1, 2, 5, 4, 5, 8, 9}; !bytes.Equal(got, want) {
		t.Errorf("the chunks come in the order %v, want %v", got, want)
	}
}

func TestOrderOfOneTime(t *testing.T) {
	conns := []Conn{talk("10.0.0.1:1", "10.0.0.9:443"), talk("10.0.0.2:1", "10.0.0.9:443")}
	for i := range conns {
		conns[i].Chunks = nil
		for j := range 200 {
			conns[i].Chunks = append(conns[i].Chunks, Chunk{At: time.Duration(j / 50), Data: []byte{byte(j)}})
		}
	}
	all := packets(t, write(t, conns...))
	for i, c := range conns {
		payload, _ := said(c, dissect.ToServer)
		if got := assemble(t, c, all)[0].payload; !bytes.Equal(got, payload) {
			t.Errorf("connection %d: the chunks of one time come in the order %v", i+1, got)
		}
	}
}

// sum is the Internet checksum's sum of data (RFC 1071), begun at n: 0xffff
// over anything that holds its own checksum.
func sum(n uint32, data []byte) uint32 {
	for ; len(data) > 1; data = data[2:] {
		n += uint32(binary.BigEndian.Uint16(data))
	}
	if len(data) == 1 {
		n += uint32(data[0]) << 8
	}
	for n > 0xffff {
		n = n>>16 + n&0xffff
	}
	return n
}

func TestChecksums(t *testing.T) {
	for i, p := range packets(t, write(t, talk("127.0.0.1:40001", "127.0.0.1:443"), talk("[::1]:40003", "[::1]:443"))) {
		ip := p.NetworkLayer()
		if p.from.Addr().Is4() && sum(0, ip.LayerContents()) != 0xffff {
			t.Errorf("packet %d: the checksum of the IPv4 header is wrong", i+1)
		}
		// The pseudo-header of RFC 9293, Section 3.1 and RFC 8200, Section 8.1.
		pseudo := append(p.from.Addr().AsSlice(), p.to.Addr().AsSlice()...)
		pseudo = binary.BigEndian.AppendUint32(pseudo, 6)
		pseudo = binary.BigEndian.AppendUint32(pseudo, uint32(len(ip.LayerPayload())))
		if sum(sum(0, pseudo), ip.LayerPayload()) != 0xffff {
			t.Errorf("packet %d: the checksum of the TCP segment is wrong", i+1)
		}
	}
}

// A block is one block of a pcapng file.
type block struct {
	kind uint32
	body []byte
}

func blocks(t *testing.T, file []byte) []block {
	var all []block
	for len(file) > 0 {
		n := binary.LittleEndian.Uint32(file[4:])
		if n < 12 || n%4 != 0 || int(n) > len(file) || binary.LittleEndian.Uint32(file[n-4:]) != n {
			t.Fatalf("block %d: its lengths do not agree", len(all))
		}
		all = append(all, block{binary.LittleEndian.Uint32(file), file[8 : n-4]})
		file = file[n:]
	}
	return all
}

func TestSecretsComeFirst(t *testing.T) {
	const secrets, enhanced = 10, 6
	a, b, c := talk("127.0.0.1:1", "127.0.0.1:9"), talk("127.0.0.1:2", "127.0.0.1:9"), talk("127.0.0.1:3", "127.0.0.1:9")
	b.Keys, c.Keys = nil, []byte("SERVER_TRAFFIC_SECRET_0 22 33")
	var got []string
	begun := false
	for i, bl := range blocks(t, write(t, a, b, c)) {
		switch bl.kind {
		case enhanced:
			begun = true
		case secrets:
			if begun {
				t.Errorf("block %d: secrets behind packets", i)
			}
			if kind := binary.BigEndian.Uint32([]byte("TLSK")); binary.LittleEndian.Uint32(bl.body) != kind {
				t.Errorf("block %d: the secrets are not those of TLS", i)
			}
			got = append(got, string(bl.body[8:8+binary.LittleEndian.Uint32(bl.body[4:])]))
		}
	}
	if want := []string{string(a.Keys), string(c.Keys)}; !begun || !slices.Equal(got, want) {
		t.Errorf("the secrets are %q, want %q", got, want)
	}
}

func TestSaysWhatIsMadeUp(t *testing.T) {
	file := write(t)
	if !bytes.Contains(file, []byte(comment)) || len(packets(t, file)) != 0 {
		t.Error("a file without connections lacks the comment, or has packets")
	}
}

func TestRefuses(t *testing.T) {
	good := talk("127.0.0.1:1", "127.0.0.1:2")
	for want, spoil := range map[string]func(*Conn){
		"its client has no IP address":       func(c *Conn) { c.Client = netip.AddrPort{} },
		"its server has no IP address":       func(c *Conn) { c.Server = netip.AddrPort{} },
		"of different families":              func(c *Conn) { c.Server = netip.MustParseAddrPort("[::1]:2") },
		"chunk 1 goes in direction 7":        func(c *Conn) { c.Chunks[0].Dir = 7 },
		"chunk 3 comes after the end of its": func(c *Conn) { c.Chunks[0].Fin = true },
	} {
		bad := good
		bad.Chunks = slices.Clone(good.Chunks)
		spoil(&bad)
		var out bytes.Buffer
		err := Write(&out, began, []Conn{good, bad})
		if err == nil || !strings.Contains(err.Error(), "connection 2: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
		if out.Len() != 0 {
			t.Errorf("%q: %d bytes were written all the same", want, out.Len())
		}
	}
	mapped := good
	mapped.Client = netip.MustParseAddrPort("[::ffff:127.0.0.1]:1")
	if p := packets(t, write(t, mapped)); p[0].from != good.Client {
		t.Errorf("a mapped address comes out as %v", p[0].from)
	}
}

// full is a disk that takes so many bytes and no more.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

func TestFullDisk(t *testing.T) {
	conns := []Conn{talk("127.0.0.1:1", "127.0.0.1:2")}
	size := len(write(t, conns...))
	for left := 0; left < size; left += 1000 {
		if err := Write(&full{left}, began, conns); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("with room for %d of %d bytes: error %v", left, size, err)
		}
	}
}
