package labs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"

	"tlstutor/labs/pki"
)

// Suites is one negotiation: what each side brings, and what comes of it and why.
var Suites = &Lab{
	Name: "suites",
	Doc: `What client and server agree on, who chose it, and by which rule.

Each side has a list: versions, cipher suites, groups, protocols. The server's
certificate has a key of one kind. A handshake decides. Behind it stands, for each
list, what both had, what was chosen and by which rule. Where it is refused, every
single change of a knob is tried with a handshake of its own, and those that
mend it are named.`,
	Knobs: []Knob{
		{Name: "min", Doc: "the lowest version the client offers", Choices: []string{"1.2", "1.3", "1.1", "1.0"}},
		{Name: "max", Doc: "the highest version the client offers", Choices: []string{"1.3", "1.2", "1.1", "1.0"}},
		{Name: "server-min", Doc: "the lowest version the server takes", Choices: []string{"1.2", "1.3", "1.1", "1.0"}},
		{Name: "server-max", Doc: "the highest version the server takes", Choices: []string{"1.3", "1.2", "1.1", "1.0"}},
		{Name: "client-suites", Doc: "the client's list of cipher suites, as Config.CipherSuites has it; space lists them with their whole names", Kind: Set, Choices: boardWords(), Default: usualSuites, Says: boardSuiteName},
		{Name: "server-suites", Doc: "the server's list of cipher suites", Kind: Set, Choices: boardWords(), Default: usualSuites, Says: boardSuiteName},
		{Name: "client-groups", Doc: "the groups for the key exchange that the client offers", Kind: Set, Choices: boardGroups(), Min: 1},
		{Name: "server-groups", Doc: "the groups that the server takes", Kind: Set, Choices: boardGroups(), Min: 1},
		{Name: "server-schemes", Doc: "the signature schemes that the server's key may be used with; Go's client offers all of these that its versions have", Kind: Set, Choices: boardSchemeWords()},
		{Name: "key", Doc: "the kind of key in the server's certificate", Choices: []string{"p256", "p384", "rsa2048", "ed25519"}},
		{Name: "client-alpn", Doc: "the application protocols that the client offers", Kind: Set, Choices: boardALPN(), Default: "http/1.1"},
		{Name: "server-alpn", Doc: "the application protocols that the server takes", Kind: Set, Choices: boardALPN(), Default: "http/1.1"},
	},
	Presets: []Preset{
		{"lists", Settings{"client-suites": "1.3-AES256-GCM", "server-suites": "1.3-AES256-GCM"}},
		{"key", Settings{"max": "1.2", "client-suites": "RSA-AES128-GCM,RSA-AES256-GCM,RSA-CHACHA20"}},
		{"retry", Settings{"server-groups": "P-384"}},
		{"P-384", Settings{"client-groups": "P-384", "server-groups": "X25519MLKEM768,X25519,P-256"}},
		{"1.2/1.3", Settings{"max": "1.2", "server-min": "1.3"}},
		{"order", Settings{"client-suites": "ECDSA-CHACHA20"}},
	},
	Goals: []Goal{
		{"the handshake completes", completes},
		{"the key exchange is ephemeral", ephemeral},
	},
	Look:    []string{"ClientHello", "ServerHello", negotiationNote},
	Foresee: foresee,
	Run:     runSuites,
}

// foresee says what Go's rules make of a board, before anything is run.
func foresee(s Settings) string { return boardOf(s).predict(aesHardware()).String() }

// runSuites makes the handshake of the board, says how it came to that, and, if it
// was refused, tries what would mend it.
func runSuites(_ context.Context, b *Bench, s Settings) error {
	ca, agreed, err := b.negotiate(boardOf(s))
	if err != nil || agreed {
		return err
	}
	return b.tellMends(s, ca)
}

// negotiate makes the handshake of a board, and tells how it came to what it came
// to.
func (b *Bench) negotiate(on *board) (ca *pki.CA, agreed bool, err error) {
	if ca, err = pki.New(b.Keys(), b.Now); err != nil {
		return nil, false, fmt.Errorf("making a certificate authority: %w", err)
	}
	own, err := b.Issue(ca, on.leaf())
	if err != nil {
		return nil, false, err
	}
	client, server := on.configs(own)
	client.Time, server.Time, client.RootCAs = b.Now, b.Now, b.pool(ca.Root())
	conn, _, err := b.Connect(Route{}, b.TLS(server, answer), b.TLS(client, ask))
	if err != nil {
		return nil, false, err
	}
	events, _ := b.run.Since(0)
	b.tellBoard(on, on.predict(aesHardware()), events, conn)
	return ca, End(events).OK, nil
}

// leaf is the server's certificate: a key for RSA may also be encrypted to, as static
// RSA does (RFC 5280, Section 4.2.1.3).
func (on *board) leaf() pki.Leaf {
	leaf := pki.Leaf{Names: []string{labName}, Key: on.key}
	if on.key == "rsa2048" {
		leaf.Usage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
	}
	return leaf
}

// configs are the board as Go takes it, but for the date and the roots.
func (on *board) configs(own tls.Certificate) (client, server *tls.Config) {
	own.SupportedSignatureAlgorithms = on.schemes
	client = &tls.Config{
		ServerName: labName, MinVersion: on.client.min, MaxVersion: on.client.max,
		CipherSuites: on.client.suites, CurvePreferences: on.client.groups, NextProtos: on.client.alpn,
	}
	server = &tls.Config{
		Certificates: []tls.Certificate{own}, MinVersion: on.server.min, MaxVersion: on.server.max, SessionTicketsDisabled: true,
		CipherSuites: on.server.suites, CurvePreferences: on.server.groups, NextProtos: on.server.alpn,
	}
	return client, server
}

// ephemeral is a goal: the secret comes of keys that are made for this connection.
func ephemeral(_ Settings, events []Event) error {
	if err := completes(nil, events); err != nil {
		return err
	}
	if v, _, _ := Lookup(events, negotiationNote+".groups.taken"); v == "none" {
		return errors.New("it is static RSA: who has the server's key some day reads it all")
	}
	return nil
}
