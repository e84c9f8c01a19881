package labs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"tlstutor/labs/peer"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// SNI is several sites behind one port: the certificate follows the name.
var SNI = &Lab{
	Name: "sni",
	Doc: `Several sites behind one port, and a certificate for each.

The client says in the clear which one it means (server_name, RFC 6066, Section
3), and the server picks the certificate by that. What it checks the certificate
for is another matter: that is the name it means, whatever it has sent. Site a is
the first, whose certificate also holds the address 127.0.0.1.`,
	Knobs: []Knob{
		{Name: "client", Doc: "the program that connects", Choices: append([]string{"go"}, peer.Names(peer.Client)...), Needs: itself},
		{Name: "name", Doc: "whom the client means, and checks the certificate for", Choices: []string{"b.lab.test", "a.lab.test", "c.lab.test", "B.LAB.TEST", "127.0.0.1"}},
		{Name: "sni", Doc: "the name it sends: the one it means, none, or another's", Choices: []string{"same", "none", "a.lab.test", "c.lab.test"}},
		{Name: "sites", Doc: "how many sites there are: with two, nobody knows c.lab.test", Choices: []string{"two", "three"}},
		{Name: "unknown", Doc: "what the server does with a name that it does not know: show the first site's certificate, or refuse", Choices: []string{"default", "refuse"}},
		{Name: "nameless", Doc: "what it does when no name is sent", Choices: []string{"default", "refuse"}},
		{Name: "max", Doc: "the highest version of TLS", Choices: []string{"1.3", "1.2"}},
	},
	Presets: []Preset{
		{"no name", Settings{"sni": "none"}},
		{"unknown", Settings{"name": "c.lab.test"}},
		{"refused", Settings{"name": "c.lab.test", "unknown": "refuse"}},
		{"address", Settings{"name": "127.0.0.1"}},
		{"another's", Settings{"sni": "a.lab.test"}},
		{"three sites", Settings{"name": "c.lab.test", "sites": "three"}},
	},
	Goals: []Goal{
		{"the server shows the certificate of the site that is meant", showsMeant},
		{"the client accepts the server's certificate", accepts},
		{"the handshake completes", completes},
	},
	Look:    []string{"ClientHello", "picked", "Certificate"},
	Refuses: badSNI, Run: runSNI,
}

// labAddress is where all sites of the lab are.
const labAddress = "127.0.0.1"

// siteNames are the sites of a run, the first one being the default.
func siteNames(s Settings) []string {
	all := []string{"a.lab.test", "b.lab.test", "c.lab.test"}
	if s["sites"] == "two" {
		all = all[:2]
	}
	return all
}

// badSNI is why nobody could run the lab so. Programs check the name that they
// send.
func badSNI(s Settings) error {
	if s["sni"] != "same" && s["client"] != "go" {
		return fmt.Errorf("sni=%s needs client=go: %s checks the certificate for the name that it sends", s["sni"], s["client"])
	}
	return nil
}

// sent is the name that the client is to send; an address is none (RFC 6066,
// Section 3).
func sent(s Settings) string {
	name := s["sni"]
	if name == "same" {
		name = s["name"]
	}
	if name == "none" || net.ParseIP(name) != nil {
		return ""
	}
	return name
}

// A host is the server of all sites.
type host struct {
	b     *Bench
	s     Settings
	names []string
	certs []tls.Certificate
	conn  *Conn
}

// runSNI makes the sites, and has the client mean one of them.
func runSNI(_ context.Context, b *Bench, s Settings) error {
	if err := badSNI(s); err != nil {
		return &Refusal{err}
	}
	ca, err := pki.New(b.Keys(), b.Now)
	if err != nil {
		return fmt.Errorf("making a certificate authority: %w", err)
	}
	h := &host{b: b, s: s, names: siteNames(s)}
	for i, name := range h.names {
		leaf := pki.Leaf{Names: []string{name}}
		if i == 0 {
			leaf.Names = append(leaf.Names, labAddress)
		}
		cert, err := b.Issue(ca, leaf)
		if err != nil {
			return err
		}
		h.certs = append(h.certs, cert)
	}
	client, err := h.client(ca)
	if err != nil {
		return err
	}
	server := func(side *Side) error {
		h.conn = side.Conn
		config := &tls.Config{Time: b.Now, GetCertificate: h.pick, SessionTicketsDisabled: true, MaxVersion: version(s["max"])}
		return b.TLS(config, answer)(side)
	}
	_, _, err = b.Connect(Route{}, server, client)
	return err
}

// pick is how the server picks a certificate. Without one crypto/tls refuses with
// unrecognized_name.
func (h *host) pick(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	asked := "no name"
	n := 0
	refused := hello.ServerName == "" && h.s["nameless"] == "refuse"
	if hello.ServerName != "" {
		asked = wire.Clean(hello.ServerName, 80)
		// Names of hosts do not depend on case (RFC 6066, Section 3).
		n = slices.IndexFunc(h.names, func(name string) bool { return strings.EqualFold(name, hello.ServerName) })
		if n < 0 {
			n, refused = 0, h.s["unknown"] == "refuse"
			asked += ", which it does not know"
		}
	}
	note, text := wire.Note("picked", h.names[n]), fmt.Sprintf("is asked for %s: shows the certificate of %s", asked, h.names[n])
	if refused {
		note, text = wire.Note("picked", "none"), fmt.Sprintf("is asked for %s: has no certificate for that", asked)
	}
	events, _ := h.b.run.Since(0)
	if _, at := findFrom(Records(events), h.conn, Client, "ClientHello.server_name"); at != nil {
		note.Kids = append(note.Kids, at)
	}
	h.b.Emit(Event{Kind: Said, Who: Server, Text: text, Tree: note})
	if refused {
		return nil, nil
	}
	return &h.certs[n], nil
}

// client is the one who means a site.
func (h *host) client(ca *pki.CA) (Peer, error) {
	if h.s["client"] != "go" {
		o := peer.Offer{Name: h.s["name"], Max: h.s["max"]}
		if err := give(&o, tls.Certificate{}, ca); err != nil {
			return nil, err
		}
		return h.b.program(h.s["client"], o, func() Peer { return h.goes(ca) })
	}
	return h.goes(ca), nil
}

// goes is Go's client. Where it sends another name than it means, it does as
// programs do that connect by one name and trust by another: crypto/tls checks
// nothing, and it asks crypto/x509 itself.
func (h *host) goes(ca *pki.CA) Peer {
	config := &tls.Config{Time: h.b.Now, ServerName: h.s["name"], RootCAs: h.b.pool(ca.Root()), MaxVersion: version(h.s["max"])}
	if h.s["sni"] != "same" {
		config.ServerName, config.InsecureSkipVerify = sent(h.s), true
		h.b.means(config.RootCAs, h.s["name"])
		config.VerifyConnection = func(c tls.ConnectionState) error {
			return trusts(c, x509.VerifyOptions{Roots: ca.Roots(), DNSName: h.s["name"], CurrentTime: h.b.Now()})
		}
	}
	return h.b.TLS(config, ask)
}

// trusts verifies the chain of a connection as crypto/tls would.
func trusts(c tls.ConnectionState, o x509.VerifyOptions) error {
	o.Intermediates = x509.NewCertPool()
	for _, above := range c.PeerCertificates[1:] {
		o.Intermediates.AddCert(above)
	}
	if _, err := c.PeerCertificates[0].Verify(o); err != nil {
		return &tls.CertificateVerificationError{UnverifiedCertificates: c.PeerCertificates, Err: err}
	}
	return nil
}

// showsMeant is a goal: the certificate that the server showed holds the name that
// the client means.
func showsMeant(s Settings, events []Event) error {
	shown, _, ok := Lookup(events, "picked")
	switch {
	case !ok:
		return errors.New("it was asked for nothing")
	case shown == "none":
		return errors.New("it has none for the name that it was sent, and refuses")
	case s["name"] == labAddress && shown == siteNames(s)[0] || strings.EqualFold(shown, s["name"]):
		return nil
	}
	return fmt.Errorf("it showed that of %s", shown)
}
