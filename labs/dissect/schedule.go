package dissect

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hkdf"
	"encoding/hex"
	"errors"
	"fmt"

	"tlstutor/labs/wire"
)

// Schedule returns how the secrets of a connection come from each other (RFC 9846,
// Section 7.1; RFC 5246, Sections 8.1 and 6.3), with its values, or nil where the
// key log has none of them. Drawn is what the two sides took from their sources of
// randomness: with the ephemeral key among it the schedule is whole, from the
// secret of the key exchange on. Without, it begins at what was logged: what that
// came from cannot be computed from it. Unseen says why there is no such key, where
// that is known. The schedule is the client's, where the two sides differ.
func (a *Account) Schedule(drawn [][]byte, unseen string) *wire.Field {
	w := a.client
	if !w.seen || w.said.version < 0x0301 || !w.whole() {
		return nil
	}
	l := &climb{witness: w}
	l.shared, l.from = w.exchanged(drawn)
	if w.tls13() {
		l.climb13()
	} else {
		l.climbOld()
	}
	if l.known == 0 {
		return nil
	}
	version := wire.Bare(VersionName(w.said.version))
	said := fmt.Sprintf("%s, from the logged secrets down", version)
	group := wire.Bare(GroupName(w.steps.curve))
	switch {
	case l.whole:
		said = fmt.Sprintf("%s, whole, from the %s secret on", version, group)
	case w.steps.curve != 0 && l.shared == nil:
		said += fmt.Sprintf(": the %s secret is in no key log", group)
		if unseen != "" {
			said += ", and " + unseen
		}
	}
	f := wire.Note("key schedule", said, append([]*wire.Field{l.draw()}, l.rows...)...)
	for _, r := range l.rows {
		if r.Err != nil && f.Err == nil {
			f.Err = fmt.Errorf("%s: %w", r.Name, r.Err)
		}
	}
	return f
}

// A climb is a key schedule under way, from its first secret to its last.
type climb struct {
	*witness
	shared []byte      // the secret of the key exchange, or nil
	from   *wire.Field // how it was come by; where it was not, why not
	whole  bool        // all comes from that secret
	known  int         // how many secrets there are
	rows   []*wire.Field
}

// add appends a secret and what it was made from.
func (l *climb) add(name string, secret []byte, how string, evidence ...*wire.Field) *wire.Field {
	f := wire.Note(name, hex.EncodeToString(secret), append([]*wire.Field{wire.Note("from", how)}, evidence...)...)
	if secret == nil {
		f.Value = "not known: it cannot be computed from what is logged"
	}
	l.rows = append(l.rows, f)
	return f
}

// compare notes whether a secret is the one that the key log has, if it has it.
func (l *climb) compare(f *wire.Field, secret, logged []byte, label string) {
	switch {
	case logged == nil || secret == nil:
	case bytes.Equal(secret, logged):
		f.Kids = append(f.Kids, wire.Note("key log", label+": the same"))
	default:
		f.Kids = append(f.Kids, computed("key log", logged))
		f.Err = errors.New("the key log has another")
	}
}

// extract is HKDF-Extract; nil where one of the two is not known.
func (l *climb) extract(salt, in []byte) []byte {
	if salt == nil || in == nil {
		return nil
	}
	out, err := l.said.how.extract(salt, in)
	if err != nil {
		return nil
	}
	return out
}

// extract is HKDF-Extract with a suite's hash (RFC 5869, Section 2.2).
func (s suite) extract(salt, in []byte) ([]byte, error) { return hkdf.Extract(s.hash, in, salt) }

// derive is Derive-Secret; nil where the secret is not known.
func (l *climb) derive(secret []byte, label string, messages []byte) []byte {
	if secret == nil {
		return nil
	}
	out, err := l.said.how.expandOver(secret, label, messages, l.said.how.hash().Size())
	if err != nil {
		return nil
	}
	return out
}

// climb13 makes the schedule of TLS 1.3 (RFC 9846, Section 7.1).
func (l *climb) climb13() {
	zeros := make([]byte, l.said.how.hash().Size())
	empty := l.said.how.hash().Sum(nil) // the hash of no messages
	var early []byte
	psk := l.add("PSK", zeros, "there is none, so it is zeros")
	if chosen := l.steps.server.Find("extensions.pre_shared_key"); chosen == nil {
		early = l.extract(zeros, zeros)
	} else if key := l.chosenKey(chosen); key != nil {
		*psk = *computed("PSK", key, wire.Note("from", "the earlier connection's resumption_secret, and the nonce of the ticket that came back"), chosen)
		early = l.extract(zeros, key)
	} else {
		*psk = *wire.Note("PSK", "not known: the key log has no secret of the session that is resumed, nor any other shared key", chosen)
	}
	l.add("Early Secret", early, "HKDF-Extract(0, PSK)")
	if s := l.secret(l.side, labelClientEarly, l.said.clientRandom); s != nil {
		l.traffic("client_early_traffic_secret", early, "Early Secret", "c e traffic", labelClientEarly, 1)
	}
	l.rows = append(l.rows, l.from)
	handshake := l.extract(l.derive(early, "derived", empty), l.shared)
	l.add("Handshake Secret", handshake, `HKDF-Extract(Derive-Secret(Early Secret, "derived", ""), (EC)DHE)`)
	l.traffic("client_handshake_traffic_secret", handshake, "Handshake Secret", "c hs traffic", labelClientHandshake, l.steps.hello)
	l.traffic("server_handshake_traffic_secret", handshake, "Handshake Secret", "s hs traffic", labelServerHandshake, l.steps.hello)
	main := l.extract(l.derive(handshake, "derived", empty), zeros)
	l.add("Main Secret", main, `HKDF-Extract(Derive-Secret(Handshake Secret, "derived", ""), 0)`)
	l.traffic("client_application_traffic_secret_0", main, "Main Secret", "c ap traffic", labelClientTraffic, l.steps.serverDone)
	l.traffic("server_application_traffic_secret_0", main, "Main Secret", "s ap traffic", labelServerTraffic, l.steps.serverDone)
	l.traffic("exporter_secret", main, "Main Secret", "exp master", labelExporter, l.steps.serverDone)
	l.traffic("resumption_secret", main, "Main Secret", "res master", "", l.steps.clientDone)
	l.whole = main != nil && l.known > 0
}

// traffic adds a secret that is derived from another one and the messages up to
// some place, or that is only known from the key log; and what is made of it in
// turn. What the two sides never came to is left out.
func (l *climb) traffic(name string, above []byte, aboveName, label, logLabel string, upTo int) {
	if upTo == 0 || upTo > len(l.parts) {
		return
	}
	sum := l.first(upTo).hash(l.said.how.hash)
	secret := l.derive(above, label, sum)
	var logged []byte
	if logLabel != "" {
		logged = l.secret(l.side, logLabel, l.said.clientRandom)
	}
	messages := "ClientHello"
	switch upTo {
	case l.steps.serverDone:
		messages += "...server Finished"
	case l.steps.clientDone:
		messages += "...client Finished"
	case l.steps.hello:
		messages += "...ServerHello"
	}
	f := l.add(name, secret, fmt.Sprintf("Derive-Secret(%s, %q, %s)", aboveName, label, messages), computed("Transcript-Hash", sum))
	switch {
	case secret == nil && logged == nil:
		return
	case secret == nil && len(logged) == len(sum):
		secret, f.Value = logged, hex.EncodeToString(logged)
		f.Kids = append(f.Kids, wire.Note("key log", logLabel))
	default:
		l.compare(f, secret, logged, logLabel)
	}
	l.known++
	if name == "resumption_secret" {
		l.promise(f, secret)
	}
	// Those of the two sides protect records; the others do not.
	if logLabel == "" || logLabel == labelExporter {
		return
	}
	l.part(f, secret, "key", l.said.how.key)
	l.part(f, secret, "iv", 12)
	if aboveName == "Handshake Secret" {
		l.part(f, secret, "finished", len(sum))
	}
}

// part adds what a traffic secret is expanded to (RFC 9846, Sections 7.3 and
// 4.5.3).
func (l *climb) part(f *wire.Field, secret []byte, label string, n int) {
	if b, err := l.said.how.expand(secret, label, n); err == nil && n > 0 {
		f.Kids = append(f.Kids, computed(label, b))
	}
}

// exchanged returns the secret of the key exchange, if the private key of one of
// the two is among what they drew, and the row that tells of it.
func (w *witness) exchanged(drawn [][]byte) ([]byte, *wire.Field) {
	const name = "(EC)DHE"
	mine, theirs := w.steps.clientShare, w.steps.serverShare
	if mine == nil || theirs == nil {
		return nil, wire.Note(name, "there is no exchange of shares")
	}
	row := wire.Note(name, "", mine, theirs)
	var curve ecdh.Curve
	switch w.steps.curve {
	case 0x001d:
		curve = ecdh.X25519()
	case 0x0017:
		curve = ecdh.P256()
	default:
		row.Value = fmt.Sprintf("not known: no private key of %s was seen", wire.Bare(GroupName(w.steps.curve)))
		return nil, row
	}
	for _, raw := range drawn {
		if bytes.Equal(raw, w.said.clientRandom) || bytes.Equal(raw, w.said.serverRandom) || bytes.Equal(raw, w.said.id) {
			continue // it went out as it is
		}
		key, err := curve.NewPrivateKey(raw)
		if err != nil {
			continue
		}
		own, other := mine, theirs
		switch public := key.PublicKey().Bytes(); {
		case bytes.Equal(public, content(theirs)):
			own, other = theirs, mine
		case !bytes.Equal(public, content(mine)):
			continue
		}
		if secret := agree(key, content(other)); secret != nil {
			row.Value = hex.EncodeToString(secret)
			row.Kids = append(row.Kids, computed("private key", raw, own))
			return secret, row
		}
	}
	row.Value = "not known: neither side's private key was seen"
	return nil, row
}

// agree returns the secret that a private key and the other side's share make, or
// nil.
func agree(key *ecdh.PrivateKey, share []byte) []byte {
	theirs, err := key.Curve().NewPublicKey(share)
	if err != nil {
		return nil
	}
	secret, err := key.ECDH(theirs)
	if err != nil {
		return nil
	}
	return secret
}
