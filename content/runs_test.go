package content_test

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
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"tlstutor/labs/dissect"
)

// A run is one connection of Go's client and server; change sets it up.
type run struct {
	name   string
	change func(client, server *tls.Config)
	again  bool // connect twice, to resume
}

// runs adds connections at many settings, decrypted, and bytes that are not TLS.
func runs(t *testing.T, all seen) {
	now := time.Now()
	root, rootKey := issue(t, now, nil, nil, newKey(t, "p256"))
	leaves := map[string]tls.Certificate{}
	for _, kind := range []string{"p256", "rsa", "ed25519"} {
		key := newKey(t, kind)
		c, _ := issue(t, now, root, rootKey, key)
		leaves[kind] = tls.Certificate{Certificate: [][]byte{c.Raw, root.Raw}, PrivateKey: key, Leaf: c}
	}
	pool := x509.NewCertPool()
	pool.AddCert(root)
	for _, r := range settings(leaves) {
		client := &tls.Config{RootCAs: pool, ServerName: "app.lab.test"}
		server := &tls.Config{Certificates: []tls.Certificate{leaves["p256"]}, ClientCAs: pool}
		r.change(client, server)
		for i := 0; i == 0 || i == 1 && r.again; i++ {
			rs := connect(t, client, server)
			if len(rs) < 2 {
				t.Errorf("%s: %d records", r.name, len(rs))
			}
			all.records(rs, r.name)
		}
	}
	for name, data := range map[string]string{
		"no TLS":                 "GET / HTTP/1.1\r\n\r\n",
		"broken TLS":             "\x16\x03\x01\x00\x05\x01\x00\x00\x01\xffGET / HTTP/1.1",
		"a message in two parts": "\x16\x03\x01\x00\x05\x01\x00\x00\x02\x03\x16\x03\x01\x00\x05\x03\x00\x00\x00\x00",
	} {
		all.records(replay(dissect.NewKeys(), []chunk{{dissect.ToServer, []byte(data)}}), name)
	}
}

// settings returns the runs, for server certificates of three kinds of key.
func settings(leaves map[string]tls.Certificate) []run {
	p256, rsa2048, ed := leaves["p256"], leaves["rsa"], leaves["ed25519"]
	old := func(client, _ *tls.Config) { client.MaxVersion = tls.VersionTLS12 }
	with := func(c tls.Certificate) func(client, server *tls.Config) {
		return func(_, server *tls.Config) { server.Certificates = []tls.Certificate{c} }
	}
	both := func(fs ...func(client, server *tls.Config)) func(client, server *tls.Config) {
		return func(client, server *tls.Config) {
			for _, f := range fs {
				f(client, server)
			}
		}
	}
	mutual := func(client, server *tls.Config) {
		client.Certificates = []tls.Certificate{p256}
		server.ClientAuth = tls.RequireAndVerifyClientCert
	}
	empty := func(_, server *tls.Config) { server.ClientAuth = tls.RequestClientCert }
	refused := func(_, server *tls.Config) { server.ClientAuth = tls.RequireAnyClientCert }
	tickets := func(client, _ *tls.Config) { client.ClientSessionCache = tls.NewLRUClientSessionCache(4) }
	alpn := func(client, server *tls.Config) {
		client.NextProtos, server.NextProtos = []string{"h2", "http/1.1"}, []string{"http/1.1"}
	}
	noALPN := func(client, server *tls.Config) {
		client.NextProtos, server.NextProtos = []string{"h2"}, []string{"imap"}
	}
	retry := func(_, server *tls.Config) { server.CurvePreferences = []tls.CurveID{tls.CurveP384} }
	stapled := func(_, server *tls.Config) {
		c := p256
		c.OCSPStaple, c.SignedCertificateTimestamps = []byte("not checked"), [][]byte{[]byte("not checked either")}
		server.Certificates = []tls.Certificate{c}
	}
	chacha := func(_, server *tls.Config) {
		server.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256}
	}
	return []run{
		{"1.3", both(), false},
		{"1.3, RSA", with(rsa2048), false},
		{"1.3, Ed25519", with(ed), false},
		{"1.3, retry", retry, false},
		{"1.3, client certificate", both(mutual, alpn), false},
		{"1.3, empty client certificate", empty, false},
		{"1.3, no client certificate", refused, false},
		{"1.3, tickets", both(tickets, alpn), true},
		{"1.3, stapled", stapled, false},
		{"1.3, no protocol", noALPN, false},
		{"unknown CA", func(client, _ *tls.Config) { client.RootCAs = x509.NewCertPool() }, false},
		{"no common version", both(old, func(_, server *tls.Config) { server.MinVersion = tls.VersionTLS13 }), false},
		{"1.2", old, false},
		{"1.2, RSA", both(old, with(rsa2048)), false},
		{"1.2, Ed25519", both(old, with(ed)), false},
		{"1.2, ChaCha20", both(old, chacha), false},
		{"1.2, client certificate", both(old, mutual), false},
		{"1.2, empty client certificate", both(old, empty), false},
		{"1.2, no client certificate", both(old, refused), false},
		{"1.2, tickets", both(old, tickets, alpn), true},
		{"1.2, stapled", both(old, stapled, alpn), false},
		{"1.2, unknown CA", both(old, func(client, _ *tls.Config) { client.RootCAs = x509.NewCertPool() }), false},
	}
}

// A tap keeps what a connection's client wrote and read, in that order.
type tap struct {
	net.Conn
	mu     sync.Mutex
	chunks []chunk
}

func (c *tap) keep(dir dissect.Dir, p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.chunks = append(c.chunks, chunk{dir, append([]byte(nil), p...)})
}

func (c *tap) Write(p []byte) (int, error) {
	c.keep(dissect.ToServer, p)
	return c.Conn.Write(p)
}

func (c *tap) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.keep(dissect.ToClient, p[:n])
	}
	return n, err
}

// connect makes one connection over loopback, with a word each way, and
// dissects it. Handshakes that fail are part of what is wanted.
func connect(t *testing.T, client, server *tls.Config) []dissect.Record {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	keys := dissect.NewKeys()
	client.KeyLogWriter, server.KeyLogWriter = keys, keys
	deadline := time.Now().Add(10 * time.Second)
	done := make(chan error, 1)
	go func() {
		raw, err := l.Accept()
		if err == nil {
			defer raw.Close()
			raw.SetDeadline(deadline)
			err = serve(tls.Server(raw, server))
		}
		done <- err
	}()
	raw, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	raw.SetDeadline(deadline)
	wire := &tap{Conn: raw}
	c := tls.Client(wire, client)
	if _, err := c.Write([]byte("a question")); err == nil {
		c.CloseWrite()
	}
	io.Copy(io.Discard, c)
	raw.Close()
	<-done
	return replay(keys, wire.chunks)
}

// serve answers once, and says goodbye.
func serve(c *tls.Conn) error {
	if _, err := c.Read(make([]byte, 64)); err != nil {
		return err
	}
	if _, err := c.Write([]byte("an answer")); err != nil {
		return err
	}
	return c.Close()
}

// newKey makes a key.
func newKey(t *testing.T, kind string) crypto.Signer {
	t.Helper()
	var key crypto.Signer
	var err error
	switch kind {
	case "rsa":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	case "ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	default:
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issue makes a leaf certificate, or a root when there is no parent.
func issue(t *testing.T, now time.Time, parent *x509.Certificate, parentKey, key crypto.Signer) (*x509.Certificate, crypto.Signer) {
	t.Helper()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		Subject: pkix.Name{CommonName: "app.lab.test", Organization: []string{"Lab"}}, DNSNames: []string{"app.lab.test"}, IPAddresses: []net.IP{{127, 0, 0, 1}},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		BasicConstraintsValid: true, OCSPServer: []string{"http://ca.lab.test/ocsp"}, CRLDistributionPoints: []string{"http://ca.lab.test/crl"},
	}
	if parent == nil {
		parent, parentKey = c, key
		c.IsCA, c.KeyUsage, c.ExtKeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign, nil
		c.Subject = pkix.Name{CommonName: "Lab Root CA"}
		c.DNSNames, c.IPAddresses = nil, nil
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), parentKey)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return made, key
}
