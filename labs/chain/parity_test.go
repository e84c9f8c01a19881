package chain

import (
	"crypto/x509"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// accepted lists the accepted paths, or the chains of x509.Verify, as sorted
// lines of indices into the certificates that they are made of.
func accepted(t *testing.T, q Question, a *Answer) (ours, gos []string) {
	t.Helper()
	names := map[string]string{}
	for i, c := range slices.Concat(q.Chain, q.Intermediates, q.Roots) {
		names[string(c.Raw)] = fmt.Sprint(i)
	}
	for _, p := range a.Paths {
		if p.OK {
			var s []string
			for _, c := range p.Certs {
				s = append(s, names[string(c.Raw)])
			}
			ours = append(ours, strings.Join(s, " "))
		}
	}
	roots, inter := x509.NewCertPool(), x509.NewCertPool()
	for _, c := range q.Roots {
		if c.X != nil {
			roots.AddCert(c.X)
		}
	}
	for _, c := range slices.Concat(q.Chain[1:], q.Intermediates) {
		if c.X != nil {
			inter.AddCert(c.X)
		}
	}
	if q.Chain[0].X != nil {
		chains, err := q.Chain[0].X.Verify(x509.VerifyOptions{Roots: roots, Intermediates: inter, DNSName: q.Name, CurrentTime: q.At, KeyUsages: q.Uses})
		for _, chain := range chains {
			var s []string
			for _, x := range chain {
				s = append(s, names[string(x.Raw)])
			}
			gos = append(gos, strings.Join(s, " "))
		}
		if fmt.Sprint(err) != fmt.Sprint(a.GoErr) {
			t.Errorf("GoErr is %v, x509 says %v", a.GoErr, err)
		}
	}
	slices.Sort(ours)
	slices.Sort(gos)
	return ours, gos
}

// agree fails unless the accepted paths are those of x509.Verify.
func agree(t *testing.T, what string, q Question) *Answer {
	t.Helper()
	a := Explain(q)
	ours, gos := accepted(t, q, a)
	if !slices.Equal(ours, gos) || a.OK != (len(gos) > 0) || a.GoPaths != len(gos) {
		t.Errorf("%s: ok %v, accepted %q, x509 %q (%v); limit %q", what, a.OK, ours, gos, a.GoErr, a.Limit)
	}
	return a
}

// faults picks a change to a certificate that some verifier minds, somewhere.
func faults(r *rand.Rand) func(*x509.Certificate) {
	_, ten, _ := net.ParseCIDR("10.0.0.0/8")
	spiffe, _ := url.Parse("spiffe://lab.test/app")
	changes := []func(*x509.Certificate){
		func(c *x509.Certificate) { c.NotAfter = now().AddDate(0, 0, -1) },
		func(c *x509.Certificate) { c.NotBefore = now().AddDate(0, 0, 1) },
		func(c *x509.Certificate) { c.IsCA = false },
		func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = false, false },
		func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature },
		func(c *x509.Certificate) { c.MaxPathLenZero = true },
		func(c *x509.Certificate) { c.MaxPathLen = 1 },
		func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"other.test"} },
		func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"lab.test"} },
		func(c *x509.Certificate) { c.ExcludedDNSDomains = []string{"app.lab.test"} },
		func(c *x509.Certificate) { c.ExcludedIPRanges = []*net.IPNet{ten} },
		func(c *x509.Certificate) { c.PermittedURIDomains = []string{"lab.test"} },
		func(c *x509.Certificate) { c.PermittedEmailAddresses = []string{"root@lab.test"} },
		func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} },
		func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} },
		func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} },
		func(c *x509.Certificate) { c.ExtraExtensions = append(c.ExtraExtensions, unknownCritical()) },
		func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 },
		func(c *x509.Certificate) { c.SubjectKeyId = []byte{byte(r.IntN(3))} },
		func(c *x509.Certificate) { c.DNSNames = append(c.DNSNames, "ca.other.test") },
		func(c *x509.Certificate) { c.EmailAddresses = append(c.EmailAddresses, "root@lab.test") },
		func(c *x509.Certificate) { c.URIs = append(c.URIs, spiffe) },
		func(c *x509.Certificate) { c.IPAddresses = append(c.IPAddresses, net.IP{10, 1, 2, 3}) },
		func(c *x509.Certificate) { c.ExtraExtensions = append(c.ExtraExtensions, requirePolicy()) },
		func(c *x509.Certificate) { c.Policies = append(c.Policies, policy(1)) },
		func(c *x509.Certificate) { c.Policies = append(c.Policies, policy(2)) },
	}
	return changes[r.IntN(len(changes))]
}

// TestGenerated holds thousands of generated graphs against x509.Verify:
// parties that sign each other and themselves, with a fault here and there.
func TestGenerated(t *testing.T) {
	parties := make([]*party, 8)
	for i := range parties {
		parties[i] = newParty(t, fmt.Sprintf("CA %d", i/2)) // two keys for each name
	}
	server := newParty(t, "app.lab.test")
	paths, ok := 0, 0
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 6))
		q := randomGraph(t, r, parties, server)
		a := agree(t, fmt.Sprintf("seed %d", seed), q)
		paths += len(a.Paths)
		if a.OK {
			ok++
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	if ok < 200 || ok > 1800 || paths < 4000 {
		t.Errorf("2000 graphs with %d paths, %d accepted: these prove little", paths, ok)
	}
	t.Logf("%d paths, %d of 2000 graphs accepted", paths, ok)
}

// randomGraph makes a question out of some random certificates.
func randomGraph(t *testing.T, r *rand.Rand, parties []*party, server *party) Question {
	change := func(p float64) (f []func(*x509.Certificate)) {
		for r.Float64() < p {
			f = append(f, faults(r))
		}
		return f
	}
	few := parties[:2+r.IntN(len(parties)-1)]
	pick := func() *party { return few[r.IntN(len(few))] }
	for _, p := range parties {
		p.cert = nil
	}
	rate := []float64{0, 0.1, 0.3}[r.IntN(3)]
	var roots, inter []*Cert
	for range 1 + r.IntN(2) {
		p := pick()
		roots = append(roots, p.issue(t, p, change(rate/2)...))
	}
	for range r.IntN(7) {
		inter = append(inter, pick().issue(t, pick(), change(rate)...))
	}
	leaf := pick().leaf(t, server, change(rate)...)
	if r.IntN(4) == 0 {
		inter = append(inter, roots[0])
	}
	if r.IntN(8) == 0 && len(inter) > 0 {
		roots = append(roots, inter[0]) // an intermediate as anchor
	}
	q := Question{Chain: append([]*Cert{leaf}, inter...), Roots: roots, At: now()}
	switch r.IntN(4) {
	case 0:
		q.Name = "app.lab.test"
	case 1:
		q.Uses = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
	case 2:
		q.Uses = []x509.ExtKeyUsage{x509.ExtKeyUsageAny}
	}
	return q
}
