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
	const plain, signed = "both Finished match, 1 signature verifies", "both Finished match, 2 signatures verify"
	const old = ", the server's random says that it could do a newer version"
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
		"resume=on":                             {plain, "both Finished match, the client's PSK binder could not be checked"},
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

// TestBinder resumes a session whose key schedule is whole: the binder of the second
// hello is recomputed, from the ticket on, and its schedule is whole as well. Go
// takes its private keys from what it is told to with this setting only.
func TestBinder(t *testing.T) {
	t.Setenv("GODEBUG", "cryptocustomrand=1")
	for _, words := range []string{"resume=on group=X25519", "resume=on group=P-256", "resume=on group=P-384", "client=openssl resume=on group=X25519"} {
		if strings.Contains(words, "openssl") && !here(t, "openssl") {
			continue
		}
		events := finish(t, Handshake, strings.Fields(words)...)
		checked, ladders := foundOn(events, checkedNote), foundOn(events, scheduleNote)
		if len(checked) != 2 || len(ladders) != 2 {
			t.Fatalf("%s: %d and %d findings", words, len(checked), len(ladders))
		}
		want, whole := "both Finished match, the client's PSK binder matches", true
		switch { // Go's client is asked again for both of these groups, and proves it twice
		case strings.HasSuffix(words, "P-256"):
			want = "both Finished match, 2 PSK binders match"
		case strings.HasSuffix(words, "P-384"): // whose private key is not seen
			want, whole = "both Finished match, 2 PSK binders could not be checked", false
		}
		if checked[1].Value != want || strings.Contains(ladders[1].Value, "whole") != whole || ladders[1].Err != nil {
			t.Errorf("%s: %q; %q %v", words, checked[1].Value, ladders[1].Value, ladders[1].Err)
		}
		promise := ladders[0].Match("resumption_secret.PSK of a ticket")
		key := ladders[1].Kid("PSK")
		if whole && (promise == nil || key == nil || key.Value != promise.Value) {
			t.Errorf("%s: the ticket stands for %v, and %v comes back", words, promise, key)
		}
	}
}

// TestLadderUnseen expects a schedule that is not whole to say why.
func TestLadderUnseen(t *testing.T) {
	if here(t, "openssl") {
		f := foundOn(finish(t, Handshake, "client=openssl", "server=openssl"), scheduleNote)
		if len(f) != 1 || !strings.HasSuffix(f[0].Value, "is in no key log, and neither side is Go's, which would show its private key") {
			t.Errorf("two programs: %v", f)
		}
	}
	t.Setenv("PATH", t.TempDir())
	events, err := Start(t.Context(), Handshake, setting(t, Handshake, "client=curl"), Options{Keys: ring}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	f := foundOn(events, scheduleNote)
	if len(f) != 1 || !strings.HasSuffix(f[0].Value, "is in no key log, and a recording keeps no private key to compute it with") {
		t.Errorf("a recording: %v", f)
	}
}

// TestTranscriptTitles expects no two rows of a transcript to have one name.
func TestTranscriptTitles(t *testing.T) {
	for _, words := range []string{"group=P-384 auth=require client-cert=good", "max=1.2 auth=require client-cert=good"} {
		seen := map[string]bool{}
		for _, k := range foundOn(finish(t, Handshake, strings.Fields(words)...), checkedNote)[0].Kid("Transcript-Hash").Kids {
			if seen[k.Name] {
				t.Errorf("%s: two rows %s", words, k.Name)
			}
			seen[k.Name] = true
		}
		for _, name := range []string{"after client Finished", "after server Finished", "after client Certificate", "after ServerHello"} {
			if !seen[name] {
				t.Errorf("%s: no row %s", words, name)
			}
		}
	}
}

// TestCrossed: where a client's alert in the clear meets a server that expects
// sealed records, one sentence explains what the server says, and nowhere else.
func TestCrossed(t *testing.T) {
	for words, want := range map[string]bool{
		"client=openssl fault=wrong-name": true, "client=openssl fault=wrong-name max=1.2": false, "client=openssl": false,
		"client=gnutls-cli fault=wrong-name": false, "fault=wrong-name": false, "tamper=Finished": false,
	} {
		events := finish(t, Handshake, strings.Fields(words)...)
		found := foundOn(events, explainedNote)
		if (len(found) == 1) != want {
			t.Errorf("%s: %v", words, found)
		}
		for _, f := range found {
			if len(f.Kids) != 2 || f.Kids[0].Name != "Alert" || f.Kids[1].Name != "Alert" || f.Kids[0] == f.Kids[1] {
				t.Errorf("%s: its evidence is %v", words, f.Kids)
			}
			if !strings.Contains(f.Value, "alert bad_certificate crossed in the clear") {
				t.Errorf("%s: %s", words, f.Value)
			}
		}
	}
}
