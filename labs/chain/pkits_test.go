package chain

import (
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// pkits reads the certificates of NIST's test suite for path validation, which
// Go's source has.
func pkits(t testing.TB) map[string]*Cert {
	t.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(root)), "src/crypto/x509/testdata/nist-pkits/certs/*.crt"))
	if err != nil || len(files) < 400 {
		t.Fatalf("PKITS is not where Go's source is: %d files, %v", len(files), err)
	}
	all := map[string]*Cert{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(f)] = Read(raw)
	}
	return all
}

// TestPKITS verifies every certificate of the suite, with all of them as one
// pool, and holds the accepted paths against x509.Verify's.
func TestPKITS(t *testing.T) {
	all := pkits(t)
	root := all["TrustAnchorRootCertificate.crt"]
	if root == nil || root.X == nil {
		t.Fatal("no trust anchor")
	}
	var pool []*Cert
	for _, c := range all {
		pool = append(pool, c)
	}
	readable, paths, ok, policies := 0, 0, 0, 0
	for name, c := range all {
		a := agree(t, name, Question{Chain: []*Cert{c}, Intermediates: pool, Roots: []*Cert{root}, At: now(), Uses: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
		paths += len(a.Paths)
		if a.OK {
			ok++
		}
		if c.X != nil {
			readable++
		} else if a.Paths[0].Checks[0].Name != Readable || a.Paths[0].Checks[0].OK {
			t.Errorf("%s: not told as unreadable: %+v", name, a.Paths[0].Checks[0])
		}
		for _, p := range a.Paths {
			for _, k := range p.Checks {
				if k.Name == Policies && !k.OK {
					policies++
				}
			}
		}
	}
	t.Logf("%d readable of %d, %d paths, %d accepted, %d refused for policies", readable, len(all), paths, ok, policies)
	if readable < 390 || ok < 250 || policies < 20 {
		t.Errorf("%d readable, %d accepted, %d refused for policies: the suite has more", readable, ok, policies)
	}
}
