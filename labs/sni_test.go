package labs

import (
	"context"
	"strings"
	"testing"

	"tlstutor/labs/peer"
	"tlstutor/labs/wire"
)

// TestSNI: the certificate follows the name that is sent, and the client judges it
// by the name that it means, whoever the client is.
func TestSNI(t *testing.T) {
	const shown, trusted = "the server shows the certificate of the site that is meant", "the client accepts the server's certificate"
	for line, want := range map[string]struct {
		sent, picked string // "-": no server_name; "none": no certificate
		accepted     bool
	}{
		"":                               {"b.lab.test", "b.lab.test", true},
		"name=a.lab.test":                {"a.lab.test", "a.lab.test", true},
		"name=B.LAB.TEST":                {"B.LAB.TEST", "b.lab.test", true},
		"name=127.0.0.1":                 {"-", "a.lab.test", true},
		"name=127.0.0.1 nameless=refuse": {"-", "none", false},
		"name=c.lab.test":                {"c.lab.test", "a.lab.test", false},
		"name=c.lab.test unknown=refuse": {"c.lab.test", "none", false},
		"name=c.lab.test unknown=refuse sites=three": {"c.lab.test", "c.lab.test", true},
		"sni=none":                                     {"-", "a.lab.test", false},
		"sni=none nameless=refuse":                     {"-", "none", false},
		"sni=none name=a.lab.test":                     {"-", "a.lab.test", true},
		"sni=a.lab.test":                               {"a.lab.test", "a.lab.test", false},
		"sni=c.lab.test name=a.lab.test":               {"c.lab.test", "a.lab.test", true},
		"sni=c.lab.test name=a.lab.test max=1.2":       {"c.lab.test", "a.lab.test", true},
		"name=c.lab.test unknown=refuse max=1.2":       {"c.lab.test", "none", false},
		"name=b.lab.test sni=none sites=three max=1.2": {"-", "a.lab.test", false},
	} {
		for _, client := range append([]string{"go"}, peer.Names(peer.Client)...) {
			if client != "go" && (strings.Contains(line, "sni=") || !here(t, client)) {
				continue
			}
			words := append(strings.Fields(line), "client="+client)
			events := finish(t, SNI, words...)
			name := strings.Join(words, " ")
			sent := want.sent
			if got, _, ok := Lookup(events, "ClientHello.server_name"); ok && strings.EqualFold(got, sent) {
				sent = got // curl writes names in small letters
			}
			answers := map[string]string{"ClientHello.server_name": sent, "picked": want.picked, "goal(" + trusted + ")": "met"}
			if want.picked == "none" {
				answers["alert(server)"] = "unrecognized_name"
			}
			if !want.accepted {
				delete(answers, "goal("+trusted+")")
				if v, _, _ := Lookup(events, "goal("+trusted+")"); v == "met" {
					t.Errorf("%s: %s", name, trusted)
				}
			}
			asks(t, name, events, answers)
			if want.picked != "none" {
				san, _, _ := Lookup(events, "Certificate.subjectAltName")
				if !strings.HasPrefix(san, want.picked) {
					t.Errorf("%s: it shows a certificate for %s", name, san)
				}
			}
			met, _, _ := Lookup(events, "goal("+shown+")")
			if meant := strings.EqualFold(want.picked, setting(t, SNI, words...)["name"]); (met == "met") != (meant || want.accepted) {
				t.Errorf("%s: %s: %s", name, shown, met)
			}
		}
	}
}

// TestPicked: what the server says leads to the bytes by which it was asked.
func TestPicked(t *testing.T) {
	_, at, _ := Lookup(finish(t, SNI), "picked")
	if len(at.Kids) != 1 || at.Kids[0].Name != "server_name" || wire.Bare(at.Kids[0].Value) != "b.lab.test" {
		t.Errorf("it leads to %v", at.Kids)
	}
	_, at, _ = Lookup(finish(t, SNI, "sni=none"), "picked")
	if len(at.Kids) != 0 {
		t.Errorf("nothing was sent, and it leads to %v", at.Kids)
	}
}

// TestStandIn: where a program is missing Go's client connects, and the run says so.
func TestStandIn(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, name := range peer.Names(peer.Client) {
		events, err := Start(context.Background(), SNI, setting(t, SNI, "client="+name), Options{Keys: ring}).Wait()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		asks(t, name, events, map[string]string{"goal(the handshake completes)": "met"})
		said := false
		for _, e := range events {
			said = said || e.Who == Client && e.Text == name+" is not on this machine: Go's client connects in its place"
		}
		if !said {
			t.Errorf("%s: nobody says who connects", name)
		}
	}
	if err := SNI.Refuses(setting(t, SNI, "client=curl", "sni=none")); err == nil || !strings.Contains(err.Error(), "client=go") {
		t.Errorf("curl does not check another name than it sends: %v", err)
	}
}
