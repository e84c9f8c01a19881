package labs

import (
	"context"
	"strings"
	"testing"
)

// A client that objects to something else does not make a good signature a bad one:
// the server has its key, and the check that fails is another.
func TestSignedByItsKey(t *testing.T) {
	for words, want := range map[string]string{
		"fault=rsa-512 max=1.2": "key size",
		"fault=rsa-1024":        "key size",
		"fault=wildcard-tld":    "host name",
		"fault=wrong-key":       checkKey,
	} {
		events := finish(t, FaultBench, strings.Fields(words)...)
		if v, _, _ := Lookup(events, "explanation"); v != want {
			t.Errorf("%s is explained as %q, want %q", words, v, want)
		}
	}
	// Who refuses is told what that client goes by; who accepts, that Go lets it pass.
	e := finish(t, FaultBench, "fault=rsa-512", "max=1.2")
	if v, _, _ := Lookup(e, "explanation.why"); strings.Contains(v, "made with its key") {
		t.Errorf("a key that is too short: %s", v)
	}
}

// What a drill hides no other line of the run tells: neither the field that the client
// objects to nor what changed since a run before; named, it is told.
func TestDrillKeepsItsField(t *testing.T) {
	hid := finish(t, FaultBench, "drill=1")
	if end := End(hid); end.Field != "" || end.At != nil || end.Alert == "" {
		t.Errorf("a drill's ending tells of field %q, alert %q", end.Field, end.Alert)
	}
	if got := Summary(Diff(finish(t, FaultBench, "fault=wrong-name"), hid)); strings.Contains(got, "objects to") {
		t.Errorf("the comparison says %q", got)
	}
	if end := End(finish(t, FaultBench, "drill=1", "check=pathLenConstraint")); end.Field == "" {
		t.Error("once it is named, nothing leads to the field")
	}
}

// Where nothing is wrong nothing is mended.
func TestNothingToMend(t *testing.T) {
	events := finish(t, FaultBench, "fault=none", "check=validity", "mend=renew-leaf")
	text, solved := Answered(Records(events))
	if solved || strings.Contains(text, "mends it") || !strings.Contains(text, "nothing is wrong here") {
		t.Errorf("it comes to %q", text)
	}
	if mendHolds(nil, events) == nil {
		t.Error("a good handshake counts as mended")
	}
}

// Whoever says revocation where the response about it is no good learns what tells the
// two apart.
func TestNearRevocation(t *testing.T) {
	acc := account{check: checkStaple}
	if why := acc.other(checkRevoked); !strings.Contains(why, "nobody took the certificate back") {
		t.Errorf("it says %q", why)
	}
	if why := (&account{check: checkKey}).other(checkRevoked); why != "" {
		t.Errorf("of another check it says %q", why)
	}
}

// TestTold: who gives up is told the check, with the explanation; that is no answer.
func TestTold(t *testing.T) {
	events := finish(t, FaultBench, "drill=1", "check=tell-me")
	text, solved := Answered(Records(events))
	if v, _, _ := Lookup(events, "explanation"); solved || !strings.Contains(text, "you were told: it is pathLenConstraint") || v != "pathLenConstraint" {
		t.Errorf("told %q, explained as %q", text, v)
	}
	if checkIsNamed(Settings{"check": tellMe}, events) == nil {
		t.Error("to be told counts as an answer")
	}
}

// TestMendedDiff: against a run that only met the fault, the first connection has
// changed in nothing, and the mended one in what was mended.
func TestMendedDiff(t *testing.T) {
	for _, c := range Diff(finish(t, FaultBench, "fault=expired"), finish(t, FaultBench, "fault=expired", "mend=renew-leaf")) {
		if c.Conn == firstConn || c.Conn == "" && (c.Kind == Added || c.Kind == Removed) {
			t.Errorf("%s %s is %s", c.Conn, c.Path, c.Kind)
		}
		if c.Conn == mendedConn && c.Kind == Added && (c.Path == "ClientHello" || c.Path == "Certificate") {
			t.Errorf("%s counts as new", c.Path)
		}
	}
	text := Summary(Diff(finish(t, FaultBench, "fault=expired"), finish(t, FaultBench, "fault=expired", "mend=renew-leaf")))
	if !strings.Contains(text, "completes now") || strings.Contains(text, "18 messages") {
		t.Errorf("it says %q", text)
	}
}

// TestUnreadLights: who cannot read a certificate comes to no other question; and a date
// that only the client's clock has is told as such.
func TestUnreadLights(t *testing.T) {
	v := Verifications(Records(finish(t, FaultBench, "fault=negative-serial")))
	if len(v) != 1 || v[0].Lights[0].State != Fails {
		t.Fatalf("%+v", v)
	}
	for _, l := range v[0].Lights[1:] {
		if l.State != Unlit {
			t.Errorf("unread, %s is %s", l.Name, l.State)
		}
	}
	for words, want := range map[string]string{"fault=clock-ahead": ", and by the client's clock it is 20", "fault=expired": ", and it is 20"} {
		if v := Verifications(Records(finish(t, FaultBench, words))); len(v) != 1 || !strings.Contains(v[0].Why, want) {
			t.Errorf("%s: %+v", words, v)
		}
	}
}

// TestOwnRule: what no check explains is told as such, in the client's words.
func TestOwnRule(t *testing.T) {
	lab := *FaultBench
	lab.Run = func(_ context.Context, b *Bench, s Settings) error {
		r := &faultRun{b: b, s: s}
		r.explain(account{}, ruling{peer: "openssl", line: "no shared sun"})
		return nil
	}
	events := finish(t, &lab)
	if v, at, _ := Lookup(events, "explanation"); v != "a rule of its own" || !strings.HasSuffix(value(at, "why"), "openssl refuses by a rule of its own: no shared sun") {
		t.Errorf("%q: %q", v, value(at, "why"))
	}
}
