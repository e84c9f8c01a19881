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

// TestALPN: the server takes the first of its own protocols that the client has,
// and net/http answers in that; without one in common it refuses, or goes on.
func TestALPN(t *testing.T) {
	for line, want := range map[string]struct{ picked, protocol, reply, alert string }{
		"":                               {"http/1.1", "HTTP/1.1", "200 OK", "none"},
		"alpn=both":                      {"h2", "HTTP/2.0", "200 OK", "none"},
		"alpn=h2":                        {"h2", "HTTP/2.0", "200 OK", "none"},
		"alpn=both max=1.2":              {"h2", "HTTP/2.0", "200 OK", "none"},
		"alpn=both server-alpn=http/1.1": {"http/1.1", "HTTP/1.1", "200 OK", "none"},
		"alpn=none":                      {"none", "HTTP/1.1", "200 OK", "none"},
		"alpn=both server-alpn=none":     {"none", "HTTP/1.1", "200 OK", "none"},
		"alpn=http/1.1 server-alpn=h2":   {"none", "HTTP/1.1", "200 OK", "none"},
		"alpn=h2 server-alpn=http/1.1":   {"none", "-", "-", "no_application_protocol"},
		"alpn=imap":                      {"none", "-", "-", "no_application_protocol"},
		"alpn=imap max=1.2":              {"none", "-", "-", "no_application_protocol"},
		"alpn=imap mismatch=ignore":      {"none", "no IMAP", "HTTP/1.1 400 Bad Request", "none"},
		"alpn=imap server-alpn=none":     {"none", "no IMAP", "HTTP/1.1 400 Bad Request", "none"},
		"alpn=h2 server-alpn=http/1.1 mismatch=ignore": {"none", "HTTP/1.1", "200 OK", "none"},
		"host=a.lab.test":                 {"http/1.1", "HTTP/1.1", "421 Misdirected Request", "none"},
		"alpn=both host=a.lab.test":       {"h2", "HTTP/2.0", "421 Misdirected Request", "none"},
		"name=B.LAB.TEST alpn=both":       {"h2", "HTTP/2.0", "200 OK", "none"},
		"name=127.0.0.1":                  {"http/1.1", "HTTP/1.1", "200 OK", "none"},
		"name=127.0.0.1 host=a.lab.test":  {"http/1.1", "HTTP/1.1", "200 OK", "none"},
		"name=a.lab.test sni=none":        {"http/1.1", "HTTP/1.1", "200 OK", "none"},
		"name=a.lab.test host=c.lab.test": {"http/1.1", "HTTP/1.1", "421 Misdirected Request", "none"},
		"client=curl alpn=both":           {"h2", "HTTP/2.0", "200 OK", "none"},
		"client=curl alpn=both max=1.2":   {"h2", "HTTP/2.0", "200 OK", "none"},
		"client=openssl server-alpn=h2":   {"none", "HTTP/1.1", "200 OK", "none"},
		"client=python3 alpn=none":        {"none", "HTTP/1.1", "200 OK", "none"},
	} {
		words := strings.Fields(line)
		if name := setting(t, SNI, words...)["client"]; name != "go" && !here(t, name) {
			continue
		}
		events := finish(t, SNI, words...)
		answers := map[string]string{"alpn": want.picked, "reply": want.reply, "reply.protocol": want.protocol, "alert(server)": want.alert}
		// What is picked stands in the server's answer, and in no other place.
		const answer = "application_layer_protocol_negotiation"
		_, at, ok := Lookup(events, "EncryptedExtensions."+answer)
		if strings.Contains(line, "1.2") {
			_, at, ok = Lookup(events, "ServerHello."+answer)
		}
		switch {
		case want.picked == "none" && ok:
			t.Errorf("%s: none is picked, and the server says %s", line, at.Value)
		case want.picked != "none" && (!ok || wire.Bare(at.Value) != want.picked):
			t.Errorf("%s: the server's answer is %v", line, at)
		}
		asks(t, line, events, answers)
		met, _, _ := Lookup(events, "goal(the request is answered by the site that it is for)")
		if (met == "met") != (want.reply == "200 OK") {
			t.Errorf("%s: answered: %s", line, met)
		}
	}
}

// TestHidden: with Encrypted Client Hello the name is nowhere on the wire, in its
// place stands the public one, and the lab opens what was hidden.
func TestHidden(t *testing.T) {
	for line, want := range map[string]map[string]string{
		"":                         {"in_the_clear": "1", "ech": "-", "ClientHello.server_name": "b.lab.test"},
		"max=1.2":                  {"in_the_clear": "2", "ech": "-"}, // in the certificate, too
		"sni=none name=a.lab.test": {"in_the_clear": "0", "ech": "-"},
		"ech=on": {
			"in_the_clear": "0", "in_the_clear.public_name": "1", "ech": "accepted", "retried": "-", "picked": "b.lab.test",
			"ClientHello.server_name": "public.lab.test", "ClientHelloInner.server_name": "b.lab.test",
			"count(ClientHello)": "1", "error(client)": "none", "reply": "200 OK",
		},
		"ech=on alpn=both host=a.lab.test": {"in_the_clear": "0", "reply": "421 Misdirected Request", "reply.protocol": "HTTP/2.0"},
		"ech=stale": {
			"in_the_clear": "0", "in_the_clear.public_name": "2", "ech": "rejected", "picked": "public.lab.test",
			"stale:ClientHello.server_name": "public.lab.test", "stale:ClientHelloInner.server_name": "-",
			"retry:ClientHelloInner.server_name": "b.lab.test", "alert(client)": "ech_required", "retry:alert(client)": "none",
			"retried": "accepted", "reply": "200 OK", "count(ClientHello)": "2", "retry:error(client)": "none",
			"stale:Certificate.subjectAltName": "public.lab.test", "retry:Certificate.subjectAltName": "b.lab.test",
		},
	} {
		events := finish(t, SNI, strings.Fields(line)...)
		asks(t, line, events, want)
		met, _, _ := Lookup(events, "goal(the name that is meant does not cross in the clear)")
		if (met == "met") != (want["in_the_clear"] == "0") {
			t.Errorf("%s: hidden: %s", line, met)
		}
	}
}

// TestRetryConfigs: what the server sends a client with an old key is what it has
// published: with it the second hello opens.
func TestRetryConfigs(t *testing.T) {
	events := finish(t, SNI, "ech=stale")
	_, sent, _ := Lookup(events, "stale:EncryptedExtensions.retry_configs.ECHConfig.contents.config_id")
	_, used, _ := Lookup(events, "retry:ClientHello.encrypted_client_hello.config_id")
	_, old, _ := Lookup(events, "stale:ClientHello.encrypted_client_hello.config_id")
	if sent == nil || used == nil || old == nil || sent.Code != used.Code || old.Code == used.Code {
		t.Errorf("sent %v, used %v, before %v", sent, used, old)
	}
}

// TestSNIRefuses: what no program can do is said before it is run.
func TestSNIRefuses(t *testing.T) {
	for _, line := range []string{
		"ech=on client=curl", "ech=on max=1.2", "ech=stale sni=none", "ech=on name=127.0.0.1", "client=openssl alpn=both",
		"client=python3 alpn=imap", "client=gnutls-cli host=a.lab.test", "client=curl alpn=h2",
	} {
		err := SNI.Refuses(setting(t, SNI, strings.Fields(line)...))
		if err == nil || !strings.Contains(err.Error(), " needs ") {
			t.Errorf("%s: %v", line, err)
		}
	}
	for _, line := range []string{"client=curl alpn=both", "client=openssl mismatch=ignore", "ech=stale alpn=imap"} {
		if err := SNI.Refuses(setting(t, SNI, strings.Fields(line)...)); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}
