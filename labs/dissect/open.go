package dissect

import (
	"errors"
	"fmt"
)

// A waiting is the reason of a record that may yet be opened: a message that
// was not seen, or a secret that was not logged.
type waiting struct {
	message, label string
	resumed        bool // another session's secret would do
}

// Error says what is missing, while it may yet come.
func (w waiting) Error() string {
	if w.message != "" {
		return fmt.Sprintf("no %s seen yet", w.message)
	}
	return fmt.Sprintf("no %s in the key log yet", w.label)
}

// final returns the reason in words for when nothing more will come.
func (w waiting) final() error {
	switch {
	case w.message != "":
		return fmt.Errorf("no %s was seen", w.message)
	case w.resumed:
		return fmt.Errorf("the key log has no %s, neither of this connection nor of the session that it resumes", w.label)
	}
	return fmt.Errorf("the key log has no %s", w.label)
}

// final is that of a waiting of one direction, unless what it waits for is missing
// in the capture: in the same direction, or in the other one.
func (s *Session) final(st *stream, w waiting) error {
	from := &s.dirs[ToServer]
	if w.message == "ServerHello" {
		from = &s.dirs[ToClient]
	}
	switch g := from.gap; {
	case w.message == "" || g.or(nil) == nil:
		return w.final()
	case from != st && g.n > 0:
		return farGap{w.message, from.dir, g}
	default:
		return g
	}
}

// errKey says that there was a key, and that it does not fit.
var errKey = errors.New("does not decrypt with the logged key: altered, or keys of another connection")

// isSealed reports whether a record of that outer type is sealed. In TLS 1.3 all
// sealed records say application_data, and everything else is in the clear
// (RFC 9846, Section 5.2); in TLS 1.2 everything behind change_cipher_spec is
// sealed, and nothing before it (RFC 5246, Section 7.1).
func (s *Session) isSealed(st *stream, typ byte) bool {
	return st.old != nil || typ == typeApplicationData && (s.said.version == 0 || s.said.version >= 0x0304)
}

// expected returns the epoch that a record should have that was not opened.
func (st *stream) expected(early bool) Epoch {
	switch {
	case st.old != nil:
		return Application
	case st.epoch >= Handshake:
		return st.epoch
	case early:
		return Early
	}
	return Handshake
}

// open decrypts a whole record with the keys of its direction. An error that is
// a waiting may pass when a key or a message comes; any other is final.
func (s *Session) open(st *stream, record []byte, r *sealed) (inside, Epoch, error) {
	if st.old != nil {
		in, err := s.openOld(st, record, r)
		return in, Application, err
	}
	data, epoch, err := s.open13(st, record, r)
	return inside{data: data, off: 5, n: len(record) - 5}, epoch, err
}

// open13 is open for TLS 1.3, where all behind the header is ciphertext.
func (s *Session) open13(st *stream, record []byte, r *sealed) ([]byte, Epoch, error) {
	switch {
	case r.early && r.asks < s.asks:
		inner, err := s.openRefused(st, record)
		return inner, Early, err
	case !r.early || st.epoch >= Handshake:
		return s.openNow(st, record, r.gap)
	}
	inner, errEarly := s.openEarly(st, record)
	if errEarly == nil {
		return inner, Early, nil
	}
	// Not early data, then, or no key for it. The first record that the
	// handshake keys fit shows that the early data is over.
	inner, epoch, err := s.openNow(st, record, r.gap)
	if w, ok := errEarly.(waiting); ok && err != nil {
		// With the handshake keys there and the early key not, it will not come any
		// more: both peers log them in the order in which they use them.
		if err == errKey {
			err = w.final()
		} else {
			err = w
		}
	}
	return inner, epoch, err
}

// openEarly tries the early traffic keys (RFC 9846, Section 7.1). Their cipher
// suite is that of the ticket, which the wire does not tell: those offered are
// tried until one fits.
func (s *Session) openEarly(st *stream, record []byte) ([]byte, error) {
	if len(st.zero) == 0 {
		secret := s.logged(ToServer, labelClientEarly)
		if secret == nil {
			return nil, waiting{label: labelClientEarly}
		}
		for _, suite := range s.said.offered {
			if p, err := suite.protect(secret); err == nil {
				st.zero = append(st.zero, p)
			}
		}
	}
	for i, p := range st.zero {
		if inner, ok := p.open(record); ok {
			// From now on only this one is tried.
			st.zero = st.zero[i : i+1]
			return inner, nil
		}
	}
	return nil, errKey
}

// openRefused opens early data that came behind a ClientHello which a
// HelloRetryRequest answered: it was refused by that (RFC 9846, Section 4.3.10),
// and no other keys are in question. Without its own it holds nothing up once
// those of the handshake are there.
func (s *Session) openRefused(st *stream, record []byte) ([]byte, error) {
	inner, err := s.openEarly(st, record)
	if w, ok := err.(waiting); ok {
		if _, later := s.traffic(st.dir, Handshake); later == nil {
			err = w.final()
		}
	}
	return inner, err
}

// openNow tries the handshake or application traffic keys of TLS 1.3.
func (s *Session) openNow(st *stream, record []byte, g *gap) ([]byte, Epoch, error) {
	epoch := max(st.epoch, Handshake)
	if st.keys == nil {
		p, err := s.traffic(st.dir, epoch)
		if err != nil {
			return nil, epoch, err
		}
		st.keys = p
	}
	if inner, ok := st.keys.open(record); ok {
		st.epoch = epoch
		return inner, epoch, nil
	}
	if st.epoch == Handshake {
		// The record that held Finished may have been an altered one.
		if p, err := s.traffic(st.dir, Application); err == nil {
			if inner, ok := p.open(record); ok {
				st.epoch, st.keys = Application, p
				return inner, Application, nil
			}
		}
	}
	if inner := s.openAfter(st, record, g); inner != nil {
		return inner, st.epoch, nil
	}
	// The number of a record that does not open was used all the same. Early data
	// that was taken for something else has no number in this count.
	if st.epoch >= Handshake {
		st.keys.seq++
	}
	return nil, epoch, g.or(errKey)
}

// openAfter tries what may have become of the keys in a gap: records were counted,
// and behind a Finished or a KeyUpdate others are in force, which count anew.
func (s *Session) openAfter(st *stream, record []byte, g *gap) (inner []byte) {
	if g == nil || g.over || g.tries == 0 || st.epoch < Handshake {
		return nil
	}
	open := func(p *protection) (ok bool) {
		inner, ok = p.open(record)
		return ok
	}
	if p := s.resync(g, st.keys, len(record), open); p != nil {
		st.keys = p
		return inner
	}
	next := st.keys.next()
	if st.epoch == Handshake {
		var err error
		if next, err = s.traffic(st.dir, Application); err != nil {
			return nil
		}
	}
	if p := s.resync(g, next, len(record), open); p != nil {
		st.epoch, st.keys = Application, p
		return inner
	}
	g.tries--
	return nil
}

// traffic makes the keys of an epoch of TLS 1.3 from the key log.
func (s *Session) traffic(d Dir, e Epoch) (*protection, error) {
	if err := s.unheard(); err != nil {
		return nil, err
	}
	suite := s.said.how
	if suite.kind == unopened || !suite.tls13 {
		return nil, fmt.Errorf("cipher suite %s is not one that can be opened here", SuiteName(s.said.suite))
	}
	label := trafficLabel(d, e)
	secret := s.logged(d, label)
	if secret == nil {
		return nil, waiting{label: label}
	}
	return suite.protect(secret)
}

// trafficLabel returns the key log's name for the secret of an epoch.
func trafficLabel(d Dir, e Epoch) string {
	switch {
	case d == ToServer && e == Handshake:
		return labelClientHandshake
	case d == ToServer:
		return labelClientTraffic
	case e == Handshake:
		return labelServerHandshake
	}
	return labelServerTraffic
}
