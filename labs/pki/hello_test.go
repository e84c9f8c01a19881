package pki

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"testing"
	"time"
)

// TestNewHelloKey: crypto/tls takes both halves: the client's hello is sealed with
// the list, and the server opens it with the key; with another's key it does not.
func TestNewHelloKey(t *testing.T) {
	const hidden, public = "hidden.lab.test", "public.lab.test"
	ca, err := New(NewKeyring(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := ca.Leaf(Leaf{Names: []string{hidden, public}})
	if err != nil {
		t.Fatal(err)
	}
	one, err := NewHelloKey(1, public)
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewHelloKey(1, public)
	if err != nil {
		t.Fatal(err)
	}
	if want := append([]byte{0, byte(len(one.Config))}, one.Config...); !bytes.Equal(one.List, want) {
		t.Errorf("the list is %x, the configuration %x", one.List, one.Config)
	}
	for _, key := range []*HelloKey{one, other} {
		near, far := net.Pipe()
		asked := make(chan string, 1)
		server := tls.Server(far, &tls.Config{
			EncryptedClientHelloKeys: []tls.EncryptedClientHelloKey{key.EncryptedClientHelloKey},
			GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
				asked <- hello.ServerName
				return &tls.Certificate{Certificate: leaf.Chain, PrivateKey: leaf.Key}, nil
			},
		})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		done := make(chan error, 1)
		go func() {
			err := server.HandshakeContext(ctx)
			server.Read(make([]byte, 1)) // a pipe holds nothing: somebody has to take the client's alert
			done <- err
		}()
		client := tls.Client(near, &tls.Config{RootCAs: ca.Roots(), ServerName: hidden, EncryptedClientHelloConfigList: one.List})
		err := client.HandshakeContext(ctx)
		near.Close()
		far.Close()
		<-done
		cancel()
		name := <-asked
		_, refused := err.(*tls.ECHRejectionError)
		if own := key == one; own && (err != nil || name != hidden) || !own && (!refused || name != public) {
			t.Errorf("its own key: %v: asked for %s, %v", own, name, err)
		}
	}
}
