package content_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// siteName is the host that the snippets are sent to.
const siteName = "app.lab.test"

// siteALPN is the application protocol that the server picks of those offered.
const siteALPN = "h2"

// TestSnippets: each file in snippets runs against a server on loopback and
// prints what its lesson promises of that server. It fails for a server of
// another authority, and for a name that the certificate does not hold.
func TestSnippets(t *testing.T) {
	files, err := filepath.Glob("snippets/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no snippets: %v", err)
	}
	for _, file := range files {
		lesson, _, _ := strings.Cut(filepath.Base(file), "-")
		said := promises[lesson]
		if said == nil {
			t.Errorf("%s: nobody says what the snippets of lesson %q print", file, lesson)
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			run, ok := runner(t, file)
			if !ok {
				return
			}
			t.Parallel()
			for _, version := range []uint16{tls.VersionTLS13, tls.VersionTLS12} {
				s := newSite(t, version)
				r, err := run(s, siteName, s.caFile)
				if err != nil {
					t.Errorf("%s: %v\n%s", tls.VersionName(version), err, r.out)
					continue
				}
				said(t, s, r)
			}
			refuses(t, run)
		})
	}
}

// refuses: what a snippet accepts would prove nothing if it accepted all.
func refuses(t *testing.T, run func(s *site, name, caFile string) (result, error)) {
	s, stranger := newSite(t, tls.VersionTLS13), newSite(t, tls.VersionTLS13)
	for _, test := range []struct{ what, name, caFile string }{
		{"a certificate of another CA", siteName, stranger.caFile},
		{"another name", "other.lab.test", s.caFile},
	} {
		r, err := run(s, test.name, test.caFile)
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() < 1 {
			t.Errorf("%s: want a failure, got %v\n%s", test.what, err, r.out)
		}
	}
}

// promises says, by lesson, what its snippets print of a server.
var promises = map[string]func(*testing.T, *site, result){
	"f1": saysVersion,
	"p1": saysCertificate,
	"p2": saysPath,
	"p3": saysNames,
	"h1": savesKeys,
	"h3": saysAgreed,
	"h5": saysProtocol,
	"o2": saysStatus,
}

// saysVersion: the version and the cipher suite that were agreed on.
func saysVersion(t *testing.T, s *site, r result) {
	state := s.state(t)
	names := map[uint16][]string{tls.VersionTLS13: {"TLS 1.3", "TLSv1.3"}, tls.VersionTLS12: {"TLS 1.2", "TLSv1.2"}}
	r.has(t, "the version", names[state.Version]...)
	suite := tls.CipherSuiteName(state.CipherSuite)
	suites := []string{suite}
	if suite == "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" {
		suites = append(suites, "ECDHE-ECDSA-AES128-GCM-SHA256") // OpenSSL's name for it
	}
	r.has(t, "the cipher suite", suites...)
}

// saysCertificate: the name, the issuer, the last day and the fingerprint.
func saysCertificate(t *testing.T, s *site, r result) {
	leaf := s.issued.Leaf
	end := leaf.NotAfter.UTC()
	r.has(t, "the name", siteName)
	r.has(t, "the issuer", pki.IssuingName)
	r.has(t, "notAfter", end.Format("2006-01-02 15:04:05"), end.Format("Jan _2 15:04:05 2006 GMT"))
	sum := sha256.Sum256(leaf.Raw)
	r.out = strings.ToLower(strings.ReplaceAll(r.out, ":", ""))
	r.has(t, "the fingerprint", hex.EncodeToString(sum[:]))
}

// savesKeys: the version, and in a file or on the screen the same secrets that
// the server has.
func savesKeys(t *testing.T, s *site, r result) {
	saysVersion(t, s, r)
	secrets := strings.Split(strings.TrimSpace(s.keyLog()), "\n")
	if secrets[0] == "" {
		t.Fatal("the server logged no keys")
	}
	for _, line := range secrets {
		if !strings.Contains(r.files, line) && !strings.Contains(r.out, line) {
			label, _, _ := strings.Cut(line, " ")
			t.Errorf("the server's %s is in no file that the snippet left", label)
		}
	}
}

// saysStatus: which certificate it looked for on the lists.
func saysStatus(t *testing.T, s *site, r result) {
	r.out = strings.ToLower(r.out)
	r.has(t, "the serial number", fmt.Sprintf("%x", s.issued.Leaf.SerialNumber))
	r.has(t, "that it is not revoked", "not revoked")
}

// TestStrictSnippets: the snippets that look at lists refuse a certificate that
// stands on one, a list whose time is over, and not to have one.
func TestStrictSnippets(t *testing.T) {
	files, err := filepath.Glob("snippets/o2-*")
	if err != nil || len(files) != 3 {
		t.Fatalf("not three snippets: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			run, ok := runner(t, file)
			if !ok {
				return
			}
			t.Parallel()
			s := newSite(t, tls.VersionTLS13)
			revoked := pki.List{Entries: []pki.Revoked{{Serial: s.issued.Leaf.SerialNumber, Reason: pki.KeyCompromise}}}
			stale := pki.List{This: time.Now().AddDate(0, -1, 0), Next: time.Now().AddDate(0, 0, -1)}
			for _, test := range []struct {
				file string
				says []string
			}{
				{s.trust(t, &revoked), []string{"revoked"}},
				{s.trust(t, &stale), []string{"stale", "CRL has expired"}},
				{s.trust(t, nil), []string{"no list", "unable to get certificate CRL"}},
			} {
				r, err := run(s, siteName, test.file)
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() < 1 {
					t.Errorf("want a failure, got %v\n%s", err, r.out)
				}
				r.has(t, "why", test.says...)
			}
		})
	}
}

// A result is what became of running a snippet.
type result struct {
	out   string // both streams
	files string // what stands in the files it left behind
}

// has reports an error unless one of the texts was printed.
func (r result) has(t *testing.T, what string, any ...string) {
	t.Helper()
	if !slices.ContainsFunc(any, func(s string) bool { return strings.Contains(r.out, s) }) {
		t.Errorf("it does not print %s: none of %q in\n%s", what, any, r.out)
	}
}

// runner returns how to run a snippet against a site: with nothing of the user's
// but PATH and Go's build cache, in an empty folder, and not for longer than a
// minute. Where its program is missing the test says so and is over; with
// TLSTUTOR_PEERS=require it fails.
func runner(t *testing.T, file string) (run func(s *site, name, caFile string) (result, error), ok bool) {
	t.Helper()
	needs := map[string][]string{".go": {"go", "run"}, ".py": {"python3", "-I"}, ".sh": {"sh"}}[filepath.Ext(file)]
	if needs == nil {
		t.Fatalf("nobody knows how to run it")
	}
	programs := []string{needs[0]}
	if needs[0] == "sh" {
		programs = append(programs, "openssl")
	}
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			if os.Getenv("TLSTUTOR_PEERS") == "require" {
				t.Fatalf("%s is to run this, and it is missing: %v", p, err)
			}
			t.Logf("%s is not on PATH: nobody has run this snippet", p)
			return nil, false
		}
	}
	whole, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	cache := goCache(t)
	return func(s *site, name, caFile string) (result, error) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		host, port, _ := net.SplitHostPort(s.addr)
		dir, home := t.TempDir(), t.TempDir()
		cmd := exec.CommandContext(ctx, needs[0], append(needs[1:len(needs):len(needs)], whole, host, port, name, caFile)...)
		cmd.Dir, cmd.WaitDelay = dir, time.Second
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home, "LANG=C.UTF-8", "GOCACHE=" + cache, "GOTOOLCHAIN=local"}
		out, err := cmd.CombinedOutput()
		return result{out: lines(string(out)), files: left(t, dir)}, err
	}, true
}

// goCache returns where Go keeps what it has built.
func goCache(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatalf("asking go for its cache: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// lines cleans a program's output and keeps its lines.
func lines(s string) string {
	var b strings.Builder
	for l := range strings.Lines(s) {
		b.WriteString(wire.Clean(strings.TrimRight(l, "\n"), 500) + "\n")
	}
	return b.String()
}

// left returns the contents of the files in a folder.
func left(t *testing.T, dir string) string {
	t.Helper()
	var b bytes.Buffer
	found, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		b.Write(data)
	}
	return b.String()
}

// A site is a server on loopback whose certificate comes from an authority of
// its own.
type site struct {
	addr   string
	caFile string // the root and the list of each authority, in PEM
	ca     *pki.CA
	issued *pki.Issued

	served chan tls.ConnectionState // of each connection whose handshake was completed, once it is over

	mu   sync.Mutex
	keys bytes.Buffer
}

// newSite starts a server of one version. It ends with the test.
func newSite(t *testing.T, version uint16) *site {
	t.Helper()
	ca, err := pki.New(pki.NewKeyring(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{ca: ca, served: make(chan tls.ConnectionState, 8)}
	if s.issued, err = ca.Leaf(pki.Leaf{Names: []string{siteName}}); err != nil {
		t.Fatal(err)
	}
	s.caFile = s.trust(t, &pki.List{})
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{{Certificate: s.issued.Chain, PrivateKey: s.issued.Key, Leaf: s.issued.Leaf}},
		MinVersion:   version, MaxVersion: version,
		CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
		KeyLogWriter: s,
		NextProtos:   []string{siteALPN},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.addr = ln.Addr().String()
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return // closed
			}
			all.Go(func() { s.serve(c.(*tls.Conn)) })
		}
	})
	t.Cleanup(func() {
		ln.Close()
		all.Wait()
	})
	return s
}

// trust writes a file with the root, the root's list, and one of the
// intermediate, or with the root alone.
func (s *site) trust(t *testing.T, list *pki.List) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "root.pem")
	text := pki.PEM(pki.PEMCertificate, s.ca.Root().Raw)
	if list != nil {
		root, issuing := s.ca.Authorities()
		above, err := root.CRL(pki.List{})
		if err != nil {
			t.Fatal(err)
		}
		below, err := issuing.CRL(*list)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, pki.PEM(pki.PEMList, above, below)...)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// serve does one handshake and listens until the client goes. A client that
// refuses the certificate is no fault of the server's.
func (s *site) serve(c *tls.Conn) {
	defer c.Close()
	c.SetDeadline(time.Now().Add(30 * time.Second))
	if c.Handshake() != nil {
		return
	}
	fmt.Fprintln(c, "hello")
	for b := make([]byte, 512); ; {
		if _, err := c.Read(b); err != nil {
			s.served <- c.ConnectionState()
			return
		}
	}
}

// Write takes the lines of the server's key log.
func (s *site) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys.Write(line)
}

// state waits until a connection is over and returns what it had agreed on.
func (s *site) state(t *testing.T) tls.ConnectionState {
	t.Helper()
	select {
	case state := <-s.served:
		return state
	case <-time.After(20 * time.Second):
		t.Fatal("the server has served nobody")
	}
	return tls.ConnectionState{}
}

// keyLog returns the secrets that the server wrote down.
func (s *site) keyLog() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys.String()
}

// saysPath: who signed the leaf, and the root that is trusted.
func saysPath(t *testing.T, _ *site, r result) {
	r.has(t, "the issuer", pki.IssuingName)
	r.has(t, "the root", pki.RootName)
}

// saysNames: the names in the certificate and, where the check can be had alone,
// that another name is not among them.
func saysNames(t *testing.T, _ *site, r result) {
	r.has(t, "the name", siteName)
	if !strings.HasPrefix(r.out, "(('DNS'") { // Python has no such check since 3.12
		r.has(t, "a name that does not match", "not www."+siteName, "www."+siteName+" does NOT match")
	}
}

// saysAgreed: the version, and the suite that was taken, apart from the list that
// was offered.
func saysAgreed(t *testing.T, s *site, r result) {
	var agreed strings.Builder
	for line := range strings.Lines(r.out) {
		if !strings.Contains(line, " Kx=") { // one of the list
			agreed.WriteString(line)
		}
	}
	r.out = agreed.String()
	saysVersion(t, s, r)
}

// saysProtocol: the application protocol that the server picked, and the name in its
// certificate.
func saysProtocol(t *testing.T, s *site, r result) {
	if got := s.state(t).NegotiatedProtocol; got != siteALPN {
		t.Errorf("the server has picked %q", got)
	}
	r.has(t, "the protocol", "ALPN: "+siteALPN, "ALPN protocol: "+siteALPN)
	r.has(t, "the name", siteName)
}
