package chain

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/pki"
)

// TestCrossSigning walks a graph in which every CA of a layer signed every CA of
// the layer below: six layers of four have 4096 paths.
func TestCrossSigning(t *testing.T) {
	q := layers(t, 6, 4)
	a := agree(t, "all trusted", q)
	if a.Limit == "" || !strings.Contains(a.Limit, "100") || len(a.Paths) > maxPaths+1 || !strings.Contains(a.Why, "trusted: at least ") {
		t.Errorf("%d paths, limit %q", len(a.Paths), a.Limit)
	}
	// With an expired leaf Go asks nobody, and the walk is the same.
	q.At = now().AddDate(1, 0, 0)
	if a = agree(t, "all expired", q); a.Limit == "" || a.OK {
		t.Errorf("limit %q", a.Limit)
	}
	// Where no root is trusted everything is a dead end.
	q.At, q.Roots = now(), nil
	if a = agree(t, "no roots", q); a.Limit == "" || a.OK {
		t.Errorf("limit %q", a.Limit)
	}
}

// TestRing walks CAs of which each has signed each other, and none is a root. That the
// search was cut comes before the blame, which is only that of what it saw.
func TestRing(t *testing.T) {
	var all []*party
	for i := range 12 {
		all = append(all, newParty(t, fmt.Sprintf("Ring %d", i)))
	}
	q := Question{At: now(), Chain: []*Cert{all[0].leaf(t, newParty(t, "app.lab.test"))}}
	for _, a := range all {
		for _, b := range all {
			if a != b {
				q.Chain = append(q.Chain, a.issue(t, b))
			}
		}
	}
	a := agree(t, "ring", q)
	if a.OK || a.Limit == "" || !strings.HasPrefix(a.Why, "The search was cut at a limit. "+a.Limit+" Of the best path until then: ") {
		t.Errorf("%s; limit %q", a.Why, a.Limit)
	}
	// Who never turns back ends where the path would bite its tail.
	q.FirstPathOnly = true
	if a = Explain(q); a.OK || len(a.Paths) != 1 || !strings.Contains(a.Why, "goes round in a circle") {
		t.Errorf("%s; %v", a.Why, paths(a))
	}
}

// TestLongPath: a path that is too long to be followed is told of as such.
func TestLongPath(t *testing.T) {
	above := newParty(t, "Root")
	q := Question{At: now(), Roots: []*Cert{above.issue(t, above)}, FirstPathOnly: true}
	for i := range maxCandidates + 10 {
		p := newParty(t, fmt.Sprintf("CA %d", i))
		q.Chain, above = append(q.Chain, above.issue(t, p)), p
	}
	slices.Reverse(q.Chain)
	if a := Explain(q); a.OK || a.Limit == "" || !strings.HasPrefix(a.Why, "The search was cut at a limit. A path of more than 100 certificates") {
		t.Errorf("%s; limit %q", a.Why, a.Limit)
	}
}

// layers makes CAs in layers, each of which is signed by all of the layer above.
func layers(t testing.TB, deep, wide int) Question {
	t.Helper()
	above := []*party{newParty(t, "Root")}
	q := Question{At: now(), Roots: []*Cert{above[0].issue(t, above[0])}}
	var inter []*Cert
	for d := range deep {
		var layer []*party
		for i := range wide {
			p := newParty(t, fmt.Sprintf("CA %d", d))
			p.name = fmt.Sprintf("CA %d.%d", d, i)
			for _, a := range above {
				inter = append(inter, a.issue(t, p))
			}
			layer = append(layer, p)
		}
		above = layer
	}
	q.Chain = append([]*Cert{above[0].leaf(t, newParty(t, "app.lab.test"))}, inter...)
	return q
}

// TestTenThousandConstraints holds 10,000 names against 10,000 constraints, none
// of which is about them.
func TestTenThousandConstraints(t *testing.T) {
	root, server := newParty(t, "Root"), newParty(t, "app.lab.test")
	q := Question{At: now()}
	q.Roots = []*Cert{root.issue(t, root, func(c *x509.Certificate) {
		for i := range 10000 {
			c.ExcludedDNSDomains = append(c.ExcludedDNSDomains, fmt.Sprintf("evil%d.test", i))
		}
	})}
	q.Chain = []*Cert{root.leaf(t, server, func(c *x509.Certificate) {
		for i := range 10000 {
			c.DNSNames = append(c.DNSNames, fmt.Sprintf("www.good%d.test", i))
		}
	})}
	a := agree(t, "10,000 constraints", q)
	if !a.OK || len(a.Notes) != 1 || !strings.Contains(a.Notes[0], "10000 name constraints; below it OpenSSL refuses what has more than 104 names") {
		t.Errorf("ok %v, notes %q", a.OK, a.Notes)
	}
	beside := ""
	for _, k := range a.Paths[0].Checks {
		if k.Name == NameConstraints {
			beside = k.Beside
		}
	}
	if !strings.Contains(beside, "10000 constraints on 10002 names") {
		t.Errorf("nothing of OpenSSL's limit: %q", beside)
	}
}

// soon fails when something takes long: what these tests do has once taken the
// square of its size, minutes for the sizes here.
func soon(t *testing.T, what string, do func()) {
	t.Helper()
	start := time.Now()
	do()
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("%s took %v", what, took)
	}
}

// TestHugeName holds a name of half a million labels against constraints of many
// lengths, none of which is about it.
func TestHugeName(t *testing.T) {
	d := sides[domains]{excluded: newDomains([]string{""}, true)}
	if why := refuseDomain(d, "a"); why == "" {
		t.Error("an empty constraint excludes nothing")
	}
	var list []string
	for i := range 1000 {
		list = append(list, strings.Repeat("b.", i)+"Test")
	}
	set := newDomains(list, false)
	soon(t, "a huge name", func() {
		if by, in := set.covers(strings.Repeat("a.", 500_000) + "lab"); in {
			t.Errorf("it is under %s", by)
		}
	})
	if by, in := set.covers("x.B.test"); !in || by != "b.test" {
		t.Errorf("x.B.test is under %q, %v", by, in)
	}
}

// TestHugeSubject reads a certificate whose subject and issuer have as many parts as
// there is room for, and no common name.
func TestHugeSubject(t *testing.T) {
	p := newParty(t, "")
	part := []byte{0x31, 11, 0x30, 9, 6, 3, 0x55, 4, 11, 0x0c, 2, 'a', 'b'}
	body := bytes.Repeat(part, 35_000)
	tmpl := template(t, "")
	tmpl.RawSubject = slices.Concat([]byte{0x30, 0x83, byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body)
	raw, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, p.key.Public(), p.key)
	if err != nil {
		t.Fatal(err)
	}
	soon(t, "a huge subject", func() {
		c := Read(raw)
		a := Explain(Question{Chain: []*Cert{c}, At: now()})
		if c.Err != nil || !strings.HasPrefix(c.Title, "OU=ab,OU=ab") || len(c.Title) > 100 || len(a.Why) > 1000 {
			t.Errorf("%v, %q, %q", c.Err, c.Title, a.Why)
		}
	})
}

// TestHugeChain looks for disorder in a chain of a hundred thousand.
func TestHugeChain(t *testing.T) {
	var chain []*Cert
	for i := range 100_000 {
		chain = append(chain, &Cert{Raw: fmt.Appendf(nil, "%d", i), subject: fmt.Appendf(nil, "subject %d", i), issuer: []byte("nobody")})
	}
	soon(t, "a huge chain", func() {
		if i := disorder(chain); i != 0 {
			t.Errorf("certificate %d is out of order", i)
		}
	})
	chain[99_999].subject, chain[5].issuer = []byte("late"), []byte("late")
	if i := disorder(chain); i != 6 {
		t.Errorf("certificate %d is out of order, not 6", i)
	}
}

// TestWeakIssuer: of a key that Go does not compute with it is not said that the
// signature is wrong.
func TestWeakIssuer(t *testing.T) {
	keys := pki.NewKeyring()
	anchor := pki.Anchor("Weak Root CA")
	anchor.Kind = "rsa512"
	root, err := pki.Root(keys, now, anchor)
	if err != nil {
		t.Fatal(err)
	}
	is, err := root.Issue(pki.Server("app.lab.test"))
	if err != nil {
		t.Fatal(err)
	}
	a := agree(t, "weak issuer", Question{Chain: []*Cert{FromX509(is.Leaf)}, Roots: []*Cert{Read(root.Raw)}, At: now()})
	if want := "The key of Weak Root CA has 512 bits, and Go checks no signature with an RSA key of less than 1024."; a.Why != want {
		t.Errorf("%q, not %q", a.Why, want)
	}
}

// TestText sends names that would harm a terminal through every sentence.
func TestText(t *testing.T) {
	evil := "a\x1b[31m\u202eb\x00"
	root, server := newParty(t, evil), newParty(t, evil)
	q := Question{At: now(), Name: evil, Roots: []*Cert{root.issue(t, root)}}
	q.Chain = []*Cert{root.leaf(t, server, func(c *x509.Certificate) { c.DNSNames = []string{"x\x1b[0m"} }), newParty(t, evil).issue(t, root)}
	a := agree(t, "evil", q)
	say := []string{a.Why, a.Limit, a.GoSays(), a.Name}
	say = append(say, a.Notes...)
	for _, n := range a.Nodes {
		say = append(say, n.Why, n.Cert.Title)
	}
	for _, e := range a.Edges {
		say = append(say, e.Why)
	}
	for _, p := range a.Paths {
		say = append(say, p.String())
		for _, k := range p.Checks {
			say = append(say, k.Why, k.Beside, k.Field)
			for _, part := range k.Parts {
				say = append(say, part.Why)
			}
		}
	}
	for _, s := range say {
		if clean(s) != s && !strings.HasPrefix(clean(s), s[:100]) || strings.ContainsAny(s, "\x00\x1b\u202e") {
			t.Errorf("not clean: %q", s)
		}
	}
}
