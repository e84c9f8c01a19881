package main

import (
	"bufio"
	"bytes"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/pki"
)

// opens returns what inspect prints of a name.
func opens(t *testing.T, in inspection, name string) (string, error) {
	t.Helper()
	var b bytes.Buffer
	in.out = bufio.NewWriter(&b)
	if in.starttls == "" {
		in.starttls = "none"
	}
	err := in.open(t.Context(), name)
	in.closing()
	in.out.Flush()
	return b.String(), err
}

// A server's certificates are opened, good or not, and one line says which. A file
// of that name is taken for what it is.
func TestInspectServer(t *testing.T) {
	s := httptest.NewUnstartedServer(nil)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	defer s.Close()
	at := s.Listener.Addr().String()
	said, err := opens(t, inspection{}, at)
	if err != nil || !strings.Contains(said, "Certificate  ") || !strings.Contains(said, "the server's certificate: ") || !strings.Contains(said, "anchor") {
		t.Errorf("%v\n%s", err, said)
	}
	said, err = opens(t, inspection{json: true}, at)
	if err != nil || !strings.HasPrefix(said, `{"kind":"certificate","tree":{"name":"Certificate"`) || strings.Count(said, "\n") != 1 {
		t.Errorf("%v\n%s", err, said)
	}
	if runtime.GOOS == "windows" {
		return // where no file can be called so
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile(at, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := opens(t, inspection{}, at); err == nil || !strings.Contains(err.Error(), "no PEM block") {
		t.Errorf("the file gives way to the server: %v", err)
	}
}

// A folder is opened in the order of names, no deeper than a bound, and never round
// and round.
func TestInspectFolder(t *testing.T) {
	root, err := pki.Root(pki.NewKeyring(), time.Now, pki.Anchor("Folder Root"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	deep := dir
	for range folderDepth + 2 {
		deep = filepath.Join(deep, "d")
	}
	for _, d := range []string{dir, filepath.Join(dir, "b"), deep} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(d, "cert.der"), root.Raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("\x1b[31mhello"), 0o600); err != nil {
		t.Fatal(err)
	}
	os.Symlink(dir, filepath.Join(dir, "round")) // where that is allowed
	said, err := opens(t, inspection{}, dir)
	if err != nil || strings.Count(said, "Certificate  Folder Root") != 2 || strings.Contains(said, "\x1b") {
		t.Errorf("%v\n%s", err, said)
	}
	if a, b, c := strings.Index(said, "a.txt"), strings.Index(said, "cert.der\n"), strings.Index(said, filepath.Join("b", "cert.der")); a < 0 || c < a || b < c {
		t.Errorf("a.txt at %d, b at %d, cert.der at %d", a, c, b)
	}
}

// Beyond so many certificates there are findings only where one asks for them.
func TestInspectMany(t *testing.T) {
	root, err := pki.Root(pki.NewKeyring(), time.Now, pki.Anchor("Many Root"))
	if err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for range lintedFirst + 5 {
		all = append(all, root.Raw)
	}
	name := filepath.Join(t.TempDir(), "many.pem")
	if err := os.WriteFile(name, pki.PEM(pki.PEMCertificate, all...), 0o600); err != nil {
		t.Fatal(err)
	}
	one, err := opens(t, inspection{}, name)
	every, failed := opens(t, inspection{lint: true}, name)
	per := strings.Count(every, "finding: ") / len(all)
	if err != nil || failed != nil || per == 0 || strings.Count(one, "finding: ") != per*lintedFirst {
		t.Errorf("%v, %v: %d and %d findings", err, failed, strings.Count(one, "finding: "), strings.Count(every, "finding: "))
	}
	if !strings.Contains(one, "--lint looks at the other 5 too") || strings.Contains(every, "--lint") {
		t.Error("what is left out is not said, or said in vain")
	}
}
