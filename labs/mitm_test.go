package labs

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"tlstutor/labs/dissect"
)

// asks checks the answers to questions about a run; "-" is for no answer.
func asks(t *testing.T, name string, events []Event, want map[string]string) {
	t.Helper()
	for path, value := range want {
		got, _, ok := Lookup(events, path)
		if !ok {
			got = "-"
		}
		if got != value {
			t.Errorf("%s: %s is %q, want %q", name, path, got, value)
		}
	}
}

func TestMITMRefused(t *testing.T) {
	events := finish(t, MITM)
	asks(t, "verify=on", events, map[string]string{
		"near:alert(client)":      "bad_certificate",
		"alert(attacker)":         "none",
		"near:last(attacker)":     "Finished",
		"near:last(client)":       "Alert",
		"error(client)":           "tls: failed to verify certificate: x509: certificate signed by unknown authority",
		"error(attacker)":         "remote error: tls: bad certificate",
		"near:Certificate.issuer": "CN=" + attackerIssuing,
		"count(ClientHello)":      "1",
		"stolen":                  "-",
		"far:ClientHello":         "-",
		"goal(the client talks to the real server only)": "met",
		"goal(the attacker does not read the line)":      "met",
		"goal(the line reaches the server)":              "nothing was sent to it: the client left before",
	})
	for _, e := range events {
		if e.Who == Observer {
			t.Errorf("no line was sent, and yet: %s", e.Text)
		}
	}
	if end := End(events); end.Who != Client || end.After != "the attacker's Finished" || end.Field != "Certificate.certificate_list.CertificateEntry.cert_data.Certificate.tbsCertificate.issuer" {
		t.Errorf("%+v", end)
	}
}

func TestMITMTakenIn(t *testing.T) {
	for _, words := range [][]string{{"verify=off"}, {"trusts=attacker-too"}} {
		events := finish(t, MITM, append(words, "say=a line for one pair of eyes")...)
		asks(t, words[0], events, map[string]string{
			"alert(client)": "none", "error(client)": "none", "error(attacker)": "none", "error(server)": "none",
			"count(ClientHello)":      "2",
			"stolen":                  "a line for one pair of eyes",
			"near:Certificate.issuer": "CN=" + attackerIssuing,
			"far:Certificate.issuer":  "CN=Lab Issuing CA",
			"near:last(client)":       "Finished",
			"far:last(attacker)":      "Finished",
			"far:last(server)":        "Finished",
			"far:last(client)":        "none",
			"goal(the client talks to the real server only)": "it completed a handshake with the attacker, and took it for app.lab.test",
			"goal(the attacker does not read the line)":      `it read "a line for one pair of eyes"`,
			"goal(the line reaches the server)":              "met",
		})
		if end := End(events); !end.OK || end.Text != "2 connections, all completed" {
			t.Errorf("%v: %+v", words, end)
		}
		parties(t, events)
		for _, name := range []string{"near", "far"} {
			if got := overheardOn(t, events, name); !strings.Contains(got, "not your line") {
				t.Errorf("%v: %s", words, got)
			}
		}
		for _, r := range Records(eavesdrop(events)) {
			if bytes.Contains(r.Event.Tree.Bytes(), []byte("one pair of eyes")) {
				t.Errorf("%v: the line crosses in the clear on %s", words, r.Event.Conn.Name)
			}
		}
	}
}

// parties checks who writes on which connection, in events, directions and text.
func parties(t *testing.T, events []Event) {
	t.Helper()
	seen := map[string]int{}
	for _, r := range onlyWire(Records(events)) {
		e := r.Event
		seen[fmt.Sprint(e.Conn.Name, " ", e.Who, " ", e.To, " ", e.Dir())]++
		if e.Err != nil {
			t.Errorf("%s of the %s stays sealed: %v", e.Text, e.Who, e.Err)
		}
	}
	for _, want := range []string{"near client attacker", "near attacker client", "far attacker server", "far server attacker"} {
		d := dissect.ToServer
		if want == "near attacker client" || want == "far server attacker" {
			d = dissect.ToClient
		}
		if seen[want+" "+d.String()] < 4 {
			t.Errorf("%s: %v", want, seen)
		}
	}
	if len(seen) != 4 {
		t.Errorf("others write too: %v", seen)
	}
	var out bytes.Buffer
	if err := printRun(&out, MITM, setting(t, MITM), events, false); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"connection near: client 127.", "connection far: attacker 127.", "  attacker: reads the line: a line", "near   client to attacker ", "far    server to attacker "} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the text has no %q", want)
		}
	}
}
