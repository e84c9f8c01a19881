package chain

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"testing"
)

// verify is what Explain is measured against.
func verify(b *testing.B, q Question) {
	roots, inter := x509.NewCertPool(), x509.NewCertPool()
	for _, c := range q.Roots {
		roots.AddCert(c.X)
	}
	for _, c := range q.Chain[1:] {
		inter.AddCert(c.X)
	}
	for b.Loop() {
		q.Chain[0].X.Verify(x509.VerifyOptions{Roots: roots, Intermediates: inter, DNSName: q.Name, CurrentTime: q.At})
	}
}

func explain(b *testing.B, q Question) {
	paths := 0
	for b.Loop() {
		paths = len(Explain(q).Paths)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(paths), "µs/path")
}

// questions are what the two are asked.
func questions(t testing.TB) map[string]Question {
	store := bench{}.question(t)
	for i := range 150 { // as many roots as a system has
		p := newParty(t, fmt.Sprintf("Root %d", i))
		store.Roots = append(store.Roots, p.issue(t, p))
	}
	return map[string]Question{
		"chain": bench{}.question(t), "store": store, "rsa": rsaQuestion(t),
		"expired": bench{inter: expired}.question(t), "layers": layers(t, 2, 3), "exponential": layers(t, 6, 4),
	}
}

// rsaQuestion is a chain whose keys are RSA.
func rsaQuestion(t testing.TB) Question {
	t.Helper()
	root, inter, server := newParty(t, "Lab Root"), newParty(t, "Lab CA"), newParty(t, "app.lab.test")
	for _, p := range []*party{root, inter, server} {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		p.key = key
	}
	q := Question{Roots: []*Cert{root.issue(t, root)}, Name: "app.lab.test", At: now()}
	i := root.issue(t, inter)
	q.Chain = []*Cert{inter.leaf(t, server), i}
	return q
}

func BenchmarkExplain(b *testing.B) {
	for name, q := range questions(b) {
		b.Run(name, func(b *testing.B) { explain(b, q) })
	}
}

func BenchmarkVerify(b *testing.B) {
	for name, q := range questions(b) {
		b.Run(name, func(b *testing.B) { verify(b, q) })
	}
}
