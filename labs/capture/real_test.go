package capture

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/dissect"
)

// A program is somebody else's, run for a test.
type program struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	err *bufio.Reader
}

// start runs a program in a folder until the test ends. Where it is missing the
// test says so; with TLSTUTOR_PEERS=require it fails.
func start(t *testing.T, dir, name string, args ...string) *program {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("TLSTUTOR_PEERS") == "require" {
			t.Fatalf("%s is to take part in this, and it is missing: %v", name, err)
		}
		t.Logf("%s is not on PATH: it takes no part", name)
		return nil
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir, cmd.WaitDelay = dir, time.Second
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LANG=C.UTF-8"}
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	complaints, err3 := cmd.StderrPipe()
	if err := cmd.Start(); err1 != nil || err2 != nil || err3 != nil || err != nil {
		t.Fatal(err1, err2, err3, err)
	}
	t.Cleanup(func() {
		cancel()
		cmd.Wait()
	})
	return &program{cmd, in, bufio.NewReader(out), bufio.NewReader(complaints)}
}

// until reads lines until one holds the text, and returns it, or "".
func until(r *bufio.Reader, text string) string {
	for {
		line, err := r.ReadString('\n')
		if strings.Contains(line, text) {
			return line
		}
		if err != nil {
			return ""
		}
	}
}

// finish closes a program's input and waits for its end.
func (p *program) finish(t *testing.T) {
	t.Helper()
	p.in.Close()
	io.Copy(io.Discard, p.out)
	said, _ := io.ReadAll(p.err)
	if err := p.Wait(); err != nil {
		t.Fatalf("%v: %v: %s", p.Args, err, said)
	}
}

// TestTcpdumpOfOpenSSL: what tcpdump captured of two of OpenSSL's programs is
// read while it is captured, and opens with the client's key log.
func TestTcpdumpOfOpenSSL(t *testing.T) {
	for _, version := range []string{"-tls1_2", "-tls1_3"} {
		t.Run(version, func(t *testing.T) { captureOpenSSL(t, version) })
	}
}

func captureOpenSSL(t *testing.T, version string) {
	dir := t.TempDir()
	req := start(t, dir, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
		"-subj", "/CN=app.lab.test", "-keyout", "key.pem", "-out", "cert.pem")
	if req == nil {
		return
	}
	req.finish(t)
	server := start(t, dir, "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "cert.pem", "-key", "key.pem", "-naccept", "1", version)
	at := strings.TrimSpace(strings.TrimPrefix(until(server.out, "ACCEPT 127"), "ACCEPT "))
	_, port, _ := strings.Cut(at, ":")
	dump := start(t, dir, "tcpdump", "-i", "lo", "--immediate-mode", "-U", "-w", "-", "tcp port "+port)
	if dump == nil {
		return
	}
	if until(dump.err, "listening on lo") == "" {
		t.Log("tcpdump may not capture on this machine: it takes no part")
		return
	}
	client := start(t, dir, "openssl", "s_client", "-connect", at, "-servername", "app.lab.test", "-keylogfile", "keys", version)
	io.WriteString(client.in, "hello from a client\n")
	until(server.out, "hello from a client")
	client.in.Close()
	io.Copy(io.Discard, client.out)

	c, err := NewReader(dump.out, nil).Next()
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(filepath.Join(dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Server.String() != at || c.Name != "app.lab.test" {
		t.Errorf("a connection to %v by the name of %q, want %s", c.Server, c.Name, at)
	}
	keys := dissect.NewKeys()
	keys.Write(log)
	opened := messages(t, c, keys)
	for _, want := range []string{"ClientHello", "ServerHello", "Certificate", "Finished", "Finished", "application_data", "Alert"} {
		i := slices.Index(opened, want)
		if i < 0 {
			t.Fatalf("no %s among the messages %q", want, opened)
		}
		opened[i] = ""
	}
}

// messages feeds a connection to a session and returns the names of its
// messages. None may stay sealed.
func messages(t *testing.T, c *Conn, keys *dissect.Keys) []string {
	t.Helper()
	s := dissect.New(keys)
	var names []string
	note := func(all []dissect.Record) {
		for _, r := range all {
			for _, m := range r.Msgs {
				names = append(names, m.Name)
			}
		}
	}
	for _, k := range c.Chunks {
		if !k.Plain {
			note(s.Feed(k.Dir, k.Data))
		}
		if k.Fin || k.Reset {
			note(s.Close(k.Dir))
		}
	}
	for _, r := range s.Flush() {
		t.Errorf("a record of %v stayed sealed: %v", r.Dir, r.Why)
	}
	return names
}

// TestOthersRewrite: the same connections come out of what Wireshark's programs
// make of a file.
func TestOthersRewrite(t *testing.T) {
	dir := t.TempDir()
	file := write(t, secure("127.0.0.1:40001", "127.0.0.1:443"), secure("[::1]:40003", "[::1]:443"))
	want, _, _ := readAll(t, file, nil)
	if err := os.WriteFile(filepath.Join(dir, "in"), file, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, how := range [][]string{
		{"editcap", "-F", "pcap", "in", "out"},
		{"editcap", "-F", "nsecpcap", "in", "out"},
		{"editcap", "-F", "pcapng", "in", "out"},
		{"mergecap", "-F", "pcapng", "-w", "out", "in", "in"},
		{"mergecap", "-a", "-I", "none", "-F", "pcapng", "-w", "out", "in", "in"},
		{"tcpdump", "-r", "in", "-w", "out"},
	} {
		p := start(t, dir, how[0], how[1:]...)
		if p == nil {
			continue
		}
		p.finish(t)
		out, err := os.ReadFile(filepath.Join(dir, "out"))
		if err != nil {
			t.Fatal(err)
		}
		all, _, err := readAll(t, out, nil)
		if err != nil || len(all) < len(want) {
			t.Fatalf("%q: %d connections, error %v", how, len(all), err)
		}
		for i, c := range all {
			a, b := streams(c), streams(want[i%len(want)])
			if !bytes.Equal(a[0], b[0]) || !bytes.Equal(a[1], b[1]) {
				t.Errorf("%q: connection %d comes out with %d and %d bytes", how, i, len(a[0]), len(a[1]))
			}
		}
	}
}
