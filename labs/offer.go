package labs

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tlstutor/labs/peer"
	"tlstutor/labs/pki"
)

// This file spells the settings of the handshake lab for programs of others;
// handshake.go does so for Go.

// asked stands for a file that an offer will have, as long as it is only asked
// whether a program can do what the offer wants.
var asked = []byte{}

// clientOffer is what the client is to do, but for the certificates.
func clientOffer(s Settings) peer.Offer {
	o := peer.Offer{
		Name: s["name"], Roots: asked,
		ALPN: protocols(s["alpn"], false), NoALPN: s["client"] == "curl" && s["alpn"] == "none",
		KeepSession: s["resume"] != "off", Renegotiate: s["renegotiate"] == "client",
	}
	o.Min, o.Max = clientVersions(s)
	if weak(s["suite"]) {
		o.Suites = []string{tls.CipherSuiteName(chosen(suites, s["suite"])[0])}
	}
	// curl cannot be told, and does nothing with a ticket that it would keep.
	if s["ticket"] == "off" && s["resume"] == "off" && s["client"] != "curl" {
		o.Tickets = peer.Off
	}
	// update_requested: the other side has to answer with one of its own (RFC 9846,
	// Section 4.7.3).
	if s["keyupdate"] == "client" || s["keyupdate"] == "both" {
		o.Update = peer.BothWays
	}
	if s["client-cert"] == "good" {
		o.Chain, o.Key = asked, asked
	}
	return o
}

// serverOffer is what the server is to do, but for the certificates.
func serverOffer(s Settings) peer.Offer {
	o := peer.Offer{
		Roots: asked, Chain: asked, Key: asked,
		ALPN: protocols(s["alpn"], true), Connections: len(connections(s)),
		EarlyData: s["resume"] == "early", Renegotiate: s["renegotiate"] == "server",
		Renegotiable: s["renegotiate"] == "client" && s["server"] == "openssl",
	}
	o.Min, o.Max = serverVersions(s)
	// Of the default nothing is chosen, and the program's own list stays.
	for _, suite := range chosen(suites, s["suite"]) {
		o.Suites = []string{tls.CipherSuiteName(suite)}
	}
	if s["group"] != "default" {
		o.Groups = []string{s["group"]}
	}
	if s["ticket"] == "off" && s["resume"] == "off" {
		o.Tickets = peer.Off
	}
	if s["keyupdate"] == "server" || s["keyupdate"] == "both" {
		o.Update = peer.BothWays
	}
	switch s["auth"] {
	case "request":
		o.Check = peer.Request
	case "require":
		o.Check = peer.Require
	}
	return o
}

// give fills in the files of an offer: its own certificate, if there is one, and
// whom it is to trust.
func give(o *peer.Offer, own tls.Certificate, trust *pki.CA) error {
	o.Roots = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: trust.Root().Raw})
	o.Chain, o.Key = nil, nil
	if own.Certificate == nil {
		return nil
	}
	for _, der := range own.Certificate {
		o.Chain = append(o.Chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	key, err := x509.MarshalPKCS8PrivateKey(own.PrivateKey)
	if err != nil {
		return fmt.Errorf("writing a key for another program: %w", err)
	}
	o.Key = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
	return nil
}

// impossible returns why nobody could run the lab with these settings, or nil.
func impossible(s Settings) error {
	// What is asked for decides, not what the two would agree on: that is known only
	// when something has crossed.
	new := s["max"] == "1.3" && s["server-max"] == "1.3"
	switch {
	case s["keyupdate"] != "off" && !new:
		return errors.New("there is no KeyUpdate below TLS 1.3: turn max and server-max back to 1.3")
	case s["resume"] == "early" && !new:
		return errors.New("there is no early data below TLS 1.3: turn max and server-max back to 1.3")
	case s["renegotiate"] == "client" && s["max"] == "1.3":
		return errors.New("there is no renegotiation in TLS 1.3: set max=1.2")
	case s["renegotiate"] == "server" && s["server-max"] == "1.3":
		return errors.New("there is no renegotiation in TLS 1.3: set server-max=1.2")
	}
	for _, t := range tricks {
		if err := t.lacking(s); err != nil {
			return err
		}
	}
	return backwards(s)
}

// backwards returns why a program has no version left to speak, or nil. Go says so
// itself, when it is run.
func backwards(s Settings) error {
	type ends struct{ who, low, high, lowest, highest string }
	lowest, highest := clientVersions(s)
	server, most := serverVersions(s)
	for _, e := range []ends{{"client", "min", "max", lowest, highest}, {"server", "server-min", "server-max", server, most}} {
		if s[e.who] != "go" && e.lowest > e.highest {
			return fmt.Errorf("%s=%s leaves %s no version of TLS, as %s=%s is above it: set %s=%s too", e.high, e.highest, s[e.who], e.low, e.lowest, e.low, e.highest)
		}
	}
	return nil
}

// A trick is something that Go cannot do: the knob that asks for it, which value
// asks both sides, what each side then does, and which programs can.
type trick struct {
	knob, both     string
	client, server string // the verb
	what           string
	can            map[string][]string // by side
}

// tricks are all of them.
var tricks = []trick{
	{"keyupdate", "both", "start", "start", "a KeyUpdate", map[string][]string{"client": {"openssl", "gnutls-cli"}, "server": {"openssl"}}},
	{"renegotiate", "", "start", "start", "a renegotiation", map[string][]string{"client": {"openssl", "gnutls-cli"}, "server": {"openssl"}}},
	{"resume", "early", "send", "take", "early data over TCP", map[string][]string{"client": {"openssl"}, "server": {"openssl"}}},
}

// lacking returns which sides would have to be openssl, all at once, and what those
// that are there cannot do; nil if the trick is not asked for, or can be done.
func (t *trick) lacking(s Settings) error {
	var needs, names, verbs []string
	value := s[t.knob]
	for _, side := range []struct{ who, verb string }{{"client", t.client}, {"server", t.server}} {
		if value != side.who && (t.both == "" || value != t.both) || slices.Contains(t.can[side.who], s[side.who]) {
			continue
		}
		name := s[side.who]
		if name == "go" {
			name = "Go"
		}
		needs, names, verbs = append(needs, side.who+"=openssl"), append(names, name), append(verbs, side.verb)
	}
	if needs == nil {
		return nil
	}
	why := fmt.Sprintf("%s cannot %s %s", names[0], strings.Join(slices.Compact(slices.Clone(verbs)), " or "), t.what)
	if len(names) == 2 && names[0] != names[1] {
		why = fmt.Sprintf("%s cannot %s %s, and %s cannot %s it", names[0], verbs[0], t.what, names[1], verbs[1])
	}
	return fmt.Errorf("%s=%s needs %s: %s", t.knob, value, strings.Join(needs, " and "), why)
}

// blame says which of the knobs that were turned to turn back, where something is
// impossible with the settings as they are.
func (l *Lab) blame(s Settings, can func(Settings) error) error {
	err := can(s)
	if err == nil {
		return nil
	}
	var back []string
	for i := range l.Knobs {
		k := &l.Knobs[i]
		if s[k.Name] == k.Start() {
			continue
		}
		// One knob at a time: who turned two has to turn back one of them first.
		other := maps.Clone(s)
		other[k.Name] = k.Start()
		if can(other) == nil {
			back = append(back, k.Name+"="+Word(k.Start()))
		}
	}
	if len(back) == 0 {
		return err
	}
	return fmt.Errorf("%w; try it with %s", err, strings.Join(back, " or "))
}
