package dissect

import (
	"crypto/tls"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
)

// refused makes a connection that one side ends, and returns what passed.
func refused(t *testing.T, client, server *tls.Config, keys *Keys) []chunk {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	client.KeyLogWriter, server.KeyLogWriter = keys, keys
	served := make(chan error, 1)
	go func() {
		raw, err := ln.Accept()
		if err != nil {
			served <- err
			return
		}
		defer raw.Close()
		refusal := tls.Server(raw, server).Handshake()
		// Reading on keeps the alert from being lost with the connection.
		raw.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, raw)
		served <- refusal
	}()
	raw, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	var seen []chunk
	c := tls.Client(tap{raw, new(sync.Mutex), &seen}, client)
	err = c.Handshake()
	if err == nil {
		_, err = io.ReadAll(c)
	}
	raw.Close()
	// A client's refusal may come when the server is done.
	if refusal := <-served; err == nil {
		t.Fatalf("nobody refused: client %v, server %v", err, refusal)
	}
	return seen
}

// TestRefusals looks at the last records of handshakes that fail.
func TestRefusals(t *testing.T) {
	cert := certified(t, "p256")
	for name, test := range map[string]struct {
		edit   func(c, s *tls.Config)
		d      Dir
		alert  string
		record string
	}{
		"unknown CA": {func(c, s *tls.Config) { c.InsecureSkipVerify = false }, ToServer,
			"fatal bad_certificate", "handshake Alert bad_certificate"},
		"unknown CA, TLS 1.2": {func(c, s *tls.Config) { c.InsecureSkipVerify, c.MaxVersion = false, tls.VersionTLS12 }, ToServer,
			"fatal bad_certificate", "clear Alert bad_certificate"},
		"no common version": {func(c, s *tls.Config) { c.MaxVersion, s.MinVersion = tls.VersionTLS12, tls.VersionTLS13 }, ToClient,
			"fatal protocol_version", "clear Alert protocol_version"},
		"no common protocol": {func(c, s *tls.Config) { c.NextProtos, s.NextProtos = []string{"a"}, []string{"b"} }, ToClient,
			"fatal no_application_protocol", "clear Alert no_application_protocol"},
		"no client certificate": {func(c, s *tls.Config) { s.ClientAuth = tls.RequireAnyClientCert }, ToClient,
			"fatal certificate_required", "application Alert certificate_required"},
		"no client certificate, TLS 1.2": {func(c, s *tls.Config) {
			s.ClientAuth, s.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12
		}, ToClient, "fatal handshake_failure", "clear Alert handshake_failure"},
	} {
		client, server := settings(cert)
		test.edit(client, server)
		keys := NewKeys()
		records := replay(New(keys), refused(t, client, server, keys))
		for _, r := range records {
			sound(t, r.Tree)
			decoded(t, r.Tree)
			if r.Why != nil {
				t.Errorf("%s: %v", name, r.Why)
			}
		}
		if got := lines(records, test.d); !slices.Contains(got, test.record) {
			t.Errorf("%s: %q has no %q", name, got, test.record)
		}
		if f := first(records, "Alert"); f == nil || f.Value != test.alert {
			t.Errorf("%s: %v, want %s", name, f, test.alert)
		}
	}
}

// TestDowngradeMark looks at what a server that could do better puts in its random.
func TestDowngradeMark(t *testing.T) {
	client, server := settings(certified(t, "p256"))
	client.MaxVersion = tls.VersionTLS12
	records := replay(New(nil), talk(t, client, server, NewKeys()))
	want := "24 random bytes, then DOWNGRD 01: this server speaks TLS 1.3 but was asked for TLS 1.2"
	if f := first(records, "ServerHello").Kid("random"); f.Value != want {
		t.Errorf("random: %s", f.Value)
	}
	if f := first(records, "ClientHello").Kid("random"); f.Value != "32 random bytes" {
		t.Errorf("random: %s", f.Value)
	}
}
