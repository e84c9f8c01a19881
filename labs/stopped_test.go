package labs

import (
	"strings"
	"testing"
)

// TestStoppedWithResponder stops runs in which somebody serves or asks beside the
// main connection after each of their events, also while they are held: nothing of
// them is left.
func TestStoppedWithResponder(t *testing.T) {
	check := asBefore(t)
	for _, p := range []played{
		{Revocation, []string{"client=checking"}}, {Revocation, []string{"client=checking", "method=stapled", "responder=down"}},
		{Tamper, []string{"where=server"}}, {SNI, []string{"sni=none"}},
	} {
		s := setting(t, p.lab, p.words...)
		for i := range finish(t, p.lab, p.words...) {
			for _, hold := range []bool{false, true} {
				stopAt(t, p.lab, s, i, hold)
			}
		}
		check(p.lab.Line(s))
	}
	// In these somebody waits on the run's clock, and is stopped while it does.
	for _, p := range []played{
		{Revocation, []string{"client=checking", "method=must-staple", "responder=slow"}}, {Revocation, []string{"client=checking", "method=crl", "responder=slow"}},
		{Tamper, []string{"max=1.2", "byte=2", "bit=3"}},
	} {
		s := setting(t, p.lab, p.words...)
		for i := range 8 {
			stopAt(t, p.lab, s, i, false)
		}
		check(p.lab.Line(s))
	}
}

// TestHeldResponder: a client's patience is measured on the run's clock, which stands
// still while a record waits.
func TestHeldResponder(t *testing.T) {
	ahead := &clock{}
	s := setting(t, Revocation, "client=checking", "status=good")
	r := Start(t.Context(), Revocation, s, Options{Held: true, Keys: ring, Now: ahead.now})
	for held := 0; ; {
		_, ended := r.Since(0)
		if ended {
			break
		}
		if at, ok := r.Held(); ok && strings.HasPrefix(at.Conn.Name, "responder") {
			ahead.ahead.Add(int64(tooLong))
			held++
		}
		r.Next()
	}
	events, err := r.Wait()
	if err != nil {
		t.Fatal(err)
	}
	asks(t, "held", events, map[string]string{"error(client)": "none", "status_check": "good", "asked.client": "1"})
}
