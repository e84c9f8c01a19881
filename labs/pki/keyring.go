package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// A Keyring makes private keys, by kind. Keys on curves take microseconds and
// are fresh each time; an RSA key takes a good part of a second, so that one of
// each size is made once per process and shared. A Keyring may be used by several
// goroutines at once. Its keys never leave memory.
type Keyring struct {
	rsa  *rsaKeys   // shared with every ring that Noted made of this one
	note func(Made) // hears of what is signed; may be nil
}

// rsaKeys are the RSA keys of a process, one of each size.
type rsaKeys struct {
	mu  sync.Mutex
	all map[int]*making // by size in bits
}

// A making is the RSA key of one size.
type making struct {
	done chan struct{} // closed when key or err is there
	key  crypto.Signer
	err  error
}

// NewKeyring returns a key ring that has made nothing yet.
func NewKeyring() *Keyring { return &Keyring{rsa: &rsaKeys{all: map[int]*making{}}} }

// Kinds returns the kinds of key that people use, the default first.
func Kinds() []string { return []string{"p256", "p384", "rsa2048", "ed25519"} }

// WeakKinds returns further kinds that Key makes, which nobody should use.
func WeakKinds() []string { return []string{"rsa1024", "rsa512"} }

// Warm begins to make the RSA key of 2048 bits in the background, at most once.
// It does not wait for it.
func (k *Keyring) Warm() { k.rsa.begin(2048) }

// Wait returns when nothing is being made in the background.
func (k *Keyring) Wait() {
	k.rsa.mu.Lock()
	all := slices.Collect(maps.Values(k.rsa.all))
	k.rsa.mu.Unlock()
	// Not under the lock: who asks for a key that is there need not wait for others.
	for _, m := range all {
		<-m.done
	}
}

// Key returns a private key of a kind that Kinds or WeakKinds lists. For RSA it
// is the ring's one key of that size, and the first call may have to wait for it.
func (k *Keyring) Key(kind string) (crypto.Signer, error) {
	switch kind {
	case "p256":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "p384":
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "ed25519":
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	case "rsa2048":
		return k.rsa.wait(2048)
	case "rsa1024":
		return k.rsa.wait(1024)
	case "rsa512":
		return k.rsa.wait(512)
	}
	return nil, fmt.Errorf("making a key: no kind is named %q", kind)
}

// wait returns the RSA key of a size.
func (r *rsaKeys) wait(size int) (crypto.Signer, error) {
	// Others may be waiting for the same key.
	m := r.begin(size)
	<-m.done
	return m.key, m.err
}

// begin starts the making of an RSA key unless that has been done.
func (r *rsaKeys) begin(size int) *making {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := r.all[size]; m != nil {
		return m
	}
	m := &making{done: make(chan struct{})}
	r.all[size] = m
	// It ends by itself; Wait is for those who count goroutines.
	go func() {
		defer close(m.done)
		key, err := rsaKey(size)
		if err != nil {
			m.err = fmt.Errorf("making an RSA key: %w", err)
			return
		}
		m.key = key
	}()
	return m
}

// rsaKey makes an RSA key of any size; crypto/rsa itself makes none below 1024.
func rsaKey(size int) (crypto.Signer, error) {
	if size < 1024 {
		return newWeak(size)
	}
	return rsa.GenerateKey(rand.Reader, size)
}
