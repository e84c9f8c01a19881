package dissect

import (
	"crypto/fips140"

	"tlstutor/labs/wire"
)

// A Session is one connection being read. It is not safe for concurrent use.
type Session struct {
	logs [2]*Keys  // by Dir: the key log of its writer; they may be one, and other sessions' as well
	dirs [2]stream // by Dir
	said hellos    // in the handshake that was heard last
	asks int       // how many ClientHellos were heard; a HelloRetryRequest makes it two
	seen uint64    // the count of keys when the parked records were last tried
	news bool      // a message said something that parked records may have waited for

	effort int // how many bytes were decrypted in search of a number
}

// New returns a session that opens records with what keys says.
func New(keys *Keys) *Session { return NewBoth(keys, keys) }

// NewBoth returns a session that has the key log of each side. Where somebody
// changed what was said between the two, they disagree on the keys; a record
// opens with those of the side that wrote it. What that side did not log is
// looked for in the other's log.
func NewBoth(client, server *Keys) *Session {
	if client == nil {
		client = NewKeys()
	}
	if server == nil {
		server = client
	}
	s := &Session{logs: [2]*Keys{client, server}}
	s.dirs[ToServer].dir = ToServer
	s.dirs[ToClient].dir = ToClient
	return s
}

// Feed takes the next bytes of a direction and returns the records they
// complete, and those of either direction that a key has opened meanwhile.
// Feeding nothing only tries the latter.
func (s *Session) Feed(d Dir, p []byte) []Record {
	st := &s.dirs[d&1]
	out := s.retry(nil)
	if len(p) == 0 {
		return out
	}
	st.add(p)
	// What a record says may be what records of the other direction wait for: the
	// client's early data cannot be told from its Finished before the ServerHello.
	for {
		n, ok := st.next()
		if !ok {
			return out
		}
		out = append(out, s.read(st, n))
		out = s.retry(out)
	}
}

// Expect says that n bytes more of a direction are at hand and will be fed, so
// that there is room for them at once.
func (s *Session) Expect(d Dir, n int) { s.dirs[d&1].expect(n) }

// Close says that a direction has ended. If it ended inside a record, that part
// is returned as a record whose tree says so.
func (s *Session) Close(d Dir) []Record {
	st := &s.dirs[d&1]
	out := s.retry(nil)
	if len(st.buf) > st.at {
		out = append(out, s.ended(st, "the stream ended"))
	}
	return out
}

// Cut takes note that the capture of a direction is over, which itself may have
// gone on. If that is inside a record, what there is of it is returned, as by Close.
func (s *Session) Cut(d Dir) []Record {
	st := &s.dirs[d&1]
	out := s.retry(nil)
	if len(st.buf) > st.at {
		out = append(out, s.ended(st, "the capture ends"))
	}
	return out
}

// Flush returns the records of both directions that stayed sealed, each with
// the reason that stands now.
func (s *Session) Flush() []Record {
	var out []Record
	for i := range s.dirs {
		for _, r := range s.dirs[i].shut {
			if r.open {
				continue
			}
			rec := r.rec
			if _, ok := rec.Why.(waiting); ok {
				// What the first one waits for, all behind it wait for.
				rec.Why = s.final(&s.dirs[i], s.dirs[i].parked[0].rec.Why.(waiting))
			}
			out = append(out, rec)
		}
	}
	return out
}

// read names the next n bytes of a stream, opened if they can be. Records in the
// clear never wait, not even behind sealed ones: no key concerns them.
func (s *Session) read(st *stream, n int) Record {
	rec := Record{Dir: st.dir}
	src := st.source(st.at + n)
	off := st.at
	st.at += n
	switch {
	case st.rest != "":
		rec.Tree = leaf(wire.Undecoded, src, off, n, st.rest)
		rec.Tree.Err = st.gap
	case st.v2:
		rec.Tree = v2ClientHello(src, off, n)
		rec.Msgs = Messages(rec.Tree)
		s.heardV2(rec.Tree)
	case st.plain:
		rec.Tree = leaf("plaintext", src, off, n, preview(src.Data[off:]))
		rec.Msgs = Messages(rec.Tree)
	case st.broken != nil:
		rec.Tree = leaf(wire.Undecoded, src, off, n, st.broken.Error())
		rec.Tree.Err = st.broken
	case s.isSealed(st, src.Data[off]):
		return s.sealed(st, src, off, n)
	case st.gap.or(nil) != nil && !isClear(src.Data[off:]):
		return s.doubtful(st, src, off, n)
	default:
		rec.Tree = s.clear(st, src, off, n)
		rec.Msgs = Messages(rec.Tree)
	}
	return rec
}

// sealed names a sealed record, and opens it if nothing waits before it.
func (s *Session) sealed(st *stream, src *wire.Source, off, n int) Record {
	// Whether it may be early data is settled by what was known when it came.
	r := &sealed{n: n, asks: s.asks, gap: st.gap, early: st.dir == ToServer && s.said.early && st.epoch < Handshake}
	r.rec = Record{Dir: st.dir, Tree: &wire.Field{Src: src, Off: off}}
	if len(st.parked) > 0 {
		r.rec.Why = st.parked[0].rec.Why
	} else if s.unseal(st, r) {
		return r.rec
	}
	if _, ok := r.rec.Why.(waiting); ok {
		st.parked = append(st.parked, r)
	}
	r.rec.Epoch = st.expected(r.early)
	r.rec.Tree = shut(st.old, src, off, n, nil)
	st.shut = append(st.shut, r)
	return r.rec
}

// unseal tries to open a record, and says in its Why what was in the way.
func (s *Session) unseal(st *stream, r *sealed) bool {
	src, off := r.rec.Tree.Src, r.rec.Tree.Off
	var in inside
	var epoch Epoch
	var err error
	// What peers agreed on, an analyst has to follow: in FIPS mode as well.
	fips140.WithoutEnforcement(func() { in, epoch, err = s.open(st, src.Data[off:off+r.n], r) })
	if r.rec.Why = err; err != nil {
		return false
	}
	r.rec.Epoch, r.open = epoch, true
	r.rec.Tree = s.opened(st, src, off, r.n, in, epoch)
	r.rec.Msgs = Messages(r.rec.Tree)
	return true
}

// retry opens what it can of the records that wait, as long as there is reason
// to believe that it can, and adds them to out: a new secret, or a new message. So
// feeding many small pieces costs no more than feeding a large one.
func (s *Session) retry(out []Record) []Record {
	for {
		seen := s.logs[ToServer].news() + s.logs[ToClient].news()
		if seen == s.seen && !s.news {
			return out
		}
		s.seen, s.news = seen, false
		for i := range s.dirs {
			out = s.release(&s.dirs[i], out)
		}
	}
}

// secret returns what the writer of a direction logged under a label, else what
// the other side did, or nil.
func (s *Session) secret(d Dir, label string, clientRandom []byte) []byte {
	if secret := s.logs[d].secret(label, clientRandom); secret != nil {
		return secret
	}
	return s.logs[1-d].secret(label, clientRandom)
}

// logged returns a secret of TLS 1.3 in the current handshake. Where there are two
// ClientHellos, one inside the other, the log says by its random which one counted
// (RFC 9849, Section 7.1).
func (s *Session) logged(d Dir, label string) []byte {
	if in := s.said.inner; in != nil {
		if secret := s.secret(d, label, in.random); secret != nil {
			return secret
		}
	}
	return s.secret(d, label, s.said.clientRandom)
}

// release opens the waiting records of one direction up to the first that has
// to go on waiting.
func (s *Session) release(st *stream, out []Record) []Record {
	for len(st.parked) > 0 {
		r := st.parked[0]
		if s.unseal(st, r) {
			r.rec.Again = true
			out = append(out, r.rec)
		} else if _, ok := r.rec.Why.(waiting); ok {
			break
		}
		st.parked = st.parked[1:]
	}
	// Those before the first that is still sealed are of no more interest.
	for len(st.shut) > 0 && st.shut[0].open {
		st.shut = st.shut[1:]
	}
	return out
}
