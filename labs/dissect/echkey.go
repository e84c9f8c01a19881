package dissect

import (
	"crypto/ecdh"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// A ClientHello inside another opens with the server's private key, as a lab has it,
// or with what a key log says of it: the secret that the client has sealed it with, and
// the ECHConfig (RFC 9850, Section 2.3). The former leads to the latter: what was opened
// with a private key is logged, so that whoever has the log can open it too.

// maxHelloKeys is how many private keys of encrypted_client_hello a key log keeps.
const maxHelloKeys = 16

// A helloKey opens what clients encrypt to one ECHConfig (RFC 9849, Section 4).
type helloKey struct {
	config []byte
	key    *ecdh.PrivateKey
}

// kemOf returns the config_id and the KEM of an ECHConfig: its version and length
// come first (RFC 9849, Section 4).
func kemOf(config []byte) (id byte, kem uint16, err error) {
	if len(config) < minConfig || binary.BigEndian.Uint16(config) != 0xfe0d {
		return 0, 0, errors.New("not an ECHConfig of version 0xfe0d")
	}
	return config[4], binary.BigEndian.Uint16(config[5:]), nil
}

// minConfig is how long an ECHConfig is at least for its kem_id to be there.
const minConfig = 7

// ECH adds the private key of an ECHConfig, which comes with its version and
// length, as the server that has it holds it. ClientHellos encrypted to it are
// opened, and the secrets looked for under the random inside: clients and servers
// log them under that one. What opens them is logged too. It concerns what is fed
// from then on.
func (k *Keys) ECH(config, priv []byte) error {
	_, kem, err := kemOf(config)
	if err != nil {
		return err
	}
	curve := kemCurve(kem)
	if curve == nil {
		return fmt.Errorf("the KEM %s of the ECHConfig is not known here", kemName(uint64(kem)))
	}
	key, err := curve.NewPrivateKey(priv)
	if err != nil {
		return fmt.Errorf("the private key of the ECHConfig: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.hellos) >= maxHelloKeys {
		return fmt.Errorf("more than %d keys for encrypted_client_hello", maxHelloKeys)
	}
	k.hellos = append(k.hellos, helloKey{slices.Clone(config), key})
	return nil
}

// opened logs what has opened a ClientHello that was sealed in one with that random.
func (k *Keys) opened(random, shared, config []byte) {
	if len(random) != 32 || shared == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.keep(logged{labelHello, [32]byte(random)}, shared)
	k.keep(logged{labelConfig, [32]byte(random)}, config)
}

// A sealedHello is what a ClientHello says of the one that is sealed in it.
type sealedHello struct {
	random    []byte // of the outer one
	id        byte
	enc       []byte
	kdf, aead uint16
}

// An opening is what may open one.
type opening struct {
	with           *receiver
	log            *Keys // which has the key that it comes from
	shared, config []byte
}

// openings returns what may open a sealed hello: of the logged secrets the one that is
// said to, and of the private keys all that have its config_id. After a
// HelloRetryRequest it is what has opened the first hello, and enc is empty (RFC 9849,
// Section 6.1.5).
func (s *Session) openings(h sealedHello) []opening {
	again := len(h.enc) == 0
	if again && s.said.inner != nil {
		return []opening{{with: s.said.inner.with, log: s.logs[ToServer]}}
	}
	var out []opening
	for _, k := range s.logs {
		shared, config := k.secret(labelHello, h.random), k.secret(labelConfig, h.random)
		if shared != nil && config != nil {
			out = h.with(out, opening{log: k, shared: shared, config: config})
		}
		for _, key := range k.helloKeys(h.id) {
			if _, kem, err := kemOf(key.config); err == nil && !again {
				out = h.with(out, opening{log: k, shared: decapsulate(kem, key.key, h.enc), config: key.config})
			}
		}
		if s.logs[ToServer] == s.logs[ToClient] {
			break
		}
	}
	// Where the first hello is not at hand, the second is still the second.
	for i := range out {
		if again {
			out[i].with.seq = 1
		}
	}
	return out
}

// with adds an opening with its receiver, if there can be one. What is agreed on is the
// whole ECHConfig (RFC 9849, Section 6.1.1).
func (h *sealedHello) with(all []opening, o opening) []opening {
	_, kem, err := kemOf(o.config)
	if err != nil || o.shared == nil {
		return all
	}
	if o.with = newReceiver(o.shared, kem, h.kdf, h.aead, append([]byte("tls ech\x00"), o.config...)); o.with == nil {
		return all
	}
	return append(all, o)
}

// helloKeys returns the keys with that config_id.
func (k *Keys) helloKeys(id byte) []helloKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []helloKey
	for _, h := range k.hellos {
		if own, _, err := kemOf(h.config); err == nil && own == id {
			out = append(out, h)
		}
	}
	return out
}
