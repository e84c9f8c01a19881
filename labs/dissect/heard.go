package dissect

import (
	"bytes"

	"tlstutor/labs/wire"
)

// What the keys depend on is read from the trees of the messages: the session
// knows nothing that a reader of the tree could not see.

// hellos is what the messages said that the keys depend on.
type hellos struct {
	clientRandom, serverRandom []byte
	inner                      *innerHello // what encrypted_client_hello held, where it could be opened
	offered                    []suite     // those of TLS 1.3 in the ClientHello
	ticket                     []byte      // the TLS 1.2 ticket in the ClientHello
	id, echo                   []byte      // the session IDs of the two hellos
	version, suite             uint64      // what the server chose; 0: no ServerHello seen
	how                        suite       // the one that suite names; empty if it cannot be opened
	squeeze                    uint64      // the compression that the server chose
	macLast                    bool        // both want encrypt-then-MAC
	early                      bool        // the client announced early data
	full                       bool        // the server sent a certificate or said that it is done: this resumes nothing
	exchanged                  bool        // the client sent a ClientKeyExchange: this is not TLS 1.3
}

// resumed reports whether this resumes a session of TLS 1.2 or older: by ticket
// (RFC 5077, Section 3.4), or by session ID, which the server then repeats (RFC
// 5246, Section 7.4.1.3). A server that goes on to a key exchange did not resume,
// whatever it was shown.
func (h *hellos) resumed() bool {
	byID := len(h.id) > 0 && bytes.Equal(h.id, h.echo)
	return !h.full && !h.exchanged && (h.ticket != nil || byID)
}

// An opener is the state of one direction's protection.
type opener struct {
	epoch Epoch         // TLS 1.3: the keys that the next sealed record should travel under
	keys  *protection   // the keys now in force, once they could be made
	zero  []*protection // TLS 1.3: early traffic keys, one for each suite it could be
	old   *params       // before TLS 1.3: what the keys are made of; nil before change_cipher_spec
}

// unheard returns what to wait for if a hello message was not seen.
func (s *Session) unheard() error {
	switch {
	case s.said.suite == 0:
		return waiting{message: "ServerHello"}
	case s.said.clientRandom == nil:
		return waiting{message: "ClientHello"}
	}
	return nil
}

// changed takes note of a change_cipher_spec. In TLS 1.3 it means nothing (RFC
// 9846, Appendix E.4); it also counts for nothing while it is not known that
// this is older. One that comes sealed ends a handshake inside a connection.
func (s *Session) changed(st *stream) {
	if s.said.version != 0 && s.said.version < 0x0304 || st.dir == ToServer && s.said.exchanged || st.old != nil {
		st.old, st.keys = s.params(), nil
		// Records are counted anew from here.
		if st.gap != nil {
			st.gap.over = true
		}
	}
}

// heard takes note of what a message says about keys. Messages that come from
// the wrong side, or when it is too late for them, change nothing: whoever got
// them would have refused them.
func (s *Session) heard(st *stream, epoch Epoch, m *wire.Field) {
	s.news = true
	tls13 := s.said.version >= 0x0304
	switch m.Name {
	case "ClientHello":
		if st.dir == ToServer && st.epoch < Handshake {
			s.heardClient(m)
		}
	case "ServerHello":
		if st.dir == ToClient && st.epoch < Handshake {
			s.heardServer(m)
		}
	// Behind it the client writes under handshake keys (RFC 9846, Section 4.6).
	case "EndOfEarlyData":
		if epoch == Early {
			st.epoch, st.keys = Handshake, nil
		}
	case "Finished":
		// Behind it come application traffic keys. A Finished under those is part
		// of authentication after the handshake and changes nothing.
		if tls13 && epoch == Handshake {
			st.epoch, st.keys = Application, nil
		} else if !tls13 {
			s.heardSession()
		}
	// Its sender's own keys change behind it (RFC 9846, Section 4.7.3).
	case "KeyUpdate":
		if tls13 && epoch == Application && st.keys != nil {
			st.keys = st.keys.next()
		}
	// Who resumes sends neither (RFC 5246, Section 7.3).
	case "Certificate", "ServerHelloDone":
		s.said.full = s.said.full || st.dir == ToClient
	case "ClientKeyExchange":
		s.said.exchanged = true
	// Only TLS 1.2's has to be remembered: in TLS 1.3 a resumed session has secrets
	// of its own in the log.
	case "NewSessionTicket":
		if t := m.Kid("ticket"); t != nil && st.dir == ToClient && !tls13 {
			s.heardTicket(content(t))
		}
	}
}

// heardTicket takes note of a TLS 1.2 ticket. One that renews another stands for
// the same master secret.
func (s *Session) heardTicket(ticket []byte) {
	origin := s.said.clientRandom
	if s.said.resumed() {
		if first := s.origin(&s.said); first != nil {
			origin = first
		}
	}
	s.logs[ToServer].issued(ticket, origin)
}

// heardSession takes note of the ID of a session that begins here, if the server
// gave it one.
func (s *Session) heardSession() {
	if s.said.full && len(s.said.echo) > 0 {
		s.logs[ToServer].issued(idTicket(s.said.echo), s.said.clientRandom)
	}
}

// origin returns the client random of the session that this one would resume, or
// nil.
func (s *Session) origin(h *hellos) []byte {
	if r := s.logs[ToServer].origin(h.ticket); r != nil {
		return r
	}
	return s.logs[ToServer].origin(idTicket(h.id))
}

// idTicket returns under what a session ID is kept among the tickets.
func idTicket(id []byte) []byte { return append([]byte("session_id "), id...) }

// heardClient takes note of a ClientHello. It begins a handshake: what an
// earlier one said is forgotten. The second one after a HelloRetryRequest has the
// random of the first.
func (s *Session) heardClient(m *wire.Field) {
	random := m.Kid("random")
	if random == nil {
		return
	}
	s.asks++
	inner := s.openHello(m)
	s.said = hellos{clientRandom: random.Bytes(), inner: inner}
	if id := m.Kid("legacy_session_id"); id != nil {
		s.said.id = content(id)
	}
	// What a server that has the key goes by is the hello inside.
	if inner != nil {
		m = inner.tree
	}
	s.said.early = m.Find("extensions.early_data") != nil
	if t := m.Find("extensions.session_ticket.ticket"); t != nil {
		s.said.ticket = t.Bytes()
	}
	if list := m.Kid("cipher_suites"); list != nil {
		// Each suite kept is tried on early data, hence the bound. Those of TLS 1.3
		// have numbers of their own.
		for _, k := range list.Kids {
			if k.Code>>8 != 0x13 || len(s.said.offered) >= 8 {
				continue
			}
			if suite, ok := suiteOf(k.Code); ok && suite.tls13 {
				s.said.offered = append(s.said.offered, suite)
			}
		}
	}
}

// heardServer takes note of a ServerHello, which decides version and suite.
func (s *Session) heardServer(m *wire.Field) {
	random, suite, version := m.Kid("random"), m.Kid("cipher_suite"), m.Kid("legacy_version")
	if random == nil || suite == nil || version == nil {
		return
	}
	// TLS 1.3 hides its version from old middleboxes in an extension (RFC 9846,
	// Section 4.3.1).
	if v := m.Find("extensions.supported_versions.selected_version"); v != nil {
		version = v
	}
	s.said.serverRandom, s.said.suite, s.said.version = random.Bytes(), suite.Code, version.Code
	s.said.how, _ = suiteOf(suite.Code)
	if id := m.Kid("legacy_session_id_echo"); id != nil {
		s.said.echo = content(id)
	}
	if c := m.Kid("legacy_compression_method"); c != nil {
		s.said.squeeze = c.Code
	}
	s.said.macLast = m.Find("extensions.encrypt_then_mac") != nil
	if version.Code < 0x0304 {
		return
	}
	// All that the server sends from here on is under handshake keys. So is what
	// the client sends, unless early data is still on its way.
	s.dirs[ToClient].epoch, s.dirs[ToClient].keys = Handshake, nil
	if !s.said.early {
		s.dirs[ToServer].epoch, s.dirs[ToServer].keys = Handshake, nil
	}
}
