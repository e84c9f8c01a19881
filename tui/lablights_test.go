package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs"
)

// Where there are no lights to see the screen says why, in the row where they stand;
// where revocation decided it says that no light tells of it.
func TestLightsRow(t *testing.T) {
	for _, c := range []struct{ words, want string }{
		{"tamper", "path, anchor, name, time, purpose: not reached"},
		{"handshake fault=no-common-version", "path, anchor, name, time, purpose: not reached"},
		{"faults drill=3", "path, anchor, name, time, purpose: kept back until the check is named"},
		{"faults drill=8 check=anchor", "server's certificate: path ✗ anchor · name ✓"},
		{"faults drill=8 check=anchor mend=trust-root", "server's certificate: path ✓ anchor ✓ name ✓"},
		{"revocation client=checking", "path ✓ anchor ✓ name ✓ time ✓ purpose ✓ revocation: not one of these"},
	} {
		words := strings.Fields(c.words)
		d, _ := labDrive(t, 80, 24, words...)
		if flat := d.flat(); !strings.Contains(flat, c.want) {
			t.Errorf("%s: no %q in %s", c.words, c.want, flat)
		}
	}
	// In a wide title there is less room, and it is still said.
	for _, w := range []int{120, 140} {
		d, _ := labDrive(t, w, 40, "revocation", "client=checking")
		if flat := d.flat(); !strings.Contains(flat, "purpose ✓ revocation?") && !strings.Contains(flat, "purpose ✓ revocation: not one of these") {
			t.Errorf("%d columns: %s", w, flat)
		}
	}
	// Beside a longer verdict they are counted, where all of them hold.
	all, _ := labDrive(t, 120, 40, "revocation", "client=all")
	if first, _, _ := strings.Cut(all.flat(), "╭"); !strings.Contains(first, "though revoked · all five lights ✓") {
		t.Errorf("six clients: %s", first)
	}
}

// e leads to what a client was told of a revocation, before the lights, and to what
// ended a connection that no longer decides.
func TestEvidenceElsewhere(t *testing.T) {
	for _, c := range []struct {
		words string
		want  []string // what is said, and the field that is then selected
	}{
		{"revocation client=checking method=crl", []string{"this record ended it", "", "this is the field it is about; e again: what was told of a revocation", "serialNumber",
			"this is what the client was told of a revocation; e again: the path light", "revokedCertificate", "the path light holds", ""}},
		{"revocation client=checking", []string{"this record ended it", "", "this is the field", "serialNumber", "this is what the client was told of a revocation", "certStatus"}},
		{"faults drill=10 check=host-name mend=name-in-san", []string{"this record completed the handshake; e again: what ended first", "", "this record ended first", "", "this is the field it is about", "subjectAltName"}},
	} {
		words := strings.Fields(c.words)
		d, s := labDrive(t, 80, 24, words...)
		for i := 0; i < len(c.want); i += 2 {
			d.key("e")
			d.soon()
			if flat := d.flat(); !strings.Contains(flat, c.want[i]) {
				t.Errorf("%s, press %d: no %q in %s", c.words, i/2+1, c.want[i], flat)
			}
			if f := s.fields.Selected(); c.want[i+1] != "" && (f == nil || f.Name != c.want[i+1]) {
				t.Errorf("%s, press %d selects %v, want %s", c.words, i/2+1, f, c.want[i+1])
			}
		}
	}
}

// Of a client that refuses what the five lights find nothing wrong with, e leads to the
// light that says who asks for more, before the others; by lines why says it.
func TestStricter(t *testing.T) {
	d, s := labDrive(t, 80, 24, "chain", "client=openssl", "trust=intermediate")
	all := s.proofs()
	i := slices.IndexFunc(all, func(p proof) bool { return strings.Contains(p.said, " light ") })
	if i < 0 || !strings.HasPrefix(all[i].said, "the anchor light ") {
		t.Fatalf("the first light is not the anchor's: %+v", all)
	}
	for range i + 1 {
		d.key("e")
	}
	d.soon()
	if flat := d.flat(); !strings.Contains(flat, "OpenSSL wants -partial_chain") {
		t.Errorf("e does not say what OpenSSL asks for:\n%s", d.screen())
	}
	_, s = labDrive(t, 80, 24, "chain", "trust=intermediate")
	if all := s.proofs(); !slices.ContainsFunc(all, func(p proof) bool { return strings.HasPrefix(p.said, "the path light") }) || strings.Contains(fmt.Sprint(all), "-partial_chain") {
		t.Errorf("Go takes it, and e leads to what others ask for: %+v", all)
	}
}

// A drill that is answered says first what became of that: solved, the mended handshake
// is what is seen and the title says so; else what is still open.
func TestDrillShown(t *testing.T) {
	for _, c := range []struct {
		answer string
		ok     bool
		want   []string
	}{
		{"check=pathLenConstraint mend=ca-profile", true, []string{"✓ mended completed in", "solved: the check is pathLenConstraint, and ca-profile mends it", "with ca-profile the handshake completes"}},
		{"check=validity mend=trust-root", false, []string{"✗ client: bad_certificate", "still open: validity is not the check that fails", "with trust-root it is as before"}},
	} {
		d, s := labDrive(t, 80, 24, "faults", "drill=1")
		if s.lab.Knob("fault").Shown(s.set) != "hidden" {
			t.Error("the knob names a fault")
		}
		d.key(":")
		for _, r := range c.answer {
			d.key(string(r))
		}
		d.key("enter")
		d.until("it has run", func() bool { r := s.cur(); return r != nil && r.n == 2 && r.ended })
		if r := s.rec(); r == nil || r.Event.Tree.Name != labs.OutcomeNote || s.cur().end.OK != c.ok {
			t.Errorf("%s: the selection is on %+v", c.answer, r)
		}
		for _, want := range c.want {
			if flat := d.flat(); !strings.Contains(flat, want) {
				t.Errorf("%s: no %q in %s", c.answer, want, flat)
			}
		}
	}
}

// The plain text says the same: what a client was told of a revocation, that no light
// tells of it, and how each of several connections went.
func TestPlainTries(t *testing.T) {
	k, _, _ := plainToy(t, "")
	k.play([]turn{
		{"go revocation client=checking", []string{`Failed: the client ended it\.`}},
		{"why", []string{`The client was told of a revocation: certStatus, revoked`, `Whether it was revoked none of the five lights says`}},
		{"go faults drill=8", []string{`Failed: the client ended it\.`}},
		{"knobs", []string{`1 fault=hidden: `}},
		{"run check=anchor mend=trust-root", []string{`2 connections: first ended by the client \(bad_certificate\), mended completed\.`}},
		{"why", []string{`Of the server's certificate on first, light path fails`, `Of the server's certificate on mended, these lights hold: path, anchor`}},
		{"go sni ech=stale", []string{`2 connections: stale ended by the client \(ech_required\), retry completed\.`}},
	})
}
