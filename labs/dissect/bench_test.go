package dissect

import (
	"crypto/tls"
	"testing"
)

// BenchmarkConnection dissects and decrypts one whole TLS 1.3 connection with an
// ECDSA certificate and X25519MLKEM768.
func BenchmarkConnection(b *testing.B) {
	client, server := settings(certified(b, "p256"))
	client.CurvePreferences = []tls.CurveID{tls.X25519MLKEM768}
	keys := NewKeys()
	seen := talk(b, client, server, keys)
	b.ReportAllocs()
	for b.Loop() {
		for _, r := range replay(New(keys), seen) {
			if r.Why != nil {
				b.Fatal(r.Why)
			}
		}
	}
}
