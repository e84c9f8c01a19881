package peer

import (
	"context"
	"strings"
	"sync"
	"testing"
	"unicode"
)

// TestKeyLines: whole lines are handed on, whatever the pieces they come in; what is
// no line of a key log is not.
func TestKeyLines(t *testing.T) {
	long := strings.Repeat("x", maxKeyLine+1)
	in := "# a comment\n\nCLIENT_RANDOM a b\n" + long + "\nEXPORTER_SECRET c d\nunfinished"
	want := []string{"CLIENT_RANDOM a b\n", "EXPORTER_SECRET c d\n"}
	for _, size := range []int{1, 2, 7, 1000, len(in)} {
		var got log
		k := &keyLines{to: &got}
		for rest := in; rest != ""; {
			n := min(size, len(rest))
			if wrote, err := k.Write([]byte(rest[:n])); wrote != n || err != nil {
				t.Fatal(wrote, err)
			}
			rest = rest[n:]
		}
		if strings.Join(got.lines, "|") != strings.Join(want, "|") {
			t.Errorf("in pieces of %d: %q", size, got.lines)
		}
	}
	var got log
	k := &keyLines{to: &got}
	for range maxKeyLog {
		k.Write([]byte("CLIENT_RANDOM\n"))
	}
	if len(got.lines) > maxKeyLog/14+1 {
		t.Errorf("%d lines are handed on", len(got.lines))
	}
}

// A tally counts lines, for who waits for them.
type tally struct {
	mu   sync.Mutex
	text strings.Builder
	came chan struct{}
}

func (c *tally) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text.Write(p)
	c.came <- struct{}{}
	return len(p), nil
}

// TestKeyLogs: a key log hands on what is written to it while it is written, and
// what is written last; and so does the plain file that stands in for it.
func TestKeyLogs(t *testing.T) {
	for what, open := range map[string]func(scratch, *tally) (*keyLog, error){
		"logKeys":  func(s scratch, c *tally) (*keyLog, error) { return logKeys(s, c) },
		"tailKeys": func(s scratch, c *tally) (*keyLog, error) { return tailKeys(s, c) },
	} {
		t.Run(what, func(t *testing.T) {
			dir, err := newScratch()
			if err != nil {
				t.Fatal(err)
			}
			defer dir.remove()
			heard := &tally{came: make(chan struct{}, 100)}
			log, err := open(dir, heard)
			if err != nil {
				t.Fatal(err)
			}
			writeTo(t, log.path, "A 1\n")
			<-heard.came
			writeTo(t, log.path, "B 2\nC 3\n")
			log.end()
			if got := heard.text.String(); got != "A 1\nB 2\nC 3\n" {
				t.Errorf("it hands on %q", got)
			}
		})
	}
}

// TestAnswered: an answer is whole when it has as many bytes as it says.
func TestAnswered(t *testing.T) {
	for out, want := range map[string]bool{
		"": false, "---\nHTTP/1.1 200 OK\r\n": false, "---\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhell": false,
		"---\n" + answer: true, "HTTP/1.0 200 OK\r\nCONTENT-LENGTH:0\r\n\r\n": true, "HTTP/1.0 200 OK\r\n\r\nhello\n": false,
		"HTTP/1.1 200 OK\r\nContent-Length: -\r\n\r\n": true, "x" + http2Settings: true, http2Settings[:8]: false,
	} {
		if got := answered([]byte(out)); got != want {
			t.Errorf("%q: %v", out, got)
		}
	}
}

// TestAsked: requests are counted, and answered in their protocol.
func TestAsked(t *testing.T) {
	one := request(Offer{Name: "a"})
	for out, want := range map[string]struct {
		n     int
		reply string
	}{
		"": {0, answer}, one: {1, answer}, "x" + one + "y" + one: {2, answer}, http2Hello: {1, http2Settings},
		one + http2Hello: {2, http2Settings}, http2Hello + one: {2, answer},
	} {
		if n, reply := asked([]byte(out)); n != want.n || reply != want.reply {
			t.Errorf("%q: %d, %q", out, n, reply)
		}
	}
}

// TestTape: what is heard can be waited for, and is bounded.
func TestTape(t *testing.T) {
	heard := newTape()
	out, err := heard.writer(stdout), heard.writer(stderr)
	ctx, cancel := context.WithCancel(t.Context())
	came := make(chan bool)
	go func() { came <- heard.until(ctx, func(_, err []byte) bool { return holds(err, "there") }) }()
	out.Write([]byte("one\ntw"))
	err.Write([]byte("the"))
	out.Write([]byte("o\r\nthree"))
	err.Write([]byte("re\n"))
	if !<-came {
		t.Error("it was not heard")
	}
	cancel()
	if heard.until(ctx, func(_, _ []byte) bool { return false }) {
		t.Error("what was never said was heard")
	}
	if lines, cut := heard.spoken(); strings.Join(lines, "|") != "one|two|there|three" || cut {
		t.Errorf("%q, cut %v", lines, cut)
	}
	if n, werr := out.Write(make([]byte, 2*maxOutput)); n != 2*maxOutput || werr != nil {
		t.Error(n, werr)
	}
	if _, cut := heard.spoken(); !cut || heard.size != maxOutput {
		t.Errorf("cut %v, %d bytes", cut, heard.size)
	}
}

// FuzzRead has each program's output read. Whatever it is, the verdict is clean and
// bounded.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"New, TLSv1.3, Cipher is TLS_AES_128_GCM_SHA256\nVerify return code: 0 (ok)\n",
		"-----BEGIN SSL SESSION PARAMETERS-----\nMIGCAgEBAgIDBAQCEwIEIFXLO3SeXWB47AKVJrYo99qh/b23SP+aVDwhCQ6TDGDE\n-----END SSL SESSION PARAMETERS-----\nCIPHER is x\n",
		"- Description: (TLS1.3-X.509)-(ECDHE-SECP256R1)-(ECDSA-SECP256R1-SHA256)-(AES-256-GCM)\n- Simple Client Mode:\n",
		"* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384 / X25519 / id-ecPublicKey\ncurl: (60) no\n",
		"version: TLSv1.3\ncipher: \x1b[31m\nssl.SSLError: certificate verify failed: x\n",
		"Server Temp Key: ECDH, prime256v1, 256 bits\n", "- Description: (\n- Description: )-(\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, out []byte) {
		heard := newTape()
		heard.writer(stdout).Write(out)
		lines, _ := heard.spoken()
		for _, read := range []func(*Verdict, said){readOpenSSL, readPython, readCurl, readGnuTLS} {
			v := &Verdict{}
			read(v, lines)
			texts := append([]string{v.Settled.Version, v.Settled.Suite, v.Settled.Group, v.Settled.ALPN, v.Settled.Checked}, v.Lines...)
			if len(v.Lines) > maxWords {
				t.Errorf("%d lines", len(v.Lines))
			}
			for _, text := range texts {
				if len(text) > maxLine || strings.ContainsFunc(text, unicode.IsControl) {
					t.Errorf("%q", text)
				}
			}
		}
	})
}
