package fieldview_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
	"tlstutor/tui/fieldview"
	"tlstutor/tui/theme"
)

// A tap keeps what a client writes and reads.
type tap struct {
	net.Conn
	mu      sync.Mutex
	streams [2][]byte
}

func (c *tap) keep(d dissect.Dir, p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.streams[d] = append(c.streams[d], p...)
}

func (c *tap) Write(p []byte) (int, error) {
	c.keep(dissect.ToServer, p)
	return c.Conn.Write(p)
}

func (c *tap) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.keep(dissect.ToClient, p[:n])
	return n, err
}

// A heard is a connection as it passed, to be dissected as often as one likes.
type heard struct {
	keys    *dissect.Keys
	streams [2][]byte
}

// hear makes a connection of that version, whose server sends two certificates.
func hear(t testing.TB, version uint16) heard {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(7), DNSNames: []string{"app.lab.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, IsCA: true, BasicConstraintsValid: true,
	}
	cert.Subject.CommonName = "世界"
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	near, far := net.Pipe()
	deadline := time.Now().Add(20 * time.Second)
	near.SetDeadline(deadline)
	far.SetDeadline(deadline)
	keys, c := dissect.NewKeys(), &tap{Conn: near}
	done := make(chan error, 1)
	go func() {
		s := tls.Server(far, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der, der}, PrivateKey: key}}, MaxVersion: version})
		_, err := s.Write([]byte("hello 世界"))
		done <- err
	}()
	client := tls.Client(c, &tls.Config{ServerName: "app.lab.test", InsecureSkipVerify: true, KeyLogWriter: keys, MaxVersion: version, NextProtos: []string{"h2", "http/1.1"}})
	if _, err := client.Read(make([]byte, 64)); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return heard{keys, c.streams}
}

// trees dissects the connection: its records as they end up, in order.
func (h heard) trees(t testing.TB) []*wire.Field {
	t.Helper()
	s := dissect.New(h.keys)
	var all []*wire.Field
	for d, p := range h.streams {
		for _, r := range s.Feed(dissect.Dir(d), p) {
			if r.Why == nil {
				all = append(all, r.Tree)
			}
		}
	}
	for _, r := range s.Feed(dissect.ToServer, nil) {
		all = append(all, r.Tree)
	}
	if len(all) < 6 {
		t.Fatalf("the connection has only %d records in the open", len(all))
	}
	return all
}

// with returns the tree that has such a field.
func with(t testing.TB, trees []*wire.Field, path string) *wire.Field {
	t.Helper()
	for _, f := range trees {
		if f.Find(path) != nil {
			return f
		}
	}
	t.Fatalf("no record has a %s", path)
	return nil
}

// real is all the records of a TLS 1.2 and a TLS 1.3 connection.
func real(t testing.TB) []*wire.Field {
	return append(hear(t, tls.VersionTLS13).trees(t), hear(t, tls.VersionTLS12).trees(t)...)
}

func viewOf(root *wire.Field, key func(string) bool) *fieldview.View {
	v := fieldview.New(theme.New(theme.Dark, false))
	v.Set(root, key)
	return v
}

// fields is a tree's fields, parents first.
func fields(root *wire.Field) (all []*wire.Field) {
	root.Walk(func(path []*wire.Field) { all = append(all, path[len(path)-1]) })
	return all
}

// visit walks through the whole tree with Right and Down alone.
func visit(v *fieldview.View, at func(f *wire.Field)) {
	v.ToggleAll()
	v.Home()
	for last := (*wire.Field)(nil); v.Selected() != last; {
		last = v.Selected()
		at(last)
		if v.Right(); v.Selected() == last && len(last.Kids) > 0 {
			v.Right()
		}
		if v.Selected() == last {
			v.Down()
		}
	}
}

// reversed is the lines that have something in reverse, without their styles.
func reversed(out string) (rows []string) {
	for _, l := range strings.Split(out, "\n") {
		for _, part := range strings.Split(l, "\x1b[")[1:] {
			if sgr, _, _ := strings.Cut(part, "m"); strings.Contains(";"+sgr+";", ";7;") {
				rows = append(rows, ansi.Strip(l))
				break
			}
		}
	}
	return rows
}

// exact checks that out is h lines of w cells.
func exact(t *testing.T, what, out string, w, h int) {
	t.Helper()
	if h == 0 {
		if out != "" {
			t.Fatalf("%s in no lines is %q", what, out)
		}
		return
	}
	lines := strings.Split(out, "\n")
	if len(lines) != h {
		t.Fatalf("%s at %dx%d has %d lines", what, w, h, len(lines))
	}
	for _, l := range lines {
		if ansi.StringWidth(l) != w {
			t.Fatalf("%s at %dx%d: %q is %d wide", what, w, h, l, ansi.StringWidth(l))
		}
	}
}
