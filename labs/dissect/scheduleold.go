package dissect

import (
	"fmt"

	"tlstutor/labs/wire"
)

// climbOld makes the schedule of TLS 1.2 and older: one master secret, and from it
// one block with the keys of both sides (RFC 5246, Sections 8.1 and 6.3).
func (l *climb) climbOld() {
	logged := l.master(l.side, &params{l.said})
	master := l.makeMaster(logged)
	if master == nil {
		return
	}
	l.known++
	how := l.said.how
	if how.kind == unopened || how.tls13 {
		return // it is named here, and no more
	}
	p := &params{l.said}
	mac, iv := p.sizes()
	seed := append([]byte("key expansion"), p.serverRandom...)
	block := how.prf(p.version, master, append(seed, p.clientRandom...), 2*(mac+how.key+iv))
	f := l.add("key_block", block, `PRF(master_secret, "key expansion", ServerHello.random + ClientHello.random)`)
	for _, part := range []struct {
		name string
		n    int
	}{{"MAC_key", mac}, {"key", how.key}, {"IV", iv}} {
		for _, who := range []string{"client", "server"} {
			if part.n > 0 {
				f.Kids = append(f.Kids, computed(who+"_write_"+part.name, block[:part.n]))
				block = block[part.n:]
			}
		}
	}
}

// makeMaster adds the secrets up to the master secret, and returns that: made
// from the secret of the key exchange where that is known, else as it was logged.
func (l *climb) makeMaster(logged []byte) []byte {
	const name = "master_secret"
	if l.said.resumed() {
		if logged != nil {
			l.add(name, logged, "the session that is resumed")
		}
		return logged
	}
	label, seed := "master secret", append(append([]byte(nil), l.said.clientRandom...), l.said.serverRandom...)
	how := `PRF(pre_master_secret, "master secret", ClientHello.random + ServerHello.random)`
	var evidence []*wire.Field
	// RFC 7627, Section 4: all messages up to the ClientKeyExchange.
	if ext := l.steps.server.Find("extensions.extended_master_secret"); ext != nil && l.steps.exchange > 0 {
		label, seed = "extended master secret", l.handshakeHash(l.first(l.steps.exchange))
		how = fmt.Sprintf("PRF(pre_master_secret, %q, session_hash)", label)
		evidence = []*wire.Field{computed("session_hash", seed), ext}
	}
	l.from.Name = "pre_master_secret"
	if l.rows = append(l.rows, l.from); l.shared == nil {
		if logged != nil {
			l.add(name, logged, how, append(evidence, wire.Note("key log", labelMaster))...)
		}
		return logged
	}
	master := l.said.how.prf(l.said.version, l.shared, append([]byte(label), seed...), 48)
	l.compare(l.add(name, master, how, evidence...), master, logged, labelMaster)
	l.whole = true
	return master
}
