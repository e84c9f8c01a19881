package labs

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/wire"
)

// marked lists what is marked between two runs: paths of fields, and messages
// that only the second (+) or the first run (-) has.
func marked(a, b []Event) []string {
	var all []string
	for _, p := range Align(a, b) {
		if p.Who == Nobody { // what was checked of it all
			continue
		}
		switch p.Mark {
		case OnlyB:
			all = append(all, "+"+p.B.Name)
		case OnlyA:
			all = append(all, "-"+p.A.Name)
		}
		for _, f := range p.Fields() {
			if f.Mark.Marked() {
				all = append(all, strings.Replace(f.Path, OnTheWire, p.B.Name+" on the wire", 1))
			}
		}
	}
	return all
}

// oneTurned are the marks of one knob turned, from base: these and no others. The
// first path of a certificate is written in full, the others from "..." on.
var oneTurned = []struct{ base, turn, marks string }{
	{"", "", ""},
	{"", "min=1.3", "ClientHello.cipher_suites ClientHello.signature_algorithms ClientHello.supported_versions"},
	{"", "max=1.2", "ClientHello.cipher_suites ClientHello.supported_groups ClientHello.supported_versions ClientHello.key_share " +
		"ServerHello.random ServerHello.cipher_suite ServerHello.renegotiation_info ServerHello.extended_master_secret ServerHello.ec_point_formats ServerHello.server_name ServerHello.supported_versions ServerHello.key_share " +
		"-EncryptedExtensions Certificate_on_the_wire -CertificateVerify +ServerKeyExchange +ServerHelloDone +ClientKeyExchange"},
	{"", "server-min=1.3", ""},
	{"", "group=X25519", "ServerHello.key_share"},
	{"", "group=P-384", "+HelloRetryRequest +ClientHello ServerHello.key_share"},
	{"", "key=rsa2048", "...subjectPublicKeyInfo.algorithm.algorithm ...subjectPublicKeyInfo.algorithm.parameters CertificateVerify.algorithm"},
	{"", "alpn=http/1.1", "ClientHello.application_layer_protocol_negotiation EncryptedExtensions.application_layer_protocol_negotiation"},
	{"", "auth=request", "+CertificateRequest +Certificate"},
	{"", "client-cert=good", ""},
	{"auth=request", "client-cert=good", "Certificate.certificate_list.CertificateEntry Certificate.certificate_list.CertificateEntry +CertificateVerify"},
	{"", "name=other.lab.test", "ClientHello.server_name -Finished -application_data -application_data -Alert_close_notify -Alert_close_notify +Alert_bad_certificate"},
	{"", "ticket=on", "ClientHello.session_ticket ClientHello.psk_key_exchange_modes +NewSessionTicket"},
	{"", "rtt=20", ""},
	{"", "fault=expired", "-Finished -application_data -application_data -Alert_close_notify -Alert_close_notify +Alert_bad_certificate"},
	{"fault=unknown-ca", "fault=wrong-name", "...subjectAltName"},
	{"", "tamper=Certificate", "+tampered -Finished -application_data -application_data -Alert_close_notify -Alert_close_notify +Alert_bad_record_mac"},
	{"max=1.2", "suite=ECDSA-CHACHA20", "ServerHello.cipher_suite"},
	{"max=1.2", "group=P-384", "ServerKeyExchange.ECParameters.namedcurve"},
	{"max=1.2", "key=ed25519", "...subjectPublicKeyInfo.algorithm.algorithm ...subjectPublicKeyInfo.algorithm.parameters ServerKeyExchange.algorithm"},
}

// TestMarks oneTurned one knob, and checks that exactly the fields listed are
// marked, and that the gutter of the lab marks the same records.
func TestMarks(t *testing.T) {
	for _, x := range oneTurned {
		a := finish(t, Handshake, strings.Fields(x.base)...)
		b := finish(t, Handshake, strings.Fields(x.base+" "+x.turn)...)
		var got []string
		for _, m := range marked(a, b) {
			if i := strings.Index(m, "tbsCertificate."); i > 0 {
				m = "..." + m[i+len("tbsCertificate."):]
			}
			got = append(got, strings.ReplaceAll(m, " ", "_"))
		}
		if got := strings.Join(got, " "); got != x.marks {
			t.Errorf("from %q to %q:\n got %s\nwant %s", x.base, x.turn, got, x.marks)
		}
		marks := Marks(Diff(a, b))
		for _, p := range Align(a, b) {
			if p.B != nil && p.Who != Nobody && p.Mark.Marked() != (marks[p.B.Rec] != 0) {
				t.Errorf("from %q to %q: %s is marked %d, in the lab %q", x.base, x.turn, p.B.Name, p.Mark, marks[p.B.Rec])
			}
		}
	}
}

// TestAlignAll checks that each record of both runs is beside another or alone,
// once, in the order of its run, and that the bytes are all there.
func TestAlignAll(t *testing.T) {
	runs := [][]Event{finish(t, Handshake), finish(t, Handshake, "max=1.2"), finish(t, Wiretap), finish(t, MITM), finish(t, MITM, "verify=off"), finish(t, Certificate), finish(t, Certificate, "flip=serial")}
	for i, a := range runs {
		for j, b := range runs {
			last, bytes := -1, [2]int{}
			for _, p := range Align(a, b) {
				if p.A != nil && p.B != nil && p.A.Name != p.B.Name {
					t.Errorf("%d, %d: %s beside %s", i, j, p.A.Name, p.B.Name)
				}
				if p.A != nil {
					bytes[0] += p.A.N
				}
				if p.B == nil {
					continue
				}
				if bytes[1] += p.B.N; p.B.Rec < last {
					t.Errorf("%d, %d: %s of record %d stands behind record %d", i, j, p.B.Name, p.B.Rec, last)
				}
				last = p.B.Rec
			}
			for side, events := range [][]Event{a, b} {
				want := 0
				for _, r := range Records(events) {
					want += r.Event.Tree.N
				}
				if bytes[side] != want {
					t.Errorf("%d, %d: %d bytes of run %d, which has %d", i, j, bytes[side], side, want)
				}
			}
			if got := marked(a, b); i == j && len(got) > 0 {
				t.Errorf("run %d beside itself: %s", i, got)
			}
		}
	}
}

// TestFieldsRandom checks that what is random is put beside its like, says why,
// and is no difference; nor is what was computed from it.
func TestFieldsRandom(t *testing.T) {
	seen := map[string]bool{}
	for _, words := range []string{"ticket=on", "max=1.2 ticket=on", "max=1.2 key=rsa2048", "group=P-384 auth=require client-cert=good"} {
		run := func() []Event { return finish(t, Handshake, strings.Fields(words)...) }
		for _, p := range Align(run(), run()) {
			if p.A == nil || p.B == nil || p.Mark != Alike {
				t.Fatalf("%s: %s %v is marked %d", words, p.Who, p.Fields(), p.Mark)
			}
			for _, f := range p.Fields() {
				if f.Mark != Random {
					continue
				}
				seen[f.name()] = true
				if f.A == nil || f.B == nil || f.Why == "" {
					t.Errorf("%s: %s: %v beside %v, %q", words, f.Path, f.A, f.B, f.Why)
				}
			}
		}
	}
	for _, name := range []string{"random", "legacy_session_id", "key_exchange", "public", "ecdh_Yc", "verify_data", "signature", "ticket", "serialNumber", "signatureValue", "subjectKeyIdentifier"} {
		if !seen[name] {
			t.Errorf("%s is not listed as random", name)
		}
	}
}

// TestFindings checks that of what was worked out the verdict counts, and neither
// the bytes that were computed nor those that are the evidence.
func TestFindings(t *testing.T) {
	check := func(verdict, hash, evidence string) *wire.Field {
		return wire.Note("checked", "two checks", wire.Note("ServerKeyExchange.signature", verdict, wire.Note("hash", hash), leaf("signature", evidence)))
	}
	a := check("verifies", "0123456789abcdef", "1")
	for _, x := range []struct {
		b    *wire.Field
		want string
	}{
		{check("verifies", "fedcba9876543210", "2"), ""},
		{check("fails", "fedcba9876543210", "2"), "checked.ServerKeyExchange.signature"},
		{wire.Note("checked", "two checks"), "checked.ServerKeyExchange.signature"},
		{wire.Note("checked", "nothing to check"), "checked checked.ServerKeyExchange.signature"},
	} {
		var got []string
		for _, p := range compare("checked", "checked", a, x.b) {
			if p.Mark.Marked() {
				got = append(got, p.Path)
			}
		}
		if strings.Join(got, " ") != x.want {
			t.Errorf("%v: got %s, want %s", x.b, got, x.want)
		}
	}
}

// TestGrease checks that values of GREASE, which are drawn at random, are put
// beside each other and not marked, but their place is.
func TestGrease(t *testing.T) {
	list := func(items ...string) []FieldPair {
		a, b := tree("list"), tree("list")
		for _, s := range items {
			from, to, _ := strings.Cut(s, "|")
			a.Kids, b.Kids = append(a.Kids, leaf("item", from)), append(b.Kids, leaf("item", to))
		}
		return compare("Message", "list", tree("list", a.Kids...), tree("list", b.Kids...))
	}
	for _, x := range []struct {
		got  []FieldPair
		want Mark
	}{
		{list("GREASE (0x0a0a)|GREASE (0x1a1a)", "x (0x1)|x (0x1)"), Random},
		{list("GREASE (0x0a0a)|x (0x1)", "x (0x1)|GREASE (0x1a1a)"), Differs},
		{compare("Message", "x", leaf("x", "GREASE (0x0a0a)"), leaf("x", "GREASE (0x1a1a)")), Random},
		{compare("Message", "x", leaf("x", "GREASE (0x0a0a)"), leaf("x", "y (0x1)")), Differs},
	} {
		if len(x.got) != 1 || x.got[0].Mark != x.want {
			t.Errorf("%+v, want mark %d", x.got, x.want)
		}
	}
}

// TestAlignParts checks that a message over several records counts the bytes of
// all of them, and that one that never ends is there all the same.
func TestAlignParts(t *testing.T) {
	run := finish(t, Handshake, "key=rsa2048")
	conn := &Conn{}
	part := func(n int) Event {
		f := tree("TLSPlaintext", tree("fragment"))
		f.N, f.Src.Data = n, make([]byte, n)
		return Event{Kind: Written, Who: Client, Conn: conn, Tree: f, Text: fmt.Sprintf("part, %d bytes", n)}
	}
	hello := Records(run)[0].Event
	hello.Conn = conn
	got := ""
	for _, p := range Align([]Event{part(5), part(6), hello, part(7)}, nil) {
		got += fmt.Sprintf("%s %d, ", p.A.Name, p.A.N-map[bool]int{true: hello.Tree.N}[p.A.Name == "ClientHello"])
	}
	if want := "ClientHello 11, TLSPlaintext 7, "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestAlignLarge puts long runs beside each other in bounded time.
func TestAlignLarge(t *testing.T) {
	long := func(n int) []Event {
		conn, all := &Conn{}, []Event(nil)
		for i := range n {
			f := leaf("plaintext", fmt.Sprint("line ", i))
			all = append(all, Event{Kind: Written, Who: Client, Conn: conn, Tree: f})
		}
		return all
	}
	began := time.Now()
	if n := len(Align(long(20000), long(20001))); n != 20001 {
		t.Errorf("%d rows", n)
	}
	if d := time.Since(began); d > 5*time.Second {
		t.Errorf("it took %v", d)
	}
}

func BenchmarkAlign(b *testing.B) {
	one, two := finish(b, Handshake), finish(b, Handshake, "max=1.2", "auth=require", "client-cert=good")
	b.ReportAllocs()
	for b.Loop() {
		Align(one, two)
	}
}
