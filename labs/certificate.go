package labs

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"tlstutor/labs/der"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// Certificate makes three certificates, and has the last one judged.
var Certificate = &Lab{
	Name: "certificate",
	Doc: `A root, an intermediate and a leaf, made in front of you and then judged.

Each is signed by the one before it, the root by itself. The leaf is served over
TLS to a client that trusts the root and nothing else. One bit of it can be
flipped after it was signed, or an extension put in that nobody knows: what the
client makes of that is for its own verifier to say.`,
	Knobs: []Knob{
		{Name: "flip", Doc: "the field of the served leaf in which one bit is flipped after signing", Choices: names("none", flips)},
		{Name: "extension", Doc: "an extension in the leaf that no client knows", Choices: []string{"none", "unknown", "unknown-critical"}},
		{Name: "key", Doc: "the kind of key in the leaf", Choices: []string{"p256", "rsa2048", "ed25519"}},
		{Name: "usage", Doc: "what the leaf's key may be used for", Choices: []string{"digitalSignature", "keyEncipherment"}},
		{Name: "max", Doc: "the highest version of TLS", Choices: []string{"1.3", "1.2"}},
	},
	Presets: []Preset{
		{"flipped", Settings{"flip": "subject"}},
		{"unknown", Settings{"extension": "unknown"}},
		{"critical", Settings{"extension": "unknown-critical"}},
		{"TLS 1.2", Settings{"max": "1.2"}},
	},
	Goals: []Goal{
		{"the served leaf's signature verifies", signatureFits},
		{"the client accepts the server's certificate", accepts},
		{"the handshake completes", completes},
	},
	Look: []string{"leaf", "Certificate"},
	Run:  runCertificate,
}

// A flip is a field of a certificate, by its path in the certificate, and by that
// of the part whose last byte is changed; the first that there is counts.
type flip struct {
	field string
	parts []string
}

// flips are the words of knob flip. The bytes are such that the certificate can
// still be read, as far as that is possible: values, and no lengths.
var flips = []choice[flip]{
	{"serial", flip{"tbsCertificate.serialNumber", []string{"serialNumber"}}},
	{"subject", flip{"tbsCertificate.subject", []string{"tbsCertificate.subject.value"}}},
	{"validity", flip{"tbsCertificate.validity.notAfter", []string{"validity.notAfter"}}},
	{"public-key", flip{"tbsCertificate.subjectPublicKeyInfo", []string{"subjectPublicKey.X", "subjectPublicKey.modulus", "subjectPublicKey.bits", "subjectPublicKey"}}},
	{"signature", flip{"signatureValue", []string{"signatureValue.s", "signatureValue"}}},
}

// unknownOID names the extension that nobody knows, under a number that is
// reserved for examples (RFC 5612, Section 2).
var unknownOID = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 1}

// runCertificate makes the three certificates, changes what is to be changed,
// and serves the result.
func runCertificate(ctx context.Context, b *Bench, s Settings) error {
	ca, err := pki.New(b.Keys(), b.Now)
	if err != nil {
		return fmt.Errorf("making a certificate authority: %w", err)
	}
	leaf := pki.Leaf{Names: []string{labName}, CommonName: labName, Key: s["key"]}
	if s["usage"] == "keyEncipherment" {
		leaf.Usage = x509.KeyUsageKeyEncipherment
	}
	if s["extension"] != "none" {
		leaf.Extra = []pkix.Extension{{Id: unknownOID, Critical: s["extension"] == "unknown-critical", Value: []byte("\x0c\x03lab")}}
	}
	issued, err := ca.Leaf(leaf)
	if err != nil {
		return fmt.Errorf("signing a certificate: %w", err)
	}
	b.made("root", ca.Root().Raw, "itself")
	b.made("intermediate", ca.Issuing().Raw, "the root")
	tree := b.made("leaf", issued.Leaf.Raw, "the intermediate")
	served := issued.Leaf.Raw
	if which := chosen(flips, s["flip"]); len(which) > 0 {
		served = b.flip(tree, which[0])
	}
	b.judge(served, ca.Issuing())
	cert := tls.Certificate{Certificate: [][]byte{served, ca.Issuing().Raw}, PrivateKey: issued.Key}
	server := &tls.Config{Time: b.Now, Certificates: []tls.Certificate{cert}, SessionTicketsDisabled: true}
	client := &tls.Config{Time: b.Now, ServerName: labName, RootCAs: b.pool(ca.Root()), MaxVersion: version(s["max"])}
	_, _, err = b.Connect(Route{}, b.TLS(server, answer), b.TLS(client, ask))
	return err
}

// made tells of a certificate that the CA has made, which nobody was sent yet.
func (b *Bench) made(name string, raw []byte, by string) *wire.Field {
	tree := certificate(name, raw)
	b.Emit(Event{Kind: Said, Who: CA, Text: fmt.Sprintf("makes the %s, signed by %s", name, by), Tree: tree})
	return tree
}

// certificate names the bytes of a certificate.
func certificate(name string, raw []byte) *wire.Field {
	tree := der.Parse(&wire.Source{Name: name, Data: raw})
	tree.Name = name
	return tree
}

// flip changes one bit of a certificate, tells of it, and returns the result.
func (b *Bench) flip(tree *wire.Field, f flip) []byte {
	var at *wire.Field
	for _, part := range f.parts {
		if at = tree.Find(part); at != nil {
			break
		}
	}
	raw := slices.Clone(tree.Bytes())
	if at == nil || at.N == 0 {
		return raw
	}
	off, bit := at.Off+at.N-1, byte(1)
	if at.Name == "notAfter" {
		off, bit = later(at)
	}
	raw[off] ^= bit
	is := certificate("leaf", raw)
	note := wire.Note("flipped", fmt.Sprintf("%s (byte %d of the leaf)", f.field, off),
		wire.Note("was", fmt.Sprintf("0x%02x", tree.Bytes()[off]), tree.Find(f.field)),
		wire.Note("is", fmt.Sprintf("0x%02x", raw[off]), is.Find(f.field)))
	b.Emit(Event{Kind: Found, Who: Attacker, Tree: note, Text: fmt.Sprintf("flips one bit in %s, byte %d of the leaf: 0x%02x becomes 0x%02x", f.field, off, tree.Bytes()[off], raw[off])})
	return raw
}

// later finds the bit of a date that makes it the latest date, so that the
// certificate does not expire by what is done to it; else one of its seconds.
func later(at *wire.Field) (off int, bit byte) {
	text := slices.Clone(at.Bytes()[at.Head:])
	best, _ := date(text)
	off, bit = len(text)-2, 1
	for i := range text {
		for b := byte(1); b < 16; b <<= 1 {
			text[i] ^= b
			if t, ok := date(text); ok && t.After(best) {
				best, off, bit = t, i, b
			}
			text[i] ^= b
		}
	}
	return at.Off + at.Head + off, bit
}

// date reads a date of a certificate. With two digits, years from 50 on are those
// of the last century (RFC 5280, Section 4.1.2.5.1).
func date(text []byte) (time.Time, bool) {
	if t, err := time.Parse("20060102150405Z", string(text)); err == nil {
		return t, true
	}
	t, err := time.Parse("060102150405Z", string(text))
	if t.Year() >= 2050 {
		t = t.AddDate(-100, 0, 0)
	}
	return t, err == nil
}

// judge tells of the leaf that is served: its fingerprint, which is no part of
// it, and whether the signature fits what it is over.
func (b *Bench) judge(raw []byte, issuer *x509.Certificate) {
	tree := certificate("leaf", raw)
	sum := sha256.Sum256(raw)
	fingerprint := wire.Note("fingerprint", hex.EncodeToString(sum[:]))
	check := wire.Note("signature_check", "valid")
	text := "checks the served leaf: its signature fits"
	if err := fits(tree, issuer); err != nil {
		check = wire.Note("signature_check", fmt.Sprintf("fails (%v)", err))
		check.Err = err
		text = "checks the served leaf: its signature fails: " + err.Error()
	}
	b.Emit(Event{Kind: Found, Who: CA, Text: text, Tree: wire.Note("served", wire.Bare(tree.Value), fingerprint, check, tree)})
}

// fits checks a certificate's signature: over the bytes of tbsCertificate, with
// the issuer's key (RFC 5280, Section 4.1.1.3). That takes no reading of what is
// in them.
func fits(tree *wire.Field, issuer *x509.Certificate) error {
	tbs, signature := tree.Kid("tbsCertificate"), tree.Kid("signatureValue")
	if tbs == nil || signature == nil || signature.N <= signature.Head {
		return errors.New("it cannot be read")
	}
	// The first octet of a BIT STRING counts unused bits.
	return issuer.CheckSignature(x509.ECDSAWithSHA256, tbs.Bytes(), signature.Bytes()[signature.Head+1:])
}

// signatureFits is a goal: the signature of the leaf that is served verifies.
func signatureFits(_ Settings, events []Event) error {
	if v, at, ok := Lookup(events, "signature_check"); !ok || v != "valid" {
		if ok && at.Err != nil {
			return at.Err
		}
		return errors.New("it was not checked")
	}
	return nil
}
