package dissect

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// everyRegistry is all of them, in the order of their constants.
func everyRegistry() []Registry {
	return []Registry{Suites, Groups, Schemes, Extensions, Alerts, Handshakes, Modes, ClientCertificateTypes, CertificateTypes}
}

// TestTablesAreInOrder: each number once, in order, as Find needs it, and each
// registered name once. A name is one word, and no number is one set aside.
func TestTablesAreInOrder(t *testing.T) {
	for _, r := range everyRegistry() {
		last, names := -1, map[string]bool{}
		for e := range r.All() {
			if int(e.Code) <= last {
				t.Errorf("registry %d: %d comes after %d", r, e.Code, last)
			}
			last = int(e.Code)
			if e.Name == "" || strings.ContainsAny(e.Name, " ()") || wire.Clean(e.Name, 100) != e.Name {
				t.Errorf("registry %d: the name %q", r, e.Name)
			}
			if e.Mark != Unregistered && names[e.Name] {
				t.Errorf("registry %d: %s stands twice", r, e.Name)
			}
			names[e.Name] = true
			if marked := r != Alerts && r != Handshakes; marked != (e.Mark != Unmarked) || !strings.Contains("YND-", e.Mark.String()) {
				t.Errorf("registry %d: %s has the mark %q", r, e.Name, e.Mark)
			}
			if isGrease(uint64(e.Code)) {
				t.Errorf("registry %d: %s has a number that is GREASE", r, e.Name)
			}
		}
		if len(names) == 0 {
			t.Errorf("registry %d is empty", r)
		}
	}
}

// TestRegistriesAreWhole has the sizes of IANA's registries of September 2026,
// without what is reserved.
func TestRegistriesAreWhole(t *testing.T) {
	for r, want := range map[Registry]int{Suites: 356, Groups: 59, Schemes: 49, Extensions: 64} {
		n := 0
		for e := range r.All() {
			if e.Mark != Unregistered {
				n++
			}
		}
		if n != want {
			t.Errorf("registry %d has %d entries, IANA's %d", r, n, want)
		}
	}
}

// TestFind asks for every number, and finds those of the table and no others.
func TestFind(t *testing.T) {
	for _, r := range everyRegistry() {
		all := map[uint64]Entry{}
		for e := range r.All() {
			all[uint64(e.Code)] = e
		}
		for n := range uint64(1<<16 + 3) {
			if e, ok := r.Find(n); e != all[n] || ok != (all[n].Name != "") {
				t.Fatalf("registry %d: %d is %v, %v", r, n, e, ok)
			}
		}
		if _, ok := r.Find(1 << 63); ok {
			t.Errorf("registry %d has a number of 64 bits", r)
		}
		for range r.All() {
			break // an unfinished walk is fine
		}
	}
	if n := len(Registry(200).table()); n != 0 {
		t.Errorf("no registry has %d entries", n)
	}
}

// TestSuiteMarks holds the marks of suites against the words of the RFCs that
// set them: they speak of kinds of suites, the table of numbers.
func TestSuiteMarks(t *testing.T) {
	var best []string
	for e := range Suites.All() {
		has := func(parts ...string) bool {
			return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(e.Name, p) })
		}
		kex, _, old := strings.Cut(strings.TrimPrefix(e.Name, "TLS_"), "_WITH_")
		kex, _, _ = strings.Cut(kex, "_")
		switch {
		case e.Mark == Unregistered, e.Name == "TLS_NULL_WITH_NULL_NULL":
		case old && slices.Contains([]string{"RSA", "DH", "DHE", "ECDH"}, kex), has("PSK_DHE_"): // RFC 10015
			if e.Mark != Discouraged {
				t.Errorf("%s has the mark %s", e.Name, e.Mark)
			}
		case has("_NULL_", "EXPORT", "_RC4_", "_RC2_", "_DES_", "_DES40_", "_IDEA_", "TLS_SHA"): // RFC 9847, Section 5
			if e.Mark != Discouraged {
				t.Errorf("%s has the mark %s", e.Name, e.Mark)
			}
		case e.Mark == Discouraged:
			t.Errorf("%s has the mark D, and nothing says why", e.Name)
		case e.Mark == Recommended:
			if best = append(best, e.Name); !has("GCM", "CCM_SHA256", "POLY1305") || has("_CCM_8") || old && kex != "ECDHE" {
				t.Errorf("%s has the mark Y", e.Name)
			}
		}
	}
	if len(best) != 14 {
		t.Errorf("recommended: %s", best)
	}
}

// TestStanding has what is said of each kind of number, and of the fields it
// stands in.
func TestStanding(t *testing.T) {
	number := func(name, value string, n uint64) *wire.Field {
		return &wire.Field{Name: name, Value: value, Code: n, IsNum: true}
	}
	alpn := func(id string) *wire.Field {
		b := append([]byte{byte(len(id))}, id...)
		return &wire.Field{Name: "ProtocolName", Value: wire.Clean(id, 100), Src: &wire.Source{Data: b}, N: len(b), Head: 1}
	}
	for _, c := range []struct {
		field *wire.Field
		want  string // what the sentence has; "": there is none
	}{
		{nil, ""},
		{&wire.Field{Name: "random"}, ""},
		{number("cipher_suite", SuiteName(0x1301), 0x1301), ""},
		{number("cipher_suite", SuiteName(0x002f), 0x002f), "(D): it should not or must not be used (RFC 10015)"},
		{number("cipher_suite", SuiteName(0x009e), 0x009e), "RFC 10015"}, // once recommended
		{number("cipher_suite", SuiteName(0xc0aa), 0xc0aa), "RFC 10015"},
		{number("cipher_suite", SuiteName(0xc010), 0xc010), "(D): it should not or must not be used (RFC 9847)"},
		{number("cipher_suite", SuiteName(0x1305), 0x1305), "(N)"},
		{number("cipher_suite", SuiteName(0x0066), 0x0066), "Not in IANA's registry"},
		{number("cipher_suite", SuiteName(0x7a7a), 0x7a7a), "RFC 8701"},
		{number("cipher_suite", SuiteName(0x7a7b), 0x7a7b), ""},
		{number("group", GroupName(0x11ec), 0x11ec), ""},
		{number("selected_group", GroupName(19), 19), "RFC 9847"},
		{number("group", GroupName(0x6399), 0x6399), "RFC 10024"},
		{number("algorithm", SchemeName(0x0804), 0x0804), ""},
		{number("algorithm", SchemeName(0x0201), 0x0201), "(N)"},
		{number("algorithm", SchemeName(0x0202), 0x0202), "(D)"}, // dsa_sha1
		{number("algorithm", SchemeName(0x0301), 0x0301), "(D)"}, // rsa_sha224
		{number("algorithm", SchemeName(0x0402), 0x0402), "(N)"}, // dsa_sha256
		{number("algorithm", SchemeName(0x0841), 0x0841), "(N)"}, // GOST
		{number("extension_type", ExtensionName(4), 4), "RFC 9847"},
		{number("truncated_hmac", "empty", 4), "RFC 9847"},
		{number("signed_certificate_timestamp", "empty", 18), "(N)"},
		{number("server_name", "app.lab.test", 0), ""},
		{number("extended_master_secret", "empty", 23), "extended_main_secret"},
		{number("trust_anchors", "3 bytes", 0xca34), "Not in IANA's registry"},
		{number("GREASE", "empty", 0x0a0a), "RFC 8701"},
		{number("ke_mode", modeName(0x2a), 0x2a), "RFC 8701"},
		{number("ke_mode", modeName(1), 1), ""},
		{number("certificate_type", certificateTypeName(65), 65), "RFC 10015"},
		{number("certificate_type", certificateTypeName(20), 20), "RFC 9847"},
		{number("legacy_version", VersionName(0x0303), 0x0303), ""},
		{alpn("h2"), "It stands for HTTP/2 over TLS (RFC 9113)."},
		{alpn("\x0a\x0a"), "RFC 8701"},
		{alpn("of our own"), ""},
		{&wire.Field{Name: "ProtocolName"}, ""},
	} {
		got := Standing(c.field)
		if c.want == "" && got != "" || !strings.Contains(got, c.want) || got != "" && !strings.HasSuffix(got, ".") {
			t.Errorf("%v: %q, which is to have %q", c.field, got, c.want)
		}
	}
}

// TestDiscouragedSaysWhy: every D has an RFC that set it.
func TestDiscouragedSaysWhy(t *testing.T) {
	for _, r := range everyRegistry() {
		for e := range r.All() {
			if e.Mark == Discouraged && !strings.Contains(e.standing(r), "(RFC ") {
				t.Errorf("%s: %q", e.Name, e.standing(r))
			}
		}
	}
}

// TestShareParts: the parts of a hybrid's share are as long as its name says
// (FIPS 203, Table 3; RFC 10024).
func TestShareParts(t *testing.T) {
	for _, c := range []struct {
		group  uint64
		key    int // the length of the client's share
		cipher int // and of the server's
		want   [2]string
	}{
		{0x11ec, 1184 + 32, 1088 + 32, [2]string{"1184 of ML-KEM-768 key, then 32 of X25519", "1088 of ML-KEM-768 ciphertext, then 32 of X25519"}},
		{0x11eb, 65 + 1184, 65 + 1088, [2]string{"65 of P-256, then 1184 of ML-KEM-768 key", "65 of P-256, then 1088 of ML-KEM-768 ciphertext"}},
		{0x11ed, 97 + 1568, 97 + 1568, [2]string{"97 of P-384, then 1568 of ML-KEM-1024 key", "97 of P-384, then 1568 of ML-KEM-1024 ciphertext"}},
		{0x11ea, 800 + 32, 768 + 32, [2]string{"800 of ML-KEM-512 key, then 32 of X25519", "768 of ML-KEM-512 ciphertext, then 32 of X25519"}},
		{0x6399, 32 + 1184, 32 + 1088, [2]string{"32 of X25519, then 1184 of Kyber768 key", "32 of X25519, then 1088 of Kyber768 ciphertext"}},
	} {
		if got, want := shareParts(c.group, c.key, false), fmt.Sprintf("%d bytes: %s", c.key, c.want[0]); got != want {
			t.Errorf("%s: %s", GroupName(c.group), got)
		}
		if got, want := shareParts(c.group, c.cipher, true), fmt.Sprintf("%d bytes: %s", c.cipher, c.want[1]); got != want {
			t.Errorf("%s: %s", GroupName(c.group), got)
		}
	}
	for _, g := range []uint64{0x11ec, 0x11eb, 0x0201, 0x001d, 0x6a6a} {
		if got := shareParts(g, 1, false); got != "1 byte" {
			t.Errorf("%s: %s", GroupName(g), got)
		}
	}
}

// ExampleRegistry lists the cipher suites that are recommended and known to
// TLS 1.3.
func ExampleRegistry() {
	for e := range Suites.All() {
		if e.Mark == Recommended && e.Code>>8 == 0x13 {
			fmt.Println(e.Name)
		}
	}
	// Output:
	// TLS_AES_128_GCM_SHA256
	// TLS_AES_256_GCM_SHA384
	// TLS_CHACHA20_POLY1305_SHA256
	// TLS_AES_128_CCM_SHA256
}

// BenchmarkSuiteName names every number there is, most of which nobody has
// named.
func BenchmarkSuiteName(b *testing.B) {
	b.ReportAllocs()
	n := uint64(0)
	for b.Loop() {
		if SuiteName(n&0xffff) == "" {
			b.Fatal(n)
		}
		n += 257
	}
}

// BenchmarkFind finds the suites of a hello.
func BenchmarkFind(b *testing.B) {
	hello := []uint64{0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xcca9, 0xcca8, 0x009c, 0x002f, 0x0035}
	for b.Loop() {
		for _, n := range hello {
			if _, ok := Suites.Find(n); !ok {
				b.Fatal(n)
			}
		}
	}
}
