package chain

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"testing"
)

// TestMatchName tells for pairs of names whether they match and why.
func TestMatchName(t *testing.T) {
	for _, c := range []struct {
		san, ref string
		ok       bool
		why      string
	}{
		{"app.lab.test", "app.lab.test", true, "all labels are equal"},
		{"APP.lab.TEST", "app.LAB.test", true, "all labels are equal"},
		{"app.lab.test", "app.lab.test.", true, "all labels are equal"},
		{"app.lab.test.", "app.lab.test", false, "ends in no dot"},
		{"app.lab.test.", "app.lab.test.", true, "the same to the letter"},
		{"app.lab.test", "lab.test", false, "it has 3 labels"},
		{"app.lab.test", "www.lab.test", false, `"app" is not "www"`},
		{"*.lab.test", "app.lab.test", true, `the wildcard stands for "app"`},
		{"*.lab.test", "a.b.lab.test", false, "stands for one label, not for 2"},
		{"*.lab.test", "lab.test", false, "not for none"},
		{"*.test", "lab.test", true, `the wildcard stands for "lab"`},
		{"*", "lab", false, "needs others behind it: alone it would be good for every host"},
		{"*", "*", true, "the same to the letter"},
		{"*.*.test", "a.b.test", false, "only one wildcard may stand in a name"},
		{"*.a!b.test", "x.a!b.test", false, "is no host name"},
		{"*.a!b.test", "x.test", false, "what stands behind the wildcard is no host name (it holds \"!\")"},
		{"w*.lab.test", "www.lab.test", false, "whole left-most label"},
		{"www.*.test", "www.lab.test", false, "must be the left-most label, and here it stands further right"},
		{"xn--bcher-kva.test", "xn--bcher-kva.test", true, "all labels are equal"},
		{"under_score.test", "under_score.test", true, "all labels are equal"},
		{"a b.test", "a b.test", true, "the same to the letter"},
		{"a b.test", "ab.test", false, "no host name"},
		{"app.lab.test\x00.evil.test", "app.lab.test", false, "no host name"},
		{"127.0.0.1", "[::1]", false, "names none"},
	} {
		k := MatchName(&x509.Certificate{DNSNames: []string{c.san}}, c.ref)
		why := k.Why
		if len(k.Parts) > 0 {
			why = k.Parts[0].Why
		}
		if k.OK != c.ok || !strings.Contains(why, c.why) {
			t.Errorf("%q for %q: %v, %q; want %v, %q", c.san, c.ref, k.OK, why, c.ok, c.why)
		}
	}
	// Of a URL, or a host with its port, the host is what can be asked about.
	for ref, want := range map[string]string{
		"https://app.lab.test/x?y": "app.lab.test", "app.lab.test:443": "app.lab.test", "app.lab.test:": "app.lab.test", "//app.lab.test": "app.lab.test",
		"[::1]:443": "::1", "https://[::1]/": "[::1]", "fe80::1%eth0": "fe80::1", "me@app.lab.test": "app.lab.test", " app.lab.test": "app.lab.test",
		"DNS:app.lab.test": "app.lab.test", "CN=app.lab.test": "app.lab.test", "spiffe://lab.test/x": "", "http://": "", ":443": "", "a b": "", "*.lab.test": "",
	} {
		k := MatchName(&x509.Certificate{DNSNames: []string{"lab.test"}, Extensions: []pkix.Extension{{Id: []int{2, 5, 29, 17}}}}, ref)
		if advice := "; ask about the host alone: " + quote(want) + "."; k.OK || strings.HasSuffix(k.Why, advice) != (want != "") || strings.Contains(k.Why, "ask about") != (want != "") {
			t.Errorf("%q: %s", ref, k.Why)
		}
	}
	for name, beside := range map[string]string{"*.lab.test": `such as "www.lab.test"`, "*": "covers none", "w.*.test": "covers none", "a b": "is no host name", "lab.test": ""} {
		if k := MatchName(&x509.Certificate{DNSNames: []string{name}}, name); !k.OK || !strings.Contains(k.Beside, beside) || (beside == "") != (k.Beside == "") {
			t.Errorf("%q: %v, %s", name, k.OK, k.Beside)
		}
	}
	many := &x509.Certificate{DNSNames: strings.Split(strings.Repeat("x.test ", 5000)+"app.lab.test", " ")}
	if k := MatchName(many, "app.lab.test"); !k.OK || len(k.Parts) != maxParts+1 {
		t.Errorf("of 5001 names: %v, %d told", k.OK, len(k.Parts))
	}
}

// FuzzMatchName holds MatchName against VerifyHostname.
func FuzzMatchName(f *testing.F) {
	for _, s := range []string{"*.lab.test", "lab.test.", "a_b.test", "-a.test", "a..b", "10.0.0.1", "::ffff:10.0.0.1", "*.x", "Ä.test", "\xff", ""} {
		f.Add(s, "10.0.0.1", []byte{10, 0, 0, 1})
		f.Add("www.lab.test", s, []byte{})
		f.Add(s, s, make([]byte, 16))
	}
	f.Fuzz(func(t *testing.T, san, ref string, ip []byte) {
		x := &x509.Certificate{DNSNames: []string{"x.test", san}, IPAddresses: []net.IP{ip}}
		k := MatchName(x, ref)
		if err := x.VerifyHostname(ref); k.OK != (err == nil) {
			t.Errorf("%q, %v for %q: %v, VerifyHostname says %v", san, ip, ref, k.OK, err)
		}
		for _, k := range append(k.Parts, k) {
			if clean(k.Why+k.Beside) != k.Why+k.Beside && len(k.Why+k.Beside) < 500 {
				t.Errorf("not clean: %q", k.Why)
			}
		}
	})
}

// TestNameMatches lets random certificates and references, made of the pieces
// that matter, be judged by VerifyHostname too.
func TestNameMatches(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	labels := []string{"*", "a", "A", "b", "", "a*", "x_y", "-a", "a-", "xn--a", " ", "é", "1"}
	word := func() string {
		var s []string
		for range 1 + r.IntN(4) {
			s = append(s, labels[min(r.IntN(20), r.IntN(len(labels)))%len(labels)])
		}
		return strings.Join(s, ".")
	}
	matches := 0
	for range 100000 {
		x := &x509.Certificate{DNSNames: []string{word(), word()}}
		ref := word()
		err := x.VerifyHostname(ref)
		if k := MatchName(x, ref); k.OK != (err == nil) {
			t.Fatalf("%q for %q: %v %s; VerifyHostname says %v", x.DNSNames, ref, k.OK, k.Why, err)
		}
		if err == nil {
			matches++
		}
	}
	if matches < 1000 {
		t.Errorf("only %d matched", matches)
	}
}

// TestConstraints holds random names against random constraints, made of the
// pieces that matter, and the verdicts against x509.Verify's.
func TestConstraints(t *testing.T) {
	root, server := newParty(t, "Root"), newParty(t, "app.lab.test")
	ok := 0
	for seed := range uint64(2500) {
		r := rand.New(rand.NewPCG(seed, 9))
		root.cert = nil
		q := Question{At: now()}
		q.Roots = []*Cert{root.issue(t, root, func(c *x509.Certificate) { constrain(r, c) })}
		q.Chain = []*Cert{root.leaf(t, server, func(c *x509.Certificate) { nameIt(r, c) })}
		if a := agree(t, fmt.Sprintf("seed %d", seed), q); a.OK {
			ok++
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	if ok < 250 || ok > 2250 {
		t.Errorf("%d of 2500 accepted: these prove little", ok)
	}
	t.Logf("%d of 2500 accepted", ok)
}

// TestEachNameForbidden: of several names that may not be there each is told of, up to
// a bound.
func TestEachNameForbidden(t *testing.T) {
	root, server := newParty(t, "Root"), newParty(t, "app.lab.test")
	q := Question{At: now()}
	q.Roots = []*Cert{root.issue(t, root, func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"lab.test"} })}
	q.Chain = []*Cert{root.leaf(t, server, func(c *x509.Certificate) {
		c.DNSNames = []string{"a.evil.test", "app.lab.test", "b.evil.test", "c.evil.test", "d.evil.test", "e.evil.test", "f.evil.test"}
	})}
	why := ""
	for _, k := range Explain(q).Paths[0].Checks {
		if k.Name == NameConstraints && !k.OK {
			why = k.Why
		}
	}
	for _, want := range []string{`name "a.evil.test", which`, `nor "b.evil.test", which`, `nor "d.evil.test", which`, "; nor 2 more."} {
		if !strings.Contains(why, want) {
			t.Errorf("no %s in %s", want, why)
		}
	}
	if strings.Contains(why, "app.lab.test to name \"app.lab.test") || strings.Contains(why, "e.evil.test\"") {
		t.Error(why)
	}
}

func some[T any](r *rand.Rand, p float64, from ...T) (list []T) {
	for r.Float64() < p {
		list = append(list, from[r.IntN(len(from))])
	}
	return list
}

// constrain gives a CA some constraints.
func constrain(r *rand.Rand, c *x509.Certificate) {
	domains := []string{"lab.test", ".lab.test", "app.lab.test", "a-b.test", "a.b.test", "TEST", "test", "b.app.lab.test", "x.app.lab.test", ".x.test", ""}
	if r.IntN(3) > 0 {
		domains = domains[:len(domains)-1]
	}
	mails := []string{"root@lab.test", "Root@LAB.test", `"a b"@lab.test`, "lab.test", ".lab.test", "other.test"}
	var nets []*net.IPNet
	for _, s := range []string{"10.0.0.0/8", "10.1.0.0/16", "192.168.0.0/24", "0.0.0.0/0", "fd00::/8", "::ffff:0:0/96", "11.0.0.0/9"} {
		_, n, err := net.ParseCIDR(s)
		if err == nil {
			nets = append(nets, n)
		}
	}
	for ip, mask := range map[string]int{"10.2.3.4": 8, "10.200.0.1": 12} { // with bits beyond the mask
		nets = append(nets, &net.IPNet{IP: net.ParseIP(ip).To4(), Mask: net.CIDRMask(mask, 32)})
	}
	c.PermittedDNSDomains, c.ExcludedDNSDomains = some(r, 0.5, domains...), some(r, 0.3, domains...)
	c.PermittedURIDomains, c.ExcludedURIDomains = some(r, 0.3, domains...), some(r, 0.3, domains...)
	c.PermittedEmailAddresses, c.ExcludedEmailAddresses = some(r, 0.4, mails...), some(r, 0.3, mails...)
	c.PermittedIPRanges, c.ExcludedIPRanges = some(r, 0.5, nets...), some(r, 0.4, nets...)
}

// nameIt gives a leaf some names.
func nameIt(r *rand.Rand, c *x509.Certificate) {
	c.DNSNames = some(r, 0.5, "lab.test", "app.lab.test", "*.lab.test", "*.app.lab.test", "a-b.test", "x.a-b.test", "LAB.test", "evil-lab.test", "*.test", "*lab.test", "test", ".test", "x.", "a b.test")
	c.EmailAddresses = some(r, 0.2, "root@lab.test", "root@Lab.test", "Root@lab.test", `"a b"@lab.test`, "x@app.lab.test", "x@other.test", `a\,b@lab.test`)
	for _, s := range some(r, 0.2, "spiffe://lab.test/x", "https://app.lab.test:443/", "https://10.0.0.1/", "urn:x", "https://[::1]/", "https://x.app.lab.test/", "https://LAB.TEST") {
		if u, err := url.Parse(s); err == nil {
			c.URIs = append(c.URIs, u)
		}
	}
	c.IPAddresses = some(r, 0.4, net.IP{10, 0, 0, 1}, net.IP{10, 1, 2, 3}, net.IP{10, 200, 0, 5}, net.IP{192, 168, 0, 9}, net.IP{11, 200, 0, 1}, net.ParseIP("fd00::1"), net.ParseIP("2001:db8::1"))
	if len(c.DNSNames)+len(c.EmailAddresses)+len(c.URIs)+len(c.IPAddresses) == 0 {
		c.DNSNames = []string{"app.lab.test"}
	}
}
