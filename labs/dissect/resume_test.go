package dissect

import (
	"crypto/tls"
	"fmt"
	"slices"
	"testing"
)

// TestTicketNotTaken shows a TLS 1.2 server a ticket that it cannot read any more.
// The handshake is a full one: the session before has no part in its keys, nor in
// those of the session that resumes this one.
func TestTicketNotTaken(t *testing.T) {
	client, server := settings(certified(t, "p256"))
	client.MaxVersion = tls.VersionTLS12
	client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	var logs []*Keys
	var seen [][]chunk
	for _, ticketKey := range []byte{1, 2, 2} {
		server.SetSessionTicketKeys([][32]byte{{ticketKey}})
		log := NewKeys()
		seen = append(seen, talk(t, client, server, log))
		logs = append(logs, log)
	}
	both, one := NewKeys(), NewKeys()
	fmt.Fprintf(both, "%s%s", logs[0].Bytes(), logs[1].Bytes())
	fmt.Fprintf(one, "%s", logs[0].Bytes())
	for i, c := range seen {
		for _, r := range replay(New(both), c) {
			if r.Why != nil {
				t.Errorf("connection %d: %s: %v", i+1, Label(r.Tree), r.Why)
			}
		}
	}
	sealed := 0
	for i, c := range seen[:2] {
		for _, r := range replay(New(one), c) {
			if r.Why == nil {
				continue
			}
			if sealed++; i == 0 || r.Why != (waiting{label: labelMaster}) {
				t.Errorf("with the first key alone, connection %d: %s: %v", i+1, Label(r.Tree), r.Why)
			}
		}
	}
	if sealed == 0 {
		t.Error("the second connection opens with the key of the first")
	}
}

// TestClientFirst feeds all that the client wrote before anything of the server:
// in the end all is open, and the same.
func TestClientFirst(t *testing.T) {
	for log, seen := range both(t) {
		keys := NewKeys()
		fmt.Fprint(keys, log)
		want := replay(New(keys), seen)
		turned := slices.Clone(seen)
		slices.SortStableFunc(turned, func(a, b chunk) int { return int(a.dir) - int(b.dir) })
		got := slices.DeleteFunc(replay(New(keys), turned), func(r Record) bool { return r.Why != nil })
		for _, d := range []Dir{ToServer, ToClient} {
			if a, b := lines(got, d), lines(want, d); !slices.Equal(a, b) {
				t.Errorf("%s: %q, want %q", d, a, b)
			}
		}
	}
}
