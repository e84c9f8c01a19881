package labs

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"strings"

	"tlstutor/labs/peer"
	"tlstutor/labs/pki"
)

// This file makes the two sides of the handshake lab, Go's own or another
// program's: offer.go spells the settings for the latter.

// handshakeServer is the peer that serves; its certificate is made now. With a
// program it listens when this returns.
func (b *Bench) handshakeServer(ca *pki.CA, s Settings, p *peer.Program) (Peer, error) {
	leaf := pki.Leaf{Names: []string{labName}, Key: s["key"]}
	switch s["fault"] {
	case "wrong-name":
		leaf.Names = []string{"other.lab.test"}
	// Over since yesterday; the clocks of both sides are right.
	case "expired":
		leaf.NotBefore, leaf.NotAfter = b.Now().AddDate(0, 0, -48), b.Now().AddDate(0, 0, -1)
	}
	if s["key"] == "rsa2048" && strings.HasPrefix(s["suite"], "kRSA-") { // what that does with a key (RFC 5280, Section 4.2.1.3)
		leaf.Usage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
	}
	issued, err := b.Issue(ca, leaf)
	if err != nil {
		return nil, err
	}
	if p != nil {
		offer := serverOffer(s)
		offer.Exposed = b.run.exposed
		if err := give(&offer, issued, ca); err != nil {
			return nil, err
		}
		return b.server(p, offer)
	}
	// Each run's own roots judge clients: whoever shows a certificate shows one of
	// this authority's.
	config := &tls.Config{
		Time: b.Now, Certificates: []tls.Certificate{issued},
		CurvePreferences: chosen(groups, s["group"]), CipherSuites: chosen(suites, s["suite"]),
		SessionTicketsDisabled: s["ticket"] != "on" && s["resume"] == "off",
		ClientCAs:              b.pool(ca.Root()),
		NextProtos:             protocols(s["alpn"], true),
	}
	config.MinVersion, config.MaxVersion = numbers(serverVersions(s))
	switch s["auth"] {
	case "request":
		config.ClientAuth = tls.VerifyClientCertIfGiven
	case "require":
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	if s["resume"] != "off" { // each connection has a copy of the configuration, but all have one key
		var key [32]byte
		rand.Read(key[:]) // which never fails
		config.SetSessionTicketKeys([][32]byte{key})
	}
	return b.TLS(config, answer), nil
}

// handshakeClient returns what makes the peer that connects, for each connection
// of the run, in order.
func (b *Bench) handshakeClient(ca *pki.CA, s Settings, p *peer.Program) (func(i int) (Peer, error), error) {
	trust := ca
	if s["fault"] == "unknown-ca" { // the chain is sound, but the client trusts somebody else
		var err error
		if trust, err = pki.New(b.Keys(), b.Now); err != nil {
			return nil, fmt.Errorf("making a second certificate authority: %w", err)
		}
	}
	var own tls.Certificate
	if s["client-cert"] == "good" {
		var err error
		if own, err = b.Issue(ca, pki.Leaf{CommonName: "alice", Names: []string{"alice.lab.test"}, Client: true}); err != nil {
			return nil, err
		}
	}
	// From here on Go's own client and another program's have nothing in common.
	if p != nil {
		offer := clientOffer(s)
		if err := give(&offer, own, trust); err != nil {
			return nil, err
		}
		return b.comesBack(p, offer, s["resume"] == "early"), nil
	}
	config := goClient(s)
	config.Time, config.RootCAs = b.Now, b.pool(trust.Root())
	if own.Certificate != nil {
		config.Certificates = []tls.Certificate{own}
	}
	// In front of a program the client has to leave first: s_server waits for that.
	said := ask
	if s["server"] != "go" {
		said = askAndLeave
	}
	return func(int) (Peer, error) { return b.TLS(config, said), nil }, nil
}

// goClient is the configuration of Go's client, but for the certificates.
func goClient(s Settings) *tls.Config {
	config := &tls.Config{ServerName: s["name"], NextProtos: protocols(s["alpn"], false)}
	config.MinVersion, config.MaxVersion = numbers(clientVersions(s))
	if weak(s["suite"]) { // Go offers none of these by itself
		config.CipherSuites = chosen(suites, s["suite"])
		for _, usual := range tls.CipherSuites() {
			config.CipherSuites = append(config.CipherSuites, usual.ID)
		}
	}
	// Without a cache Go's client neither offers tickets nor keeps one.
	if s["ticket"] == "on" || s["resume"] != "off" {
		config.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	}
	// By itself it would refuse (RFC 5246, Section 7.2.2, no_renegotiation).
	if s["renegotiate"] == "server" {
		config.Renegotiation = tls.RenegotiateFreelyAsClient
	}
	return config
}

// numbers are those of two versions.
func numbers(lowest, highest string) (uint16, uint16) { return version(lowest), version(highest) }

// protocols is what a side offers, or takes, by ALPN.
func protocols(alpn string, server bool) []string {
	switch {
	case alpn == "none":
		return nil
	// With nothing in common the server has to refuse (RFC 7301, Section 3.2).
	case alpn == "mismatch" && server:
		return []string{"http/1.1"}
	case alpn == "mismatch":
		return []string{"h2"}
	}
	return []string{alpn}
}
