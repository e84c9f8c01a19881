package labs

import (
	"context"
	"fmt"
	"math/bits"
	"net"
	"strings"
	"sync"
	"testing"

	"tlstutor/labs/dissect"
	"tlstutor/labs/loop"
	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// TestTamper changes each message at either version: who notices, with which
// alert, and what both sides say.
func TestTamper(t *testing.T) {
	const local, remote = "local error: tls: bad record MAC", "remote error: tls: bad record MAC"
	for _, x := range []struct {
		max, message, what string
		who                Party
		alert              string
		client, server     string // the beginning of what they say
	}{
		{"1.3", "ClientHello", "ClientHello.host_name", Client, "bad_record_mac", local, local},
		{"1.3", "ServerHello", "ServerHello.random", Client, "bad_record_mac", local, local},
		{"1.3", "Certificate", "Certificate.encrypted_record", Client, "bad_record_mac", local, remote},
		{"1.3", "Finished", "Finished.encrypted_record", Server, "bad_record_mac", remote, local},
		{"1.3", "application_data", "application_data.encrypted_record", Server, "bad_record_mac", remote, local},
		{"1.2", "ClientHello", "ClientHello.host_name", Server, "bad_record_mac", remote, local},
		{"1.2", "ServerHello", "ServerHello.random", Client, "illegal_parameter", "tls: invalid signature by the server certificate", "remote error: tls: illegal parameter"},
		{"1.2", "Certificate", "Certificate.serialNumber", Client, "bad_certificate", "tls: failed to verify certificate", "remote error: tls: bad certificate"},
		{"1.2", "Finished", "Finished.encrypted_record", Server, "bad_record_mac", remote, local},
		{"1.2", "application_data", "application_data.encrypted_record", Server, "bad_record_mac", remote, local},
	} {
		name := x.max + " " + x.message
		events := finish(t, Handshake, "max="+x.max, "tamper="+x.message)
		if what, _, ok := Lookup(events, "tampered"); !ok || what != x.what {
			t.Errorf("%s: tampered with %q, want %q", name, what, x.what)
		}
		end := End(events)
		if end.Who != x.who || end.Alert != x.alert {
			t.Errorf("%s: %s ends it with %q", name, end.Who, end.Alert)
		}
		if end.Field != x.what && !strings.HasSuffix(x.what, "."+end.At.Name) || end.At == nil {
			t.Errorf("%s: it is about %q", name, end.Field)
		}
		for who, want := range map[string]string{"client": x.client, "server": x.server} {
			if said, _, _ := Lookup(events, "error("+who+")"); !strings.HasPrefix(said, want) {
				t.Errorf("%s: the %s says %q, want %q", name, who, said, want)
			}
		}
		oneBit(t, name, events)
	}
}

// TestTamperElsewhere: a hello without a name is changed in another place.
func TestTamperElsewhere(t *testing.T) {
	for max, want := range map[string]map[string]string{
		"1.3": {"tampered": "ClientHello.legacy_session_id", "alert(client)": "illegal_parameter", "error(client)": "tls: server did not echo the legacy session ID"},
		"1.2": {"tampered": "ClientHello.legacy_session_id", "alert(client)": "bad_certificate"}, // nobody looks at it: the name decides
	} {
		events := finish(t, Handshake, "name=127.0.0.1", "max="+max, "tamper=ClientHello")
		asks(t, max, events, want)
		oneBit(t, max, events)
	}
}

// oneBit checks that of all that was delivered one record differs from what was
// written, in one bit, that the attacker tells of just that, and that every
// record could be opened by the keys of its writer.
func oneBit(t *testing.T, name string, events []Event) {
	t.Helper()
	changed := 0
	for i, r := range Records(events) {
		if r.OnWire() && r.Event.Err != nil {
			t.Errorf("%s: record %d stays sealed: %v", name, i, r.Event.Err)
		}
		if r.As == nil {
			continue
		}
		n, at := 0, -1
		was, is := r.Event.Tree.Bytes(), r.As.Bytes()
		for j := range was {
			if d := bits.OnesCount8(was[j] ^ is[j]); d > 0 {
				n, at = n+d, j
			}
		}
		if changed += n; n != 1 || len(was) != len(is) {
			t.Errorf("%s: record %d arrives with %d bits changed, %d bytes of %d", name, i, n, len(is), len(was))
			continue
		}
		if err := wire.Check(r.As, openLeaf); err != nil {
			t.Errorf("%s: as delivered: %v", name, err)
		}
		next := Records(events)[i+1]
		if next.Event.Who != Attacker || !strings.Contains(next.Event.Text, fmt.Sprintf("byte %d of the record: 0x%02x becomes 0x%02x", at, was[at], is[at])) {
			t.Errorf("%s: byte %d changed, behind it stands %q", name, at, next.Event.Text)
		}
		for what, b := range map[string]byte{"tampered.written": was[at], "tampered.delivered": is[at]} {
			if v, f, _ := Lookup(events, what); v != fmt.Sprintf("0x%02x", b) || len(f.Kids) != 1 {
				t.Errorf("%s: %s is %s", name, what, v)
			}
		}
	}
	if changed != 1 {
		t.Errorf("%s: %d bits changed in all", name, changed)
	}
}

// A reader keeps what a peer has read from its socket.
type reader struct {
	net.Conn
	mu   sync.Mutex
	read []byte
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.read = append(r.read, p[:n]...)
	return n, err
}

// TestDeliveredIsTrue compares what is told as delivered with what the peers
// themselves read, of every message that can be tampered with.
func TestDeliveredIsTrue(t *testing.T) {
	for _, what := range names("none", targets) {
		var ends [2]reader
		spy := func(p Peer) Peer {
			return func(s *Side) error {
				ends[s.Dir].Conn, s.Endpoint.Conn = s.Endpoint.Conn, &ends[s.Dir]
				return p(s)
			}
		}
		lab := &Lab{Name: "spied", Run: func(ctx context.Context, b *Bench, s Settings) error {
			return b.meet(s, Route{Alter: b.tamper(what)}, spy)
		}}
		events, err := Start(context.Background(), lab, setting(t, Handshake), Options{Keys: ring}).Wait()
		if err != nil {
			t.Fatal(err)
		}
		var told [2][]byte
		for _, e := range events {
			if e.Kind == Delivered && e.Tree != nil {
				told[1-e.Dir()] = append(told[1-e.Dir()], e.Tree.Bytes()...)
			}
		}
		for d, read := range []*reader{&ends[0], &ends[1]} {
			// A side that has failed may leave the rest unread.
			if got := string(read.read); got == "" || !strings.HasPrefix(string(told[d]), got) {
				t.Errorf("%s: the %s read %d bytes, and not those told of", what, new(Conn).Party(dissect.Dir(d)), len(got))
			}
		}
	}
}

// TestAlterLetsThrough: an attacker who wants nothing changes nothing.
func TestAlterLetsThrough(t *testing.T) {
	asked := 0
	lab := &Lab{Name: "idle", Run: func(ctx context.Context, b *Bench, s Settings) error {
		idle := func(*Conn, *loop.Chunk) *wire.Field { asked++; return nil }
		return b.meet(s, Route{Alter: idle}, func(p Peer) Peer { return p })
	}}
	events, err := Start(context.Background(), lab, setting(t, Handshake), Options{Keys: ring}).Wait()
	if err != nil || !saidDone(events, Client) || !saidDone(events, Server) {
		t.Fatalf("not completed: %v", err)
	}
	if n := len(onlyWire(Records(events))); asked != n {
		t.Errorf("asked about %d of %d records", asked, n)
	}
}

// meet makes the connection of the handshake lab over a route of the test's own.
func (b *Bench) meet(s Settings, r Route, spy func(Peer) Peer) error {
	ca, err := pki.New(b.Keys(), b.Now)
	if err != nil {
		return err
	}
	server, err := b.handshakeServer(ca, s, nil)
	if err != nil {
		return err
	}
	clients, err := b.handshakeClient(ca, s, nil)
	if err != nil {
		return err
	}
	client, err := clients(0)
	if err != nil {
		return err
	}
	_, _, err = b.Connect(r, spy(server), spy(client))
	return err
}
