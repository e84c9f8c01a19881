package dissect

import (
	"fmt"

	"tlstutor/labs/wire"
)

// params is what the keys before TLS 1.3 are made of, as it stood when
// change_cipher_spec was sent.
type params struct{ hellos }

// params returns what the hellos said.
func (s *Session) params() *params { return &params{s.said} }

// openOld decrypts a record of TLS 1.2 or older, where one set of keys serves
// until the next change_cipher_spec.
func (s *Session) openOld(st *stream, record []byte, r *sealed) (in inside, err error) {
	// A direction that was read before the other may lack a hello until now.
	if st.old.version == 0 || st.old.clientRandom == nil {
		if err := s.unheard(); err != nil {
			return inside{}, err
		}
		st.old = s.params()
	}
	if st.keys == nil {
		if st.keys, err = s.block(st.dir, st.old); err != nil {
			st.keys = nil
			return inside{}, err
		}
	}
	if in, ok := st.keys.openOld(record); ok {
		return in, nil
	}
	open := func(p *protection) (ok bool) {
		in, ok = p.openOld(record)
		return ok
	}
	if p := s.resync(r.gap, st.keys, len(record), open); p != nil {
		st.keys = p
		return in, nil
	}
	if r.gap != nil && r.gap.tries > 0 {
		r.gap.tries--
	}
	// Its number is used up all the same: what follows may still open.
	st.keys.pass(record)
	return inside{}, r.gap.or(errKey)
}

// block makes the keys of a direction. A master secret that was not logged may
// be that of the session that this one resumes.
func (s *Session) block(d Dir, old *params) (*protection, error) {
	switch {
	case old.version < 0x0301 || old.version > 0x0303:
		return nil, fmt.Errorf("%s is not a version that can be opened here", VersionName(old.version))
	case old.how.kind == unopened || old.how.tls13:
		return nil, fmt.Errorf("cipher suite %s is not one that can be opened here", SuiteName(old.suite))
	case old.squeeze != 0:
		return nil, fmt.Errorf("compression with %s is not undone here", wire.Bare(compressionName(old.squeeze)))
	}
	master := s.master(d, old)
	switch {
	// Without a cipher there is nothing to undo, but nothing to check with either.
	case master == nil && old.how.kind == null:
		return &protection{suite: old.how}, nil
	case master == nil:
		return nil, waiting{label: labelMaster, resumed: old.resumed()}
	}
	return old.protect(d, master)
}

// master returns the master secret of a connection, or nil.
func (s *Session) master(d Dir, old *params) []byte {
	if master := s.secret(d, labelMaster, old.clientRandom); master != nil || !old.resumed() {
		return master
	}
	return s.secret(d, labelMaster, s.origin(&old.hellos))
}

// sizes returns how long a MAC key and an iv in the key block are. GCM and CCM
// take four bytes of iv from it (RFC 5288, Section 3; RFC 6655, Section 3),
// ChaCha20 all twelve (RFC 7905, Section 2), and CBC a block, where no record
// brings its own.
func (p *params) sizes() (mac, iv int) {
	switch s := p.how; {
	case s.explicit():
		return 0, 4
	case s.kind == chacha:
		return 0, 12
	case s.kind == cbc && p.version < 0x0302:
		return s.mac().Size(), s.blockSize()
	default:
		return s.mac().Size(), 0
	}
}

// protect makes one direction's keys from the key block, which holds both sides'
// MAC keys, then both sides' keys, then both sides' ivs (RFC 5246, Section 6.3).
func (p *params) protect(d Dir, master []byte) (*protection, error) {
	s := p.how
	mac, iv := p.sizes()
	out := &protection{suite: s}
	seed := append([]byte("key expansion"), p.serverRandom...)
	rest := s.prf(p.version, master, append(seed, p.clientRandom...), 2*(mac+s.key+iv))
	take := func(n int) []byte {
		pair := rest[:2*n]
		rest = rest[2*n:]
		if d == ToClient {
			return pair[n:]
		}
		return pair[:n:n]
	}
	macKey, key := take(mac), take(s.key)
	out.iv = take(iv)
	var err error
	if s.aead() {
		out.cipher, err = s.cipher(key)
	} else {
		out.bulk, err = s.bulkKeys(p.version, p.macLast, macKey, key)
	}
	return out, err
}

// openOld decrypts a record of TLS 1.2 or older, and counts it if it could be
// opened.
func (p *protection) openOld(record []byte) (inside, bool) {
	open := p.openAEAD
	if !p.aead() {
		open = p.openBulk
	}
	in, ok := open(record)
	if ok {
		p.pass(record)
	}
	return in, ok
}

// openAEAD decrypts a TLS 1.2 record (RFC 5246, Section 6.2.3.3): what is
// authenticated is its number, and its header with the length of the plaintext.
func (p *protection) openAEAD(record []byte) (inside, bool) {
	body := record[5:]
	nonce := p.iv
	if !p.explicit() {
		nonce = p.nonce()
	} else if len(body) >= 8 {
		// Cut to its length, iv is copied by append, not written to.
		nonce, body = append(p.iv[:4:4], body[:8]...), body[8:]
	}
	n := len(body) - p.cipher.Overhead()
	if n < 0 || len(nonce) != p.cipher.NonceSize() {
		return inside{}, false
	}
	data, err := p.cipher.Open(nil, nonce, body, p.additional(record, n))
	if err != nil {
		return inside{}, false
	}
	return inside{data: data, off: len(record) - len(body), n: len(body), content: n}, true
}
