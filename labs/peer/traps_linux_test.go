package peer

import (
	"crypto/tls"
	"encoding/binary"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"tlstutor/labs/pki"
)

// traps is a folder with whatever could change what these programs do, which the
// environment leads to in every way that they know, and a proxy. What is opened
// there is recorded.
type traps struct {
	dir   string
	watch int // of inotify
	proxy net.Listener
}

func setTraps(t *testing.T) *traps {
	t.Helper()
	dir := t.TempDir()
	proxy, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { proxy.Close() })
	for file, text := range map[string]string{
		".curlrc": "insecure\n", "curlrc": "insecure\n", ".config": "", ".netrc": "machine app.lab.test login a password b\n",
		"openssl.cnf": "openssl_conf = nothing\n", "sitecustomize.py": "raise SystemExit(9)\n", "ssl.py": "raise SystemExit(9)\n",
		"usercustomize.py": "raise SystemExit(9)\n", "start.py": "raise SystemExit(9)\n", "priority": "[overrides]\n", "certs.pem": "none\n", "keys": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, v := range []string{"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"} {
		t.Setenv(v, "http://"+proxy.Addr().String())
	}
	for name, value := range map[string]string{
		"HOME": dir, "CURL_HOME": dir, "XDG_CONFIG_HOME": dir, "CURL_CA_BUNDLE": in("certs.pem"), "CURL_SSL_BACKEND": "nothing",
		"OPENSSL_CONF": in("openssl.cnf"), "OPENSSL_MODULES": dir, "OPENSSL_ENGINES": dir, "SSL_CERT_FILE": in("certs.pem"), "SSL_CERT_DIR": dir,
		"PYTHONPATH": dir, "PYTHONHOME": dir, "PYTHONSTARTUP": in("start.py"), "PYTHONUSERBASE": dir, "PYTHONINSPECT": "1", "PYTHONWARNINGS": "error",
		"SSLKEYLOGFILE": in("keys"), "GNUTLS_SYSTEM_PRIORITY_FILE": in("priority"), "GNUTLS_DEBUG_LEVEL": "9", "GODEBUG": "tls13=0", "QLOGDIR": dir,
	} {
		t.Setenv(name, value)
	}
	watch, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(watch) })
	if _, err := unix.InotifyAddWatch(watch, dir, unix.IN_OPEN|unix.IN_CREATE|unix.IN_MODIFY|unix.IN_DELETE); err != nil {
		t.Fatal(err)
	}
	return &traps{dir, watch, proxy}
}

// sprung lists the files that were opened since it was last asked.
func (s *traps) sprung(t *testing.T) []string {
	t.Helper()
	buf := make([]byte, 64<<10)
	n, err := unix.Read(s.watch, buf)
	if err == unix.EAGAIN {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for rest := buf[:n]; len(rest) >= unix.SizeofInotifyEvent; {
		size := int(binary.NativeEndian.Uint32(rest[12:]))
		names = append(names, strings.TrimRight(string(rest[16:16+size]), "\x00"))
		rest = rest[16+size:]
	}
	return names
}

// TestTraps: no program touches a file that the user's environment leads to, or
// goes through its proxy.
func TestTraps(t *testing.T) {
	w := newWorld(t)
	cert, chain, key := w.issue(t, pki.Leaf{Names: []string{name}})
	s := setTraps(t)
	visited := make(chan struct{})
	go func() {
		if c, err := s.proxy.Accept(); err == nil {
			c.Close()
			close(visited)
		}
	}()
	// The traps work: this is what they are there for.
	if curl, err := exec.LookPath("curl"); err == nil {
		exec.Command(curl, "--version").Run()
		if names := s.sprung(t); !slices.Contains(names, ".curlrc") && !slices.Contains(names, "openssl.cnf") {
			t.Errorf("curl alone opens %q", names)
		}
	}
	for _, client := range Names(Client) {
		p, ok := found(t, client)
		if !ok {
			continue
		}
		var its, ours log
		addr, served, _, _ := goServer(t, &tls.Config{Certificates: []tls.Certificate{cert}, KeyLogWriter: &ours})
		run, err := p.Client(t.Context(), Offer{Name: name, Roots: w.roots}, addr, Terms{Keys: &its})
		if err != nil {
			t.Fatal(err)
		}
		if v := ended(t, run); !v.OK || <-served != nil {
			t.Errorf("%s: %q", client, v.Lines)
		}
		its.agrees(t, &ours)
		if names := s.sprung(t); names != nil {
			t.Errorf("%s opens %q", client, names)
		}
	}
	for _, server := range Names(Server) {
		p, ok := found(t, server)
		if !ok {
			continue
		}
		run, err := p.Server(t.Context(), Offer{Chain: chain, Key: key, Exposed: true}, Terms{})
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = goClient(run.Addr, &tls.Config{ServerName: name, RootCAs: w.ca.Roots()})
		run.Over()
		if v := ended(t, run); !v.OK || err != nil {
			t.Errorf("%s: %v, %q", server, err, v.Lines)
		}
		if names := s.sprung(t); names != nil {
			t.Errorf("%s opens %q", server, names)
		}
	}
	select {
	case <-visited:
		t.Error("somebody went to the proxy")
	default:
	}
}

// TestEnvironment: what a program knows of the world is this, and no more.
func TestEnvironment(t *testing.T) {
	setTraps(t)
	env, err := exec.LookPath("env")
	if err != nil {
		t.Fatal(err)
	}
	out, err := (&Program{Name: "env", Path: env}).run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(out) {
		variable, _, _ := strings.Cut(line, "=")
		names = append(names, variable)
	}
	slices.Sort(names)
	if want := []string{"HOME", "LANG", "PATH", "TMPDIR"}; !slices.Equal(names, want) {
		t.Errorf("it knows %q, want %q", names, want)
	}
}
