package labs

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/wire"
)

const nothing = "nothing but what is random each time"

// lines are what a summary says: of the run with base's settings, then the same
// with turn's. A number of milliseconds is measured, and so any number will do.
var lines = []struct{ base, turn, want string }{
	{"", "min=1.3", "the client no longer offers TLS 1.2; 10 cipher_suites fewer; 3 signature_algorithms fewer"},
	{"", "min=1.1", "the client offers TLS 1.1 too"},
	{"", "min=1.0", "the client offers TLS 1.1, TLS 1.0 too"},
	{"", "max=1.1", "client ends it without an alert; 13 messages fewer"},
	{"", "max=1.0", "client ends it without an alert; 13 messages fewer"},
	{"", "server-min=1.1", nothing},
	{"", "server-min=1.0", nothing},
	{"", "server-max=1.1", "server ends it with alert protocol_version after the client's ClientHello; 11 messages fewer"},
	{"", "server-max=1.0", "server ends it with alert protocol_version after the client's ClientHello; 11 messages fewer"},
	{"", "resume=on", "13 messages more; new in ClientHello: session_ticket, psk_key_exchange_modes"},
	{"min=1.0 server-min=1.0", "max=1.0", "TLS 1.0 instead of TLS 1.3; 5 messages more, 2 fewer; the certificate is readable; x25519 instead of X25519MLKEM768; 14 fields more; 1 round trip more"},
	{"", "suite=ECDSA-AES128-CBC", nothing},
	{"", "suite=RSA-AES128-CBC", nothing},
	{"", "suite=RSA-3DES", "ClientHello.cipher_suites has also TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"},
	{"", "suite=RSA-RC4", "ClientHello.cipher_suites has also TLS_ECDHE_RSA_WITH_RC4_128_SHA"},
	{"", "suite=kRSA-AES128-GCM", "ClientHello.cipher_suites has also TLS_RSA_WITH_AES_128_GCM_SHA256"},
	{"", "suite=kRSA-AES128-CBC", "ClientHello.cipher_suites has also TLS_RSA_WITH_AES_128_CBC_SHA"},
	{"", "suite=kRSA-3DES", "ClientHello.cipher_suites has also TLS_RSA_WITH_3DES_EDE_CBC_SHA"},
	{"", "suite=kRSA-RC4", "ClientHello.cipher_suites has also TLS_RSA_WITH_RC4_128_SHA"},
	{"max=1.2", "suite=ECDSA-AES128-CBC", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA instead of TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
	{"max=1.2 key=rsa2048", "suite=kRSA-RC4", "1 message fewer: ServerKeyExchange; TLS_RSA_WITH_RC4_128_SHA instead of TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256; 2 fields more"},
	{"", "max=1.2", "TLS 1.2 instead of TLS 1.3; 3 messages more, 2 fewer; the certificate is readable; x25519 instead of X25519MLKEM768; 9 fields more; 1 round trip more"},
	{"", "server-min=1.3", nothing},
	{"", "server-max=1.2", "TLS 1.2 instead of TLS 1.3; 3 messages more, 2 fewer; the certificate is readable; x25519 instead of X25519MLKEM768; 5 fields more; 1 round trip more"},
	{"", "group=X25519MLKEM768", nothing},
	{"", "group=X25519", "x25519 instead of X25519MLKEM768"},
	{"", "group=P-256", "2 messages more: HelloRetryRequest, ClientHello; secp256r1 instead of X25519MLKEM768; 1 round trip more"},
	{"", "group=P-384", "2 messages more: HelloRetryRequest, ClientHello; secp384r1 instead of X25519MLKEM768; 1 round trip more"},
	{"", "group=P-521", "2 messages more: HelloRetryRequest, ClientHello; secp521r1 instead of X25519MLKEM768; 1 round trip more"},
	{"", "group=SecP256r1MLKEM768", "2 messages more: HelloRetryRequest, ClientHello; SecP256r1MLKEM768 instead of X25519MLKEM768; 1 round trip more"},
	{"", "group=SecP384r1MLKEM1024", "2 messages more: HelloRetryRequest, ClientHello; SecP384r1MLKEM1024 instead of X25519MLKEM768; 1 round trip more"},
	{"", "suite=ECDSA-AES128-GCM", nothing},
	{"", "suite=ECDSA-AES256-GCM", nothing},
	{"", "suite=ECDSA-CHACHA20", nothing},
	{"", "suite=RSA-AES128-GCM", nothing},
	{"", "suite=RSA-AES256-GCM", nothing},
	{"", "suite=RSA-CHACHA20", nothing},
	{"", "key=rsa2048", "RSA 2048-bit key instead of P-256 key in the certificate; signed with rsa_pss_rsae_sha256 instead of ecdsa_secp256r1_sha256"},
	{"", "key=ed25519", "Ed25519 key instead of P-256 key in the certificate; signed with ed25519 instead of ecdsa_secp256r1_sha256"},
	{"", "alpn=http/1.1", "both agree on http/1.1 (ALPN)"},
	{"", "alpn=h2", `both agree on h2 (ALPN); the client says "PRI * HTTP/2.0" instead of "GET / HTTP/1.1"; other application_data from the server`},
	{"", "alpn=mismatch", "server ends it with alert no_application_protocol after the client's ClientHello; 11 messages fewer; new in ClientHello: application_layer_protocol_negotiation"},
	{"", "auth=request", "2 messages more: CertificateRequest, Certificate"},
	{"", "auth=require", "server ends it with alert certificate_required after the client's Finished; 2 messages more: CertificateRequest, Certificate; 1 fewer"},
	{"", "client-cert=good", nothing},
	{"", "name=other.lab.test", "client ends it with alert bad_certificate after the server's Finished; 4 messages fewer; light name now fails; the client asks for other.lab.test instead of app.lab.test"},
	{"", "ticket=on", "1 message more: NewSessionTicket; new in ClientHello: session_ticket, psk_key_exchange_modes"},
	{"", "rtt=100", "nothing on the wire; 2 round trips, N ms longer in all"},
	{"", "fault=wrong-name", "client ends it with alert bad_certificate after the server's Finished; 4 messages fewer; light name now fails; the certificate is for other.lab.test instead of app.lab.test"},
	{"", "fault=expired", "client ends it with alert bad_certificate after the server's Finished; 4 messages fewer; light time now fails"},
	{"", "fault=unknown-ca", "client ends it with alert bad_certificate after the server's Finished; 4 messages fewer; light path now fails, anchor is not reached"},
	{"", "fault=no-common-version", "server ends it with alert protocol_version after the client's ClientHello; 11 messages fewer; the client no longer offers TLS 1.3; 3 fields more"},

	{"", "tamper=ClientHello", "client ends it with alert bad_record_mac after the server's Finished; the attacker flips one bit in ClientHello.host_name; 3 messages fewer"},
	{"", "tamper=ServerHello", "client ends it with alert bad_record_mac after the server's Finished; the attacker flips one bit in ServerHello.random; 3 messages fewer"},
	{"", "tamper=Certificate", "client ends it with alert bad_record_mac after the server's Finished; the attacker flips one bit in Certificate.encrypted_record; 4 messages fewer"},
	{"", "tamper=Finished", "server ends it with alert bad_record_mac after the client's Finished; the attacker flips one bit in Finished.encrypted_record; 1 message fewer"},
	{"", "tamper=application_data", "server ends it with alert bad_record_mac after the client's Finished; the attacker flips one bit in application_data.encrypted_record"},
	{"tamper=ServerHello", "tamper=none", "it completes now; no bit is flipped; 3 messages more: Finished, application_data, application_data"},

	{"auth=request", "client-cert=good", "1 message more: CertificateVerify; the client shows a certificate for alice.lab.test"},
	{"auth=request client-cert=good", "client-cert=none", "1 message fewer: CertificateVerify; gone from Certificate: CertificateEntry, CertificateEntry"},
	{"auth=require", "client-cert=good", "it completes now; 2 messages more: CertificateVerify, application_data; the client shows a certificate for alice.lab.test"},
	{"", "auth=require client-cert=good", "3 messages more: CertificateRequest, Certificate, CertificateVerify; the client shows a certificate for alice.lab.test"},
	{"max=1.2", "suite=ECDSA-CHACHA20", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 instead of TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
	{"max=1.2", "group=P-384", "secp384r1 instead of x25519"},
	{"max=1.2", "ticket=on", "1 message more: NewSessionTicket; new in ClientHello: session_ticket; new in ServerHello: session_ticket"},
	{"max=1.2", "fault=unknown-ca", "client ends it with alert bad_certificate after the server's ServerHelloDone; 8 messages fewer; light path now fails, anchor is not reached"},
	{"max=1.2", "max=1.3", "TLS 1.3 instead of TLS 1.2; 2 messages more, 3 fewer; the certificate is sealed; X25519MLKEM768 instead of x25519; 9 fields more; 1 round trip fewer"},
	{"max=1.2 auth=require client-cert=good", "max=1.3", "TLS 1.3 instead of TLS 1.2; 2 messages more, 3 fewer; the certificates are sealed; X25519MLKEM768 instead of x25519; 13 fields more; 1 round trip fewer"},
	{"max=1.2 key=rsa2048", "suite=ECDSA-CHACHA20", "server ends it with alert handshake_failure after the client's ClientHello; 12 messages fewer"},
	{"fault=unknown-ca", "fault=none", "it completes now; 4 messages more; light path holds again, anchor holds again"},
	{"fault=unknown-ca", "fault=expired", "the client now objects to notAfter; light path holds again, anchor holds again, time now fails"},
	{"fault=unknown-ca", "fault=wrong-name", "the client now objects to subjectAltName; light path holds again, anchor holds again, name now fails; the certificate is for other.lab.test instead of app.lab.test"},
	{"fault=unknown-ca", "fault=no-common-version", "server ends it with alert protocol_version after the client's ClientHello; 7 messages fewer; the client no longer offers TLS 1.3; 3 fields more"},
	{"fault=no-common-version", "fault=none", "it completes now; 11 messages more; the client offers TLS 1.3 too; 3 cipher_suites more; 3 supported_groups more; 1 field more"},
	{"min=1.3", "min=1.2", "the client offers TLS 1.2 too; 10 cipher_suites more; 3 signature_algorithms more"},
	{"group=P-384", "group=default", "2 messages fewer: HelloRetryRequest, ClientHello; X25519MLKEM768 instead of secp384r1; 1 round trip fewer"},
	{"group=P-384", "group=P-256", "secp256r1 instead of secp384r1"},
	{"rtt=100", "rtt=20", "nothing on the wire; 2 round trips, N ms shorter in all"},
	{"rtt=20", "max=1.2 rtt=60", "TLS 1.2 instead of TLS 1.3; 3 messages more, 2 fewer; the certificate is readable; x25519 instead of X25519MLKEM768; 9 fields more; 1 round trip more; N ms longer in all"},
	{"alpn=h2", "alpn=none", `no protocol is agreed on (ALPN); the client says "GET / HTTP/1.1" instead of "PRI * HTTP/2.0"; the server says "HTTP/1.1 200 OK"`},
	{"", "name=127.0.0.1", "client ends it with alert bad_certificate after the server's Finished; 4 messages fewer; light name now fails; the client asks for no name"},
}

func TestSummary(t *testing.T) {
	measured := regexp.MustCompile(`[0-9.]+ ms`)
	turned := map[string]bool{}
	for _, x := range lines {
		a := finish(t, Handshake, strings.Fields(x.base)...)
		b := finish(t, Handshake, strings.Fields(x.base+" "+x.turn)...)
		got := measured.ReplaceAllString(Summary(Diff(a, b)), "N ms")
		if got != x.want {
			t.Errorf("from %q to %q:\n got %s\nwant %s", x.base, x.turn, got, x.want)
		}
		if len(got) > 175 {
			t.Errorf("from %q to %q: %d characters are no line any more", x.base, x.turn, len(got))
		}
		if x.base == "" {
			turned[x.turn] = true
		}
	}
	for i := range Handshake.Knobs {
		k := &Handshake.Knobs[i]
		for _, c := range k.Choices {
			// What another program says and sends depends on its version.
			if k.Needs != nil && k.Needs(c) != "" {
				continue
			}
			if turn := k.Name + "=" + c; c != k.Start() && !turned[turn] {
				t.Errorf("there is no line for %s", turn)
			}
		}
	}
}

// TestRoundTripTime checks the measured number: two round trips of 100 ms, less
// what a busy machine made of the run that had none.
func TestRoundTripTime(t *testing.T) {
	changes := Diff(finish(t, Handshake), finish(t, Handshake, "rtt=100"))
	var ms float64
	if _, err := fmt.Sscanf(Summary(changes), "nothing on the wire; 2 round trips, %f ms longer", &ms); err != nil || ms < 150 || ms > 1000 {
		t.Errorf("%q: %v", Summary(changes), err)
	}
}

// TestEqualRuns runs the same settings again and again.
func TestEqualRuns(t *testing.T) {
	for _, x := range []struct {
		words string
		n     int
	}{
		{"", 50}, {"max=1.2 ticket=on", 10}, {"ticket=on group=P-384 alpn=h2", 10}, {"auth=require client-cert=good", 10},
		{"auth=require", 10}, {"max=1.2 auth=require", 10}, {"fault=unknown-ca", 10}, {"fault=expired", 10},
		{"key=rsa2048", 10}, {"key=ed25519 max=1.2", 10}, {"fault=no-common-version", 10},
	} {
		first := finish(t, Handshake, strings.Fields(x.words)...)
		for i := range x.n {
			if got := Summary(Diff(first, finish(t, Handshake, strings.Fields(x.words)...))); got != nothing {
				t.Fatalf("%q, run %d: %s", x.words, i, got)
			}
		}
	}
	one, two := finish(t, Wiretap), finish(t, Wiretap)
	if got := Summary(Diff(one, two)); got != nothing {
		t.Errorf("wiretap: %s", got)
	}
	other := finish(t, Wiretap, "say=good bye, my friend")
	want := `the client says "good bye, my friend" instead of "my password is hunter2"; 1 field more`
	if got := Summary(Diff(one, other)); got != want {
		t.Errorf("wiretap: got %s\nwant %s", got, want)
	}
}

// TestOrderBetweenDirections lets one side's records be written later.
func TestOrderBetweenDirections(t *testing.T) {
	run := finish(t, Handshake)
	var client, server []Event
	for _, e := range run {
		if e.Conn == nil || e.Who == Client {
			client = append(client, e)
		} else {
			server = append(server, e)
		}
	}
	for _, c := range Diff(run, append(client, server...)) {
		if c.Kind != Ended && c.Kind != Trips && c.Kind != Delayed {
			t.Errorf("%s %s", c.Kind, c.Path)
		}
	}
}

func TestChangesPointIntoTheRun(t *testing.T) {
	a, b := finish(t, Handshake), finish(t, Handshake, "group=P-384")
	recs, changes := Records(b), Diff(a, b)
	for _, c := range changes {
		if c.At == nil || c.Rec < 0 {
			continue
		}
		inside := false
		recs[c.Rec].Event.Tree.Walk(func(p []*wire.Field) { inside = inside || p[len(p)-1] == c.At })
		if !inside {
			t.Errorf("%s %s is not in record %d", c.Kind, c.Path, c.Rec)
		}
	}
	marks, got := Marks(changes), ""
	for i, r := range recs {
		if marks[i] != 0 {
			got += fmt.Sprintf("%c%s ", marks[i], r.Event.Text)
		}
	}
	if want := "+HelloRetryRequest +ClientHello ~ServerHello "; got != want {
		t.Errorf("marks: got %q, want %q", got, want)
	}
}

// TestReasons checks that each random field gives one, and is a name there is.
func TestReasons(t *testing.T) {
	for _, table := range []map[string]string{randoms, sizes} {
		for name, why := range table {
			if len(strings.Fields(why)) < 2 {
				t.Errorf("%s: no reason", name)
			}
		}
	}
}

// leaf and tree build small messages by hand.
func leaf(name, value string) *wire.Field {
	src := &wire.Source{Name: "test", Data: []byte(value)}
	return &wire.Field{Name: name, Value: value, Src: src, N: len(value)}
}

func tree(name string, kids ...*wire.Field) *wire.Field {
	var data []byte
	for _, k := range kids {
		data = append(data, k.Bytes()...)
	}
	src := &wire.Source{Name: "test", Data: data}
	return &wire.Field{Name: name, Src: src, N: len(data), Kids: kids}
}

func TestCompare(t *testing.T) {
	list := func(items ...string) *wire.Field {
		f := tree("list")
		for _, s := range items {
			f.Kids = append(f.Kids, leaf("item", s))
		}
		return tree("Message", tree("list", f.Kids...))
	}
	for _, x := range []struct {
		name string
		a, b *wire.Field
		want string
	}{
		{"equal", list("a", "b"), list("a", "b"), ""},
		{"an item more", list("a", "b"), list("a", "c", "b"), "Message.list||c "},
		{"an item fewer", list("a", "b"), list("b"), "Message.list|a| "},
		{"another order", list("a", "b"), list("b", "a"), "Message.list|| "},
		{"one for one", list("a"), list("b"), "Message.list|a|b "},
		{"a leaf", tree("Message", leaf("x", "1 (0x1)"), leaf("y", "2")), tree("Message", leaf("x", "3 (0x3)"), leaf("y", "2")), "Message.x|1|3 "},
		{"a new field", tree("Message", leaf("x", "1")), tree("Message", leaf("x", "1"), leaf("y", "2")), "Message.y||2 "},
		{"a lost field", tree("Message", leaf("x", "1"), leaf("y", "2")), tree("Message", leaf("x", "1")), "Message.y|2| "},
		{"random", tree("Message", leaf("ticket", "1"), leaf("x", "1")), tree("Message", leaf("ticket", "2"), leaf("x", "1")), ""},
		{"only there", tree("Message", leaf("ticket", "1"), leaf("x", "1")), tree("Message", leaf("x", "1"), leaf("cookie", "")), ""},
		{"random in one message only", tree("Message", leaf("signature", "1"), leaf("x", "1")), tree("Message", leaf("signature", "2"), leaf("x", "1")), "Message.signature|1|2 "},
		{"length", tree("Message", leaf("length", "1"), leaf("x", "1")), tree("Message", leaf("length", "2"), leaf("x", "1")), ""},
		{"through a wrapper", tree("Message", tree("extensions", leaf("x", "1"), leaf("y", "1"))), tree("Message", tree("extensions", leaf("x", "2"), leaf("y", "1"))), "Message.x|1|2 "},
	} {
		got := ""
		for _, p := range compare("Message", "Message", x.a, x.b) {
			if p.Mark.Marked() {
				got += fmt.Sprintf("%s|%s|%s ", p.Path, p.From, p.To)
			}
		}
		if got != x.want {
			t.Errorf("%s: got %q, want %q", x.name, got, x.want)
		}
	}
}

// TestAlignMany checks that long runs are compared in bounded time, block by
// block, and that an insertion in one is found.
func TestAlignMany(t *testing.T) {
	side := func(n, extra int) []message {
		conn := &Conn{}
		var all []message
		for i := range n {
			all = append(all, message{Field: leaf("application_data", "same"), rec: i, conn: conn, who: Client})
			if i == extra {
				all = append(all, message{Field: leaf("KeyUpdate", "x"), rec: i, conn: conn, who: Client})
			}
		}
		return all
	}
	d := &diff{}
	d.align(side(20000, -1), side(20000, 100))
	if len(d.changes) != 1 || d.changes[0].Kind != Added || d.changes[0].Path != "KeyUpdate" {
		t.Errorf("%d changes", len(d.changes))
	}
}

func BenchmarkDiff(b *testing.B) {
	one, two := finish(b, Handshake), finish(b, Handshake, "max=1.2", "auth=require", "client-cert=good")
	b.ReportAllocs()
	for b.Loop() {
		Diff(one, two)
	}
	if per := b.Elapsed() / time.Duration(b.N); per > time.Millisecond {
		b.Errorf("a comparison takes %v", per)
	}
}

// TestDeeds: what an attacker did is said as it was, also where a bit was to be flipped
// that is not there.
func TestDeeds(t *testing.T) {
	for name, want := range map[string]string{"tampered": "flips one bit in x", "flipped": "flips one bit in x", "slipped": "flips one bit in x", "missed": "flips nothing: x", StolenNote: `reads "x"`} {
		if got := deed(wire.Note(name, "x")); got != "the attacker "+want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
