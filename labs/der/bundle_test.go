package der

import (
	"bytes"
	"testing"
)

// BenchmarkBundle opens a bundle of 10,000 certificates as inspect does: each tree
// is let go before the next.
func BenchmarkBundle(b *testing.B) {
	const n = 10_000
	bundle := bytes.Repeat(armour(samples(b)["certificate"].der, "CERTIFICATE"), n)
	b.SetBytes(int64(len(bundle)))
	b.ReportAllocs()
	for b.Loop() {
		found, err := Objects("bundle.pem", bundle)
		if err != nil || len(found) != n {
			b.Fatal(len(found), err)
		}
		for _, o := range found {
			if o.Tree().Value != "app.lab.test, by Lab CA" {
				b.Fatal(o.Kind)
			}
		}
	}
}
