package dissect

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// echKey makes an ECHConfig and its private key (RFC 9849, Section 4).
func echKey(t testing.TB, id byte) tls.EncryptedClientHelloKey {
	t.Helper()
	k, err := hpke.DHKEM(ecdh.X25519()).GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	priv, err := k.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	body := append([]byte{id, 0, 0x20}, long(k.PublicKey().Bytes())...)
	body = append(body, long([]byte{0, 1, 0, 1})...) // HKDF-SHA256, AES-128-GCM
	body = append(body, 32, byte(len("public.lab.test")))
	body = append(append(body, "public.lab.test"...), 0, 0)
	config := append([]byte{0xfe, 0x0d}, long(body)...)
	return tls.EncryptedClientHelloKey{Config: config, PrivateKey: priv, SendAsRetry: true}
}

// echKeys returns a key log that has the private key.
func echKeys(t testing.TB, k tls.EncryptedClientHelloKey) *Keys {
	t.Helper()
	keys := NewKeys()
	if err := keys.ECH(k.Config, k.PrivateKey); err != nil {
		t.Fatal(err)
	}
	return keys
}

// TestECH opens what Go's client encrypts to Go's server, with and without a
// HelloRetryRequest.
func TestECH(t *testing.T) {
	for _, retry := range []bool{false, true} {
		client, server := settings(certified(t, "p256"))
		key := echKey(t, 7)
		server.EncryptedClientHelloKeys = []tls.EncryptedClientHelloKey{key}
		client.EncryptedClientHelloConfigList = long(key.Config)
		client.MinVersion, client.NextProtos, server.NextProtos = tls.VersionTLS13, []string{"h2"}, []string{"h2"}
		if retry {
			server.CurvePreferences = []tls.CurveID{tls.CurveP384}
		}
		log := NewKeys()
		seen := talk(t, client, server, log)
		keys := echKeys(t, key)
		keys.Write(log.Bytes())
		records := heardAll(t, seen, keys)
		hellos := 0
		for _, r := range records {
			for _, m := range r.Msgs {
				if m.Name != "ClientHello" {
					continue
				}
				hellos++
				inner := m.Find("extensions.encrypted_client_hello.payload.ClientHelloInner")
				if inner == nil {
					t.Fatalf("retry %v: no inner hello in\n%s", retry, shown(m))
				}
				if got := m.Find("extensions.server_name").Value; got != "public.lab.test" {
					t.Errorf("outside: %s", got)
				}
				if got := inner.Find("extensions.server_name").Value; got != "app.lab.test" {
					t.Errorf("inside: %s", got)
				}
				for _, path := range []string{"extensions.key_share.client_shares", "extensions.application_layer_protocol_negotiation", "cipher_suites"} {
					if inner.Find(path) == nil {
						t.Errorf("no %s inside", path)
					}
				}
				if id := inner.Kid("legacy_session_id"); string(id.Bytes()) != string(m.Kid("legacy_session_id").Bytes()) {
					t.Errorf("session ID %x", id.Bytes())
				}
				if got := inner.Kid("length").Code; int(got) != inner.N-4 {
					t.Errorf("length %d of %d", got, inner.N-4)
				}
			}
		}
		if hellos != map[bool]int{false: 1, true: 2}[retry] {
			t.Errorf("%d hellos", hellos)
		}
		// What has opened it is in the log, which opens as much without the key.
		loggedToo(t, keys, seen, records)
		// Without either nobody knows the random that the log has.
		s := New(log)
		replay(s, seen)
		if left := whys(s); len(left) == 0 {
			t.Error("it opens without the private key")
		}
	}
}

// loggedToo fails unless a key log, written and read again, opens all that it had
// opened with a private key.
func loggedToo(t *testing.T, keys *Keys, seen []chunk, want []Record) {
	t.Helper()
	again := NewKeys()
	again.Write(keys.Bytes())
	got := heardAll(t, seen, again)
	if len(got) != len(want) {
		t.Fatalf("%d records, not %d", len(got), len(want))
	}
	for i := range want {
		if got, want := shown(got[i].Tree), shown(want[i].Tree); got != want {
			t.Errorf("from the log alone:\n%s\nwith the private key:\n%s", got, want)
		}
	}
}

// TestECHSecondHello: where the capture has only what came after a
// HelloRetryRequest, a key log still opens the hello there.
func TestECHSecondHello(t *testing.T) {
	client, server := settings(certified(t, "p256"))
	key := echKey(t, 7)
	server.EncryptedClientHelloKeys = []tls.EncryptedClientHelloKey{key}
	server.CurvePreferences = []tls.CurveID{tls.CurveP384}
	client.EncryptedClientHelloConfigList = long(key.Config)
	client.MinVersion = tls.VersionTLS13
	seen := talk(t, client, server, NewKeys())
	keys := echKeys(t, key)
	var second []byte
	for _, r := range replay(New(keys), seen) {
		if len(r.Msgs) == 1 && r.Msgs[0].Name == "ClientHello" {
			second = r.Tree.Bytes()
		}
	}
	again := NewKeys()
	again.Write(keys.Bytes())
	hello := New(again).Feed(ToServer, second)[0].Msgs[0]
	if in := hello.Find("encrypted_client_hello.ClientHelloInner"); in == nil || in.Find("extensions.server_name").Value != "app.lab.test" {
		t.Errorf("not opened:\n%s", shown(hello))
	}
}

// TestECHLogged has logs that open nothing: half of what is needed, or what is wrong.
func TestECHLogged(t *testing.T) {
	client, server := settings(certified(t, "p256"))
	key, other := echKey(t, 7), echKey(t, 7)
	server.EncryptedClientHelloKeys = []tls.EncryptedClientHelloKey{key}
	client.EncryptedClientHelloConfigList = long(key.Config)
	client.MinVersion = tls.VersionTLS13
	seen := talk(t, client, server, NewKeys())
	keys := echKeys(t, key)
	hello := replay(New(keys), seen)[0].Msgs[0]
	random := [32]byte(hello.Kid("random").Bytes())
	secret, config := keys.secret(labelHello, random[:]), keys.secret(labelConfig, random[:])
	if len(secret) != 32 || !bytes.Equal(config, key.Config) {
		t.Fatalf("logged: secret %x, configuration %x", secret, config)
	}
	strange := slices.Clone(config)
	strange[6]++ // the KEM
	for name, log := range map[string][2][]byte{
		"both":            {secret, config},
		"no secret":       {nil, config},
		"no config":       {secret, nil},
		"another secret":  {make([]byte, 32), config},
		"another config":  {secret, other.Config},
		"no known KEM":    {secret, strange},
		"another version": {secret, append([]byte{0xfe, 0x0a}, config[2:]...)},
	} {
		k := NewKeys()
		for i, label := range []string{labelHello, labelConfig} {
			if log[i] != nil {
				fmt.Fprintf(k, "%s %x %x\n", label, random, log[i])
			}
		}
		hello := replay(New(k), seen)[0].Msgs[0]
		if got := hello.Find("encrypted_client_hello.ClientHelloInner") != nil; got != (name == "both") {
			t.Errorf("%s: opened: %v", name, got)
		}
	}
}

// TestECHConfigsBound: key logs may be full of configurations.
func TestECHConfigsBound(t *testing.T) {
	k := NewKeys()
	const each = 2000
	for i := range maxConfigs/each + 9 {
		fmt.Fprintf(k, "ECH_CONFIG %064x %x\n", i, make([]byte, each))
	}
	if n := k.news(); n != maxConfigs/each {
		t.Errorf("%d configurations are kept", n)
	}
}

// TestECHRefused: a server without the key goes on with the outer hello, and both
// log its random, whatever was inside.
func TestECHRefused(t *testing.T) {
	client, server := settings(certified(t, "p256"))
	stale, fresh := echKey(t, 7), echKey(t, 8)
	server.EncryptedClientHelloKeys = []tls.EncryptedClientHelloKey{fresh}
	client.EncryptedClientHelloConfigList = long(stale.Config)
	client.MinVersion = tls.VersionTLS13
	client.EncryptedClientHelloRejectionVerify = func(tls.ConnectionState) error { return nil }
	log := NewKeys()
	seen := refused(t, client, server, log)
	for _, known := range []tls.EncryptedClientHelloKey{stale, fresh} {
		keys := echKeys(t, known)
		keys.Write(log.Bytes())
		records := replay(New(keys), seen)
		for _, r := range records {
			sound(t, r.Tree)
			if r.Why != nil {
				t.Errorf("%s: %v", Label(r.Tree), r.Why)
			}
		}
		if got := strings.Join(lines(records, ToServer), ", "); !strings.Contains(got, "Alert ech_required") {
			t.Errorf("the client says %s", got)
		}
	}
}

// TestECHBadKeys has what is no ECHConfig, or no key of one.
func TestECHBadKeys(t *testing.T) {
	k := echKey(t, 1)
	strange := slices.Clone(k.Config)
	binary.BigEndian.PutUint16(strange[5:], 0x7777)
	for _, bad := range []tls.EncryptedClientHelloKey{
		{}, {Config: k.Config}, {Config: k.Config[:6], PrivateKey: k.PrivateKey}, {Config: strange, PrivateKey: k.PrivateKey},
		{Config: long(k.Config), PrivateKey: k.PrivateKey}, {Config: k.Config, PrivateKey: k.PrivateKey[1:]},
	} {
		if err := NewKeys().ECH(bad.Config, bad.PrivateKey); err == nil {
			t.Errorf("%x: taken", bad.Config)
		}
	}
	keys := NewKeys()
	for range maxHelloKeys {
		keys.ECH(k.Config, k.PrivateKey)
	}
	if err := keys.ECH(k.Config, k.PrivateKey); err == nil {
		t.Error("no bound")
	}
}

// FuzzExpanded: whatever a client encrypted, what it stands for is a sound tree.
func FuzzExpanded(f *testing.F) {
	hello := func(exts ...byte) []byte {
		b := append([]byte{3, 3}, make([]byte, 32)...)
		b = append(b, 0, 0, 2, 0x13, 1, 1, 0)
		return append(b, long(exts)...)
	}
	f.Add(hello(0, 43, 0, 3, 2, 3, 4), hello(0xfd, 0, 0, 3, 2, 0, 43, 0, 0, 0, 0))
	f.Add(hello(0, 43, 0, 3, 2, 3, 4, 0, 0, 0, 0), append(hello(0xfd, 0, 0, 5, 4, 0, 43, 0, 0, 0xfe, 0xd, 0, 1, 1), 0, 0, 0))
	f.Add(hello(), hello(0xfd, 0, 0, 9))
	f.Fuzz(func(t *testing.T, outer, inner []byte) {
		if len(outer)+len(inner) > 1<<14 {
			return
		}
		m := append([]byte{1, 0, byte(len(outer) >> 8), byte(len(outer))}, outer...)
		msgs := New(nil).Feed(ToServer, plainRecord(typeHandshake, m))[0].Msgs
		payload := leaf("payload", &wire.Source{Data: inner}, 0, len(inner), "")
		if len(msgs) == 0 {
			return
		}
		in := uncover(msgs[0], payload, payload.Src, nil)
		sober(t, payload, len(outer)+len(inner))
		if in != nil && (len(in.random) != 32 || in.tree.N > len(outer)+len(inner)+64) {
			t.Errorf("%d bytes of %d and %d", in.tree.N, len(outer), len(inner))
		}
	})
}
