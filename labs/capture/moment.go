package capture

import (
	"slices"
	"time"
)

// What comes before its turn waits for what should be before it. When that turns
// out to be lost, all that has waited is delivered at once, and the answers to it
// have long been taken: here it is put where it came.

// A moment is when a packet of a connection came.
type moment struct {
	at   time.Duration
	turn int64 // which of the connection's packets it was, from 1: several may have one time
}

// parts makes chunks of bytes that are delivered now and begin at a number: one for
// each moment at which some of them could be taken by their receiver. That is
// when they came, or when the last came that stand before them.
func (c *conn) parts(h *half, seq uint32, data []byte, now moment) []Chunk {
	var all []Chunk
	for len(data) > 0 {
		came, n := h.came(seq, len(data), now)
		if came.turn < h.last.turn {
			came = h.last
		}
		h.last = came
		if i := len(all) - 1; i >= 0 && all[i].turn == came.turn {
			all[i].Data = all[i].Data[:len(all[i].Data)+n]
		} else {
			all = append(all, Chunk{At: came.at, turn: came.turn, Data: data[:n]})
		}
		data, seq = data[n:], seq+uint32(n)
	}
	return all
}

// came returns when the byte with a number came first, and how many of the n from
// there on came with it.
func (h *half) came(seq uint32, n int, now moment) (moment, int) {
	first := now
	for _, p := range h.ahead {
		begin := int(int32(p.seq - seq))
		switch end := begin + len(p.data); {
		case begin > 0:
			n = min(n, begin)
		case end > 0 && p.came.turn <= first.turn:
			first, n = p.came, min(n, end)
		}
	}
	return first, n
}

// ends adds to parts that a direction ends behind them: by a FIN when that came, by
// a reset now.
func (h *half) ends(parts []Chunk, now moment, reset bool) []Chunk {
	if !reset && h.hasFin && h.finCame.turn < now.turn {
		now = h.finCame
	}
	if now.turn < h.last.turn {
		now = h.last
	}
	h.last = now
	if i := len(parts) - 1; i < 0 || parts[i].turn != now.turn {
		parts = append(parts, Chunk{At: now.at, turn: now.turn})
	}
	end := &parts[len(parts)-1]
	end.Fin, end.Reset = !reset, reset
	return parts
}

// aside reports whether a chunk only notes that something came once more.
func (k *Chunk) aside() bool {
	return len(k.Data) == 0 && !k.Fin && !k.Reset && (k.Note.Kind == Again || k.Note.Kind == Conflict)
}

// farBack is by how many chunks at most one is put before others that were taken
// earlier: a place has to be made among them.
const farBack = 1 << 12

// place puts a chunk behind those of its direction, and before what the other
// direction said later.
func (c *conn) place(k Chunk) {
	if k.turn == 0 {
		k.turn = c.Packets
	}
	i := len(c.Chunks)
	for i > 0 && c.Chunks[i-1].turn > k.turn && (c.Chunks[i-1].Dir != k.Dir || c.Chunks[i-1].aside()) {
		if len(c.Chunks)-i == farBack {
			i, k.At = len(c.Chunks), c.Chunks[len(c.Chunks)-1].At
			break
		}
		i--
	}
	c.Chunks = slices.Insert(c.Chunks, i, k)
	if c.full > i {
		c.full++
	}
}
