package labs

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strconv"
	"time"

	"tlstutor/labs/pki"
)

// labName is the name the lab's server is made for.
const labName = "app.lab.test"

// Handshake is one connection between Go's client and Go's server.
var Handshake = &Lab{
	Name: "handshake",
	Doc: `One TLS connection, from the first byte to the last.

A certificate authority is made, it signs a certificate for app.lab.test, a
server serves it, and a client connects, asks one question, and leaves. Turn a
knob and run again to see what it changes.`,
	Knobs: []Knob{
		{Name: "min", Doc: "the lowest version the client offers", Choices: []string{"1.2", "1.3"}},
		{Name: "max", Doc: "the highest version the client offers", Choices: []string{"1.3", "1.2"}},
		{Name: "server-min", Doc: "the lowest version the server takes", Choices: []string{"1.2", "1.3"}},
		{Name: "server-max", Doc: "the highest version the server takes", Choices: []string{"1.3", "1.2"}},
		{Name: "group", Doc: "the only group the server takes for the key exchange", Choices: names("default", groups)},
		{Name: "suite", Doc: "the only cipher suite the server takes in TLS 1.2", Choices: names("default", suites)},
		{Name: "key", Doc: "the kind of key in the server's certificate", Choices: []string{"p256", "rsa2048", "ed25519"}},
		{Name: "alpn", Doc: "the application protocols offered", Choices: []string{"none", "http/1.1", "h2", "mismatch"}},
		{Name: "auth", Doc: "the certificate the server wants of the client: none at all, one if the client has it (request), or no entry without (require)", Choices: []string{"none", "request", "require"}},
		{Name: "client-cert", Doc: "the certificate the client has", Choices: []string{"none", "good"}},
		{Name: "name", Doc: "the host the client means to reach", Kind: Text, Min: 1, Max: 253, Default: labName},
		{Name: "ticket", Doc: "whether client and server deal in session tickets", Choices: []string{"off", "on"}},
		{Name: "rtt", Doc: "the round-trip time between the two", Kind: Number, Max: 200, Step: 20, Unit: "ms"},
		{Name: "fault", Doc: "what is wrong", Choices: []string{"none", "wrong-name", "expired", "unknown-ca", "no-common-version"}},
		{Name: "tamper", Doc: "the message in which an attacker on the wire flips one bit", Choices: names("none", targets)},
	},
	Presets: []Preset{
		{"TLS 1.2", Settings{"max": "1.2"}},
		{"other CA", Settings{"fault": "unknown-ca"}},
		{"retry", Settings{"group": "P-384"}},
		{"mTLS", Settings{"auth": "require", "client-cert": "good"}},
		{"flip", Settings{"tamper": "ServerHello"}},
	},
	Goals: []Goal{
		{"the handshake completes", completes},
		{"the client accepts the server's certificate", accepts},
		{"the server knows who the client is", knowsClient},
	},
	Look: []string{"ClientHello", "ServerHello", "Certificate"},
	Run:  runHandshake,
}

// groups are the words of knob group, and what each stands for.
var groups = []choice[tls.CurveID]{
	{"X25519MLKEM768", tls.X25519MLKEM768}, {"X25519", tls.X25519},
	{"P-256", tls.CurveP256}, {"P-384", tls.CurveP384}, {"P-521", tls.CurveP521},
	{"SecP256r1MLKEM768", tls.SecP256r1MLKEM768}, {"SecP384r1MLKEM1024", tls.SecP384r1MLKEM1024},
}

// suites are the words of knob suite. Those of TLS 1.3 are missing: crypto/tls
// does not let one choose among them.
var suites = []choice[uint16]{
	{"ECDSA-AES128-GCM", tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
	{"ECDSA-AES256-GCM", tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384},
	{"ECDSA-CHACHA20", tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256},
	{"RSA-AES128-GCM", tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256},
	{"RSA-AES256-GCM", tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384},
	{"RSA-CHACHA20", tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256},
}

// version is the number of a version's word.
func version(s string) uint16 {
	if s == "1.2" {
		return tls.VersionTLS12
	}
	return tls.VersionTLS13
}

// runHandshake makes an authority, a configuration for each side, and one
// connection.
func runHandshake(ctx context.Context, b *Bench, s Settings) error {
	ca, err := pki.New(b.Keys(), b.Now)
	if err != nil {
		return fmt.Errorf("making a certificate authority: %w", err)
	}
	server, err := handshakeServer(b, ca, s)
	if err != nil {
		return err
	}
	client, err := handshakeClient(b, ca, s)
	if err != nil {
		return err
	}
	ms, err := strconv.Atoi(s["rtt"])
	if err != nil {
		return fmt.Errorf("rtt: %w", err)
	}
	// Half of it is the way there, half the way back.
	way := Route{Delay: time.Duration(ms) * time.Millisecond / 2, Alter: b.tamper(s["tamper"])}
	_, _, err = b.Connect(way, b.TLS(server, answer), b.TLS(client, ask))
	return err
}

// handshakeServer is the server's configuration; its certificate is made now.
func handshakeServer(b *Bench, ca *pki.CA, s Settings) (*tls.Config, error) {
	leaf := pki.Leaf{Names: []string{labName}, Key: s["key"]}
	switch s["fault"] {
	case "wrong-name":
		leaf.Names = []string{"other.lab.test"}
	// Over since yesterday; the clocks of both sides are right.
	case "expired":
		leaf.NotBefore, leaf.NotAfter = b.Now().AddDate(0, 0, -48), b.Now().AddDate(0, 0, -1)
	}
	issued, err := b.Issue(ca, leaf)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		Time: b.Now, Certificates: []tls.Certificate{issued},
		MinVersion: version(s["server-min"]), MaxVersion: version(s["server-max"]),
		CurvePreferences: chosen(groups, s["group"]), CipherSuites: chosen(suites, s["suite"]),
		SessionTicketsDisabled: s["ticket"] != "on",
		ClientCAs:              ca.Roots(),
		NextProtos:             protocols(s["alpn"], true),
	}
	switch s["auth"] {
	case "request":
		config.ClientAuth = tls.VerifyClientCertIfGiven
	case "require":
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	if s["fault"] == "no-common-version" {
		config.MinVersion, config.MaxVersion = tls.VersionTLS13, tls.VersionTLS13
	}
	return config, nil
}

// handshakeClient is the client's configuration.
func handshakeClient(b *Bench, ca *pki.CA, s Settings) (*tls.Config, error) {
	config := &tls.Config{
		Time: b.Now, ServerName: s["name"], RootCAs: ca.Roots(),
		MinVersion: version(s["min"]), MaxVersion: version(s["max"]),
		NextProtos: protocols(s["alpn"], false),
	}
	if s["ticket"] == "on" {
		config.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	}
	switch s["fault"] {
	// The chain is sound, but the client trusts somebody else.
	case "unknown-ca":
		stranger, err := pki.New(b.Keys(), b.Now)
		if err != nil {
			return nil, fmt.Errorf("making a second certificate authority: %w", err)
		}
		config.RootCAs = stranger.Roots()
	case "no-common-version":
		config.MinVersion, config.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	}
	if s["client-cert"] == "good" {
		issued, err := b.Issue(ca, pki.Leaf{CommonName: "alice", Names: []string{"alice.lab.test"}, Client: true})
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{issued}
	}
	return config, nil
}

// protocols is what a side offers, or takes, by ALPN.
func protocols(alpn string, server bool) []string {
	switch {
	case alpn == "none":
		return nil
	// With nothing in common the server has to refuse (RFC 7301, Section 3.2).
	case alpn == "mismatch" && server:
		return []string{"http/1.1"}
	case alpn == "mismatch":
		return []string{"h2"}
	}
	return []string{alpn}
}

// knowsClient is a goal: the client showed a certificate, and the server, which
// verifies what it is shown, went on.
func knowsClient(_ Settings, events []Event) error {
	_, shown := findFrom(Records(events), nil, Client, "Certificate.certificate_list.Certificate")
	if shown == nil || !saidDone(events, Server) {
		return errors.New("the client showed no certificate that the server accepts; set auth and client-cert")
	}
	return nil
}
