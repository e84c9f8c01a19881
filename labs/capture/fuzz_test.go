package capture

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"testing"
)

// FuzzRead: a file gives the same connections however it is read, with chunks
// that add up, and at most one error, which lies within it.
func FuzzRead(f *testing.F) {
	seed := secure("127.0.0.1:40001", "127.0.0.1:443")
	seed.Chunks = seed.Chunks[:2]
	seed.Chunks[1].Data = seed.Chunks[1].Data[:200]
	f.Add(write(f, seed))
	six := seed
	six.Client, six.Server = netip.MustParseAddrPort("[::1]:9"), netip.MustParseAddrPort("[::1]:10")
	f.Add(write(f, six))
	four, _ := frames(f)
	f.Add(dump(f, 1, four[:6]...))
	f.Add(dump(f, 101, datagrams(f, "\xc3\x00\x00\x00\x01\x08abcdefgh\x00", "\x16\xfe\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03abc")...))
	f.Add(append(hello("raw.test"), answer()...))
	h := string(hello("x.test"))
	f.Add(onWire(f, 1<<32-30, seg{up, -1, syn, "", 0, 0}, seg{down, 0, 0, "220\r\n", 0, 0}, seg{up, 40, 0, h[40:], 0, 0}, seg{up, 0, 0, h[:50], 0, 20},
		seg{down, 5, 0, string(answer()), 900, 0}, seg{up, len(h), fin, "", 0, 0}, seg{down, 52, rst, "", 0, 0}))
	f.Fuzz(func(t *testing.T, file []byte) {
		all, seen, err := readAll(t, file, nil)
		if at, ok := err.(*Error); err != nil && (!ok || at.Off < 0 || at.Off > int64(len(file))) {
			t.Fatalf("error %v", err)
		}
		total := int64(0)
		for _, c := range all {
			total += checkConn(t, c)
		}
		if seen.Format != "TLS records" && (total > int64(len(file)) || seen.Conns-seen.Plain != len(all)) {
			t.Fatalf("%d bytes come out of %d, in %d connections: %+v", total, len(file), len(all), seen)
		}
		again, stopped := indexed(t, file)
		if len(again) != len(all) || (stopped == nil) != (err == nil) {
			t.Fatalf("an index gives %d connections, error %v; reading %d, error %v", len(again), stopped, len(all), err)
		}
		for _, c := range again {
			checkConn(t, c)
		}
	})
}

// checkConn checks that what a connection says of itself adds up, and returns how
// many bytes its chunks have.
func checkConn(t *testing.T, c *Conn) int64 {
	var at [2]int64
	var over [2]bool
	var turn [2]int64
	total := int64(0)
	for i, k := range c.Chunks {
		if len(k.Data) > 0 && k.turn < turn[k.Dir] || k.turn > c.Packets {
			t.Fatalf("connection %d, chunk %d came with packet %d, one before it with %d", c.Number, i, k.turn, turn[k.Dir])
		}
		turn[k.Dir] = max(turn[k.Dir], k.turn)
		if k.Note.Kind == Gap {
			if k.Note.Off != at[k.Dir] || k.Note.N <= 0 {
				t.Fatalf("connection %d, chunk %d: %v, at %d", c.Number, i, k.Note, at[k.Dir])
			}
			at[k.Dir] += k.Note.N
		}
		if over[k.Dir] && len(k.Data) > 0 {
			t.Fatalf("connection %d, chunk %d comes after the end of its direction", c.Number, i)
		}
		over[k.Dir] = over[k.Dir] || k.Fin || k.Reset
		at[k.Dir] += int64(len(k.Data))
		total += int64(len(k.Data))
	}
	if total > c.Bytes {
		t.Fatalf("connection %d: %d bytes came, %d come out", c.Number, c.Bytes, total)
	}
	return total
}

// FuzzSegments: whatever segments a connection is said to consist of, what comes
// out is what was sent, at its offset, and the table lets go of everything.
func FuzzSegments(f *testing.F) {
	step := func(f flag, seq int16, n byte, ack uint16) []byte {
		b := binary.BigEndian.AppendUint16([]byte{byte(f)}, uint16(seq))
		return binary.BigEndian.AppendUint16(append(b, n), ack)
	}
	f.Add(uint32(1<<32-9), bytes.Join([][]byte{step(syn, -1, 0, 0), step(0, 0, 90, 0), step(0, 300, 99, 0), step(fin, 399, 0, 0),
		step(other|ack, 0, 10, 500), step(other|fin|ack, 10, 10, 500)}, nil))
	f.Add(uint32(7), bytes.Join([][]byte{step(0, 50, 90, 0), step(0, 0, 50, 0), step(twice, 60, 99, 0), step(rst, 159, 0, 0)}, nil))
	text := [2][]byte{append(hello("x.test"), record(23, pattern(1<<14))...), append(answer(), record(23, pattern(1<<14))...)}
	f.Fuzz(func(t *testing.T, isn uint32, steps []byte) {
		honest := true
		n := min(len(steps)/6, 200)
		file := play(n, func(i int) []byte {
			b := steps[i*6:]
			fl, seq, size := flag(b[0]), int(int16(binary.BigEndian.Uint16(b[1:])))%(1<<13), int(b[3])
			d := 0
			if fl&other != 0 {
				d = 1
			}
			begin := min(max(seq, 0), 1<<13)
			data := bytes.Clone(text[d][begin : begin+size])
			if fl&syn != 0 {
				seq, data = -1, nil
			}
			if fl&twice != 0 || seq < 0 && fl&syn == 0 {
				honest = false
				for i := range data {
					data[i] ^= 1
				}
			}
			p := bare(1, isn+1+uint32(seq), fl&(fin|syn|rst|ack), data)
			binary.BigEndian.PutUint32(p[28:], isn+1+uint32(binary.BigEndian.Uint16(b[4:])))
			if d == 1 {
				copy(p[12:20], bytes.Join([][]byte{p[16:20], p[12:16]}, nil))
				copy(p[20:24], bytes.Join([][]byte{p[22:24], p[20:22]}, nil))
			}
			return p
		})
		var whole bytes.Buffer
		whole.ReadFrom(file)
		all, _, err := readAll(t, whole.Bytes(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all {
			checkConn(t, c)
			if headless(c) || !honest {
				continue
			}
			var at [2]int64
			for _, k := range c.Chunks {
				if k.Note.Kind == Gap {
					at[k.Dir] += k.Note.N
				}
				d := 0
				if (k.Dir == 1) != (c.Client.Port() != 5000) {
					d = 1
				}
				if k.Note.Kind == Conflict || !bytes.Equal(k.Data, text[d][at[k.Dir]:at[k.Dir]+int64(len(k.Data))]) {
					t.Fatalf("connection %d: %v at %d is not what was sent: %s", c.Number, k.Dir, at[k.Dir], tale(c))
				}
				at[k.Dir] += int64(len(k.Data))
			}
		}
		if again, err := indexed(t, whole.Bytes()); err != nil || len(again) != len(all) {
			t.Fatalf("an index gives %d connections of %d, error %v", len(again), len(all), err)
		}
	})
}

// Bits of a step that no flag has.
const (
	other flag = 1 << 6 // the other end sends it
	twice flag = 1 << 7 // with other bytes than it should
)

// headless reports whether the beginning of a connection was not captured.
func headless(c *Conn) bool {
	for _, k := range c.Chunks {
		if k.Note.Kind == Headless {
			return true
		}
	}
	return false
}
