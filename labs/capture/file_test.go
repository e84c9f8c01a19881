package capture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// A ng is a pcapng file being made, in either byte order.
type ng struct {
	bytes.Buffer
	order binary.AppendByteOrder
}

func (f *ng) block(kind uint32, body []byte) {
	body = append(body, make([]byte, -len(body)&3)...)
	b := f.order.AppendUint32(nil, kind)
	b = f.order.AppendUint32(b, uint32(len(body)+12))
	f.Write(f.order.AppendUint32(append(b, body...), uint32(len(body)+12)))
}

func (f *ng) section() {
	b := f.order.AppendUint32(nil, 0x1a2b3c4d)
	b = f.order.AppendUint16(f.order.AppendUint16(b, 1), 0)
	b = append(b, 255, 255, 255, 255, 255, 255, 255, 255)
	f.block(blockSection, append(f.order.AppendUint16(f.order.AppendUint16(b, 1), 5), "a\x1bb c"...))
}

func (f *ng) iface(link uint16, res byte, offset uint64) {
	b := f.order.AppendUint16(nil, link)
	b = f.order.AppendUint32(append(b, 0, 0), 0)
	b = append(f.order.AppendUint16(f.order.AppendUint16(b, 9), 1), res, 0, 0, 0)
	if offset != 0 {
		b = f.order.AppendUint16(f.order.AppendUint16(b, 14), 8)
		if f.order.String() == "BigEndian" {
			b = binary.BigEndian.AppendUint64(b, offset)
		} else {
			b = binary.LittleEndian.AppendUint64(b, offset)
		}
	}
	f.block(blockInterface, b)
}

func (f *ng) packet(iface uint32, at uint64, data []byte) {
	b := f.order.AppendUint32(nil, iface)
	b = f.order.AppendUint32(f.order.AppendUint32(b, uint32(at>>32)), uint32(at))
	b = f.order.AppendUint32(f.order.AppendUint32(b, uint32(len(data))), uint32(len(data)))
	f.block(blockEnhanced, append(b, data...))
}

func (f *ng) secrets(log string) {
	b := f.order.AppendUint32(f.order.AppendUint32(nil, tlsSecrets), uint32(len(log)))
	f.block(blockSecrets, append(b, log...))
}

// TestPcapng: sections in either byte order, interfaces of all kinds of clocks
// and links, secrets behind packets, and blocks of no concern.
func TestPcapng(t *testing.T) {
	four, six := frames(t)
	f := &ng{order: binary.BigEndian}
	f.section()
	f.block(77, []byte("what is this"))
	f.iface(1, 9, 0)
	f.iface(101, 6, 1000)
	f.packet(0, uint64(began.UnixNano()), four[0])
	for i, p := range four[1:] {
		f.packet(1, uint64(began.Add(-1000*time.Second).UnixMicro())+uint64(i), p[14:])
	}
	f.secrets("first 1 2")
	f.order = binary.LittleEndian
	f.section()
	f.secrets("second 3 4\n")
	f.iface(101, 0x80|20, 0)
	for _, p := range six {
		f.packet(0, uint64(began.Unix()+5)<<20|1<<19, p[14:])
	}
	b := f.order.AppendUint32(nil, 60)
	f.block(blockSimple, append(b, datagrams(t, "simple enough to be read")[0]...))
	file := f.Bytes()
	var keys bytes.Buffer
	all, seen, err := readAll(t, file, &keys)
	if err != nil || len(all) != 2 {
		t.Fatalf("%d connections, error %v", len(all), err)
	}
	if !seen.Start.Equal(began) || seen.Format != "pcapng" || seen.Comment != `a\x1bb c` || seen.Bad+seen.Foreign != 0 {
		t.Errorf("seen: %+v", seen)
	}
	if keys.String() != "first 1 2\nsecond 3 4\n\n" {
		t.Errorf("the secrets are %q", keys.String())
	}
	half := began.Truncate(time.Second).Add(5*time.Second + time.Second/2).Sub(began)
	if all[0].Server.Addr().Is6() || all[0].End < 10*time.Microsecond || all[0].End > time.Millisecond || all[1].At != half {
		t.Errorf("the first ends at %v; the second is at %v, want %v", all[0].End, all[1].At, half)
	}
	again, err := indexed(t, file)
	if err != nil || len(again) != 2 || tale(again[0]) != tale(all[0]) || tale(again[1]) != tale(all[1]) {
		t.Errorf("an index gives %d others, error %v", len(again), err)
	}
}

func TestClocks(t *testing.T) {
	for _, c := range []struct {
		on   iface
		t    uint64
		want int64
	}{
		{iface{res: 6}, 5, 5000}, {iface{res: 9}, 5, 5}, {iface{res: 0}, 5, 5e9}, {iface{res: 12}, 5999, 5},
		{iface{res: 0x80}, 3, 3e9}, {iface{res: 0x80 | 63}, 1 << 62, 5e8}, {iface{res: 0xff}, 7, 0}, {iface{res: 127}, 1 << 63, 0},
		{iface{res: 0}, 1 << 63, 1<<63 - 1}, {iface{res: 9}, 1 << 63, 1<<63 - 1}, {iface{res: 0x80}, 1 << 63, 1<<63 - 1},
		{iface{res: 9, seconds: 2}, 1, 2e9 + 1}, {iface{res: 9, seconds: -2}, 3e9, 1e9}, {iface{res: 9, seconds: 1 << 62}, 1 << 62, 1<<63 - 1},
	} {
		if got := c.on.time(c.t); got != c.want {
			t.Errorf("%d by a clock of %#x and %d s is %d, want %d", c.t, c.on.res, c.on.seconds, got, c.want)
		}
	}
}

// TestPcaps: microseconds and nanoseconds in either byte order.
func TestPcaps(t *testing.T) {
	four, _ := frames(t)
	for _, o := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
		for magic, sub := range map[uint32]uint32{magicMicro: 123456, magicNano: 123456789} {
			b := o.AppendUint16(o.AppendUint16(o.AppendUint32(nil, magic), 2), 4)
			b = o.AppendUint32(o.AppendUint32(append(b, 0, 0, 0, 0, 0, 0, 0, 0), 0xffffffff), 0xf0000001)
			for _, f := range four {
				b = o.AppendUint32(o.AppendUint32(b, uint32(began.Unix())), sub)
				b = append(o.AppendUint32(o.AppendUint32(b, uint32(len(f))), uint32(len(f))), f...)
			}
			all, seen, err := readAll(t, b, nil)
			if err != nil || len(all) != 1 || all[0].Name == "" || seen.Start.Truncate(time.Microsecond) != began.Truncate(time.Microsecond) || (sub > 1e6) != seen.Start.Equal(began) {
				t.Errorf("%v, %x: %d connections, error %v, %+v", o, magic, len(all), err, seen)
			}
		}
	}
}

func TestBareRecords(t *testing.T) {
	for d, first := range [][]byte{hello("bare.test"), answer()} {
		file := append(first, record(23, pattern(20000)[:15000])...)
		all, seen, err := readAll(t, file, nil)
		if err != nil || len(all) != 1 || seen.Format != "TLS records" || seen.Conns != 1 || len(streams(all[0])[d]) != len(file) || all[0].Client.IsValid() {
			t.Fatalf("%d connections, error %v, %+v", len(all), err, seen)
		}
		if want := []string{"bare.test", ""}[d]; all[0].Name != want {
			t.Errorf("the name is %q, want %q", all[0].Name, want)
		}
		again, err := indexed(t, file)
		if err != nil || len(again) != 1 || tale(again[0]) != tale(all[0]) {
			t.Errorf("an index gives %d others, error %v", len(again), err)
		}
	}
}

// TestSaysWhatIsWrong: each kind of damage gives one error with its place, and
// what came before it.
func TestSaysWhatIsWrong(t *testing.T) {
	good := write(t, secure("127.0.0.1:40001", "127.0.0.1:443"))
	old := dump(t, 1, packets(t, good)[0].Data())
	with := func(file []byte, more ...byte) []byte { return append(bytes.Clone(file), more...) }
	for want, test := range map[string]struct {
		file  []byte
		off   int
		conns int
	}{
		"the file is empty":                       {nil, 0, 0},
		"neither pcap nor pcapng":                 {[]byte("GET / HTTP/1.1"), 0, 0},
		"compressed with gzip":                    {[]byte("\x1f\x8b\x08\x00"), 0, 0},
		"in the middle of a packet":               {with(good, 6, 0, 0, 0, 64, 0, 0, 0, 1, 2, 3), len(good) + 11, 1},
		"cannot have a length of 13":              {with(good, 6, 0, 0, 0, 13, 0, 0, 0), len(good), 1},
		"cannot have a length of 8":               {with(good, 6, 0, 0, 0, 8, 0, 0, 0), len(good), 1},
		"and at its end that it has 17":           {with(good, 99, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0), len(good), 1},
		"a packet's block of 4 bytes":             {with(good, 6, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0), len(good), 1},
		"of interface 9":                          {with(good, append(append([]byte{6, 0, 0, 0, 32, 0, 0, 0, 9}, make([]byte, 19)...), 32, 0, 0, 0)...), len(good), 1},
		"a packet of 4294967295 bytes in a block": {with(good, append(append(append([]byte{6, 0, 0, 0, 32, 0, 0, 0}, make([]byte, 12)...), 255, 255, 255, 255, 0, 0, 0, 0), 32, 0, 0, 0)...), len(good), 1},
		"version 7 of pcapng":                     {with(good, 10, 13, 13, 10, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0), len(good), 1},
		"without a byte order mark":               {with(good, 10, 13, 13, 10, 28, 0, 0, 0, 1, 2, 3, 4), len(good), 1},
		"a packet of 4294967295 bytes is longer":  {with(old, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0), len(old), 0},
		"version 3 of pcap ":                      {with(old[:4], append([]byte{3, 0, 4, 0}, make([]byte, 16)...)...), 4, 0},
	} {
		all, _, err := readAll(t, test.file, nil)
		var at *Error
		if !errors.As(err, &at) || at.Off != int64(test.off) || !strings.Contains(err.Error(), want) || len(all) != test.conns {
			t.Errorf("%q: %d connections, error %v (want it at %d)", want, len(all), err, test.off)
		}
		x := NewIndex(bytes.NewReader(test.file), int64(len(test.file)))
		if again := x.Scan(t.Context(), func(int64) {}); again == nil || err == nil || again.Error() != err.Error() || x.Len() != test.conns {
			t.Errorf("%q: an index finds %d connections, error %v", want, x.Len(), again)
		}
	}
	// Blocks that are too long to be read are passed over.
	long := with(good, 6, 0, 0, 0, 0, 0, 32, 0)
	long = with(long, append(make([]byte, 32<<16-12), 0, 0, 32, 0)...)
	if all, seen, err := readAll(t, long, nil); err != nil || len(all) != 1 || seen.Bad != 1 {
		t.Errorf("a block of 2 MB: %d connections, error %v, %+v", len(all), err, seen)
	}
}

// broken is a disk that fails after so many bytes.
type broken struct{ left int }

func (b *broken) Read(p []byte) (int, error) {
	n := copy(p, make([]byte, b.left))
	b.left -= n
	if n == 0 {
		return 0, errors.New("bad sector")
	}
	return n, nil
}

func TestBrokenDisk(t *testing.T) {
	good := write(t, secure("127.0.0.1:40001", "127.0.0.1:443"))
	r := NewReader(io.MultiReader(bytes.NewReader(good[:5000]), &broken{100}), nil)
	_, err := r.Next()
	for err == nil {
		_, err = r.Next()
	}
	if !strings.Contains(err.Error(), "damaged") && !strings.Contains(err.Error(), "bad sector") {
		t.Errorf("error %v", err)
	}
	_, err = NewReader(&broken{0}, nil).Next()
	if err == nil || !strings.Contains(err.Error(), "bad sector") {
		t.Errorf("error %v", err)
	}
}

// TestScanStops: the index of a file keeps what was found when its reader leaves.
func TestScanStops(t *testing.T) {
	file := crowd(t, 300, false)
	ctx, cancel := context.WithCancel(t.Context())
	x := NewIndex(bytes.NewReader(file), int64(len(file)))
	err := x.Scan(ctx, func(read int64) { cancel() })
	n := x.Len()
	if !errors.Is(err, context.Canceled) || n == 0 || len(x.Conns(n-1)) != 1 {
		t.Errorf("error %v, with %d connections", err, n)
	}
	if c, err := x.Open(t.Context(), n-1); err != nil || len(c.Chunks) == 0 {
		t.Errorf("one that was found cannot be opened: %v", err)
	}
	if _, err := x.Open(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestWhileScanning: others may look while the file is read.
func TestWhileScanning(t *testing.T) {
	file := crowd(t, 500, true)
	x := NewIndex(bytes.NewReader(file), int64(len(file)))
	done := make(chan error)
	go func() { done <- x.Scan(t.Context(), func(int64) {}) }()
	for opened := 0; ; {
		select {
		case err := <-done:
			if err != nil || x.Len() != 500 || x.Seen().Conns != 500 {
				t.Errorf("%d connections, error %v", x.Len(), err)
			}
			return
		default:
		}
		if n := x.Len(); n > opened {
			if _, err := x.Open(t.Context(), opened); err != nil {
				t.Fatal(err)
			}
			opened = n
			x.Seen()
			x.Conns(opened - 1)
		}
	}
}
