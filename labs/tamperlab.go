package labs

import (
	"context"
	"crypto"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"tlstutor/labs/peer"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// Tamper flips one bit of what is presented, and asks who notices.
var Tamper = &Lab{
	Name: "tamper",
	Doc: `One bit is flipped, wherever you want it. Who notices, and by which check?

An attacker on the wire flips it in a message as it passes: byte 0 is the first of
the message, its type. Of a sealed message it is the same place in the ciphertext.
With where=server it is flipped before anything is sealed: in the stored leaf (then
the bytes are counted from its own first one), or in the signature that the server
makes.`,
	Knobs: []Knob{
		{Name: "message", Doc: "the message that is changed", Choices: strikeNames()},
		{Name: "byte", Doc: "the byte that is changed, counted from 0", Kind: Number, Max: 9999, Step: 1, Default: "40"},
		{Name: "bit", Doc: "which of its bits; 0 is the lowest", Kind: Number, Max: 7, Step: 1},
		{Name: "where", Doc: "on the wire, or at the server before it is sent", Choices: []string{"wire", "server"}},
		{Name: "max", Doc: "the highest version of TLS", Choices: []string{"1.3", "1.2"}},
		{Name: "client", Doc: "the program that connects", Choices: append([]string{"go"}, peer.Names(peer.Client)...), Needs: itself},
	},
	Presets: []Preset{
		{"in the clear", Settings{"message": "ServerHello"}},
		{"TLS 1.2", Settings{"max": "1.2"}},
		{"stored leaf", Settings{"where": "server"}},
		{"signature", Settings{"message": "CertificateVerify", "where": "server"}},
		{"its length", Settings{"where": "server", "byte": "3"}},
		{"ClientHello", Settings{"message": "ClientHello", "byte": "1000"}},
		{"Finished", Settings{"message": "Finished", "byte": "10"}},
		{"out of range", Settings{"byte": "9999"}},
	},
	Goals: []Goal{
		{"the bit is flipped", isFlipped},
		{"somebody notices", isNoticed},
		{"the handshake completes", completes},
	},
	Look:    []string{noticedNote, "flipped", "slipped", "tampered", "Certificate"},
	Refuses: badTamper, Run: runTamper,
}

// badTamper is why nobody could run the lab so.
func badTamper(s Settings) error {
	if s["where"] == "wire" || s["message"] == "Certificate" {
		return nil
	}
	if signs := map[string]string{"1.3": "CertificateVerify", "1.2": "ServerKeyExchange"}[s["max"]]; s["message"] != signs {
		return fmt.Errorf("where=server needs message=Certificate, for the stored leaf, or message=%s, for the signature: the rest the server makes itself", signs)
	}
	return nil
}

// runTamper makes a connection, and flips the bit.
func runTamper(_ context.Context, b *Bench, s Settings) error {
	if err := badTamper(s); err != nil {
		return &Refusal{err}
	}
	k := &strike{b: b, s: s}
	var err, errBit error
	k.at, err = strconv.Atoi(s["byte"])
	k.bit, errBit = strconv.Atoi(s["bit"])
	if err := errors.Join(err, errBit); err != nil {
		return fmt.Errorf("byte and bit: %w", err)
	}
	ca, err := pki.New(b.Keys(), b.Now)
	if err != nil {
		return fmt.Errorf("making a certificate authority: %w", err)
	}
	cert, err := b.Issue(ca, pki.Leaf{Names: []string{labName}, CommonName: labName})
	if err != nil {
		return err
	}
	way := Route{}
	if err := k.prepare(&way, &cert); err != nil {
		return err
	}
	client, err := k.client(ca)
	if err != nil {
		return err
	}
	limit := waitLimit
	if s["client"] != "go" {
		limit = programLimit
	}
	server := &tls.Config{Time: b.Now, Certificates: []tls.Certificate{cert}, SessionTicketsDisabled: true}
	if _, _, err := b.Connect(way, b.TLS(server, answer), b.patient(client, limit, &k.late)); err != nil {
		return err
	}
	k.missed()
	k.noticed()
	return nil
}

// prepare has the bit flipped where it is to be: on the way, in what the server has
// stored, or by the key that it signs with.
func (k *strike) prepare(way *Route, cert *tls.Certificate) error {
	switch {
	case k.s["where"] == "wire":
		way.Alter = k.alter()
	case k.s["message"] == "Certificate":
		cert.Certificate = slices.Clone(cert.Certificate)
		cert.Certificate[0], cert.Leaf = k.stored(cert.Certificate[0]), nil
	default:
		key, ok := cert.PrivateKey.(crypto.Signer)
		if !ok {
			return errors.New("the server's key cannot sign")
		}
		cert.PrivateKey = &slipping{key, k}
	}
	return nil
}

// client is the one who connects.
func (k *strike) client(ca *pki.CA) (Peer, error) {
	config := &tls.Config{Time: k.b.Now, ServerName: labName, RootCAs: k.b.pool(ca.Root()), MaxVersion: version(k.s["max"])}
	goes := func() Peer { return k.b.TLS(config, ask) }
	if k.s["client"] == "go" {
		return goes(), nil
	}
	o := peer.Offer{Name: labName, Max: k.s["max"]}
	if err := give(&o, tls.Certificate{}, ca); err != nil {
		return nil, err
	}
	return k.b.program(k.s["client"], o, goes)
}

// stored flips the bit in the leaf that the server has stored.
func (k *strike) stored(leaf []byte) []byte {
	tree := certificate("leaf", leaf)
	if k.at >= len(leaf) {
		k.why = fmt.Sprintf("the leaf has %d bytes, from 0 to %d: there is no byte %d", len(leaf), len(leaf)-1, k.at)
		return leaf
	}
	raw := slices.Clone(leaf)
	raw[k.at] ^= 1 << k.bit
	at := around(tree, tree.Src, k.at)
	what := path(tree, at)
	if what = what[min(len(what), len("leaf.")):]; what == "" {
		what = "Certificate"
	}
	note := wire.Note("flipped", fmt.Sprintf("%s (byte %d of the leaf)", what, k.at),
		wire.Note("was", fmt.Sprintf("0x%02x", leaf[k.at]), at), wire.Note("is", fmt.Sprintf("0x%02x", raw[k.at])))
	k.done = true
	k.b.Emit(Event{Kind: Found, Who: Attacker, Tree: note,
		Text: fmt.Sprintf("flips bit %d of byte %d of the stored leaf, in %s: 0x%02x becomes 0x%02x", k.bit, k.at, what, leaf[k.at], raw[k.at])})
	return raw
}

// A slipping signer is a key whose signatures come out with one bit flipped.
type slipping struct {
	crypto.Signer
	k *strike
}

// Sign signs, and flips.
func (s *slipping) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	signature, err := s.Signer.Sign(random, digest, opts)
	k := s.k
	switch {
	case err != nil || k.done:
		return signature, err
	case k.at >= len(signature):
		k.why = fmt.Sprintf("the signature has %d bytes, from 0 to %d: there is no byte %d", len(signature), len(signature)-1, k.at)
		return signature, nil
	}
	was := signature[k.at]
	signature[k.at] ^= 1 << k.bit
	k.done = true
	note := wire.Note("slipped", fmt.Sprintf("signature (byte %d of it)", k.at), wire.Note("was", fmt.Sprintf("0x%02x", was)), wire.Note("is", fmt.Sprintf("0x%02x", signature[k.at])))
	k.b.Emit(Event{Kind: Found, Who: Attacker, Tree: note,
		Text: fmt.Sprintf("flips bit %d of byte %d of the signature that the server makes: 0x%02x becomes 0x%02x", k.bit, k.at, was, signature[k.at])})
	return signature, nil
}

// isFlipped is a goal.
func isFlipped(_ Settings, events []Event) error {
	if why, _, ok := Lookup(events, "missed"); ok {
		return errors.New(why)
	}
	return nil
}

// isNoticed is a goal.
func isNoticed(_ Settings, events []Event) error {
	if who, _, ok := Lookup(events, noticedNote); ok && who != nobody {
		return nil
	}
	if check, _, ok := Lookup(events, noticedNote+".check"); ok {
		return errors.New(check)
	}
	return errors.New("nobody did")
}
