package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"testing"
	"time"
)

// BenchmarkChain makes a root, an intermediate and a leaf with their keys. It may
// take 1.2 times as long as BenchmarkBareChain.
func BenchmarkChain(b *testing.B) {
	keys := NewKeyring()
	for b.Loop() {
		root, err := Root(keys, clock, Anchor("Lab Root CA"))
		if err != nil {
			b.Fatal(err)
		}
		mid, err := root.Intermediate(Sub("Lab Issuing CA"))
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := mid.Mint(Server("app.lab.test")); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBareChain makes the three keys and three signatures of a chain.
func BenchmarkBareChain(b *testing.B) {
	sum := make([]byte, 32)
	for b.Loop() {
		for range 3 {
			k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := k.Sign(rand.Reader, sum, crypto.SHA256); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkLeaves issues leaves with fresh keys on all cores.
func BenchmarkLeaves(b *testing.B) {
	ca, err := New(NewKeyring(), clock)
	if err != nil {
		b.Fatal(err)
	}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := ca.Leaf(Leaf{Names: []string{"app.lab.test"}}); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkBareLeaves does the same with crypto/x509 alone.
func BenchmarkBareLeaves(b *testing.B) {
	ca, err := New(NewKeyring(), clock)
	if err != nil {
		b.Fatal(err)
	}
	_, issuing := ca.Authorities()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			t := &x509.Certificate{SerialNumber: big.NewInt(1 << 60), DNSNames: []string{"app.lab.test"}, NotBefore: today, NotAfter: today.Add(47 * 24 * time.Hour),
				KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true}
			k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			if err == nil {
				_, err = x509.CreateCertificate(rand.Reader, t, issuing.Cert(), k.Public(), issuing.Key)
			}
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkLint judges one leaf.
func BenchmarkLint(b *testing.B) {
	ca, err := New(NewKeyring(), clock)
	if err != nil {
		b.Fatal(err)
	}
	is, err := ca.Leaf(Leaf{Names: []string{"app.lab.test"}})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Lint(is.Leaf.Raw); err != nil {
			b.Fatal(err)
		}
	}
}
