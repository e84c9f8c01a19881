package pki

import (
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/tls"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// A HelloKey is what a server opens encrypted client hellos with, and what it
// publishes for that (RFC 9849).
type HelloKey struct {
	tls.EncryptedClientHelloKey        // of which Config is the ECHConfig
	List                        []byte // the ECHConfigList: the same with a length in front
}

// NewHelloKey makes a key for X25519, HKDF-SHA256 and AES-128-GCM, and an ECHConfig
// for it (RFC 9849, Section 4), which says by which name clients ask when all may
// read it.
func NewHelloKey(id byte, publicName string) (*HelloKey, error) {
	kem := hpke.DHKEM(ecdh.X25519())
	key, err := kem.GenerateKey()
	if err != nil {
		return nil, fmt.Errorf("making a key for encrypted hellos: %w", err)
	}
	private, err := key.Bytes()
	if err != nil {
		return nil, err
	}
	var c, list cryptobyte.Builder
	// The version is the number of the extension, so that a client knows by it which
	// encrypted hello it would have to send.
	c.AddUint16(0xfe0d)
	c.AddUint16LengthPrefixed(func(c *cryptobyte.Builder) {
		c.AddUint8(id)
		c.AddUint16(kem.ID())
		c.AddUint16LengthPrefixed(func(c *cryptobyte.Builder) { c.AddBytes(key.PublicKey().Bytes()) })
		// One suite is enough here: all clients that do this at all know it.
		c.AddUint16LengthPrefixed(func(c *cryptobyte.Builder) {
			c.AddUint16(hpke.HKDFSHA256().ID())
			c.AddUint16(hpke.AES128GCM().ID())
		})
		c.AddUint8(0) // maximum_name_length: the client pads as it likes
		c.AddUint8LengthPrefixed(func(c *cryptobyte.Builder) { c.AddBytes([]byte(publicName)) })
		c.AddUint16(0) // no extensions
	})
	config, err := c.Bytes()
	if err != nil {
		return nil, fmt.Errorf("writing an ECHConfig: %w", err)
	}
	// DNS publishes a list, from which a client takes the first that it understands.
	list.AddUint16LengthPrefixed(func(c *cryptobyte.Builder) { c.AddBytes(config) })
	all, err := list.Bytes()
	if err != nil {
		return nil, fmt.Errorf("writing an ECHConfigList: %w", err)
	}
	return &HelloKey{tls.EncryptedClientHelloKey{Config: config, PrivateKey: private, SendAsRetry: true}, all}, nil
}
