package capture

import (
	"bytes"
	"fmt"
	"math/rand/v2"
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

var (
	alice = netip.MustParseAddrPort("10.0.0.1:50000")
	bob   = netip.MustParseAddrPort("10.0.0.9:443")
)

// A seg is a segment of a test, with numbers relative to the direction's SYN.
type seg struct {
	dir  dissect.Dir
	seq  int // of the first byte of data; the SYN is -1
	f    flag
	data string
	ack  int // what of the other direction is confirmed
	snap int // if not 0, so many bytes of data are captured
}

// onWire makes a pcap of segments, a millisecond apart.
func onWire(t testing.TB, isn uint32, segs ...seg) []byte {
	t.Helper()
	var out bytes.Buffer
	w := pcapgo.NewWriterNanos(&out)
	if err := w.WriteFileHeader(1<<18, layers.LinkTypeEthernet); err != nil {
		t.Fatal(err)
	}
	for i, s := range segs {
		frame := ethernet(t, isn, s)
		ci := gopacket.CaptureInfo{Timestamp: began.Add(time.Duration(i) * time.Millisecond), Length: len(frame), CaptureLength: len(frame)}
		if s.snap > 0 {
			ci.CaptureLength -= len(s.data) - s.snap
		}
		if err := w.WritePacket(ci, frame[:ci.CaptureLength]); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// ethernet makes the frame of a segment.
func ethernet(t testing.TB, isn uint32, s seg) []byte {
	ends := [2]netip.AddrPort{alice, bob}
	from, to := ends[s.dir], ends[1-s.dir]
	tcp := &layers.TCP{
		SrcPort: layers.TCPPort(from.Port()), DstPort: layers.TCPPort(to.Port()), Window: 1000,
		Seq: isn + 1 + uint32(s.seq), SYN: s.f&syn != 0, FIN: s.f&fin != 0, RST: s.f&rst != 0, ACK: s.f&ack != 0 || s.ack > 0,
		Ack: isn + 1 + uint32(s.ack),
	}
	ip := &layers.IPv4{Version: 4, TTL: 9, Protocol: layers.IPProtocolTCP, SrcIP: from.Addr().AsSlice(), DstIP: to.Addr().AsSlice()}
	link := &layers.Ethernet{SrcMAC: station(0), DstMAC: station(1), EthernetType: layers.EthernetTypeIPv4}
	if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
		t.Fatal(err)
	}
	buf := gopacket.NewSerializeBuffer()
	fix := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(buf, fix, link, ip, tcp, gopacket.Payload(s.data)); err != nil {
		t.Fatal(err)
	}
	return slices.Clone(buf.Bytes())
}

// tale tells a connection's chunks in short.
func tale(c *Conn) string {
	var out []string
	for _, k := range c.Chunks {
		s := []string{">", "<"}[k.Dir]
		if k.Plain {
			s += "plain:"
		}
		if k.Note.Kind != Nothing {
			kind := []string{"", "gap", "again", "conflict", "headless", "kept", "dropped"}[k.Note.Kind]
			s += fmt.Sprintf("[%s %d+%d]", kind, k.Note.Off, k.Note.N)
		}
		s += fmt.Sprint(len(k.Data))
		if k.Fin {
			s += " FIN"
		}
		if k.Reset {
			s += " RST"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

const up, down = dissect.ToServer, dissect.ToClient

func TestSegments(t *testing.T) {
	h, a := string(hello("x.test")), string(answer())
	n := len(h)
	open := []seg{{dir: up, seq: -1, f: syn}, {dir: down, seq: -1, f: syn | ack}}
	app := string(record(23, pattern(995)))
	for name, test := range map[string]struct {
		segs []seg
		want string
	}{
		"in order": {append(open, seg{up, 0, 0, h, 0, 0}, seg{down, 0, fin, a, n, 0}, seg{up, n, fin, "", 0, 0}),
			fmt.Sprintf(">%d, <%d FIN, >0 FIN", n, len(a))},
		"reordered": {append(open, seg{up, 10, 0, h[10:20], 0, 0}, seg{up, 20, fin, h[20:], 0, 0}, seg{up, 0, 0, h[:10], 0, 0}),
			fmt.Sprintf(">%d FIN", n)},
		"sent again": {append(open, seg{up, 0, 0, h, 0, 0}, seg{up, 0, 0, h, 0, 0}, seg{up, 5, fin, h[5:] + "more", 0, 0}),
			fmt.Sprintf(">%d, >[again 0+%d]0, >[again 5+%d]0, >4 FIN", n, n, n-5)},
		"sent again, otherwise": {append(open, seg{up, 0, 0, h, 0, 0}, seg{up, 3, 0, "evil" + h[7:], 0, 0}),
			fmt.Sprintf(">%d, >[conflict 3+%d]0", n, n-3)},
		"ahead and otherwise": {append(open, seg{up, 10, 0, h[10:], 0, 0}, seg{up, 12, 0, "evil", 0, 0}, seg{up, 0, 0, h[:10], 0, 0}, seg{up, 20, fin, "", 0, 0}, seg{up, n, fin, "", 0, 0}),
			fmt.Sprintf(">[conflict 12+4]0, >%d, >0 FIN", n)},
		"ahead, otherwise, and in its turn": {append(open, seg{up, 20, 0, "evil", 0, 0}, seg{up, 0, 0, h, 0, 0}),
			fmt.Sprintf(">[conflict 20+4]0, >%d", n)},
		"an old RST": {append(open, seg{up, 0, 0, h, 0, 0}, seg{up, 3, rst, "", 0, 0}, seg{up, n, fin, "", 0, 0}),
			fmt.Sprintf(">%d, >0 FIN", n)},
		"keep-alive": {append(open, seg{up, 0, 0, h, 0, 0}, seg{up, n - 1, 0, "?", 0, 0}, seg{up, n, rst, "", 0, 0}),
			fmt.Sprintf(">%d, >0 RST", n)},
		"lost at the end": {append(open, seg{up, 0, 0, h, 0, 0}, seg{up, n + 100, 0, app, 0, 0}),
			fmt.Sprintf(">%d, >[gap %d+100]1000", n, n)},
		"cut": {append(open, seg{up, 0, 0, h, 0, 0}, seg{up, n, 0, app, 0, 50}, seg{up, n + 1000, 0, app, 0, 0}, seg{up, n + 2000, 0, app, 0, 100}, seg{up, n + 3000, fin, "", 0, 0}),
			fmt.Sprintf(">%d, >50, >[gap %d+950]1000, >100, >[gap %d+900]0 FIN", n, n+50, n+2100)},
		"cut, then reset": {append(open, seg{up, 0, 0, h, 0, 0}, seg{up, n, 0, app, 0, 50}, seg{up, n + 1000, rst, "", 0, 0}),
			fmt.Sprintf(">%d, >50, >[gap %d+950]0 RST", n, n+50)},
		"cut at the end": {append(open, seg{up, 0, 0, h, 0, 0}, seg{up, n, 0, app, 0, 50}),
			fmt.Sprintf(">%d, >50, >[gap %d+950]0", n, n+50)},
		"no SYN": {[]seg{{up, 0, 0, h, 0, 0}, {down, 0, 0, a, n, 0}, {up, n, fin, "", 0, 0}, {down, len(a), fin, "", 0, 0}},
			fmt.Sprintf(">[headless 0+0]%d, <[headless 0+0]%d, >0 FIN, <0 FIN", n, len(a))},
		"amid": {[]seg{{down, 900, 0, app[900:] + app + app + app, 0, 0}, {up, 70, 0, app, 0, 0}},
			"<[headless 0+0]3100, >[headless 0+0]1000"},
		"STARTTLS": {append(open, seg{down, 0, 0, "220 mail\r\n", 0, 0}, seg{up, 0, 0, "STARTTLS\r\n", 0, 0}, seg{down, 10, 0, "220 go\r\n", 10, 0},
			seg{up, 10, 0, h, 0, 0}, seg{down, 18, fin, a, 0, 0}),
			fmt.Sprintf("<plain:10, >plain:10, <plain:8, >%d, <%d FIN", n, len(a))},
		"in one segment": {append(open, seg{up, 0, 0, "STARTTLS\r\n" + h, 0, 0}, seg{down, 0, 0, a, 0, 0}),
			fmt.Sprintf(">plain:10, >%d, <%d", n, len(a))},
		"PostgreSQL": {append(open, seg{up, 0, 0, "\x00\x00\x00\x08\x04\xd2\x16\x2f", 0, 0}, seg{down, 0, 0, "S", 0, 0}, seg{up, 8, 0, h, 0, 0}),
			fmt.Sprintf(">plain:8, <plain:1, >%d", n)},
		"in small pieces": {append(open, seg{up, 0, 0, h[:1], 0, 0}, seg{up, 1, 0, h[1:4], 0, 0}, seg{up, 4, 0, h[4:12], 0, 0}, seg{up, 12, 0, h[12:], 0, 0}),
			fmt.Sprintf(">1, >3, >8, >%d", n-12)},
		"not TLS":         {append(open, seg{up, 0, fin, "GET / HTTP/1.1\r\n\r\n\x16\x03", 0, 0}, seg{down, 0, fin, "HTTP/1.1 200 OK\r\n\r\n", 0, 0}), ""},
		"a capture in it": {append(open, seg{up, 0, 0, "GET / HTTP/1.1\r\n\r\n", 0, 0}, seg{down, 0, 0, "HTTP/1.1 200 OK\r\n\r\nxx" + h + a, 0, 0}), ""},
	} {
		for _, isn := range []uint32{1000, 1<<32 - 1, 1<<32 - 20, 1<<31 - 20} {
			all, _, err := readAll(t, onWire(t, isn, test.segs...), nil)
			got := ""
			for _, c := range all {
				got += tale(c)
			}
			if err != nil || got != test.want {
				t.Errorf("%s, from %d: error %v, chunks\n%s, want\n%s", name, isn, err, got, test.want)
			}
			for _, c := range all {
				if headless(c) && strings.Contains(name, "SYN") && c.Name != "x.test" {
					t.Errorf("%s: the name is %q", name, c.Name)
				}
				if c.Client != alice || c.Server != bob {
					t.Errorf("%s: from %v to %v", name, c.Client, c.Server)
				}
			}
		}
	}
}

// TestGivesUpWaiting: bytes that their receiver has confirmed, but nobody
// captured, are a gap soon; what was captured a little too late is none.
func TestGivesUpWaiting(t *testing.T) {
	h, app := string(hello("x.test")), string(record(23, pattern(995)))
	n := len(h)
	segs := []seg{{dir: up, seq: -1, f: syn}, {dir: down, seq: -1, f: syn | ack}, {up, 0, 0, h, 0, 0}, {up, n + 1000, 0, app, 0, 0}}
	for i := range 12 {
		segs = append(segs, seg{down, i, 0, "x", n + 2000, 0})
	}
	late := append(slices.Clone(segs), seg{up, n, 0, app, 0, 0})
	all, _, err := readAll(t, onWire(t, 7, late...), nil)
	if err != nil || len(all) != 1 || strings.Contains(tale(all[0]), "gap") {
		t.Errorf("what came late: error %v, %v", err, tale(all[0]))
	}
	for i := range 20 {
		segs = append(segs, seg{down, 12 + i, 0, "x", n + 2000, 0})
	}
	all, _, err = readAll(t, onWire(t, 7, segs...), nil)
	if err != nil || len(all) != 1 || !strings.Contains(tale(all[0]), fmt.Sprintf(">[gap %d+1000]1000, <1", n)) {
		t.Errorf("what never came: error %v, %v", err, tale(all[0]))
	}
}

func TestPortUsedAnew(t *testing.T) {
	h := string(hello("x.test"))
	first := []seg{{dir: up, seq: -1, f: syn}, {up, 0, 0, h, 0, 0}, {dir: up, seq: 9999, f: syn}, {up, 10000, 0, h, 0, 0}}
	closed := []seg{{dir: up, seq: -1, f: syn}, {dir: down, seq: -1, f: syn | ack}, {up, 0, fin, h, 0, 0}, {down, 0, fin, "", 0, 0},
		{down, 0, fin, "", 0, 0}, {up, 0, fin, h, 0, 0}, {dir: up, seq: 9999, f: syn}, {up, 10000, rst, h, 0, 0}}
	for name, segs := range map[string][]seg{"open": first, "closed": closed} {
		all, seen, err := readAll(t, onWire(t, 7, segs...), nil)
		if err != nil || len(all) != 2 || seen.Conns != 2 || all[0].Number != 1 || all[1].Number != 2 {
			t.Errorf("%s: error %v, %d connections", name, err, len(all))
		}
	}
}

// TestShuffled: whatever the order in which segments come, twice and overlapping,
// the directions are what was sent.
func TestShuffled(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		text := string(hello("x.test")) + string(record(23, pattern(3000)))
		segs := []seg{{dir: up, seq: -1, f: syn}, {dir: down, seq: -1, f: syn | ack}}
		var data []seg
		for at := 0; at < len(text); {
			size := min(1+r.IntN(400), len(text)-at)
			data = append(data, seg{up, at, 0, text[at : at+size], 0, 0})
			at += size - min(r.IntN(2)*r.IntN(50), size-1)
			if r.IntN(4) == 0 {
				data = append(data, data[r.IntN(len(data))])
			}
		}
		r.Shuffle(len(data), func(i, j int) { data[i], data[j] = data[j], data[i] })
		segs = append(segs, data...)
		segs = append(segs, seg{up, len(text), fin, "", 0, 0})
		all, _, err := readAll(t, onWire(t, r.Uint32(), segs...), nil)
		if err != nil || len(all) != 1 {
			t.Fatalf("seed %d: %d connections, error %v", seed, len(all), err)
		}
		if got := streams(all[0])[up]; string(got) != text || strings.Contains(tale(all[0]), "conflict") || !strings.HasSuffix(tale(all[0]), "FIN") {
			t.Errorf("seed %d: %d of %d bytes come out: %s", seed, len(got), len(text), tale(all[0]))
		}
	}
}
