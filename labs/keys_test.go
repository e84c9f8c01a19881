package labs

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"tlstutor/labs/dissect"
	"tlstutor/labs/pki"
)

// A logged is what one side's own key log was given, seen by the test itself.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// has says which keys stand in the log, in the words of Conn.Has.
func (l *logged) has() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := l.text.String()
	switch {
	case strings.Contains(text, "CLIENT_RANDOM "):
		return "traffic keys"
	case strings.Contains(text, "CLIENT_TRAFFIC_SECRET_0 "):
		return "handshake and traffic keys"
	case strings.Contains(text, "CLIENT_HANDSHAKE_TRAFFIC_SECRET "):
		return "handshake keys"
	}
	return "no keys"
}

// spied is a lab of one connection whose sides log to the test as well.
func spied(max uint16, client, server *logged) *Lab {
	also := func(p Peer, l *logged) Peer {
		return func(s *Side) error {
			s.Log = io.MultiWriter(l, s.Log)
			return p(s)
		}
	}
	return &Lab{Name: "spied", Run: func(ctx context.Context, b *Bench, _ Settings) error {
		ca, err := pki.New(b.Keys(), b.Now)
		if err != nil {
			return err
		}
		cert, err := b.Issue(ca, pki.Leaf{Names: []string{labName}})
		if err != nil {
			return err
		}
		s := &tls.Config{Time: b.Now, Certificates: []tls.Certificate{cert}, SessionTicketsDisabled: true}
		c := &tls.Config{Time: b.Now, RootCAs: ca.Roots(), ServerName: labName, MaxVersion: max}
		_, v, err := b.Connect(Route{}, also(b.TLS(s, answer), server), also(b.TLS(c, ask), client))
		if err == nil && v.Client != nil {
			err = v.Client
		}
		return err
	}}
}

func TestWhoHasWhichKeys(t *testing.T) {
	for max, want := range map[uint16][]string{
		tls.VersionTLS13: {
			"no keys, no keys", // ClientHello waits
			"no keys, handshake and traffic keys",
			"handshake and traffic keys, handshake and traffic keys",
		},
		tls.VersionTLS12: {
			"no keys, no keys",
			"traffic keys, no keys",
			"traffic keys, traffic keys",
		},
	} {
		var client, server logged
		r := Start(context.Background(), spied(max, &client, &server), nil, Options{Held: true, Keys: ring})
		seen := map[string]bool{}
		for {
			at, waits := r.Held()
			if _, ended := r.Since(0); ended {
				break
			}
			if !waits {
				continue
			}
			waitFor(t, "the screen's word equals each side's log", func() bool {
				return at.Conn.Has(Client) == client.has() && at.Conn.Has(Server) == server.has()
			})
			seen[at.Conn.Has(Client)+", "+at.Conn.Has(Server)] = true
			r.Next()
		}
		if _, err := r.Wait(); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !seen[w] {
				t.Errorf("max %s: never was it %q (client, server); seen: %v", tls.VersionName(max), w, seen)
			}
		}
	}
}

func TestStateAgrees(t *testing.T) {
	for _, words := range turns() {
		events := finish(t, Handshake, words...)
		for _, who := range []Party{Client, Server} {
			for _, e := range events {
				said, ok := strings.CutPrefix(e.Text, "handshake complete: ")
				if e.Who != who || e.Kind != Said || !ok {
					continue
				}
				suite, _, ok := Lookup(events, "ServerHello.cipher_suite")
				if !ok || !strings.Contains(said, suite) {
					t.Errorf("%v: the %s says %q, the wire says %q", words, who, said, suite)
				}
			}
		}
	}
}

// TestLateKeys holds the keys back until the peers are done: each record is told
// of at once, sealed, and found open once the keys have come. Without any keys,
// it is said in the end why it stays sealed. Nothing is told of twice.
func TestLateKeys(t *testing.T) {
	for _, never := range []bool{false, true} {
		late := func(p Peer) Peer {
			return func(s *Side) error {
				var kept bytes.Buffer
				log := s.Log
				s.Log = &kept
				err := p(s)
				if !never {
					for line := range strings.Lines(kept.String()) {
						io.WriteString(log, line)
					}
				}
				return err
			}
		}
		lab := &Lab{Name: "late", Run: func(ctx context.Context, b *Bench, _ Settings) error {
			ca, err := pki.New(b.Keys(), b.Now)
			if err != nil {
				return err
			}
			cert, err := b.Issue(ca, pki.Leaf{Names: []string{labName}})
			if err != nil {
				return err
			}
			s := &tls.Config{Time: b.Now, Certificates: []tls.Certificate{cert}, SessionTicketsDisabled: true}
			c := &tls.Config{Time: b.Now, RootCAs: ca.Roots(), ServerName: labName}
			_, _, err = b.Connect(Route{}, late(b.TLS(s, answer)), late(b.TLS(c, ask)))
			return err
		}}
		events, err := Start(context.Background(), lab, nil, Options{Keys: ring}).Wait()
		if err != nil {
			t.Fatal(err)
		}
		sealed := 0
		seen := map[string]bool{}
		for _, e := range events {
			if e.Kind != Written || e.Tree == nil {
				continue
			}
			if e.Err != nil {
				sealed++
			}
			at := fmt.Sprint(e.Who, e.Tree.Off)
			if seen[at] {
				t.Errorf("%s of the %s is written twice", e.Text, e.Who)
			}
			seen[at] = true
		}
		if sealed < 5 {
			t.Fatalf("with the keys held back only %d records were written sealed", sealed)
		}
		for _, r := range Records(events) {
			switch {
			case r.Event.checks():
			case r.Event.Text != dissect.Label(r.Event.Tree):
				t.Errorf("a record of %s is called %q", dissect.Label(r.Event.Tree), r.Event.Text)
			case r.Delivered < 0:
				t.Errorf("%s was not delivered", r.Event.Text)
			case !never && r.Event.Err != nil:
				t.Errorf("the keys have come, and %s stays sealed: %v", r.Event.Text, r.Event.Err)
			case never && r.Event.Epoch != dissect.Clear && r.Event.Err == nil:
				t.Errorf("%s is open without keys", r.Event.Text)
			}
		}
	}
}
