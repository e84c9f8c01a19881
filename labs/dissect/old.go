package dissect

import (
	"crypto/hmac"
	"encoding/binary"
	"fmt"
)

// params is what the keys of TLS 1.2 are made of, as it stood when
// change_cipher_spec was sent.
type params struct {
	hellos
	suite suite // the one that hellos.suite names; empty if it is unknown
}

// params returns what the hellos said, with their cipher suite looked up.
func (s *Session) params() *params {
	suite, _ := suiteOf(s.said.suite)
	return &params{hellos: s.said, suite: suite}
}

// openOld decrypts a record of TLS 1.2, where one set of keys serves until the
// next change_cipher_spec.
func (s *Session) openOld(st *stream, record []byte) ([]byte, error) {
	// A direction that was read before the other may lack a hello until now.
	if st.old.version == 0 || st.old.clientRandom == nil {
		if err := s.unheard(); err != nil {
			return nil, err
		}
		st.old = s.params()
	}
	if st.keys == nil {
		p, err := s.block(st)
		if err != nil {
			return nil, err
		}
		st.keys = p
	}
	if inner, ok := st.keys.openOld(record); ok {
		return inner, nil
	}
	// Its number is used up all the same: what follows may still open.
	st.keys.seq++
	return nil, errKey
}

// block makes the TLS 1.2 keys of a direction. A master secret that was not
// logged may be that of the session whose ticket the client sent.
func (s *Session) block(st *stream) (*protection, error) {
	old := st.old
	switch {
	case old.version != 0x0303:
		return nil, fmt.Errorf("%s is not a version that can be opened here", VersionName(old.version))
	case old.suite.aead == noAEAD || old.suite.tls13:
		return nil, fmt.Errorf("cipher suite %s is not one that can be opened here", SuiteName(old.hellos.suite))
	}
	master := s.secret(st.dir, labelMaster, old.clientRandom)
	// A server that sent a certificate did not resume, whatever ticket it was
	// shown.
	if master == nil && !old.full && old.ticket != nil {
		master = s.secret(st.dir, labelMaster, s.logs[ToServer].origin(old.ticket))
	}
	if master == nil {
		return nil, waiting{label: labelMaster}
	}
	return old.suite.protectOld(st.dir, master, old.clientRandom, old.serverRandom)
}

// explicit reports whether TLS 1.2 records of the suite begin with 8 bytes of
// their nonce.
func (s suite) explicit() bool { return s.aead == gcm && !s.tls13 }

// protectOld makes one direction's TLS 1.2 keys from the key block, which holds
// both sides' keys, then both sides' ivs (RFC 5246, Section 6.3). GCM takes four
// bytes of iv from it (RFC 5288, Section 3), ChaCha20 all twelve (RFC 7905,
// Section 2).
func (s suite) protectOld(d Dir, master, clientRandom, serverRandom []byte) (*protection, error) {
	size := 12
	if s.explicit() {
		size = 4
	}
	seed := append([]byte("key expansion"), serverRandom...)
	block := s.prf(master, append(seed, clientRandom...), 2*s.key+2*size)
	key, iv := block[:s.key], block[2*s.key:2*s.key+size]
	if d == ToClient {
		key, iv = block[s.key:2*s.key], block[2*s.key+size:]
	}
	c, err := s.cipher(key)
	return &protection{suite: s, cipher: c, iv: iv}, err
}

// prf returns n bytes of P_hash over a seed that begins with the label (RFC
// 5246, Section 5).
func (s suite) prf(secret, seed []byte, n int) []byte {
	sum := func(parts ...[]byte) []byte {
		h := hmac.New(s.hash, secret)
		for _, p := range parts {
			h.Write(p)
		}
		return h.Sum(nil)
	}
	var out []byte
	// A(1) is the HMAC of the seed, A(i) that of A(i-1).
	for a := sum(seed); len(out) < n; a = sum(a) {
		out = append(out, sum(a, seed)...)
	}
	return out[:n]
}

// openOld decrypts a TLS 1.2 record (RFC 5246, Section 6.2.3.3): what is
// authenticated is its number, and its header with the length of the plaintext.
func (p *protection) openOld(record []byte) ([]byte, bool) {
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
		return nil, false
	}
	// seq_num, type, version, length.
	ad := binary.BigEndian.AppendUint64(make([]byte, 0, 13), p.seq)
	ad = binary.BigEndian.AppendUint16(append(ad, record[:3]...), uint16(n))
	inner, err := p.cipher.Open(nil, nonce, body, ad)
	if err != nil {
		return nil, false
	}
	p.seq++
	return inner, true
}
