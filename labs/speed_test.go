package labs

import (
	"crypto/tls"
	"errors"
	"slices"
	"testing"
	"time"

	"tlstutor/labs/loop"
	"tlstutor/labs/pki"
)

// BenchmarkSpeedRun compares a whole run of handshake, from its CA to its
// goals, with the same work without relay and dissection. Each iteration is one
// round of both, in turn; the medians of the rounds and their ratio are
// reported. Ten rounds are asked for with -benchtime 10x.
func BenchmarkSpeedRun(b *testing.B) {
	const each = 20
	settings, err := Handshake.Settings(nil)
	if err != nil {
		b.Fatal(err)
	}
	keys := pki.NewKeyring()
	ours := func() error {
		_, err := Start(b.Context(), Handshake, settings, Options{Keys: keys}).Wait()
		return err
	}
	bare := func() error { return handshakeAlone(keys) }
	var with, without []float64
	round := func(f func() error) float64 {
		began := time.Now()
		for range each {
			if err := f(); err != nil {
				b.Fatal(err)
			}
		}
		return float64(time.Since(began).Microseconds()) / 1000 / each
	}
	round(ours) // the first of each pays for tables that are made once
	round(bare)
	for b.Loop() {
		with = append(with, round(ours))
		without = append(without, round(bare))
	}
	b.ReportMetric(median(with), "ours-ms")
	b.ReportMetric(median(without), "other-ms")
	b.ReportMetric(median(with)/median(without), "ratio")
}

// handshakeAlone does what lab handshake does, on one plain connection.
func handshakeAlone(keys *pki.Keyring) error {
	ca, err := pki.New(keys, time.Now)
	if err != nil {
		return err
	}
	is, err := ca.Leaf(pki.Leaf{Names: []string{labName}, Key: "p256"})
	if err != nil {
		return err
	}
	l, err := loop.Listen()
	if err != nil {
		return err
	}
	defer l.Close()
	near, err := loop.Dial(l.Addr())
	if err != nil {
		return err
	}
	far, err := l.Accept()
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() {
		e := &loop.Endpoint{Conn: far}
		config := &tls.Config{Certificates: []tls.Certificate{{Certificate: is.Chain, PrivateKey: is.Key, Leaf: is.Leaf}}, SessionTicketsDisabled: true}
		served <- loop.Talk(e, tls.Server(e, config), answer, func(error) {})
	}()
	e := &loop.Endpoint{Conn: near}
	err = loop.Talk(e, tls.Client(e, &tls.Config{ServerName: labName, RootCAs: ca.Roots()}), ask, func(error) {})
	return errors.Join(err, <-served)
}

// median returns the middle one, or the mean of the two in the middle.
func median(of []float64) float64 {
	of = slices.Sorted(slices.Values(of))
	n := len(of)
	return (of[(n-1)/2] + of[n/2]) / 2
}
