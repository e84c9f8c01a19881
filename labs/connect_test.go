package labs

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/pem"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/loop"
	"tlstutor/labs/pki"
)

// abroad is a server that is none of a run's.
type abroad struct {
	addr  string
	roots string // a file of its root
}

// serves starts a server that does before with each connection, and then TLS. A
// nil config: it does no more.
func serves(t *testing.T, before func(net.Conn) error, change func(*tls.Config)) abroad {
	t.Helper()
	ca, err := pki.New(ring, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	is, err := ca.Leaf(pki.Leaf{Names: []string{"127.0.0.1", "app.lab.test"}})
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: is.Chain, PrivateKey: is.Key}}, MinVersion: tls.VersionTLS10, NextProtos: []string{"h2"}}
	if change != nil {
		change(config)
	}
	l, err := loop.Listen()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.SetDeadline(time.Now().Add(20 * time.Second))
			if before == nil || before(c) == nil {
				s := tls.Server(c, config)
				if s.Handshake() == nil {
					io.Copy(io.Discard, s)
				}
				s.Close()
			}
			c.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	roots := filepath.Join(t.TempDir(), "roots.pem")
	var b bytes.Buffer
	if err := pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: ca.Root().Raw}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(roots, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return abroad{l.Addr().String(), roots}
}

// visits runs Connect at a server.
func visits(t *testing.T, at abroad, words ...string) []Event {
	t.Helper()
	given, err := Connect.Words(append([]string{"host=" + at.addr, "ca=" + at.roots}, words...))
	if err != nil {
		t.Fatal(err)
	}
	set, err := Connect.Settings(given)
	if err != nil {
		t.Fatal(err)
	}
	events, err := Start(t.Context(), Connect, set, Options{}).Wait()
	if err != nil {
		t.Fatal(words, err)
	}
	return events
}

// TestConnect: what a visit comes to, in versions old and new, with servers that
// are good and some that are not.
func TestConnect(t *testing.T) {
	good := serves(t, nil, nil)
	mutual := serves(t, nil, func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert })
	plain := serves(t, func(c net.Conn) error {
		io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
		return io.EOF
	}, nil)
	mute := serves(t, func(net.Conn) error { return io.EOF }, nil)
	for _, c := range []struct {
		at   abroad
		set  []string
		want string
		ask  [2]string
	}{
		{good, nil, "", [2]string{"ServerHello.supported_versions.selected_version", "TLS 1.3"}},
		{good, []string{"max=1.2"}, "", [2]string{"ServerHello.legacy_version", "TLS 1.2"}},
		{good, []string{"min=1.0", "max=1.0"}, "", [2]string{"ServerHello.legacy_version", "TLS 1.0"}},
		{good, []string{"name=app.lab.test", "alpn=h2, http/1.1"}, "", [2]string{"EncryptedExtensions.ProtocolName", "h2"}},
		{good, []string{"name=other.lab.test"}, "not verified: x509: certificate is valid for", [2]string{"alert(client)", "bad_certificate"}},
		{good, []string{"ca="}, "not verified: x509: certificate signed by unknown authority", [2]string{"last(client)", "Alert"}},
		{good, []string{"alpn=gopher"}, "refused: remote error: tls: no application protocol", [2]string{"alert(server)", "no_application_protocol"}},
		{mutual, nil, "refused: remote error: tls: certificate required", [2]string{"alert(server)", "certificate_required"}},
		{plain, nil, "no TLS: first record does not look like a TLS handshake", [2]string{"count(plaintext)", "1"}},
		{mute, nil, "refused: ", [2]string{"count(ServerHello)", "0"}},
	} {
		events := visits(t, c.at, c.set...)
		bad, known := Verdict(events)
		if !known || (bad == nil) != (c.want == "") || bad != nil && !strings.HasPrefix(bad.Error(), c.want) {
			t.Errorf("%v: %v, %v; want %q", c.set, bad, known, c.want)
		}
		if got, _, _ := Lookup(events, c.ask[0]); got != c.ask[1] {
			t.Errorf("%v: %s is %q, want %q", c.set, c.ask[0], got, c.ask[1])
		}
		for _, e := range events {
			if e.Kind == Found && strings.HasPrefix(e.Text, "opened: ") || e.Tree != nil && e.Err != nil && strings.HasPrefix(e.Tree.Name, "TLS") {
				t.Errorf("%v: %s: %v; a client's own records open at once", c.set, e.Text, e.Err)
			}
		}
	}
}

// TestConnectTalks: a server that speaks something else first.
func TestConnectTalks(t *testing.T) {
	at := serves(t, func(c net.Conn) error {
		io.WriteString(c, "+OK ready\r\n")
		_, err := io.ReadFull(c, make([]byte, len("STLS\r\n")))
		io.WriteString(c, "+OK begin\r\n")
		return err
	}, nil)
	events := visits(t, at, "starttls=pop3")
	if bad, known := Verdict(events); bad != nil || !known {
		t.Errorf("%v, %v", bad, known)
	}
	if n, _, _ := Lookup(events, "count(plaintext)"); n != "3" {
		t.Errorf("%s pieces of text before TLS, want 3", n)
	}
	bad, _ := Verdict(visits(t, at, "starttls=smtp"))
	if bad == nil || !strings.Contains(bad.Error(), "the server does not start TLS: +OK ready") {
		t.Errorf("smtp: %v", bad)
	}
}

// TestConnectStops: a server that never answers does not hold a run.
func TestConnectStops(t *testing.T) {
	quiet := make(chan struct{})
	at := serves(t, func(c net.Conn) error {
		<-quiet
		return io.EOF
	}, nil)
	defer close(quiet)
	set, err := Connect.Settings(Settings{"host": at.addr})
	if err != nil {
		t.Fatal(err)
	}
	r := Start(context.Background(), Connect, set, Options{})
	for n := 0; n == 0; {
		<-r.Changed()
		events, _ := r.Since(0)
		n = len(events)
	}
	if err := r.Stop(); err != nil {
		t.Error(err)
	}
	events, _ := r.Since(0)
	if _, known := Verdict(events); known {
		t.Error("a run that was stopped has a verdict")
	}
}

func TestHostPort(t *testing.T) {
	for at, want := range map[string][2]string{
		"example.com": {"example.com", ""}, "example.com:8443": {"example.com", "8443"}, "::1": {"::1", ""},
		"[::1]:443": {"::1", "443"}, "127.0.0.1:1": {"127.0.0.1", "1"},
		"": {}, ":443": {}, "a:b": {}, "a:0": {}, "a:99999": {}, "https://a": {}, "a b": {}, "a/b": {}, "a:1:2": {}, "\x1b[2J": {},
	} {
		host, port, err := hostPort(at)
		if host != want[0] || port != want[1] || (err == nil) != (want[0] != "") {
			t.Errorf("%q: %q, %q, %v; want %q", at, host, port, err, want)
		}
	}
}

// TestOnlyConnectLeaves reads the sources: one lab dials a host that is not ours, and
// no course can name that lab.
func TestOnlyConnectLeaves(t *testing.T) {
	files, err := filepath.Glob("../*/*.go")
	deeper, _ := filepath.Glob("../*/*/*.go")
	if err != nil || len(files) == 0 || len(deeper) == 0 {
		t.Fatal("no sources found", err)
	}
	calls := 0
	for _, file := range append(files, deeper...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "loop.Reach("); n > 0 && !strings.HasSuffix(file, "_test.go") {
			if calls += n; filepath.Base(file) != "connect.go" {
				t.Errorf("%s leaves this machine", file)
			}
		}
	}
	if calls != 1 {
		t.Errorf("%d calls of loop.Reach, want 1", calls)
	}
	for _, l := range All() {
		for _, k := range l.Knobs {
			if k.Kind == Path || k.Kind == Address {
				t.Errorf("lab %s has knob %s, which a course could set", l.Name, k.Name)
			}
		}
	}
	for _, l := range []*Lab{Connect, Dissect} {
		if _, err := Find(l.Name); err == nil {
			t.Errorf("a course can name lab %s", l.Name)
		}
	}
}
