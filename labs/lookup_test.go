package labs

import (
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

func TestLookup(t *testing.T) {
	runs := map[string][]Event{}
	at := func(words string) []Event {
		if runs[words] == nil {
			runs[words] = finish(t, Handshake, strings.Fields(words)...)
		}
		return runs[words]
	}
	for _, x := range []struct{ words, path, want string }{
		{"", "ServerHello.cipher_suite", "TLS_AES_128_GCM_SHA256"},
		{"", "ClientHello.server_name", "app.lab.test"},
		{"", "ClientHello.extensions.server_name.extension_data.server_name_list.ServerName.host_name", "app.lab.test"},
		{"", "TLSPlaintext.type", "handshake"},
		{"", "Certificate.subjectAltName", "app.lab.test"},
		{"", "Certificate.tbsCertificate.version", "v3"},
		{"", "ServerHello.selected_version", "TLS 1.3"},
		{"", "len(ClientHello.server_name)", "21"},
		{"", "count(ClientHello)", "1"},
		{"", "count(CertificateEntry)", "2"},
		{"", "count(Certificate)", "1"},
		{"", "count(HelloRetryRequest)", "0"},
		{"group=P-384", "count(ClientHello)", "2"},
		{"group=P-384", "HelloRetryRequest.selected_group", "secp384r1"},
		{"", "last(server)", "Finished"},
		{"", "last(client)", "Finished"},
		{"", "last(ca)", "none"},
		{"", "alert(server)", "none"},
		{"", "error(client)", "none"},
		{"", "goal(the handshake completes)", "met"},
		{"", "goal(the server knows who the client is)", "the client showed no certificate that the server accepts; set auth and client-cert"},
		{"auth=require client-cert=good", "goal(the server knows who the client is)", "met"},
		{"auth=request client-cert=good max=1.2", "goal(the server knows who the client is)", "met"},
		{"auth=request", "goal(the server knows who the client is)", "the client showed no certificate that the server accepts; set auth and client-cert"},
		{"fault=unknown-ca", "last(server)", "Finished"},
		{"fault=unknown-ca", "last(client)", "Alert"},
		{"fault=unknown-ca", "alert(client)", "bad_certificate"},
		{"fault=unknown-ca", "alert(server)", "none"},
		{"auth=require", "alert(server)", "certificate_required"},
		{"max=1.2", "ASN.1Cert.Certificate.subjectAltName", "app.lab.test"},
		{"max=1.2", "ServerKeyExchange.namedcurve", "x25519"},
		{"ticket=on", "count(NewSessionTicket)", "1"},
	} {
		value, field, ok := Lookup(at(x.words), x.path)
		if !ok || value != x.want {
			t.Errorf("%s, %s: %q, %v, want %q", x.words, x.path, value, ok, x.want)
		}
		if ok && !strings.Contains(x.path, "(") && field == nil {
			t.Errorf("%s, %s: no field", x.words, x.path)
		}
	}
	for _, path := range []string{"", "ServerHello.nothing", "nothing", "goal(to fly)", "last(nobody)", "last()", "what(server)", "len(nothing)", "tls13:ClientHello", ".", "ClientHello.", "count("} {
		if v, _, ok := Lookup(at(""), path); ok {
			t.Errorf("%q has the answer %q", path, v)
		}
	}
	if v, _, ok := Lookup(nil, "ClientHello"); ok {
		t.Errorf("no run, and the answer %q", v)
	}
	got, _, _ := Lookup(at("fault=wrong-name"), "error(client)")
	if said := complaint(at("fault=wrong-name"), Client, nil); said == nil || got != said.Error() {
		t.Errorf("error(client) is %q, the client said %v", got, said)
	}
}

func TestLookupOnConnection(t *testing.T) {
	run := finish(t, Wiretap)
	for path, want := range map[string]string{
		"tls12:ServerHello.legacy_version":   "TLS 1.2",
		"tls13:ServerHello.selected_version": "TLS 1.3",
		"tls13:count(ServerKeyExchange)":     "0",
		"tls12:count(ServerKeyExchange)":     "1",
		"tls12:last(server)":                 "Finished",
		"clear:plaintext":                    `my password is hunter2\x0a`,
		"clear:last(client)":                 "plaintext",
	} {
		if got, _, ok := Lookup(run, path); !ok || got != want {
			t.Errorf("%s: %q, %v, want %q", path, got, ok, want)
		}
	}
}

func TestBare(t *testing.T) {
	for value, want := range map[string]string{
		"TLS 1.2 (0x0303)":    "TLS 1.2",
		"app.lab.test":        "app.lab.test",
		"v3 (2)":              "v3",
		"a (b (c))":           "a",
		"a (b) c":             "a (b) c",
		"(22)":                "(22)",
		"f(x)":                "f(x)",
		")":                   ")",
		"":                    "",
		"x )":                 "x )",
		"one (two) (three 3)": "one (two)",
	} {
		if got := wire.Bare(value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}
