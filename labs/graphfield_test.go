package labs

import (
	"fmt"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// showsCrosses fails the test unless the graphs of a run say what its lights say: each
// light that fails has a cross on the path that decides, with its very sentence;
// one of them is where the verdict was decided; and where all hold, nothing on that
// path fails. It returns how many of them fail.
func showsCrosses(t *testing.T, what string, events []Event) (bad int) {
	t.Helper()
	for _, v := range Verifications(Records(events)) {
		g := v.Graph()
		crosses, decides := "", 0
		for i, n := range g.Nodes {
			if !n.OK && n.Why == "" {
				t.Errorf("%s: %s has a cross and no reason", what, &g.Nodes[i])
			}
			if !n.OK && n.Lit {
				crosses += n.Why + "\n"
			}
			if n.Decides {
				decides++
			}
			if n.Decides && (n.OK || !n.Lit || !strings.Contains(v.Why, strings.SplitAfter(n.Why, ". ")[0])) {
				t.Errorf("%s: %s decides with %q, and the verdict is %q", what, &g.Nodes[i], n.Why, v.Why)
			}
		}
		for _, e := range g.Edges {
			if !e.OK && e.Why == "" {
				t.Errorf("%s: the step from %s has a cross and no reason", what, &g.Nodes[e.Child])
			}
			if !e.OK && e.Lit {
				crosses += e.Why + "\n"
			}
		}
		red := false
		for _, l := range v.Lights {
			if l.State != Fails {
				continue
			}
			if red = true; !strings.Contains(crosses, l.Why) {
				t.Errorf("%s: light %s fails, and no cross on the path says %q; they say %q", what, l.Name, l.Why, crosses)
			}
		}
		if red {
			bad++
		}
		if want := map[bool]int{true: 1}[red]; decides != want {
			t.Errorf("%s: %d certificates decide, not %d", what, decides, want)
		}
		if !red && crosses != "" {
			t.Errorf("%s: all lights hold, and the path has crosses: %q", what, crosses)
		}
	}
	return bad
}

// Whatever fault the certificates have, the graph shows it where it is.
func TestGraphFaults(t *testing.T) {
	bad := 0
	for _, f := range Faults() {
		bad += showsCrosses(t, f.Name, finish(t, FaultBench, "fault="+f.Name))
	}
	if bad < 25 {
		t.Errorf("of %d faults only %d make a light fail", len(Faults()), bad)
	}
}

// The same of each way to send and to trust that lab chain has.
func TestGraphChains(t *testing.T) {
	bad, missing := 0, 0
	for _, send := range Chain.Knob("send").Choices {
		for _, trust := range Chain.Knob("trust").Choices {
			for _, signs := range Chain.Knob("signs").Choices {
				for _, cross := range Chain.Knob("cross").Choices {
					words := fmt.Sprintf("send=%s trust=%s signs=%s cross=%s", send, trust, signs, cross)
					events := finish(t, Chain, strings.Fields(words)...)
					bad += showsCrosses(t, words, events)
					for _, v := range Verifications(Records(events)) {
						if _, gone, ok := strings.Cut(v.Tree.Kid(graphNote).Value, ", and "); ok && strings.HasSuffix(gone, " missing") {
							missing++
						}
					}
				}
			}
		}
	}
	if bad < 40 || missing < 20 {
		t.Errorf("only %d fail, %d for want of a certificate", bad, missing)
	}
}

// What nobody sent is drawn as missing, and opens to no bytes.
func TestGraphMissing(t *testing.T) {
	events := finish(t, Chain, "send=leaf-only")
	g := Verifications(Records(events))[0].Graph()
	if len(g.Nodes) != 2 || len(g.Edges) != 1 || !g.Nodes[0].OK || g.Nodes[1].OK || !g.Nodes[1].Lit || !g.Edges[0].Lit {
		t.Fatalf("%+v", g)
	}
	n := g.Nodes[1]
	if rec, cert := n.Certificate(Records(events)); n.String() != "Lab Issuing CA, missing" || rec != -1 || cert != nil ||
		!strings.Contains(n.Why, "app.lab.test was issued by") {
		t.Errorf("%s, %q, %d, %v", &n, n.Why, rec, cert)
	}
	if got := Verifications(Records(events))[0].Tree.Kid(graphNote).Value; got != "1 certificate, and 1 missing" {
		t.Errorf("the graph has %s", got)
	}
	// A field that says it is a graph, and has nothing of one.
	for _, odd := range []*wire.Field{wire.Note(graphNote, ""), wire.Note(graphNote, "", wire.Note("certificate", "x", wire.Note("issuer", "y")))} {
		v := Verified{Tree: wire.Note(verificationNote, "refused", odd)}
		if g := v.Graph(); len(g.Nodes) > 1 {
			t.Errorf("%+v", g)
		}
	}
}
