package dissect

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// program returns where a program is. Where it is missing the test says so and is
// over; with TLSTUTOR_PEERS=require it fails.
func program(t *testing.T, name string) (string, bool) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("TLSTUTOR_PEERS") == "require" {
		t.Fatalf("%s is to take part in this, and it is missing: %v", name, err)
	}
	if err != nil {
		t.Logf("%s is not on PATH: nobody but Go has written what we read", name)
	}
	return path, err == nil
}

// A peer is a program at one end of a connection.
type peer struct {
	t    *testing.T
	cmd  *exec.Cmd
	in   io.WriteCloser
	mu   sync.Mutex
	said string        // that nobody has waited for yet
	more chan struct{} // one place: something was said
	done chan struct{} // it has ended
}

// start runs a program with nothing of the user's but PATH.
func start(t *testing.T, dir, path string, args ...string) *peer {
	t.Helper()
	p := &peer{t: t, cmd: exec.Command(path, args...), more: make(chan struct{}, 1), done: make(chan struct{})}
	p.cmd.Dir = dir
	p.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LANG=C.UTF-8", "SSLKEYLOGFILE=" + filepath.Join(dir, "keys")}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr = w, w
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	go func() {
		b := make([]byte, 1<<12)
		for n, err := 0, error(nil); err == nil; {
			n, err = r.Read(b)
			p.mu.Lock()
			p.said += string(b[:n])
			p.mu.Unlock()
			select {
			case p.more <- struct{}{}:
			default:
			}
		}
		p.cmd.Wait()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.done
		r.Close()
	})
	return p
}

// says waits until the program has said something, and returns what it said
// before that and after what was waited for last.
func (p *peer) says(what string) string {
	p.t.Helper()
	late := time.After(40 * time.Second)
	for ended := false; ; {
		p.mu.Lock()
		before, after, ok := strings.Cut(p.said, what)
		if ok {
			p.said = after
		}
		p.mu.Unlock()
		if ok {
			return before
		}
		if ended {
			p.t.Fatalf("%q ended without saying %q:\n%s", p.cmd.Args, what, before)
		}
		select {
		case <-p.more:
		case <-p.done:
			ended = true
		case <-late:
			p.t.Fatalf("%q does not say %q:\n%s", p.cmd.Args, what, before)
		}
	}
}

// say types a line.
func (p *peer) say(line string) { io.WriteString(p.in, line+"\n") }

// end closes what the program reads, and waits for it.
func (p *peer) end() {
	p.t.Helper()
	p.in.Close()
	select {
	case <-p.done:
	case <-time.After(40 * time.Second):
		p.t.Fatalf("%q does not end", p.cmd.Args)
	}
}

// A proxy passes connections on to one address, and keeps what passes.
type proxy struct {
	ln   net.Listener
	mu   sync.Mutex
	seen [][]chunk // of each connection
	busy sync.WaitGroup
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &proxy{ln: ln}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", to)
			if err != nil {
				near.Close()
				continue
			}
			r.mu.Lock()
			i := len(r.seen)
			r.seen = append(r.seen, nil)
			r.mu.Unlock()
			pass := func(d Dir, from, to net.Conn) {
				defer r.busy.Done()
				b := make([]byte, 1<<15)
				for {
					n, err := from.Read(b)
					r.mu.Lock()
					r.seen[i] = append(r.seen[i], chunk{d, slices.Clone(b[:n])})
					r.mu.Unlock()
					if to.Write(b[:n]); err != nil {
						to.(*net.TCPConn).CloseWrite()
						return
					}
				}
			}
			r.busy.Add(2)
			go pass(ToServer, near, far)
			go pass(ToClient, far, near)
		}
	}()
	return r
}

// passed returns what went through in each connection, all of which have ended.
func (r *proxy) passed() [][]chunk {
	r.ln.Close()
	r.busy.Wait()
	return r.seen
}

// secrets returns the key log in a folder.
func secrets(t *testing.T, dir string) *Keys {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	keys := NewKeys()
	keys.Write(data)
	return keys
}

// credentials writes a certificate and its key to a folder: kind.pem and kind.key.
func credentials(t *testing.T, dir string, cert tls.Certificate, kind string) {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		kind + ".pem": {Type: "CERTIFICATE", Bytes: cert.Certificate[0]},
		kind + ".key": {Type: "PRIVATE KEY", Bytes: key},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A session of openssl with itself: arguments of both sides, and what is done
// once they are connected.
type ossl struct {
	name    string
	server  string
	client  []string                   // each for one connection
	act     func(client, server *peer) // in the last of them
	want    map[Dir]string             // what is among its records, joined
	updates int                        // how many KeyUpdates they hold
}

// run makes the connections and returns what passed, and the keys.
func (o ossl) run(t *testing.T, path string) ([][]chunk, *Keys) {
	t.Helper()
	dir := t.TempDir()
	credentials(t, dir, certified(t, "rsa2048"), "rsa")
	credentials(t, dir, certified(t, "p256"), "ec")
	if err := os.WriteFile(filepath.Join(dir, "early"), []byte("sent early\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(dir, "keys")
	base := "s_server -accept 127.0.0.1:0 -cert rsa.pem -key rsa.key -dcert ec.pem -dkey ec.key -keylogfile " + log + " "
	server := start(t, dir, path, strings.Fields(base+o.server)...)
	server.says("ACCEPT 127.0.0.1:")
	r := newProxy(t, "127.0.0.1:"+server.says("\n"))
	for i, args := range o.client {
		client := start(t, dir, path, strings.Fields("s_client -connect "+r.ln.Addr().String()+" -keylogfile "+log+" "+args)...)
		client.says("---\n")
		client.say("hello, server")
		server.says("hello, server")
		if o.act != nil && i == len(o.client)-1 {
			o.act(client, server)
		}
		server.say("and hello, client")
		client.says("and hello, client")
		client.say("Q")
		client.end()
	}
	server.in.Close()
	server.cmd.Process.Kill()
	<-server.done
	return r.passed(), secrets(t, dir)
}
