package labs

import (
	"context"
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// randomBoard is settings of the lab, drawn so that a half or so completes.
func randomBoard(r *rand.Rand) Settings {
	s := Settings{}
	for i := range Suites.Knobs {
		k := &Suites.Knobs[i]
		switch {
		case k.Kind == Choice && r.IntN(3) > 0:
			s[k.Name] = k.Start()
		case k.Kind == Choice:
			s[k.Name] = k.Choices[r.IntN(len(k.Choices))]
		case r.IntN(3) > 0:
			s[k.Name] = k.Of(k.Members(k.Start()))
		default:
			var in []string
			some := 1 + r.IntN(len(k.Choices))
			for _, c := range k.Choices {
				if r.IntN(len(k.Choices)) < some {
					in = append(in, c)
				}
			}
			if len(in) < k.Min {
				in = k.Choices[:k.Min]
			}
			s[k.Name] = k.Of(in)
		}
	}
	// Versions that miss each other hide all else, and TLS 1.3 hides the suites.
	switch r.IntN(4) {
	case 0:
		s["min"], s["max"], s["server-min"] = "1.2", "1.2", "1.2"
	case 1:
		s["min"], s["max"], s["server-min"], s["server-max"] = "1.0", "1.3", "1.0", []string{"1.1", "1.2"}[r.IntN(2)]
	case 2:
		s["min"], s["server-min"] = "1.2", "1.2"
	}
	return s
}

// reasons are the rows, by what Go's sides say when they refuse.
var reasons = map[string]string{
	"no supported versions satisfy":                        versionsRow,
	"client offered only unsupported versions":             versionsRow,
	"no cipher suite supported by both":                    suitesRow,
	"no key exchanges supported by both":                   groupsRow,
	"peer doesn't support any of the certificate's":        schemesRow,
	"peer doesn't support the certificate custom":          schemesRow,
	"Ed25519 public keys are not supported before":         schemesRow,
	"certificate RSA key size too small for supported":     schemesRow, // in other words: none of those that it may use
	"client requested unsupported application protocols (": alpnRow,
}

// reason is the row that a side's error is about.
func reason(err error) string {
	for words, row := range reasons {
		if err != nil && strings.Contains(err.Error(), words) {
			return row
		}
	}
	return fmt.Sprintf("none that is known: %v", err)
}

// negotiated runs the handshake of a board, without trying what would mend it.
func negotiated(t *testing.T, s Settings) []Event {
	t.Helper()
	alone := &Lab{Name: "suites", Knobs: Suites.Knobs, Run: func(_ context.Context, b *Bench, s Settings) error {
		_, _, err := b.negotiate(boardOf(s))
		return err
	}}
	events, err := Start(t.Context(), alone, s, Options{Keys: ring}).Wait()
	if err != nil {
		t.Fatalf("%s: %v", Suites.Line(s), err)
	}
	return events
}

// noteOf is the tree of the finding of that name, or nil.
func noteOf(events []Event, name string) *wire.Field {
	for _, e := range events {
		if e.Kind == Found && e.Tree != nil && e.Tree.Name == name {
			return e.Tree
		}
	}
	return nil
}

func TestSuitesAsPredicted(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	drawn := map[string]int{}
	for range 400 {
		s := randomBoard(r)
		events := negotiated(t, s)
		end := End(events)
		seen, _ := observe(events, nil)
		want := boardOf(s).predict(aesHardware())
		if !seen.equal(want) {
			t.Errorf("%s:\npredicted %+v\nbut       %+v (%v)", Suites.Line(s), want, seen, end.Err)
		}
		if want.who == Nobody {
			drawn["completes"]++
			continue
		}
		drawn[want.row+" "+want.stage]++
		if row := reason(end.Err); row != want.row {
			t.Errorf("%s: predicted that it fails of %s, but it is %s", Suites.Line(s), want.row, row)
		}
		if note := noteOf(events, negotiationNote); value(note, "refused") != want.why {
			t.Errorf("%s: the finding says %q, not %q", Suites.Line(s), value(note, "refused"), want.why)
		}
	}
	for _, kind := range []string{"completes", versionsRow + " ", suitesRow + " list", suitesRow + " version", suitesRow + " group", suitesRow + " key", groupsRow + " ", schemesRow + " ", alpnRow + " "} {
		if drawn[kind] == 0 {
			t.Errorf("of 400 boards none came to %q: %v", kind, drawn)
		}
	}
}

// A stage that takes the last suite away is the one that took it: whatever comes
// after it in the rules makes no difference, by handshakes.
func TestSuitesStages(t *testing.T) {
	for _, x := range []struct{ stage, words, mend string }{
		{"list", "max=1.2 client-suites=RSA-CHACHA20 server-suites=RSA-AES128-GCM key=rsa2048", "server-suites=RSA-CHACHA20"},
		{"version", "min=1.0 max=1.1 server-min=1.0 client-suites=RSA-AES128-GCM server-suites=RSA-AES128-GCM,RSA-AES128-CBC key=rsa2048", "client-suites=RSA-AES128-CBC"},
		{"group", "max=1.2 client-groups=P-384 server-groups=P-521", "server-groups=P-384"},
		{"key", "max=1.2 client-suites=RSA-AES128-GCM", "key=rsa2048"},
	} {
		s := setting(t, Suites, strings.Fields(x.words)...)
		if got := boardOf(s).predict(true); got.stage != x.stage {
			t.Errorf("%s: stage %q, not %q", x.words, got.stage, x.stage)
		}
		if End(negotiated(t, s)).OK {
			t.Errorf("%s completes", x.words)
		}
		if end := End(negotiated(t, setting(t, Suites, append(strings.Fields(x.words), x.mend)...))); !end.OK {
			t.Errorf("%s: %s does not mend it: %v", x.words, x.mend, end.Err)
		}
	}
}

func TestSuitesMends(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	var boards []Settings
	for len(boards) < 40 {
		if s := randomBoard(r); boardOf(s).predict(aesHardware()).who != Nobody {
			boards = append(boards, s)
		}
	}
	mended := 0
	for _, s := range boards {
		var want, got []string
		for _, turn := range Suites.turnings(s) {
			if o := boardOf(turn.with(s)).predict(aesHardware()); o.who == Nobody {
				o.scheme = 0 // which Go does not tell
				want = append(want, turn.words+": "+o.deal.String())
			}
		}
		alone := &Lab{Name: "suites", Knobs: Suites.Knobs, Run: func(_ context.Context, b *Bench, s Settings) error {
			ca, err := pki.New(b.Keys(), b.Now)
			if err != nil {
				return err
			}
			found, _, err := (&trier{b, ca, map[string]tls.Certificate{}}).mends(Suites, s)
			for _, m := range found {
				got = append(got, m.words+": "+m.to.String())
			}
			return err
		}}
		if _, err := Start(t.Context(), alone, s, Options{Keys: ring}).Wait(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\nmended by %q\nnot by    %q", Suites.Line(s), got, want)
		}
		if len(got) > 0 {
			mended++
		}
	}
	if mended < 10 || mended == len(boards) {
		t.Errorf("of %d boards, %d are mended by one change: that shows little", len(boards), mended)
	}
}

// Each preset's surprise, on the wire.
func TestSuitesPresets(t *testing.T) {
	type want map[string]string
	surprises := map[string]want{
		"lists":   {"ServerHello.selected_version": "TLS 1.3", "alert(server)": "none", "negotiation.suites.common": suiteName(tls.TLS_AES_128_GCM_SHA256) + ", " + suiteName(tls.TLS_AES_256_GCM_SHA384) + ", " + suiteName(tls.TLS_CHACHA20_POLY1305_SHA256)},
		"key":     {"alert(server)": "handshake_failure", "count(ServerHello)": "0", "negotiation.suites.common": suiteName(tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256) + ", " + suiteName(tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) + ", " + suiteName(tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256)},
		"retry":   {"HelloRetryRequest.selected_group": "secp384r1", "count(ClientHello)": "2", "ServerHello.server_share.group": "secp384r1", "alert(server)": "none"},
		"P-384":   {"alert(server)": "handshake_failure", "count(HelloRetryRequest)": "0", "ClientHello.supported_groups": "secp384r1", "negotiation.groups.common": "none"},
		"1.2/1.3": {"alert(server)": "protocol_version", "ClientHello.supported_versions": "TLS 1.2", "mended_by.change": "max=1.3"},
		"order":   {"ServerHello.selected_version": "TLS 1.3", "ServerHello.cipher_suite": suiteName(tls.TLS_CHACHA20_POLY1305_SHA256)},
	}
	for _, p := range Suites.Presets {
		var words []string
		for knob, v := range p.Set {
			words = append(words, knob+"="+v)
		}
		events := finish(t, Suites, words...)
		for path, value := range surprises[p.Name] {
			if got, _, _ := Lookup(events, path); got != value {
				t.Errorf("%s: %s is %q, not %q", p.Name, path, got, value)
			}
		}
		if len(surprises[p.Name]) == 0 {
			t.Errorf("preset %s is not looked at", p.Name)
		}
	}
	// The list names one suite, and both sides have it; what is taken is another.
	events := finish(t, Suites, "client-suites=1.3-AES256-GCM", "server-suites=1.3-AES256-GCM")
	if got, _, _ := Lookup(events, "ServerHello.cipher_suite"); got == suiteName(tls.TLS_AES_256_GCM_SHA384) || got == "" {
		t.Errorf("with TLS_AES_256_GCM_SHA384 alone on both lists the server takes %q", got)
	}
	events = finish(t, Suites, "key=rsa2048", "server-schemes=rsa_pkcs1_sha256,rsa_pkcs1_sha384")
	if got, _, _ := Lookup(events, "alert(server)"); got != "handshake_failure" {
		t.Errorf("in TLS 1.3, with PKCS #1 v1.5 alone, the server sends %q", got)
	}
	// What PKCS #1 v1.5 cannot do in TLS 1.3 it can in TLS 1.2, with the same settings.
	events = finish(t, Suites, "key=rsa2048", "server-schemes=rsa_pkcs1_sha256,rsa_pkcs1_sha384", "max=1.2")
	if got, _, _ := Lookup(events, "ServerKeyExchange.algorithm"); got != "rsa_pkcs1_sha256" {
		t.Errorf("in TLS 1.2 the server signs with %q", got)
	}
}

// The default of the lab is what Go does by itself.
func TestSuitesUsual(t *testing.T) {
	ours := finish(t, Suites)
	for _, path := range []string{"ClientHello.cipher_suites", "ClientHello.supported_groups", "ClientHello.signature_algorithms", "ClientHello.supported_versions", "ServerHello.cipher_suite"} {
		want, _, _ := Lookup(finish(t, Handshake), path)
		if got, _, _ := Lookup(ours, path); got != want || got == "" {
			t.Errorf("%s is %q; Go by itself has %q", path, got, want)
		}
	}
}

// The rows name the lists that crossed.
func TestSuitesRows(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 60 {
		s := randomBoard(r)
		events := negotiated(t, s)
		for _, row := range boardOf(s).rows(outcome{}) {
			sent, _, ok := Lookup(events, row.path)
			want := wire.Clean(strings.Join(row.client, ", "), wire.MaxValue)
			if said, _, _ := Lookup(events, negotiationNote+"."+row.name+".client_has"); ok && (said != sent || sent != want) {
				t.Errorf("%s: %s is said to be %q; %q crossed, and %q was to be", Suites.Line(s), row.name, said, sent, want)
			}
		}
		note := noteOf(events, negotiationNote)
		if err := wire.Check(note, openLeaf); err != nil {
			t.Error(err)
		}
		for _, row := range note.Kids {
			if len(row.Kids) == 5 && value(row, "decided_by") == "" {
				t.Errorf("%s: row %s has no rule", Suites.Line(s), row.Name)
			}
		}
	}
}

// A run is over soon after it is stopped, also in the middle of what it tries.
func TestSuitesStopped(t *testing.T) {
	s := setting(t, Suites, "max=1.2", "server-min=1.3")
	for after := range 12 {
		r := Start(t.Context(), Suites, s, Options{Keys: ring})
		waitFor(t, "events", func() bool {
			events, ended := r.Since(0)
			return ended || len(events) > after
		})
		r.Stop()
		events, ended := r.Since(0)
		if !ended || r.Err() != nil {
			t.Errorf("stopped after %d events it has ended: %v, with %v, at %d", after, ended, r.Err(), len(events))
		}
	}
}
