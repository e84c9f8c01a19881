package labs

import (
	"testing"
	"time"

	"tlstutor/labs/pki"
)

// BenchmarkSpeedBoard measures how long the board takes to answer a toggle: by the
// rules, by the handshake with its reason, and with all that was tried to mend it.
// Each round goes through the presets and each single change of the board; what
// counts is the slowest of them. The RSA key is there before.
func BenchmarkSpeedBoard(b *testing.B) {
	keys := pki.NewKeyring()
	if _, err := keys.Key("rsa2048"); err != nil {
		b.Fatal(err)
	}
	start := setting(b, Suites)
	boards := []Settings{start}
	for _, p := range Suites.Presets {
		s := setting(b, Suites)
		for knob, value := range p.Set {
			s[knob] = value
		}
		boards = append(boards, s)
	}
	for _, turn := range Suites.turnings(start) {
		boards = append(boards, turn.with(start))
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	var rules, answer, all []float64
	for b.Loop() {
		var slow [3]float64
		for _, s := range boards {
			began := time.Now()
			foresee(s)
			slow[0] = max(slow[0], ms(time.Since(began)))
			began = time.Now()
			events, err := Start(b.Context(), Suites, s, Options{Keys: keys}).Wait()
			if err != nil {
				b.Fatal(err)
			}
			slow[2] = max(slow[2], ms(time.Since(began)))
			for _, e := range events {
				if e.negotiates() && e.Tree.Name == negotiationNote {
					slow[1] = max(slow[1], ms(e.At))
				}
			}
		}
		rules, answer, all = append(rules, slow[0]), append(answer, slow[1]), append(all, slow[2])
	}
	b.ReportMetric(median(rules), "rules-ms")
	b.ReportMetric(median(answer), "answer-ms")
	b.ReportMetric(median(all), "all-ms")
}
