package capture

import (
	"bytes"
	"encoding/binary"
	"io"

	"runtime"
	"testing"
)

// A stage is a pcap of raw IP whose packets are made as they are read.
type stage struct {
	n, at int
	make  func(i int) []byte
	rest  []byte
}

// play returns a pcap of n packets.
func play(n int, packet func(i int) []byte) *stage {
	head := append([]byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0}, make([]byte, 16)...)
	head[20] = linkRaw
	return &stage{n: n, make: packet, rest: head}
}

func (s *stage) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		if s.at == s.n {
			return 0, io.EOF
		}
		f := s.make(s.at)
		s.rest = binary.LittleEndian.AppendUint32(s.rest[:0], uint32(s.at/1000))
		s.rest = binary.LittleEndian.AppendUint32(s.rest, 0)
		s.rest = binary.LittleEndian.AppendUint32(s.rest, uint32(len(f)))
		s.rest = append(binary.LittleEndian.AppendUint32(s.rest, uint32(len(f))), f...)
		s.at++
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// bare is an IP packet of one segment from a client that has a number.
func bare(client int, seq uint32, f flag, data []byte) []byte {
	b := make([]byte, 40, 40+len(data))
	b[0], b[9], b[32], b[33] = 0x45, protoTCP, 0x50, byte(f)
	binary.BigEndian.PutUint16(b[2:], uint16(40+len(data)))
	binary.BigEndian.PutUint32(b[12:], 10<<24|uint32(client))
	binary.BigEndian.PutUint32(b[16:], 9<<24)
	binary.BigEndian.PutUint16(b[20:], 5000)
	binary.BigEndian.PutUint16(b[22:], 443)
	binary.BigEndian.PutUint32(b[24:], seq)
	return append(b, data...)
}

// watch reads all there is, letting go of it, and returns how many connections
// there were, the notes on them, and the most that was in use meanwhile, in MB.
func watch(t *testing.T, s *stage) (conns int, notes map[Kind]Note, peak uint64) {
	t.Helper()
	notes = map[Kind]Note{}
	inner := s.make
	var mem runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&mem)
	base := mem.HeapAlloc
	s.make = func(i int) []byte {
		if i%(s.n/6+1) == 0 || i == s.n-1 {
			runtime.GC()
			runtime.ReadMemStats(&mem)
			peak = max(peak, (mem.HeapAlloc-min(base, mem.HeapAlloc))>>20)
		}
		return inner(i)
	}
	r := NewReader(s, nil)
	for {
		c, err := r.Next()
		if err == io.EOF {
			return conns, notes, peak
		}
		if err != nil {
			t.Fatal(err)
		}
		conns++
		for _, k := range c.Chunks {
			if k.Note.Kind != Nothing {
				notes[k.Note.Kind] = k.Note
			}
		}
	}
}

// TestBounded: what is kept stays within what bounds.go says, whatever comes, and
// what was left out is said.
func TestBounded(t *testing.T) {
	h, big := hello("x.test"), pattern(1400)
	size := uint32(len(h))
	for name, test := range map[string]struct {
		s     *stage
		conns int
		kinds []Kind
		most  uint64
	}{
		"one that is long": {play(60_000, func(i int) []byte {
			if i == 0 {
				return bare(1, 0, 0, h)
			}
			return bare(1, size+uint32(i-1)*1400, 0, big)
		}), 1, []Kind{Kept}, 24},
		"one in tiny packets": {play(300_000, func(i int) []byte {
			if i == 0 {
				return bare(1, 0, 0, h)
			}
			return bare(1, size+uint32(i-1), 0, big[:1])
		}), 1, []Kind{Kept}, 40},
		"many that are open": {play(maxOpen+2000, func(i int) []byte { return bare(i, 0, 0, h) }), maxOpen + 2000, []Kind{Dropped}, 300},
		"a flood of SYN":     {play(50_000, func(i int) []byte { return bare(i, 9, syn, nil) }), 0, nil, 120},
		"never the next byte": {play(50_000, func(i int) []byte {
			if i < 100 {
				return bare(i, 0, 0, h)
			}
			return bare(i%100, size+1+uint32(i)*3, 0, big[:i%1400])
		}), 100, []Kind{Gap}, 120},
		"always the same": {play(20_000, func(i int) []byte { return bare(1, 0, 0, h) }), 1, []Kind{Again}, 8},
		"fragments of nothing": {play(30_000, func(i int) []byte {
			b := bare(1, 0, 0, big)
			binary.BigEndian.PutUint16(b[4:], uint16(i))
			b[6], b[7] = 0x20, byte(i)
			return b
		}), 0, nil, 24},
		"not TLS, and all open": {play(50_000, func(i int) []byte { return bare(i%1000, uint32(i/1000)*1400, 0, big) }), 0, nil, 60},
	} {
		conns, notes, peak := watch(t, test.s)
		if conns != test.conns || peak > test.most {
			t.Errorf("%s: %d connections, %d MB in use; want %d, at most %d MB", name, conns, peak, test.conns, test.most)
		}
		for _, k := range test.kinds {
			if n := notes[k]; n.Kind == Nothing || n.String() == "" {
				t.Errorf("%s: no note of kind %d", name, k)
			}
		}
	}
}

// TestTenThousand: connections that are all open at once come out whole.
func TestTenThousand(t *testing.T) {
	const n = 10_000
	file := crowd(t, n, true)
	all, seen, err := readAll(t, file, nil)
	if err != nil || len(all) != n || seen.Plain != 0 {
		t.Fatalf("%d connections, error %v", len(all), err)
	}
	want := [2][]byte{hello("app.lab.test"), answer()}
	numbers := map[int]bool{}
	for _, c := range all {
		got := streams(c)
		if !bytes.Equal(got[0], want[0]) || !bytes.Equal(got[1], want[1]) {
			t.Fatalf("connection %d comes out as %s", c.Number, tale(c))
		}
		numbers[c.Number] = true
	}
	if len(numbers) != n {
		t.Errorf("%d numbers", len(numbers))
	}
}
