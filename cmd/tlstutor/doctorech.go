package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

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
	f := finding{Check: "ECH", Says: "the name asked for is not on the wire; lab sni needs this for ech"}
	sent, err := b.sealedHello()
	switch {
	case err != nil:
		f.Says = wire.Clean(err.Error(), 200) + "; lab sni needs this for ech"
	case bytes.Contains(sent, []byte(hiddenName)) || !bytes.Contains(sent, []byte(publicName)):
		f.Says = "the wrong name is on the wire; lab sni needs this for ech"
	default:
		f.OK = true
	}
	return f
}

// sealedHello makes a handshake with an encrypted client hello, over a pipe, and
// returns what the client sent.
func (b *bench) sealedHello() ([]byte, error) {
	key, err := pki.NewHelloKey(1, publicName)
	if err != nil {
		return nil, err
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
			EncryptedClientHelloKeys: []tls.EncryptedClientHelloKey{key.EncryptedClientHelloKey},
		}).HandshakeContext(ctx)
	}()
	sent := &sender{Conn: near}
	conn := tls.Client(sent, &tls.Config{RootCAs: ca.Roots(), ServerName: hiddenName, EncryptedClientHelloConfigList: key.List})
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
