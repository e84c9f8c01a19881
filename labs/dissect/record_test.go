package dissect

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"tlstutor/labs/wire"
)

// plainRecord returns a record in the clear.
func plainRecord(typ byte, body []byte) []byte {
	return append([]byte{typ, 3, 3, byte(len(body) >> 8), byte(len(body))}, body...)
}

// flight returns a server's first messages in the clear, without record headers.
func flight(t testing.TB) []byte {
	client, server := settings(certified(t, "p256"))
	client.MaxVersion = tls.VersionTLS12
	var all []byte
	for _, c := range cut(talk(t, client, server, NewKeys())) {
		if c.dir == ToClient && c.data[0] == typeHandshake {
			all = append(all, c.data[5:]...)
		} else if c.dir == ToClient {
			break
		}
	}
	return all
}

// TestSpanning cuts the same messages into records of every size.
func TestSpanning(t *testing.T) {
	all := flight(t)
	var want []*wire.Field
	for _, r := range New(nil).Feed(ToClient, plainRecord(typeHandshake, all)) {
		want = append(want, r.Msgs...)
	}
	if len(want) != 4 {
		t.Fatalf("%d messages in one record", len(want))
	}
	for size := 1; size <= len(all); size++ {
		s := New(nil)
		var got []*wire.Field
		for piece := range slices.Chunk(all, size) {
			for _, r := range s.Feed(ToClient, plainRecord(typeHandshake, piece)) {
				sound(t, r.Tree)
				got = append(got, r.Msgs...)
			}
		}
		if len(got) != len(want) {
			t.Fatalf("records of %d: %d messages", size, len(got))
		}
		for i := range got {
			if !bytes.Equal(got[i].Bytes(), want[i].Bytes()) || got[i].Name != want[i].Name || got[i].Value != want[i].Value {
				t.Errorf("records of %d: message %d is %s, %s", size, i, got[i].Name, got[i].Value)
			}
			var joined []byte
			for _, from := range got[i].Src.From {
				joined = append(joined, from.Src.Data[from.Off:from.Off+from.N]...)
			}
			if len(got[i].Src.From) > 0 && !bytes.Equal(joined, got[i].Bytes()) {
				t.Errorf("records of %d: %s does not come from the spans it names", size, got[i].Name)
			}
		}
	}
}

// TestSpanningSays looks at what the parts of a message are called.
func TestSpanningSays(t *testing.T) {
	message := append([]byte{finishedType, 0, 0, 12}, make([]byte, 12)...)
	s := New(nil)
	for _, test := range []struct {
		from, to           int
		name, value, label string
	}{
		{0, 2, "fragment", "the first 2 bytes of a message", "part of a message"},
		{2, 3, "fragment", "1 byte more of a message", "part of a message"},
		{3, 8, "fragment", "5 more of 16 bytes of Finished", "part of Finished"},
		{8, 16, "fragment.fragment", "the last 8 of 16 bytes of Finished", "Finished"},
	} {
		r := s.Feed(ToClient, plainRecord(typeHandshake, message[test.from:test.to]))[0]
		if f := r.Tree.Find(test.name); f == nil || f.Value != test.value || len(f.Kids) > 0 {
			t.Errorf("bytes %d to %d: %v", test.from, test.to, f)
		}
		if got := Label(r.Tree); got != test.label {
			t.Errorf("bytes %d to %d: %q, want %q", test.from, test.to, got, test.label)
		}
	}
}

// TestNotTLS feeds what is not TLS from the start.
func TestNotTLS(t *testing.T) {
	s := New(nil)
	for i, test := range []struct{ say, value, label string }{
		{"EHLO lab.test\r\nSTARTTLS\r\n", `EHLO lab.test\x0d\x0aSTARTTLS\x0d\x0a`, "EHLO lab.test"},
		{"\x16\x03\x01\x00\x05", `\x16\x03\x01\x00\x05`, "plaintext, 5 bytes"},
		{"caf\xc3\xa9 \x1b[31m", `café \x1b[31m`, `café \x1b[31m`},
	} {
		records := s.Feed(ToServer, []byte(test.say))
		if len(records) != 1 {
			t.Fatalf("%d records", len(records))
		}
		r := records[0]
		sound(t, r.Tree)
		if r.Tree.Name != "plaintext" || r.Tree.Value != test.value || Label(r.Tree) != test.label || len(r.Msgs) != 1 {
			t.Errorf("%d: %s %q, label %q", i, r.Tree.Name, r.Tree.Value, Label(r.Tree))
		}
	}
}

// TestBroken feeds headers that make no sense behind a good record.
func TestBroken(t *testing.T) {
	for bad, why := range map[string]string{
		"HTTP/1.1 400 Bad Request": "72 is not the type of a TLS record",
		"\x16\x02\x00\x00\x00":     "2 is not the first byte of a TLS version",
		"\x16\x03\x03\xff\xff":     "a record of 65535 bytes is longer than TLS allows",
	} {
		s := New(nil)
		s.Feed(ToClient, plainRecord(typeAlert, []byte{2, 42}))
		for range 2 {
			records := s.Feed(ToClient, []byte(bad))
			if len(records) != 1 || records[0].Tree.Name != wire.Undecoded || records[0].Tree.Err == nil ||
				records[0].Tree.Err.Error() != why || records[0].Tree.N != len(bad) {
				t.Errorf("%q: %v", bad, records)
			}
		}
	}
}

// TestCutOff ends a stream at every byte.
func TestCutOff(t *testing.T) {
	whole := plainRecord(typeHandshake, flight(t))
	for n := range whole {
		s := New(nil)
		records := s.Feed(ToClient, whole[:n])
		records = append(records, s.Close(ToClient)...)
		if n == 0 && len(records) == 0 {
			continue
		}
		if len(records) != 1 || records[0].Tree.Err == nil || records[0].Tree.N != n {
			t.Fatalf("after %d bytes: %v", n, records)
		}
		sound(t, records[0].Tree)
		if more := s.Close(ToClient); len(more) != 0 {
			t.Fatalf("closed again: %d records", len(more))
		}
	}
}

// TestCutOffLikeWhole cuts each record of a connection: its header has the names
// that it has in the whole record, sealed or not.
func TestCutOffLikeWhole(t *testing.T) {
	for log, seen := range both(t) {
		all := cut(seen)
		for i, c := range all {
			keys := NewKeys()
			fmt.Fprint(keys, log)
			s, short := New(keys), New(keys)
			replay(s, all[:i])
			replay(short, all[:i])
			whole := s.Feed(c.dir, c.data)[0].Tree
			short.Feed(c.dir, c.data[:5])
			part := short.Close(c.dir)[0].Tree
			if part.Name != whole.Name || len(part.Kids) < 3 {
				t.Fatalf("record %d: %s with %d kids, want %s", i, part.Name, len(part.Kids), whole.Name)
			}
			for j := range 3 {
				if part.Kids[j].Name != whole.Kids[j].Name || part.Kids[j].Value != whole.Kids[j].Value {
					t.Errorf("record %d, a %s: %s, want %s", i, whole.Name, part.Kids[j].Name, whole.Kids[j].Name)
				}
			}
		}
	}
}

// TestKeyUpdate takes the client's part after the handshake: it tells Go's
// server that it goes on with new keys and asks it to do the same. What the
// server then says is under keys that only the update explains.
func TestKeyUpdate(t *testing.T) {
	client, server := settings(certified(t, "p256"))
	keys := NewKeys()
	client.KeyLogWriter, server.KeyLogWriter = keys, keys
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	served := make(chan error, 1)
	go func() { served <- serve(ln, server) }()
	raw, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	var seen []chunk
	tapped := tap{raw, new(sync.Mutex), &seen}
	if err := tls.Client(tapped, client).Handshake(); err != nil {
		t.Fatal(err)
	}

	// From here on the test writes the client's records, with the logged secret.
	s := New(keys)
	records := replay(s, seen)
	done := len(seen)
	p, err := s.traffic(ToServer, Application)
	if err != nil {
		t.Fatal(err)
	}
	// The inner type stands behind the content; the header is authenticated too.
	seal := func(typ byte, body string) {
		head := []byte{typeApplicationData, 3, 3, 0, byte(len(body) + 17)}
		tapped.Write(p.cipher.Seal(head, p.nonce(), append([]byte(body), typ), head))
		p.seq++
	}
	seal(typeHandshake, "\x18\x00\x00\x01\x01")
	p = p.next()
	seal(typeApplicationData, question)
	seal(typeAlert, "\x01\x00")
	if _, err := io.Copy(io.Discard, tapped); err != nil {
		t.Fatal(err)
	}
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	records = append(records, replay(s, seen[done:])...)
	for d, want := range map[Dir]string{
		ToServer: "application KeyUpdate application GET / HTTP/1.1 application Alert close_notify",
		ToClient: "application KeyUpdate application HTTP/1.1 200 OK application Alert close_notify",
	} {
		if got := strings.Join(lines(records, d), " "); !strings.HasSuffix(got, "handshake Finished "+want) {
			t.Errorf("%s: %s", d, got)
		}
	}
	if f := first(records, "KeyUpdate"); f == nil || f.Value != "update_requested" {
		t.Errorf("KeyUpdate says %v", f)
	}
}

// TestPadding has a record with zeros behind its content, and one of nothing else.
func TestPadding(t *testing.T) {
	for inner, want := range map[string]string{
		"hello\x17\x00\x00\x00": "content 5 type 1 zeros 3 ",
		"hello\x17":             "content 5 type 1 ",
		"\x17":                  "content 0 type 1 ",
		"\x00\x00":              "undecoded 2 ",
	} {
		src := &wire.Source{Data: []byte(inner)}
		s := New(nil)
		f := wire.ParseAll("TLSInnerPlaintext", src, func(c *wire.Cursor) { s.inner(c, &s.dirs[0], Application) })
		got := ""
		for _, k := range f.Kids {
			got += fmt.Sprint(k.Name, " ", k.N, " ")
		}
		if sound(t, f); got != want {
			t.Errorf("%q: %s, want %s", inner, got, want)
		}
	}
}
