package labs

import (
	"errors"
	"fmt"
	"strings"

	"tlstutor/labs/chain"
	"tlstutor/labs/wire"
)

// graphNote is the name of the finding, inside a verification, that has the
// certificates and who issued whom.
const graphNote = "graph"

// graph is the certificates that were met, each with its issuers, as a finding.
func (v *verification) graph() *wire.Field {
	g := wire.Note(graphNote, "")
	gone := 0
	for i := range v.Nodes {
		g.Kids = append(g.Kids, v.node(i))
		if v.Nodes[i].From == chain.Missing {
			gone++
		}
	}
	g.Value = wire.Count(len(v.Nodes)-gone, "certificate")
	if gone > 0 {
		g.Value += fmt.Sprintf(", and %d missing", gone)
	}
	return g
}

// node is one certificate of the graph.
func (v *verification) node(i int) *wire.Field {
	n := &v.Nodes[i]
	f := wire.Note("certificate", n.Cert.Title, wire.Note("from", n.Place()))
	f.Code, f.IsNum = uint64(i), true // by this number issuers name it
	mark(f, n.OK, n.Why, n.Lit)
	if n.Beside != "" {
		f.Kids = append(f.Kids, wire.Note("beside", n.Beside))
	}
	if n.Decides {
		f.Kids = append(f.Kids, wire.Note("decides", "yes"))
	}
	for j := range v.Edges {
		e := &v.Edges[j]
		if e.Child != i {
			continue
		}
		by := wire.Note("issuer", v.Nodes[e.Parent].Cert.Title)
		by.Code, by.IsNum = uint64(e.Parent), true
		mark(by, e.OK, e.Why, e.Lit)
		f.Kids = append(f.Kids, by)
	}
	if n.From == chain.Missing {
		return f
	}
	// What stands elsewhere in the run is not told of as a whole once more.
	at := v.field(n.Cert)
	if s := at.Match("tbsCertificate.subject"); s != nil && v.shown[string(n.Cert.Raw)] != nil {
		at = s
	}
	f.Kids = append(f.Kids, at)
	return f
}

// mark notes how a part of the graph stands.
func mark(f *wire.Field, ok bool, why string, lit bool) {
	if lit {
		f.Kids = append(f.Kids, wire.Note("chosen", "yes"))
	}
	if why != "" {
		f.Kids = append(f.Kids, wire.Note("why", why))
	}
	if !ok {
		f.Err = errors.New(strings.TrimSuffix(why, "."))
	}
}

// A Graph is the certificates of a verification, and who issued whom.
type Graph struct {
	Nodes []GraphNode
	Edges []GraphEdge
}

// A GraphNode is a certificate: what it is called, where it came from, whether it
// holds at its place, and whether it is on the chosen path.
type GraphNode struct {
	Title, From string
	OK, Lit     bool
	Decides     bool        // the verdict's sentence is about it
	Why         string      // what is wrong with it, or why no path leads here
	Beside      string      // where others do not go by what holds here
	At          *wire.Field // its bytes, or its subject's where it stands elsewhere in the run; nil: it is missing
}

// A GraphEdge leads from a certificate to one that may have issued it.
type GraphEdge struct {
	Child, Parent int
	OK, Lit       bool
	Why           string
}

// Graph reads the graph of a verification.
func (v *Verified) Graph() Graph {
	var g Graph
	// What is read back may be of any tree: nothing in it is taken for granted.
	tree := v.Tree.Kid(graphNote)
	if tree == nil {
		return g
	}
	for i, f := range tree.Kids {
		n := GraphNode{Title: f.Value, From: value(f, "from"), OK: f.Err == nil, Lit: f.Kid("chosen") != nil, Decides: f.Kid("decides") != nil, Why: value(f, "why"), Beside: value(f, "beside")}
		for _, k := range f.Kids {
			switch {
			case k.Src != nil:
				n.At = k
			case k.Name == "issuer" && k.Code < uint64(len(tree.Kids)):
				g.Edges = append(g.Edges, GraphEdge{Child: i, Parent: int(k.Code), OK: k.Err == nil, Lit: k.Kid("chosen") != nil, Why: value(k, "why")})
			}
		}
		g.Nodes = append(g.Nodes, n)
	}
	return g
}

// certificateOf returns the certificate that a field of a graph stands in, and the
// record which that is in, or -1.
func certificateOf(recs []Rec, f *wire.Field) (rec int, cert *wire.Field) {
	for i := range recs {
		recs[i].Event.Tree.Walk(func(p []*wire.Field) {
			if cert != nil || p[len(p)-1] != f || recs[i].Event.verifies() {
				return
			}
			// The nearest certificate around it is the one.
			for j := len(p) - 1; j >= 0; j-- {
				if p[j].Kid("tbsCertificate") != nil {
					rec, cert = i, p[j]
					return
				}
			}
		})
		if cert != nil {
			return rec, cert
		}
	}
	return -1, f
}

// Certificate returns the record that a certificate of the graph stands in, or -1,
// and the certificate.
func (n *GraphNode) Certificate(recs []Rec) (rec int, cert *wire.Field) {
	if n.At == nil {
		return -1, nil
	}
	return certificateOf(recs, n.At)
}

// String is the node in words.
func (n *GraphNode) String() string { return fmt.Sprintf("%s, %s", n.Title, n.From) }
