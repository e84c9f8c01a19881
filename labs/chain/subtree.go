package chain

import (
	"bytes"
	"crypto/x509"
	"net"
	"slices"
	"strings"
)

// subtrees are the name constraints of one certificate, made ready to be asked
// (RFC 5280, Section 4.2.1.10). Each question takes as long as the name is, not
// as there are constraints.
type subtrees struct {
	dns, uri, mail sides[domains]
	boxes          sides[map[mailbox]bool] // whole addresses
	ip             sides[ranges]
	size           int
}

// sides are what is permitted and what is excluded.
type sides[T any] struct {
	permitted, excluded T
}

// domains are subtrees of the DNS, in lower case. ".lab.test" leaves lab.test
// itself out.
type domains struct {
	set   map[string]bool
	sizes map[int]bool      // the lengths of those in set
	wild  map[string]string // for excluded ones: what a wildcard would cover, to the name that it would cover
	any   bool              // an empty constraint: everything
	given bool
}

// ranges are blocks of addresses, in order, none within another.
type ranges struct {
	v4, v6 []*net.IPNet
	given  bool
}

func newSubtrees(x *x509.Certificate) *subtrees {
	t := &subtrees{}
	t.dns = sides[domains]{newDomains(x.PermittedDNSDomains, false), newDomains(x.ExcludedDNSDomains, true)}
	t.uri = sides[domains]{newDomains(x.PermittedURIDomains, false), newDomains(x.ExcludedURIDomains, true)}
	t.ip = sides[ranges]{newRanges(x.PermittedIPRanges), newRanges(x.ExcludedIPRanges)}
	var permitted, excluded []string
	// Whole addresses are compared as they are, domains as subtrees.
	t.boxes.permitted, permitted = boxes(x.PermittedEmailAddresses)
	t.boxes.excluded, excluded = boxes(x.ExcludedEmailAddresses)
	t.mail = sides[domains]{newDomains(permitted, false), newDomains(excluded, true)}
	// A permitted address alone forbids all other mail, whatever its domain.
	t.mail.permitted.given = len(x.PermittedEmailAddresses) > 0
	t.size = len(x.PermittedDNSDomains) + len(x.ExcludedDNSDomains) + len(x.PermittedURIDomains) + len(x.ExcludedURIDomains) +
		len(x.PermittedIPRanges) + len(x.ExcludedIPRanges) + len(x.PermittedEmailAddresses) + len(x.ExcludedEmailAddresses)
	return t
}

func newDomains(list []string, excluded bool) domains {
	d := domains{given: len(list) > 0, any: slices.Contains(list, "")}
	if !d.given || d.any {
		return d
	}
	d.set, d.sizes = make(map[string]bool, len(list)), map[int]bool{}
	for _, s := range list {
		s = strings.ToLower(s)
		d.set[s], d.sizes[len(s)] = true, true
	}
	// *.lab.test stands for app.lab.test too, so an exclusion of app.lab.test
	// excludes the wildcard. Being permitted needs the whole wildcard permitted.
	if excluded {
		// Keyed by what follows the first label, which is what a wildcard keeps.
		d.wild = make(map[string]string, len(list))
		for s := range d.set {
			if i := strings.IndexByte(s, '.'); i >= 0 {
				d.wild[s[i:]] = s
			}
		}
	}
	return d
}

// covers returns the constraint that a name falls under: the name itself or one
// of the domains above it; for an excluded name also one below, when the name is
// a wildcard that would cover it.
func (d domains) covers(name string) (string, bool) {
	if d.any {
		return "", true
	}
	if len(d.set) == 0 || name == "" {
		return "", false
	}
	name = strings.ToLower(name)
	if d.set[name] {
		return name, true
	}
	// Each domain above, with and without its leading dot. A name may have half a
	// million labels; what is as long as no constraint is not looked up.
	for i := 0; i < len(name); i++ {
		if name[i] != '.' {
			continue
		}
		if above := name[i:]; d.sizes[len(above)] && d.set[above] {
			return above, true
		}
		if above := name[i+1:]; d.sizes[len(above)] && d.set[above] {
			return above, true
		}
	}
	if name[0] == '*' {
		if i := strings.IndexByte(name, '.'); i >= 0 {
			s, ok := d.wild[name[i:]]
			return s, ok
		}
	}
	return "", false
}

// boxes tells whole addresses from domains among constraints on mail.
func boxes(list []string) (whole map[mailbox]bool, domains []string) {
	for _, s := range list {
		if !strings.Contains(s, "@") {
			domains = append(domains, s)
			continue
		}
		if m, ok := parseMailbox(s); ok {
			if whole == nil {
				whole = map[mailbox]bool{}
			}
			whole[m] = true
		}
	}
	return whole, domains
}

func newRanges(list []*net.IPNet) ranges {
	r := ranges{given: len(list) > 0}
	for _, n := range list {
		// An address of one version is in no block of the other.
		if len(n.IP) == net.IPv4len {
			r.v4 = append(r.v4, n)
		} else {
			r.v6 = append(r.v6, n)
		}
	}
	r.v4, r.v6 = prune(r.v4), prune(r.v6)
	return r
}

// prune sorts blocks and drops those that lie within the one before.
func prune(list []*net.IPNet) []*net.IPNet {
	slices.SortFunc(list, func(a, b *net.IPNet) int {
		if c := bytes.Compare(a.IP, b.IP); c != 0 {
			return c
		}
		return bytes.Compare(a.Mask, b.Mask)
	})
	var kept []*net.IPNet
	for _, n := range list {
		if len(kept) == 0 || !within(kept[len(kept)-1], n) {
			kept = append(kept, n)
		}
	}
	return kept
}

// within reports whether block b lies in block a.
func within(a, b *net.IPNet) bool {
	last := make(net.IP, len(b.IP))
	for i := range last {
		last[i] = b.IP[i] | ^b.Mask[i]
	}
	return a.Contains(b.IP) && a.Contains(last)
}

// covers returns the block that an address is in. As in Go, only the last block
// that begins at or before the address is looked at; that misses one whose
// first address has bits set beyond its mask, which the RFC does not foresee.
func (r ranges) covers(ip net.IP) (*net.IPNet, bool) {
	list := r.v6
	if len(ip) == net.IPv4len {
		list = r.v4
	}
	if len(list) == 0 {
		return nil, false
	}
	// As nothing overlaps any more, only the block that begins last before it counts.
	i, found := slices.BinarySearchFunc(list, ip, func(n *net.IPNet, ip net.IP) int { return bytes.Compare(n.IP, ip) })
	if !found && i > 0 {
		i--
	}
	return list[i], found || list[i].Contains(ip)
}
