package labs

import (
	"cmp"
	"os"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/peer"
	"tlstutor/labs/recorded"
)

// talks are the runs of the labs besides the fault bench whose words are searched:
// their presets, each choice of each knob, and what goes together; those that need
// another program only where that is here.
func talks(t *testing.T) []played {
	t.Helper()
	var all []played
	for _, l := range []*Lab{SNI, Revocation, Suites, Names, Clock, Chain} {
		for _, p := range plays() {
			if p.lab == l {
				all = append(all, p)
			}
		}
	}
	all = append(all, played{SNI, []string{"nameless=refuse", "sni=none"}})
	for _, client := range []string{"openssl", "python3", "curl", "gnutls-cli"} {
		// A root that is sent, and not trusted: OpenSSL's error 19.
		all = append(all, played{Chain, []string{"client=" + client, "send=leaf-root-intermediate", "trust=old-root"}},
			played{SNI, []string{"client=" + client, "name=c.lab.test", "unknown=refuse"}})
	}
	return all
}

// sayings are what was said in a run that ended badly, by those who connect and
// serve; a goal that is open is not among it.
func sayings(t *testing.T, p played) []recorded.Saying {
	t.Helper()
	words := slices.Clone(p.words)
	slices.SortFunc(words, func(a, b string) int { return cmp.Compare(knobAt(p.lab, a), knobAt(p.lab, b)) })
	var all []recorded.Saying
	for _, e := range finish(t, p.lab, words...) {
		// What Go's server hears of another program is that program's word.
		if e.Kind != Said || e.Err == nil || e.Who != Client && (e.Who != Server || needed(p) != "") {
			continue
		}
		who := "go"
		for _, w := range words {
			if name, is := strings.CutPrefix(w, "client="); is && e.Who == Client {
				who = name
			}
		}
		if e.Who == Server {
			who = asServer
		}
		all = append(all, recorded.Saying{Lab: p.lab.Name, Set: strings.Join(words, " "), Who: who, Text: sameRun(e.Err.Error())})
	}
	return all
}

// knobAt is the place of a setting's knob among those of a lab.
func knobAt(l *Lab, word string) int {
	return slices.IndexFunc(l.Knobs, func(k Knob) bool { return strings.HasPrefix(word, k.Name+"=") })
}

// sameRun is a text on one line.
func sameRun(s string) string { return strings.Join(strings.Fields(s), " ") }

// needed is the program that connects in a run, or "" where it is Go.
func needed(p played) string {
	for _, w := range p.words {
		if name, is := strings.CutPrefix(w, "client="); is && slices.Contains(peer.Names(peer.Client), name) {
			return name
		}
	}
	return ""
}

// TestSayings: what the labs besides the fault bench have said when they fail is in
// the table, and nothing else is. With -update it is made anew; the words of a
// program that is not here stay as they were.
func TestSayings(t *testing.T) {
	table, err := recorded.Sayings()
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{} // who was asked, of each run
	var now []recorded.Saying
	for _, p := range talks(t) {
		name := needed(p)
		if slices.Contains(p.words, "client="+everyone) || slices.Contains(p.words, "client=python3-no-cn") || name != "" && !here(t, name) {
			continue // each program is asked by itself
		}
		asked[name] = true
		for _, s := range sayings(t, p) {
			if !slices.ContainsFunc(now, func(o recorded.Saying) bool {
				return o.Lab == s.Lab && o.Who == s.Who && unnamed(o.Text) == unnamed(s.Text)
			}) {
				now = append(now, s)
			}
		}
	}
	if *update {
		if err := os.WriteFile("recorded/said.txt", []byte(recorded.SayingText(now)), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	key := func(s recorded.Saying) string { return s.Lab + "\t" + s.Set + "\t" + s.Who + "\t" + unnamed(s.Text) }
	had := map[string]bool{}
	for _, s := range table {
		had[key(s)] = true
	}
	for _, s := range now {
		// Other editions of other people's programs have other words.
		if needed(played{words: strings.Fields(s.Set)}) != "" {
			continue
		}
		if !had[key(s)] {
			t.Errorf("%s %s: %s says %q, which is not in the table; -update makes it anew", s.Lab, s.Set, s.Who, s.Text)
		}
		delete(had, key(s))
	}
	for k := range had {
		if f := strings.Split(k, "\t"); needed(played{words: strings.Fields(f[1])}) == "" {
			t.Errorf("%q is in the table, and nobody says so", k)
		}
	}
}
