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
	Leaf    From = 1 << iota // the one in question
	Sent                     // presented with it, or known from elsewhere
	Root                     // a trusted root
	Missing                  // from nowhere: another names it as its issuer, and that name is all there is
)

// A Node is a certificate in the graph. Of one that is missing, Cert has a title
// and nothing else.
type Node struct {
	Cert    *Cert
	From    From
	OK      bool   // no check that concerns it fails: neither by itself nor, on the chosen path, at its place there
	Why     string // those that do; or why no path leads here
	Lit     bool   // it is on the chosen path
	Decides bool   // the verdict's sentence is about it
	Late    int    // of the leaf where the order is wrong: its place in the list, from 1; else 0
	Beside  string // of one on the chosen path: where others do not go by what holds here
}

// Place says in words where a certificate came from and what it is there for.
func (n *Node) Place() string {
	c, f := n.Cert, n.From
	selfIssued := c.issuer != nil && bytes.Equal(c.issuer, c.subject)
	switch {
	case f == Missing:
		return "missing"
	case f&Leaf != 0 && f&Root != 0:
		return "leaf, and trusted itself"
	// Whatever comes first is taken for the leaf.
	case n.Late > 0:
		return fmt.Sprintf("leaf, sent as certificate %d", n.Late)
	case f&Leaf != 0 && c.X != nil && c.X.IsCA && !selfIssued:
		return "CA, in the leaf's place"
	case f&Leaf != 0:
		return "leaf"
	case f&Root != 0 && !selfIssued:
		return "intermediate, trusted as a root"
	case f == Root|Sent:
		return "root, sent as well"
	case f == Root:
		return "root"
	case selfIssued:
		return "self-issued, not trusted"
	// A name in an issuer field makes nobody an authority.
	case c.X != nil && !c.X.IsCA:
		return "not a CA"
	}
	return "intermediate"
}

// partial reports whether this is an anchor that names another as its issuer: one
// that is trusted halfway up, or the leaf itself.
func (n *Node) partial() bool {
	return n.Cert.issuer != nil && !bytes.Equal(n.Cert.issuer, n.Cert.subject)
}

// An Edge leads from a certificate to one of its issuer's name.
type Edge struct {
	Child, Parent int // indices in Answer.Nodes
	OK            bool
	Why           string
	Lit           bool // it is on the chosen path
}

// graph returns the certificates that the walk has met, those that were
// presented for nothing, those that are missing, and what leads from one to the
// next.
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
		}
	}
	d := newDrawing(w, nodes, w.edges())
	d.paths(a)
	d.misplaced(a)
	return d.nodes, d.edges
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
			if !e.OK && e.Why == "" {
				e.Why = fmt.Sprintf("Whether its key signed %s, nobody can tell, as that cannot be read.", n.cert.Title)
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
