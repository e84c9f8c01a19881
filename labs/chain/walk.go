package chain

import (
	"bytes"
	"fmt"
	"slices"
)

// The bounds. The first is crypto/x509's own (maxChainSignatureChecks); the
// others keep hostile graphs short where Go does not walk at all: through
// issuers that it has already refused.
const (
	maxCandidates  = 100     // issuers that Go considers
	maxSteps       = 4000    // issuers that are considered beyond that
	maxSignatures  = 200     // signatures that are checked beyond that
	maxPaths       = 1000    // paths that are told
	maxChecks      = 40000   // checks that are told, over all paths
	maxLookups     = 1 << 18 // names held against name constraints
	maxCompared    = 1 << 20 // what OpenSSL compares of a certificate's names with an issuer's constraints
	maxKeyBits     = 8192    // the longest RSA key that is computed with, as in crypto/tls
	minKeyBits     = 1024    // the shortest that crypto/rsa computes with
	maxCertificate = 1 << 20 // bytes of one certificate
)

// A walk is one question on its way to an answer.
type walk struct {
	q     Question
	nodes []*node
	ids   map[string]*node // by the certificate's bytes
	roots map[string][]*Cert
	inter map[string][]*Cert
	links map[[2]int]*link
	bound map[[2]int]*bounded // name constraints of one certificate on the names of another

	leaf    *node
	counted int // candidates as x509.Verify counts them
	steps   int // candidates beyond
	signed  int // signatures checked beyond
	checks  int // checks told
	lookups int
	later   []climb // branches that Go does not follow
	paths   []Path
	limit   string
	host    *Check
}

// A node is a certificate that the walk has met.
type node struct {
	id   int
	cert *Cert
	from From

	parents []candidate // nil until asked for
	asked   bool
	own     []Check // the checks that depend on nothing else; nil until asked for
	ownOK   bool
	names   *named // what name constraints look at
	trees   *subtrees
}

// A candidate is a certificate that may have issued another.
type candidate struct {
	n    *node
	root bool // taken as a trust anchor
}

// A climb is a branch to be followed later.
type climb struct {
	nodes []*node
	root  bool
}

// newWalk prepares a walk; only the leaf is met yet.
func newWalk(q Question) *walk {
	w := &walk{
		q:     q,
		ids:   map[string]*node{},
		roots: bySubject(q.Roots),
		inter: bySubject(q.Chain[1:], q.Intermediates),
		links: map[[2]int]*link{},
		bound: map[[2]int]*bounded{},
	}
	// The leaf is node 0, and the others follow in the order in which they are met.
	w.leaf = w.node(q.Chain[0], Leaf)
	return w
}

// bySubject sorts certificates by whom they are about, in their order.
func bySubject(lists ...[]*Cert) map[string][]*Cert {
	n := 0
	for _, l := range lists {
		n += len(l)
	}
	m := make(map[string][]*Cert, n)
	for _, l := range lists {
		for _, c := range l {
			// Of what is no certificate at all not even the name is known.
			if c.subject != nil {
				m[string(c.subject)] = append(m[string(c.subject)], c)
			}
		}
	}
	return m
}

// node returns the node of a certificate; equal bytes are one node.
func (w *walk) node(c *Cert, from From) *node {
	n := w.ids[string(c.Raw)]
	if n == nil {
		n = &node{id: len(w.nodes), cert: c}
		w.nodes = append(w.nodes, n)
		w.ids[string(c.Raw)] = n
	}
	n.from |= from
	return n
}

// candidates returns who may have issued n by its name, in the order in which
// x509.Verify tries them: roots first, and among each those whose key
// identifier is the one that n names, then those where one of both has none.
func (w *walk) candidates(n *node) []candidate {
	if n.asked {
		return n.parents
	}
	n.asked = true
	// The same bytes twice in a pool are one certificate in Go's pools too.
	for _, pool := range []struct {
		certs []*Cert
		from  From
	}{{w.roots[string(n.cert.issuer)], Root}, {w.inter[string(n.cert.issuer)], Sent}} {
		var ranks [3][]candidate
		seen := map[*node]bool{}
		for _, c := range pool.certs {
			p := w.node(c, pool.from)
			if seen[p] {
				continue
			}
			seen[p] = true
			// crypto/x509 sorts in the same way in findPotentialParents.
			r := rank(n.cert, c)
			ranks[r] = append(ranks[r], candidate{p, pool.from == Root})
		}
		n.parents = append(n.parents, slices.Concat(ranks[:]...)...)
	}
	return n.parents
}

// rank tells how well the key identifiers of a child and its issuer agree: 0
// they are equal, 1 one is missing, 2 they differ (RFC 5280, Section 4.2.1.1).
func rank(child, parent *Cert) int {
	if child.X == nil || parent.X == nil {
		return 1
	}
	aki, ski := child.X.AuthorityKeyId, parent.X.SubjectKeyId
	switch {
	case bytes.Equal(aki, ski):
		return 0
	case (len(aki) == 0) != (len(ski) == 0):
		return 1
	}
	return 2
}

// all walks every path. What Go would walk comes first and in its order, so
// that its limit falls where it falls in Go; then the branches that it refused.
func (w *walk) all() {
	if slices.ContainsFunc(w.q.Roots, func(c *Cert) bool { return bytes.Equal(c.Raw, w.leaf.cert.Raw) }) {
		// Verify asks no further when the leaf itself is trusted.
		w.leaf.from |= Root
		w.tell([]*node{w.leaf}, trusted)
		return
	}
	w.climb([]*node{w.leaf}, true)
	for len(w.later) > 0 && !w.tired() {
		// In the order of discovery: short paths, which people understand, come first.
		next := w.later[0]
		w.later = w.later[1:]
		if next.root {
			w.tell(next.nodes, trusted)
		} else {
			w.climb(next.nodes, false)
		}
	}
}

// climb looks for the issuers of the last certificate of a path and follows
// each. A live path is one that Go follows too.
func (w *walk) climb(path []*node, live bool) {
	tail := path[len(path)-1]
	went, misfits, loop := false, map[*node]bool{}, (*node)(nil)
	for _, c := range w.candidates(tail) {
		// Counted before it is looked at, as in Go: a loop uses up the limit too.
		if w.count(c, live) {
			return
		}
		if loops(c.n, path) {
			// That a root leads to itself is no circle worth telling.
			if c.n != tail && loop == nil {
				loop = c.n
			}
			continue
		}
		next := append(slices.Clone(path), c.n)
		l := w.link(tail, c.n, live)
		switch {
		// A wrong key ends a path: what is above it has nothing to do with what is below.
		case !l.fits:
			// As a root and as sent it is the same dead end.
			if !misfits[c.n] {
				misfits[c.n], went = true, true
				w.tell(next, misfit)
			}
			continue
		}
		went = true
		// From the first refusal on, Go walks no further on this branch.
		good := live && l.ok && w.mayIssue(c, len(path))
		switch {
		// Later, so that nothing that Go refuses uses up what Go allows itself.
		case !good:
			w.later = append(w.later, climb{next, c.root})
		case c.root:
			w.tell(next, trusted)
		default:
			w.climb(next, true)
		}
	}
	// Told once for all the certificates that would close the circle.
	if loop != nil {
		w.tell(append(slices.Clone(path), loop), looped)
		went = true
	}
	if !went {
		w.stop(path)
	}
}

// count counts a candidate, and reports whether the walk ends here. An
// unreadable certificate never enters Go's pools.
func (w *walk) count(c candidate, live bool) bool {
	switch {
	case live && c.n.cert.X == nil:
	case live:
		// Go stops in the middle of a step, with the chains that it has so far.
		w.counted++
		if w.counted > maxCandidates {
			w.limited(fmt.Sprintf("Go (crypto/x509) considers no more than %d issuers, and this graph has more; the walk ends where Go's does.", maxCandidates))
			w.later = nil
			return true
		}
	default:
		w.steps++
	}
	return !live && w.tired() || w.counted > maxCandidates
}

// tired reports whether the walk beyond Go's met a bound, and says which.
func (w *walk) tired() bool {
	switch {
	case w.counted > maxCandidates:
	case w.steps > maxSteps:
		w.limited(fmt.Sprintf("More than %d issuers stand on paths that Go has given up; the rest is not told.", maxSteps))
	case len(w.paths) >= maxPaths:
		w.limited(fmt.Sprintf("There are more than %d paths; the rest is not told.", maxPaths))
	case w.checks > maxChecks:
		w.limited(fmt.Sprintf("There are more than %d checks; the rest of the paths is not told.", maxChecks))
	case w.signed > maxSignatures:
		w.limited(fmt.Sprintf("More than %d signatures stand on paths that Go has given up; the rest is not told.", maxSignatures))
	default:
		return false
	}
	return true
}

// limited remembers the first bound that was met.
func (w *walk) limited(why string) {
	if w.limit == "" {
		w.limit = why
	}
}

// stop tells a path that nobody leads on. A path whose last certificate is a
// trusted root has been told as one that ended there.
func (w *walk) stop(path []*node) {
	tail := path[len(path)-1]
	self := len(tail.cert.issuer) > 0 && bytes.Equal(tail.cert.issuer, tail.cert.subject)
	switch {
	case tail.from&Root != 0 && len(path) > 1:
	case tail.cert.X == nil && tail.cert.by == "" && !self:
		w.tell(path, garbled)
	case self:
		w.tell(path, selfSigned)
	default:
		w.tell(path, orphaned)
	}
}

// loops reports whether a certificate, or another for the same name, key and
// alternative names, is in the path already. As in Go, a certificate for the
// same name and key that alone has alternative names ends the search.
func loops(n *node, path []*node) bool {
	// Other certificates of the same party do as well: its key is what counts.
	for _, p := range path {
		if p == n {
			return true
		}
		if n.cert.X == nil || p.cert.X == nil || !bytes.Equal(n.cert.subject, p.cert.subject) ||
			!bytes.Equal(n.cert.X.RawSubjectPublicKeyInfo, p.cert.X.RawSubjectPublicKeyInfo) {
			continue
		}
		a, b := extension(n.cert.X, 17), extension(p.cert.X, 17)
		switch {
		case a == nil && b == nil:
			return true
		case a == nil || b == nil:
			return false
		case bytes.Equal(a.Value, b.Value):
			return true
		}
	}
	return false
}
