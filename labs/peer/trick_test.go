package peer

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"strings"
	"testing"

	"tlstutor/labs/pki"
)

// met has a client and a server of other people talk to each other, and returns
// both verdicts.
func met(t *testing.T, client, server *Program, asClient, asServer Offer) (c, s Verdict) {
	t.Helper()
	run, err := server.Server(t.Context(), asServer, Terms{})
	if err != nil {
		t.Fatal(err)
	}
	c = meets(t, client, run, asClient)
	run.Over()
	return c, ended(t, run)
}

// meets has a client talk to a server that listens.
func meets(t *testing.T, client *Program, server *Process, asClient Offer) Verdict {
	t.Helper()
	run, err := client.Client(t.Context(), asClient, server.Addr, Terms{})
	if err != nil {
		t.Fatal(err)
	}
	return ended(t, run)
}

// TestAllPairs has each client talk to each server, at the versions and suites
// that Go has no part in.
func TestAllPairs(t *testing.T) {
	w := newWorld(t)
	_, chain, key := w.issue(t, pki.Leaf{
		Names: []string{name}, Key: "rsa2048", Usage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
	})
	for _, server := range Names(Server) {
		s, ok := found(t, server)
		if !ok {
			continue
		}
		for _, client := range Names(Client) {
			c, ok := found(t, client)
			if !ok {
				continue
			}
			for what, o := range map[string]struct {
				offer Offer
				want  Settled
			}{
				"1.0":      {Offer{Max: "1.0", Min: "1.0"}, Settled{Version: "TLS 1.0"}},
				"DHE":      {Offer{Max: "1.2", Suites: []string{"TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"}}, Settled{Version: "TLS 1.2", Suite: "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"}},
				"RSA, CBC": {Offer{Max: "1.2", Suites: []string{"TLS_RSA_WITH_AES_128_CBC_SHA"}}, Settled{Version: "TLS 1.2", Suite: "TLS_RSA_WITH_AES_128_CBC_SHA"}},
				"CCM":      {Offer{Max: "1.2", Suites: []string{"TLS_RSA_WITH_AES_128_CCM"}}, Settled{Version: "TLS 1.2", Suite: "TLS_RSA_WITH_AES_128_CCM"}},
				"P-384":    {Offer{Groups: []string{"P-384"}}, Settled{Version: "TLS 1.3", Group: "secp384r1"}},
			} {
				t.Run(client+" "+server+" "+what, func(t *testing.T) {
					asClient, asServer := o.offer, o.offer
					asClient.Name, asClient.Roots = name, w.roots
					asServer.Chain, asServer.Key, asServer.Exposed = chain, key, true
					if server == "python3" && what == "DHE" {
						if err := s.Can(Server, asServer); err == nil {
							t.Error("python3 is to serve DHE")
						}
						return
					}
					cv, sv := met(t, c, s, asClient, asServer)
					for who, v := range map[string]Verdict{client: cv, server: sv} {
						got := v.Settled
						if !v.OK || got.Version != o.want.Version || o.want.Suite != "" && got.Suite != o.want.Suite ||
							got.Group != "" && o.want.Group != "" && got.Group != o.want.Group {
							t.Errorf("%s: OK %v, %+v, want %+v; %q", who, v.OK, got, o.want, v.Lines)
						}
					}
					if a, b := cv.Settled, sv.Settled; a.Suite != b.Suite || a.Suite == "" {
						t.Errorf("the client says %s, the server %s", a.Suite, b.Suite)
					}
				})
			}
		}
	}
}

// openssls finds openssl for both sides, with a certificate for the server.
func openssls(t *testing.T) (p *Program, client, server Offer, ok bool) {
	t.Helper()
	p, ok = found(t, "openssl")
	w := newWorld(t)
	_, chain, key := w.issue(t, pki.Leaf{Names: []string{name}})
	return p, Offer{Name: name, Roots: w.roots}, Offer{Chain: chain, Key: key}, ok
}

// TestEarlyData: a session is kept, and the next connection goes on with it, its
// request as early data.
func TestEarlyData(t *testing.T) {
	p, client, server, ok := openssls(t)
	if !ok {
		return
	}
	server.Connections, server.EarlyData = 2, true
	run, err := p.Server(t.Context(), server, Terms{})
	if err != nil {
		t.Fatal(err)
	}
	client.KeepSession = true
	first := meets(t, p, run, client)
	if !first.OK || first.Settled.Resumed || !bytes.Contains(first.Session, []byte("SESSION PARAMETERS")) {
		t.Fatalf("OK %v, %+v, session %q", first.OK, first.Settled, first.Session)
	}
	client.Session, client.EarlyData, client.KeepSession = first.Session, true, false
	second, serves := meets(t, p, run, client), ended(t, run)
	if !second.OK || !second.Settled.Resumed || second.Settled.Early != "accepted" || second.Session != nil {
		t.Errorf("OK %v, %+v", second.OK, second.Settled)
	}
	if !serves.OK || !serves.Settled.Resumed || serves.Settled.Early != "accepted" {
		t.Errorf("the server: OK %v, %+v", serves.OK, serves.Settled)
	}
}

// TestResume12 goes on with a session of TLS 1.2, by its identifier and by ticket.
func TestResume12(t *testing.T) {
	for _, tickets := range []Switch{Own, Off} {
		p, client, server, ok := openssls(t)
		if !ok {
			return
		}
		server.Connections, server.Max, server.Tickets = 2, "1.2", tickets
		run, err := p.Server(t.Context(), server, Terms{})
		if err != nil {
			t.Fatal(err)
		}
		client.KeepSession = true
		client.Session = meets(t, p, run, client).Session
		second, serves := meets(t, p, run, client), ended(t, run)
		if !second.OK || !second.Settled.Resumed || !serves.OK || !serves.Settled.Resumed || second.Settled.Version != "TLS 1.2" {
			t.Errorf("tickets %v: OK %v, %+v; the server: OK %v, %+v", tickets, second.OK, second.Settled, serves.OK, serves.Settled)
		}
	}
}

// TestUpdate: a KeyUpdate, and still all is understood, by Go and by each other.
func TestUpdate(t *testing.T) {
	w := newWorld(t)
	cert, chain, key := w.issue(t, pki.Leaf{Names: []string{name}})
	for _, update := range []Update{OneWay, BothWays} {
		for _, client := range []string{"openssl", "gnutls-cli"} {
			p, ok := found(t, client)
			if !ok {
				continue
			}
			addr, served, _, got := goServer(t, &tls.Config{Certificates: []tls.Certificate{cert}})
			offer := Offer{Name: name, Roots: w.roots, Update: update}
			run, err := p.Client(t.Context(), offer, addr, Terms{})
			if err != nil {
				t.Fatal(err)
			}
			v := ended(t, run)
			if err := <-served; err != nil || !v.OK || got.String() != request(offer) {
				t.Errorf("%s: Go's server: %v, asked %q; OK %v", client, err, got, v.OK)
			}
			if said := said(v.Output); !said.has("KEYUPDATE") && !said.has("Rekey was completed") {
				t.Errorf("%s started no update: %q", client, v.Output)
			}
		}
		p, ok := found(t, "openssl")
		if !ok {
			continue
		}
		run, err := p.Server(t.Context(), Offer{Chain: chain, Key: key, Update: update}, Terms{})
		if err != nil {
			t.Fatal(err)
		}
		_, got, err := goClient(run.Addr, &tls.Config{ServerName: name, RootCAs: w.ca.Roots()})
		if v := ended(t, run); err != nil || got != answer || !v.OK || !said(v.Output).has("KeyUpdate") {
			t.Errorf("s_server: Go's client: %v, %q; OK %v", err, got, v.OK)
		}
	}
}

// TestRenegotiate: a second handshake inside the first, started by either side.
func TestRenegotiate(t *testing.T) {
	p, client, server, ok := openssls(t)
	if !ok {
		return
	}
	client.Max, server.Max = "1.2", "1.2"
	client.Renegotiate, server.Renegotiable = true, true
	c, s := met(t, p, p, client, server)
	if !c.OK || !s.OK || !said(s.Output).has("1 server renegotiates") && !said(s.Output).has("2 server accepts that finished") {
		t.Errorf("by the client: OK %v and %v, %q", c.OK, s.OK, s.Output)
	}
	if gnutls, ok := found(t, "gnutls-cli"); ok {
		c, s := met(t, gnutls, p, client, server)
		if !c.OK || !s.OK || !said(s.Output).has("2 server accepts that finished") {
			t.Errorf("by gnutls-cli: OK %v and %v, %q", c.OK, s.OK, s.Output)
		}
	}
	client.Renegotiate, server.Renegotiable, server.Renegotiate = false, false, true
	c, s = met(t, p, p, client, server)
	if !c.OK || !s.OK || !said(s.Output).has("2 server accepts that finished") {
		t.Errorf("by the server: OK %v and %v, %q", c.OK, s.OK, s.Output)
	}
}

// TestPSK: a key that both had before stands in for certificates.
func TestPSK(t *testing.T) {
	psk := &PSK{"alice", make([]byte, 32)}
	rand.Read(psk.Key)
	for _, server := range []string{"openssl", "gnutls-serv"} {
		for _, client := range []string{"openssl", "gnutls-cli"} {
			for _, o := range []Offer{
				{Max: "1.2", Suites: []string{"TLS_PSK_WITH_AES_128_GCM_SHA256"}, PSK: psk},
				{Min: "1.3", Suites: []string{"TLS_AES_128_GCM_SHA256"}, PSK: psk},
			} {
				t.Run(client+" "+server+" "+o.Suites[0], func(t *testing.T) {
					s, ok := found(t, server)
					c, also := found(t, client)
					if !ok || !also {
						return
					}
					asServer := o
					asServer.Exposed = true
					cv, sv := met(t, c, s, o, asServer)
					if !cv.OK || !sv.OK || cv.Settled.Suite != o.Suites[0] || sv.Settled.Suite != o.Suites[0] {
						t.Errorf("OK %v and %v, %+v and %+v", cv.OK, sv.OK, cv.Settled, sv.Settled)
					}
				})
			}
		}
	}
}

// TestRawKey: a public key, and no certificate around it (RFC 7250).
func TestRawKey(t *testing.T) {
	s, ok := found(t, "gnutls-serv")
	c, also := found(t, "gnutls-cli")
	if !ok || !also {
		return
	}
	w := newWorld(t)
	cert, _, key := w.issue(t, pki.Leaf{Names: []string{name}})
	der, err := x509.MarshalPKIXPublicKey(cert.Leaf.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	raw := Offer{Min: "1.3", RawKey: true, Chain: pemOf("PUBLIC KEY", der), Key: key, Exposed: true}
	cv, sv := met(t, c, s, Offer{Min: "1.3", RawKey: true, Name: name, Check: Ignore}, raw)
	if !cv.OK || !sv.OK || !said(cv.Output).has("Raw Public Key") {
		t.Errorf("OK %v and %v", cv.OK, sv.OK)
	}
}

// TestLaterAuth: the server asks for a certificate when the handshake is long over
// (RFC 9846, Section 4.6.2).
func TestLaterAuth(t *testing.T) {
	w := newWorld(t)
	_, own, ownKey := w.issue(t, pki.Leaf{CommonName: "alice", Names: []string{"alice.lab.test"}, Client: true})
	_, chain, key := w.issue(t, pki.Leaf{Names: []string{name}})
	for _, server := range []string{"openssl", "python3"} {
		for _, client := range []string{"openssl", "python3", "gnutls-cli"} {
			t.Run(client+" "+server, func(t *testing.T) {
				s, ok := found(t, server)
				c, also := found(t, client)
				if !ok || !also {
					return
				}
				cv, sv := met(t, c, s,
					Offer{Name: name, Roots: w.roots, LaterAuth: true, Chain: own, Key: ownKey},
					Offer{Roots: w.roots, LaterAuth: true, Chain: chain, Key: key})
				if !cv.OK || !sv.OK || !strings.Contains(strings.Join(sv.Output, "\n"), "alice") {
					t.Errorf("OK %v and %v; the server heard nothing of alice: %q", cv.OK, sv.OK, sv.Output)
				}
			})
		}
	}
}

// TestSmall: settings that show in the hello, or in the records, alone.
func TestSmall(t *testing.T) {
	w := newWorld(t)
	cert, _, _ := w.issue(t, pki.Leaf{Names: []string{name}})
	for what, c := range map[string]struct {
		clients string
		offer   Offer
		good    bool
		sends   []byte // somewhere
		not     bool   // nowhere
	}{
		"encrypt-then-MAC":     {"openssl gnutls-cli", Offer{}, true, []byte{0, 22, 0, 0}, false},
		"no encrypt-then-MAC":  {"openssl gnutls-cli", Offer{EtM: Off}, true, []byte{0, 22, 0, 0}, true},
		"max_fragment_length":  {"openssl", Offer{MaxFragment: 512}, true, []byte{0, 1, 0, 1, 1}, false},
		"no tickets":           {"openssl python3 gnutls-cli", Offer{Max: "1.2", Tickets: Off}, true, []byte{0, 35, 0, 0}, true},
		"fallback":             {"openssl", Offer{Max: "1.2", Fallback: true}, false, []byte{0x56, 0}, false},
		"status":               {"openssl curl gnutls-cli", Offer{Status: true, Check: Ignore}, true, []byte{0, 5, 0, 5, 1}, false},
		"padding":              {"openssl", Offer{Padding: 512}, true, []byte{0x17, 3, 3, 2, 16}, false},
		"ALPN":                 {"openssl python3 curl gnutls-cli", Offer{ALPN: []string{"h2", "http/1.1"}}, true, []byte("\x02h2\x08http/1.1"), false},
		"no ALPN":              {"openssl python3 curl gnutls-cli", Offer{NoALPN: true}, true, []byte("http/1.1"), true},
		"name":                 {"openssl python3 curl gnutls-cli", Offer{}, true, []byte(name), false},
		"one group":            {"openssl python3 curl gnutls-cli", Offer{Groups: []string{"P-256"}}, true, []byte{0, 10, 0, 4, 0, 2, 0, 23}, false},
		"one suite of TLS 1.3": {"openssl curl gnutls-cli", Offer{Min: "1.3", Suites: []string{"TLS_CHACHA20_POLY1305_SHA256"}}, true, []byte{0x13, 3}, false},
		"one suite":            {"openssl python3 curl gnutls-cli", Offer{Max: "1.2", Suites: []string{"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"}}, true, []byte{0xc0, 9}, false},
	} {
		for client := range strings.FieldsSeq(c.clients) {
			t.Run(what+" "+client, func(t *testing.T) {
				p, ok := found(t, client)
				if !ok {
					return
				}
				addr, served, _, _ := goServer(t, &tls.Config{
					Certificates: []tls.Certificate{cert},
					CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA},
				})
				c.offer.Name, c.offer.Roots = name, w.roots
				sent := make(chan []byte, 1)
				run, err := p.Client(t.Context(), c.offer, overhear(t, addr, sent), Terms{})
				if err != nil {
					t.Fatal(err)
				}
				v := ended(t, run)
				if err := <-served; (err == nil) != c.good && what != "status" {
					t.Errorf("Go's server: %v; OK %v", err, v.OK)
				}
				if v.OK != c.good && what != "status" {
					t.Errorf("OK %v", v.OK)
				}
				if bytes.Contains(<-sent, c.sends) == c.not {
					t.Errorf("% x is in what it sent: %v", c.sends, c.not)
				}
			})
		}
	}
}

// overhear passes bytes on between whoever connects to the address it returns and
// another address, and sends what the former has written, at the end.
func overhear(t *testing.T, to string, sent chan<- []byte) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		var all bytes.Buffer
		defer func() { sent <- all.Bytes() }()
		near, err := l.Accept()
		if err != nil {
			return
		}
		defer near.Close()
		far, err := net.Dial("tcp4", to)
		if err != nil {
			return
		}
		defer far.Close()
		back := make(chan struct{})
		go func() {
			defer close(back)
			io.Copy(near, far)
			near.(*net.TCPConn).CloseWrite()
		}()
		io.Copy(far, io.TeeReader(near, &all))
		far.(*net.TCPConn).CloseWrite()
		<-back
	}()
	return l.Addr().String()
}
