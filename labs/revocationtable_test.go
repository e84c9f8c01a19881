package labs

import (
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// TestRevocationAll: all clients meet the same server, and each has a row: what it
// does about revocation, its verdict, its words. What one takes that it should not
// stands in the headline, and all combinations below.
func TestRevocationAll(t *testing.T) {
	events := finish(t, Revocation, "client=all", "method=crl")
	_, at, _ := Lookup(events, "verdicts")
	if at == nil || len(at.Kids) != len(Revocation.clients()) {
		t.Fatalf("verdicts are %v", at)
	}
	want := map[string]string{"go": "accepts", "checking": "refuses", "openssl": "refuses", "python3": "refuses", "curl": "refuses", "gnutls-cli": "accepts"}
	for _, k := range at.Kids {
		if wire.Bare(k.Value) != want[k.Name] {
			t.Errorf("%s %s", k.Name, k.Value)
		}
		if quoted := k.Kid("recorded") != nil; !quoted && (k.Kid("looks") == nil || k.Kid("asked") == nil) {
			t.Errorf("%s has not said what it does: %v", k.Name, k.Kids)
		}
	}
	if got := value(at.Kid("checking"), "asked"); got != "asked once" {
		t.Errorf("checking %s", got)
	}
	if got := End(events).Text; got != "4 of 6 refuse it: checking, openssl, python3, curl; 2 accept it, though revoked" {
		t.Error(got)
	}
	if got := knowsStatus(setting(t, Revocation, "client=all"), events); got == nil || got.Error() != "go and gnutls-cli took one whose status is revoked" {
		t.Error(got)
	}
	text, table, _ := Lookup(events, tableNote)
	if table == nil || len(table.Kids) != 37 || !strings.Contains(text, "REC, made 2026-") || !strings.Contains(text, "by Go 1.") {
		t.Fatalf("%q, %v", text, table)
	}
	for _, row := range table.Kids {
		want := map[string]string{"crl revoked up": "refused by all but go, gnutls-cli", "none revoked up": "refused by curl", "crl good up": "accepted by all"}[row.Name]
		if want != "" && row.Value != want || len(row.Kids) != 7 {
			t.Errorf("%s: %s, %d clients", row.Name, row.Value, len(row.Kids))
		}
	}
}

// TestRevocationQuoted: where no program is run, their rows are quoted, with version
// and date; with a policy that nobody has recorded they cannot be asked.
func TestRevocationQuoted(t *testing.T) {
	for policy, want := range map[string]string{"hard": "refuses", "soft": "cannot be asked"} {
		s := setting(t, Revocation, "client=all", "method=crl", "policy="+policy)
		events, err := Start(t.Context(), Revocation, s, Options{Keys: ring, Alone: true}).Wait()
		if err != nil {
			t.Fatal(err)
		}
		v, at, _ := Lookup(events, "verdicts.curl")
		if wire.Bare(v) != want || policy == "hard" && !strings.Contains(value(at, "recorded"), "curl ") {
			t.Errorf("%s: curl %s, %v", policy, v, at)
		}
	}
}

// TestTook: a client alone that takes what it should not; what is good is no such thing.
func TestTook(t *testing.T) {
	for line, want := range map[string]string{
		"":                "; accepted, though revoked",
		"status=unknown":  "; accepted, though unknown to its CA",
		"status=good":     " ms",
		"client=checking": "bad_certificate",
		"client=checking policy=soft responder=down": "accepted, though revoked",
	} {
		if got := End(finish(t, Revocation, strings.Fields(line)...)).Text; !strings.HasSuffix(got, want) {
			t.Errorf("%s: %s", line, got)
		}
	}
}

// TestLookFirst: what a lab looks at first is there when its run is over, also where
// it went well.
func TestLookFirst(t *testing.T) {
	for _, l := range []*Lab{Revocation, SNI, Tamper, Names} {
		events := finish(t, l)
		found := false
		for _, r := range Records(events) {
			found = found || !r.OnWire() && r.Event.Tree.Name == l.Look[0]
		}
		if !found {
			t.Errorf("lab %s: nothing is called %s", l.Name, l.Look[0])
		}
	}
}

// TestFinalDot: who sends the dot and what the server makes of that; a name without
// one has no such finding.
func TestFinalDot(t *testing.T) {
	events := finish(t, Names, "name=app.lab.test.")
	if v, at, _ := Lookup(events, dotNote); v != "not sent" || !strings.Contains(value(at, "why"), "RFC 6066, Section 3") {
		t.Errorf("go: %q, %v", v, at)
	}
	if _, at, _ := Lookup(events, "match"); !strings.Contains(value(at, "beside"), "without a trailing dot") {
		t.Errorf("match: %v", at)
	}
	if _, _, ok := Lookup(finish(t, Names), dotNote); ok {
		t.Error("there is no dot")
	}
	if !here(t, "openssl") {
		return
	}
	events = finish(t, Names, "name=app.lab.test.", "client=openssl")
	_, at, _ := Lookup(events, dotNote)
	if at == nil || !strings.Contains(value(at, "why"), "The server does not read such a hello") {
		t.Fatalf("openssl: %v", at)
	}
	if sent := at.Find("host_name"); sent == nil || !strings.HasSuffix(string(sent.Bytes()), "app.lab.test.") || at.Find("refused") == nil {
		t.Errorf("it does not lead to the bytes: %v", at)
	}
}

// TestStranger: of two authorities of one name, the files of the one that nobody
// trusts say so, and so do those of its list.
func TestStranger(t *testing.T) {
	for line, want := range map[string]bool{"method=crl responder=lying client=checking": true, "method=crl": false, "": false} {
		run := Start(t.Context(), Revocation, setting(t, Revocation, strings.Fields(line)...), Options{Keys: ring})
		events, err := run.Wait()
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range Files(run.Made(), events) {
			names = append(names, f.Name)
		}
		all := strings.Join(names, " ")
		got := strings.Contains(all, "stranger-lab-issuing-ca.pem") && strings.Contains(all, "list-of-stranger-lab-issuing-ca.crl")
		if got != want || strings.Contains(all, "lab-issuing-ca-2") {
			t.Errorf("%s: %s", line, all)
		}
	}
}
