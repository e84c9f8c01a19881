package chain

import (
	"crypto/x509"
	"fmt"
	"net"
	"strings"

	"tlstutor/labs/wire"
)

// maxParts is how many names of a certificate are told one by one.
const maxParts = 100

// MatchName tells whether a certificate is for a name, and of each alternative
// name in it why it does or does not match (RFC 9525, Section 6). Its verdict is
// that of VerifyHostname.
func MatchName(x *x509.Certificate, ref string) Check {
	k := Check{Name: HostName, Rule: "RFC 9525, Section 6.3", Light: LightName, Field: "extensions.subjectAltName"}
	unfit := "" // what is wrong with the reference itself
	// An address is only ever compared with addresses, a name with names.
	if ip := address(ref); ip != nil {
		k.Rule = "RFC 9525, Section 6.4"
		for _, a := range x.IPAddresses {
			k.part("address "+a.String(), ip.Equal(a), addressWhy(a, ip))
		}
		if len(x.IPAddresses) == 0 {
			k.Why = fmt.Sprintf("%s is an address, and the certificate names none.", ip)
			for _, d := range x.DNSNames {
				if address(d) != nil {
					k.Beside = "An address written as a dNSName does not count: not to Go, OpenSSL or the RFC."
				}
			}
		}
	} else {
		// The reference is taken apart once, however many names there are to compare.
		host := newHost(ref)
		if !host.valid {
			unfit = fmt.Sprintf("%s is no host name (%s), and no name in the certificate is the same to the letter%s.", quote(ref), host.flaw(), alone(ref))
		}
		for _, d := range x.DNSNames {
			ok, why := host.match(d)
			k.part(quote(d), ok, why)
		}
		if k.OK && !host.valid {
			k.Beside = host.spelt()
		}
	}
	switch {
	case k.OK || k.Why != "":
	// id-ce 17 is subjectAltName.
	case extension(x, 17) == nil:
		k.Field, k.Why = "subject", "The certificate has no subjectAltName, and nothing else in it can say which service it is for."
		if x.Subject.CommonName != "" {
			// CN-ID was for RFC 6125; its successor forbids it.
			k.Rule = "RFC 9525, Section 2"
			k.Why = fmt.Sprintf("The certificate has no subjectAltName, and by RFC 9525 its common name %s does not count.", quote(x.Subject.CommonName))
			k.Beside = "OpenSSL and Python still look at the common name when there is no dNSName; Go, browsers and the RFC do not."
		}
	// Nobody could make a certificate fit.
	case unfit != "":
		k.Why = unfit
	case len(x.DNSNames) == 0 && len(x.IPAddresses) == 0:
		k.Why = fmt.Sprintf("The alternative names of the certificate are of other kinds than %s.", quote(ref))
		k.Beside = "OpenSSL and Python look at the common name when there is no dNSName; Go, browsers and the RFC do not."
	default:
		k.Why = fmt.Sprintf("The certificate is for %s, not for %s.", few(x), quote(ref))
		if n := partial(x, ref); n != "" {
			k.Beside = fmt.Sprintf("OpenSSL takes %s, a wildcard that is only part of a label; RFC 9525, Go and Python do not.", quote(n))
		}
	}
	return k
}

// part adds one name. The first that matches decides.
func (k *Check) part(name string, ok bool, why string) {
	if ok && !k.OK {
		k.OK = true
		k.Why = fmt.Sprintf("The certificate is for %s: %s", name, lower(why))
		k.Beside = ""
		if strings.HasPrefix(name, `"*.`) && strings.Count(name, ".") == 1 {
			k.Beside = "Go lets a wildcard stand right below a top-level domain; OpenSSL and browsers do not."
		}
	}
	// All are compared; a certificate with thousands tells of the first.
	if len(k.Parts) < maxParts {
		k.Parts = append(k.Parts, Check{Name: "subjectAltName", Rule: k.Rule, Light: LightName, OK: ok, Why: name + ": " + lower(why), Field: k.Field})
	} else if len(k.Parts) == maxParts {
		k.Parts = append(k.Parts, Check{Name: "subjectAltName", Rule: k.Rule, Light: LightName, OK: ok, Why: "and more names, which were compared but are not told one by one.", Field: k.Field})
	}
}

// lower lets a sentence go on behind a colon.
func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// hostName is MatchName as part of a path; it is the same for all of them.
func (w *walk) hostName(x *x509.Certificate) Check {
	if w.host == nil {
		k := MatchName(x, w.q.Name)
		w.host = &k
	}
	return *w.host
}

// address returns the IP address that a reference is, which may stand in
// brackets, or nil.
func address(ref string) net.IP {
	if len(ref) >= 3 && ref[0] == '[' && ref[len(ref)-1] == ']' {
		ref = ref[1 : len(ref)-1]
	}
	return net.ParseIP(ref)
}

// addressWhy says how an address compares (RFC 9525, Section 6.4: all octets).
func addressWhy(a, ip net.IP) string {
	if ip.Equal(a) {
		return "It is the same address."
	}
	return fmt.Sprintf("It is not the address %s.", ip)
}

// A host is a name that was meant, taken apart.
type host struct {
	ref    string
	name   string // in lower case
	labels []string
	valid  bool
}

// newHost takes a name apart. One dot at its end is what a user types to say
// that the name is complete.
func newHost(ref string) host {
	name := asciiLower(ref)
	return host{ref, name, strings.Split(strings.TrimSuffix(name, "."), "."), hostname(strings.TrimSuffix(name, "."), false)}
}

// flaw says why a host that is not valid is none.
func (h host) flaw() string { return flaw(strings.TrimSuffix(h.name, "."), false) }

// spelt says what to think of a match of a name that no host can have.
func (h host) spelt() string {
	switch {
	case strings.Contains(h.name, "*") && !hostname(h.name, true):
		return quote(h.ref) + " is the name of no host, and the same name in the certificate covers none. " + misuse(h.name)
	case strings.Contains(h.name, "*"):
		return "A star stands in certificates, for any one label, and in the name of no host: ask about a host that it is to cover, such as " + quote(strings.ReplaceAll(h.ref, "*", "www")) + ". Go, OpenSSL, Python and gnutls-cli compare the star to the letter; curl takes no such name."
	}
	return fmt.Sprintf("%s is no host name (%s), and Go takes what is the same to the letter; RFC 9525, Section 6.3, compares host names only.", quote(h.ref), h.flaw())
}

// alone says which host to ask about where a URL was given, or a host with its port,
// as the end of a sentence; "" where none is to be found in it.
func alone(ref string) string {
	s := strings.TrimSpace(ref)
	// As openssl prints a name of a certificate.
	for _, kind := range []string{"DNS:", "IP:", "CN="} {
		s = strings.TrimPrefix(s, kind)
	}
	scheme, after, ok := strings.Cut(s, "//")
	switch {
	// That is a workload's name, and no host's.
	case scheme == "spiffe:":
		return ""
	case ok:
		s = after
	}
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		s = s[:i]
	}
	s = s[strings.LastIndexByte(s, '@')+1:]
	if host, port, err := net.SplitHostPort(s); err == nil && strings.Trim(port, "0123456789") == "" {
		s = host
	}
	// The zone of an address is known to this machine alone.
	if host, _, ok := strings.Cut(s, "%"); ok && address(host) != nil {
		s = host
	}
	if s == ref || address(s) == nil && !hostname(strings.TrimSuffix(s, "."), false) {
		return ""
	}
	return "; ask about the host alone: " + quote(s)
}

// match compares one dNSName. Wildcards and the trailing dot only work between
// valid host names; anything else must be the same to the letter.
func (h host) match(pattern string) (bool, string) {
	p := asciiLower(pattern)
	if !h.valid || !hostname(p, true) {
		switch {
		case p == h.name && p != "" && p != ".":
			return true, "It is the same to the letter."
		case !h.valid:
			return false, fmt.Sprintf("%s is no host name, and this is not the same to the letter.", quote(h.ref))
		case strings.HasSuffix(p, "."):
			return false, "A dNSName ends in no dot."
		case strings.Contains(p, "*"):
			return false, misuse(p)
		}
		return false, fmt.Sprintf("%s is no host name (%s), and it is not %s to the letter.", quote(pattern), flaw(p, true), quote(h.ref))
	}
	labels := strings.Split(p, ".")
	wild := labels[0] == "*"
	// The number of labels comes first, as it is what people get wrong about
	// wildcards.
	if len(labels) != len(h.labels) {
		if wild && strings.HasSuffix(h.name, p[1:]) {
			return false, fmt.Sprintf("A wildcard stands for one label, not for %d.", len(h.labels)-len(labels)+1)
		}
		// *.lab.test is not for lab.test itself.
		if wild && p[2:] == strings.Join(h.labels, ".") {
			return false, "A wildcard stands for one label, not for none."
		}
		return false, fmt.Sprintf("It has %s, and %s has %d.", wire.Count(len(labels), "label"), quote(h.ref), len(h.labels))
	}
	for i, l := range labels {
		if l != h.labels[i] && !(wild && i == 0) {
			return false, fmt.Sprintf("%s is not %s.", quote(l), quote(h.labels[i]))
		}
	}
	if wild {
		return true, fmt.Sprintf("The wildcard stands for %s.", quote(h.labels[0]))
	}
	return true, "All labels are equal; upper and lower case do not matter."
}

// misuse says what is wrong with a pattern, which holds a star and fits nothing
// (RFC 9525, Section 6.3: one wildcard, the whole left-most label, others behind it).
func misuse(p string) string {
	first, rest, _ := strings.Cut(p, ".")
	switch {
	case p == "*":
		return "A wildcard stands for one label, and needs others behind it: alone it would be good for every host."
	case first == "*" && strings.Contains(rest, "*"):
		return "Only one wildcard may stand in a name, at its left: a second one counts for nothing."
	case first == "*":
		return fmt.Sprintf("What stands behind the wildcard is no host name (%s).", flaw(rest, false))
	case strings.Contains(first, "*"):
		return "A wildcard must be the whole left-most label, and here it is a part of that."
	}
	return "A wildcard must be the left-most label, and here it stands further right."
}

// hostname reports whether s is a name that hosts have, with the underscore that
// many have in fact, and with a wildcard at its left if it may be a pattern.
func hostname(s string, pattern bool) bool {
	if s == "" || s == "*" {
		return false
	}
	for i, label := range strings.Split(s, ".") {
		if label == "" {
			return false
		}
		// A hyphen may not begin a label; RFC 1123 would not let it end one.
		if pattern && i == 0 && label == "*" {
			continue
		}
		for j := 0; j < len(label); j++ {
			c := label[j]
			if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-' && j > 0) {
				return false
			}
		}
	}
	return true
}

// flaw says why s, which hostname has refused, is no host name.
func flaw(s string, pattern bool) string {
	switch {
	case s == "":
		return "it is empty"
	case s == "*":
		return "a wildcard stands for one label, and needs others behind it"
	}
	for i, label := range strings.Split(s, ".") {
		for j, c := range label {
			switch {
			case c == '*' && pattern && i == 0 && label == "*":
			case c == '*':
				return "a star is no letter of a host's name"
			case c == '-' && j == 0:
				return "a label begins with a hyphen"
			case c > 127:
				return "it holds " + quote(string(c)) + "; in a name, what is not ASCII is written with xn--"
			case !hostname(string(c), false) && c != '-':
				return "it holds " + quote(string(c))
			}
		}
		if label == "" {
			return "one of its labels is empty"
		}
	}
	return "its labels cannot be told"
}

// asciiLower lowers A to Z and nothing else: letters beyond ASCII have no case
// in a name (RFC 9525, Section 6.3).
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// few lists the names of a certificate, up to a handful.
func few(x *x509.Certificate) string {
	var names []string
	for _, d := range x.DNSNames {
		names = append(names, short(d))
	}
	for _, ip := range x.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) > 4 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
	}
	return strings.Join(names, ", ")
}

// partial returns a name whose wildcard is part of its first label and would
// cover ref.
func partial(x *x509.Certificate, ref string) string {
	first, rest, _ := strings.Cut(asciiLower(ref), ".")
	for _, d := range x.DNSNames {
		label, under, _ := strings.Cut(asciiLower(d), ".")
		// w*w.lab.test, say: RFC 6125 left such names to the reader.
		before, after, found := strings.Cut(label, "*")
		if found && label != "*" && under == rest && len(first) >= len(before)+len(after) &&
			strings.HasPrefix(first, before) && strings.HasSuffix(first, after) && !strings.Contains(after, "*") {
			return d
		}
	}
	return ""
}
