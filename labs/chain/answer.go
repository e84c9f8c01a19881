package chain

import (
	"bytes"
	"cmp"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// errKey stands for x509.Verify's word where asking it would take too long.
var errKey = errors.New("an RSA key is too long to compute with; x509.Verify was not asked")

// answer puts together what the walk has found.
func (w *walk) answer() *Answer {
	a := &Answer{Chosen: -1, Paths: w.paths, Limit: w.limit, Uses: w.q.Uses, At: w.q.At, Name: short(w.q.Name)}
	// Within each kind the order stays that of the walk, which is Go's.
	slices.SortStableFunc(a.Paths, func(p, q Path) int { return cmp.Compare(order(p), order(q)) })
	a.Lights = lit(nil)
	if len(a.Paths) > 0 {
		a.Chosen = choose(a.Paths)
		a.OK = a.Paths[a.Chosen].OK
		a.Lights = lit(a.Paths[a.Chosen].Checks)
	}
	// Beside our own verdict, never in place of it; tests hold the two equal.
	if !w.q.Lean || !a.OK {
		a.GoPaths, a.GoErr = w.ask()
	}
	a.Nodes, a.Edges = w.graph(a)
	a.Notes = w.notes(a.OK)
	a.Why = why(a)
	a.Why = cut(a) + w.misplaced(a) + a.Why
	return a
}

// order puts accepted paths before those that reach a root and those before
// dead ends.
func order(p Path) int {
	switch {
	case p.OK:
		return 0
	case p.Anchored:
		return 1
	}
	return 2
}

// choose picks the path that people should look at: an accepted one, else the
// one with the least against it, of those the longest.
func choose(paths []Path) int {
	best, least := 0, 1<<30
	for i, p := range paths {
		if p.OK {
			return i
		}
		against := 0
		for _, k := range p.Checks {
			switch {
			case k.OK:
			// Such a path is hardly meant: another of the same name is.
			case k.Name == Signature, k.Name == Loop:
				against += 300
			default:
				against += 100
			}
		}
		if against = against*100 - min(len(p.Certs), 99); against < least {
			best, least = i, against
		}
	}
	return best
}

// lit derives the lights from the checks of a path. What lies behind a break is
// not reached, and stays dark.
func lit(ks []Check) (lamps [5]Lamp) {
	unread := false
	for i := range lamps {
		lamps[i].Check = -1
	}
	for i, k := range ks {
		l := &lamps[k.Light]
		switch {
		case l.State == Red:
		// The last that holds, so that a green anchor leads to the root.
		case k.OK:
			*l = Lamp{Green, i}
		default:
			*l = Lamp{Red, i}
		}
		// Who cannot read a certificate comes to no other question.
		if k.Name == Readable && !k.OK {
			unread = true
		}
	}
	for i := range lamps {
		if unread && lamps[i].State == Green {
			lamps[i] = Lamp{Check: -1}
		}
	}
	return lamps
}

// cut says, of what is refused, that the search did not come to its end: what it did
// not come to may be what was meant, and the blame is only that of what it saw.
func cut(a *Answer) string {
	switch {
	case a.OK || a.Limit == "" || strings.Contains(a.Why, a.Limit):
		return ""
	case a.Chosen < 0:
		return "The search was cut at a limit. " + a.Limit + " "
	}
	return "The search was cut at a limit. " + a.Limit + " Of the best path until then: "
}

// misplaced says, of what is refused, that a CA stands where the leaf belongs: that
// comes before whatever a CA lacks there. It is "" where the order is right.
func (w *walk) misplaced(a *Answer) string {
	i := leafAt(w.q.Chain)
	if a.OK || i == 0 {
		return ""
	}
	return fmt.Sprintf("The order is wrong: the leaf must come first (RFC 9846, Section 4.5.1), and %s, a CA, stands there; %s is certificate %d. Taken for the leaf: ", w.q.Chain[0].Title, w.q.Chain[i].Title, i+1)
}

// why is the verdict in one sentence.
func why(a *Answer) string {
	if a.Chosen < 0 {
		return "No path was found within the limits."
	}
	p := a.Paths[a.Chosen]
	if a.OK {
		ok := 0
		for _, p := range a.Paths {
			if p.OK {
				ok++
			}
		}
		least := ""
		if a.Limit != "" {
			least = "at least "
		}
		if ok == 1 {
			return fmt.Sprintf("%s is trusted: %sone path leads to %s, and every check on it holds.", p.Certs[0].Title, least, p.Certs[len(p.Certs)-1].Title)
		}
		return fmt.Sprintf("%s is trusted: %s%d paths lead to a root, and every check on them holds.", p.Certs[0].Title, least, ok)
	}
	// The sentence is that of the first failure; the others are counted.
	first, more := "", -1
	for _, k := range p.Checks {
		if k.OK {
			continue
		}
		if more++; more == 0 {
			first = k.Why
		}
	}
	switch {
	case more == 1:
		return first + " One more check on this path fails."
	case more > 1:
		return fmt.Sprintf("%s %d more checks on this path fail.", first, more)
	case more < 0:
		return "No path leads to a trusted root."
	}
	return first
}

// ask runs x509.Verify itself, over the certificates that the walk has met: no
// other can be part of a chain.
func (w *walk) ask() (int, error) {
	c := w.leaf.cert
	// Go never comes to Verify with what it cannot read.
	if c.X == nil {
		return 0, c.Err
	}
	roots, inter := x509.NewCertPool(), x509.NewCertPool()
	for _, part := range []struct {
		pool *x509.CertPool
		from [][]*Cert
	}{{roots, [][]*Cert{w.q.Roots}}, {inter, [][]*Cert{w.q.Chain[1:], w.q.Intermediates}}} {
		for _, list := range part.from {
			for _, c := range list {
				// A walk that was cut short has not met all that Verify may need.
				if c.X == nil || w.limit == "" && !w.q.FirstPathOnly && w.ids[string(c.Raw)] == nil {
					continue
				}
				// crypto/rsa has no bound of its own for the length of a key.
				if key, ok := c.X.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() > maxKeyBits {
					return 0, errKey
				}
				part.pool.AddCert(c.X)
			}
		}
	}
	chains, err := c.X.Verify(x509.VerifyOptions{
		DNSName: w.q.Name, Roots: roots, Intermediates: inter, CurrentTime: w.q.At, KeyUsages: w.q.Uses,
	})
	return len(chains), err
}

// first walks as old verifiers did: at each step the first certificate of the
// issuer's name is taken, those that were sent before the roots, and there is no
// way back.
func (w *walk) first() {
	path := []*node{w.leaf}
	for len(path) < maxCandidates {
		tail := path[len(path)-1]
		var next, wrong, round *candidate
		for _, c := range w.candidates(tail) {
			if loops(c.n, path) {
				if c.n != tail {
					round = &c
				}
				continue
			}
			if !w.link(tail, c.n, true).fits {
				wrong = &c
				continue
			}
			// Candidates come roots first; what was sent displaces a root.
			if next == nil || next.root && !c.root {
				next = &c
			}
		}
		// Of the right name, but of another key.
		if next == nil && wrong != nil {
			w.tell(append(path, wrong.n), misfit)
			return
		}
		// All that have the issuer's name stand in the path already.
		if end := ended(tail); next == nil && round != nil && end == orphaned {
			w.tell(append(path, round.n), looped)
			return
		}
		if next == nil {
			w.tell(path, ended(tail))
			return
		}
		path = append(path, next.n)
		if next.root {
			w.tell(path, trusted)
			return
		}
	}
	w.limited(fmt.Sprintf("A path of more than %d certificates is not followed.", maxCandidates))
}

// ended says how a walk without a way back ends. A root that was sent is
// recognised; an intermediate that is trusted was one for nobody who walked so.
func ended(tail *node) ending {
	self := len(tail.cert.issuer) > 0 && bytes.Equal(tail.cert.issuer, tail.cert.subject)
	switch {
	// As a root it stands in the path already, by the certificate that was sent.
	case self && tail.from&Root != 0:
		return trusted
	case tail.cert.X == nil && tail.cert.by == "" && !self:
		return garbled
	case self:
		return selfSigned
	}
	return orphaned
}
