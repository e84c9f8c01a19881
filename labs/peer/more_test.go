package peer

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"tlstutor/labs/pki"
)

// stapled is a root that signs a leaf and an OCSP response about it, which pki's
// own authorities do not do.
func stapled(t *testing.T, w *world, status int) (cert tls.Certificate, chain, key, roots []byte) {
	t.Helper()
	signer, err := w.keys.Key("p256")
	if err != nil {
		t.Fatal(err)
	}
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Stapling Root"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: []string{name}, KeyUsage: x509.KeyUsageDigitalSignature,
		NotBefore: root.NotBefore, NotAfter: root.NotAfter, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	rootDER, err := x509.CreateCertificate(nil, root, root, signer.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	if root, err = x509.ParseCertificate(rootDER); err != nil {
		t.Fatal(err)
	}
	own, err := w.keys.Key("p256")
	if err != nil {
		t.Fatal(err)
	}
	leafDER, err := x509.CreateCertificate(nil, leaf, root, own.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	response, err := ocsp.CreateResponse(root, root, ocsp.Response{
		Status: status, SerialNumber: leaf.SerialNumber, ThisUpdate: root.NotBefore, NextUpdate: root.NotAfter, RevokedAt: root.NotBefore,
	}, signer)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	cert = tls.Certificate{Certificate: [][]byte{leafDER, rootDER}, PrivateKey: own, OCSPStaple: response}
	return cert, pemOf("CERTIFICATE", leafDER, rootDER), pemOf("PRIVATE KEY", pkcs8), pemOf("CERTIFICATE", rootDER)
}

// TestStatus: clients are shown a stapled response, good or not, and each says what
// it makes of it.
func TestStatus(t *testing.T) {
	w := newWorld(t)
	for status, wants := range map[int]map[string]struct {
		ok   bool
		says string
	}{
		ocsp.Good:    {"openssl": {true, "OCSP Response Status: successful"}, "curl": {true, "SSL certificate status: good"}, "gnutls-cli": {true, "The certificate is trusted"}},
		ocsp.Revoked: {"openssl": {true, "Cert Status: revoked"}, "curl": {false, "SSL certificate revocation reason"}, "gnutls-cli": {false, "The certificate chain is revoked"}},
	} {
		for client, want := range wants {
			p, ok := found(t, client)
			if !ok {
				continue
			}
			cert, _, _, roots := stapled(t, w, status)
			addr, served, _, _ := goServer(t, &tls.Config{Certificates: []tls.Certificate{cert}})
			run, err := p.Client(t.Context(), Offer{Name: name, Roots: roots, Status: true}, addr, Terms{})
			if err != nil {
				t.Fatal(err)
			}
			v := ended(t, run)
			<-served
			if v.OK != want.ok || !said(v.Output).has(want.says) {
				t.Errorf("%s, status %d: OK %v; it does not say %q", client, status, v.OK, want.says)
			}
		}
	}
}

// TestStaple: servers staple what they were given, byte for byte.
func TestStaple(t *testing.T) {
	w := newWorld(t)
	cert, chain, key, roots := stapled(t, w, ocsp.Good)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(roots)
	for _, server := range []string{"openssl", "gnutls-serv"} {
		p, ok := found(t, server)
		if !ok {
			continue
		}
		run, err := p.Server(t.Context(), Offer{Chain: chain, Key: key, Staple: cert.OCSPStaple, Exposed: true}, Terms{})
		if err != nil {
			t.Fatal(err)
		}
		state, _, err := goClient(run.Addr, &tls.Config{ServerName: name, RootCAs: pool})
		run.Over()
		if v := ended(t, run); err != nil || !v.OK || !bytes.Equal(state.OCSPResponse, cert.OCSPStaple) {
			t.Errorf("%s: %v, OK %v", server, err, v.OK)
		}
	}
}

// TestConnections: a server serves as many as it was told, and Go's client goes on
// with its session.
func TestConnections(t *testing.T) {
	w := newWorld(t)
	_, chain, key := w.issue(t, pki.Leaf{Names: []string{name}})
	for _, server := range Names(Server) {
		p, ok := found(t, server)
		if !ok {
			continue
		}
		for _, version := range []string{"1.2", "1.3"} {
			for _, tickets := range []Switch{Own, Off} {
				run, err := p.Server(t.Context(), Offer{Max: version, Chain: chain, Key: key, Connections: 2, Tickets: tickets, Exposed: true}, Terms{})
				if err != nil {
					t.Fatal(err)
				}
				config := &tls.Config{ServerName: name, RootCAs: w.ca.Roots(), ClientSessionCache: tls.NewLRUClientSessionCache(1)}
				_, _, err1 := goClient(run.Addr, config)
				state, _, err2 := goClient(run.Addr, config)
				run.Over()
				v := ended(t, run)
				if err1 != nil || err2 != nil || !v.OK {
					t.Errorf("%s %s: %v, %v, OK %v", server, version, err1, err2, v.OK)
				} else if state.DidResume != (tickets == Own) {
					t.Errorf("%s %s, tickets %v: resumed %v", server, version, tickets, state.DidResume)
				}
			}
		}
	}
}

// TestHTTP2: where h2 was agreed on, both sides begin it.
func TestHTTP2(t *testing.T) {
	w := newWorld(t)
	cert, chain, key := w.issue(t, pki.Leaf{Names: []string{name}})
	for _, client := range []string{"openssl", "python3", "gnutls-cli"} {
		p, ok := found(t, client)
		if !ok {
			continue
		}
		addr, served, _, got := goServer(t, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2"}})
		run, err := p.Client(t.Context(), Offer{Name: name, Roots: w.roots, ALPN: []string{"h2"}}, addr, Terms{})
		if err != nil {
			t.Fatal(err)
		}
		v := ended(t, run)
		if err := <-served; err != nil || !v.OK || v.Settled.ALPN != "h2" || got.String() != http2Hello {
			t.Errorf("%s: %v, OK %v, %+v, it asks %q", client, err, v.OK, v.Settled, got)
		}
	}
	for _, server := range []string{"openssl", "python3"} {
		p, ok := found(t, server)
		if !ok {
			continue
		}
		run, err := p.Server(t.Context(), Offer{Chain: chain, Key: key, ALPN: []string{"h2"}}, Terms{})
		if err != nil {
			t.Fatal(err)
		}
		_, got, err := goClient(run.Addr, &tls.Config{ServerName: name, RootCAs: w.ca.Roots(), NextProtos: []string{"h2"}})
		if v := ended(t, run); err != nil || !v.OK || v.Settled.ALPN != "h2" || got != http2Settings {
			t.Errorf("%s: %v, OK %v, %+v, it answers %q", server, err, v.OK, v.Settled, got)
		}
	}
}

// TestALPNMismatch: with nothing in common the server refuses, and both say so, or
// it goes on without (RFC 7301, Section 3.2).
func TestALPNMismatch(t *testing.T) {
	w := newWorld(t)
	cert, _, _ := w.issue(t, pki.Leaf{Names: []string{name}})
	for _, client := range Names(Client) {
		p, ok := found(t, client)
		if !ok {
			continue
		}
		addr, served, _, _ := goServer(t, &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"x"}})
		run, err := p.Client(t.Context(), Offer{Name: name, Roots: w.roots, ALPN: []string{"http/1.1"}}, addr, Terms{})
		if err != nil {
			t.Fatal(err)
		}
		v := ended(t, run)
		words := strings.ToLower(strings.Join(v.Lines, "\n"))
		if err := <-served; err == nil || v.OK || !strings.Contains(strings.ReplaceAll(words, "_", " "), "application protocol") {
			t.Errorf("%s: %v, OK %v, %q", client, err, v.OK, v.Lines)
		}
	}
}

// TestAt: openssl checks certificates at the time that it is told.
func TestAt(t *testing.T) {
	p, client, server, ok := openssls(t)
	if !ok {
		return
	}
	for day, want := range map[int]bool{0: true, 60: false} {
		client.At = time.Now().AddDate(0, 0, day)
		if c, _ := met(t, p, p, client, server); c.OK != want || !want && !slices.ContainsFunc(c.Lines, func(s string) bool { return strings.Contains(s, "expired") }) {
			t.Errorf("in %d days: OK %v, %q", day, c.OK, c.Lines)
		}
	}
}
