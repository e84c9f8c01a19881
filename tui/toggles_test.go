package tui

import (
	"maps"
	"strings"
	"testing"

	"tlstutor/labs"
)

// onKnob puts the focus on a knob of the lab.
func onKnob(t testing.TB, d *drive, s *labScreen, name string) {
	t.Helper()
	s.focus = knobsPane
	for i, k := range s.lab.Knobs {
		if k.Name == name {
			s.knob = i
		}
	}
}

// togglesDrive is a drive on the members of a set of the lab suites.
func togglesDrive(t testing.TB, keys ...string) (*drive, *labScreen) {
	t.Helper()
	d, s := labDrive(t, 80, 24, "suites")
	onKnob(t, d, s, "client-suites")
	for _, k := range append([]string{"enter"}, keys...) {
		d.key(k)
	}
	d.soon()
	return d, s
}

// suiteStates are the screens of sets and of suites that keys are sent to.
var suiteStates = map[string]func(testing.TB) *drive{
	"set knob": func(t testing.TB) *drive {
		d, s := labDrive(t, 140, 42, "suites")
		onKnob(t, d, s, "server-groups")
		return d
	},
	"toggles":      func(t testing.TB) *drive { d, _ := togglesDrive(t); return d },
	"toggles last": func(t testing.TB) *drive { d, _ := togglesDrive(t, "end", "space"); return d },
	"suite": func(t testing.TB) *drive {
		return homeDrive(t, toyEnv(t), "/", "1", "3", "0", "1", "enter")
	},
}

func TestToggles(t *testing.T) {
	d, s := togglesDrive(t)
	if !strings.Contains(d.screen(), "[x] 1.3-AES128-GCM") || !strings.Contains(d.screen(), "TLS_AES_128_GCM_SHA256") {
		t.Fatalf("the members are not there:\n%s", d.screen())
	}
	was := s.set["client-suites"]
	for range 4 {
		d.key("down")
	}
	d.key("space") // RSA-AES128-GCM goes out
	if strings.Contains(","+s.set["client-suites"]+",", ",RSA-AES128-GCM,") || s.set["client-suites"] == was {
		t.Errorf("after space it is %s", s.set["client-suites"])
	}
	// What the rules make of it stands there at once, and nothing has been run.
	if !strings.Contains(d.screen(), "By the rules, it completes: TLS 1.3") || len(s.runs) != 1 {
		t.Errorf("after a toggle, with %d runs:\n%s", len(s.runs), d.screen())
	}
	d.key("enter")
	if s.set["client-suites"] != was {
		t.Errorf("put in again it is %s", s.set["client-suites"])
	}
	d.key("space")
	d.key("0")
	if s.set["client-suites"] != was {
		t.Errorf("after 0 it is %s", s.set["client-suites"])
	}
	d.key("esc")
	if d.app.top() != Screen(s) || s.focus != knobsPane || s.lab.Knobs[s.knob].Name != "client-suites" {
		t.Error("esc does not lead back to the knob")
	}
}

// r on the members runs the lab, and a set keeps its least members.
func TestTogglesRun(t *testing.T) {
	d, s := labDrive(t, 80, 24, "suites", "server-groups=P-384")
	onKnob(t, d, s, "server-groups")
	d.key("right")
	for range 5 {
		d.key("right")
	}
	d.key("space")
	d.soon()
	if s.set["server-groups"] != "P-384" || !strings.Contains(d.app.line, "has to keep at least 1") {
		t.Errorf("the last member: %q, and %q", s.set["server-groups"], d.app.line)
	}
	d.key("up")
	d.key("space")
	d.key("r")
	d.idle(s)
	d.soon()
	if d.app.top() != Screen(s) || len(s.runs) != 2 || s.cur().settings["server-groups"] != "P-256,P-384" {
		t.Errorf("r made %d runs, the last with %v", len(s.runs), s.cur().settings)
	}
}

// The two ways to set a knob lead to one settings.
func TestTogglesAsTyped(t *testing.T) {
	_, s := togglesDrive(t, "end", "space", "up", "up", "space")
	given, err := labs.Suites.Words([]string{"client-suites=" + strings.Join(append(labs.Suites.Knob("client-suites").Members(labs.Suites.Knob("client-suites").Start()), "RSA-3DES", "kRSA-AES128-GCM"), ",")})
	if err != nil {
		t.Fatal(err)
	}
	want := maps.Clone(s.first)
	maps.Copy(want, given)
	if !maps.Equal(want, s.set) {
		t.Errorf("toggled %v,\ntyped %v", s.set, want)
	}
}

// A suite's name is found as one types it, and taken apart; so is the one that the
// server chose.
func TestSuitePage(t *testing.T) {
	for _, text := range []string{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ecdhe-rsa-aes128-gcm-sha256", "c02f", "tls_ecdhe_rsa_with_aes_128_g"} {
		d := homeDrive(t, toyEnv(t), "/")
		for _, r := range text {
			d.key(string(r))
		}
		d.key("enter")
		d.soon()
		if got := d.screen(); !strings.Contains(got, "ECDHE, key exchange: both sides") || !strings.Contains(got, "ECDHE-RSA-AES128-GCM-SHA256") {
			t.Errorf("%q leads to\n%s", text, got)
		}
	}
	d, s := labDrive(t, 80, 24, "suites", "max=1.2")
	s.focus = bytesPane
	d.key("]")
	s.fields.Select("cipher_suite")
	d.key("enter")
	d.soon()
	if got := d.screen(); !strings.Contains(got, "TLS_ECDHE_ECDSA_WITH_") || !strings.Contains(got, "ECDSA, authentication") {
		t.Errorf("enter on ServerHello.cipher_suite shows\n%s", got)
	}
}
