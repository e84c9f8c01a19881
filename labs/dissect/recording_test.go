package dissect

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// A recording is one connection of programs that are not always here, as it
// crossed a relay, with the keys that they logged.
type recording struct {
	name string
	by   string // who talked, and when
	seen []chunk
	log  string
}

// recorded reads the recordings.
func recorded(t testing.TB) map[string]*recording {
	t.Helper()
	data, err := os.ReadFile("testdata/peers.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*recording{}
	var r *recording
	for line := range strings.Lines(string(data)) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "run":
			r = &recording{}
			r.name, r.by, _ = strings.Cut(rest, " ")
			all[r.name] = r
		case "C", "S":
			b, err := hex.DecodeString(rest)
			if err != nil {
				t.Fatal(err)
			}
			r.seen = append(r.seen, chunk{map[string]Dir{"C": ToServer, "S": ToClient}[word], b})
		case "key":
			r.log += rest + "\n"
		}
	}
	return all
}

// text writes a recording down.
func (r *recording) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "run %s %s\n", r.name, r.by)
	for _, c := range r.seen {
		fmt.Fprintf(&b, "%s %x\n", map[Dir]string{ToServer: "C", ToClient: "S"}[c.dir], c.data)
	}
	for line := range strings.Lines(r.log) {
		fmt.Fprintf(&b, "key %s", line)
	}
	return b.String()
}

// records opens a recording.
func (r *recording) records() []Record {
	keys := NewKeys()
	fmt.Fprint(keys, r.log)
	return replay(New(keys), r.seen)
}

// A recorder takes connections on loopback, passes on what they say, and keeps the
// last one.
type recorder struct {
	net.Listener
	mu   sync.Mutex
	seen []chunk
	done sync.WaitGroup
}

// newRecorder makes one for the next n connections to a server.
func newRecorder(t *testing.T, n int, to string) *recorder {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{Listener: l}
	t.Cleanup(func() { l.Close() })
	r.done.Go(func() {
		for range n {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp4", to)
			if err != nil {
				near.Close()
				return
			}
			r.mu.Lock()
			r.seen = nil
			r.mu.Unlock()
			r.done.Go(func() { r.copy(ToServer, near.(*net.TCPConn), far.(*net.TCPConn)) })
			r.done.Go(func() { r.copy(ToClient, far.(*net.TCPConn), near.(*net.TCPConn)) })
		}
	})
	return r
}

func (r *recorder) copy(d Dir, from, to *net.TCPConn) {
	defer to.CloseWrite()
	buf := make([]byte, 1<<16)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			r.mu.Lock()
			r.seen = append(r.seen, chunk{d, append([]byte(nil), buf[:n]...)})
			r.mu.Unlock()
			to.Write(buf[:n])
		}
		if err != nil {
			return
		}
	}
}

// A bench is where recordings are made.
type bench struct {
	*testing.T
	dir  string
	keys string // the file of the key log
}

func newBench(t *testing.T) *bench {
	b := &bench{T: t, dir: t.TempDir()}
	b.keys = b.path("keys.log")
	b.cert("rsa", certified(t, "rsa2048"))
	b.cert("ec", certified(t, "p256"))
	return b
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

func (b *bench) file(name string, data []byte) string {
	if err := os.WriteFile(b.path(name), data, 0o600); err != nil {
		b.Fatal(err)
	}
	return b.path(name)
}

// cert writes a certificate, its key, and the public key alone.
func (b *bench) cert(name string, c tls.Certificate) {
	key, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		b.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil {
		b.Fatal(err)
	}
	b.file(name+".pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}))
	b.file(name+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	b.file(name+".pub", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: leaf.RawSubjectPublicKeyInfo}))
}

// command prepares a program, with nothing of the user's environment. %d
// in an argument is the folder.
func (b *bench) command(line string) *exec.Cmd {
	words := strings.Fields(strings.ReplaceAll(line, "%d", b.dir))
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	b.Cleanup(cancel)
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], "~", " ") // the one way to have a space
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + b.dir, "TMPDIR=" + b.dir, "LANG=C.UTF-8", "SSLKEYLOGFILE=" + b.keys}
	cmd.Dir, cmd.WaitDelay = b.dir, time.Second
	return cmd
}

// listens starts a server, and returns where it listens once it says so. What a
// client asks it for is typed: a letter that s_server obeys, or an answer.
func (b *bench) listens(line string) (addr string, stop func()) {
	cmd := b.command(line)
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	said := ""
	lines := bufio.NewScanner(out)
	for addr == "" && lines.Scan() {
		said += lines.Text() + "\n"
		if m := regexp.MustCompile(`ACCEPT \S*:(\d+)|IPv4 0\.0\.0\.0 port (\d+)\.\.\.done`).FindStringSubmatch(lines.Text()); m != nil {
			addr = "127.0.0.1:" + m[1] + m[2]
		}
	}
	if addr == "" {
		b.Fatalf("%s does not listen: %s", line, said)
	}
	go func() {
		for lines.Scan() {
			if _, letter, asked := strings.Cut(lines.Text(), "asking "); asked {
				io.WriteString(in, letter+"\n")
			}
		}
	}()
	return addr, func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
	}
}

// between records n connections that a client makes to a server: %s in its line
// is where, %p the port alone.
func (b *bench) between(name, server string, clients ...string) *recording {
	os.Remove(b.keys)
	addr, stop := b.listens(server)
	r := newRecorder(b.T, len(clients), addr)
	said := ""
	for _, line := range clients {
		_, port, _ := net.SplitHostPort(r.Addr().String())
		line, typed, _ := strings.Cut(line, " <")
		out, err := typing(b.command(strings.NewReplacer("%s", r.Addr().String(), "%p", port).Replace(line)), strings.Split(typed, "|"))
		said += fmt.Sprintf("%s\n%s%v\n", line, out, err)
	}
	r.Close()
	stop()
	r.done.Wait()
	log, _ := os.ReadFile(b.keys)
	if os.Getenv("SHOW") == name {
		b.Log(said)
	}
	if len(r.seen) < 2 {
		b.Errorf("%s: they did not talk: %s", name, said)
	}
	return &recording{name: name, by: b.versions(server, clients[0]), seen: r.seen, log: string(log)}
}

// typing runs a program and types into it: what it has to have said, then what is
// typed, and so on; a dot is the end of the input. Without any the input is empty.
func typing(cmd *exec.Cmd, script []string) (string, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		return "", err
	}
	if len(script) < 2 {
		in.Close()
	}
	var said []byte
	buf := make([]byte, 4096)
	for err == nil {
		var n int
		n, err = out.Read(buf)
		said = append(said, buf[:n]...)
		for len(script) >= 2 && strings.Contains(string(said), script[0]) {
			if script[1] == "." {
				in.Close()
			} else {
				io.WriteString(in, script[1])
			}
			script = script[2:]
		}
	}
	return string(said), cmd.Wait()
}

// versions says who talked, and when.
func (b *bench) versions(lines ...string) string {
	var all []string
	for _, line := range lines {
		words := strings.Fields(line)
		flag := "--version"
		if words[0] == "openssl" {
			flag = "version"
		}
		out, _ := b.command(words[0] + " " + flag).Output()
		said, _, _ := strings.Cut(string(out), "\n")
		said, _, _ = strings.Cut(said, " (Library")
		who := words[0]
		if words[0] == "openssl" {
			who = words[1]
		}
		all = append(all, who+" of "+strings.TrimSpace(said))
	}
	return time.Now().UTC().Format("2006-01-02") + ", " + strings.Join(all, ", ")
}

// toGo records what a client says to Go's server, which answers in HTTP/1.1.
func (b *bench) toGo(name, client string, config *tls.Config) *recording {
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	keys := NewKeys()
	config.KeyLogWriter = keys
	r := newRecorder(b.T, 1, ln.Addr().String())
	go func() {
		raw, err := ln.Accept()
		if err != nil {
			return
		}
		defer raw.Close()
		c := tls.Server(raw, config)
		c.Read(make([]byte, 4096))
		io.WriteString(c, answer)
		c.Close()
	}()
	_, port, _ := net.SplitHostPort(r.Addr().String())
	b.command(strings.ReplaceAll(client, "%p", port)).Run()
	r.Close()
	r.done.Wait()
	return &recording{name: name, by: b.versions(client) + ", crypto/tls", seen: r.seen, log: string(keys.Bytes())}
}

// TestRecord makes the recordings anew with -update; else it reads them.
func TestRecord(t *testing.T) {
	if *update {
		b := newBench(t)
		var out strings.Builder
		out.WriteString("# Connections of other people's programs, made by TestRecord with -update.\n# run NAME WHO; C and S: what client and server wrote; key: lines of the key log.\n")
		for _, make := range recordings {
			r := make(b)
			out.WriteString(r.text())
		}
		if err := os.WriteFile("testdata/peers.txt", []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(recorded(t)); n != len(recordings) {
		t.Errorf("%d recordings, %d can be made", n, len(recordings))
	}
}
