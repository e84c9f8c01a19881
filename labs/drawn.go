package labs

import (
	"bytes"
	"crypto/rand"
	"sync"
)

// maxDrawn is how many pieces of randomness are kept of each side.
const maxDrawn = 16

// A drawer is a source of randomness for one side of a connection that keeps what
// may be a private key of the key exchange: what is 32 bytes long. Only where
// GODEBUG has cryptocustomrand=1 does Go take such keys from it; then the key
// schedule can be shown from its very beginning.
type drawer struct {
	mu   sync.Mutex
	kept [][]byte
}

// Read fills p from the system's source.
func (d *drawer) Read(p []byte) (int, error) {
	n, err := rand.Read(p)
	d.mu.Lock()
	defer d.mu.Unlock()
	if n == 32 && len(d.kept) < maxDrawn {
		d.kept = append(d.kept, bytes.Clone(p))
	}
	return n, err
}

// drawn returns what both sides drew that may be a private key. Go's P-256 turns
// one bit pattern of what it draws over.
func (c *Conn) drawn() [][]byte {
	var all, other [][]byte
	for _, d := range c.draws {
		if d == nil {
			continue // it is not Go's
		}
		d.mu.Lock()
		for _, b := range d.kept {
			turned := bytes.Clone(b)
			turned[1] ^= 0x42
			all, other = append(all, b), append(other, turned)
		}
		d.mu.Unlock()
	}
	return append(all, other...)
}
