package labs

import (
	"context"
	"errors"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// TestNames: twelve pairs of a name that is meant and names in a certificate; the
// comparison, and what Go's client does, are the same.
func TestNames(t *testing.T) {
	for _, c := range []struct{ name, san, cn, match, why string }{
		{"app.lab.test", "app.lab.test", "", "yes", "all labels are equal"},
		{"APP.lab.TEST", "app.lab.test", "", "yes", "upper and lower case do not matter"},
		{"app.lab.test.", "app.lab.test", "", "yes", "all labels are equal"},
		{"app.lab.test", "*.lab.test", "", "yes", `the wildcard stands for "app"`},
		{"lab.test", "*.lab.test", "", "no", "not for none"},
		{"a.app.lab.test", "*.lab.test", "", "no", "not for 2"},
		{"app.lab.test", "a*.lab.test", "", "no", "the whole left-most label"},
		{"app.lab.test", "old.lab.test", "app.lab.test", "no", `"old" is not "app"`},
		{"app.lab.test", "", "app.lab.test", "no", "does not count"},
		{"127.0.0.1", "dns:127.0.0.1", "", "no", "is an address"},
		{"127.0.0.1", "old.lab.test, 127.0.0.1", "", "yes", "the same address"},
		{"[::1]", "::1", "", "yes", "the same address"},
		{"xn--bcher-kva.lab.test", "xn--bcher-kva.lab.test", "", "yes", "all labels are equal"},
		{"bücher.lab.test", "xn--bcher-kva.lab.test", "", "no", "no host name"},
		{"app.lab.test", "uri:https://app.lab.test/", "", "no", "of other kinds"},
	} {
		events := finish(t, Names, "name="+c.name, "san="+c.san, "cn="+c.cn)
		_, at, _ := Lookup(events, "match")
		if at == nil || at.Value != c.match || (at.Err == nil) != (c.match == "yes") {
			t.Errorf("%+v: %v", c, at)
			continue
		}
		told := at.Kid("why").Value
		for _, k := range at.Kids {
			if k.Name == "entry" {
				told += " " + k.Value
				if k.Kids == nil || k.Kids[0].Src == nil {
					t.Errorf("%+v: no bytes for %s", c, k.Value)
				}
			}
		}
		if !strings.Contains(told, c.why) {
			t.Errorf("%+v: %s", c, told)
		}
		if got := finding(t, events, "verdicts.go"); (got == "accepts") != (c.match == "yes") || (allAccept(nil, events) == nil) != (got == "accepts") {
			t.Errorf("%+v: Go %s", c, got)
		}
		if got := sendsName(nil, events) == nil; got == isAddress(c.name) {
			t.Errorf("%+v: the name is in the hello: %v", c, got)
		}
	}
}

// TestNamesPrograms: where other people's clients differ, and what makes Python not.
func TestNamesPrograms(t *testing.T) {
	for _, c := range []struct{ words, accept, refuse string }{
		{"san= cn=app.lab.test", "openssl python3 curl gnutls-cli go-no-name", "go python3-no-cn"},
		{"san=old.lab.test cn=app.lab.test", "go-no-name", "go openssl python3 curl gnutls-cli python3-no-cn"},
		{"san=uri:https://app.lab.test/ cn=app.lab.test", "openssl python3 curl go-no-name", "go python3-no-cn"},
		{"san=*.lab.test name=lab.test", "go-no-name", "go openssl python3 curl gnutls-cli python3-no-cn"},
		{"san=dns:127.0.0.1 name=127.0.0.1", "go-no-name", "go openssl python3 curl gnutls-cli python3-no-cn"},
		{"san=127.0.0.1 name=127.0.0.1", "go openssl python3 curl gnutls-cli go-no-name", ""},
		{"san=APP.Lab.Test", "go openssl python3 curl gnutls-cli go-no-name", ""},
		// The final dot goes into the hello of those who do not take it off, and Go's
		// server does not read such a hello.
		{"name=app.lab.test.", "go curl gnutls-cli", "openssl python3"},
	} {
		events := finish(t, Names, append(strings.Fields(c.words), "client=all")...)
		agreed := true
		for want, who := range map[string]string{"accepts": c.accept, "refuses": c.refuse} {
			for _, name := range strings.Fields(who) {
				got := finding(t, events, "verdicts."+name)
				if got == "cannot be asked" && !onMachine(t, name) {
					continue
				}
				if got != want {
					t.Errorf("%s: %s %s, want %s", c.words, name, got, want)
				}
				agreed = agreed && (finding(t, events, "match") == "yes") == (want == "accepts")
			}
		}
		if got := agreesOnName(nil, events) == nil; got != agreed {
			t.Errorf("%s: all agree: %v", c.words, got)
		}
	}
	// Who does not ask for the name has a light less.
	events := finish(t, Names, "san=other.test", "client=go-no-name")
	if got := finding(t, events, "verification.name"); got != Unsaid {
		t.Errorf("the name is %s", got)
	}
}

// TestNamesRefused: what cannot stand in a certificate, or is too much, is refused in
// one clean line.
func TestNamesRefused(t *testing.T) {
	for _, san := range []string{"", " , ,", "bücher.lab.test", "a b.test", "rid:x", "ip:1.2.3", "dns:", strings.Repeat("a,", 41), "\x1b[2J", "uri:%zz://", "a\x00b", strings.Repeat("a", 1000), "rid:1.2,email:a@b@c,dir:x"} {
		_, err := Start(context.Background(), Names, setting(t, Names, "san="+san), Options{Keys: ring}).Wait()
		if _, ok := errors.AsType[*Refusal](err); err != nil && (!ok || wire.Clean(err.Error(), textLimit) != err.Error()) {
			t.Errorf("%q: %q", san, err)
		}
		if err == nil && (san == "" || strings.Contains(san, "\x00")) {
			t.Errorf("%q: a certificate", san)
		}
	}
}

// FuzzNames: whatever is meant, and whatever names there are, the run ends in an
// orderly way and its text is clean.
func FuzzNames(f *testing.F) {
	for _, p := range Names.Presets {
		f.Add(p.Set["name"], p.Set["san"], p.Set["cn"])
	}
	f.Add("\u202e.test", "dns:\x7f,ip:::,uri:a://b c", "\xff")
	f.Fuzz(func(t *testing.T, name, san, cn string) {
		s, err := Names.Settings(Settings{"name": name, "san": san, "cn": cn})
		if err != nil {
			return // the knobs refuse it
		}
		events, err := Start(context.Background(), Names, s, Options{Keys: ring, Alone: true}).Wait()
		if _, ok := errors.AsType[*Refusal](err); err != nil && !ok {
			t.Fatal(err)
		}
		for _, e := range events {
			if wire.Clean(e.Text, textLimit) != e.Text {
				t.Errorf("%q", e.Text)
			}
			if e.Tree != nil {
				if err := wire.Check(e.Tree, openLeaf); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
