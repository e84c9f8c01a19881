package labs

import (
	"strings"
	"testing"
	"time"
)

// TestClock: which certificate a client stumbles over on which day, and that to renew
// the leaf under an intermediate that has ended does not help.
func TestClock(t *testing.T) {
	for _, c := range []struct{ words, dates, first, open string }{
		{"", "all three are valid", "leaf", ""},
		{"days=46", "all three are valid", "leaf", ""},
		{"days=-1", "the leaf is not yet valid, the intermediate is not yet valid, the root is not yet valid", "leaf", "every accepts"},
		{"days=48", "the leaf is over", "leaf", "every accepts"},
		{"days=48 renewed=leaf", "all three are valid", "leaf", ""},
		{"days=330 renewed=leaf", "all three are valid", "intermediate", "outlives"},
		{"days=366", "the leaf is over, the intermediate is over", "leaf", "every accepts"},
		{"days=366 renewed=leaf", "the intermediate is over", "intermediate", "every outlives accepts"},
		{"days=366 renewed=intermediate", "all three are valid", "leaf", ""},
		{"days=1096", "the leaf is over, the intermediate is over, the root is over", "leaf", "every accepts"},
		{"days=1096 renewed=intermediate", "the root is over", "root", "every outlives accepts"},
		{"days=1096 renewed=root", "all three are valid", "leaf", ""},
		{"renewed=root", "all three are valid", "leaf", ""},
		{"client-clock=hour-behind", "the leaf is not yet valid, the intermediate is not yet valid, the root is not yet valid", "leaf", "every clock accepts"},
		{"client-clock=day-behind days=1", "all three are valid", "leaf", "clock"},
		{"client-clock=year-ahead", "the leaf is over, the intermediate is over", "leaf", "every clock accepts"},
		{"client-clock=1970 days=400", "the leaf is not yet valid, the intermediate is not yet valid, the root is not yet valid", "leaf", "every clock accepts"},
	} {
		for _, who := range []string{"go", "openssl"} {
			if _, err := programs.Find(t.Context(), who); who != "go" && err != nil {
				continue
			}
			words := append(strings.Fields(c.words), "client="+who)
			events := finish(t, Clock, words...)
			if got := finding(t, events, "dates"); got != c.dates {
				t.Errorf("%v: %s, want %s", words, got, c.dates)
			}
			if got := finding(t, events, "dates.ends first"); !strings.HasPrefix(got, "the "+c.first+", on ") {
				t.Errorf("%v: %s ends first, want %s", words, got, c.first)
			}
			goals := open(events)
			for _, goal := range strings.Fields(c.open) {
				if !strings.Contains(strings.Join(goals, "\n"), goal) {
					t.Errorf("%v: %s is not open: %q", words, goal, goals)
				}
			}
			if len(goals) != len(strings.Fields(c.open)) {
				t.Errorf("%v: open are %q, want %s", words, goals, c.open)
			}
			// The five lights are those of the same clock.
			if got := finding(t, events, "verification.time"); (got == Holds) != (c.dates == "all three are valid") {
				t.Errorf("%v: light time %s", words, got)
			}
		}
	}
}

// TestClockAtEnds: both ends of the time that a certificate is valid are in it (RFC
// 5280, Section 4.1.2.5).
func TestClockAtEnds(t *testing.T) {
	events := finish(t, Clock)
	_, at, _ := Lookup(events, "leaf.validity")
	if at == nil || len(at.Kids) != 2 {
		t.Fatalf("validity is %v", at)
	}
	leaf := madeCert(t, events, "leaf")
	for when, want := range map[time.Time]string{
		leaf.NotBefore: validNow, leaf.NotAfter: validNow,
		leaf.NotBefore.Add(-time.Second): "not yet valid", leaf.NotAfter.Add(time.Second): "over",
	} {
		if got := standing(leaf, when); got != want {
			t.Errorf("at %v: %s, want %s", when, got, want)
		}
	}
}

// TestNoClock: who has no clock to set is refused another day, in words that name
// who has.
func TestNoClock(t *testing.T) {
	for _, name := range []string{"python3", "curl", "gnutls-cli"} {
		for _, word := range []string{"days=1", "client-clock=1970"} {
			s := setting(t, Clock, "client="+name, word)
			if err := Clock.Refuses(s); err == nil || !strings.Contains(err.Error(), "client=openssl") {
				t.Errorf("%s %s: %v", name, word, err)
			}
		}
		if err := Clock.Refuses(setting(t, Clock, "client="+name, "renewed=root")); err != nil {
			t.Errorf("%s, today: %v", name, err)
		}
	}
	if k := Clock.Knob("client"); Clock.Lacks(k, setting(t, Clock, "client=curl", "days=1"), nil) == nil {
		t.Error("it is not greyed")
	}
}
