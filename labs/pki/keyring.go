package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"sync"
)

// A Keyring makes private keys, by kind. Keys on curves take microseconds and
// are fresh each time; an RSA key takes a good part of a second, so that one is
// made once per process and shared. A Keyring may be used by several goroutines
// at once. Its keys never leave memory.
type Keyring struct {
	mu   sync.Mutex
	done chan struct{} // nil until the RSA key is begun, closed when it is there
	rsa  *rsa.PrivateKey
	err  error
}

// NewKeyring returns a key ring that has made nothing yet.
func NewKeyring() *Keyring { return &Keyring{} }

// Kinds returns the kinds of key that Key makes, the default first.
func Kinds() []string { return []string{"p256", "p384", "rsa2048", "ed25519"} }

// Warm begins to make the RSA key in the background, at most once. It does not
// wait for it.
func (k *Keyring) Warm() { k.begin() }

// Wait returns when nothing is being made in the background.
func (k *Keyring) Wait() {
	k.mu.Lock()
	done := k.done
	k.mu.Unlock()
	if done != nil {
		<-done
	}
}

// Key returns a private key of a kind that Kinds lists. For rsa2048 it is the
// ring's one key, and the first call may have to wait for it.
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
		<-k.begin()
		if k.err != nil {
			return nil, k.err
		}
		return k.rsa, nil
	}
	return nil, fmt.Errorf("making a key: no kind is named %q", kind)
}

// begin starts the making of the RSA key unless that has been done, and returns
// the channel that is closed when rsa and err are set.
func (k *Keyring) begin() <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.done != nil {
		return k.done
	}
	done := make(chan struct{})
	k.done = done
	go func() {
		defer close(done)
		k.rsa, k.err = rsa.GenerateKey(rand.Reader, 2048)
		if k.err != nil {
			k.err = fmt.Errorf("making an RSA key: %w", k.err)
		}
	}()
	return done
}
