package capture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"testing"
	"time"

	"tlstutor/labs/dissect"
)

// readAll reads a file to its end, by streaming.
func readAll(t testing.TB, file []byte, keys io.Writer) ([]*Conn, Seen, error) {
	t.Helper()
	r := NewReader(bytes.NewReader(file), keys)
	var all []*Conn
	var stopped error
	for {
		c, err := r.Next()
		switch {
		case err == io.EOF:
			if n := r.feed.table.asm.FlushAll(); n != 0 {
				t.Errorf("the assembler still knows %d connections", n)
			}
			if held := r.feed.table.held; held != 0 {
				t.Errorf("in the end %d bytes are held", held)
			}
			return all, r.Seen(), stopped
		case err != nil && stopped != nil:
			t.Fatalf("two errors: %v, then %v", stopped, err)
		case err != nil:
			stopped = err
		default:
			all = append(all, c)
		}
	}
}

// indexed reads the same by an index, and checks that both agree.
func indexed(t testing.TB, file []byte) ([]*Conn, error) {
	t.Helper()
	x := NewIndex(bytes.NewReader(file), int64(len(file)))
	err := x.Scan(t.Context(), func(int64) {})
	var all []*Conn
	for i := range x.Len() {
		c, err := x.Open(context.Background(), i)
		if err != nil {
			t.Fatalf("opening %d: %v", i, err)
		}
		all = append(all, c)
	}
	return all, err
}

// hello is a ClientHello for a name, as a record.
func hello(name string) []byte {
	ext := []byte{0, 0, 0, byte(len(name) + 5), 0, byte(len(name) + 3), 0, 0, byte(len(name))}
	ext = append(ext, name...)
	body := append([]byte{3, 3}, pattern(32)...)
	body = append(body, 0, 0, 2, 0x13, 1, 1, 0, 0, byte(len(ext)))
	body = append(body, ext...)
	return record(22, append([]byte{1, 0, 0, byte(len(body))}, body...))
}

// answer is a ServerHello as a record.
func answer() []byte {
	body := append([]byte{3, 3}, pattern(32)...)
	body = append(body, 0, 0x13, 1, 0)
	return record(22, append([]byte{2, 0, 0, byte(len(body))}, body...))
}

func record(kind byte, body []byte) []byte {
	return append([]byte{kind, 3, 3, byte(len(body) >> 8), byte(len(body))}, body...)
}

// secure is a connection whose bytes look like TLS.
func secure(client, server string) Conn {
	c := talk(client, server)
	c.Chunks[0].Data = hello("app.lab.test")
	c.Chunks[1].Data = append(answer(), record(23, pattern(5001))...)
	c.Chunks[2].Data = record(23, pattern(2*segment))
	c.Chunks[3].Data = record(23, pattern(segment+1))
	return c
}

// brief is a connection without its data.
func brief(c *Conn) Conn {
	out := *c
	out.Chunks = slices.Clone(c.Chunks)
	for i := range out.Chunks {
		out.Chunks[i].Data = fmt.Append(nil, len(out.Chunks[i].Data))
	}
	return out
}

// streams joins what was read of each direction.
func streams(c *Conn) (out [2][]byte) {
	for _, k := range c.Chunks {
		out[k.Dir] = append(out[k.Dir], k.Data...)
	}
	return out
}

func TestReadsWhatWasWritten(t *testing.T) {
	conns := []Conn{secure("127.0.0.1:40001", "127.0.0.1:443"), talk("127.0.0.1:40009", "127.0.0.1:80"), secure("[::1]:40003", "[::1]:443")}
	conns[2].Chunks = conns[2].Chunks[:4]
	var keys bytes.Buffer
	file := write(t, conns...)
	all, seen, err := readAll(t, file, &keys)
	if err != nil || len(all) != 2 || seen.Conns != 3 || seen.Plain != 1 || !seen.Start.Equal(began.Add(time.Millisecond)) {
		t.Fatalf("%d connections, %+v, error %v", len(all), seen, err)
	}
	if want := "CLIENT_RANDOM 00 11\n\nCLIENT_RANDOM 00 11\n\nCLIENT_RANDOM 00 11\n\n"; keys.String() != want {
		t.Errorf("the secrets are %q", keys.String())
	}
	for i, want := range []Conn{conns[0], conns[2]} {
		got := all[i]
		if got.Client != want.Client || got.Server != want.Server || got.Name != "app.lab.test" || got.Number != []int{1, 3}[i] {
			t.Errorf("connection %d is %d, %v to %v, named %q", i, got.Number, got.Client, got.Server, got.Name)
		}
		for d := range dissect.Dir(2) {
			payload, fin := said(want, d)
			read, ended := said(*got, d)
			if !bytes.Equal(payload, read) || fin != ended {
				t.Errorf("connection %d, %v: %d bytes, ended %v; want %d, %v", i, d, len(read), ended, len(payload), fin)
			}
		}
		for _, k := range got.Chunks {
			if k.Note.Kind != Nothing || k.Plain || k.Reset {
				t.Errorf("connection %d: chunk %+v", i, k)
			}
		}
	}
	again, err := indexed(t, file)
	if err != nil || len(again) != len(all) {
		t.Fatalf("an index finds %d connections, error %v", len(again), err)
	}
	for i := range all {
		if !reflect.DeepEqual(all[i], again[i]) {
			t.Errorf("connection %d: the index gives\n%+v, reading\n%+v", i, brief(again[i]), brief(all[i]))
		}
	}
}

func TestStopsWithOneError(t *testing.T) {
	file := write(t, secure("127.0.0.1:40001", "127.0.0.1:443"))
	for n := 0; n < len(file); n += 37 {
		all, _, err := readAll(t, file[:n], nil)
		var at *Error
		if err != nil && !errors.As(err, &at) {
			t.Fatalf("cut at %d: error %v", n, err)
		}
		if err != nil && at.Off > int64(n) {
			t.Errorf("cut at %d: stopped at %d", n, at.Off)
		}
		if n > 2000 && len(all) != 1 {
			t.Errorf("cut at %d: %d connections", n, len(all))
		}
	}
}
