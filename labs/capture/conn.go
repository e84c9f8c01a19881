package capture

import (
	"bytes"
	"net/netip"
	"time"

	"github.com/gopacket/gopacket"

	"tlstutor/labs/dissect"
)

// A conn is a TCP connection being followed.
type conn struct {
	ends    [2]netip.AddrPort // [0] sent the first packet
	flows   [2]gopacket.Flow  // what the assembler knows the directions by
	halves  [2]half           // by sender
	client  int               // which end is the client; -1: not known yet
	verdict verdict
	over    bool          // it has ended; what still comes is late
	given   bool          // it is no longer ours
	closing bool          // both ends have said, and confirmed, that they are done
	ended   time.Duration // when it was over, by the clock of the table
	torn    bool          // one end has reset it
	gone    bool          // nothing more can come of it
	dropped bool          // it is let go before its end

	*listed           // what is known of it
	block      []byte // where the data of small chunks is
	held       int    // what Chunks weigh
	repeats    int    // notes of what came once more
	full       int    // the place of the Kept note, plus 1
	named      bool   // its name is known, or will never be
	prev, next *conn  // the connections in the order of their last packets
}

// A listed is what stays of a connection.
type listed struct {
	Conn
	places places // of an index
}

// A half is one direction of a conn. It follows what the assembler does with
// it, which does not tell.
type half struct {
	begun    bool
	headless bool   // the first byte seen is not the first one sent
	over     bool   // it was ended, by FIN or RST
	shut     bool   // the assembler knows that it was
	first    uint32 // the number of its SYN
	nextSeq  uint32 // of the byte to be delivered next
	acked    uint32 // what its receiver has confirmed
	cut      uint32 // up to here bytes are known to be missing, since a packet was cut
	sum      int64  // how many bytes were delivered, missing ones counted
	tls      int64  // where TLS begins

	ahead   []piece // what came before its turn, to compare what comes once more
	far     uint32  // the end of the farthest byte that came
	finAt   uint32  // where its FIN stands, if one has come
	finCame moment  // and when that was
	last    moment  // when what was delivered last had come
	hasFin  bool
	patient int // how many packets came since it was clear that bytes are missing

	head   []byte // the first bytes, until it is clear what they are
	amid   bool   // head may begin inside a record
	headAt int64  // where in the direction they are
	cuts   []int  // where in head segments begin
	looked int    // up to where in head a hello was looked for
	again  int    // how long head shall be before it is searched for records once more
}

// A piece is a segment that came before its turn.
type piece struct {
	seq  uint32
	data []byte
	came moment
}

// waits reports whether something came before its turn, and still waits.
func (h *half) waits() bool { return h.begun && int32(h.far-h.nextSeq) > 0 }

// begin starts a direction with its first packet.
func (h *half) begin(a *arrival) {
	h.begun, h.headless, h.amid, h.first = true, !a.has(syn), !a.has(syn), a.seq
	h.nextSeq = a.begin()
	h.far, h.acked, h.cut = h.nextSeq, h.nextSeq, h.nextSeq
}

// keep copies data to where it stays. Small pieces share blocks.
func (c *conn) keep(data []byte) []byte {
	if len(data) > 1<<12 {
		return bytes.Clone(data)
	}
	if cap(c.block)-len(c.block) < len(data) {
		c.block = make([]byte, 0, min(max(1<<10, 2*cap(c.block), len(data)), 1<<15))
	}
	n := len(c.block)
	c.block = append(c.block, data...)
	return c.block[n:len(c.block):len(c.block)]
}

// add adds a chunk, whose Dir it sets, if there is room for it.
func (c *conn) add(d int, k Chunk) {
	if c.held > maxConn {
		if c.full == 0 {
			h := &c.halves[d]
			c.Chunks = append(c.Chunks, Chunk{At: k.At, Dir: c.chunkDir(d), Note: Note{Kind: Kept, Off: h.sum - int64(len(k.Data))}})
			c.full = len(c.Chunks)
		}
		c.Chunks[c.full-1].Note.N += int64(len(k.Data))
		if !k.Fin && !k.Reset {
			return
		}
		k.Data = nil
	}
	k.Dir, k.Data = c.chunkDir(d), c.keep(k.Data)
	c.held += chunkCost + len(k.Data)
	c.place(k)
}

// settle gives the chunks of a connection that has turned out to be TLS their
// directions, which were by sender till then, and cuts them where TLS begins.
func (c *conn) settle() {
	all := c.Chunks
	c.Chunks = make([]Chunk, 0, len(all)+2)
	var at [2]int64
	for _, k := range all {
		d := int(k.Dir)
		k.Dir = c.dir(d)
		if k.Note.Kind == Gap {
			at[d] += k.Note.N
		}
		begins := c.halves[d].tls
		if before := begins - at[d]; before > 0 && before < int64(len(k.Data)) {
			talk := k
			talk.Data, talk.Plain, talk.Fin, talk.Reset = k.Data[:before], true, false, false
			c.Chunks = append(c.Chunks, talk)
			at[d], k.Data, k.Note = begins, k.Data[before:], Note{}
		}
		k.Plain = at[d] < begins
		if at[d] += int64(len(k.Data)); k.Plain && len(k.Data) == 0 && k.Note.Kind != Nothing {
			k.Plain = k.Note.Off < begins
		}
		c.Chunks = append(c.Chunks, k)
	}
}

// same reports whether data is what was delivered at an offset of a direction.
// What is no longer at hand, or never was there, is taken to be the same.
func (c *conn) same(d int, off int64, data []byte) bool {
	const far = 256 // chunks; what is sent again was sent a moment ago
	dir, end := c.chunkDir(d), c.halves[d].sum
	if c.full > 0 {
		return true
	}
	for i := len(c.Chunks) - 1; i >= max(0, len(c.Chunks)-far) && end > off; i-- {
		k := &c.Chunks[i]
		if k.Dir != dir {
			continue
		}
		begin := end - int64(len(k.Data))
		lo, hi := max(off, begin), min(off+int64(len(data)), end)
		if lo < hi && !bytes.Equal(data[lo-off:hi-off], k.Data[lo-begin:hi-begin]) {
			return false
		}
		if end = begin; k.Note.Kind == Gap {
			end -= k.Note.N
		}
	}
	return true
}

// chunkDir is the direction that chunks of a half have now.
func (c *conn) chunkDir(half int) dissect.Dir {
	if c.verdict == undecided {
		return dissect.Dir(half)
	}
	return c.dir(half)
}

// seen counts a packet.
func (c *conn) seen(a *arrival) {
	if c.Packets == 0 {
		c.At = a.at
	}
	c.End = max(c.End, a.at)
	c.Packets++
	c.Bytes += int64(a.size)
}
