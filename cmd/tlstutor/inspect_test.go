package main

import (
	"bufio"
	"bytes"
	"io"
	"log"
	"net"
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
	if !strings.HasPrefix(said, "passed over: 1 folder, 8 deep or more\n") {
		t.Errorf("what is too deep is not told of first:\n%.200s", said)
	}
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

// A PKCS #12 file that stays closed says so first, and that is no success; whose
// password nobody gave is shown from outside.
func TestInspectClosed(t *testing.T) {
	root, err := pki.Root(pki.NewKeyring(), time.Now, pki.Anchor("Closed Root"))
	if err != nil {
		t.Fatal(err)
	}
	is, err := root.Issue(pki.Server("closed.lab.test"))
	if err != nil {
		t.Fatal(err)
	}
	bag, err := pki.PKCS12(is, "right", false)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "store.p12")
	if err := os.WriteFile(name, bag, 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := opens(t, inspection{secret: "file", password: "wrong"}, name)
	if status(err) != couldNot || !strings.Contains(err.Error(), "it stays closed") || !strings.HasPrefix(said, "note: the password does not open it") || !strings.Contains(said, "\nPFX  ") {
		t.Errorf("%v\n%s", err, said)
	}
	if said, err = opens(t, inspection{secret: "file", password: "wrong", json: true}, name); status(err) != couldNot || !strings.HasPrefix(said, `{"kind":"pkcs12"`) {
		t.Errorf("%v\n%s", err, said)
	}
	if said, err = opens(t, inspection{}, name); err != nil || !strings.HasPrefix(said, "note: it is closed by a password") || strings.Contains(said, "another one") {
		t.Errorf("%v\n%s", err, said)
	}
	if said, err = opens(t, inspection{secret: "file", password: "right"}, name); err != nil || !strings.HasPrefix(said, "inside: 2 objects\n  private key: P-256 private key\n  certificate: closed.lab.test, by Closed Root\n") || strings.Index(said, "\nPFX  ") < strings.Index(said, "\nCertificate  closed.lab.test") {
		t.Errorf("%v\n%s", err, said)
	}
}

// What binds public CAs alone is advice, said once, where nothing in a certificate
// says that it is of one; RFC 5280 binds everybody, and comes first.
func TestInspectAdvice(t *testing.T) {
	root, err := pki.Root(pki.NewKeyring(), time.Now, pki.Anchor("Advice Root"))
	if err != nil {
		t.Fatal(err)
	}
	public := pki.Server("public.lab.test")
	public.Policies = []string{"2.23.140.1.2.1"}
	private := pki.Server("private.lab.test")
	dir := t.TempDir()
	said := map[string]string{}
	for name, spec := range map[string]pki.Spec{"public": public, "private": private} {
		is, err := root.Issue(spec)
		if err != nil {
			t.Fatal(err)
		}
		bad, ok := pki.FindChange("names-critical") // against RFC 5280
		if !ok {
			t.Fatal("no such change")
		}
		der, err := root.Forge(is.Leaf.Raw, bad)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, pki.PEM(pki.PEMCertificate, der, der), 0o600); err != nil {
			t.Fatal(err)
		}
		if said[name], err = opens(t, inspection{}, file); err != nil {
			t.Error(err)
		}
	}
	if text := said["public"]; strings.Contains(text, "advice") || !strings.Contains(text, "\nfinding: error  ") {
		t.Errorf("a certificate with a policy of the CA/Browser Forum:\n%s", text)
	}
	text := said["private"]
	if strings.Count(text, adviceNote) != 1 || !strings.Contains(text, "\nfinding: advice (error)  ") {
		t.Errorf("a certificate of nobody's policy:\n%s", text)
	}
	if rfc, advice := strings.Index(text, "\nfinding: error  extensions.subjectAltName"), strings.Index(text, "\nfinding: advice"); rfc < 0 || advice < rfc {
		t.Errorf("RFC 5280 at %d, advice at %d:\n%s", rfc, advice, text)
	}
}

// speaks listens, and answers whoever comes with these bytes.
func speaks(t *testing.T, said string) (at string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Read(make([]byte, 4096))
			io.WriteString(c, said)
			c.Close()
		}
	}()
	return l.Addr().String()
}

// A server that shows no certificate is told of in one sentence, with what it speaks.
func TestInspectUnshown(t *testing.T) {
	for said, want := range map[string]string{
		"":                             "the server ended the connection in the middle of the handshake; tlstutor connect ",
		"HTTP/1.1 400 Bad Request\r\n": "it speaks HTTP without TLS; is the port right?",
		"SSH-2.0-OpenSSH_9.6\r\n":      "it speaks SSH, not TLS; is the port right?",
		"220 mail.lab.test\r\n":        "it greets in the clear, as servers of mail and FTP do; try --starttls smtp",
		"* OK ready\r\n":               "it greets in the clear, as servers of IMAP do; try --starttls imap",
		"+OK ready\r\n":                "it greets in the clear, as servers of POP3 do; try --starttls pop3",
		"\x00\xffgarbage":              "what it sends is not TLS; is the port right?",
		"\x15\x03\x03\x00\x02\x02\x28": "the server refused the handshake: handshake failure; tlstutor connect ",
	} {
		at := speaks(t, said)
		out, err := opens(t, inspection{}, at)
		if status(err) != couldNot || out != "" || !strings.HasPrefix(err.Error(), at+" showed no certificate: "+want) {
			t.Errorf("%q: %v, want %s", said, err, want)
		}
	}
}

// What is no file and was meant for a server is told how one is named.
func TestInspectServerMeant(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, want := range map[string]string{
		"127.0.0.1":                "name the port too: 127.0.0.1:443",
		"::1":                      "name the port too: [::1]:443",
		"[::1]":                    "name the port too: [::1]:443",
		"::1:8443":                 "name the port too: [::1:8443]:443, or [::1]:8443",
		"localhost":                "A server has its port too: localhost:443",
		"www.lab.test":             "A server has its port too: www.lab.test:443",
		"localhost:":               "as in localhost:443",
		"localhost:https":          "as in localhost:443",
		":443":                     "name the host too: localhost:443",
		"https://lab.test/x":       "its host and its port: lab.test:443",
		"https://lab.test:8443/x":  "its host and its port: lab.test:8443",
		"\x1b[31m.lab.test":        `\x1b[31m.lab.test`,
		"cert.pem":                 "no such file or directory; is the name spelt right?",
		"folder/cert.pem":          "; is the name spelt right?",
		"https://\x1b[2J.lab.test": `\x1b[2J.lab.test:443`,
	} {
		if _, err := opens(t, inspection{}, name); status(err) != couldNot || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
}

// Below an object stands what of it could not be read, and that Go refuses what could be:
// a point that is not on its curve has all its fields.
func TestInspectDoubts(t *testing.T) {
	root, err := pki.Root(pki.NewKeyring(), time.Now, pki.Anchor("Doubtful Root"))
	if err != nil {
		t.Fatal(err)
	}
	raw := bytes.Clone(root.Cert().Raw)
	raw[bytes.Index(raw, root.Cert().RawSubjectPublicKeyInfo)+len(root.Cert().RawSubjectPublicKeyInfo)-1] ^= 1
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"point": {raw, "note: all fields can be read, and Go refuses it all the same: "},
		"cut":   {root.Cert().Raw[:200], "note: not all of it could be read: Certificate [0+200]: "},
		"good":  {root.Cert().Raw, ""},
	} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, c.raw, 0o600); err != nil {
			t.Fatal(err)
		}
		said, err := opens(t, inspection{}, file)
		if err != nil || !strings.Contains(said, c.want) || c.want == "" && (strings.Contains(said, "refuses it") || strings.Contains(said, "not all of it")) || strings.Contains(said, "SHA-256") != (name != "cut") {
			t.Errorf("%s: %v\n%s", name, err, said)
		}
	}
}
