package pki

import (
	"bytes"
	"crypto/x509"
	"sync"
	"testing"
)

// A ledger is what a ring has told of.
type ledger struct {
	mu   sync.Mutex
	made []Made
}

func (l *ledger) add(m Made) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.made = append(l.made, m)
}

// TestNoted makes one of everything and compares what the ring has told of it.
func TestNoted(t *testing.T) {
	l := &ledger{}
	keys := NewKeyring().Noted(l.add)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	root, err := Root(keys, clock, Anchor("Lab Root CA"))
	must(err)
	mid, err := root.Intermediate(Sub("Lab Issuing CA"))
	must(err)
	leaf, err := mid.Issue(Server("app.lab.test"))
	must(err)
	other, err := mid.Issue(Spec{Names: []string{"b.lab.test"}, Public: leaf.Key.Public()})
	must(err)
	alone, err := Self(keys, clock, Server("alone.lab.test"))
	must(err)
	crossed, err := root.CrossSign(mid, Spec{})
	must(err)
	change, _ := FindChange("negative-serial")
	bad, err := mid.Forge(leaf.Leaf.Raw, change)
	must(err)
	list, err := mid.CRL(List{})
	must(err)
	staple, err := (&Responder{Of: mid}).Staple(leaf.Leaf)
	must(err)
	// A refusal tells nothing of any certificate.
	(&Responder{Of: mid, Fault: "try-later"}).respond(nil)
	want := []Made{
		{PEMCertificate, root.Raw, root.Key, nil},
		{PEMCertificate, mid.Raw, mid.Key, root},
		{PEMCertificate, leaf.Leaf.Raw, leaf.Key, mid},
		{PEMCertificate, other.Leaf.Raw, nil, mid},
		{PEMCertificate, alone.Leaf.Raw, alone.Key, nil},
		{PEMCertificate, crossed.Raw, mid.Key, root},
		{PEMCertificate, bad, nil, mid},
		{PEMList, list, nil, mid},
		{pemResponse, staple, nil, mid},
	}
	if len(l.made) != len(want) {
		t.Fatalf("the ring told of %d things, not of %d", len(l.made), len(want))
	}
	for i, m := range l.made {
		if w := want[i]; m.Kind != w.Kind || !bytes.Equal(m.DER, w.DER) || m.Key != w.Key || m.By != w.By {
			t.Errorf("%d: %s by %p with key %v, want %s by %p with key %v", i, m.Kind, m.By, m.Key != nil, w.Kind, w.By, w.Key != nil)
		}
	}
}

// TestNotedRings: rings made of one ring share its RSA key and tell each its own
// listener; the first ring tells nobody, and Wait waits for all of them.
func TestNotedRings(t *testing.T) {
	base, a, b := NewKeyring(), &ledger{}, &ledger{}
	first := base.Noted(a.add)
	second := first.Noted(b.add)
	second.Warm()
	base.Wait()
	var got [3]any
	for i, ring := range []*Keyring{base, first, second} {
		k, err := ring.Key("rsa2048")
		if err != nil {
			t.Fatal(err)
		}
		if got[i] = k; k != got[0] {
			t.Error("a ring has another RSA key")
		}
	}
	for i, ring := range []*Keyring{base, first, second} {
		var wg sync.WaitGroup
		for range 4 * i {
			wg.Go(func() {
				if _, err := Self(ring, clock, Server("app.lab.test")); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if _, err := New(ring, clock); err != nil {
			t.Error(err)
		}
	}
	if len(a.made) != 4+2 || len(b.made) != 8+2 {
		t.Errorf("the rings told of %d and %d things", len(a.made), len(b.made))
	}
	for _, m := range append(a.made, b.made...) {
		if c, err := x509.ParseCertificate(m.DER); err != nil || (m.By == nil) != (c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil) {
			t.Errorf("who signed %v is told wrongly: %v", c.Subject, err)
		}
	}
}
