package capture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"
)

// when tells at which millisecond a connection's chunks stand, and in which
// direction they go.
func when(c *Conn) string {
	var out bytes.Buffer
	for _, k := range c.Chunks {
		fmt.Fprintf(&out, "%s%d ", []string{">", "<"}[k.Dir], k.At/time.Millisecond)
	}
	return out.String()
}

// TestGapKeepsTimes: what comes behind bytes that were lost stands where it came,
// though it is known only later that they were; so does the FIN. What came in
// another order stands where the last of it came.
func TestGapKeepsTimes(t *testing.T) {
	h, a := string(hello("x.test")), string(answer())
	n, m := len(h), len(a)
	app := string(record(23, pattern(95)))
	start := []seg{{dir: up, seq: -1, f: syn}, {dir: down, seq: -1, f: syn | ack}, {up, 0, 0, h, 0, 0}}
	for name, test := range map[string]struct {
		segs []seg
		want string
	}{
		"lost": {append(start, seg{down, 0, 0, a, n, 0}, seg{up, n + 100, 0, app, m, 0}, seg{down, m, 0, app, n + 200, 0}, seg{up, n + 200, 0, app, m + 100, 0},
			seg{down, m + 100, fin, "", n + 300, 0}, seg{up, n + 300, fin, "", m + 101, 0}, seg{down, m + 101, 0, "", n + 301, 0}),
			">2 <3 >4 <5 >6 <7 >8 "},
		"lost before the FIN": {append(start, seg{down, 0, 0, a, n, 0}, seg{up, n + 100, fin, "", m, 0}, seg{down, m, fin, app, n + 101, 0}, seg{up, n + 101, 0, "", m + 101, 0}),
			">2 <3 >4 <5 "},
		"lost at the beginning": {append(start[:2:2], seg{up, 10, 0, h[10:], 0, 0}, seg{down, 0, 0, a, n, 0}, seg{up, n, 0, app, 0, 0}, seg{down, m, fin, app, n + 100, 0}),
			">2 <3 >4 <5 "},
		"late": {append(start, seg{up, n + 100, 0, app, 0, 0}, seg{down, 0, 0, a, n, 0}, seg{up, n, 0, app, 0, 0}, seg{down, m, 0, app, n + 200, 0}),
			">2 <4 >5 <6 "},
		"lost, and sent again": {append(start, seg{up, n + 100, 0, app, 0, 0}, seg{down, 0, 0, a, n, 0}, seg{up, n + 100, 0, app, 0, 0}, seg{down, m, 0, app, n + 200, 0}),
			">2 >3 <4 >5 <6 "},
	} {
		all, _, err := readAll(t, onWire(t, 9, test.segs...), nil)
		if err != nil || len(all) != 1 || when(all[0]) != test.want {
			t.Errorf("%s: error %v, %d connections, %s of %s; want %s", name, err, len(all), when(all[0]), tale(all[0]), test.want)
		}
	}
}

// spells is connections that begin a second after the other and last for so many
// seconds.
func spells(seconds ...int) []Conn {
	var all []Conn
	for i, s := range seconds {
		c := secure(fmt.Sprintf("10.0.%d.%d:40000", i>>8, i&255), "10.1.0.1:443")
		for j := range c.Chunks {
			c.Chunks[j].At = time.Duration(i) * time.Second
		}
		for j := 2; j < len(c.Chunks); j++ {
			c.Chunks[j].At += time.Duration(s) * time.Second
		}
		all = append(all, c)
	}
	return all
}

// TestOrderOfConnections: connections come in the order of their first packets,
// except for one that goes on for too long.
func TestOrderOfConnections(t *testing.T) {
	many := make([]int, maxWaitingConns+3)
	many[0] = 1
	for name, test := range map[string]struct {
		seconds []int
		want    []int // the numbers of the first
	}{
		"one inside another": {[]int{5, 1, 1}, []int{1, 2, 3}},
		"one for very long":  {[]int{60, 1, 1, 1, 20}, []int{2, 3, 4, 5, 1}},
		"for just too long":  {[]int{13, 1, 1, 9}, []int{2, 3, 1, 4}},
	} {
		all, _, err := readAll(t, write(t, spells(test.seconds...)...), nil)
		var got []int
		for _, c := range all {
			got = append(got, c.Number)
		}
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: error %v, in the order %v, want %v", name, err, got, test.want)
		}
	}
	// More than may wait, all at one time.
	conns := spells(many...)
	for i := range conns {
		for j := range conns[i].Chunks {
			conns[i].Chunks[j].At = 0
		}
	}
	conns[0].Chunks[len(conns[0].Chunks)-1].At = time.Second
	all, _, err := readAll(t, write(t, conns...), nil)
	if err != nil || len(all) != len(conns) || all[0].Number != 2 {
		t.Errorf("%d connections, error %v; connection %d is first", len(all), err, all[0].Number)
	}
}

// TestGapDoesNotHoldUp: a connection that has ended, though bytes of it are
// missing, comes before the next.
func TestGapDoesNotHoldUp(t *testing.T) {
	h, a := string(hello("x.test")), string(answer())
	n, m := len(h), len(a)
	segs := []seg{{dir: up, seq: -1, f: syn}, {dir: down, seq: -1, f: syn | ack}, {up, 0, 0, h, 0, 0}, {down, 100, fin, a, n, 0}, {up, n, fin, "", m + 101, 0}, {down, m + 101, 0, "", n + 1, 0}}
	file := onWire(t, 9, segs...)
	r := NewReader(io.MultiReader(bytes.NewReader(file), bytes.NewReader(later(t, 2*time.Second))), nil)
	for want := 1; want <= 2; want++ {
		if c, err := r.Next(); err != nil || c.Number != want || r.Seen().Packets == 0 {
			t.Fatalf("connection %d, error %v; want %d", c.Number, err, want)
		}
	}
}

// later is the packets of another connection, without the header of a file.
func later(t *testing.T, after time.Duration) []byte {
	t.Helper()
	h := string(hello("y.test"))
	whole := onWire(t, 9, seg{dir: up, seq: -1, f: syn}, seg{up, 0, rst, h, 0, 0})
	packets := whole[24:]
	for off := 0; off < len(packets); {
		at := began.Add(after)
		binary.LittleEndian.PutUint32(packets[off:], uint32(at.Unix()))
		frame := packets[off+16:]
		frame[14+20] ^= 1 // another port
		off += 16 + int(binary.LittleEndian.Uint32(packets[off+8:]))
	}
	return packets
}

// TestLastPacketCounts: the packet that confirms the end of a connection is one of
// its packets, and nothing is waited for where there is none.
func TestLastPacketCounts(t *testing.T) {
	file := write(t, secure("127.0.0.1:40001", "127.0.0.1:443"))
	all, seen, err := readAll(t, file, nil)
	if err != nil || len(all) != 1 || all[0].Packets != seen.Packets || int(seen.Packets) != len(packets(t, file)) {
		t.Errorf("error %v: %d packets of %d", err, all[0].Packets, seen.Packets)
	}
}

// A pause is a file that ends for the moment, which it tells dry.
type pause struct {
	bytes.Reader
	dry, more chan bool
}

func (p *pause) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	if err == io.EOF {
		p.dry <- true
		<-p.more
	}
	return n, err
}

// TestStalled: where the file has no more for the moment, what has ended is given,
// whatever it waits for.
func TestStalled(t *testing.T) {
	conns := spells(60, 1)
	conns[0].Chunks = conns[0].Chunks[:2]
	p := &pause{dry: make(chan bool), more: make(chan bool)}
	p.Reset(write(t, conns...))
	r := NewReader(p, nil)
	last := make(chan *Conn)
	go func() {
		c, _ := r.Next()
		last <- c
	}()
	<-p.dry
	if all := r.Stalled(); len(all) > 0 {
		t.Errorf("%d connections, though something was read just now", len(all))
	}
	if all := r.Stalled(); len(all) != 1 || all[0].Number != 2 {
		t.Errorf("%d connections while the file has no more", len(all))
	}
	p.more <- true
	if c := <-last; c == nil || c.Number != 1 {
		t.Errorf("in the end %v", c)
	}
}
