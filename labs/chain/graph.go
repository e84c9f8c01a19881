package chain

import (
	"bytes"
	"fmt"
	"strings"
)

// From says where a certificate came from. It may have come from several places.
type From int

// Where certificates come from.
const (
	Leaf From = 1 << iota // the one in question
	Sent                  // presented with it, or known from elsewhere
	Root                  // a trusted root
)

// String returns the places, "leaf", "intermediate", "root", joined by a plus.
func (f From) String() string {
	var s []string
	for i, name := range []string{"leaf", "intermediate", "root"} {
		if f&(1<<i) != 0 {
			s = append(s, name)
		}
	}
	return strings.Join(s, "+")
}

// A Node is a certificate in the graph.
type Node struct {
	Cert *Cert
	From From
	OK   bool   // the checks that concern it alone hold
	Why  string // the first that does not; or why no path goes on from here
	Lit  bool   // it is on the chosen path
}

// An Edge leads from a certificate to one of its issuer's name.
type Edge struct {
	Child, Parent int // indices in Answer.Nodes
	OK            bool
	Why           string
	Lit           bool // it is on the chosen path
}

// graph returns the certificates that the walk has met, those that were
// presented for nothing, and what leads from one to the next.
func (w *walk) graph(a *Answer) ([]Node, []Edge) {
	// What was sent and never met is shown too: somebody meant it to help.
	met := len(w.nodes)
	for _, c := range w.q.Chain[1:] {
		if len(w.nodes) < met+maxCandidates {
			w.node(c, Sent)
		}
	}
	nodes := make([]Node, len(w.nodes))
	for i, n := range w.nodes {
		w.ownChecks(n)
		nodes[i] = Node{Cert: n.cert, From: n.from, OK: n.ownOK}
		switch {
		case !n.ownOK:
			nodes[i].Why = failed(n.own)
		// It was presented, and no issuer that was looked for has its name.
		case i >= met:
			nodes[i].Why = "No path leads here."
		case n.asked && len(n.parents) == 0 && n.from&Root == 0:
			nodes[i].Why = fmt.Sprintf("No certificate of its issuer, %s, was presented or is trusted.", issuerName(n.cert))
		}
	}
	edges := w.edges()
	if a.Chosen >= 0 {
		w.light(nodes, edges, a.Paths[a.Chosen].Certs)
	}
	return nodes, edges
}

// edges returns every link in the order in which its child was met.
func (w *walk) edges() []Edge {
	var edges []Edge
	// A certificate that is a root and was sent as well is two candidates.
	drawn := map[*link]bool{}
	for _, n := range w.nodes {
		for _, c := range n.parents {
			l := w.links[[2]int{n.id, c.n.id}]
			if l == nil || drawn[l] {
				continue
			}
			drawn[l] = true
			e := Edge{Child: n.id, Parent: c.n.id, OK: l.ok, Why: failed(l.checks)}
			if c.n.cert.X != nil {
				// At the place right above the leaf, where no path is too long yet.
				if ks := issuing(c.n.cert, c.root, 1, 0); !holds(ks) {
					e.OK, e.Why = false, strings.TrimSpace(e.Why+" "+failed(ks))
				}
			} else {
				e.Why = failed(w.ownChecks(c.n))
			}
			edges = append(edges, e)
		}
	}
	return edges
}

// failed returns the reason of the first check that fails.
func failed(ks []Check) string {
	for _, k := range ks {
		if !k.OK {
			return k.Why
		}
	}
	return ""
}

// light marks a path.
func (w *walk) light(nodes []Node, edges []Edge, path []*Cert) {
	last := -1
	for _, c := range path {
		// Every certificate of a path has been met, and so has an id.
		id := w.ids[string(c.Raw)].id
		nodes[id].Lit = true
		for i := range edges {
			if edges[i].Child == last && edges[i].Parent == id {
				edges[i].Lit = true
			}
		}
		last = id
	}
}

// notes names what is odd about what was given, whatever the verdict.
func (w *walk) notes() []string {
	var notes []string
	// Twenty are more than anybody reads; a hostile chain would have thousands.
	note := func(format string, args ...any) {
		if len(notes) < 20 {
			notes = append(notes, fmt.Sprintf(format, args...))
		}
	}
	// First the chain as it was sent, then what is trusted.
	chain := w.q.Chain
	seen := map[string]int{}
	for i, c := range chain {
		if first, twice := seen[string(c.Raw)]; twice {
			note("Certificate %d of the chain, %s, is certificate %d once more.", i+1, c.Title, first+1)
			continue
		}
		seen[string(c.Raw)] = i
		if c.Err != nil && i > 0 {
			note("Certificate %d of the chain cannot be read; a Go client would refuse the whole chain for it.", i+1)
		}
	}
	if i := leafAt(chain); i > 0 {
		note("Certificate 1 of the chain, %s, is a CA, and certificate %d, %s, is not: the leaf must come first (RFC 9846, Section 4.4.2).", chain[0].Title, i+1, chain[i].Title)
	}
	if i := disorder(chain); i > 0 {
		note("Certificate %d of the chain, %s, did not issue the one before it: out of order, which TLS 1.2 forbids (RFC 5246, Section 7.4.2) and verifiers put right.", i+1, chain[i].Title)
	}
	doubles := map[string]bool{}
	for _, c := range w.q.Roots {
		switch {
		case c.X == nil:
			note("The root %s cannot be read: %s.", c.Title, clean(c.Err.Error()))
		case doubles[string(c.Raw)]:
			note("The root %s is given twice.", c.Title)
		case !bytes.Equal(c.Raw, chain[0].Raw) && !holds([]Check{isCA(c, true)}):
			note("The root %s is not a CA: it can be trusted for itself and for nothing that it issued.", c.Title)
		}
		doubles[string(c.Raw)] = true
	}
	for _, n := range w.nodes {
		// Peers differ in how many they take.
		if n.trees != nil && n.trees.size > 1000 {
			note("%s holds %d name constraints.", n.cert.Title, n.trees.size)
		}
	}
	if len(w.q.Roots) == 0 {
		note("No root is trusted.")
	}
	return notes
}

// leafAt returns where the leaf of a chain stands whose first certificate is a
// CA; 0 when it stands first, or nobody can tell.
func leafAt(chain []*Cert) int {
	if chain[0].X == nil || !chain[0].X.IsCA {
		return 0
	}
	// Whatever can be read and is no CA must be the leaf.
	for i, c := range chain {
		if c.X != nil && !c.X.IsCA {
			return i
		}
	}
	return 0
}

// disorder returns the first certificate of a chain that did not issue the one
// before it, where another one did; 0 when there is none.
func disorder(chain []*Cert) int {
	last := map[string]int{} // where a subject stands for the last time
	for i, c := range chain {
		last[string(c.subject)] = i
	}
	for i := 1; i < len(chain); i++ {
		before := chain[i-1].issuer
		if before != nil && !bytes.Equal(chain[i].subject, before) && last[string(before)] > i {
			return i
		}
	}
	return 0
}
