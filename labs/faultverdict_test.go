package labs

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/peer"
	"tlstutor/labs/recorded"
	"tlstutor/labs/wire"
)

// asServer is the name of Go's server in the table: it hears of what clients refuse.
const asServer = "go as server"

// verdictsOf has one client meet each fault, and returns the rows of the table.
func verdictsOf(t *testing.T, name string) []recorded.Verdict {
	t.Helper()
	var rows []recorded.Verdict
	made := time.Now().UTC().Format(time.DateOnly)
	for _, f := range Faults() {
		events := finish(t, FaultBench, "fault="+f.Name, "client="+name)
		explainedAs(t, f, name, events)
		one := rowOf(events, name)
		v := recorded.Verdict{Peer: name, Made: made, Fault: f.Name, Exit: -1, Alert: "none"}
		for _, k := range one.Kids {
			switch k.Name {
			case "line":
				v.Line = k.Value
			case "exit":
				fmt.Sscan(k.Value, &v.Exit)
			case "alert":
				v.Alert = k.Value
			case "recorded":
				t.Fatalf("%s: %s is quoted", f.Name, name)
			}
		}
		v.Accepted = one.Value == "accepts"
		if one.Value != "cannot be asked" {
			rows = append(rows, v)
		}
		if heard := one.Kid("heard"); heard != nil && name == "go" {
			rows = append(rows, recorded.Verdict{Peer: asServer, Made: made, Fault: f.Name, Exit: -1, Alert: v.Alert, Line: heard.Value})
		}
	}
	return rows
}

// explainedAs holds a run against the table: whoever the client is, the check that is
// named is the fault's own, or one that is as right, by the rule of the table; or it is
// said that none is known.
func explainedAs(t *testing.T, f *Fault, name string, events []Event) {
	t.Helper()
	check, at, _ := Lookup(events, "explanation")
	row := rowOf(events, name)
	if check == f.Check && value(at, "rule") == f.Rule || check == "a rule of its own" && row.Value == "refuses" {
		return
	}
	t.Errorf("%s, %s: it %s (%s); explained as %q by %q, the table has %q by %q", f.Name, name, row.Value, value(row, "line"), check, value(at, "rule"), f.Check, f.Rule)
}

// TestOneCheck: with each client of the table, here or quoted, each fault comes to its
// own check, by one rule; and that is cited once. In TLS 1.2 some rules are others.
func TestOneCheck(t *testing.T) {
	for _, f := range Faults() {
		for _, name := range []string{"go", checking, "openssl", "curl", "gnutls-cli"} {
			events := finish(t, FaultBench, "fault="+f.Name, "client="+name, "max=1.2")
			if check, _, _ := Lookup(events, "explanation"); check != f.Check {
				t.Errorf("%s, %s, TLS 1.2: %s; explained as %q", f.Name, name, rowOf(events, name).Value, check)
			}
		}
	}
	t.Setenv("PATH", t.TempDir())
	for _, f := range Faults() {
		for _, name := range append([]string{"go", checking}, peer.Names(peer.Client)...) {
			events := finish(t, FaultBench, "fault="+f.Name, "client="+name)
			explainedAs(t, f, name, events)
			for _, e := range events {
				if e.Tree == nil || e.Tree.Name != "explanation" {
					continue
				}
				if regexp.MustCompile(`\((RFC|X\.)[^)]*\) \(`).MatchString(e.Text) || strings.Count(e.Text, "Section") > 1 && f.Name != "wrong-order" {
					t.Errorf("%s: cited twice: %s", f.Name, e.Text)
				}
				if lets := strings.Contains(e.Text, "lets pass"); lets != (rowOf(events, name).Value == "accepts") {
					t.Errorf("%s: %s %s, and is told: %s", f.Name, name, rowOf(events, name).Value, e.Text)
				}
			}
		}
	}
}

// rowOf is the row of a client in the table of a run.
func rowOf(events []Event, name string) *wire.Field {
	for _, e := range events {
		if e.Tree != nil && e.Tree.Name == "verdicts" && e.Tree.Kid(name) != nil {
			return e.Tree.Kid(name)
		}
	}
	return wire.Note(name, "is not in it")
}

// numbers in a verdict are of the run, or of the edition of a program.
var ofTheRun = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:]+Z|\b[0-9A-F]{12,}\b|OpenSSL/[\d.]+|:\d+\b|\d+ bytes`)

// sameWords is a verdict without what differs from run to run.
func sameWords(line string) string { return ofTheRun.ReplaceAllString(line, "#") }

// TestVerdicts: what each client makes of each fault is what the table says. With
// -update the table is made anew for those clients that are here.
func TestVerdicts(t *testing.T) {
	table, err := recorded.Verdicts()
	if err != nil {
		t.Fatal(err)
	}
	byPeer := map[string][]recorded.Verdict{}
	for _, v := range table {
		byPeer[v.Peer] = append(byPeer[v.Peer], v)
	}
	for _, name := range append([]string{"go"}, peer.Names(peer.Client)...) {
		if name != "go" && !here(t, name) {
			continue
		}
		now := verdictsOf(t, name)
		if *update {
			byPeer[asServer] = slices.DeleteFunc(byPeer[asServer], func(recorded.Verdict) bool { return name == "go" })
			byPeer[name] = nil
			for _, v := range now {
				v.By = edition(versionOf(t, name))
				byPeer[v.Peer] = append(byPeer[v.Peer], v)
			}
			continue
		}
		then := byPeer[name]
		if name == "go" {
			then = append(slices.Clone(then), byPeer[asServer]...)
		}
		compareVerdicts(t, name, then, now)
	}
	if *update {
		var all []recorded.Verdict
		for _, name := range append([]string{"go", asServer}, peer.Names(peer.Client)...) {
			all = append(all, byPeer[name]...)
		}
		if err := os.WriteFile("recorded/verdicts.txt", []byte(recorded.VerdictText(all)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// versionOf is what a client calls itself.
func versionOf(t *testing.T, name string) string {
	if name == "go" {
		return "Go 1.26"
	}
	p, err := programs.Find(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return p.Version
}

// release is an edition without what only mends faults: "Python 3.11, OpenSSL 3.0".
func release(by string) string {
	return regexp.MustCompile(`(\d+\.\d+)\.\d+`).ReplaceAllString(by, "$1")
}

// compareVerdicts reports where the table says something else than today. Another
// edition of one release may have other words, but decides the same; what another
// release does is only logged.
func compareVerdicts(t *testing.T, name string, then, now []recorded.Verdict) {
	t.Helper()
	if len(then) == 0 {
		t.Fatalf("%s has no verdicts in the table", name)
	}
	is := edition(versionOf(t, name))
	same := name == "go" || then[0].By == is
	report := t.Errorf
	if name != "go" && release(then[0].By) != release(is) {
		report = t.Logf
	}
	find := func(v recorded.Verdict) *recorded.Verdict {
		for i := range then {
			if then[i].Peer == v.Peer && then[i].Fault == v.Fault {
				return &then[i]
			}
		}
		return nil
	}
	for _, v := range now {
		old := find(v)
		switch {
		case old == nil:
			report("%s, %s: it is not in the table; -update makes it anew", v.Peer, v.Fault)
		case old.Accepted != v.Accepted:
			report("%s, %s: accepted %v, the table has %v", v.Peer, v.Fault, v.Accepted, old.Accepted)
		case same && (old.Exit != v.Exit || old.Alert != v.Alert || sameWords(old.Line) != sameWords(v.Line)):
			t.Errorf("%s, %s: exit %d, alert %s, %q; the table has %d, %s, %q", v.Peer, v.Fault, v.Exit, v.Alert, v.Line, old.Exit, old.Alert, old.Line)
		}
	}
	if len(now) != len(then) {
		report("%s: %d verdicts, the table has %d", name, len(now), len(then))
	}
}

// TestQuoted: a client that is missing is quoted from the table, with who it was and
// when; and something crosses all the same.
func TestQuoted(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, name := range append(peer.Names(peer.Client), "all") {
		events, err := Start(context.Background(), FaultBench, setting(t, FaultBench, "fault=wrong-name", "client="+name), Options{Keys: ring}).Wait()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := name
		if name == "all" {
			want = "curl"
		}
		row := rowOf(events, want)
		if row.Kid("recorded") == nil || row.Value != "refuses" || !strings.Contains(row.Kid("line").Value, "ame") {
			t.Errorf("%s: %s: %v", name, row.Value, row.Kid("recorded"))
		}
		if v, _, _ := Lookup(events, "explanation"); v != "host name" {
			t.Errorf("%s: explained as %q", name, v)
		}
	}
}
