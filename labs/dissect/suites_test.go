package dissect

import (
	"crypto/tls"
	"fmt"
	"strings"
	"testing"
)

// heardAll fails unless a connection opened as a whole, keeps the rules, and says
// what talk's two sides say.
func heardAll(t *testing.T, seen []chunk, keys *Keys) []Record {
	t.Helper()
	records := replay(New(keys), seen)
	var said, alerts [2]string
	var fed [2]int
	for _, c := range seen {
		fed[c.dir] += len(c.data)
	}
	for _, r := range records {
		if r.Why != nil {
			t.Errorf("%s %s: %v", r.Dir, Label(r.Tree), r.Why)
		}
		sound(t, r.Tree)
		decoded(t, r.Tree)
		for _, m := range r.Msgs {
			switch m.Name {
			case "application_data":
				said[r.Dir] += string(m.Bytes())
			case "Alert":
				alerts[r.Dir] += m.Value
			}
		}
	}
	for _, d := range []Dir{ToServer, ToClient} {
		covered(t, records, d, fed[d])
		if alerts[d] != "warning close_notify" {
			t.Errorf("%s: alerts %q", d, alerts[d])
		}
	}
	if said[ToServer] != question || said[ToClient] != answer {
		t.Errorf("the client says %q, the server %q", said[ToServer], said[ToClient])
	}
	return records
}

// TestGoSuites makes a connection with each cipher suite of crypto/tls at each
// version that has it.
func TestGoSuites(t *testing.T) {
	certs := map[string]tls.Certificate{}
	for _, kind := range []string{"p256", "rsa2048", "ed25519"} {
		certs[kind] = certified(t, kind)
	}
	var names []string
	var conns [][]chunk
	all := NewKeys()
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		for _, version := range suite.SupportedVersions {
			kinds := []string{"rsa2048"}
			if strings.Contains(suite.Name, "ECDSA") {
				kinds[0] = "p256"
			}
			if version == tls.VersionTLS13 {
				// Go does not let anybody choose among these.
				if suite.ID != tls.TLS_AES_128_GCM_SHA256 {
					continue
				}
				kinds = []string{"p256", "rsa2048", "ed25519"}
			}
			for _, kind := range kinds {
				name := fmt.Sprint(tls.VersionName(version), " ", suite.Name, " ", kind)
				t.Run(name, func(t *testing.T) {
					client, server := settings(certs[kind])
					for _, c := range []*tls.Config{client, server} {
						c.MinVersion, c.MaxVersion, c.CipherSuites = version, version, []uint16{suite.ID}
					}
					keys := NewKeys()
					seen := talk(t, client, server, keys)
					records := heardAll(t, seen, keys)
					names, conns = append(names, name), append(conns, seen)
					all.Write(keys.Bytes())
					hello := first(records, "ServerHello")
					if got := hello.Kid("cipher_suite").Value; version < tls.VersionTLS13 && !strings.HasPrefix(got, suite.Name+" (") {
						t.Errorf("the server chose %s", got)
					}
				})
			}
		}
	}
	if len(conns) < 47 {
		t.Errorf("%d combinations", len(conns))
	}
	judged(t, names, conns, all)
}

// TestParts looks at the parts of records whose MAC is by itself.
func TestParts(t *testing.T) {
	cert := certified(t, "rsa2048")
	for _, test := range []struct {
		version, suite uint16
		clear, inside  string // the parts on the wire, and those inside
	}{
		{tls.VersionTLS10, tls.TLS_RSA_WITH_AES_128_CBC_SHA, "encrypted_record 32", "GenericBlockCipher: content 1, MAC 20, padding 10, padding_length 1"},
		{tls.VersionTLS11, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA, "IV 8, encrypted_record 64", "GenericBlockCipher: content 38, MAC 20, padding 5, padding_length 1"},
		{tls.VersionTLS12, tls.TLS_RSA_WITH_AES_128_CBC_SHA256, "IV 16, encrypted_record 80", "GenericBlockCipher: content 38, MAC 32, padding 9, padding_length 1"},
		{tls.VersionTLS12, tls.TLS_RSA_WITH_RC4_128_SHA, "encrypted_record 58", "GenericStreamCipher: content 38, MAC 20"},
		{tls.VersionTLS12, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "nonce_explicit 8, encrypted_record 54", ""},
	} {
		client, server := settings(cert)
		for _, c := range []*tls.Config{client, server} {
			c.MinVersion, c.MaxVersion, c.CipherSuites = test.version, test.version, []uint16{test.suite}
		}
		keys := NewKeys()
		for _, r := range replay(New(keys), talk(t, client, server, keys)) {
			if r.Dir == ToServer && len(r.Msgs) == 1 && r.Msgs[0].Name == "application_data" {
				var clear, inside []string
				for _, k := range r.Tree.Kid("fragment").Kids {
					clear = append(clear, fmt.Sprint(k.Name, " ", k.N))
				}
				if got := strings.Join(clear, ", "); got != test.clear {
					t.Errorf("%x %x: %s, want %s", test.version, test.suite, got, test.clear)
				}
				in := r.Tree.Kids[len(r.Tree.Kids)-1]
				for _, k := range in.Kids {
					inside = append(inside, fmt.Sprint(k.Name, " ", k.N))
				}
				if got := in.Name + ": " + strings.Join(inside, ", "); got != test.inside && test.inside != "" {
					t.Errorf("%x %x: %s, want %s", test.version, test.suite, got, test.inside)
				}
				from := in.Src.From[0]
				at := r.Tree.Kid("fragment").Kid("encrypted_record")
				if from.Off != at.Off || from.N != at.N || from.Src != at.Src {
					t.Errorf("%x %x: decrypted from %d+%d, sealed at %d+%d", test.version, test.suite, from.Off, from.N, at.Off, at.N)
				}
				break
			}
		}
	}
}
