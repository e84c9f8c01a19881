package peer

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// found finds a program. Where it is missing the test says so, and what it was to
// judge is left; with TLSTUTOR_PEERS=require that fails.
func found(t *testing.T, name string) (*Program, bool) {
	t.Helper()
	p, err := Find(t.Context(), name)
	if err == nil {
		return p, true
	}
	if os.Getenv("TLSTUTOR_PEERS") == "require" {
		t.Fatalf("%s is to judge this: %v", name, err)
	}
	if missing := (*MissingError)(nil); !errors.As(err, &missing) {
		t.Fatalf("finding %s: %v", name, err)
	}
	t.Logf("%v: nothing of it was tried", err)
	return nil, false
}

func TestFind(t *testing.T) {
	for name, first := range map[string]string{
		"openssl": "OpenSSL ", "python3": "Python 3.", "curl": "curl ", "gnutls-cli": "GnuTLS ", "gnutls-serv": "GnuTLS ",
	} {
		p, ok := found(t, name)
		if !ok {
			continue
		}
		t.Log(p.Version, p.Path, p.tls, p.groups)
		if !strings.HasPrefix(p.Version, first) || p.number == (number{}) || p.tls.number == (number{}) {
			t.Errorf("%s calls itself %q, of which was read %v and %v", name, p.Version, p.number, p.tls)
		}
		if !filepath.IsAbs(p.Path) {
			t.Errorf("%s is at %q", name, p.Path)
		}
	}
}

// TestFindMissing: what is not there, is not what its name says, or does not
// answer, is missing, and the error says why.
func TestFindMissing(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("programs here cannot be stood in for by scripts")
		return
	}
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, script, want string }{
		{"openssl", "", "openssl is not on this machine"},
		{"openssl", "echo LibreSSL 3.3.6", "openssl on this machine is of no use here: it is LibreSSL 3.3.6, and not OpenSSL"},
		{"openssl", "echo OpenSSL 1.0.2k-fips  26 Jan 2017", "openssl on this machine is of no use here: OpenSSL 1.0.2k-fips 26 Jan 2017 has no TLS 1.3, and logs no keys"},
		{"openssl", "exit 1", "openssl on this machine is of no use here: it does not say its version"},
		{"openssl", `printf '\033[31mOpenSSL'`, `openssl on this machine is of no use here: it is \x1b[31mOpenSSL, and not OpenSSL`},
		{"python3", "echo Python 3", "python3 on this machine is of no use here: it does not say its version"},
		{"python3", `echo '{"Version":"3.7.1","Library":"OpenSSL 1.1.1  11 Sep 2018","Path":"/x"}'`, "python3 on this machine is of no use here: Python 3.7.1, OpenSSL 1.1.1 does not log its keys"},
		{"curl", "echo curl 7.61.0 libcurl/7.61.0 zlib/1.2", "curl on this machine is of no use here: this curl has no TLS"},
		{"curl", "echo curl 8.4.0 libcurl/8.4.0 '(SecureTransport)' LibreSSL/3.3.6", "curl on this machine is of no use here: curl 8.4.0 (LibreSSL/3.3.6) does not log its keys"},
		{"gnutls-cli", "echo gnutls-cli 3.4.1", "gnutls-cli on this machine is of no use here: GnuTLS 3.4.1 has no TLS 1.3"},
		{"ssh", "", "ssh on this machine is of no use here: it is none of the programs that are known here"},
	} {
		dir := t.TempDir()
		if c.script != "" {
			standIn(t, filepath.Join(dir, c.name), shell, c.script)
		}
		t.Setenv("PATH", dir)
		_, err := Find(t.Context(), c.name)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s, which is %q: %v, want %s", c.name, c.script, err, c.want)
		}
	}
}

// TestFindNext: the first of a name that answers counts, and a launcher only shows
// where the program is.
func TestFindNext(t *testing.T) {
	p, ok := found(t, "python3")
	if !ok || runtime.GOOS == "windows" {
		return
	}
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	broken, launcher := t.TempDir(), t.TempDir()
	standIn(t, filepath.Join(broken, "python3"), shell, `echo "no version is set" >&2; exit 127`)
	standIn(t, filepath.Join(launcher, "python3"), shell, `exec "`+p.Path+`" "$@"`)
	t.Setenv("PATH", "relative:"+broken+":"+launcher)
	got, err := Find(t.Context(), "python3")
	if err != nil || got.Path != p.Path || got.Version != p.Version {
		t.Errorf("found %+v, %v; want the interpreter itself, %s", got, err, p.Path)
	}
}

// standIn writes a script that stands in for a program.
func standIn(t *testing.T, path, shell, script string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("#!"+shell+"\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
}

// writeTo appends to a file as a program does to its key log.
func writeTo(t *testing.T, path, text string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		t.Fatal(err)
	}
}
