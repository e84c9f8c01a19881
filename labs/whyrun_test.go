package labs

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/peer"
	"tlstutor/labs/recorded"
)

// saidBy reports whether the table has a client say a text of a fault.
func saidBy(table []recorded.Verdict, client, fault, text string) bool {
	return slices.ContainsFunc(table, func(v recorded.Verdict) bool {
		return v.Fault == fault && unnamed(v.Line) == unnamed(text) &&
			(v.Peer == client || client == "go" && v.Peer == asServer)
	})
}

// TestWhyRun: of every text in the table the run that is named for a fault has a
// client that said so of this fault; one that is on this machine, if there is one.
// Where no program is here, it is one whose words are recorded.
func TestWhyRun(t *testing.T) {
	table, err := recorded.Verdicts()
	if err != nil {
		t.Fatal(err)
	}
	all, others := tellingsOf(), 0
	for _, path := range []string{"as it is", ""} {
		if path == "" {
			t.Setenv("PATH", t.TempDir())
		}
		for _, one := range all.all {
			for _, f := range one.Faults {
				run := one.Run(f)
				setting(t, run.Lab, strings.Fields(run.String())[1:]...) // it can be typed
				client := run.Set.client()
				switch {
				case one.By != "":
					if !slices.Contains(refusers(f), client) {
						t.Errorf("%s, %s: %s does not refuse it", one.Text, f.Name, client)
					}
				case !saidBy(table, client, f.Name, one.Text):
					t.Errorf("%s, %s: %s does not say so", one.Text, f.Name, client)
				}
				if client != "go" {
					others++
					if saidBy(table, "go", f.Name, one.Text) {
						t.Errorf("%s, %s: Go says so too, and %s is run", one.Text, f.Name, client)
					}
					here := slices.ContainsFunc(one.told[f], peer.Here)
					if here && !peer.Here(client) {
						t.Errorf("%s, %s: %s is not here, another is", one.Text, f.Name, client)
					}
				}
			}
		}
	}
	// What other labs have said by programs plays from a recording where they are not.
	for _, one := range all.all {
		for _, c := range one.Causes {
			if name := itself(cmp.Or(c.Set["client"], "go")); !slices.Contains(peer.Names(peer.Client), name) || c.Lab.StandsIn() {
				continue
			}
			if name := c.Lab.recording(setting(t, c.Lab, strings.Fields(c.String())[1:]...)); !recorded.Has(name) {
				t.Errorf("%s: there is no recording %s", c, name)
			}
		}
	}
	if others < 100 {
		t.Errorf("only %d runs have another client than Go's", others)
	}
}

// client is the client of these settings of the fault bench.
func (s Settings) client() string {
	if s["client"] == "" {
		return FaultBench.Knob("client").Start()
	}
	return s["client"]
}

// TestWhyRuns: the runs named for texts that Go never says have them said, live or
// quoted; and a fault that Go takes is refused in the run that is named for it.
func TestWhyRuns(t *testing.T) {
	for _, text := range []string{"must staple", "unable to get local issuer certificate", "EE certificate key too weak", "ERR_CERT_REVOKED"} {
		m := Why(text)[0]
		run := m.Run(m.Faults[0])
		row := rowOf(finish(t, run.Lab, strings.Fields(run.String())[1:]...), run.Set.client())
		if row.Value != "refuses" {
			t.Errorf("%s: %s: %s", text, run, row.Value)
			continue
		}
		if m.By == "" && unnamed(row.Kid("line").Value) != m.plainText() {
			t.Errorf("%s: %s: %q", text, run, row.Kid("line").Value)
		}
	}
	for _, f := range Faults() {
		if run := f.Refused(); f.Lax == (run.Set.client() == "go") {
			t.Errorf("%s: Go takes it: %v; the run is %s", f.Name, f.Lax, run)
		}
	}
}

// plainText is what is left of a match's text.
func (m *Match) plainText() string { return unnamed(m.Text) }
