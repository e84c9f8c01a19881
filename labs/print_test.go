package labs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// printRun writes a whole run: its events, how it ended, and its goals.
func printRun(w io.Writer, l *Lab, s Settings, events []Event, fields bool) error {
	p := NewPrinter(w, l, s)
	p.Fields = fields
	p.Print(events)
	return p.Close()
}

func TestPrint(t *testing.T) {
	s := setting(t, Handshake, "fault=unknown-ca", "name=app.lab.test")
	events := finish(t, Handshake, "fault=unknown-ca")
	var out bytes.Buffer
	if err := printRun(&out, Handshake, s, events, false); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	for _, want := range []string{
		`^run handshake fault=unknown-ca\n`,
		`\n +[0-9.]+ ms  ca: Lab Issuing CA signs `,
		`\nconnection: client 127\.0\.0\.1:\d+, server 127\.0\.0\.1:\d+\n`,
		`\n +[0-9.]+ ms  client to server +1504 bytes  in the clear      ClientHello\n`,
		`\n +[0-9.]+ ms  server to client +\d+ bytes  handshake keys    Certificate\n`,
		`\n +[0-9.]+ ms  client to server +24 bytes  handshake keys    Alert bad_certificate\n`,
		`\nended by client: alert bad_certificate, after the server's Finished\n  client says: `,
		`\n  it is about Certificate\.issuer: CN=Lab Root CA\n`,
		`\ngoal open: the handshake completes: `,
	} {
		if !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("nothing like %q in:\n%s", want, got)
		}
	}
	if n := strings.Count(got, "  ClientHello\n"); n != 1 {
		t.Errorf("the ClientHello is there %d times", n)
	}
	for _, r := range got {
		if r != '\n' && (r > unicode.MaxASCII || r < ' ') {
			t.Fatalf("%q is no plain character", r)
		}
	}
	for i, m := 0, regexp.MustCompile(`(?m)^ *([0-9.]+) ms`).FindAllStringSubmatch(got, -1); i+1 < len(m); i++ {
		var a, b float64
		if fmt.Sscan(m[i][1], &a); a < 0 {
			t.Errorf("%v ms", a)
		}
		if fmt.Sscan(m[i+1][1], &b); a > b {
			t.Errorf("%v ms stands before %v ms", a, b)
		}
	}
}

// TestPrintFields finds each field of each record in the text, with its place.
func TestPrintFields(t *testing.T) {
	events := finish(t, Handshake, "max=1.2")
	var out bytes.Buffer
	if err := printRun(&out, Handshake, nil, events, true); err != nil {
		t.Fatal(err)
	}
	rest := out.String()
	for _, e := range events {
		if e.Kind != Written || e.Tree == nil {
			continue
		}
		e.Tree.Walk(func(p []*wire.Field) {
			f := p[len(p)-1]
			line := f.Name
			if f.Value != "" {
				line += "  " + f.Value
			}
			line += fmt.Sprintf("  [%d+%d", f.Off, f.N)
			i := strings.Index(rest, line)
			if i < 0 {
				t.Fatalf("%q is missing, or out of order", line)
			}
			rest = rest[i+len(line):]
		})
	}
}

// TestPrintInPieces prints a run as it comes: the text is the same.
func TestPrintInPieces(t *testing.T) {
	events := finish(t, Wiretap)
	var whole, pieces bytes.Buffer
	printRun(&whole, Wiretap, nil, events, false)
	p := NewPrinter(&pieces, Wiretap, nil)
	for i := range events {
		p.Print(events[i : i+1])
	}
	if err := p.Close(); err != nil || whole.String() != pieces.String() {
		t.Errorf("%v\n%s\n%s", err, whole.String(), pieces.String())
	}
	if !strings.Contains(whole.String(), "tls12  client to server") || !strings.Contains(whole.String(), "observer: on clear: ") {
		t.Errorf("%s", whole.String())
	}
}

type full struct{ left int }

func (w *full) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestPrintToNowhere(t *testing.T) {
	events := finish(t, Handshake)
	for _, left := range []int{0, 100, 1000} {
		if err := printRun(&full{left}, Handshake, nil, events, true); err != io.ErrShortWrite {
			t.Errorf("after %d bytes: %v", left, err)
		}
	}
}

// TestPrintLate prints a record that was opened only later.
func TestPrintLate(t *testing.T) {
	conn := &Conn{}
	src := &wire.Source{Name: "client → server", Data: make([]byte, 30)}
	sealed := &wire.Field{Name: "TLSCiphertext", Src: src, N: 30}
	inside := &wire.Field{Name: "Finished", Src: &wire.Source{Name: "decrypted", Data: make([]byte, 4)}, N: 4}
	open := &wire.Field{Name: "TLSCiphertext", Src: src, N: 30, Kids: []*wire.Field{{Name: "content", Src: inside.Src, N: 4, Kids: []*wire.Field{inside}}}}
	events := []Event{
		{At: time.Millisecond, Kind: Written, Who: Client, To: Server, Conn: conn, Epoch: dissect.Application, Tree: sealed, Err: errors.New("no key yet")},
		{At: 2 * time.Millisecond, Kind: Found, Who: Client, To: Server, Conn: conn, Epoch: dissect.Application, Tree: open, Text: "opened: Finished"},
	}
	var out bytes.Buffer
	printRun(&out, Handshake, nil, events, false)
	for _, want := range []string{
		"    1.000 ms  client to server     30 bytes  traffic keys      sealed, 30 bytes: no key yet\n",
		"    2.000 ms  client to server     30 bytes  traffic keys      opened now: Finished\n",
		"\nnot completed\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestWord(t *testing.T) {
	for v, want := range map[string]string{
		"1.2": "1.2", "app.lab.test": "app.lab.test", "": "''", "two words": "'two words'",
		"it's": `'it'\''s'`, "$(x)": "'$(x)'", "a\x1b[2J": `'a\x1b[2J'`,
	} {
		if got := Word(v); got != want {
			t.Errorf("%q: %s, want %s", v, got, want)
		}
	}
}
