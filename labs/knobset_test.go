package labs

import (
	"slices"
	"strings"
	"testing"
)

func TestKnobSet(t *testing.T) {
	k := &Knob{Name: "fruit", Kind: Set, Choices: []string{"apple", "fig", "pear"}, Min: 1}
	for value, want := range map[string]string{
		"all": "all", "fig": "fig", "pear,apple": "apple,pear", "apple,fig,pear": "all", "pear,fig,apple,fig": "all",
	} {
		if err := k.Check(value); err != nil {
			t.Errorf("%s: %v", value, err)
		}
		if got := k.plain(value); got != want || k.plain(got) != got || k.Of(k.Members(got)) != got {
			t.Errorf("%s is kept as %s, not as %s", value, got, want)
		}
	}
	for value, want := range map[string]string{
		"none": "keep at least 1", "": "cannot have", "plum": `cannot have "plum"`, "fig,": "cannot have", "fig, pear": "cannot have",
		"ALL": "cannot have", "all,fig": "cannot have", "\x1b[31m": "cannot have", strings.Repeat("fig,", 1000): "cannot have",
	} {
		if err := k.Check(value); err == nil || !strings.Contains(err.Error(), want) || strings.ContainsRune(err.Error(), '\x1b') {
			t.Errorf("%q: %v", value, err)
		}
	}
	if got := k.Toggle(k.Toggle("all", "fig"), "apple"); got != "pear" {
		t.Errorf("all without fig and apple is %s", got)
	}
	if got := k.Toggle("pear", "pear"); got != "none" || len(k.Members(got)) != 0 {
		t.Errorf("pear without pear is %s", got)
	}
	if k.Start() != "all" || k.Turn("fig", 1) != "fig" {
		t.Error("a set starts with all, and is not turned")
	}
	if k.Kind.String() != "set" {
		t.Errorf("its kind is %s", k.Kind)
	}
}

// Two ways to write a set are one setting, on the command line as elsewhere.
func TestKnobSetWords(t *testing.T) {
	a, err := Suites.Words([]string{"client-alpn=http/1.0,h2"})
	if err != nil {
		t.Fatal(err)
	}
	if a["client-alpn"] != "h2,http/1.0" {
		t.Errorf("it is kept as %s", a["client-alpn"])
	}
	turned := slices.Clone(Suites.Knob("client-groups").Choices)
	slices.Reverse(turned)
	s := setting(t, Suites, "client-groups="+strings.Join(turned, ","), "server-groups=all")
	if line := Suites.Line(s); line != "suites" {
		t.Errorf("settings that are the lab's own come back as %q", line)
	}
	if _, err := Suites.Words([]string{"server-groups=none"}); err == nil {
		t.Error("no groups at all, which Go takes as all of them")
	}
	for _, turn := range Suites.turnings(s) {
		if err := Suites.Knob(turn.knob).Check(turn.value); err != nil || turn.value == s[turn.knob] {
			t.Errorf("%s: %v", turn.words, err)
		}
	}
	if n := len(Suites.turnings(s)); n < 70 || slices.ContainsFunc(Suites.turnings(s), func(x turning) bool { return x.words == "" }) {
		t.Errorf("%d single changes", n)
	}
}
