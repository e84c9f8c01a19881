package labs

import (
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// foundOn returns what was checked of the run's connections, in order.
func foundOn(events []Event, name string) []*wire.Field {
	var all []*wire.Field
	for _, e := range events {
		if e.checks() && e.Tree.Name == name {
			all = append(all, e.Tree)
		}
	}
	return all
}

// TestChecked runs handshakes that go well, and expects that all holds which they
// prove.
func TestChecked(t *testing.T) {
	const plain, old, signed = "both Finished match, 1 signature verifies", ", a downgrade sentinel", "both Finished match, 2 signatures verify"
	for words, want := range map[string][]string{
		"":                                      {plain},
		"group=P-384":                           {plain}, // asks again
		"max=1.2":                               {plain + old},
		"max=1.2 server-max=1.2":                {plain},
		"max=1.2 key=rsa2048":                   {plain + old},
		"max=1.2 key=ed25519":                   {plain + old},
		"key=ed25519":                           {plain},
		"auth=require client-cert=good":         {signed},
		"auth=require client-cert=good max=1.2": {signed + old},
		"min=1.0 max=1.0 server-min=1.0":        {plain + old},
		"resume=on":                             {plain, "both Finished match, 1 not checked"},
		"resume=on max=1.2":                     {plain + old, "both Finished match" + old},
	} {
		found := foundOn(finish(t, Handshake, strings.Fields(words)...), checkedNote)
		var got []string
		for _, f := range found {
			got = append(got, f.Value)
			for _, k := range f.Kids {
				if k.Err != nil {
					t.Errorf("%s: %s: %v", words, k.Name, k.Err)
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: found %q, want %q", words, got, want)
		}
	}
}

// TestCheckedTampered has an attacker flip one bit in each message, and expects
// that what then does not hold is said, and for whom.
func TestCheckedTampered(t *testing.T) {
	for words, want := range map[string]string{
		"tamper=ClientHello":         "Finished.verify_data (server) does not match: the client has another ClientHello",
		"tamper=ServerHello":         "CertificateVerify.signature (server) does not verify with the key of the server's certificate: the client has another ServerHello",
		"tamper=Certificate":         "Finished.verify_data (server) does not match: the client has no Certificate",
		"tamper=Finished":            "Finished.verify_data (client) matches: an HMAC over 6 messages; it did not reach the server",
		"tamper=ClientHello max=1.2": "Finished.verify_data (client) does not match: the server has another ClientHello",
		"tamper=ServerHello max=1.2": "ServerKeyExchange.signature does not verify with the key of the server's certificate: the client has another ServerHello.random",
		"tamper=Finished max=1.2":    "Finished.verify_data (client) matches: the PRF over 6 messages; it did not reach the server",
		"tamper=application_data":    "Finished.verify_data (client) matches: an HMAC over 6 messages",
	} {
		var got []string
		events := finish(t, Handshake, strings.Fields(words)...)
		if said := slices.ContainsFunc(events, func(e Event) bool { return e.Refuted() }); said != strings.Contains(want, "does not") {
			t.Errorf("%s: refuted %v", words, said)
		}
		for _, f := range foundOn(events, checkedNote) {
			for _, k := range f.Kids {
				line := k.Name + " " + k.Value
				if k.Err != nil {
					line += ": " + k.Err.Error()
				}
				got = append(got, line)
			}
		}
		if !slices.Contains(got, want) {
			t.Errorf("%s: not found %q among\n%s", words, want, strings.Join(got, "\n"))
		}
	}
}

// TestCheckedOthers does the same with other people's clients and servers.
func TestCheckedOthers(t *testing.T) {
	for _, words := range []string{"client=openssl", "server=openssl", "client=openssl max=1.2", "server=openssl max=1.2 key=rsa2048"} {
		events := finish(t, Handshake, strings.Fields(words)...)
		found := foundOn(events, checkedNote)
		if len(found) != 1 || !strings.HasPrefix(found[0].Value, "both Finished match, 1 signature verifies") {
			t.Errorf("%s: %v", words, found)
		}
	}
}

// TestCheckedLeavesQuestions expects that what was checked is no answer to a
// question about the wire: its evidence is counted once.
func TestCheckedLeavesQuestions(t *testing.T) {
	events := finish(t, Handshake)
	for path, want := range map[string]string{
		"count(verify_data)": "2", "count(Finished)": "2", "count(signature)": "3", "last(client)": "Finished",
	} {
		if got, _, _ := Lookup(events, path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if got, at, ok := Lookup(events, "checked"); !ok || at.Src != nil || !strings.HasPrefix(got, "both Finished match") {
		t.Errorf("checked: %s", got)
	}
	for _, p := range Align(events, events) {
		if h := p.B; h == nil || h.Name == checkedNote || h.Name == scheduleNote {
			t.Errorf("a pair of %v", h)
		}
	}
}

// TestScheduleFromLog expects the schedule to begin at what was logged, and to say
// so: a test does not have the setting with which the private keys are seen.
func TestScheduleFromLog(t *testing.T) {
	for words, want := range map[string]string{
		"":             "TLS 1.3, from the logged secrets down: the X25519MLKEM768 secret is in no key log",
		"group=X25519": "TLS 1.3, from the logged secrets down: the x25519 secret is in no key log",
		"max=1.2":      "TLS 1.2, from the logged secrets down: the x25519 secret is in no key log",
	} {
		found := foundOn(finish(t, Handshake, strings.Fields(words)...), scheduleNote)
		if len(found) != 1 || found[0].Value != want || found[0].Err != nil {
			t.Errorf("%s: %v", words, found)
		}
	}
}
