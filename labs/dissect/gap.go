package dissect

import (
	"bytes"
	"fmt"
	"slices"

	"tlstutor/labs/wire"
)

// Behind a gap in a capture a direction's count of records is not known any more,
// on which keys depend, nor where the next record begins. Both can be found again:
// a record by its header and the one behind it, the count by trying.

// maxTries and maxEffort bound the search for a record's number: how many numbers
// are tried on it, and how many bytes a session decrypts for that in all.
const (
	maxTries  = 4096
	maxEffort = 8 << 20
)

// A gap is n bytes of a direction that the capture does not have. It is also the
// reason of records behind it that could not be opened.
type gap struct {
	n     int  // 0: all before, how much is not known
	tries int  // for how many records more the number is searched
	over  bool // it has been found
}

func (g *gap) Error() string {
	if g.n == 0 {
		return "the handshake is not in the capture"
	}
	return fmt.Sprintf("gap in the capture: %s missing before this record", are(g.n))
}

// A farGap is the reason of records that a gap of the other direction keeps
// sealed: the message that their keys depend on is not in the capture.
type farGap struct {
	message string
	from    Dir
	gap     *gap
}

func (f farGap) Error() string {
	from := [2]string{"client", "server"}[f.from&1]
	return fmt.Sprintf("gap in the capture: no %s was seen, and of what the %s sent %s missing", f.message, from, are(f.gap.n))
}

// are says how many bytes are, before a word.
func are(n int) string {
	if n == 1 {
		return "1 byte is"
	}
	return fmt.Sprintf("%d bytes are", n)
}

// or returns the gap if it is what hinders, else the reason given.
func (g *gap) or(err error) error {
	if g == nil || g.over {
		return err
	}
	return g
}

// Gap says that the next n bytes of a direction are missing; 0, that the
// direction begins anywhere, and what came before is missing. It returns what
// there is of a record that ends in the gap, as Close does. The bytes fed next may
// begin inside a record: up to the next one that shows, they are skipped, and
// returned as a leaf. Offsets do not count what is missing.
func (s *Session) Gap(d Dir, n int) []Record {
	st := &s.dirs[d&1]
	out := s.retry(nil)
	n = max(n, 0)
	// Only at its beginning a direction misses what nobody can count.
	if n == 0 && len(st.buf) > 0 {
		return out
	}
	s.overheard(st)
	st.seek, st.owed = true, 0
	if left := len(st.buf) - st.at; left > 0 {
		out = append(out, s.ended(st, fmt.Sprintf("the capture misses %s here", wire.Count(n, "byte"))))
		// The gap may end in the same record; then it is known where the next begins.
		if b := st.buf[st.at-left:]; left >= 5 {
			if missing := 5 + int(b[3])<<8 + int(b[4]) - left; n <= missing {
				st.seek, st.owed = false, missing-n
			}
		}
	}
	if g := st.gap; g != nil && !g.over && n > 0 {
		n += g.n
	}
	st.join, st.gap = join{}, &gap{n: n, tries: 4}
	return s.retry(out)
}

// overheard takes note of a ClientHello that ends in a gap, as long ones do that
// take more than a packet. The random, by which a key log has its secrets, stands
// at the beginning (RFC 9846, Section 4.2.1); what else is there is not relied on.
func (s *Session) overheard(st *stream) {
	if st.dir != ToServer || s.said.clientRandom != nil || st.old != nil || st.broken != nil || st.plain {
		return
	}
	hello := st.join.buf
	if b := st.buf[st.at:]; len(b) > 5 && b[0] == typeHandshake {
		hello = append(slices.Clip(hello), b[5:]...)
	}
	if len(hello) < 38 || messageName(hello) != "ClientHello" {
		return
	}
	s.asks, s.news = s.asks+1, true
	s.said.clientRandom = bytes.Clone(hello[6:38])
}

// ended returns what there is of a record that nothing more of comes, as a record.
func (s *Session) ended(st *stream, why string) Record {
	n := len(st.buf) - st.at
	rec := Record{Dir: st.dir, Tree: s.cutOff(st, n, why)}
	st.at += n
	return rec
}

// sought returns how many bytes do not belong to the next record that shows; 0 if
// one does at once, or may when more is there, which ok then denies.
func (st *stream) sought() (n int, ok bool) {
	b := st.buf[st.at:]
	for i := range b {
		switch plausible(b[i:]) {
		case certain:
			st.seek = i > 0
			return i, true
		case possible:
			return i, i > 0
		}
	}
	return len(b), true
}

// How sure it is that a record begins at some place.
const (
	impossible = iota
	possible   // as far as can be seen
	certain    // it ends where another begins, or the bytes do
)

// plausible reports whether the bytes begin with a record.
func plausible(b []byte) int {
	sure := header(b)
	if sure != certain {
		return sure
	}
	n := 5 + int(b[3])<<8 + int(b[4])
	switch {
	case len(b) < n:
		return possible
	case len(b) == n:
		return certain
	}
	return header(b[n:])
}

// header reports whether the bytes begin with the header of a record.
func header(b []byte) int {
	switch {
	// Its type, its version, its length.
	case len(b) > 0 && (b[0] < 20 || b[0] > 24), len(b) > 1 && b[1] != 3, len(b) > 2 && b[2] > 4,
		len(b) > 4 && int(b[3])<<8+int(b[4]) > maxRecord:
		return impossible
	case len(b) < 5:
		return possible
	}
	return certain
}

// isClear reports whether a record that came behind a gap makes sense as it is. A
// sealed one would by a rare chance only.
func isClear(record []byte) bool {
	body := record[5:]
	switch record[0] {
	case typeChangeCipherSpec:
		return len(body) == 1 && body[0] == 1
	case typeAlert:
		return len(body) == 2 && (body[0] == 1 || body[0] == 2)
	case typeHandshake:
		for len(body) >= 4 && messageName(body) != "Handshake" {
			n := 4 + int(body[1])<<16 + int(body[2])<<8 + int(body[3])
			if n == len(body) {
				return true
			}
			body = body[min(n, len(body)):]
		}
	}
	return false
}

// doubtful names a record behind a gap that makes no sense in the clear. In TLS 1.3
// it is in the clear all the same. Before, the gap may have had the
// change_cipher_spec; if the record opens, it did.
func (s *Session) doubtful(st *stream, src *wire.Source, off, n int) Record {
	if s.said.version >= 0x0304 {
		return Record{Dir: st.dir, Tree: wire.Parse("TLSPlaintext", src, off, n, func(c *wire.Cursor) {
			c.Uint("type", 1, ContentName)
			c.Uint("legacy_record_version", 2, VersionName)
			c.Opaque("fragment", int(c.Uint("length", 2, nil)))
			c.Last().Value, c.Last().Err = "makes no sense without what is missing before it", st.gap
		})}
	}
	r := &sealed{n: n, gap: st.gap, rec: Record{Dir: st.dir, Tree: &wire.Field{Src: src, Off: off}}}
	old := s.params()
	if s.unheard() == nil {
		st.old, st.keys = old, nil
		if s.unseal(st, r) {
			st.gap.over = true
			return r.rec
		}
		st.old, st.keys = nil, nil
	}
	r.rec.Why, r.rec.Epoch = st.gap, Application
	r.rec.Tree = shut(old, src, off, n, nil)
	st.shut = append(st.shut, r)
	return r.rec
}

// resync searches for the number of a record behind a gap, and returns the keys as
// they are once it is open, or nil. From then on the direction's count is right
// again. Open tries one set of keys, which it may change.
func (s *Session) resync(g *gap, from *protection, size int, open func(*protection) bool) *protection {
	// The key stream of RC4 depends on every byte before.
	if g == nil || g.over || g.tries == 0 || from.kind == rc4Stream {
		return nil
	}
	// The shortest sealed record has a header, a type and a tag.
	for i := range min(maxTries, g.n/(5+1+8)+2) {
		if s.effort > maxEffort {
			return nil
		}
		s.effort += size + 64
		p := *from
		p.seq += uint64(i)
		if open(&p) {
			g.over = true
			return &p
		}
	}
	return nil
}
