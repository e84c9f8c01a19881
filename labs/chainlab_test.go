package labs

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/chain"
	"tlstutor/labs/peer"
	"tlstutor/labs/wire"
)

// finding returns the value of a finding by its path.
func finding(t *testing.T, events []Event, path string) string {
	t.Helper()
	v, _, ok := Lookup(events, path)
	if !ok {
		return "none"
	}
	return wire.Bare(v)
}

// onMachine is here for a word of knob client; our own clients always are.
func onMachine(t *testing.T, word string) bool {
	t.Helper()
	name := programOf(word)
	return name == "" || here(t, name)
}

// open returns the goals that were not met.
func open(events []Event) []string {
	var all []string
	for _, e := range events {
		if rest, ok := strings.CutPrefix(e.Text, "goal open: "); ok && e.Kind == Found {
			all = append(all, rest)
		}
	}
	return all
}

// TestChain: what Go's client makes of each way to send and to trust, which light
// is to blame, and how many paths there are.
func TestChain(t *testing.T) {
	for _, c := range []struct {
		words   string
		verdict string
		fails   string // the lights that are red
		paths   string
	}{
		{"", "accepts", "", "1 candidate path, 1 good"},
		{"max=1.2", "accepts", "", "1 candidate path, 1 good"},
		{"send=leaf-only", "refuses", "path", "1 candidate path, 0 good"},
		{"send=intermediate-leaf", "refuses", "name", "1 candidate path, 0 good"},
		{"send=leaf-root-intermediate", "accepts", "", "1 candidate path, 1 good"},
		{"send=leaf-root-intermediate max=1.2", "accepts", "", "1 candidate path, 1 good"},
		{"send=all", "accepts", "", "1 candidate path, 1 good"},
		{"trust=intermediate", "accepts", "", "1 candidate path, 1 good"},
		{"trust=intermediate send=leaf-only", "accepts", "", "1 candidate path, 1 good"},
		{"trust=old-root", "refuses", "path", "1 candidate path, 0 good"},
		{"trust=both-roots", "accepts", "", "1 candidate path, 1 good"},
		{"signs=leaf", "refuses", "path", "1 candidate path, 0 good"},
		{"signs=branch", "refuses", "path", "1 candidate path, 0 good"},
		{"cross=valid trust=both-roots", "accepts", "", "2 candidate paths, 2 good"},
		{"cross=valid trust=old-root", "accepts", "", "1 candidate path, 1 good"},
		{"cross=expired trust=both-roots", "accepts", "", "2 candidate paths, 1 good"},
		{"cross=expired trust=old-root", "refuses", "time", "1 candidate path, 0 good"},
		{"cross=expired", "accepts", "", "2 candidate paths, 1 good"},
		// The historic failure: the path across ends at a root that has expired, and
		// there is no way back.
		{"cross=expired trust=both-roots client=go-first-path", "refuses", "time", "2 candidate paths, 1 good"},
		{"cross=expired trust=both-roots client=go-first-path send=leaf-only", "refuses", "path", "1 candidate path, 0 good"},
		{"cross=valid trust=both-roots client=go-first-path", "accepts", "", "2 candidate paths, 2 good"},
		{"client=go-first-path", "accepts", "", "1 candidate path, 1 good"},
		{"client=go-first-path send=all", "accepts", "", "1 candidate path, 1 good"},
		{"client=go-first-path trust=intermediate", "refuses", "path", "1 candidate path, 1 good"},
	} {
		words := strings.Fields(c.words)
		events := finish(t, Chain, words...)
		who := setting(t, Chain, words...)["client"]
		if got := finding(t, events, "verdicts."+who); got != c.verdict {
			t.Errorf("%s: %s %s, want %s", c.words, who, got, c.verdict)
		}
		if got := finding(t, events, "paths"); got != c.paths {
			t.Errorf("%s: %s, want %s", c.words, got, c.paths)
		}
		var red []string
		for _, l := range LightNames() {
			if finding(t, events, "verification."+l) == Fails {
				red = append(red, l)
			}
		}
		if got := strings.Join(red, " "); got != c.fails {
			t.Errorf("%s: %q fails, want %q", c.words, got, c.fails)
		}
		if got := allAccept(nil, events) == nil; got != (c.verdict == "accepts") {
			t.Errorf("%s: the goal is met: %v", c.words, got)
		}
		if slices.ContainsFunc(open(events), func(g string) bool { return strings.HasPrefix(g, "all clients agree") }) != (agrees(nil, events) != nil) {
			t.Errorf("%s: open are %q", c.words, open(events))
		}
	}
}

// TestChainPrograms: what other people's clients make of the same, where it is not
// what Go does.
func TestChainPrograms(t *testing.T) {
	for _, c := range []struct{ words, accept, refuse string }{
		{"send=leaf-only", "", "go openssl python3 curl gnutls-cli"},
		// Only the intermediate is trusted: OpenSSL by itself wants a root that signs
		// itself (X509_V_FLAG_PARTIAL_CHAIN), and Python before 3.13 as well.
		{"trust=intermediate", "go curl gnutls-cli", "openssl"},
		{"send=leaf-root-intermediate", "go openssl python3 curl gnutls-cli", ""},
		{"cross=expired trust=both-roots", "go openssl python3 curl gnutls-cli", "go-first-path"},
		{"cross=expired trust=old-root", "", "go openssl python3 curl gnutls-cli"},
		{"signs=leaf", "", "go openssl python3 curl gnutls-cli"},
		{"signs=branch", "", "go openssl python3 curl gnutls-cli"},
	} {
		events := finish(t, Chain, append(strings.Fields(c.words), "client=all")...)
		for want, who := range map[string]string{"accepts": c.accept, "refuses": c.refuse} {
			for _, name := range strings.Fields(who) {
				got := finding(t, events, "verdicts."+name)
				if got == "cannot be asked" && !onMachine(t, name) {
					continue
				}
				if got != want {
					t.Errorf("%s: %s %s, want %s", c.words, name, got, want)
				}
			}
		}
		if got := finding(t, events, "first path"); got == "none" {
			t.Errorf("%s: who never turns back is not told of", c.words)
		}
	}
}

// TestNotHere: a run whose program is missing is a recording where there is one,
// which says so, and else a refusal that names a way out.
func TestNotHere(t *testing.T) {
	for _, c := range []struct {
		lab   *Lab
		words string
		want  string // the verdict, or "" where there is no recording
	}{
		{Chain, "client=openssl send=leaf-only", "refuses"},
		{Chain, "client=curl", "accepts"},
		{Chain, "client=curl max=1.2", ""},
		{Names, "client=python3 san= cn=app.lab.test", "accepts"},
		{Names, "client=python3-no-cn san= cn=app.lab.test", "refuses"},
		{Names, "client=gnutls-cli san=*.lab.test", "accepts"},
		{Names, "client=openssl san=nobody.test", ""},
		{Clock, "client=openssl days=48", "refuses"},
		{Clock, "client=openssl days=49", ""},
	} {
		words := strings.Fields(c.words)
		events, err := Start(context.Background(), c.lab, setting(t, c.lab, words...), Options{Keys: ring, Alone: true}).Wait()
		if c.want == "" {
			if _, ok := errors.AsType[*Refusal](err); !ok || !strings.Contains(err.Error(), "try it with") {
				t.Errorf("%s %s: %v", c.lab.Name, c.words, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s %s: %v", c.lab.Name, c.words, err)
			continue
		}
		who := setting(t, c.lab, words...)["client"]
		if got := finding(t, events, "verdicts."+who); got != c.want || Recording(events) == "" || finding(t, events, "verdicts.recorded") != Recording(events) {
			t.Errorf("%s %s: %s %s, recorded %q", c.lab.Name, c.words, who, got, Recording(events))
		}
		if got := finding(t, events, "match"); c.lab == Names && got == "none" {
			t.Errorf("%s: the names of the recorded certificate are not compared", c.words)
		}
	}
	// Among all, who is missing is quoted where these settings are recorded, and else
	// says so; the others meet the server.
	for words, want := range map[string]string{"trust=intermediate": "refuses", "trust=root": "accepts", "max=1.2": "cannot be asked"} {
		events, err := Start(context.Background(), Chain, setting(t, Chain, words, "client=all"), Options{Keys: ring, Alone: true}).Wait()
		if err != nil {
			t.Fatal(err)
		}
		if got := finding(t, events, "verdicts.openssl"); got != want || finding(t, events, "verdicts.go") != "accepts" || Recording(events) != "" {
			t.Errorf("%s: openssl %s, want %s", words, got, want)
		}
		if got := finding(t, events, "verdicts.openssl.recorded"); (got == "none") != (want == "cannot be asked") {
			t.Errorf("%s: recorded %s", words, got)
		}
	}
}

// TestEvidence: a check of a path leads to the bytes it is about, as they crossed.
func TestEvidence(t *testing.T) {
	events := finish(t, Chain, "signs=branch")
	_, paths, _ := Lookup(events, "paths")
	failed := 0
	for _, k := range paths.Kid("path").Kids {
		if k.Err == nil {
			continue
		}
		failed++
		about := k.Kid("about")
		if about == nil {
			t.Fatalf("%s is about nothing", k.Value)
		}
		f := about.Kids[0]
		if !strings.HasPrefix(k.Value, chain.PathLen+": ") || f.Src == nil || f.Src.From == nil || !slices.Contains([]string{"basicConstraints", "pathLenConstraint"}, f.Name) {
			t.Errorf("%s: %s of %v", k.Name, f.Name, f.Src)
		}
	}
	if failed != 1 {
		t.Errorf("%d checks fail", failed)
	}
}

// TestNeedsAreReal: each word of knob client is Go, ours, or a program there is.
func TestNeedsAreReal(t *testing.T) {
	for _, l := range []*Lab{Chain, Names, Clock} {
		for _, word := range l.Knob("client").Choices {
			name := programOf(word)
			if (name == "") != (word == "go" || word == everyone || strings.HasPrefix(word, "go-")) || name != "" && !slices.Contains(peer.Names(peer.Client), name) {
				t.Errorf("%s: %s needs %q", l.Name, word, name)
			}
		}
	}
}

// madeCert returns the certificate that an authority made under that name.
func madeCert(t *testing.T, events []Event, name string) *x509.Certificate {
	t.Helper()
	for _, e := range events {
		if e.Who == CA && e.Tree != nil && e.Tree.Name == name {
			c, err := x509.ParseCertificate(e.Tree.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
	}
	t.Fatalf("nobody made %s", name)
	return nil
}
