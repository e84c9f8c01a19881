package labs

import (
	"context"
	"testing"
)

// TestAbsent: of a run that other programs have a part in and that are not here, it
// is said whose verdicts are recordings, and for whom Go's client connects.
func TestAbsent(t *testing.T) {
	for _, c := range []struct {
		lab   *Lab
		words []string
		want  string
	}{
		{FaultBench, []string{"fault=revoked-list", "client=all"}, "REC openssl, python3, curl"},
		{FaultBench, []string{"fault=list-missing", "client=openssl"}, "REC openssl"},
		{FaultBench, []string{"fault=expired"}, ""},
		{SNI, []string{"client=openssl"}, "Go in place of openssl"},
		{Revocation, []string{"client=python3"}, "Go in place of python3"},
		{Revocation, []string{"client=checking"}, ""},
		{Names, []string{"client=python3"}, ""}, // a recording, which says so itself
	} {
		events, err := Start(context.Background(), c.lab, setting(t, c.lab, c.words...), Options{Keys: ring, Alone: true}).Wait()
		if err != nil {
			t.Errorf("%s %v: %v", c.lab.Name, c.words, err)
			continue
		}
		if got := Absent(events); got != c.want {
			t.Errorf("%s %v: %q, want %q", c.lab.Name, c.words, got, c.want)
		}
		if in := c.lab.StandsIn(); in != (c.lab == SNI || c.lab == Revocation) {
			t.Errorf("%s: stands in: %v", c.lab.Name, in)
		}
	}
}
