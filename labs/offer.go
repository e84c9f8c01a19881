package labs

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
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
	for _, who := range []string{"client", "server"} {
		for _, t := range tricks {
			if value := s[t.knob]; s[who] == "go" && (value == who || value == t.both) {
				return fmt.Errorf("%s=%s needs %s=openssl: Go cannot %s", t.knob, value, who, t.what)
			}
		}
	}
	return nil
}

// tricks are what Go cannot do: the knob that asks one side for it, its value that
// asks both, and what it is.
var tricks = []struct{ knob, both, what string }{
	{"keyupdate", "both", "start a KeyUpdate"},
	{"renegotiate", "", "start a renegotiation"},
	{"resume", "early", "send or take early data over TCP"},
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
