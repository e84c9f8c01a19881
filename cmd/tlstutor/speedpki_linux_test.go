package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"tlstutor/labs/chain"
	"tlstutor/labs/pki"
)

// written writes a file of certificates, and returns its name.
func written(b *testing.B, dir, name string, raw ...[]byte) string {
	b.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, pki.PEM(pki.PEMCertificate, raw...), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

// authority makes a root and an intermediate.
func authority(b *testing.B) (root, mid *pki.Authority) {
	b.Helper()
	root, err := pki.Root(pki.NewKeyring(), time.Now, pki.Anchor("Lab Root CA"))
	if err == nil {
		mid, err = root.Intermediate(pki.Sub("Lab Issuing CA"))
	}
	if err != nil {
		b.Fatal(err)
	}
	return root, mid
}

// leaves makes so many certificates, each of another serial number and key.
func leaves(b *testing.B, by *pki.Authority, n int) [][]byte {
	b.Helper()
	var all [][]byte
	for range n {
		_, raw, err := by.Mint(pki.Server("app.lab.test"))
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, raw)
	}
	return all
}

// several is how long a program takes, the mean of some starts: one alone is too
// short to be measured.
func several(b *testing.B, n int, words ...string) time.Duration {
	b.Helper()
	began := time.Now()
	for range n {
		if err := exec.Command(words[0], words[1:]...).Run(); err != nil {
			b.Fatalf("%v: %v", words, err)
		}
	}
	return time.Since(began) / time.Duration(n)
}

// beyond compares what a command takes beyond the start of the program with all
// that another program takes.
func beyond(b *testing.B, n int, ours, other []string) {
	b.Helper()
	var us, them, start []float64
	several(b, 1, ours...)
	several(b, 1, other...)
	for b.Loop() {
		start = append(start, several(b, n, ours[0], "version").Seconds()*1000)
		us = append(us, several(b, n, ours...).Seconds()*1000)
		them = append(them, several(b, n, other...).Seconds()*1000)
	}
	took := max(0, median(us)-median(start))
	b.ReportMetric(took, "ours-ms")
	b.ReportMetric(median(them), "other-ms")
	b.ReportMetric(took/median(them), "ratio")
}

// BenchmarkSpeedInspect compares tlstutor inspect of one certificate, less what the
// start of the program takes, with openssl x509 -text.
func BenchmarkSpeedInspect(b *testing.B) {
	_, mid := authority(b)
	leaf := written(b, b.TempDir(), "leaf.pem", leaves(b, mid, 1)...)
	beyond(b, 20, []string{built(b, ".")[0], "inspect", leaf}, []string{"openssl", "x509", "-in", leaf, "-noout", "-text"})
}

// BenchmarkSpeedVerify does so for tlstutor verify and openssl verify.
func BenchmarkSpeedVerify(b *testing.B) {
	top, mid := authority(b)
	dir := b.TempDir()
	one := leaves(b, mid, 1)
	root, inter := written(b, dir, "root.pem", top.Raw), written(b, dir, "mid.pem", mid.Raw)
	leaf, both := written(b, dir, "leaf.pem", one...), written(b, dir, "chain.pem", one[0], mid.Raw)
	beyond(b, 20, []string{built(b, ".")[0], "verify", both, "--roots", root}, []string{"openssl", "verify", "-CAfile", root, "-untrusted", inter, leaf})
}

// BenchmarkSpeedBundle compares them on a bundle of 10,000 certificates.
func BenchmarkSpeedBundle(b *testing.B) {
	_, mid := authority(b)
	bundle := written(b, b.TempDir(), "bundle.pem", leaves(b, mid, 10_000)...)
	ours := built(b, ".")[0]
	compare(b, func() time.Duration { return several(b, 1, ours, "inspect", bundle) },
		func() time.Duration { return several(b, 1, "openssl", "storeutl", "-noout", "-text", bundle) })
}

// BenchmarkSpeedExplain compares the explainer with x509.Verify on a chain that both
// accept, among as many roots as a system has; and reports what a path costs that
// is refused.
func BenchmarkSpeedExplain(b *testing.B) {
	top, mid := authority(b)
	is, err := mid.Issue(pki.Server("app.lab.test"))
	if err != nil {
		b.Fatal(err)
	}
	q := chain.Question{Chain: []*chain.Cert{chain.FromX509(is.Leaf), chain.FromX509(mid.Cert())}, Roots: []*chain.Cert{chain.FromX509(top.Cert())}, Name: "app.lab.test", At: time.Now()}
	roots, inter := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(top.Cert())
	inter.AddCert(mid.Cert())
	late := q
	late.At = late.At.AddDate(1, 0, 0)
	const each = 50
	timed := func(f func()) time.Duration {
		began := time.Now()
		for range each {
			f()
		}
		return time.Since(began) / each
	}
	var refused []float64
	compare(b, func() time.Duration {
		took := timed(func() {
			if !chain.Explain(q).OK {
				b.Fatal("it is refused")
			}
		})
		refused = append(refused, float64(timed(func() { chain.Explain(late) }).Microseconds()))
		return took
	}, func() time.Duration {
		return timed(func() {
			if _, err := is.Leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: inter, DNSName: q.Name, CurrentTime: q.At}); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.ReportMetric(median(refused), "us/path")
}

// BenchmarkSpeedChain compares a root, an intermediate and a leaf, with their keys,
// with the bare generation of three keys and three signatures.
func BenchmarkSpeedChain(b *testing.B) {
	const each = 200
	keys := pki.NewKeyring()
	sum := make([]byte, 32)
	timed := func(f func() error) func() time.Duration {
		return func() time.Duration {
			began := time.Now()
			for range each {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
			return time.Since(began) / each
		}
	}
	compare(b, timed(func() error {
		root, err := pki.Root(keys, time.Now, pki.Anchor("Lab Root CA"))
		if err != nil {
			return err
		}
		mid, err := root.Intermediate(pki.Sub("Lab Issuing CA"))
		if err != nil {
			return err
		}
		_, _, err = mid.Mint(pki.Server("app.lab.test"))
		return err
	}), timed(func() error {
		for range 3 {
			k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			if err != nil {
				return err
			}
			if _, err := k.Sign(rand.Reader, sum, crypto.SHA256); err != nil {
				return err
			}
		}
		return nil
	}))
}

// BenchmarkSpeedLeaves compares 10,000 leaves with fresh keys, made on all cores,
// with the same by crypto/x509 alone.
func BenchmarkSpeedLeaves(b *testing.B) {
	_, mid := authority(b)
	parent := mid.Cert()
	all := func(f func() error) func() time.Duration {
		return func() time.Duration {
			began := time.Now()
			var wg sync.WaitGroup
			for range runtime.NumCPU() {
				wg.Go(func() {
					for range 10_000 / runtime.NumCPU() {
						if err := f(); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			return time.Since(began)
		}
	}
	compare(b, all(func() error {
		_, _, err := mid.Mint(pki.Server("app.lab.test"))
		return err
	}), all(func() error {
		now := time.Now()
		t := &x509.Certificate{SerialNumber: big.NewInt(1 << 60), DNSNames: []string{"app.lab.test"}, NotBefore: now, NotAfter: now.AddDate(0, 0, 47),
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true}
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err == nil {
			_, err = x509.CreateCertificate(rand.Reader, t, parent, k.Public(), mid.Key)
		}
		return err
	}))
}
