package chain

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tlstutor/labs/wire"
)

// notes names what is odd about what was given, whatever the verdict.
func (w *walk) notes(accepted bool) []string {
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
	// Of what is refused, the verdict begins so.
	if i := leafAt(chain); i > 0 && accepted {
		note("Certificate 1 of the chain, %s, is a CA, and certificate %d, %s, is not: the leaf must come first (RFC 9846, Section 4.5.1).", chain[0].Title, i+1, chain[i].Title)
	}
	if i := disorder(chain); i > 0 {
		note("Certificate %d of the chain, %s, did not issue the one before it: out of order, which TLS 1.2 forbids (RFC 5246, Section 7.4.2) and verifiers put right.", i+1, chain[i].Title)
	}
	doubles := map[string]bool{}
	for _, c := range w.q.Roots {
		switch {
		case c.X == nil:
			note("The root %s cannot be read: %s.", c.Title, strings.TrimSuffix(clean(cmp.Or(c.harm, c.Err).Error()), "."))
		case doubles[string(c.Raw)]:
			note("The root %s is given twice.", c.Title)
		case !bytes.Equal(c.Raw, chain[0].Raw) && !holds([]Check{isCA(c, true)}):
			note("The root %s is not a CA: it can be trusted for itself and for nothing that it issued.", c.Title)
		}
		doubles[string(c.Raw)] = true
	}
	for _, n := range w.nodes {
		if n.trees != nil && n.trees.size > 1000 {
			note("%s holds %d name constraints; below it OpenSSL refuses what has more than %s.", n.cert.Title, n.trees.size, wire.Count(maxCompared/n.trees.size, "name"))
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
	// Whatever can be read and is no CA must be the leaf; of several, one that none of
	// the others names as its issuer.
	first := 0
	for i, c := range chain {
		if c.X == nil || c.X.IsCA {
			continue
		}
		if !slices.ContainsFunc(chain, func(o *Cert) bool { return o != c && bytes.Equal(o.issuer, c.subject) }) {
			return i
		}
		if first == 0 {
			first = i
		}
	}
	return first
}

// disorder returns the first certificate of a chain that did not issue the one
// before it, where another one did; 0 when there is none.
func disorder(chain []*Cert) int {
	last := map[string]int{} // where a subject stands for the last time
	for i, c := range chain {
		last[string(c.subject)] = i
	}
	before, seen := chain[0], map[string]bool{string(chain[0].Raw): true}
	for i, c := range chain {
		// One that comes once more is odd for that.
		if seen[string(c.Raw)] {
			continue
		}
		seen[string(c.Raw)] = true
		if before.issuer != nil && !bytes.Equal(c.subject, before.issuer) && last[string(before.issuer)] > i {
			return i
		}
		before = c
	}
	return 0
}
