package capture

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/reassembly"
)

// A table is the TCP connections of a capture, by their ends. Segments go in;
// what turns out to be TLS comes out of found, and once more out of done.
//
// gopacket's assembler puts segments in order. It gives up waiting only when too
// much waits, and forgets a connection only when both its directions have ended;
// the table knows more (what the receiver has confirmed, which packet was cut,
// that a port is used anew), and tells it by segments of its own making: see
// poke and retire. Each connection has endpoints of its own there, so that one
// that follows another between the same ports is not taken for it.
type table struct {
	found func(*conn)
	done  func(*conn)
	index bool // do not keep data beyond what names a connection

	queue
	closing []*conn       // those of which both ends are done, though bytes are missing
	clock   time.Duration // when the last packet came

	byEnds map[[2]netip.AddrPort]*conn
	oldest *conn // of all in byEnds, the one that was silent longest
	newest *conn
	count  int // of all there ever were
	plain  int // those without TLS
	held   int // what the chunks of all weigh
	placed int // what the places of all weigh

	pool *reassembly.StreamPool
	asm  *reassembly.Assembler
	tcp  layers.TCP  // what the assembler is given, made once
	info captureInfo // the same
	now  turn
}

// A turn is what the assembler is at work on.
type turn struct {
	conn *conn
	half int
	at   time.Duration
	rst  bool
}

// A captureInfo tells the assembler when a packet came, by the clock of the
// capture.
type captureInfo gopacket.CaptureInfo

// GetCaptureInfo is what the assembler asks for.
func (i *captureInfo) GetCaptureInfo() gopacket.CaptureInfo { return gopacket.CaptureInfo(*i) }

func newTable(found, done func(*conn)) *table {
	t := &table{found: found, done: done, byEnds: map[[2]netip.AddrPort]*conn{}}
	t.pool = reassembly.NewStreamPool(t)
	t.asm = reassembly.NewAssembler(t.pool)
	t.asm.MaxBufferedPagesPerConnection = maxPages
	t.asm.MaxBufferedPagesTotal = maxWaiting
	return t
}

// segment takes the next segment of the capture.
func (t *table) segment(a *arrival) {
	t.clock = max(t.clock, a.at)
	t.closeLate()
	defer t.handOver(false)
	c, d := t.of(a)
	if c == nil {
		return
	}
	if t.touch(c); !c.given {
		c.seen(a)
	}
	if t.index && c.verdict != isPlain && !c.over && c.Bytes <= 2*maxConn && t.placed <= maxPlaces {
		t.placed -= len(c.places.packed)
		c.places.add(a.places)
		t.placed += len(c.places.packed)
	}
	if h := &c.halves[d]; !h.begun {
		h.begin(a)
	}
	if o := &c.halves[1-d]; a.has(ack) && int32(a.ack-o.acked) > 0 {
		o.acked = a.ack
	}
	if c.over || c.verdict == isPlain || t.index && c.named {
		return
	}
	before := c.held
	t.compare(c, d, a)
	t.assemble(c, d, a)
	t.hurry(c, a.at)
	t.held += c.held - before
	if c.halves[0].over && c.halves[1].over || c.torn {
		t.finish(c)
	} else if !c.closing && c.confirmed() {
		c.closing = true
		t.closing = append(t.closing, c)
	}
	for t.held > maxHeld && (len(t.ended) > 0 || t.oldest != nil) {
		if t.handOver(true); t.held > maxHeld && t.oldest != nil {
			t.drop(t.oldest)
		}
	}
}

// of returns the connection of a segment and which of its halves sent it, or
// nil if none can begin with it.
func (t *table) of(a *arrival) (*conn, int) {
	key := [2]netip.AddrPort{a.from, a.to}
	if a.from.Compare(a.to) > 0 {
		key = [2]netip.AddrPort{a.to, a.from}
	}
	c := t.byEnds[key]
	if c != nil {
		d := 0
		if c.ends[0] != a.from {
			d = 1
		}
		h := &c.halves[d]
		if !a.has(syn) || a.has(ack) || !h.begun || h.first == a.seq || h.headless && h.first == a.begin() {
			return c, d
		}
		// The port is used anew.
		t.remove(c)
	}
	if !a.has(syn) && a.size == 0 {
		return nil, 0
	}
	return t.begin(a, key), 0
}

// begin starts a connection with its first packet.
func (t *table) begin(a *arrival, key [2]netip.AddrPort) *conn {
	if len(t.byEnds) >= maxOpen {
		t.drop(t.oldest)
	}
	t.count++
	c := &conn{listed: &listed{}, ends: [2]netip.AddrPort{a.from, a.to}, client: -1}
	c.Number = t.count
	if a.has(syn) {
		c.client = 0
		if a.has(ack) {
			c.client = 1
		}
	}
	var name [9]byte
	binary.BigEndian.PutUint64(name[:], uint64(t.count))
	back := name
	back[8] = 1
	c.flows[0] = gopacket.NewFlow(endpointNumber, name[:], back[:])
	c.flows[1] = c.flows[0].Reverse()
	t.byEnds[key] = c
	t.began(c, 2*len(t.byEnds))
	return c
}

// endpointNumber is the type of the endpoints that the assembler knows
// connections by: their numbers. It is none that gopacket uses.
const endpointNumber gopacket.EndpointType = 0x746c73

// touch makes a connection the one that spoke last.
func (t *table) touch(c *conn) {
	if t.newest == c {
		return
	}
	t.unlink(c)
	if c.prev = t.newest; c.prev != nil {
		c.prev.next = c
	} else {
		t.oldest = c
	}
	t.newest = c
}

func (t *table) unlink(c *conn) {
	if c.prev != nil {
		c.prev.next = c.next
	} else if t.oldest == c {
		t.oldest = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	} else if t.newest == c {
		t.newest = c.prev
	}
	c.prev, c.next = nil, nil
}

// drop lets a connection go before its end.
func (t *table) drop(c *conn) {
	c.dropped = true
	t.remove(c)
}

// remove ends a connection and forgets it.
func (t *table) remove(c *conn) {
	t.finish(c)
	c.gone = true
	t.unlink(c)
	key := c.ends
	if key[0].Compare(key[1]) > 0 {
		key[0], key[1] = key[1], key[0]
	}
	delete(t.byEnds, key)
}

// finish ends a connection, which is remembered so that what comes late is not
// taken for another one, and given when it is its turn.
func (t *table) finish(c *conn) {
	if c.over {
		return
	}
	before := c.held
	t.retire(c)
	t.held += c.held - before
	c.over, c.ended = true, t.clock
	if c.verdict == undecided {
		t.isPlain(c)
	}
	if c.verdict == isPlain || t.index {
		t.give(c)
		return
	}
	if c.dropped {
		c.Chunks = append(c.Chunks, Chunk{At: c.End, Note: Note{Kind: Dropped, Off: c.halves[max(c.client, 0)].sum}})
	}
	t.wait(c)
}

// give gives a connection that has ended, and keeps nothing of it.
func (t *table) give(c *conn) {
	if c.verdict == isTLS {
		t.done(c)
	}
	t.held -= c.held
	if t.index {
		c.release()
	}
	c.given = true
	c.listed = &listed{} // what was given away is not touched again
	c.release()
}

// isPlain counts a connection that has no TLS.
func (t *table) isPlain(c *conn) {
	t.plain++
	c.verdict = isPlain
	t.placed -= len(c.places.packed)
	c.places = places{}
}

// close ends all connections, in the order in which they began.
func (t *table) close() {
	var all []*conn
	for c := t.oldest; c != nil; c = c.next {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *conn) int { return cmp.Compare(a.Number, b.Number) })
	for _, c := range all {
		t.remove(c)
	}
	t.handOver(true)
}
