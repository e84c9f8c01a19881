package capture

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// dump makes a pcap of frames.
func dump(t testing.TB, link uint16, frames ...[]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := pcapgo.NewWriter(&out)
	if err := w.WriteFileHeader(1<<18, 0); err != nil {
		t.Fatal(err)
	}
	binary.LittleEndian.PutUint16(out.Bytes()[20:], link)
	for _, f := range frames {
		if err := w.WritePacket(gopacket.CaptureInfo{Timestamp: began, Length: len(f), CaptureLength: len(f)}, f); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// frames are those of a connection that says hello, by the IP version.
func frames(t testing.TB) (four, six [][]byte) {
	t.Helper()
	for _, c := range []Conn{secure("127.0.0.1:40001", "127.0.0.1:443"), secure("[::1]:40003", "[::1]:443")} {
		for _, p := range packets(t, write(t, c)) {
			if p.from.Addr().Is4() {
				four = append(four, p.Data())
			} else {
				six = append(six, p.Data())
			}
		}
	}
	return four, six
}

// over puts a head in the place of the Ethernet header.
func over(frames [][]byte, head ...byte) [][]byte {
	var out [][]byte
	for _, f := range frames {
		out = append(out, append(append([]byte(nil), head...), f[14:]...))
	}
	return out
}

func TestLinks(t *testing.T) {
	four, six := frames(t)
	cooked := make([]byte, 14)
	mac := make([]byte, 12)
	for name, test := range map[string]struct {
		link   uint16
		frames [][]byte
	}{
		"Ethernet, VLAN":          {1, over(four, append(mac, 0x81, 0, 0, 7, 8, 0)...)},
		"Ethernet, VLAN in VLAN":  {1, over(six, append(mac, 0x88, 0xa8, 0, 7, 0x81, 0, 0, 8, 0x86, 0xdd)...)},
		"Linux cooked":            {113, over(four, append(cooked, 8, 0)...)},
		"Linux cooked, IPv6":      {113, over(six, append(cooked, 0x86, 0xdd)...)},
		"Linux cooked, VLAN":      {113, over(six, append(cooked, 0x81, 0, 0, 9, 0x86, 0xdd)...)},
		"Linux cooked 2":          {276, over(four, append([]byte{8, 0}, make([]byte, 18)...)...)},
		"Linux cooked 2, IPv6":    {276, over(six, append([]byte{0x86, 0xdd}, make([]byte, 18)...)...)},
		"BSD null":                {0, over(four, 2, 0, 0, 0)},
		"BSD null, big endian":    {0, over(six, 0, 0, 0, 24)},
		"BSD null, FreeBSD IPv6":  {0, over(six, 28, 0, 0, 0)},
		"BSD null, Darwin IPv6":   {0, over(six, 30, 0, 0, 0)},
		"OpenBSD loop":            {108, over(four, 0, 0, 0, 2)},
		"raw":                     {101, over(four)},
		"raw, IPv6":               {101, over(six)},
		"raw 12":                  {12, over(four)},
		"raw 14":                  {14, over(six)},
		"IPv4":                    {228, over(four)},
		"IPv6":                    {229, over(six)},
		"Ethernet with a trailer": {1, trailing(four)},
	} {
		file := dump(t, test.link, test.frames...)
		all, seen, err := readAll(t, file, nil)
		if err != nil || len(all) != 1 || all[0].Name != "app.lab.test" {
			t.Errorf("%s: %d connections, error %v, %+v", name, len(all), err, seen)
			continue
		}
		if got, want := streams(all[0]), streams(pointer(secure("127.0.0.1:40001", "127.0.0.1:443"))); !bytes.Equal(got[0], want[0]) || !bytes.Equal(got[1], want[1]) {
			t.Errorf("%s: the streams are others: %s", name, tale(all[0]))
		}
	}
	_, seen, err := readAll(t, dump(t, 127, four...), nil)
	if err != nil || seen.Foreign != int64(len(four)) || len(seen.Links) != 1 || !strings.Contains(strings.Join(seen.Lines(), "\n"), "127") {
		t.Errorf("a link type that is not read: error %v, %+v", err, seen)
	}
}

func pointer(c Conn) *Conn { return &c }

// trailing pads frames as Ethernet does.
func trailing(frames [][]byte) [][]byte {
	var out [][]byte
	for _, f := range frames {
		out = append(out, append(bytes.Clone(f), make([]byte, 30)...))
	}
	return out
}

// TestExtensions: the headers between IPv6 and TCP are passed over, and a part
// of a packet is named, not read.
func TestExtensions(t *testing.T) {
	_, six := frames(t)
	options := []byte{60, 0, 1, 4, 0, 0, 0, 0, 43, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 51, 0, 0, 0, 0, 0, 0, 0}
	auth := []byte{44, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}
	for _, test := range []struct {
		cut   byte
		conns int
	}{{0, 1}, {1, 0}} {
		part := []byte{6, 0, 0, test.cut, 0, 0, 0, 9}
		var out [][]byte
		for _, f := range six {
			ip := bytes.Clone(f[14:54])
			ip[6] = 0
			more := append(append(bytes.Clone(options), auth...), part...)
			binary.BigEndian.PutUint16(ip[4:], binary.BigEndian.Uint16(ip[4:])+uint16(len(more)))
			out = append(out, append(append(ip, more...), f[54:]...))
		}
		all, seen, err := readAll(t, dump(t, 101, out...), nil)
		if err != nil || len(all) != test.conns || seen.Bad != 0 || (seen.Fragments > 0) != (test.conns == 0) {
			t.Errorf("cut %d: %d connections, error %v, %+v", test.cut, len(all), err, seen)
		}
	}
}

// TestFragments: IPv4 packets that were cut on their way are put together, also
// when an index opens them.
func TestFragments(t *testing.T) {
	four, _ := frames(t)
	var out [][]byte
	for _, f := range four {
		ip := f[14 : 14+int(binary.BigEndian.Uint16(f[16:]))]
		var parts [][]byte
		for at := 20; at < len(ip); at += 400 {
			end := min(at+400, len(ip))
			p := append(bytes.Clone(ip[:20]), ip[at:end]...)
			cut := uint16(at-20) / 8
			if end < len(ip) {
				cut |= 0x2000
			}
			binary.BigEndian.PutUint16(p[2:], uint16(len(p)))
			binary.BigEndian.PutUint16(p[4:], uint16(len(out)))
			binary.BigEndian.PutUint16(p[6:], cut)
			parts = append(parts, p)
		}
		for i := range parts {
			binary.BigEndian.PutUint16(parts[i][4:], uint16(len(out)))
		}
		for i := range parts {
			out = append(out, parts[len(parts)-1-i])
		}
	}
	file := dump(t, 101, out...)
	all, seen, err := readAll(t, file, nil)
	if err != nil || len(all) != 1 || seen.Fragments != 0 || len(streams(all[0])[0]) != len(streams(pointer(secure("127.0.0.1:40001", "127.0.0.1:443")))[0]) {
		t.Fatalf("%d connections, error %v, %+v: %s", len(all), err, seen, tale(all[0]))
	}
	again, err := indexed(t, file)
	if err != nil || len(again) != 1 || tale(again[0]) != tale(all[0]) {
		t.Errorf("an index gives %d others, error %v", len(again), err)
	}
	_, seen, _ = readAll(t, dump(t, 101, append(slices.Clone(out[:10]), out[11:]...)...), nil)
	if seen.Fragments == 0 {
		t.Error("fragments without their others are not counted")
	}
}

// datagrams makes frames of UDP payloads between two ports.
func datagrams(t testing.TB, payloads ...string) [][]byte {
	var out [][]byte
	for _, p := range payloads {
		ip := &layers.IPv4{Version: 4, TTL: 9, Protocol: layers.IPProtocolUDP, SrcIP: alice.Addr().AsSlice(), DstIP: bob.Addr().AsSlice()}
		udp := &layers.UDP{SrcPort: 5000, DstPort: 443}
		if err := udp.SetNetworkLayerForChecksum(ip); err != nil {
			t.Fatal(err)
		}
		buf := gopacket.NewSerializeBuffer()
		if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true}, ip, udp, gopacket.Payload(p)); err != nil {
			t.Fatal(err)
		}
		out = append(out, bytes.Clone(buf.Bytes()))
	}
	return out
}

// TestNamesWhatItDoesNotRead: DTLS and QUIC are counted, and other packets of UDP
// are nothing.
func TestNamesWhatItDoesNotRead(t *testing.T) {
	short := "\x45" + strings.Repeat("x", 30)
	file := dump(t, 101, datagrams(t, short, "dns", "\xc3\x00\x00\x00\x01\x08abcdefgh\x00", short, short,
		"\x16\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03abc", "\xc3GET\x01", "\x16\x03\x01\x00\x03abcabcabcabc")...)
	all, seen, err := readAll(t, file, nil)
	from, to := netip.MustParseAddrPort("10.0.0.1:5000"), bob
	if err != nil || len(all) != 0 || seen.QUIC != (Other{3, 3, from, to}) || seen.DTLS != (Other{1, 6, from, to}) {
		t.Errorf("%d connections, error %v, %+v", len(all), err, seen)
	}
	if lines := strings.Join(seen.Lines(), "\n"); !strings.Contains(lines, "3 packets of QUIC") || !strings.Contains(lines, "1 packet of DTLS") {
		t.Errorf("it is told as %q", lines)
	}
}
