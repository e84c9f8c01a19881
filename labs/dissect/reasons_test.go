package dissect

import (
	"crypto/tls"
	"fmt"
	"strings"
	"testing"
)

// whys returns the reasons of what stayed sealed, each once.
func whys(s *Session) map[string]int {
	all := map[string]int{}
	for _, r := range s.Flush() {
		all[r.Why.Error()]++
	}
	return all
}

// TestReasons produces each reason for which a record is not decrypted.
func TestReasons(t *testing.T) {
	cert := certified(t, "rsa2048")
	keys := map[uint16]*Keys{}
	seen := map[uint16][]chunk{}
	for _, v := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		client, server := settings(cert)
		client.MaxVersion, keys[v] = v, NewKeys()
		seen[v] = talk(t, client, server, keys[v])
	}
	resumed, first, second := resumedByTicket(t)
	unknown := unknownSuite(t, seen[tls.VersionTLS12])
	version := altered(seen[tls.VersionTLS12], "ServerHello.legacy_version", "\x03\x00")
	for _, test := range []struct {
		name string
		keys *Keys
		seen []chunk
		gap  int
		want string
	}{
		{"no secret, 1.3", nil, seen[tls.VersionTLS13], 0, "the key log has no SERVER_HANDSHAKE_TRAFFIC_SECRET"},
		{"no secret, 1.2", nil, seen[tls.VersionTLS12], 0, "the key log has no CLIENT_RANDOM"},
		{"unknown suite", keys[tls.VersionTLS12], unknown, 0, "cipher suite TLS_RSA_WITH_ARIA_128_GCM_SHA256 (0xc050) is not one that can be opened here"},
		{"unknown version", keys[tls.VersionTLS12], version, 0, "SSL 3.0 (0x0300) is not a version that can be opened here"},
		{"wrong secret, 1.3", spoiled(keys[tls.VersionTLS13]), seen[tls.VersionTLS13], 0, errKey.Error()},
		{"wrong secret, 1.2", spoiled(keys[tls.VersionTLS12]), seen[tls.VersionTLS12], 0, errKey.Error()},
		{"gap", keys[tls.VersionTLS13], seen[tls.VersionTLS13], 200, "gap in the capture: 200 bytes are missing before this record"},
		{"resumed", second, resumed, 0, "the key log has no CLIENT_RANDOM, neither of this connection nor of the session that it resumes"},
		{"resumed, the session known", first, resumed, 0, ""},
	} {
		s := New(test.keys)
		if test.gap > 0 { // of the ServerHello
			lossy(s, test.seen, ToClient, 20, 20+test.gap)
		} else {
			replay(s, test.seen)
		}
		got := whys(s)
		if test.want == "" && len(got) > 0 || test.want != "" && got[test.want] == 0 {
			t.Errorf("%s: %v, want %s", test.name, got, test.want)
		}
	}
}

// resumedByTicket returns a TLS 1.2 connection that resumes another, the keys with
// those of the first, and the keys of the second alone, which are none.
func resumedByTicket(t *testing.T) (seen []chunk, first, second *Keys) {
	t.Helper()
	client, server := settings(certified(t, "p256"))
	client.MaxVersion = tls.VersionTLS12
	client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	first, second = NewKeys(), NewKeys()
	replay(New(first), talk(t, client, server, first))
	seen = talk(t, client, server, second)
	if n := len(second.Bytes()); n > 0 {
		t.Fatalf("Go logs %d bytes of keys for what is resumed", n)
	}
	return seen, first, second
}

// TestResume: what one log learned of sessions, another may take over.
func TestResume(t *testing.T) {
	seen, first, second := resumedByTicket(t)
	alone := NewKeys()
	alone.Resume(first)
	alone.Resume(alone)
	alone.Resume(second)
	heardAll(t, seen, alone)
	if string(alone.Bytes()) != string(first.Bytes()) {
		t.Errorf("kept %q of %q", alone.Bytes(), first.Bytes())
	}
}

// TestSessionID takes what openssl logs for the resumed connection from the log:
// it is the secret of the session that has the ID.
func TestSessionID(t *testing.T) {
	path, ok := program(t, "openssl")
	if !ok {
		return
	}
	o := ossl{server: "-no_ticket", client: []string{"-tls1_2 -sess_out s.pem", "-tls1_2 -sess_in s.pem"}}
	seen, all := o.run(t, path)
	first, _, _ := strings.Cut(string(all.Bytes()), "\n")
	keys := NewKeys()
	fmt.Fprintln(keys, first)
	for i, c := range seen {
		o.opened(t, i, c, keys)
	}
}

// spoiled returns a log with the same lines and other secrets.
func spoiled(k *Keys) *Keys {
	out := NewKeys()
	for line := range strings.Lines(string(k.Bytes())) {
		i := strings.LastIndexByte(line, ' ') + 1
		fmt.Fprintf(out, "%s%s\n", line[:i], strings.Repeat("ab", len(line[i:])/2))
	}
	return out
}

// unknownSuite returns a connection whose server chose a cipher suite that only
// other code opens.
func unknownSuite(t *testing.T, seen []chunk) []chunk {
	t.Helper()
	if suite, ok := suiteOf(0xc050); ok {
		t.Fatalf("a suite of kind %d", suite.kind)
	}
	return altered(seen, "ServerHello.cipher_suite", "\xc0\x50")
}

// altered returns a connection with other bytes in a field of its messages in the
// clear.
func altered(seen []chunk, path, to string) []chunk {
	var out []chunk
	s := New(nil)
	for _, c := range cut(seen) {
		data := c.data
		for _, r := range s.Feed(c.dir, c.data) {
			if f := r.Tree.Find(path); f != nil {
				data = append([]byte(nil), data...)
				copy(data[f.Off-r.Tree.Off:], to)
			}
		}
		out = append(out, chunk{c.dir, data})
	}
	return out
}
