package labs

import (
	"testing"
	"time"

	"tlstutor/labs/pki"
)

// BenchmarkSpeedFaults measures how long Go's client takes to judge all faults: each
// a run of its own, from its certificates to its goals. The RSA key that one of them
// needs is there before, as it is in a program that has been open for a moment.
func BenchmarkSpeedFaults(b *testing.B) {
	keys := pki.NewKeyring()
	for _, kind := range []string{"rsa2048", "rsa1024", "rsa512"} {
		if _, err := keys.Key(kind); err != nil {
			b.Fatal(err)
		}
	}
	var took []float64
	for b.Loop() {
		began := time.Now()
		for _, f := range Faults() {
			s := setting(b, FaultBench, "fault="+f.Name)
			if _, err := Start(b.Context(), FaultBench, s, Options{Keys: keys}).Wait(); err != nil {
				b.Fatal(err)
			}
		}
		took = append(took, time.Since(began).Seconds())
	}
	b.ReportMetric(median(took), "seconds")
}
