package loop

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/dissect"
)

// A line of a talk: what the server is told first, and what it then says.
type said struct{ heard, says string }

// hangUp is said by who says no more.
const hangUp = "\x04"

// talks are how servers agree.
var talks = map[string][]said{
	"smtp":     {{"", "220-mail.lab.test\r\n220 ready\r\n"}, {"EHLO [127.0.0.1]\r\n", "250-mail.lab.test\r\n250-SIZE\r\n250 STARTTLS\r\n"}, {"STARTTLS\r\n", "220 go ahead\r\n"}},
	"ftp":      {{"", "220-Welcome\r\n anything 220\r\n220 ready\r\n"}, {"AUTH TLS\r\n", "234 go ahead\r\n"}},
	"imap":     {{"", "* OK ready\r\n"}, {"a1 STARTTLS\r\n", "* CAPABILITY IMAP4rev1\r\na1 OK begin\r\n"}},
	"pop3":     {{"", "+OK ready\r\n"}, {"STLS\r\n", "+OK begin\r\n"}},
	"postgres": {{"\x00\x00\x00\x08\x04\xd2\x16\x2f", "S"}},
}

// serve plays a server's part and returns the client's end.
func serve(t *testing.T, lines []said) net.Conn {
	t.Helper()
	l, err := Listen()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := Dial(l.Addr())
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	c.SetDeadline(deadline)
	s.SetDeadline(deadline)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer s.Close()
		for _, line := range lines {
			heard := make([]byte, len(line.heard))
			if _, err := io.ReadFull(s, heard); err != nil || string(heard) != line.heard {
				return
			}
			if line.says == hangUp {
				return
			}
			if _, err := io.WriteString(s, line.says); err != nil {
				return
			}
		}
		io.Copy(io.Discard, s)
	}()
	t.Cleanup(func() {
		c.Close()
		<-done
	})
	return c
}

func TestStartTLS(t *testing.T) {
	for _, p := range Protocols() {
		if err := StartTLS(p, serve(t, talks[p])); err != nil {
			t.Errorf("%s: %v", p, err)
		}
		c := serve(t, talks[p])
		if err := StartTLS(p, struct {
			io.Reader
			io.Writer
		}{oneByte{c}, c}); err != nil {
			t.Errorf("%s, byte by byte: %v", p, err)
		}
	}
}

// oneByte reads a byte at a time.
type oneByte struct{ io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.Reader.Read(p[:1]) }

func TestStartTLSRefused(t *testing.T) {
	long := strings.Repeat("x", 8<<10)
	for _, c := range []struct {
		protocol string
		lines    []said
		want     string
	}{
		{"smtp", []said{{"", "554 go away\x1b[2J\r\n"}}, `554 go away\x1b[2J`},
		{"smtp", []said{talks["smtp"][0], talks["smtp"][1], {"STARTTLS\r\n", "454 not now\r\n"}}, "454 not now"},
		{"smtp", []said{talks["smtp"][0], talks["smtp"][1], {"STARTTLS\r\n", "220 go\r\n250 injected\r\n"}}, "before TLS could begin"},
		{"smtp", []said{{"", long}}, "a line of more than"},
		{"smtp", []said{{"", strings.Repeat("220-hello\r\n", 20<<10)}}, "more than 65536 bytes"},
		{"smtp", []said{{"", "HTTP/1.1 400 Bad Request\r\n"}}, "HTTP/1.1 400"},
		{"imap", []said{{"", "* OK\r\n"}, {"a1 STARTTLS\r\n", "a1 NO\r\n"}}, "a1 NO"},
		{"imap", []said{{"", "* OK\r\n"}, {"a1 STARTTLS\r\n", strings.Repeat("* x\r\n", 64<<10)}}, "more than 65536 bytes"},
		{"imap", []said{{"", "* BYE\r\n"}}, "* BYE"},
		{"pop3", []said{{"", "+OK\r\n"}, {"STLS\r\n", "-ERR no\r\n"}}, "-ERR no"},
		{"ftp", []said{{"", "220\r\n"}, {"AUTH TLS\r\n", "500 what?\r\n"}}, "500 what?"},
		{"postgres", []said{{talks["postgres"][0].heard, "N"}}, "N"},
		{"postgres", []said{{talks["postgres"][0].heard, "SX"}}, "before TLS could begin"},
		{"pop3", []said{{"", "+OK\r\n"}, {"STLS\r\n", hangUp}}, "it ends the connection"},
	} {
		err := StartTLS(c.protocol, serve(t, c.lines))
		var no *Refusal
		if !errors.As(err, &no) || !strings.Contains(no.Said, c.want) {
			t.Errorf("%s %.60q: %v, want a refusal with %q", c.protocol, c.lines, err, c.want)
		}
	}
	if err := StartTLS("gopher", serve(t, nil)); err == nil {
		t.Error("gopher starts TLS")
	}
}

// TestTapCuts: a tap hands on one record at a time, whatever comes in one piece,
// and bytes that are no records as they come.
func TestTapCuts(t *testing.T) {
	records := "\x16\x03\x03\x00\x02ab\x17\x03\x03\x00\x01c\x15\x03\x03\x00\x00"
	near, far := net.Pipe()
	defer near.Close()
	go func() {
		io.WriteString(far, records+"HTTP")
		far.Close()
	}()
	tap := quietTap(near)
	if err := tap.Secure(); err != nil {
		t.Fatal(err)
	}
	var sizes []int
	buf := bufio.NewReaderSize(tap, 4096)
	for {
		if _, err := buf.Peek(1); err != nil {
			break
		}
		sizes = append(sizes, buf.Buffered())
		buf.Discard(buf.Buffered())
	}
	if len(sizes) != 4 || sizes[0] != 7 || sizes[1] != 6 || sizes[2] != 5 || sizes[3] != 4 {
		t.Errorf("handed on in pieces of %v bytes", sizes)
	}
}

// TestTapIsBounded: who sends without end is not heard without end.
func TestTapIsBounded(t *testing.T) {
	near, far := net.Pipe()
	defer near.Close()
	go func() {
		for {
			if _, err := far.Write(make([]byte, 1000)); err != nil {
				return
			}
		}
	}()
	tap := quietTap(near)
	tap.Limit = 10_000
	n, err := io.Copy(io.Discard, tap)
	if n > 10_000 || err == nil {
		t.Errorf("%d bytes taken, %v", n, err)
	}
	far.Close()
}

// quietTap is a tap that nobody listens to.
func quietTap(c net.Conn) *Tap {
	return &Tap{
		Conn: c, Session: dissect.New(nil), Clock: NewClock(time.Now), Limit: 1 << 20,
		Written: func(*Chunk) {}, Delivered: func(*Chunk) {}, Opened: func(dissect.Record) {},
	}
}
