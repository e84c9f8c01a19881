package chain

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// openssl verifies with that of this machine, and reports whether it accepts. Where it
// is missing the test says so; with TLSTUTOR_PEERS=require that fails.
func openssl(t *testing.T, q Question, args ...string) (ok, here bool) {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("TLSTUTOR_PEERS") == "require" {
			t.Fatalf("openssl is to judge this: %v", err)
		}
		t.Logf("%v: nothing of it was tried", err)
		return false, false
	}
	dir := t.TempDir()
	file := func(name string, certs []*Cert) string {
		var all []byte
		for _, c := range certs {
			all = append(all, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, all, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	words := append([]string{"verify", "-no-CApath", "-attime", fmt.Sprint(q.At.Unix()), "-CAfile", file("roots", q.Roots)}, args...)
	if len(q.Chain) > 1 {
		words = append(words, "-untrusted", file("sent", q.Chain[1:]))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, path, append(words, file("leaf", q.Chain[:1]))...)
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
	out, err := c.CombinedOutput()
	if ok = err == nil; ok != strings.Contains(string(out), ": OK") {
		t.Errorf("%v: %s", err, out)
	}
	return ok, true
}

// crowd is a question about a name under so many constraints, among so many names.
func crowd(t *testing.T, constraints, names int) Question {
	t.Helper()
	root, server := newParty(t, "Root"), newParty(t, "app.lab.test")
	self := root.issue(t, root, func(c *x509.Certificate) {
		for i := range constraints {
			c.ExcludedDNSDomains = append(c.ExcludedDNSDomains, fmt.Sprintf("evil%d.test", i))
		}
	})
	leaf := root.leaf(t, server, func(c *x509.Certificate) {
		for i := range names - 1 {
			c.DNSNames = append(c.DNSNames, fmt.Sprintf("www.good%d.test", i))
		}
	})
	return Question{At: now(), Chain: []*Cert{leaf}, Roots: []*Cert{self}}
}

// TestOpenSSL: what is said of OpenSSL beside a check is what it does.
func TestOpenSSL(t *testing.T) {
	root, mid, server, alone := newParty(t, "Root"), newParty(t, "CA"), newParty(t, "app.lab.test"), newParty(t, "self.lab.test")
	self, i := root.issue(t, root), root.issue(t, mid)
	leaf := mid.leaf(t, server, func(c *x509.Certificate) { c.DNSNames = []string{"*.lab.test"} })
	other := newParty(t, "CA")
	other.key = mid.key
	renamed := root.issue(t, other, func(c *x509.Certificate) { c.SubjectKeyId = []byte{1, 2, 3, 4} })
	own := []*Cert{alone.leaf(t, alone)}
	for _, c := range []struct {
		what   string
		q      Question
		args   []string
		ok     bool
		check  string
		beside string
	}{
		{"a leaf for a root", Question{Chain: []*Cert{leaf}, Roots: []*Cert{leaf}}, nil, false, Anchor, "unless -partial_chain is set"},
		{"a leaf for a root", Question{Chain: []*Cert{leaf}, Roots: []*Cert{leaf}}, []string{"-partial_chain"}, true, Anchor, "unless -partial_chain is set"},
		{"a self-signed leaf", Question{Chain: own, Roots: own}, nil, true, Anchor, "trust it so too"},
		{"an intermediate for a root", Question{Chain: []*Cert{leaf}, Roots: []*Cert{i}}, nil, false, Anchor, "OpenSSL wants -partial_chain"},
		{"key identifiers that agree", Question{Chain: []*Cert{leaf, i}, Roots: []*Cert{self}}, nil, true, KeyIDs, ""},
		{"key identifiers that differ", Question{Chain: []*Cert{leaf, renamed}, Roots: []*Cert{self}}, nil, false, KeyIDs, "do not take CA for the issuer of app.lab.test"},
		{"a star for a host", Question{Chain: []*Cert{leaf, i}, Roots: []*Cert{self}, Name: "*.lab.test"}, []string{"-verify_hostname", "*.lab.test"}, true, HostName, `such as "www.lab.test"`},
		{"as many constraints as it takes", crowd(t, 1000, 1047), nil, true, NameConstraints, ""},
		{"one name more than it takes", crowd(t, 1000, 1048), nil, false, NameConstraints, "OpenSSL refuses this one"},
	} {
		c.q.At = now()
		a := agree(t, c.what, c.q)
		beside := "no such check"
		for _, k := range a.Paths[a.Chosen].Checks {
			if k.Name == c.check && k.Cert == 0 || k.Name == c.check && k.Name == Anchor {
				beside = k.Beside
			}
		}
		if !a.OK || !strings.Contains(beside, c.beside) || c.beside == "" && beside != "" {
			t.Errorf("%s: %v, %s; beside %q", c.what, a.OK, a.Why, beside)
		}
		if ok, here := openssl(t, c.q, c.args...); here && ok != c.ok {
			t.Errorf("%s: openssl verify %q says %v", c.what, c.args, ok)
		}
	}
}

// TestApart: where two certificates of an answer have one title, and only there, each
// gets its own, and every sentence has it.
func TestApart(t *testing.T) {
	root, one, two, server := newParty(t, "Root"), newParty(t, "Twin"), newParty(t, "Twin"), newParty(t, "app.lab.test")
	stranger := newParty(t, "Far")
	q := Question{At: now(), Roots: []*Cert{root.issue(t, root), stranger.issue(t, stranger), newParty(t, "Far").issue(t, stranger)}}
	first, second := root.issue(t, one), root.issue(t, two)
	again := Read(first.Raw) // sent twice: no other certificate
	q.Chain = []*Cert{one.leaf(t, server), second, first, again}
	a := Explain(q)
	if !a.Apart(q.Chain, q.Roots) {
		t.Fatal("two of one title are not seen")
	}
	if first.Title == second.Title || first.Title != again.Title || !strings.HasPrefix(first.Title, "Twin (SHA-256 ") {
		t.Errorf("%q, %q, %q", first.Title, second.Title, again.Title)
	}
	if q.Roots[0].Title != "Root" || q.Roots[1].Title != "Far" || q.Chain[0].Title != "app.lab.test" {
		t.Errorf("%q, %q, %q", q.Roots[0].Title, q.Roots[1].Title, q.Chain[0].Title)
	}
	a = Explain(q)
	if a.Apart(q.Chain, q.Roots) {
		t.Error("they still have one title")
	}
	for _, p := range a.Paths {
		for _, k := range p.Checks {
			if strings.Contains(strings.ReplaceAll(k.Why, "Twin (SHA-256 ", ""), "Twin") && k.Name != Issuer {
				t.Errorf("which Twin is it: %s", k.Why)
			}
		}
	}
}
