package pki

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"slices"
	"sync"
	"testing"
	"time"
)

var today = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

func clock() time.Time { return today }

func newCA(t *testing.T, keys *Keyring, at time.Time) *CA {
	t.Helper()
	ca, err := New(keys, func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// verify builds the path from what a peer would be sent.
func verify(ca *CA, got *Issued, o x509.VerifyOptions) error {
	o.Roots, o.Intermediates = ca.Roots(), x509.NewCertPool()
	for _, der := range got.Chain[1:] {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		o.Intermediates.AddCert(c)
	}
	_, err := got.Leaf.Verify(o)
	return err
}

func TestEveryKindOfLeafVerifies(t *testing.T) {
	keys := NewKeyring()
	ca := newCA(t, keys, today)
	for _, kind := range append(Kinds(), "") {
		for _, client := range []bool{false, true} {
			got, err := ca.Leaf(Leaf{Names: []string{"app.lab.test", "127.0.0.1", "::1", "spiffe://lab.test/app"}, Key: kind, Client: client})
			if err != nil {
				t.Fatalf("%q: %v", kind, err)
			}
			want, other := x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth
			if client {
				want, other = other, want
			}
			for _, host := range []string{"app.lab.test", "127.0.0.1", "[::1]"} {
				if err := verify(ca, got, x509.VerifyOptions{DNSName: host, CurrentTime: today, KeyUsages: []x509.ExtKeyUsage{want}}); err != nil {
					t.Errorf("%q for %s: %v", kind, host, err)
				}
			}
			if verify(ca, got, x509.VerifyOptions{CurrentTime: today, KeyUsages: []x509.ExtKeyUsage{other}}) == nil {
				t.Errorf("%q: good for both sides of a connection", kind)
			}
			if verify(ca, got, x509.VerifyOptions{DNSName: "b.lab.test", CurrentTime: today}) == nil {
				t.Errorf("%q: good for a name that it does not hold", kind)
			}
			if len(got.Leaf.URIs) != 1 || got.Leaf.URIs[0].String() != "spiffe://lab.test/app" {
				t.Errorf("%q: URIs %v", kind, got.Leaf.URIs)
			}
		}
	}
}

func TestLeafProfile(t *testing.T) {
	ca := newCA(t, NewKeyring(), today)
	got, err := ca.Leaf(Leaf{Names: []string{"app.lab.test"}})
	if err != nil {
		t.Fatal(err)
	}
	c := got.Leaf
	if c.KeyUsage != x509.KeyUsageDigitalSignature || c.IsCA || len(c.Subject.Names) != 0 {
		t.Errorf("key usage %b, CA %v, subject %v", c.KeyUsage, c.IsCA, c.Subject)
	}
	if !c.NotBefore.Equal(today.Add(-time.Hour)) || !c.NotAfter.Equal(today.Add(47*day)) {
		t.Errorf("valid from %v to %v", c.NotBefore, c.NotAfter)
	}
	if len(c.SubjectKeyId) != 20 || !bytes.Equal(c.AuthorityKeyId, ca.Issuing().SubjectKeyId) || !bytes.Equal(ca.Issuing().AuthorityKeyId, ca.Root().SubjectKeyId) {
		t.Error("key identifiers do not lead to the root")
	}
	if len(got.Chain) != 2 || !bytes.Equal(got.Chain[0], c.Raw) || !bytes.Equal(got.Chain[1], ca.Issuing().Raw) {
		t.Error("the chain is not leaf and intermediate")
	}
	if criticalNames(c) != true {
		t.Error("the subject is empty and subjectAltName is not critical")
	}
	named, err := ca.Leaf(Leaf{Names: []string{"app.lab.test"}, CommonName: "app"})
	if err != nil {
		t.Fatal(err)
	}
	if criticalNames(named.Leaf) || named.Leaf.Subject.CommonName != "app" {
		t.Errorf("subject %v with critical names %v", named.Leaf.Subject, criticalNames(named.Leaf))
	}
}

func criticalNames(c *x509.Certificate) bool {
	i := slices.IndexFunc(c.Extensions, func(e pkix.Extension) bool { return e.Id.String() == "2.5.29.17" })
	return i >= 0 && c.Extensions[i].Critical
}

func TestAuthorities(t *testing.T) {
	ca := newCA(t, NewKeyring(), today)
	root, issuing := ca.Root(), ca.Issuing()
	if root.Subject.CommonName != RootName || issuing.Subject.CommonName != IssuingName || issuing.Issuer.CommonName != RootName {
		t.Errorf("root %v, issuing %v by %v", root.Subject, issuing.Subject, issuing.Issuer)
	}
	if err := root.CheckSignatureFrom(root); err != nil {
		t.Error(err)
	}
	if !issuing.IsCA || issuing.MaxPathLen != 0 || !issuing.MaxPathLenZero || root.MaxPathLen != -1 {
		t.Errorf("path lengths: root %d, issuing %d", root.MaxPathLen, issuing.MaxPathLen)
	}
	serials := map[string]bool{}
	for range 50 {
		got, err := ca.Leaf(Leaf{Names: []string{"app.lab.test"}})
		if err != nil {
			t.Fatal(err)
		}
		n := got.Leaf.SerialNumber
		if n.Sign() <= 0 || len(n.Bytes()) > 20 || serials[n.String()] {
			t.Errorf("serial number %v", n)
		}
		serials[n.String()] = true
	}
}

func TestStrangersDoNotTrustEachOther(t *testing.T) {
	keys := NewKeyring()
	a, b := newCA(t, keys, today), newCA(t, keys, today)
	got, err := a.Leaf(Leaf{Names: []string{"app.lab.test"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := verify(b, got, x509.VerifyOptions{CurrentTime: today}); err == nil {
		t.Error("the second CA accepts a leaf of the first")
	}
}

func TestDatesFollowTheClock(t *testing.T) {
	for _, at := range []time.Time{today, today.AddDate(-30, 0, 0), today.AddDate(40, 0, 0)} {
		ca := newCA(t, NewKeyring(), at)
		got, err := ca.Leaf(Leaf{Names: []string{"app.lab.test"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := verify(ca, got, x509.VerifyOptions{CurrentTime: at}); err != nil {
			t.Errorf("at %v: %v", at, err)
		}
		old, err := ca.Leaf(Leaf{Names: []string{"app.lab.test"}, NotBefore: at.Add(-90 * day), NotAfter: at.Add(-day)})
		if err != nil {
			t.Fatal(err)
		}
		if verify(ca, old, x509.VerifyOptions{CurrentTime: at}) == nil {
			t.Errorf("at %v: an expired leaf is accepted", at)
		}
		if err := verify(ca, old, x509.VerifyOptions{CurrentTime: at.Add(-30 * day)}); err != nil {
			t.Errorf("the expired leaf in its time: %v", err)
		}
	}
}

func TestRefusals(t *testing.T) {
	ca := newCA(t, NewKeyring(), today)
	for name, l := range map[string]Leaf{
		"no name":  {},
		"bad URI":  {Names: []string{"http://[::1"}},
		"bad kind": {Names: []string{"app.lab.test"}, Key: "p257"},
		"bad name": {Names: []string{"\u00e4pp.lab.test"}},
	} {
		if got, err := ca.Leaf(l); err == nil || got != nil {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
}

func TestOneRSAKey(t *testing.T) {
	keys := NewKeyring()
	keys.Wait() // nothing has begun, so this returns at once
	keys.Warm()
	var wg sync.WaitGroup
	got := make([]*rsa.PrivateKey, 8)
	for i := range got {
		wg.Go(func() {
			keys.Warm()
			k, err := keys.Key("rsa2048")
			if err != nil {
				t.Error(err)
				return
			}
			got[i] = k.(*rsa.PrivateKey)
		})
	}
	wg.Wait()
	keys.Wait()
	for _, k := range got {
		if k == nil || k != got[0] || k.N.BitLen() != 2048 {
			t.Fatal("the ring made more than one RSA key, or none")
		}
	}
	a, errA := keys.Key("p256")
	b, errB := keys.Key("p256")
	if errA != nil || errB != nil || a == b {
		t.Errorf("keys on curves are not fresh: %v, %v", errA, errB)
	}
}
