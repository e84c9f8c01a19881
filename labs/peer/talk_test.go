package peer

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/pki"
)

const name = "app.lab.test"

// A world is an authority and what it has signed.
type world struct {
	ca    *pki.CA
	roots []byte
	keys  *pki.Keyring
}

func newWorld(t *testing.T) *world {
	t.Helper()
	keys := pki.NewKeyring()
	ca, err := pki.New(keys, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return &world{ca, pemOf("CERTIFICATE", ca.Root().Raw), keys}
}

func pemOf(kind string, ders ...[]byte) []byte {
	var all []byte
	for _, der := range ders {
		all = append(all, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})...)
	}
	return all
}

// issue signs a certificate, for Go's side and in PEM.
func (w *world) issue(t *testing.T, l pki.Leaf) (cert tls.Certificate, chain, key []byte) {
	t.Helper()
	is, err := w.ca.Leaf(l)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(is.Key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: is.Chain, PrivateKey: is.Key, Leaf: is.Leaf},
		pemOf("CERTIFICATE", is.Chain...), pemOf("PRIVATE KEY", der)
}

// A log takes keys, line by line.
type log struct{ lines []string }

func (l *log) Write(p []byte) (int, error) {
	l.lines = append(l.lines, string(p))
	return len(p), nil
}

// agrees checks that a log has the secrets of another one, which is Go's.
func (l *log) agrees(t *testing.T, with *log) {
	t.Helper()
	for _, line := range with.lines {
		if !slices.Contains(l.lines, line) {
			t.Errorf("its key log lacks %.60s...; it is %.60q", line, l.lines)
		}
	}
	if len(with.lines) == 0 {
		t.Error("Go has logged no key")
	}
}

// goServer serves one connection on loopback as the lab's server does, and sends
// what came of it.
func goServer(t *testing.T, config *tls.Config) (addr string, served chan error, state *tls.ConnectionState, got *bytes.Buffer) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	served, state, got = make(chan error, 1), new(tls.ConnectionState), new(bytes.Buffer)
	go func() {
		served <- func() error {
			raw, err := l.Accept()
			if err != nil {
				return err
			}
			defer raw.Close()
			c := tls.Server(raw, config)
			if err := c.Handshake(); err != nil {
				return err
			}
			*state = c.ConnectionState()
			reply := answer
			if state.NegotiatedProtocol == "h2" {
				reply = http2Settings
			}
			buf := make([]byte, 4096)
			n, err := c.Read(buf)
			if err != nil {
				return err
			}
			got.Write(buf[:n])
			io.WriteString(c, reply)
			c.CloseWrite()
			_, err = io.Copy(io.Discard, c) // nil only for a close_notify
			return err
		}()
	}()
	return l.Addr().String(), served, state, got
}

// goClient asks a server as the lab's client does, and leaves when it has the
// answer.
func goClient(addr string, config *tls.Config) (*tls.ConnectionState, string, error) {
	raw, err := net.Dial("tcp4", addr)
	if err != nil {
		return nil, "", err
	}
	defer raw.Close()
	c := tls.Client(raw, config)
	if err := c.Handshake(); err != nil {
		return nil, "", err
	}
	state := c.ConnectionState()
	ask := request(Offer{Name: name})
	if state.NegotiatedProtocol == "h2" {
		ask = http2Hello
	}
	if _, err := io.WriteString(c, ask); err != nil {
		return &state, "", err
	}
	var got []byte
	buf := make([]byte, 4096)
	for !answered(got) {
		n, err := c.Read(buf)
		got = append(got, buf[:n]...)
		if err != nil && !answered(got) {
			return &state, string(got), err
		}
	}
	c.CloseWrite()
	_, err = io.Copy(io.Discard, c) // nil only for a close_notify
	return &state, string(got), err
}

// ended waits for a run's verdict, and shows all of it if the test fails.
func ended(t *testing.T, run *Process) Verdict {
	t.Helper()
	v := run.Wait()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s %q\n%+v\n%s", run.Program.Name, run.Args, v.Settled, strings.Join(v.Output, "\n"))
		}
	})
	if _, err := os.Stat(string(run.dir)); !os.IsNotExist(err) {
		t.Errorf("its folder is still there: %v", err)
	}
	return v
}

// settledAs checks what a program says was negotiated against what Go says. Not
// every program says everything.
func settledAs(t *testing.T, s Settled, state *tls.ConnectionState) {
	t.Helper()
	if want := tls.VersionName(state.Version); s.Version != want {
		t.Errorf("it says version %q, Go says %q", s.Version, want)
	}
	if want := tls.CipherSuiteName(state.CipherSuite); s.Suite != want {
		t.Errorf("it says suite %q, Go says %q", s.Suite, want)
	}
	if want := groupName(state.CurveID.String()); s.Group != "" && s.Group != want && "Curve"+s.Group != want {
		if g, ok := groupOf(strings.Replace(state.CurveID.String(), "CurveP", "P-", 1)); !ok || g.iana != s.Group {
			t.Errorf("it says group %q, Go says %q", s.Group, want)
		}
	}
	if s.ALPN != state.NegotiatedProtocol {
		t.Errorf("it says ALPN %q, Go says %q", s.ALPN, state.NegotiatedProtocol)
	}
	if s.Resumed != state.DidResume {
		t.Errorf("it says resumed %v, Go says %v", s.Resumed, state.DidResume)
	}
}

// TestClients has each client talk to Go's server.
func TestClients(t *testing.T) {
	w := newWorld(t)
	for _, client := range Names(Client) {
		p, ok := found(t, client)
		if !ok {
			continue
		}
		for _, version := range []string{"1.2", "1.3"} {
			for _, kind := range []string{"p256", "rsa2048", "ed25519"} {
				t.Run(client+" "+version+" "+kind, func(t *testing.T) {
					cert, _, _ := w.issue(t, pki.Leaf{Names: []string{name}, Key: kind})
					var its, ours log
					addr, served, state, got := goServer(t, &tls.Config{
						Certificates: []tls.Certificate{cert}, KeyLogWriter: &ours, NextProtos: []string{"http/1.1"},
					})
					offer := Offer{Min: version, Max: version, Name: name, Roots: w.roots, ALPN: []string{"http/1.1"}}
					run, err := p.Client(t.Context(), offer, addr, Terms{Keys: &its})
					if err != nil {
						t.Fatal(err)
					}
					v := ended(t, run)
					if err := <-served; err != nil {
						t.Errorf("Go's server: %v", err)
					}
					if !v.OK || v.Exit != 0 || v.Ending != Exited || len(v.Lines) == 0 {
						t.Errorf("OK %v, exit %d, %v, %q", v.OK, v.Exit, v.Ending, v.Lines)
					}
					if got.String() != request(offer) {
						t.Errorf("it asks %q", got)
					}
					settledAs(t, v.Settled, state)
					its.agrees(t, &ours)
				})
			}
		}
	}
}

// TestServers has Go's client talk to each server.
func TestServers(t *testing.T) {
	w := newWorld(t)
	for _, server := range Names(Server) {
		p, ok := found(t, server)
		if !ok {
			continue
		}
		for _, version := range []string{"1.2", "1.3"} {
			for _, kind := range []string{"p256", "rsa2048", "ed25519"} {
				t.Run(server+" "+version+" "+kind, func(t *testing.T) {
					_, chain, key := w.issue(t, pki.Leaf{Names: []string{name}, Key: kind})
					var its, ours log
					offer := Offer{Min: version, Max: version, Chain: chain, Key: key, ALPN: []string{"http/1.1"}, Exposed: true}
					run, err := p.Server(t.Context(), offer, Terms{Keys: &its})
					if err != nil {
						t.Fatal(err)
					}
					state, got, err := goClient(run.Addr, &tls.Config{
						ServerName: name, RootCAs: w.ca.Roots(), KeyLogWriter: &ours, NextProtos: []string{"http/1.1"},
					})
					run.Over()
					v := ended(t, run)
					if err != nil {
						t.Fatalf("Go's client: %v; %q", err, got)
					}
					if !strings.HasPrefix(got, "HTTP/1.") || !strings.HasSuffix(got, "\r\n\r\n"+body) {
						t.Errorf("it answers %q", got)
					}
					want := Exited
					if server == "gnutls-serv" {
						want = Over
					}
					if !v.OK || v.Ending != want || len(v.Lines) == 0 {
						t.Errorf("OK %v, exit %d, %v, %q", v.OK, v.Exit, v.Ending, v.Lines)
					}
					settledAs(t, v.Settled, state)
					its.agrees(t, &ours)
				})
			}
		}
	}
}
