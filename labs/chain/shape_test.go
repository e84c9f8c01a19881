package chain

import (
	"crypto/x509"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/der"
	"tlstutor/labs/wire"
)

// x3 is the outage of 2021: the old root has expired, and the server sends the
// new one as the old one signed it.
func x3(t testing.TB) (q Question, old *Cert) {
	t.Helper()
	dst, isrg, inter, server := newParty(t, "Old Root"), newParty(t, "New Root"), newParty(t, "R3"), newParty(t, "app.lab.test")
	old = dst.issue(t, dst, expired)
	self := isrg.issue(t, isrg)
	i := isrg.issue(t, inter)
	q = Question{Name: "app.lab.test", At: now(), Roots: []*Cert{old, self}}
	q.Chain = []*Cert{inter.leaf(t, server), i, dst.issue(t, isrg)}
	return q, old
}

// TestFirstPath shows a verifier that never turns back at the outage, and one
// that does.
func TestFirstPath(t *testing.T) {
	q, old := x3(t)
	a := agree(t, "all paths", q)
	if len(a.Paths) != 2 || !a.Paths[0].OK || a.Paths[1].OK || !a.Paths[1].Anchored || a.Paths[1].Certs[3] != old {
		t.Errorf("all paths: %v", paths(a))
	}
	q.FirstPathOnly = true
	a = Explain(q)
	if a.OK || len(a.Paths) != 1 || a.GoErr != nil || a.GoPaths != 1 || !strings.HasPrefix(a.Why, "Old Root expired on ") {
		t.Errorf("first path: ok %v, %v, Go says %v: %s", a.OK, paths(a), a.GoErr, a.Why)
	}
	if a.Lights[LightTime].State != Red || a.Lights[LightAnchor].State != Green {
		t.Errorf("lights %v", a.Lights)
	}
	q.Roots = q.Roots[:1]
	q.FirstPathOnly = false
	if a = agree(t, "only the old root", q); a.OK || !strings.Contains(a.GoSays(), "expired") {
		t.Errorf("only the old root: %s", a.GoSays())
	}
}

// TestFirstPathEnds: a root that was sent too is recognised as one; an intermediate
// that is trusted is no end for who looks for a root; and a path is always told.
func TestFirstPathEnds(t *testing.T) {
	root, inter, server := newParty(t, "Root"), newParty(t, "CA"), newParty(t, "app.lab.test")
	self, i, leaf := root.issue(t, root), root.issue(t, inter), inter.leaf(t, server)
	for _, c := range []struct {
		name        string
		sent, roots []*Cert
		ok          bool
		light       Light
	}{
		{"root sent", []*Cert{leaf, i, self}, []*Cert{self}, true, LightAnchor},
		{"stranger's root sent", []*Cert{leaf, i, self}, nil, false, LightAnchor},
		{"intermediate trusted", []*Cert{leaf, i}, []*Cert{i}, false, LightPath},
		{"intermediate trusted, root sent", []*Cert{leaf, i, self}, []*Cert{i}, false, LightAnchor},
	} {
		a := Explain(Question{Name: "app.lab.test", At: now(), Chain: c.sent, Roots: c.roots, FirstPathOnly: true})
		if a.OK != c.ok || len(a.Paths) != 1 || (a.Lights[c.light].State == Green) != c.ok {
			t.Errorf("%s: %v, %v: %s", c.name, a.OK, paths(a), a.Why)
		}
	}
}

// TestFirstPathMisfit: who finds a certificate of the issuer's name and another key is
// told of that, and not that there is none of that name.
func TestFirstPathMisfit(t *testing.T) {
	root, one, two, server := newParty(t, "Root"), newParty(t, "CA"), newParty(t, "CA"), newParty(t, "app.lab.test")
	a := Explain(Question{At: now(), Chain: []*Cert{one.leaf(t, server), root.issue(t, two)}, Roots: []*Cert{root.issue(t, root)}, FirstPathOnly: true})
	if a.OK || !strings.HasPrefix(a.Why, "The key of CA does not verify the signature on app.lab.test") {
		t.Errorf("%v, %s", a.OK, a.Why)
	}
}

func paths(a *Answer) (s []string) {
	for i := range a.Paths {
		s = append(s, a.Paths[i].String())
	}
	return s
}

// TestDeadEnds tells branches that lead nowhere apart.
func TestDeadEnds(t *testing.T) {
	root, one, two, server := newParty(t, "Root"), newParty(t, "CA"), newParty(t, "CA"), newParty(t, "app.lab.test")
	q := Question{At: now(), Roots: []*Cert{root.issue(t, root)}}
	good := root.issue(t, one)
	other := root.issue(t, two) // the same name, another key
	back := one.issue(t, two)   // the two sign each other
	forth := two.issue(t, one)
	q.Chain = []*Cert{one.leaf(t, server), other, good, back, forth}
	a := agree(t, "dead ends", q)
	want := map[string]int{Signature: 0, Loop: 0}
	for _, p := range a.Paths {
		last := len(p.Certs) - 1
		for _, k := range p.Checks {
			if _, ok := want[k.Name]; ok && !k.OK {
				want[k.Name]++
				if p.OK || p.Anchored || k.Cert < last-1 {
					t.Errorf("%s goes on behind %s", p.String(), k.Why)
				}
			}
		}
	}
	if want[Signature] == 0 || want[Loop] == 0 || !a.OK {
		t.Errorf("ok %v, %v: %v", a.OK, want, paths(a))
	}
	for _, e := range a.Edges {
		if e.OK == (e.Why != "") {
			t.Errorf("%s to %s: ok %v, %q", a.Nodes[e.Child].Cert.Title, a.Nodes[e.Parent].Cert.Title, e.OK, e.Why)
		}
	}
	lit := 0
	for _, n := range a.Nodes {
		if n.Lit {
			lit++
		}
	}
	if lit != len(a.Paths[0].Certs) || len(a.Nodes) != 6 {
		t.Errorf("%d of %d nodes lit, the chosen path has %d", lit, len(a.Nodes), len(a.Paths[0].Certs))
	}
}

// TestBranches looks at a path that was not chosen: what fails on it stands at the
// steps that only it takes, and nothing of it at what the chosen path shares.
func TestBranches(t *testing.T) {
	root, tight, mid, server, lone := newParty(t, "Root"), newParty(t, "Tight Root"), newParty(t, "CA"), newParty(t, "app.lab.test"), newParty(t, "Lone Root")
	narrow := tight.issue(t, tight, func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"other.test"} })
	q := Question{Name: "app.lab.test", At: now(), Roots: []*Cert{root.issue(t, root), narrow}}
	q.Chain = []*Cert{mid.leaf(t, server), root.issue(t, mid), tight.issue(t, mid), lone.issue(t, mid), lone.issue(t, lone)}
	a := agree(t, "branches", q)
	if !a.OK || len(a.Paths) != 3 {
		t.Fatalf("%v, %v", a.OK, paths(a))
	}
	why := ""
	for _, e := range a.Edges {
		if e.Lit && !e.OK || e.OK != (e.Why == "") {
			t.Errorf("%s to %s: %+v", a.Nodes[e.Child].Cert.Title, a.Nodes[e.Parent].Cert.Title, e)
		}
		why += e.Why + "\n"
	}
	for _, n := range a.Nodes {
		if n.Lit && (!n.OK || n.Why != "") || n.Decides {
			t.Errorf("%s: %+v", n.Cert.Title, n)
		}
	}
	for _, want := range []string{`The constraints of Tight Root forbid app.lab.test to name "app.lab.test"`, "Lone Root names itself as its issuer, and it is not among the 2 trusted roots."} {
		if strings.Count(why, want) != 1 {
			t.Errorf("not once %q in %q", want, why)
		}
	}
	// Without the good root there is none, and the reason stands at the certificate.
	q.Roots = q.Roots[1:]
	a = agree(t, "branches", q)
	decides := ""
	for _, n := range a.Nodes {
		if n.Decides {
			decides += n.Cert.Title + ": " + n.Why
		}
	}
	if a.OK || !strings.HasPrefix(decides, "app.lab.test: ") || !strings.HasPrefix(a.Why, strings.TrimPrefix(decides, "app.lab.test: ")) {
		t.Errorf("%q decides, and the verdict is %q", decides, a.Why)
	}
}

// TestPlaces: where a certificate came from is said in words.
func TestPlaces(t *testing.T) {
	root, mid, server := newParty(t, "Root"), newParty(t, "CA"), newParty(t, "app.lab.test")
	top, i, leaf := root.issue(t, root), root.issue(t, mid), mid.leaf(t, server)
	for _, c := range []struct {
		sent, roots []*Cert
		want        string
	}{
		{[]*Cert{leaf, i}, []*Cert{top}, "leaf, intermediate, root"},
		{[]*Cert{leaf, i, top}, []*Cert{top}, "leaf, intermediate, root, sent as well"},
		{[]*Cert{leaf, i, top}, nil, "leaf, intermediate, self-issued, not trusted"},
		{[]*Cert{leaf, i}, []*Cert{i}, "leaf, intermediate, trusted as a root"},
		{[]*Cert{leaf}, []*Cert{top}, "leaf, missing"},
		{[]*Cert{i, leaf}, []*Cert{top}, "CA, in the leaf's place, root, not a CA"},
		{[]*Cert{leaf}, []*Cert{leaf}, "leaf, and trusted itself"},
	} {
		a := Explain(Question{Chain: c.sent, Roots: c.roots, At: now()})
		var got []string
		for j := range a.Nodes {
			got = append(got, a.Nodes[j].Place())
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s, want %s", s, c.want)
		}
	}
}

// TestNotes gives chains that are odd but can be understood.
func TestNotes(t *testing.T) {
	for what, c := range map[string]struct {
		ask  func(*Question)
		note string
	}{
		"CA first":     {func(q *Question) { slices.Reverse(q.Chain); q.Name = "" }, "the leaf must come first"},
		"twice":        {func(q *Question) { q.Chain = append(q.Chain, q.Chain[1]) }, "is certificate 2 once more"},
		"disorder":     {func(q *Question) { q.Chain = []*Cert{q.Chain[0], q.Roots[0], q.Chain[1]} }, "out of order"},
		"no CA":        {func(q *Question) { q.Roots = append(q.Roots, newParty(t, "x.test").leaf(t, newParty(t, "y.test"))) }, "y.test is not a CA"},
		"root twice":   {func(q *Question) { q.Roots = append(q.Roots, q.Roots[0]) }, "given twice"},
		"bad root":     {func(q *Question) { q.Roots = append(q.Roots, Read([]byte{0x30, 0})) }, "cannot be read"},
		"no roots":     {func(q *Question) { q.Roots = nil }, "No root is trusted"},
		"bad neighbor": {func(q *Question) { q.Chain = append(q.Chain, Read([]byte{1})) }, "would refuse the whole chain"},
	} {
		q := bench{}.question(t)
		c.ask(&q)
		a := agree(t, what, q)
		if len(a.Notes) != 1 || !strings.Contains(a.Notes[0], c.note) {
			t.Errorf("%s: %q, want %q", what, a.Notes, c.note)
		}
	}
	// Where it is refused, the order is the first thing to say.
	q := bench{}.question(t)
	slices.Reverse(q.Chain)
	if a := agree(t, "CA first", q); a.OK || !strings.HasPrefix(a.Why, "The order is wrong: the leaf must come first") || len(a.Notes) > 0 {
		t.Errorf("%v, %s, %q", a.OK, a.Why, a.Notes)
	}
	// Of two that are no CA, the leaf is the one that has not signed the other.
	shop := newParty(t, "shop.test")
	two := []*Cert{q.Roots[0], newParty(t, "CA").leaf(t, shop), shop.leaf(t, newParty(t, "app.test"))}
	if i := leafAt(two); i != 2 {
		t.Errorf("%s is taken for the leaf", two[i].Title)
	}
	// And so in the graph, where the leaf is called one.
	a := agree(t, "CA first", q)
	first, late := a.Nodes[0], Node{}
	for _, n := range a.Nodes {
		if n.Late > 0 {
			late = n
		}
	}
	if first.Place() != "CA, in the leaf's place" || !strings.HasPrefix(first.Why, "The order is wrong") {
		t.Errorf("%s: %s", first.Place(), first.Why)
	}
	if late.Cert != q.Chain[1] || late.OK || late.Place() != "leaf, sent as certificate 2" || !strings.Contains(late.Why, "the order is wrong") {
		t.Errorf("%+v", late)
	}
	// A leaf that is trusted itself is trusted halfway up too.
	q = bench{ask: func(q *Question) { q.Roots = q.Chain[:1] }}.question(t)
	if a = agree(t, "pinned", q); !a.OK || !strings.Contains(a.Nodes[0].Beside, "-partial_chain") {
		t.Errorf("%+v", a.Nodes[0])
	}
	// Of one who is trusted halfway up, that others do not go by that.
	q = bench{ask: func(q *Question) { q.Roots = q.Chain[1:] }}.question(t)
	a = agree(t, "partial chain", q)
	for _, n := range a.Nodes {
		if anchor := n.From&Root != 0; n.Decides || anchor != strings.Contains(n.Beside, "-partial_chain") {
			t.Errorf("%s: %+v", n.Cert.Title, n)
		}
	}
	if a := Explain(Question{}); a.OK || a.Why == "" || a.Chosen != -1 || a.GoErr == nil {
		t.Errorf("nothing: %+v", a)
	}
}

// TestFindings prints an answer as fields and follows the evidence into the
// certificates.
func TestFindings(t *testing.T) {
	q := bench{leaf: expired, ask: name("other.test")}.question(t)
	a := Explain(q)
	trees := map[*Cert]*wire.Field{}
	f := a.Findings(func(c *Cert) *wire.Field {
		if trees[c] == nil {
			trees[c] = c.Tree()
		}
		return trees[c]
	})
	if err := wire.Check(f, der.OpenLeaf); err != nil {
		t.Error(err)
	}
	if f.Value != "refused" || f.Match("lights.time").Value != "red" || f.Match("lights.anchor").Value != "green" {
		t.Errorf("%s, lights %+v", f.Value, f.Match("lights"))
	}
	k := f.Match("path.validity")
	if k == nil || k.Err == nil || k.Find("notAfter") == nil || k.Find("notAfter").Src == nil {
		t.Errorf("no bytes for %+v", k)
	}
	if f.Match("Go") == nil || f.Match("path.host name.subjectAltName") == nil {
		t.Error("the tree does not tell what Go says, or of the names")
	}
	if a.Findings(nil) == nil {
		t.Error("no tree without certificates")
	}
}

// FuzzExplain verifies what is no chain.
func FuzzExplain(f *testing.F) {
	q := bench{}.question(f)
	for _, c := range append(q.Chain, q.Roots...) {
		f.Add(c.Raw, c.Raw, c.Raw, c.Title)
	}
	f.Add(q.Chain[0].Raw, q.Chain[1].Raw, q.Roots[0].Raw, "app.lab.test")
	f.Fuzz(func(t *testing.T, leaf, inter, root []byte, host string) {
		q := Question{Chain: []*Cert{Read(leaf), Read(inter)}, Roots: []*Cert{Read(root)}, Name: host, At: now(), Uses: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
		a := agree(t, "fuzz", q)
		if err := wire.Check(a.Findings((*Cert).Tree), der.OpenLeaf); err != nil {
			t.Error(err)
		}
	})
}
