package dissect

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"tlstutor/labs/wire"
)

// A chunk is what one side wrote at once.
type chunk struct {
	dir  Dir
	data []byte
}

// A tap is a client's connection that keeps what passes, in an order in which
// no answer precedes what it answers.
type tap struct {
	net.Conn
	mu   *sync.Mutex
	seen *[]chunk
}

func (c tap) keep(d Dir, p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*c.seen = append(*c.seen, chunk{d, append([]byte(nil), p...)})
}

func (c tap) Write(p []byte) (int, error) {
	c.keep(ToServer, p)
	return c.Conn.Write(p)
}

func (c tap) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.keep(ToClient, p[:n])
	}
	return n, err
}

const (
	question = "GET / HTTP/1.1\r\nHost: app.lab.test\r\n\r\n"
	answer   = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
)

// talk makes a connection in which the client asks and the server answers, and
// returns what passed. Both log their keys to keys.
func talk(t testing.TB, client, server *tls.Config, keys *Keys) []chunk {
	t.Helper()
	seen, got := conversation(t, client, server, keys, func(c *tls.Conn) { io.WriteString(c, answer) })
	if got != answer {
		t.Fatalf("the client read %q", got)
	}
	return seen
}

// conversation is talk with an answer of any kind, which it returns as well.
func conversation(t testing.TB, client, server *tls.Config, keys *Keys, say func(*tls.Conn)) ([]chunk, string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	client.KeyLogWriter, server.KeyLogWriter = keys, keys
	// The server ends when the client has closed its side.
	served := make(chan error, 1)
	go func() { served <- serving(ln, server, say) }()
	raw, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	var seen []chunk
	c := tls.Client(tap{raw, new(sync.Mutex), &seen}, client)
	defer c.Close()
	if _, err := io.WriteString(c, question); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	return seen, string(got)
}

// serve answers one client.
func serve(ln net.Listener, config *tls.Config) error {
	return serving(ln, config, func(c *tls.Conn) { io.WriteString(c, answer) })
}

// serving is serve with an answer of any kind.
func serving(ln net.Listener, config *tls.Config, say func(*tls.Conn)) error {
	raw, err := ln.Accept()
	if err != nil {
		return err
	}
	c := tls.Server(raw, config)
	defer c.Close()
	if _, err := io.ReadFull(c, make([]byte, len(question))); err != nil {
		return err
	}
	say(c)
	if err := c.CloseWrite(); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, c)
	return err
}

// certified returns a certificate that signs itself, with a key of that kind.
func certified(t testing.TB, kind string) tls.Certificate {
	t.Helper()
	var key crypto.Signer
	var err error
	switch kind {
	case "p256":
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "rsa2048":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	case "ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "app.lab.test"},
		DNSNames:     []string{"app.lab.test"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// settings returns a client's and a server's settings that get along.
func settings(cert tls.Certificate) (client, server *tls.Config) {
	client = &tls.Config{ServerName: "app.lab.test", InsecureSkipVerify: true}
	return client, &tls.Config{Certificates: []tls.Certificate{cert}}
}

// replay feeds a connection to a session and returns the records.
func replay(s *Session, seen []chunk) []Record {
	var out []Record
	for _, c := range seen {
		out = append(out, s.Feed(c.dir, c.data)...)
	}
	return out
}

// cut returns a connection with one chunk for each record, in the order in which
// they were complete.
func cut(seen []chunk) []chunk {
	var out []chunk
	var rest [2][]byte
	for _, c := range seen {
		b := append(rest[c.dir], c.data...)
		for len(b) >= 5 && len(b) >= 5+int(b[3])<<8+int(b[4]) {
			n := 5 + int(b[3])<<8 + int(b[4])
			out = append(out, chunk{c.dir, b[:n:n]})
			b = b[n:]
		}
		rest[c.dir] = b
	}
	return out
}

// lines returns what each record of a direction is: its epoch and its label.
func lines(records []Record, d Dir) []string {
	var out []string
	for _, r := range records {
		if r.Dir == d {
			out = append(out, fmt.Sprint(r.Epoch, " ", Label(r.Tree)))
		}
	}
	return out
}

// covered fails if the records of a direction do not tile its bytes.
func covered(t testing.TB, records []Record, d Dir, n int) {
	t.Helper()
	at := 0
	for _, r := range records {
		if r.Dir != d || r.Again {
			continue
		}
		if r.Tree.Off != at || len(r.Tree.Src.Data) != at+r.Tree.N {
			t.Fatalf("%s: a record at %d+%d of %d, want one at %d", d, r.Tree.Off, r.Tree.N, len(r.Tree.Src.Data), at)
		}
		at += r.Tree.N
	}
	if at != n {
		t.Fatalf("%s: the records end at %d of %d bytes", d, at, n)
	}
}

// first returns the first message of that name.
func first(records []Record, name string) *wire.Field {
	for _, r := range records {
		for _, m := range r.Msgs {
			if m.Name == name {
				return m
			}
		}
	}
	return nil
}
