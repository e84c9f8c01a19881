package dissect

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"

	"tlstutor/labs/wire"
)

// A check is one thing that a side can check of what it was sent, or that its
// sender could check as well.
type check struct {
	name     string      // of the finding: "Finished.verify_data"
	dir      Dir         // who sent what is checked
	when     string      // which of several: "handshake 2", or ""
	at       *wire.Field // what is checked
	ok       bool
	proof    string // what was done: "an HMAC over 9 messages"
	why      error  // it could not be checked, because
	over     *scroll
	evidence []*wire.Field // beside what is checked
}

// full reports whether so much was checked that no more is.
func (w *witness) full() bool { return len(w.checks) >= maxChecks }

// note keeps a check.
func (w *witness) note(c *check) {
	if w.full() {
		return
	}
	if w.number > 1 {
		c.when = fmt.Sprintf("handshake %d", w.number)
	}
	if w.over && w.tls13() {
		c.when = "after the handshake"
	}
	if w.torn && !c.ok && c.why == nil {
		c.why = errors.New("a message before it is in a record that was not opened")
	}
	if c.over != nil && !c.over.whole() {
		c.ok, c.why = false, errors.New("the handshake is too long to be hashed here")
	}
	w.checks = append(w.checks, c)
}

// hashOf returns the hash of a suite: of HKDF, or of TLS 1.2's PRF.
func hashOf(suite uint64) func() hash.Hash {
	if strings.HasSuffix(wire.Bare(SuiteName(suite)), "_SHA384") {
		return sha512.New384
	}
	return sha256.New
}

// computed returns a finding that shows bytes which were computed.
func computed(name string, b []byte, evidence ...*wire.Field) *wire.Field {
	return wire.Note(name, hex.EncodeToString(b), evidence...)
}

// finishedMAC recomputes the verify_data of a Finished.
func (w *witness) finishedMAC(d Dir, m *wire.Field, t *scroll) {
	if w.full() {
		return
	}
	c := &check{name: "Finished.verify_data", dir: d, at: m.Kid("verify_data"), over: t.first(len(t.parts))}
	c.over.size = t.size
	defer w.note(c)
	var want []byte
	at := c.at
	if at == nil {
		c.at = m // something must be shown
	}
	switch {
	case !w.seen:
		c.why = errors.New("no ServerHello was seen")
	case w.said.version == 0x0300 || at == nil:
		c.why = fmt.Errorf("%s has a Finished of its own, which is not recomputed here", VersionName(w.said.version))
	case w.tls13():
		want = w.finished13(c)
	default:
		want = w.finishedOld(c)
	}
	if c.why == nil {
		c.ok = bytes.Equal(want, c.at.Bytes())
		c.evidence = append(c.evidence, computed("recomputed", want))
	}
}

// finished13 returns the verify_data that TLS 1.3 wants here: an HMAC over the
// hash of the transcript, with a key from the sender's secret (RFC 9846, Section
// 4.5.3). Behind the handshake that is its newest.
func (w *witness) finished13(c *check) []byte {
	label := trafficLabel(c.dir, Handshake)
	if w.over {
		label = trafficLabel(c.dir, Application)
	}
	secret := w.secret(w.side, label, w.said.clientRandom)
	if c.why = w.unusable(label, secret); c.why != nil {
		return nil
	}
	size := w.said.how.hash().Size()
	for range min(w.updates, maxChecks) {
		if w.over {
			secret, c.why = w.said.how.expand(secret, "traffic upd", size)
		}
	}
	key, err := w.said.how.expand(secret, "finished", size)
	if err != nil || c.why != nil {
		c.why = errors.Join(c.why, err)
		return nil
	}
	sum := c.over.hash(w.said.how.hash)
	c.proof = fmt.Sprintf("an HMAC over %s", wire.Count(len(c.over.parts), "message"))
	c.evidence = []*wire.Field{computed("Transcript-Hash", sum), computed("finished_key", key)}
	mac := hmac.New(w.said.how.hash, key)
	mac.Write(sum)
	return mac.Sum(nil)
}

// unusable returns why there is no secret of TLS 1.3 to go on with, or nil.
func (w *witness) unusable(label string, secret []byte) error {
	switch {
	case secret == nil:
		return fmt.Errorf("the key log has no %s", label)
	case len(secret) != w.said.how.hash().Size():
		return fmt.Errorf("%s is not as long as the hash of its cipher suite", label)
	}
	return nil
}

// finishedOld returns the verify_data that TLS 1.2 and older want here: 12 bytes
// of the PRF over the hash of the handshake (RFC 5246, Section 7.4.9), which
// before TLS 1.2 is MD5's and SHA-1's (RFC 4346, Section 7.4.9).
func (w *witness) finishedOld(c *check) []byte {
	master := w.master(w.side, &params{w.said})
	if master == nil {
		c.why = waiting{label: labelMaster, resumed: w.said.resumed()}.final()
		return nil
	}
	label, how := "client finished", w.said.how
	if c.dir == ToClient {
		label = "server finished"
	}
	sum := w.handshakeHash(c.over)
	c.proof = fmt.Sprintf("the PRF over %s", wire.Count(len(c.over.parts), "message"))
	c.evidence = []*wire.Field{computed("Hash(handshake_messages)", sum), computed("master_secret", master)}
	return how.prf(w.said.version, master, append([]byte(label), sum...), 12)
}

// handshakeHash is what TLS 1.2 and older hash the handshake with.
func (w *witness) handshakeHash(t *scroll) []byte {
	if w.said.version < 0x0303 {
		return append(t.hash(md5.New), t.hash(sha1.New)...)
	}
	return t.hash(w.said.how.hash)
}

// oldHashes is handshakeHash after each message, before TLS 1.2.
func (w *witness) oldHashes() [][]byte {
	all := w.hashes(md5.New)
	for i, sum := range w.hashes(sha1.New) {
		all[i] = append(all[i], sum...)
	}
	return all
}

// noSentinel is what nearly every ServerHello has.
const noSentinel = "no downgrade sentinel"

// sentinel looks whether the server says in its random that it could do better
// (RFC 9846, Section 4.2.3).
func (w *witness) sentinel(m *wire.Field) {
	random := m.Kid("random")
	if random == nil || random.N != 32 {
		return
	}
	c := &check{name: "ServerHello.random", dir: ToClient, at: random, ok: true, proof: noSentinel}
	switch tail := string(random.Bytes()[24:]); {
	case w.tls13(): // it is what it could do best
	case tail == "DOWNGRD\x01":
		c.proof = "downgrade sentinel DOWNGRD 01: the server could do TLS 1.3"
		c.ok = !w.offered(0x0304)
	case tail == "DOWNGRD\x00":
		c.proof = "downgrade sentinel DOWNGRD 00: the server could do better than TLS 1.1"
		c.ok = !w.offered(0x0304) && (w.said.version >= 0x0303 || !w.offered(0x0303))
	}
	w.note(c)
}

// offered reports whether the client offered that version or a later one.
func (w *witness) offered(least uint64) bool {
	if w.steps.client == nil {
		return false
	}
	if list := w.steps.client.Find("extensions.supported_versions.versions"); list != nil {
		for _, v := range list.Kids {
			if v.Code >= least && !isGrease(v.Code) {
				return true
			}
		}
		return false
	}
	v := w.steps.client.Kid("legacy_version")
	return v != nil && v.Code >= least
}
