package dissect

import (
	"crypto/hpke"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"tlstutor/labs/wire"
)

// maxHelloKeys is how many private keys of encrypted_client_hello a key log keeps.
const maxHelloKeys = 16

// A helloKey opens what clients encrypt to one ECHConfig (RFC 9849, Section 4).
type helloKey struct {
	id     byte
	config []byte
	key    hpke.PrivateKey
}

// An innerHello is the ClientHello that came encrypted inside another.
type innerHello struct {
	tree   *wire.Field // ClientHelloInner
	random []byte
	with   *hpke.Recipient // opens what the client sends after a HelloRetryRequest
}

// ECH adds the private key of an ECHConfig, which comes with its version and
// length, as the server that has it holds it. ClientHellos encrypted to it are
// opened, and the secrets looked for under the random inside: clients and servers
// log them under that one. It concerns what is fed from then on.
func (k *Keys) ECH(config, priv []byte) error {
	// version, length, config_id, kem_id (RFC 9849, Section 4).
	if len(config) < 7 || binary.BigEndian.Uint16(config) != 0xfe0d {
		return errors.New("not an ECHConfig of version 0xfe0d")
	}
	kem, err := hpke.NewKEM(binary.BigEndian.Uint16(config[5:]))
	if err != nil {
		return fmt.Errorf("the KEM of the ECHConfig: %w", err)
	}
	key, err := kem.NewPrivateKey(priv)
	if err != nil {
		return fmt.Errorf("the private key of the ECHConfig: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.hellos) >= maxHelloKeys {
		return fmt.Errorf("more than %d keys for encrypted_client_hello", maxHelloKeys)
	}
	k.hellos = append(k.hellos, helloKey{config[4], slices.Clone(config), key})
	return nil
}

// helloKeys returns the keys with that config_id.
func (k *Keys) helloKeys(id byte) []helloKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []helloKey
	for _, h := range k.hellos {
		if h.id == id {
			out = append(out, h)
		}
	}
	return out
}

// openHello opens the payload of a ClientHello's encrypted_client_hello, if there
// is a key for it, and puts what is inside beneath it.
func (s *Session) openHello(m *wire.Field) *innerHello {
	ext := m.Find("extensions.encrypted_client_hello")
	if ext == nil {
		return nil
	}
	id, enc, payload := ext.Find("config_id"), ext.Find("enc"), ext.Find("payload")
	kdf, aead := ext.Find("kdf_id"), ext.Find("aead_id")
	if id == nil || enc == nil || payload == nil || kdf == nil || aead == nil || payload.Err != nil || payload.Src != m.Src {
		return nil
	}
	// What is authenticated is the whole message without its header, with zeros
	// for the payload (RFC 9849, Section 5.2).
	ad := slices.Clone(m.Bytes()[4:])
	clear(ad[payload.Off+payload.Head-m.Off-4:][:payload.N-payload.Head])
	for _, with := range s.recipients(byte(id.Code), content(enc), uint16(kdf.Code), uint16(aead.Code)) {
		data, err := with.Open(ad, content(payload))
		if err != nil {
			continue
		}
		from := []wire.Span{{Src: payload.Src, Off: payload.Off + payload.Head, N: payload.N - payload.Head}}
		return uncover(m, payload, &wire.Source{Name: "decrypted", Data: data, From: from}, with)
	}
	return nil
}

// recipients returns the contexts that may open a payload. After a
// HelloRetryRequest it is that of the first hello, and enc is empty (RFC 9849,
// Section 6.1.5).
func (s *Session) recipients(id byte, enc []byte, kdfID, aeadID uint16) []*hpke.Recipient {
	if len(enc) == 0 && s.said.inner != nil {
		return []*hpke.Recipient{s.said.inner.with}
	}
	kdf, err := hpke.NewKDF(kdfID)
	if err != nil {
		return nil
	}
	aead, err := hpke.NewAEAD(aeadID)
	// One that only exports secrets opens nothing.
	if err != nil || aead.ID() == hpke.ExportOnly().ID() {
		return nil
	}
	var out []*hpke.Recipient
	for _, d := range []Dir{ToServer, ToClient} {
		for _, k := range s.logs[d].helloKeys(id) {
			info := append([]byte("tls ech\x00"), k.config...)
			if r, err := hpke.NewRecipient(enc, k.key, kdf, aead, info); err == nil {
				out = append(out, r)
			}
		}
		if s.logs[ToServer] == s.logs[ToClient] {
			break
		}
	}
	return out
}

// uncover names an EncodedClientHelloInner, which is a ClientHello without header
// and session ID, then zeros (RFC 9849, Section 5.1), and beside it the
// ClientHelloInner that it stands for.
func uncover(outer, payload *wire.Field, src *wire.Source, with *hpke.Recipient) *innerHello {
	encoded := wire.ParseAll("EncodedClientHelloInner", src, func(c *wire.Cursor) {
		clientHello(c)
		if c.More() {
			c.Rest("zeros")
			c.Last().Value = wire.Count(c.Last().N, "byte") + " of padding"
		}
	})
	payload.Kids = append(payload.Kids, encoded)
	whole := expanded(outer, encoded)
	if whole == nil {
		return nil
	}
	tree := wire.ParseAll("ClientHelloInner", whole, func(c *wire.Cursor) {
		c.Uint("msg_type", 1, HandshakeName)
		c.Uint("length", 3, nil)
		clientHello(c)
	})
	payload.Kids = append(payload.Kids, tree)
	random := tree.Kid("random")
	if random == nil {
		return nil
	}
	return &innerHello{tree: tree, random: random.Bytes(), with: with}
}

// expanded returns the ClientHelloInner: the encoded one with the session ID of
// the outer, and with those of its extensions that ech_outer_extensions names
// (RFC 9849, Section 5.1). Nil if one of them is not there, in that order.
func expanded(outer, encoded *wire.Field) *wire.Source {
	id, list, theirs := encoded.Kid("legacy_session_id"), encoded.Kid("extensions"), outer.Kid("extensions")
	outerID := outer.Kid("legacy_session_id")
	if id == nil || list == nil || theirs == nil || outerID == nil || list.Err != nil {
		return nil
	}
	out := &wire.Source{Name: "expanded", Data: make([]byte, 4, 4+outer.N)}
	add := func(src *wire.Source, off, end int) {
		out.Data = append(out.Data, src.Data[off:end]...)
		out.From = append(out.From, wire.Span{Src: src, Off: off, N: end - off})
	}
	add(encoded.Src, encoded.Off, id.Off)
	add(outer.Src, outerID.Off, outerID.Off+outerID.N)
	add(encoded.Src, id.Off+id.N, list.Off)
	at := len(out.Data)
	out.Data = append(out.Data, 0, 0)
	left := theirs.Kids
	for _, k := range list.Kids {
		if k.Code != 0xfd00 {
			add(k.Src, k.Off, k.Off+k.N)
			continue
		}
		// Behind type, length and a length of one byte stand the types.
		for types := k.Bytes()[min(5, k.N):]; len(types) >= 2; types = types[2:] {
			typ := uint64(binary.BigEndian.Uint16(types))
			i := slices.IndexFunc(left, func(f *wire.Field) bool { return f.Code == typ && f.IsNum })
			if i < 0 {
				return nil
			}
			add(left[i].Src, left[i].Off, left[i].Off+left[i].N)
			left = left[i+1:]
		}
	}
	if len(out.Data)-at-2 > 0xffff {
		return nil
	}
	binary.BigEndian.PutUint16(out.Data[at:], uint16(len(out.Data)-at-2))
	binary.BigEndian.PutUint32(out.Data, uint32(len(out.Data)-4))
	out.Data[0] = clientHelloType
	return out
}
