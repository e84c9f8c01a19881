package peer

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestCan: what a program cannot do is said before it runs, and by name.
func TestCan(t *testing.T) {
	openssl := &Program{Name: "openssl", number: number{3, 0, 2}, tls: library{"OpenSSL", number{3, 0, 2}}}
	curl := func(lib string, v ...int) *Program {
		return &Program{Name: "curl", number: number(v), tls: library{name: lib}}
	}
	python := &Program{Name: "python3", Version: "Python 3.11.2, OpenSSL 3.0.22", number: number{3, 11, 2}, groups: []string{"prime256v1"}}
	cli := &Program{Name: "gnutls-cli", number: number{3, 7, 9}}
	serv := &Program{Name: "gnutls-serv", number: number{3, 7, 9}}
	named := Offer{Name: "app.lab.test", Roots: []byte("roots")}
	with := func(set func(*Offer)) Offer { o := named; set(&o); return o }
	own := Offer{Chain: []byte("chain"), Key: []byte("key")}
	psk := &PSK{"a", []byte{1}}
	for _, c := range []struct {
		p    *Program
		r    Role
		o    Offer
		want string // "" for what it can
	}{
		{openssl, Client, named, ""},
		{openssl, Client, Offer{}, ""},
		{openssl, Server, own, ""},
		{openssl, Server, Offer{}, "openssl cannot serve without a certificate"},
		{openssl, Server, Offer{PSK: psk}, ""},
		{openssl, Server, Offer{Chain: []byte("chain")}, "openssl cannot use a certificate without its key, or a key without its certificate"},
		{openssl, Client, with(func(o *Offer) { o.Min, o.Max = "1.3", "1.2" }), "openssl cannot speak a TLS of at least 1.3 and at most 1.2"},
		{openssl, Client, with(func(o *Offer) { o.Min = "3" }), `openssl cannot speak "3": it is no version of TLS`},
		{openssl, Client, with(func(o *Offer) { o.Name = "a b" }), "openssl cannot ask for a server by a name that is not one"},
		{openssl, Client, with(func(o *Offer) { o.Name = "a\r\nX: y" }), "openssl cannot ask for a server by a name that is not one"},
		{openssl, Client, with(func(o *Offer) { o.ALPN = []string{"a,b"} }), `openssl cannot be told the application protocol "a,b"`},
		{openssl, Client, with(func(o *Offer) { o.Suites = []string{"ALL"} }), "openssl cannot use a cipher suite named ALL"},
		{openssl, Client, with(func(o *Offer) { o.Suites = []string{"TLS_RSA_WITH_AES_128_CBC_SHA:ALL"} }), "openssl cannot use a cipher suite named TLS_RSA_WITH_AES_128_CBC_SHA:ALL"},
		{openssl, Client, with(func(o *Offer) { o.Groups = []string{"P-255"} }), "openssl cannot use a group named P-255"},
		{openssl, Client, with(func(o *Offer) { o.Groups = []string{"X25519MLKEM768"} }), "openssl cannot use the group X25519MLKEM768 below version 3.5"},
		{openssl, Client, with(func(o *Offer) { o.NoCommonName = true }), "openssl cannot be told to leave the common name alone"},
		{python, Client, with(func(o *Offer) { o.NoCommonName = true }), ""},
		{openssl, Client, with(func(o *Offer) { o.MaxFragment = 100 }), "openssl cannot ask for records of at most 100 bytes: only 512, 1024, 2048 and 4096 can be asked for"},
		{openssl, Client, with(func(o *Offer) { o.RawKey = true }), "openssl cannot use raw public keys"},
		{openssl, Client, with(func(o *Offer) { o.EarlyData = true }), "openssl cannot send early data without a session of a run before"},
		{openssl, Client, with(func(o *Offer) { o.Renegotiate = true }), "openssl cannot renegotiate in TLS 1.3, which the offer allows"},
		{openssl, Client, with(func(o *Offer) { o.Renegotiate, o.Max = true, "1.2" }), ""},
		{openssl, Client, with(func(o *Offer) { o.Check = Require }), "openssl cannot do as a client what only a server does about certificates"},
		{openssl, Client, with(func(o *Offer) { o.Connections = 2 }), "openssl cannot serve connections"},
		{openssl, Client, with(func(o *Offer) { o.Staple = []byte{1} }), "openssl cannot staple an OCSP response"},
		{openssl, Client, with(func(o *Offer) { o.EtM = On }), "openssl cannot be told to insist on what it does by itself"},
		{curl("OpenSSL", 7, 72, 0), Client, with(func(o *Offer) { o.Groups = []string{"P-256"} }), "curl cannot choose its groups below version 7.73"},
		{curl("GnuTLS", 7, 88, 0), Client, with(func(o *Offer) { o.Groups = []string{"P-256"} }), "curl cannot choose its groups with GnuTLS"},
		{curl("GnuTLS", 7, 88, 0), Client, with(func(o *Offer) { o.Suites = []string{"TLS_AES_128_GCM_SHA256"} }), "curl cannot choose its cipher suites with GnuTLS"},
		{curl("GnuTLS", 7, 88, 0), Client, with(func(o *Offer) { o.Min = "1.0" }), "curl cannot be told to speak versions below 1.2 with GnuTLS"},
		{curl("OpenSSL", 7, 60, 0), Client, with(func(o *Offer) { o.Suites = []string{"TLS_AES_128_GCM_SHA256"} }), "curl cannot choose the cipher suites of TLS 1.3 below version 7.61"},
		{curl("OpenSSL", 7, 53, 0), Client, with(func(o *Offer) { o.Max = "1.2" }), "curl cannot be told the highest version below version 7.54"},
		{curl("OpenSSL", 7, 88, 0), Client, with(func(o *Offer) { o.ALPN = []string{"h2"} }), "curl cannot offer h2: it knows http/1.1 alone, or h2 before http/1.1"},
		{curl("OpenSSL", 7, 88, 0), Client, with(func(o *Offer) { o.Name = "" }), "curl cannot connect without the server's name"},
		{curl("OpenSSL", 7, 88, 0), Client, with(func(o *Offer) { o.PSK = psk }), "curl cannot use a key that both sides had before"},
		{curl("OpenSSL", 7, 88, 0), Client, with(func(o *Offer) { o.At = time.Unix(1, 0) }), "curl cannot check certificates at another time than now"},
		{curl("OpenSSL", 7, 88, 0), Client, with(func(o *Offer) { o.Tickets = Off }), "curl cannot be told about session tickets"},
		{curl("OpenSSL", 7, 88, 0), Server, own, "curl cannot be a server"},
		{python, Client, with(func(o *Offer) { o.Groups = []string{"X25519"} }), "python3 cannot be told the group X25519 (Python 3.11.2, OpenSSL 3.0.22)"},
		{python, Client, with(func(o *Offer) { o.Groups = []string{"P-256"} }), ""},
		{python, Client, with(func(o *Offer) { o.Groups = []string{"P-256", "P-384"} }), "python3 cannot choose more than one group"},
		{python, Client, with(func(o *Offer) { o.Suites = []string{"TLS_AES_128_GCM_SHA256"} }), "python3 cannot choose among the cipher suites of TLS 1.3"},
		{python, Client, with(func(o *Offer) { o.Update = OneWay }), "python3 cannot start a KeyUpdate"},
		{cli, Client, Offer{Name: "x"}, "gnutls-cli cannot trust nobody: without roots it takes those of the machine"},
		{cli, Client, with(func(o *Offer) { o.Suites = []string{"TLS_RSA_WITH_ARIA_128_GCM_SHA256"} }), "gnutls-cli cannot use the cipher suite TLS_RSA_WITH_ARIA_128_GCM_SHA256"},
		{cli, Server, own, "gnutls-cli cannot be a server"},
		{serv, Server, own, "gnutls-serv cannot listen on loopback alone: it takes every address of the machine"},
		{serv, Server, Offer{Chain: own.Chain, Key: own.Key, Exposed: true}, ""},
		{serv, Client, named, "gnutls-serv cannot be a client"},
	} {
		err := c.p.Can(c.r, c.o)
		if c.want == "" && err != nil || c.want != "" && (err == nil || err.Error() != c.want) {
			t.Errorf("%s as %s, %+v: %v, want %q", c.p.Name, c.r, c.o, err, c.want)
		}
		if typed := (*CannotError)(nil); err != nil && !errors.As(err, &typed) {
			t.Errorf("%v is a %T", err, err)
		}
	}
}

// TestLoopback: a client is sent nowhere but to this machine.
func TestLoopback(t *testing.T) {
	p := &Program{Name: "openssl", number: number{3}}
	for _, addr := range []string{"192.0.2.1:443", "localhost:443", "[2001:db8::1]:443", "127.0.0.1", "\x1b[31m:1", ""} {
		if run, err := p.Client(t.Context(), Offer{}, addr, Terms{}); err == nil {
			run.Stop()
			t.Errorf("it was sent to %q", addr)
		} else if strings.Contains(err.Error(), "\x1b") {
			t.Errorf("the error is %q", err)
		}
	}
}

// TestSuiteNames compares our names of suites with openssl's own list.
func TestSuiteNames(t *testing.T) {
	p, ok := found(t, "openssl")
	if !ok {
		return
	}
	out, err := p.run(t.Context(), "ciphers", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(out) {
		words := strings.Fields(line)
		if len(words) < 3 || strings.Contains(line, "SRP") || strings.Contains(line, "MD5") || strings.HasPrefix(line, "TLS_PSK_DHE_") {
			continue // what no program here is asked for; and a name that IANA has turned round
		}
		n++
		iana, own := words[0], words[2]
		s, ok := suiteOf(iana)
		if got := s.openssl(); !ok || got != own || s.iana() != iana {
			t.Errorf("%s is %q here (%v), and %q there", iana, got, ok, own)
		}
		if got := fromOpenSSL(own); got != iana {
			t.Errorf("%s is taken for %s, and is %s", own, got, iana)
		}
	}
	if n < 50 {
		t.Errorf("openssl lists %d suites: %.200q", n, out)
	}
}

// TestGroupNames: each group is found by each of its names, and by its number.
func TestGroupNames(t *testing.T) {
	for _, g := range groupNames {
		for _, n := range []string{g.iana, g.common, g.openssl, strings.TrimPrefix(g.gnutls, "GROUP-")} {
			if n != "" && groupName(n) != g.iana {
				t.Errorf("%s is taken for %s", n, groupName(n))
			}
		}
		if groupNumbered(g.number) != g.iana {
			t.Errorf("0x%04x is taken for %q", g.number, groupNumbered(g.number))
		}
	}
	if groupName("prime256v1") != "secp256r1" || groupName("whatever") != "whatever" || groupNumbered(1) != "" {
		t.Error("a name is taken for another")
	}
}

// TestDescriptions reads GnuTLS's descriptions of connections.
func TestDescriptions(t *testing.T) {
	for line, want := range map[string]Settled{
		"(TLS1.3-X.509)-(ECDHE-SECP256R1)-(ECDSA-SECP256R1-SHA256)-(AES-256-GCM)": {Version: "TLS 1.3", Suite: "TLS_AES_256_GCM_SHA384", Group: "secp256r1"},
		"(TLS1.3-PSK)-(ECDHE-X25519)-(AES-128-GCM)":                               {Version: "TLS 1.3", Suite: "TLS_AES_128_GCM_SHA256", Group: "x25519"},
		"(TLS1.3-X.509)--(AES-128-GCM)":                                           {Version: "TLS 1.3", Suite: "TLS_AES_128_GCM_SHA256"},
		"(TLS1.2-X.509)-(ECDHE-X25519)-(EdDSA-Ed25519)-(CHACHA20-POLY1305)":       {Version: "TLS 1.2", Suite: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", Group: "x25519"},
		"(TLS1.2-X.509)-(RSA)-(AES-128-CBC)-(SHA1)":                               {Version: "TLS 1.2", Suite: "TLS_RSA_WITH_AES_128_CBC_SHA"},
		"(TLS1.2-X.509)-(DHE-CUSTOM2048)-(RSA-SHA256)-(AES-256-GCM)":              {Version: "TLS 1.2", Suite: "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"},
		"(TLS1.2-PSK)-(PSK)-(AES-128-GCM)":                                        {Version: "TLS 1.2", Suite: "TLS_PSK_WITH_AES_128_GCM_SHA256"},
		"(TLS1.0-X.509)-(ECDHE-SECP256R1)-(AES-256-CBC)-(SHA1)":                   {Version: "TLS 1.0", Suite: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", Group: "secp256r1"},
		"(SSL3.0)-(x)": {}, "": {}, "()": {}, "-": {},
	} {
		var got Settled
		got.gnutlsDescription(line, "RSA")
		if got != want {
			t.Errorf("%s: %+v, want %+v", line, got, want)
		}
	}
}

// TestVersionNumbers reads numbers out of what programs say.
func TestVersionNumbers(t *testing.T) {
	for text, want := range map[string]number{
		"OpenSSL 3.0.22 25 Aug 2026": {3, 0, 22}, "curl/7.88.1-DEV": {7, 88, 1}, "3.14": {3, 14, 0}, "none": {}, "99999999999999999999.1": {9999, 1, 0}, "": {},
	} {
		if got := versionOf(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if !(number{3, 0, 2}).before(3, 0, 3) || (number{3, 1, 0}).before(3, 0, 9) || (number{3, 0, 0}).before(3, 0, 0) {
		t.Error("versions are not in order")
	}
}

// TestNames: every program that is named can play the role it is named for.
func TestNames(t *testing.T) {
	for _, r := range []Role{Client, Server} {
		for _, n := range Names(r) {
			err := (&Program{Name: n, number: number{99}, tls: library{"OpenSSL", number{99}}, groups: []string{}}).
				Can(r, Offer{Name: "a", Roots: []byte{1}, Chain: []byte{1}, Key: []byte{1}, Exposed: true})
			if err != nil {
				t.Errorf("%s as %s: %v", n, r, err)
			}
		}
	}
	if slices.Equal(Names(Client), Names(Server)) || Client.String() != "client" || Server.String() != "server" {
		t.Error("the roles are one")
	}
}
