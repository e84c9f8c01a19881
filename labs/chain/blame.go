package chain

import (
	"fmt"
	"strings"
)

// This file puts what fails on a path where the graph shows it. Each check knows
// the certificate it concerns. On the chosen path that is where it stands; on
// another, which may share certificates with the chosen one, it stands at the
// first step that only that path takes.

// A drawing is the graph while its paths are drawn into it.
type drawing struct {
	w     *walk
	nodes []Node
	edges []Edge
	at    map[[2]int]int // where in edges the one from a child to a parent is
	gone  map[string]int // where in nodes a missing issuer is, by its name in DER
	owner []int          // by edge: the first path that takes it, or -1
}

func newDrawing(w *walk, nodes []Node, edges []Edge) *drawing {
	d := &drawing{w: w, nodes: nodes, edges: edges, at: make(map[[2]int]int, len(edges)), gone: map[string]int{}, owner: make([]int, len(edges))}
	for i, e := range edges {
		d.at[[2]int{e.Child, e.Parent}], d.owner[i] = i, -1
	}
	return d
}

// paths draws the chosen path and then the others, the better ones first: a step
// that several take is as good as the best of them.
func (d *drawing) paths(a *Answer) {
	if a.Chosen < 0 {
		return
	}
	d.light(a, a.Chosen)
	for i := range a.Paths {
		if i != a.Chosen {
			d.branch(&a.Paths[i], i)
		}
	}
}

// steps returns the edges of a path from the leaf on. The last certificate of one
// that ends too early is followed by the issuer that is missing.
func (d *drawing) steps(p *Path, number int) []int {
	var all []int
	last := d.w.ids[string(p.Certs[0].Raw)].id
	step := func(to int) {
		i, ok := d.at[[2]int{last, to}]
		if !ok {
			// A circle, or a missing issuer: no link was ever looked at.
			i = len(d.edges)
			d.at[[2]int{last, to}] = i
			d.edges, d.owner = append(d.edges, Edge{Child: last, Parent: to, OK: true}), append(d.owner, -1)
		}
		if d.owner[i] < 0 {
			d.owner[i] = number
		}
		all, last = append(all, i), to
	}
	for _, c := range p.Certs[1:] {
		step(d.w.ids[string(c.Raw)].id)
	}
	if k := p.orphaned(); k != nil {
		step(d.missing(p.Certs[k.Cert], k.Why))
	}
	return all
}

// orphaned returns the check that says that nobody has the last certificate's
// issuer; nil where the path ends otherwise.
func (p *Path) orphaned() *Check {
	for i := range p.Checks {
		// That the names agree holds wherever there is an issuer.
		if k := &p.Checks[i]; k.Name == Issuer && !k.OK {
			return k
		}
	}
	return nil
}

// missing returns the node of a certificate's issuer that nobody has.
func (d *drawing) missing(c *Cert, why string) int {
	i, ok := d.gone[string(c.issuer)]
	if !ok {
		i = len(d.nodes)
		d.gone[string(c.issuer)] = i
		d.nodes = append(d.nodes, Node{Cert: &Cert{Title: strings.Trim(issuerName(c), `"`)}, From: Missing})
	}
	// Several may name it.
	d.nodes[i].Why = told(d.nodes[i].Why, why)
	return i
}

// light draws the chosen path: what fails on it stands at the certificates.
func (d *drawing) light(a *Answer, number int) {
	p := &a.Paths[number]
	steps := d.steps(p, number)
	at := func(i int) *Node {
		if i == 0 {
			return &d.nodes[d.w.leaf.id]
		}
		return &d.nodes[d.edges[steps[i-1]].Parent]
	}
	at(0).Lit = true
	for i, s := range steps {
		e := &d.edges[s]
		e.Lit, at(i+1).Lit = true, true
		// What else there is to say of a step stands at the certificates; that a key
		// did not sign breaks the step itself.
		if l := d.w.links[[2]int{e.Child, e.Parent}]; l != nil && l.fits {
			e.OK, e.Why = true, ""
		}
	}
	decided := false
	for i := range p.Checks {
		k := &p.Checks[i]
		if k.OK {
			if n := at(k.Cert); k.Name == Anchor && n.From&Root != 0 && n.partial() {
				// Whom this is refused by refuses it for that.
				n.Beside = k.Beside
			}
			continue
		}
		n := at(k.Cert)
		if k.Name == Issuer {
			n = at(len(steps)) // the one that is missing, and not the one that names it
		}
		if n.OK {
			n.Why = "" // that nothing leads here, say
		}
		n.OK, n.Why = false, told(n.Why, k.Why)
		n.Decides, decided = n.Decides || !decided, true
	}
}

// misplaced draws, of what is refused, that a CA stands where the leaf belongs: what
// is said of that one begins so, and the leaf is called one.
func (d *drawing) misplaced(a *Answer) {
	why := d.w.misplaced(a)
	if why == "" {
		return
	}
	first := &d.nodes[d.w.leaf.id]
	first.OK, first.Why = false, why+first.Why
	i := leafAt(d.w.q.Chain)
	if n := &d.nodes[d.w.ids[string(d.w.q.Chain[i].Raw)].id]; !n.Lit {
		n.Late, n.OK = i+1, false
		n.Why = fmt.Sprintf("It is the leaf, and the order is wrong: it must come first (RFC 9846, Section 4.5.1), and is certificate %d of the list. Who verifies takes the first for the leaf, and does not ask about this one.", i+1)
	}
}

// branch draws a path that was not chosen. Its failures stand at the steps that no
// better path takes: at the one to the certificate that is concerned, or else at
// the first.
func (d *drawing) branch(p *Path, number int) {
	steps := d.steps(p, number)
	if p.OK {
		return
	}
	var own []int // where in steps those are
	for i, s := range steps {
		if d.owner[s] == number {
			own = append(own, i)
		}
	}
	for i := range p.Checks {
		k := &p.Checks[i]
		// The missing issuer says so itself.
		if k.OK || len(own) == 0 || k.Name == Issuer || strings.Contains(d.nodes[d.w.ids[string(p.Certs[k.Cert].Raw)].id].Why, k.Why) {
			continue
		}
		to := own[0]
		for _, s := range own {
			if s+1 >= k.Cert {
				to = s
				break
			}
		}
		e := &d.edges[steps[to]]
		e.OK, e.Why = false, told(e.Why, k.Why)
	}
}

// maxWhy is how many bytes of reasons stand at one place of a graph: a hostile path
// has a hundred of them.
const maxWhy = 600

// told adds a sentence to others, once.
func told(all, why string) string {
	switch {
	case all == "":
		return why
	case strings.Contains(all, why) || len(all) > maxWhy:
		return all
	}
	return all + " " + why
}
