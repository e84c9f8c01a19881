//go:build unix

package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A serving is a gallery that runs as a program of its own.
type serving struct {
	t    *testing.T
	cmd  *exec.Cmd
	out  *bufio.Scanner
	err  bytes.Buffer
	said []string // lines
}

// startServe runs tlstutor serve.
func startServe(t *testing.T, words ...string) *serving {
	t.Helper()
	s := &serving{t: t, cmd: exec.CommandContext(t.Context(), "tlstutor", append([]string{"serve"}, words...)...)}
	s.cmd.Stderr = &s.err
	pipe, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(30*time.Second, func() { s.cmd.Process.Kill() })
	t.Cleanup(func() { late.Stop() })
	s.out = bufio.NewScanner(pipe)
	s.out.Buffer(nil, 1<<20)
	return s
}

// until reads until a line matches, and returns what its groups hold.
func (s *serving) until(what string) []string {
	s.t.Helper()
	is := regexp.MustCompile(what)
	for s.out.Scan() {
		s.said = append(s.said, s.out.Text())
		if m := is.FindStringSubmatch(s.out.Text()); m != nil {
			return m
		}
	}
	s.t.Fatalf("it has ended without %q: %s\n%s", what, s.err.String(), strings.Join(s.said, "\n"))
	return nil
}

// end sends a signal, and wants the program to end in order.
func (s *serving) end(sig os.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
	for s.out.Scan() {
		s.said = append(s.said, s.out.Text())
	}
	if err := s.cmd.Wait(); err != nil || s.err.Len() > 0 {
		s.t.Errorf("%v: %v, %s", sig, err, s.err.String())
	}
}

// last is the last line.
func (s *serving) last() string { return s.said[len(s.said)-1] }

// TestServe opens the gallery as a user does, meets its servers with the root that
// it has written, and ends it with ctrl+c.
func TestServe(t *testing.T) {
	dir := t.TempDir()
	root, made := filepath.Join(dir, "root.pem"), filepath.Join(dir, "made")
	s := startServe(t, "expired", "--root", root, "--out", made)
	at := s.until(`^2 servers at ([0-9.:]+);`)[1]
	pem, err := os.ReadFile(root)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	for name, want := range map[string]string{"good.lab.test": "", "expired.lab.test": "expired"} {
		c, err := tls.Dial("tcp", at, &tls.Config{ServerName: name, RootCAs: roots})
		if err == nil {
			c.Close()
		}
		if (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
		s.until(regexp.QuoteMeta(name) + ": served ")
	}
	// What was made fits what is served.
	if _, err := tls.LoadX509KeyPair(filepath.Join(made, "expired.lab.test.pem"), filepath.Join(made, "expired.lab.test.key.pem")); err != nil {
		t.Error(err)
	}
	info, err := os.Stat(filepath.Join(made, "expired.lab.test.key.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a key has %v, %v", info, err)
	}
	s.end(syscall.SIGINT)
	if s.last() != "The gallery is closed; it served 2 connections: good 1, expired 1." {
		t.Errorf("the last line is %q", s.last())
	}
	text := strings.Join(s.said, "\n")
	if list, err := os.ReadFile(filepath.Join(made, "index.txt")); err != nil || !strings.Contains(string(list), "\ngood.lab.test.p12  chain and private key, PKCS #12, password tlstutor (secret)\n") {
		t.Errorf("the list of files: %v\n%s", err, list)
	}
	if !strings.Contains(text, "\nWarning: ") || !strings.Contains(text, " files written to "+made+"; index.txt ") || strings.Contains(text, "good.lab.test.p12") {
		t.Errorf("it does not say where the keys are, or says too much:\n%s", text)
	}
	if c, err := net.Dial("tcp", at); err == nil {
		c.Close()
		t.Error("somebody still listens")
	}
}

// TestServeJSON: what a program reads is one value per line, to the last.
func TestServeJSON(t *testing.T) {
	s := startServe(t, "expired", "--json")
	at := s.until(`"name":"servers","value":"([0-9.:]+)"`)[1]
	if c, err := tls.Dial("tcp", at, &tls.Config{ServerName: "expired.lab.test", InsecureSkipVerify: true}); err != nil {
		t.Error(err)
	} else {
		c.Close()
	}
	s.until(`"name":"guest","value":"expired.lab.test"`)
	s.end(syscall.SIGTERM)
	for _, line := range s.said {
		if !json.Valid([]byte(line)) {
			t.Errorf("no value: %.200s", line)
		}
	}
	if !strings.Contains(s.last(), "served 1 connection: expired 1") || !strings.Contains(strings.Join(s.said, "\n"), `"name":"server_name"`) {
		t.Errorf("the last value is %s", s.last())
	}
}
