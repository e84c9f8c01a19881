package labs

import ("testing";"syscall";"time";"tlstutor/labs/pki";"slices";"fmt")

func cpu() float64 { var u syscall.Rusage; syscall.Getrusage(0,&u); return float64(u.Utime.Nano()+u.Stime.Nano())/1e6 }
func low(of []float64) float64 { of = slices.Sorted(slices.Values(of)); return of[len(of)/4] }
func TestZZ(t *testing.T) {
	settings, _ := Handshake.Settings(nil)
	keys := pki.NewKeyring()
	fs := []func() error{func() error { _, err := Start(t.Context(), Handshake, settings, Options{Keys: keys}).Wait(); return err }, func() error { return handshakeAlone(keys) }}
	var w, c [2][]float64
	for r := range 60 { for i, f := range fs {
		a, b := time.Now(), cpu()
		for range 10 { if err := f(); err != nil { t.Fatal(err) } }
		if r > 2 { w[i] = append(w[i], float64(time.Since(a).Microseconds())/1e4); c[i] = append(c[i], (cpu()-b)/10) }
	}}
	fmt.Printf("wall q1 %.2f/%.2f=%.2f med %.2f/%.2f=%.2f  cpu q1 %.2f/%.2f=%.2f\n", low(w[0]),low(w[1]),low(w[0])/low(w[1]), median(w[0]),median(w[1]),median(w[0])/median(w[1]), low(c[0]),low(c[1]),low(c[0])/low(c[1]))
}
