package dissect

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// verified returns the findings of a connection that nobody changed.
func verified(t testing.TB, keys *Keys, records []Record) *wire.Field {
	t.Helper()
	v := View{keys, records}
	f := Verify(v, v).Findings()
	if f == nil {
		t.Fatal("nothing was checked")
	}
	if err := wire.Check(f, OpenLeaf); err != nil {
		t.Error(err)
	}
	return f
}

// foundIn returns the names and values of findings, one per line; of the transcripts
// only how long they are.
func foundIn(f *wire.Field) string {
	lines := []string{f.Value}
	for _, k := range f.Kids {
		lines = append(lines, k.Name+": "+k.Value)
	}
	return strings.Join(lines, "\n")
}

// TestVerifyGo checks what Go's client and server prove to each other, at each
// version, suite, kind of key and course of the handshake.
func TestVerifyGo(t *testing.T) {
	certs := map[string]tls.Certificate{}
	for _, kind := range []string{"p256", "rsa2048", "ed25519"} {
		certs[kind] = certified(t, kind)
	}
	for _, p := range pairings() {
		t.Run(p.name, func(t *testing.T) {
			keys := NewKeys()
			f := verified(t, keys, p.connect(t, certs, keys))
			signed := 1
			switch {
			case p.tickets || strings.HasPrefix(tls.CipherSuiteName(p.suite), "TLS_RSA_"):
				signed = 0
			case p.auth == "good":
				signed = 2
			}
			want := "both Finished match"
			switch signed {
			case 1:
				want += ", 1 signature verifies"
			case 2:
				want += ", 2 signatures verify"
			}
			if p.version < tls.VersionTLS13 {
				want += ", the server's random says that it could do a newer version"
			}
			if p.tickets && p.version == tls.VersionTLS13 {
				want += ", the client's PSK binder could not be checked"
			}
			if f.Value != want || f.Err != nil {
				t.Errorf("found\n%s\nwant %s", foundIn(f), want)
			}
		})
	}
}

// TestVerifyOthers checks what other people's clients and servers proved to each
// other.
func TestVerifyOthers(t *testing.T) {
	for name, r := range recorded(t) {
		t.Run(name, func(t *testing.T) {
			keys := NewKeys()
			fmt.Fprint(keys, r.log)
			records := replay(New(keys), r.seen)
			// Some ended before anybody had proved anything.
			if v := (View{keys, records}); Verify(v, v).Findings() == nil {
				if first(records, "Finished") != nil || first(records, "ServerHello") != nil {
					t.Error("nothing was checked")
				}
				return
			}
			f := verified(t, keys, records)
			// One is of a key known before, the other of a ticket from a connection before.
			why := map[string]string{"psk13": "one that both sides had before", "early": "the earlier connection's last secret"}[name]
			if b := f.Kid("PskBinderEntry.binder (client)"); why != "" && (b == nil || !strings.Contains(b.Value, why)) {
				t.Errorf("the binder: %v", b)
			}
			if f.Err != nil || !strings.Contains(f.Value, "Finished match") {
				t.Errorf("%s", foundIn(f))
			}
		})
	}
}

// TestVerifyRFC8448 recomputes what the RFC publishes.
func TestVerifyRFC8448(t *testing.T) {
	for section, tr := range traces(t) {
		keys := NewKeys()
		fmt.Fprint(keys, tr.log())
		s := New(keys)
		var records []Record
		for i, b := range tr.records {
			records = append(records, s.Feed(tr.dirs[i], b)...)
		}
		f := verified(t, keys, records)
		if f.Err != nil || !strings.HasPrefix(f.Value, "both Finished match") {
			t.Errorf("section %s:\n%s", section, foundIn(f))
		}
		var hashes []string
		f.Walk(func(path []*wire.Field) { hashes = append(hashes, path[len(path)-1].Value) })
		for name, secret := range tr.secrets {
			if (strings.HasSuffix(name, "finished") || strings.HasPrefix(name, "hash")) && !slices.Contains(hashes, secret) {
				t.Logf("section %s: %s %s is not among the findings", section, name, secret)
			}
		}
	}
}

// TestVerifyECH expects the transcript to hold the hello that counted: the inner
// one (RFC 9849, Section 6.1), also where the server asked again.
func TestVerifyECH(t *testing.T) {
	for _, retry := range []bool{false, true} {
		client, server := settings(certified(t, "p256"))
		key := echKey(t, 7)
		server.EncryptedClientHelloKeys = []tls.EncryptedClientHelloKey{key}
		client.EncryptedClientHelloConfigList = long(key.Config)
		client.MinVersion = tls.VersionTLS13
		if retry {
			server.CurvePreferences = []tls.CurveID{tls.CurveP384}
		}
		log := NewKeys()
		seen := talk(t, client, server, log)
		keys := echKeys(t, key)
		keys.Write(log.Bytes())
		if f := verified(t, keys, replay(New(keys), seen)); f.Value != "both Finished match, 1 signature verifies" {
			t.Errorf("retry %v: %s", retry, foundIn(f))
		}
	}
}

// TestVerifyFlipped flips one bit of each value that is checked, for the one who
// gets it only, and expects that it is said not to hold.
func TestVerifyFlipped(t *testing.T) {
	for _, p := range []struct {
		version uint16
		message string
		field   string
		dir     Dir
		want    string
	}{
		{tls.VersionTLS13, "Finished", "verify_data", ToClient, "Finished.verify_data (server)"},
		{tls.VersionTLS13, "Finished", "verify_data", ToServer, "Finished.verify_data (client)"},
		{tls.VersionTLS12, "Finished", "verify_data", ToServer, "Finished.verify_data (client)"},
		{tls.VersionTLS12, "Finished", "verify_data", ToClient, "Finished.verify_data (server)"},
		{tls.VersionTLS13, "CertificateVerify", "signature", ToClient, "CertificateVerify.signature (server)"},
		{tls.VersionTLS12, "ServerKeyExchange", "signature", ToClient, "ServerKeyExchange.signature"},
		{tls.VersionTLS12, "ServerKeyExchange", "public", ToClient, "ServerKeyExchange.signature"},
		{tls.VersionTLS13, "EncryptedExtensions", "", ToClient, "Finished.verify_data (server)"},
		{tls.VersionTLS12, "ServerHelloDone", "", ToClient, "Finished.verify_data (client)"},
	} {
		client, server := settings(certified(t, "ed25519"))
		client.MaxVersion = p.version
		keys := NewKeys()
		records := replay(New(keys), talk(t, client, server, keys))
		given := slices.Clone(records)
		for i := range given {
			given[i].Msgs = slices.Clone(given[i].Msgs)
			for j, m := range given[i].Msgs {
				if m.Name == p.message && given[i].Dir == p.dir {
					given[i].Msgs[j] = flipped(m, p.field)
				}
			}
		}
		sent, got := View{keys, records}, View{keys, given}
		if p.dir == ToServer {
			sent, got = got, sent // the server is who gets it
		}
		f := Verify(got, sent).Findings().Kid(p.want)
		if f == nil || f.Err == nil || !strings.Contains(f.Value, "does not") {
			t.Errorf("%s.%s: %+v", p.message, p.field, f)
		}
		if both := (View{keys, given}); Verify(both, both).Findings().Kid(p.want).Err == nil {
			t.Errorf("%s.%s: holds for both, though both have it changed", p.message, p.field)
		}
	}
}

// flipped is a message with one bit changed: the last of that field, or, where none
// is named, of the length in its header.
func flipped(m *wire.Field, field string) *wire.Field {
	src := &wire.Source{Name: "flipped", Data: slices.Clone(m.Src.Data)}
	at := m.Off + 3
	if field != "" {
		f := m.Find(field)
		at = f.Off + f.N - 1
	}
	src.Data[at] ^= 1
	var moved func(f *wire.Field) *wire.Field
	moved = func(f *wire.Field) *wire.Field {
		g := *f
		if g.Src == m.Src {
			g.Src = src
		}
		g.Kids = nil
		for _, k := range f.Kids {
			g.Kids = append(g.Kids, moved(k))
		}
		return &g
	}
	return moved(m)
}

// FuzzVerify: whatever two sides say to each other in the clear, as much as they
// like of each message, it is checked, and the findings keep the rules.
func FuzzVerify(f *testing.F) {
	for _, r := range recorded(f) {
		var script []byte
		for _, rec := range r.records() {
			for _, m := range rec.Msgs {
				if b := m.Bytes(); m.Kid("msg_type") != nil && len(b) < 1<<12 {
					script = append(append(script, byte(rec.Dir), byte(rec.Epoch), byte(len(b)>>8), byte(len(b))), b...)
				}
			}
		}
		f.Add(script, uint16(0x0303))
		f.Add(script, uint16(0x0304))
	}
	f.Fuzz(func(t *testing.T, script []byte, version uint16) {
		s := versioned(version, 0x1301)
		var v View
		keys := NewKeys()
		v.Keys = keys
		for len(script) > 4 && len(v.Records) < 200 {
			n := min(int(script[2])<<8|int(script[3]), len(script)-4)
			src := &wire.Source{Name: "fuzz", Data: script[4 : 4+n]}
			m := wire.ParseAll(messageName(src.Data), src, s.message)
			v.Records = append(v.Records, Record{Dir: Dir(script[0] & 1), Epoch: Epoch(script[1] & 3), Tree: m, Msgs: []*wire.Field{m}})
			if r := m.Kid("random"); r != nil && r.N == 32 && m.Name == "ClientHello" {
				for _, label := range []string{labelClientHandshake, labelServerHandshake, labelClientTraffic, labelServerTraffic, labelMaster} {
					fmt.Fprintf(keys, "%s %x %064x%032x\n", label, r.Bytes(), 1, 2)
					fmt.Fprintf(keys, "%s %x %064x\n", label, r.Bytes(), 1)
				}
			}
			if m.Name == "ServerHello" {
				s.heardServer(m)
			}
			script = script[4+n:]
		}
		a := Verify(v, v)
		for _, f := range []*wire.Field{a.Findings(), a.Schedule([][]byte{make([]byte, 32), []byte("short")}, "")} {
			if f != nil {
				sound(t, f)
			}
		}
	})
}
