package labs

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tlstutor/labs/peer"
	"tlstutor/labs/pki"
)

// labName is the name the lab's server is made for.
const labName = "app.lab.test"

// Handshake is one connection between a client and a server, each Go's or another
// program's.
var Handshake = &Lab{
	Name: "handshake",
	Doc: `One TLS connection, from the first byte to the last.

A certificate authority is made, it signs a certificate for app.lab.test, a
server serves it, and a client connects, asks one question, and leaves. Turn a
knob and run again to see what it changes.`,
	Knobs: []Knob{
		{Name: "client", Doc: "the program that connects", Choices: append([]string{"go"}, peer.Names(peer.Client)...), Needs: itself},
		{Name: "server", Doc: "the program that serves", Choices: append([]string{"go"}, peer.Names(peer.Server)...), Needs: itself},
		{Name: "min", Doc: "the lowest version the client offers", Choices: []string{"1.2", "1.3", "1.1", "1.0"}},
		{Name: "max", Doc: "the highest version the client offers", Choices: []string{"1.3", "1.2", "1.1", "1.0"}},
		{Name: "server-min", Doc: "the lowest version the server takes", Choices: []string{"1.2", "1.3", "1.1", "1.0"}},
		{Name: "server-max", Doc: "the highest version the server takes", Choices: []string{"1.3", "1.2", "1.1", "1.0"}},
		{Name: "group", Doc: "the only group the server takes for the key exchange", Choices: names("default", groups)},
		{Name: "suite", Doc: "the only cipher suite the server takes below TLS 1.3; those from 3DES on nobody should use, and the client offers them only when told to", Choices: names("default", suites)},
		{Name: "key", Doc: "the kind of key in the server's certificate", Choices: []string{"p256", "rsa2048", "ed25519"}},
		{Name: "alpn", Doc: "the application protocols offered", Choices: []string{"none", "http/1.1", "h2", "mismatch"}},
		{Name: "auth", Doc: "the certificate the server wants of the client: none at all, one if the client has it (request), or no entry without (require)", Choices: []string{"none", "request", "require"}},
		{Name: "client-cert", Doc: "the certificate the client has", Choices: []string{"none", "good"}},
		{Name: "name", Doc: "the host the client means to reach", Kind: Text, Min: 1, Max: 253, Default: labName},
		{Name: "rtt", Doc: "the round-trip time between the two", Kind: Number, Max: 200, Step: 20, Unit: "ms"},
		{Name: "fault", Doc: "what is wrong", Choices: []string{"none", "wrong-name", "expired", "unknown-ca", "no-common-version"}},
		{Name: "tamper", Doc: "the message in which an attacker on the wire flips one bit", Choices: names("none", targets)},
		{Name: "ticket", Doc: "whether client and server deal in session tickets", Choices: []string{"off", "on"}},
		{Name: "resume", Doc: "whether the client comes back with its session, and then (early) sends its request with the first flight", Choices: []string{"off", "on", "early"}, Needs: openssl("early")},
		{Name: "keyupdate", Doc: "who changes to the next keys in the middle of the connection", Choices: []string{"off", "client", "server", "both"}, Needs: openssl("client", "server", "both")},
		{Name: "renegotiate", Doc: "who begins a second handshake inside the first, up to TLS 1.2", Choices: []string{"off", "client", "server"}, Needs: openssl("client", "server")},
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
	Look:    []string{"ClientHello", "ServerHello", "Certificate"},
	Refuses: impossible, Run: runHandshake,
}

// groups are the words of knob group, and what each stands for.
var groups = []choice[tls.CurveID]{
	{"X25519MLKEM768", tls.X25519MLKEM768}, {"X25519", tls.X25519},
	{"P-256", tls.CurveP256}, {"P-384", tls.CurveP384}, {"P-521", tls.CurveP521},
	{"SecP256r1MLKEM768", tls.SecP256r1MLKEM768}, {"SecP384r1MLKEM1024", tls.SecP384r1MLKEM1024},
}

// suites are the words of knob suite. Those of TLS 1.3 are missing: crypto/tls
// does not let one choose among them. What stands behind the line no client of
// today offers by itself.
var suites = []choice[uint16]{
	{"ECDSA-AES128-GCM", tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
	{"ECDSA-AES256-GCM", tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384},
	{"ECDSA-CHACHA20", tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256},
	{"RSA-AES128-GCM", tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256},
	{"RSA-AES256-GCM", tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384},
	{"RSA-CHACHA20", tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256},
	{"ECDSA-AES128-CBC", tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA},
	{"RSA-AES128-CBC", tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA},

	{"RSA-3DES", tls.TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA},
	{"RSA-RC4", tls.TLS_ECDHE_RSA_WITH_RC4_128_SHA},
	{"kRSA-AES128-GCM", tls.TLS_RSA_WITH_AES_128_GCM_SHA256},
	{"kRSA-AES128-CBC", tls.TLS_RSA_WITH_AES_128_CBC_SHA},
	{"kRSA-3DES", tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA},
	{"kRSA-RC4", tls.TLS_RSA_WITH_RC4_128_SHA},
}

// weak reports whether no client of today offers the suite of this word by itself.
func weak(suite string) bool {
	return strings.HasPrefix(suite, "kRSA-") || strings.HasSuffix(suite, "-3DES") || strings.HasSuffix(suite, "-RC4")
}

// versions are the words of the knobs for versions.
var versions = []choice[uint16]{
	{"1.0", tls.VersionTLS10}, {"1.1", tls.VersionTLS11}, {"1.2", tls.VersionTLS12}, {"1.3", tls.VersionTLS13},
}

// version is the number of a version's word.
func version(word string) uint16 { return chosen(versions, word)[0] }

// clientVersions are the lowest and the highest version that the client offers.
func clientVersions(s Settings) (lowest, highest string) {
	if s["fault"] == "no-common-version" {
		return "1.2", "1.2"
	}
	return s["min"], s["max"]
}

// serverVersions are the lowest and the highest version that the server takes.
func serverVersions(s Settings) (lowest, highest string) {
	if s["fault"] == "no-common-version" {
		return "1.3", "1.3"
	}
	return s["server-min"], s["server-max"]
}

// connections names those of a run, which has one, or two.
func connections(s Settings) []string {
	if s["resume"] == "off" || s["resume"] == "" { // other labs have no such knob
		return []string{""}
	}
	return []string{"first", "again"}
}

// runHandshake makes an authority, what each side needs, and the connections.
func runHandshake(_ context.Context, b *Bench, s Settings) error {
	if err := impossible(s); err != nil {
		return &Refusal{err}
	}
	ms, err := strconv.Atoi(s["rtt"])
	if err != nil {
		return fmt.Errorf("rtt: %w", err)
	}
	// Half of it is the way there, half the way back.
	way := Route{Delay: time.Duration(ms) * time.Millisecond / 2, Alter: b.tamper(s["tamper"])}
	programs, err := b.cast(s)
	if missing, ok := errors.AsType[*peer.MissingError](err); ok {
		return b.replay(s, way.Delay, missing)
	}
	if err != nil {
		return err
	}
	ca, err := pki.New(b.Keys(), b.Now)
	if err != nil {
		return fmt.Errorf("making a certificate authority: %w", err)
	}
	server, err := b.handshakeServer(ca, s, programs[peer.Server])
	if err != nil {
		return err
	}
	client, err := b.handshakeClient(ca, s, programs[peer.Client])
	if err != nil {
		return err
	}
	for i, name := range connections(s) {
		way.Name = name
		asks, err := client(i)
		if err != nil {
			return err
		}
		if way.After, _, err = b.Connect(way, server, asks); err != nil {
			return err
		}
	}
	return nil
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
