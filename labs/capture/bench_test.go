package capture

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"testing"
	"time"

	"tlstutor/labs/dissect"
)

// crowd is a file of n connections, all open at once: their chunks take turns.
// In a small one they only greet each other.
func crowd(t testing.TB, n int, small bool) []byte {
	conns := make([]Conn, n)
	for i := range conns {
		c := secure("10.0.0.1:1", "10.9.9.9:443")
		if small {
			c.Chunks = c.Chunks[:2]
			c.Chunks[1].Data = answer()
		}
		c.Client = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), uint16(1024+i))
		c.Keys = nil
		for j := range c.Chunks {
			c.Chunks[j].At = time.Duration(j*n+i) * time.Microsecond
		}
		conns[i] = c
	}
	return write(t, conns...)
}

func BenchmarkRead(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			file := crowd(b, n, false)
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				r := NewReader(bytes.NewReader(file), nil)
				for {
					_, err := r.Next()
					if err == io.EOF {
						break
					}
					if err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/conn")
		})
	}
}

func BenchmarkScan(b *testing.B) {
	bulk := secure("10.0.0.1:1", "10.9.9.9:443")
	bulk.Chunks = bulk.Chunks[:3]
	for range 1000 {
		bulk.Chunks = append(bulk.Chunks, Chunk{Dir: dissect.ToClient, Data: pattern(100_000)})
	}
	for name, file := range map[string][]byte{"crowd": crowd(b, 10000, false), "bulk": write(b, bulk)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				x := NewIndex(bytes.NewReader(file), int64(len(file)))
				if err := x.Scan(b.Context(), func(int64) {}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
