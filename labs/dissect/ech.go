package dissect

import (
	"crypto/fips140"
	"encoding/binary"
	"slices"

	"tlstutor/labs/wire"
)

// An innerHello is the ClientHello that came encrypted inside another.
type innerHello struct {
	tree   *wire.Field // ClientHelloInner
	random []byte
	with   *receiver // opens what the client sends after a HelloRetryRequest
}

// openHello opens the payload of a ClientHello's encrypted_client_hello, if there
// is a secret or a key for it, and puts what is inside beneath it.
func (s *Session) openHello(m *wire.Field) *innerHello {
	h, payload := sealedIn(m)
	if payload == nil {
		return nil
	}
	// What is authenticated is the whole message without its header, with zeros
	// for the payload (RFC 9849, Section 5.2).
	ad := slices.Clone(m.Bytes()[4:])
	clear(ad[payload.Off+payload.Head-m.Off-4:][:payload.N-payload.Head])
	var in *innerHello
	fips140.WithoutEnforcement(func() {
		for _, o := range s.openings(h) {
			data, ok := o.with.open(ad, content(payload))
			if !ok {
				continue
			}
			o.log.opened(h.random, o.shared, o.config)
			from := []wire.Span{{Src: payload.Src, Off: payload.Off + payload.Head, N: payload.N - payload.Head}}
			in = uncover(m, payload, &wire.Source{Name: "decrypted", Data: data, From: from}, o.with)
			return
		}
	})
	return in
}

// sealedIn returns how a ClientHello has another one sealed in it, and where; nil
// where it has none.
func sealedIn(m *wire.Field) (h sealedHello, payload *wire.Field) {
	ext, random := m.Find("extensions.encrypted_client_hello"), m.Kid("random")
	if ext == nil || random == nil || random.N != 32 {
		return h, nil
	}
	id, enc := ext.Find("config_id"), ext.Find("enc")
	kdf, aead := ext.Find("kdf_id"), ext.Find("aead_id")
	payload = ext.Find("payload")
	if id == nil || enc == nil || kdf == nil || aead == nil || payload == nil || payload.Err != nil || payload.Src != m.Src {
		return h, nil
	}
	return sealedHello{random.Bytes(), byte(id.Code), content(enc), uint16(kdf.Code), uint16(aead.Code)}, payload
}

// uncover names an EncodedClientHelloInner, which is a ClientHello without header
// and session ID, then zeros (RFC 9849, Section 5.1), and beside it the
// ClientHelloInner that it stands for.
func uncover(outer, payload *wire.Field, src *wire.Source, with *receiver) *innerHello {
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
