package labs

import (
	"bytes"
	"strings"
	"testing"
)

// TestTries: of several connections each is told of, and one that stands in another's
// place decides for it.
func TestTries(t *testing.T) {
	for _, c := range []struct {
		lab       *Lab
		words     string
		ok        bool
		text, how string
	}{
		{SNI, "ech=stale", true, "retry completed in ", "2 connections: stale ended by the client (ech_required), retry completed"},
		{SNI, "ech=on", true, "completed in ", "completed in "},
		{FaultBench, "drill=8 mend=trust-root", true, "mended completed in ", "2 connections: first ended by the client (bad_certificate), mended completed"},
		{FaultBench, "drill=8 mend=renew-leaf", false, "client: bad_certificate", "2 connections: first and mended ended by the client (bad_certificate)"},
		{FaultBench, "drill=8 mend=no-verification", false, "client: bad_certificate", "2 connections: first ended by the client (bad_certificate), mended completed"},
		{Wiretap, "", true, "3 connections, all completed", "3 connections, all completed"},
	} {
		events := finish(t, c.lab, strings.Fields(c.words)...)
		end := End(events)
		if end.OK != c.ok || !end.Over || !strings.HasPrefix(end.Text, c.text) || !strings.HasPrefix(end.How(), c.how) {
			t.Errorf("%s %s: %v, %q, %q", c.lab.Name, c.words, end.OK, end.Text, end.How())
		}
		if end.OK && end.Who != Nobody {
			t.Errorf("%s %s: it is over well, and %s ended it", c.lab.Name, c.words, end.Who)
		}
		var out bytes.Buffer
		k := Kept{Lab: c.lab, Settings: setting(t, c.lab, strings.Fields(c.words)...), Events: events}
		k.text(&out)
		if said := "\n" + end.How() + "\n"; !strings.Contains(out.String(), said) {
			t.Errorf("%s %s: the text does not say %q", c.lab.Name, c.words, said)
		}
		for i, try := range end.Tries {
			if says := try.Title(i) + ": client says: "; !try.OK && !strings.Contains(out.String(), says) {
				t.Errorf("%s %s: the text does not say %q", c.lab.Name, c.words, says)
			}
		}
	}
}
