package capture

import (
	"bytes"
	"slices"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/reassembly"
)

// New is called by the assembler for a connection it does not know.
func (t *table) New(_, _ gopacket.Flow, _ *layers.TCP, _ reassembly.AssemblerContext) reassembly.Stream {
	return follower{t, t.now.conn}
}

// A follower is a connection as the assembler sees it.
type follower struct {
	t *table
	c *conn
}

// Accept lets each direction begin with the first packet there is of it.
func (f follower) Accept(_ *layers.TCP, _ gopacket.CaptureInfo, _ reassembly.TCPFlowDirection, _ reassembly.Sequence, start *bool, _ reassembly.AssemblerContext) bool {
	*start = true
	return true
}

// ReassembledSG takes what is in order now.
func (f follower) ReassembledSG(sg reassembly.ScatterGather, _ reassembly.AssemblerContext) {
	n, _ := sg.Lengths()
	_, _, end, skip := sg.Info()
	h := &f.c.halves[f.t.now.half]
	h.shut = h.shut || end
	f.t.deliver(f.c, f.t.now.half, int64(max(0, skip)), sg.Fetch(n), end)
}

// ReassemblyComplete lets the assembler forget a connection whose directions
// have both ended.
func (f follower) ReassemblyComplete(reassembly.AssemblerContext) bool { return true }

// assemble gives a segment to the assembler. Of a packet that was cut the end is
// known to be missing.
func (t *table) assemble(c *conn, d int, a *arrival) {
	h := &c.halves[d]
	if h.over {
		return
	}
	got := a.begin() + uint32(len(a.data))
	if len(a.data) > 0 && int32(got-h.far) > 0 {
		h.far = got
	}
	cut := got != a.end()
	if cut && int32(a.end()-h.cut) > 0 {
		h.cut = a.end()
	}
	f := a.flags
	switch {
	case !a.has(fin):
	case int32(h.far-a.end()) > 0:
		f &^= fin // more has come than it says there is
	case !h.hasFin || h.finAt != a.end():
		h.hasFin, h.finAt, h.finCame = true, a.end(), moment{a.at, c.Packets}
	}
	t.now = turn{conn: c, half: d, at: a.at, rst: a.has(rst)}
	if a.has(rst) && int32(a.seq-h.nextSeq) > 0 && (a.seq == h.far || a.seq == h.cut) {
		// It ends the direction, though not all before it is there.
		t.drain(c, d, a.seq, a.at)
		return
	}
	if cut {
		f &^= fin
	}
	t.feed(c, d, a.seq, f, a.data)
}

// feed gives the assembler a segment.
func (t *table) feed(c *conn, d int, seq uint32, f flag, data []byte) {
	t.tcp.Seq, t.tcp.Payload = seq, data
	t.tcp.SYN, t.tcp.RST, t.tcp.FIN = f&syn != 0, f&rst != 0, f&fin != 0
	t.asm.AssembleWithContext(c.flows[d], &t.tcp, &t.info)
}

// deliver takes the next bytes of a direction, behind skip that are missing.
func (t *table) deliver(c *conn, d int, skip int64, data []byte, end bool) {
	h := &c.halves[d]
	if h.over {
		return
	}
	now := moment{t.now.at, c.Packets}
	headless := h.headless && h.sum == 0 && (len(data) > 0 || skip > 0)
	var note Note
	if headless {
		note.Kind = Headless
	}
	if skip > 0 {
		note = Note{Gap, h.sum, skip}
		h.lose(skip)
	}
	parts := c.parts(h, h.nextSeq+uint32(skip), data, now)
	h.sum += skip + int64(len(data))
	h.nextSeq += uint32(skip) + uint32(len(data))
	c.forget(h)
	if end {
		h.over = true
		c.torn = c.torn || t.now.rst
		parts = h.ends(parts, now, t.now.rst)
	}
	if len(parts) == 0 && skip > 0 {
		parts = []Chunk{{At: now.at, turn: now.turn}}
	}
	for i, p := range parts {
		if i == 0 {
			if headless && skip > 0 {
				c.add(d, Chunk{At: p.At, turn: p.turn, Note: Note{Kind: Headless}})
			}
			p.Note = note
		}
		c.add(d, p)
	}
	t.look(c, d, data)
}

// lose says that bytes are missing where it was not yet clear what they would
// have been.
func (h *half) lose(n int64) {
	h.headAt, h.head, h.cuts = h.sum+n, nil, nil
	h.amid, h.looked, h.again = true, 0, 0
}

// look finds out what a connection is, and then its name.
func (t *table) look(c *conn, d int, data []byte) {
	h := &c.halves[d]
	if c.named || c.verdict == isPlain {
		return
	}
	if room := maxHead - len(h.head); room > 0 && len(data) > 0 {
		if c.verdict == undecided {
			h.cuts = append(h.cuts, len(h.head))
		}
		h.head = append(h.head, data[:min(room, len(data))]...)
		c.held += min(room, len(data))
	}
	if c.verdict == undecided {
		c.judge()
		switch c.verdict {
		case undecided:
			return
		case isPlain:
			t.isPlain(c)
			c.release()
			return
		}
		c.Client, c.Server = c.ends[c.client], c.ends[1-c.client]
		c.settle()
		t.found(c)
	}
	c.name()
	if t.index && c.named {
		c.release()
	}
}

// release lets go of what a connection has in memory.
func (c *conn) release() {
	c.Chunks, c.block, c.held = nil, nil, 0
	for i := range c.halves {
		h := &c.halves[i]
		h.head, h.cuts, h.ahead = nil, nil, nil
	}
}

// compare notes what of a segment has come before, and has the first bytes of
// those that differ count.
func (t *table) compare(c *conn, d int, a *arrival) {
	h := &c.halves[d]
	rel := int32(a.begin() - h.nextSeq)
	if len(a.data) == 0 || h.over || rel == -1 && len(a.data) == 1 {
		return // the last is a keep-alive (RFC 9293, Section 3.8.4)
	}
	off := h.sum + int64(rel)
	if rel < 0 && off >= 0 {
		n := min(int64(len(a.data)), -int64(rel))
		t.repeat(c, d, a.at, Note{Again, off, n}, c.same(d, off, a.data[:n]))
	}
	for _, p := range h.ahead {
		begin := int32(p.seq - h.nextSeq)
		lo, hi := max(rel, begin), min(rel+int32(len(a.data)), begin+int32(len(p.data)))
		if lo >= hi {
			continue
		}
		was := p.data[lo-begin : hi-begin]
		same := bytes.Equal(a.data[lo-rel:hi-rel], was)
		t.repeat(c, d, a.at, Note{Again, h.sum + int64(lo), int64(hi - lo)}, same)
		if !same {
			// The assembler would take the later bytes.
			a.data = bytes.Clone(a.data)
			copy(a.data[lo-rel:], was)
		}
	}
	if rel > 0 && len(h.ahead) < maxPages {
		h.ahead = append(h.ahead, piece{a.begin(), bytes.Clone(a.data), moment{a.at, c.Packets}})
		c.held += len(a.data)
	}
}

// repeat notes what came once more, up to a bound.
func (t *table) repeat(c *conn, d int, at time.Duration, n Note, same bool) {
	if c.repeats++; c.repeats > maxNotes {
		return
	}
	if !same {
		n.Kind = Conflict
	}
	c.add(d, Chunk{At: at, Note: n})
}

// forget drops what waited for its turn and has had it.
func (c *conn) forget(h *half) {
	h.ahead = slices.DeleteFunc(h.ahead, func(p piece) bool {
		past := int32(p.seq+uint32(len(p.data))-h.nextSeq) <= 0
		if past {
			c.held -= len(p.data)
		}
		return past
	})
}

// patience is how many packets of a connection may come before bytes that its
// receiver has, but the capture has not, are taken to be missing: packets may
// have been captured slightly out of order.
const patience = 16

// hurry gives up waiting for bytes that will not come.
func (t *table) hurry(c *conn, at time.Duration) {
	for d := range c.halves {
		h := &c.halves[d]
		if h.over || !h.waits() && !h.hasFin {
			continue
		}
		if h.patient++; int32(h.acked-h.nextSeq) <= 0 {
			h.patient = 0
		}
		lost := int32(h.cut-h.nextSeq) > 0
		switch {
		case !lost && h.patient <= patience:
		case h.waits():
			t.poke(c, d, at)
		case h.finAt == h.cut || int32(h.acked-h.finAt) >= 0:
			t.skip(c, d, h.finAt, at)
		}
	}
}

// poke has the assembler deliver what waits in a direction, without what should
// be before it. A segment without data beyond its turn makes it look at how much
// waits; one piece is then too much.
func (t *table) poke(c *conn, d int, at time.Duration) {
	t.now = turn{conn: c, half: d, at: at}
	t.asm.MaxBufferedPagesPerConnection = 1
	t.feed(c, d, c.halves[d].nextSeq+1, ack, nil)
	t.asm.MaxBufferedPagesPerConnection = maxPages
}

// skip ends a direction at a number before which bytes are missing. The
// assembler does not learn of it: it is still where it was.
func (t *table) skip(c *conn, d int, to uint32, at time.Duration) {
	h := &c.halves[d]
	was := h.nextSeq
	t.now.at = at
	t.deliver(c, d, int64(max(0, int32(to-was))), nil, true)
	h.nextSeq = was
}

// drain delivers all that waits in a direction, which ends at a number.
func (t *table) drain(c *conn, d int, to uint32, at time.Duration) {
	was := t.now.rst
	t.pokeAll(c, d, at)
	t.now.rst = was
	t.skip(c, d, to, at)
}

// pokeAll delivers all that waits in a direction.
func (t *table) pokeAll(c *conn, d int, at time.Duration) {
	h := &c.halves[d]
	for h.waits() && !h.over {
		before := h.sum
		if t.poke(c, d, at); h.sum == before {
			return
		}
	}
}

// retire delivers all that waits in a connection, says what is known to be
// missing at its end, and has the assembler forget it.
func (t *table) retire(c *conn) {
	for d := range c.halves {
		h := &c.halves[d]
		t.pokeAll(c, d, c.End)
		if !h.over && h.hasFin && int32(h.finAt-h.nextSeq) > 0 {
			t.now = turn{conn: c, half: d}
			t.skip(c, d, h.finAt, c.End)
		}
		if n := int32(h.cut - h.nextSeq); n > 0 && !h.over {
			c.add(d, Chunk{At: c.End, Note: Note{Gap, h.sum, int64(n)}})
		}
		h.over = true
	}
	for d := range c.halves {
		if h := &c.halves[d]; !h.shut {
			t.now = turn{conn: c, half: d, at: c.End}
			t.feed(c, d, h.nextSeq, rst, nil)
		}
	}
}
