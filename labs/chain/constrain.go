package chain

import (
	"crypto/x509"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"tlstutor/labs/wire"
)

// named are the names of a certificate, as name constraints see them.
type named struct {
	dns   []string
	ips   []net.IP
	uris  []string // their hosts
	mails []mailbox
	err   error // a name that cannot be held against constraints
	cost  int   // what comparing them takes
}

// bounded is what the constraints of one certificate make of the names of
// another, wherever in a path the two stand.
type bounded struct {
	why, beside string
	ok          bool
}

// constrained checks the names of each certificate against the constraints of
// those above it (RFC 5280, Sections 4.2.1.10 and 6.1.3(b) and (c)).
func (w *walk) constrained(nodes []*node) []Check {
	var all []Check
	for above := len(nodes) - 1; above > 0; above-- {
		x := nodes[above].cert.X
		// id-ce 30 is nameConstraints, 17 subjectAltName. Go leaves the names in
		// a subject alone, where RFC 5280 has mail addresses compared too.
		if x == nil || extension(x, 30) == nil {
			continue
		}
		for i, n := range nodes[:above] {
			if n.cert.X == nil || extension(n.cert.X, 17) == nil {
				continue
			}
			// Worked out once for each two certificates: many paths share them.
			b := w.bind(nodes[above], n)
			k := Check{Name: NameConstraints, Rule: "RFC 5280, Section 4.2.1.10", Light: LightName, Cert: i, OK: b.ok, Why: b.why, Field: "extensions.subjectAltName", Beside: b.beside}
			if k.Beside == "" && !k.OK && i > 0 && selfIssued(nodes[i:i+1]) > 0 {
				k.Beside = "The RFC spares self-issued certificates within a path; Go does not."
			}
			all = append(all, k)
		}
	}
	return all
}

// bind returns what the constraints of above make of the names of below.
func (w *walk) bind(above, below *node) *bounded {
	key := [2]int{above.id, below.id}
	if b := w.bound[key]; b != nil {
		return b
	}
	b := &bounded{}
	w.bound[key] = b
	if above.trees == nil {
		above.trees = newSubtrees(above.cert.X)
		w.lookups += above.trees.size
	}
	if below.names == nil {
		below.names = namesOf(below.cert.X)
	}
	t, n := above.trees, below.names
	count := len(n.dns) + len(n.ips) + len(n.uris) + len(n.mails)
	// A question costs as much as there are names, however many constraints.
	if w.lookups += n.cost; w.lookups > maxLookups {
		b.why = fmt.Sprintf("More than %d names and constraints stand in this graph; those of %s are not compared.", maxLookups, below.cert.Title)
		w.limited(b.why)
		return b
	}
	// Go refuses the whole certificate for one such name, whatever the constraints say.
	if n.err != nil {
		b.why = fmt.Sprintf("A name of %s cannot be held against the constraints of %s: %s.", below.cert.Title, above.cert.Title, clean(n.err.Error()))
		b.beside = "The RFC says how to compare only names that have a host; verifiers differ on the rest, and Go refuses."
		return b
	}
	if why := objections(t.refused(n)); why != "" {
		b.why = fmt.Sprintf("The constraints of %s forbid %s to name %s.", above.cert.Title, below.cert.Title, why)
		return b
	}
	b.ok = true
	b.why = fmt.Sprintf("The constraints of %s allow %s of %s.", above.cert.Title, wire.Count(count, "name"), below.cert.Title)
	// OpenSSL counts each part of the subject as a name too.
	if all := count + len(below.cert.X.Subject.Names); t.size*all > maxCompared {
		b.beside = fmt.Sprintf("OpenSSL refuses this one (unspecified certificate verification error): %d constraints on %d names, the subject's parts among them, are %d comparisons, and it makes at most %d. GnuTLS has such a limit too.", t.size, all, t.size*all, maxCompared)
	}
	return b
}

// maxObjections is how many names are told of one by one that may not be there.
const maxObjections = 4

// objections joins what speaks against names; "" when nothing does.
func objections(all iter.Seq[string]) string {
	var said []string
	more := 0
	for why := range all {
		if len(said) < maxObjections {
			said = append(said, why)
		} else {
			more++
		}
	}
	text := strings.Join(said, "; nor ")
	if more > 0 {
		text += fmt.Sprintf("; nor %d more", more)
	}
	return text
}

// refused are the names that are not permitted or are excluded, each with what
// speaks against it.
// The kinds come in the order in which Go asks, so that the first objection is
// the one that Go reports.
func (t *subtrees) refused(n *named) iter.Seq[string] {
	return func(yield func(string) bool) {
		say := func(why string) bool { return why == "" || yield(why) }
		for _, ip := range n.ips {
			if !say(t.refuseIP(ip)) {
				return
			}
		}
		for _, d := range n.dns {
			if why := refuseHost(t.dns, d); !say(why) {
				return
			}
		}
		for _, u := range n.uris {
			if why := refuseHost(t.uri, u); why != "" && !yield("a URI at "+why) {
				return
			}
		}
		for _, m := range n.mails {
			why := "the address " + quote(m.String()) + ", whose domain is no DNS name"
			if plainDomain(m.domain) {
				if why = t.refuseMail(m); why != "" {
					why = "the mail address " + why
				}
			}
			if !say(why) {
				return
			}
		}
	}
}

// refuseIP says why an address may not be there; "" when it may.
func (t *subtrees) refuseIP(ip net.IP) string {
	// A form without any permitted subtree is not limited at all (RFC 5280, Section
	// 4.2.1.10).
	if t.ip.permitted.given {
		if _, in := t.ip.permitted.covers(ip); !in {
			return "the address " + ip.String() + ", which is in no permitted range"
		}
	}
	if by, in := t.ip.excluded.covers(ip); in {
		return "the address " + ip.String() + ", which is in the excluded range " + by.String()
	}
	return ""
}

// refuseHost says why a host may not be there; "" when it may.
func refuseHost(s sides[domains], host string) string {
	if !plainDomain(host) {
		return quote(host) + ", which is no DNS name"
	}
	return refuseDomain(s, host)
}

// refuseMail says why a mail address may not be there. A constraint is a whole
// address, or a domain that its host must be under; "" when it may.
func (t *subtrees) refuseMail(m mailbox) string {
	if t.mail.permitted.given && !t.boxes.permitted[m] {
		if _, in := t.mail.permitted.covers(m.domain); !in {
			return quote(m.String()) + ", which is under no permitted domain"
		}
	}
	if t.boxes.excluded[m] {
		return quote(m.String()) + ", which is excluded by name"
	}
	if by, in := t.mail.excluded.covers(m.domain); in {
		return quote(m.String()) + ", which is under the excluded " + quote(by)
	}
	return ""
}

// refuseDomain says why a name may not be there: "" when it may.
func refuseDomain(s sides[domains], name string) string {
	if s.permitted.given {
		if _, in := s.permitted.covers(name); !in {
			return quote(name) + ", which is under no permitted domain"
		}
	}
	if by, in := s.excluded.covers(name); in {
		return quote(name) + ", which is under the excluded " + quote(by)
	}
	return ""
}

// namesOf collects the names of a certificate.
func namesOf(x *x509.Certificate) *named {
	n := &named{dns: x.DNSNames, ips: x.IPAddresses}
	// One for each name and for every hundred bytes, since names may be huge.
	n.cost = len(x.DNSNames) + len(x.IPAddresses) + len(x.URIs) + len(x.EmailAddresses) + len(extension(x, 17).Value)/100
	for _, u := range x.URIs {
		host, err := uriHost(u)
		if err != nil {
			n.err = err
			return n
		}
		n.uris = append(n.uris, host)
	}
	for _, s := range x.EmailAddresses {
		m, ok := parseMailbox(s)
		if !ok {
			n.err = fmt.Errorf("the mail address %s is malformed", quote(s))
			return n
		}
		n.mails = append(n.mails, m)
	}
	return n
}

// uriHost returns what constraints on URIs look at (RFC 5280, Section 4.2.1.10:
// the host, which must be a name).
func uriHost(u *url.URL) (string, error) {
	// Neither the port nor the path counts.
	host := strings.ToLower(u.Host)
	if host == "" {
		return "", errors.New("the URI " + quote(u.String()) + " has no host")
	}
	if strings.Contains(host, ":") && !strings.HasSuffix(host, "]") {
		h, _, err := net.SplitHostPort(u.Host)
		if err != nil {
			return "", fmt.Errorf("the host of the URI %s cannot be read", quote(u.String()))
		}
		host = h
	}
	if _, err := netip.ParseAddr(host); err == nil || strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		return "", errors.New("the URI " + quote(u.String()) + " has an address for a host")
	}
	return host, nil
}
