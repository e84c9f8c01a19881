package dissect

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// A pairing is one way for Go's client and server to talk.
type pairing struct {
	name    string
	version uint16
	key     string
	suite   uint16      // for TLS 1.2
	group   tls.CurveID // what both have, or, with retry, the server
	retry   bool        // the client sends a share for another group
	auth    string      // "", "none" (asked, has none), "good"
	tickets bool        // two connections; the second resumes
	edit    func(c, s *tls.Config)
}

// pairings returns every group, every TLS 1.2 suite that can be opened, every kind
// of key with and without client certificates, resumption, and all extensions.
func pairings() []pairing {
	var all []pairing
	groups := []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521,
		tls.X25519MLKEM768, tls.SecP256r1MLKEM768, tls.SecP384r1MLKEM1024}
	for _, g := range groups {
		all = append(all, pairing{name: "1.3 " + g.String(), version: tls.VersionTLS13, key: "p256", group: g})
		if g < 256 {
			all = append(all, pairing{name: "1.2 " + g.String(), version: tls.VersionTLS12, key: "p256", group: g})
		}
		if g != tls.X25519MLKEM768 && g != tls.X25519 {
			all = append(all, pairing{name: "1.3 retry " + g.String(), version: tls.VersionTLS13, key: "p256", group: g, retry: true})
		}
	}
	for _, suite := range tls.CipherSuites() {
		key := "rsa2048"
		if strings.Contains(suite.Name, "ECDSA") {
			key = "p256"
		}
		if slices.Contains(suite.SupportedVersions, tls.VersionTLS12) && !strings.Contains(suite.Name, "CBC") {
			all = append(all, pairing{name: suite.Name, version: tls.VersionTLS12, key: key, suite: suite.ID})
		}
	}
	for _, v := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, key := range []string{"p256", "rsa2048", "ed25519"} {
			for _, auth := range []string{"", "none", "good"} {
				name := fmt.Sprintf("%s %s auth %s", tls.VersionName(v), key, auth)
				all = append(all, pairing{name: name, version: v, key: key, auth: auth})
			}
		}
		all = append(all,
			pairing{name: tls.VersionName(v) + " tickets", version: v, key: "p256", tickets: true},
			pairing{name: tls.VersionName(v) + " everything", version: v, key: "p256", edit: everything})
	}
	return all
}

// everything sets all that leads to further extensions and messages.
func everything(c, s *tls.Config) {
	c.NextProtos, s.NextProtos = []string{"h2", "http/1.1"}, []string{"http/1.1"}
	// A timestamp of log 0 at time 0, with 8 bytes of signature.
	sct := append(make([]byte, 1+32+8+2), 4, 3, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8)
	s.Certificates[0].OCSPStaple = []byte("\x30\x03\x0a\x01\x03") // tryLater
	s.Certificates[0].SignedCertificateTimestamps = [][]byte{sct, sct}
}

// connect makes the connections of a pairing, and returns the last.
func (p pairing) connect(t *testing.T, certs map[string]tls.Certificate, keys *Keys) []Record {
	client, server := settings(certs[p.key])
	// The client decides the version; the server can do all.
	client.MinVersion, client.MaxVersion = p.version, p.version
	if p.suite != 0 {
		server.CipherSuites = []uint16{p.suite}
	}
	if p.group != 0 {
		server.CurvePreferences = []tls.CurveID{p.group}
		client.CurvePreferences = []tls.CurveID{p.group}
	}
	if p.retry {
		client.CurvePreferences = nil
	}
	if p.auth != "" {
		server.ClientAuth = tls.RequestClientCert
	}
	if p.auth == "good" {
		client.Certificates = []tls.Certificate{certs[p.key]}
	}
	if p.edit != nil {
		p.edit(client, server)
	}
	if p.tickets {
		client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
		replay(New(keys), talk(t, client, server, keys))
	}
	return replay(New(keys), talk(t, client, server, keys))
}

// want returns what the records of each direction should be.
func (p pairing) want() (client, server []string) {
	if p.version == tls.VersionTLS12 {
		return p.want12()
	}
	client, server = []string{"clear ClientHello"}, []string{"clear ServerHello", "clear ChangeCipherSpec"}
	client = append(client, "clear ChangeCipherSpec")
	if p.retry {
		client = append(client, "clear ClientHello")
		server = []string{"clear HelloRetryRequest", "clear ChangeCipherSpec", "clear ServerHello"}
	}
	server = append(server, "handshake EncryptedExtensions")
	if p.auth != "" {
		server = append(server, "handshake CertificateRequest")
		client = append(client, "handshake Certificate")
	}
	if p.auth == "good" {
		client = append(client, "handshake CertificateVerify")
	}
	if !p.tickets {
		server = append(server, "handshake Certificate", "handshake CertificateVerify")
	}
	server = append(server, "handshake Finished")
	if p.tickets {
		server = append(server, "application NewSessionTicket")
	}
	return append(client, "handshake Finished"), server
}

// want12 is want for TLS 1.2. A resumed session has no certificate and no key
// exchange, and the server's Finished comes first.
func (p pairing) want12() (client, server []string) {
	client, server = []string{"clear ClientHello"}, []string{"clear ServerHello"}
	if p.tickets {
		server = append(server, "clear NewSessionTicket")
	} else {
		server = append(server, "clear Certificate")
		if p.edit != nil {
			server = append(server, "clear CertificateStatus")
		}
		server = append(server, "clear ServerKeyExchange")
		if p.auth != "" {
			server = append(server, "clear CertificateRequest")
			client = append(client, "clear Certificate")
		}
		server = append(server, "clear ServerHelloDone")
		client = append(client, "clear ClientKeyExchange")
		if p.auth == "good" {
			client = append(client, "clear CertificateVerify")
		}
	}
	end := []string{"clear ChangeCipherSpec", "application Finished"}
	return append(client, end...), append(server, end...)
}

// TestGoAndGo makes every pairing on loopback: all records open, all bytes are
// understood, and the messages are those of that pairing.
func TestGoAndGo(t *testing.T) {
	certs := map[string]tls.Certificate{}
	for _, kind := range []string{"p256", "rsa2048", "ed25519"} {
		certs[kind] = certified(t, kind)
	}
	for _, p := range pairings() {
		t.Run(p.name, func(t *testing.T) {
			records := p.connect(t, certs, NewKeys())
			for _, r := range records {
				if r.Why != nil {
					t.Errorf("%s %s: %v", r.Dir, Label(r.Tree), r.Why)
				}
				sound(t, r.Tree)
				decoded(t, r.Tree)
			}
			p.values(t, records)
			client, server := p.want()
			client = append(client, "application GET / HTTP/1.1", "application Alert close_notify")
			server = append(server, "application HTTP/1.1 200 OK", "application Alert close_notify")
			if got := lines(records, ToServer); !slices.Equal(got, client) {
				t.Errorf("the client sent\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(client, "\n"))
			}
			if got := lines(records, ToClient); !slices.Equal(got, server) {
				t.Errorf("the server sent\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(server, "\n"))
			}
		})
	}
}

// values compares what the trees say with the settings.
func (p pairing) values(t *testing.T, records []Record) {
	t.Helper()
	want := map[string]string{
		"ClientHello.extensions.server_name":     "app.lab.test",
		"ClientHello.supported_versions.version": VersionName(uint64(p.version)),
		"ClientHello":                            "for app.lab.test, " + tls.VersionName(p.version),
	}
	if p.suite != 0 {
		want["ServerHello.cipher_suite"] = fmt.Sprintf("%s (0x%04x)", tls.CipherSuiteName(p.suite), p.suite)
	}
	if p.group != 0 && p.version == tls.VersionTLS13 {
		want["ServerHello.key_share.group"] = GroupName(uint64(p.group))
		want["ServerHello.key_share"] = wire.Bare(GroupName(uint64(p.group)))
	} else if p.group != 0 {
		want["ServerKeyExchange.namedcurve"] = GroupName(uint64(p.group))
	}
	if p.retry {
		want["HelloRetryRequest.selected_group"] = GroupName(uint64(p.group))
	}
	if p.tickets && p.version == tls.VersionTLS13 {
		want["NewSessionTicket"] = "good for 7 days"
		want["ClientHello.extensions.pre_shared_key"] = "resumes with 1 ticket"
	} else if p.tickets {
		want["NewSessionTicket"] = "good for as long as the server likes"
		want["ServerHello.extensions.session_ticket"] = "a new ticket will come"
	} else {
		want["Certificate"] = "1 certificate"
		want["Certificate.Certificate.subject.value"] = "app.lab.test"
		want["Certificate.subjectAltName.dNSName"] = "app.lab.test"
	}
	if p.edit != nil && p.version == tls.VersionTLS13 {
		want["EncryptedExtensions.application_layer_protocol_negotiation"] = "http/1.1"
		want["Certificate.extensions.status_request"] = "an OCSP response: tryLater"
		want["Certificate.extensions.signed_certificate_timestamp"] = "2 timestamps"
	} else if p.edit != nil {
		want["ServerHello.application_layer_protocol_negotiation.ProtocolName"] = "http/1.1"
		want["ServerHello.signed_certificate_timestamp"] = "2 timestamps"
		want["CertificateStatus.response"] = "tryLater"
	}
	for path, value := range want {
		message, rest, inside := strings.Cut(path, ".")
		f := first(records, message)
		if f != nil && inside {
			f = f.Find(rest)
		}
		if f == nil {
			t.Errorf("no %s", path)
		} else if f.Value != value {
			t.Errorf("%s is %q, want %q", path, f.Value, value)
		}
	}
}
