package main

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"golang.org/x/crypto/cryptobyte"

	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// The two names of an encrypted client hello: the one that is asked for, and the
// one that everybody may read.
const (
	hiddenName = "hidden.lab.test"
	publicName = "public.lab.test"
)

// hello tries an encrypted client hello (RFC 9849), and looks whether the name
// that it hides was on the wire.
func (b *bench) hello() finding {
	f := finding{Check: "ECH", Says: "the name asked for is not on the wire; no lab needs this yet"}
	sent, err := b.sealedHello()
	switch {
	case err != nil:
		f.Says = wire.Clean(err.Error(), 200) + "; no lab needs this yet"
	case bytes.Contains(sent, []byte(hiddenName)) || !bytes.Contains(sent, []byte(publicName)):
		f.Says = "the wrong name is on the wire; no lab needs this yet"
	default:
		f.OK = true
	}
	return f
}

// sealedHello makes a handshake with an encrypted client hello, over a pipe, and
// returns what the client sent.
func (b *bench) sealedHello() ([]byte, error) {
	key, list, err := helloKey()
	if err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	ca, err := pki.New(b.keys, time.Now)
	if err != nil {
		return nil, err
	}
	leaf, err := ca.Leaf(pki.Leaf{Names: []string{hiddenName, publicName}})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	near, far := net.Pipe()
	defer near.Close()
	served := make(chan error, 1)
	go func() {
		defer far.Close()
		served <- tls.Server(far, &tls.Config{
			Certificates:             []tls.Certificate{{Certificate: leaf.Chain, PrivateKey: leaf.Key}},
			EncryptedClientHelloKeys: []tls.EncryptedClientHelloKey{key},
		}).HandshakeContext(ctx)
	}()
	sent := &sender{Conn: near}
	conn := tls.Client(sent, &tls.Config{RootCAs: ca.Roots(), ServerName: hiddenName, EncryptedClientHelloConfigList: list})
	err = conn.HandshakeContext(ctx)
	if err == nil && !conn.ConnectionState().ECHAccepted {
		err = errors.New("the server did not accept the hello")
	}
	near.Close()
	// What the server has to say of a client that gave up is no news.
	if other := <-served; err == nil {
		err = other
	}
	return sent.all, err
}

// A sender keeps what is written to a connection.
type sender struct {
	net.Conn
	all []byte
}

// Write is called by one handshake, one call after the other.
func (s *sender) Write(p []byte) (int, error) {
	s.all = append(s.all, p...)
	return s.Conn.Write(p)
}

// helloKey makes a server's key for encrypted hellos, and the list of
// configurations that its clients get: ECHConfigList (RFC 9849, Section 4) with
// one entry, for X25519, HKDF-SHA256 and AES-128-GCM.
func helloKey() (tls.EncryptedClientHelloKey, []byte, error) {
	none := tls.EncryptedClientHelloKey{}
	kem := hpke.DHKEM(ecdh.X25519())
	key, err := kem.GenerateKey()
	if err != nil {
		return none, nil, err
	}
	private, err := key.Bytes()
	if err != nil {
		return none, nil, err
	}
	var c, list cryptobyte.Builder
	c.AddUint16(0xfe0d) // version
	c.AddUint16LengthPrefixed(func(c *cryptobyte.Builder) {
		c.AddUint8(1) // config_id
		c.AddUint16(kem.ID())
		c.AddUint16LengthPrefixed(func(c *cryptobyte.Builder) { c.AddBytes(key.PublicKey().Bytes()) })
		c.AddUint16LengthPrefixed(func(c *cryptobyte.Builder) {
			c.AddUint16(hpke.HKDFSHA256().ID())
			c.AddUint16(hpke.AES128GCM().ID())
		})
		c.AddUint8(0) // maximum_name_length
		c.AddUint8LengthPrefixed(func(c *cryptobyte.Builder) { c.AddBytes([]byte(publicName)) })
		c.AddUint16(0) // extensions
	})
	config, err := c.Bytes()
	if err != nil {
		return none, nil, err
	}
	list.AddUint16LengthPrefixed(func(c *cryptobyte.Builder) { c.AddBytes(config) })
	all, err := list.Bytes()
	return tls.EncryptedClientHelloKey{Config: config, PrivateKey: private}, all, err
}
