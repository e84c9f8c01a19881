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

// SNI is several sites behind one port: the certificate follows the name, and the
// protocol what both sides speak.
var SNI = &Lab{
	Name: "sni",
	Doc: `Several sites behind one port, and a certificate for each.

The client says in the clear which one it means (server_name, RFC 6066, Section
3), and the server picks the certificate by that. What it checks the certificate
for is another matter: that is the name it means, whatever it has sent. Site a is
the first, whose certificate also holds the address 127.0.0.1. Behind the handshake
stands a web server that speaks HTTP/1.1 and HTTP/2, by ALPN (RFC 7301). With
Encrypted Client Hello (RFC 9849) the name itself is sealed.`,
	Knobs: []Knob{
		{Name: "client", Doc: "the program that connects", Choices: append([]string{"go"}, peer.Names(peer.Client)...), Needs: itself},
		{Name: "name", Doc: "whom the client means, and checks the certificate for", Choices: []string{"b.lab.test", "a.lab.test", "c.lab.test", "B.LAB.TEST", "127.0.0.1"}},
		{Name: "sni", Doc: "the name it sends: the one it means, none, or another's", Choices: []string{"same", "none", "a.lab.test", "c.lab.test"}},
		{Name: "sites", Doc: "how many sites there are: with two, nobody knows c.lab.test", Choices: []string{"two", "three"}},
		{Name: "unknown", Doc: "what the server does with a name that it does not know: show the first site's certificate, or refuse", Choices: []string{"default", "refuse"}},
		{Name: "nameless", Doc: "what it does when no name is sent", Choices: []string{"default", "refuse"}},
		{Name: "max", Doc: "the highest version of TLS", Choices: []string{"1.3", "1.2"}},
		{Name: "alpn", Doc: "the application protocols that the client offers; both: h2, then http/1.1", Choices: []string{"http/1.1", "h2", "both", "none", "imap"}},
		{Name: "server-alpn", Doc: "those that the server takes", Choices: []string{"both", "http/1.1", "h2", "none"}},
		{Name: "mismatch", Doc: "what the server does when they have none in common: refuse, or go on as without ALPN", Choices: []string{"refuse", "ignore"}},
		{Name: "host", Doc: "the site that the request asks for: the one that is meant, or another", Choices: []string{"same", "a.lab.test", "c.lab.test"}},
		{Name: "ech", Doc: "whether the client hides the name (Encrypted Client Hello), and then with the server's key of today or with an old one", Choices: []string{"off", "on", "stale"}},
	},
	Presets: []Preset{
		{"no name", Settings{"sni": "none"}},
		{"unknown", Settings{"name": "c.lab.test"}},
		{"refused", Settings{"name": "c.lab.test", "unknown": "refuse"}},
		{"another's", Settings{"sni": "a.lab.test"}},
		{"HTTP/2", Settings{"alpn": "both"}},
		{"421", Settings{"alpn": "both", "host": "a.lab.test"}},
		{"mailbox", Settings{"alpn": "imap"}},
		{"hidden", Settings{"ech": "on"}},
		{"old key", Settings{"ech": "stale"}},
	},
	Goals: []Goal{
		{"the server shows the certificate of the site that is meant", showsMeant},
		{"the client accepts the server's certificate", accepts},
		{"the handshake completes", completes},
		{"the request is answered by the site that it is for", answered},
		{"the name that is meant does not cross in the clear", stayedHidden},
	},
	Look:    []string{"picked", "ClientHello", "Certificate", "reply"},
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
	if hides(s) {
		all = append(all, publicSite)
	}
	return all
}

// badSNI is why nobody could run the lab so. Programs check the name that they
// send.
func badSNI(s Settings) error {
	if err := badHiding(s); err != nil {
		return err
	}
	if s["sni"] != "same" && s["client"] != "go" {
		return fmt.Errorf("sni=%s needs client=go: %s checks the certificate for the name that it sends", s["sni"], s["client"])
	}
	return badWeb(s)
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

	conn  *Conn  // the one that is being served
	shown string // the site whose certificate was shown on it

	hidden *pki.HelloKey // what opens hidden names, or nil
	known  []byte        // the ECHConfigList that the client has
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
	if err := h.publish(); err != nil {
		return err
	}
	if err := h.connect(ca); err != nil {
		return err
	}
	h.listened()
	return nil
}

// connect makes the connection, and a second one where the first brought a new
// configuration for hidden names.
func (h *host) connect(ca *pki.CA) error {
	if !hides(h.s) {
		client, err := h.client(ca)
		if err != nil {
			return err
		}
		_, _, err = h.b.Connect(Route{}, h.serve, client)
		return err
	}
	var retry []byte
	way := Route{}
	if h.s["ech"] == "stale" {
		way.Name = staleWay
	}
	first, _, err := h.b.Connect(way, h.serve, h.secretly(ca, h.known, &retry))
	if err != nil || retry == nil {
		return err
	}
	way.Name, way.Again = retryWay, first
	_, _, err = h.b.Connect(way, h.serve, h.secretly(ca, retry, &retry))
	return err
}

// serve is the server on one connection.
func (h *host) serve(side *Side) error {
	h.conn, h.shown = side.Conn, ""
	config := &tls.Config{Time: h.b.Now, GetCertificate: h.pick, SessionTicketsDisabled: true, MaxVersion: version(h.s["max"]), NextProtos: offered(h.s["server-alpn"])}
	if h.hidden != nil {
		config.EncryptedClientHelloKeys = []tls.EncryptedClientHelloKey{h.hidden.EncryptedClientHelloKey}
	}
	own := config.Clone()
	own.KeyLogWriter = side.Log
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		return h.configure(own, hello), nil
	}
	return polite(h.b.TLS(config, h.serveWeb))(side)
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
	if at := h.at("server_name", hello.ServerName); at != nil {
		note.Kids = append(note.Kids, at)
	}
	h.b.Emit(Event{Kind: Said, Who: Server, Text: text, Tree: note})
	if refused {
		return nil, nil
	}
	h.shown = h.names[n]
	return &h.certs[n], nil
}

// at is where an extension of the client's hello stands, or of the one hidden inside
// it, if it has that value.
func (h *host) at(name, value string) *wire.Field {
	events, _ := h.b.run.Since(0)
	for _, hello := range []string{"ClientHelloInner.", "ClientHello."} {
		if _, at := findFrom(Records(events), h.conn, Client, hello+name); at != nil && (value == "" || wire.Bare(at.Value) == value) {
			return at
		}
	}
	return nil
}

// client is the one who means a site.
func (h *host) client(ca *pki.CA) (Peer, error) {
	if h.s["client"] != "go" {
		o := peer.Offer{Name: h.s["name"], Max: h.s["max"], ALPN: offered(h.s["alpn"])}
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
	config := &tls.Config{Time: h.b.Now, ServerName: h.s["name"], RootCAs: h.b.pool(ca.Root()), MaxVersion: version(h.s["max"]), NextProtos: offered(h.s["alpn"])}
	if h.s["sni"] != "same" {
		config.ServerName, config.InsecureSkipVerify = sent(h.s), true
		h.b.means(config.RootCAs, h.s["name"])
		config.VerifyConnection = func(c tls.ConnectionState) error {
			return trusts(c, x509.VerifyOptions{Roots: ca.Roots(), DNSName: h.s["name"], CurrentTime: h.b.Now()})
		}
	}
	return polite(h.b.TLS(config, h.request))
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
	shown := lastFound(events, "picked")
	switch {
	case shown == "":
		return errors.New("it was asked for nothing")
	case shown == "none":
		return errors.New("it has none for the name that it was sent, and refuses")
	case s["name"] == labAddress && shown == siteNames(s)[0] || strings.EqualFold(shown, s["name"]):
		return nil
	}
	return fmt.Errorf("it showed that of %s", shown)
}

// answered is a goal: the site that the client means has answered its request.
func answered(_ Settings, events []Event) error {
	switch status := lastFound(events, replyNote); {
	case status == "":
		return errors.New("there was no request")
	case !strings.HasPrefix(status, "200"):
		return errors.New("the answer is " + status)
	}
	return nil
}

// stayedHidden is a goal: nobody on the way could read the name.
func stayedHidden(_ Settings, events []Event) error {
	switch n := lastFound(events, clearNote); n {
	case "0":
		return nil
	case "1":
		return errors.New("it did, once")
	default:
		return fmt.Errorf("it did, %s times", n)
	}
}

// lastFound is the value of the last finding of that name, or "".
func lastFound(events []Event, name string) string {
	for i := len(events) - 1; i >= 0; i-- {
		if f := events[i].Tree; f != nil && f.Src == nil && f.Name == name {
			return f.Value
		}
	}
	return ""
}
