package dissect

import (
	"bytes"
	"crypto/rand"
	"math/big"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// e and pi return the first digits of these numbers in binary: so many behind the
// point.
func e(digits uint) *big.Int {
	term := new(big.Int).Lsh(big.NewInt(1), digits+64)
	sum := new(big.Int)
	for k := int64(1); term.Sign() > 0; k++ {
		sum.Add(sum, term)
		term.Div(term, big.NewInt(k))
	}
	return sum.Rsh(sum, 64)
}

func pi(digits uint) *big.Int {
	// Machin's formula: 16 arctan(1/5) - 4 arctan(1/239).
	arctan := func(x int64) *big.Int {
		power := new(big.Int).Div(new(big.Int).Lsh(big.NewInt(1), digits+64), big.NewInt(x))
		sum := new(big.Int)
		for n := int64(1); power.Sign() > 0; n += 2 {
			term := new(big.Int).Div(power, big.NewInt(n))
			if n%4 == 3 {
				term.Neg(term)
			}
			sum.Add(sum, term)
			power.Div(power, big.NewInt(x*x))
		}
		return sum
	}
	sum := new(big.Int).Mul(arctan(5), big.NewInt(16))
	sum.Sub(sum, new(big.Int).Mul(arctan(239), big.NewInt(4)))
	return sum.Rsh(sum, 64)
}

// TestPrimes makes the primes anew, as RFC 7919 (Appendix A) and RFC 3526 say: all
// ones at both ends, and between them e or pi, and what it takes to be prime.
func TestPrimes(t *testing.T) {
	for _, p := range []struct {
		name   string
		bits   uint
		digits func(uint) *big.Int
		plus   int64
	}{
		{"ffdhe2048", 2048, e, 560316}, {"ffdhe3072", 3072, e, 2625351}, {"ffdhe4096", 4096, e, 5736041},
		{"ffdhe6144", 6144, e, 15705020}, {"ffdhe8192", 8192, e, 10965728},
		{"MODP group 2", 1024, pi, 129093}, {"MODP group 5", 1536, pi, 741804}, {"MODP group 14", 2048, pi, 124476},
		{"MODP group 15", 3072, pi, 1690314}, {"MODP group 16", 4096, pi, 240904}, {"MODP group 17", 6144, pi, 929484},
		{"MODP group 18", 8192, pi, 4743158},
	} {
		one := big.NewInt(1)
		prime := new(big.Int).Lsh(one, p.bits)
		prime.Sub(prime, new(big.Int).Lsh(one, p.bits-64))
		middle := p.digits(p.bits - 130)
		middle.Add(middle, big.NewInt(p.plus))
		prime.Add(prime, middle.Lsh(middle, 64))
		prime.Sub(prime, one)
		if got := primeName(prime.Bytes()); got != p.name {
			t.Errorf("%s is called %q", p.name, got)
		}
		if p.bits < 2049 && !prime.ProbablyPrime(1) {
			t.Errorf("%s is no prime", p.name)
		}
		if got := primeName(prime.Sub(prime, one).Bytes()); got != "" {
			t.Errorf("one less is called %q", got)
		}
	}
}

// only returns the first message that a record has, read after a ServerHello of
// that version and suite.
func only(t *testing.T, version, suite uint16, record []byte) *wire.Field {
	t.Helper()
	rs := versioned(version, suite).Feed(ToClient, record)
	if len(rs) != 1 || len(rs[0].Msgs) != 1 {
		t.Fatalf("%d records", len(rs))
	}
	sound(t, rs[0].Tree)
	return rs[0].Msgs[0]
}

// TestNotUnpacked: what does not unpack to what it says is left packed, with the
// reason.
func TestNotUnpacked(t *testing.T) {
	list := append([]byte{0}, wide(entry(certified(t, "p256").Certificate[0]))...)
	good := zipped(list)
	spoiled := slices.Clone(good)
	spoiled[len(spoiled)-1] ^= 1
	bomb := make([]byte, 1<<20)
	for name, test := range map[string]struct {
		size   []byte
		packed []byte
		why    string
	}{
		"good":      {wide(list)[:3], good, ""},
		"too long":  {wide(list[1:])[:3], good, "another number"},
		"too short": {wide(append(list, 0))[:3], good, "another number"},
		"spoiled":   {wide(list)[:3], spoiled, "checksum"},
		"cut off":   {wide(list)[:3], good[:len(good)-9], "unexpected EOF"},
		"no zlib":   {wide(list)[:3], some(len(good)), "header"},
		"a bomb":    {wide(bomb)[:3], zipped(bomb), "are not unpacked here"},
		"a lie":     {wide(list)[:3], zipped(bomb)[:700], "another number"},
	} {
		m := only(t, 0x0304, 0x1301, said(compressedType, []byte{0, 1}, test.size, wide(test.packed)))
		packed := m.Kid("compressed_certificate_message")
		switch unpacked := m.Kid("Certificate"); {
		case test.why == "":
			if unpacked == nil || unpacked.Src.From[0].N != len(good) || !bytes.Equal(unpacked.Bytes(), list) {
				t.Errorf("%s: %v", name, unpacked)
			}
		case unpacked != nil || packed.Err == nil || !strings.Contains(packed.Err.Error(), test.why):
			t.Errorf("%s: %v, %v", name, unpacked, packed.Err)
		}
	}
}

// TestKeyExchangeOf: what a suite's name says of its messages.
func TestKeyExchangeOf(t *testing.T) {
	for suite, want := range map[uint64]exchange{
		0x1301: {name: "AES_128_GCM_SHA256"},
		0x002f: {"RSA", false, "RSA", true},
		0x0033: {"DHE_RSA", false, "DH", true},
		0x0032: {"DHE_DSS", false, "DH", true},
		0x0031: {"DH_RSA", false, "DH", true},
		0x0034: {"DH_anon", false, "DH", false},
		0xc02b: {"ECDHE_ECDSA", false, "ECDH", true},
		0xc004: {"ECDH_ECDSA", false, "ECDH", true},
		0xc018: {"ECDH_anon", false, "ECDH", false},
		0x008c: {"PSK", true, "", false},
		0x0090: {"DHE_PSK", true, "DH", false},
		0x0094: {"RSA_PSK", true, "RSA", false},
		0xc035: {"ECDHE_PSK", true, "ECDH", false},
		0xc01d: {"SRP_SHA", false, "SRP", false},
		0xc01e: {"SRP_SHA_RSA", false, "SRP", true},
		0x0003: {"RSA_EXPORT", false, "RSA", true},
		0x0014: {"DHE_RSA_EXPORT", false, "DH", true},
	} {
		if got := exchangeOf(suite); got != want {
			t.Errorf("%s: %+v, want %+v", SuiteName(suite), got, want)
		}
	}
	for _, suite := range []uint64{0x001e, 0xc101, 0xc0b0, 0x00ff, 0xfafa} {
		if exchangeOf(suite).known() {
			t.Errorf("%s is known", SuiteName(suite))
		}
	}
}

// TestRefused: what a message cannot be is said, with the place where it stands.
func TestRefused(t *testing.T) {
	for name, test := range map[string]struct {
		version, suite uint16
		record         []byte
		where, why     string
	}{
		"explicit curve":  {0x0303, 0xc013, said(serverKeyExchange, []byte{1}, short(some(32)...)), "ServerKeyExchange.ECParameters", "explicit_prime"},
		"unknown curve":   {0x0303, 0xc013, said(serverKeyExchange, []byte{9, 0, 29}), "ServerKeyExchange", "unknown"},
		"no exchange":     {0x0303, 0x1301, said(serverKeyExchange, some(50)), "ServerKeyExchange", "TLS_AES_128_GCM_SHA256"},
		"Kerberos":        {0x0303, 0x001e, said(clientKeyExchange, some(50)), "ClientKeyExchange", "KRB5"},
		"no status":       {0x0303, 0xc013, said(certificateStatus, some(50)[2:]), "CertificateStatus", "RFC 6066"},
		"long Finished":   {0x0303, 0xc013, said(finishedType, some(32)), "Finished", "12 are right"},
		"short Finished":  {0x0304, 0x1301, said(finishedType, some(12)), "Finished", "no hash"},
		"odd ECH":         {0, 0, hello(ext(0xfe0d, []byte{7})), "ClientHello.encrypted_client_hello.extension_data", "outer or inner"},
		"misplaced ECH":   {0x0304, 0x1301, said(certificateRequest, []byte{0}, long(ext(0xfe0d, []byte{1}))), "CertificateRequest.encrypted_client_hello.extension_data", "RFC 9849"},
		"data in a flag":  {0, 0, hello(ext(22, []byte{1})), "ClientHello.encrypt_then_mac.extension_data", "1 byte"},
		"half a number":   {0, 0, hello(ext(57, []byte{0x80, 0})), "ClientHello.TransportParameter", "needs 4 bytes"},
		"endless value":   {0, 0, hello(ext(57, []byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})), "ClientHello.TransportParameter", "needs"},
		"half a GREASE":   {0, 0, hello(ext(10, long([]byte{0x5a}))), "ClientHello.named_group_list", "named_group needs 2 bytes"},
		"empty raw key":   {0x0303, 0xc013, said(certificateType, wide([]byte{0x30, 2, 0x30, 0})), "Certificate.ASN.1Cert", "are left"},
		"Heartbleed":      {0, 0, plainRecord(typeHeartbeat, []byte{1, 0x40, 0, 'a', 'b'}), "HeartbeatMessage", "payload needs 16384 bytes, 2 are left"},
		"unknown message": {0, 0, said(99, some(9)), "Handshake", "99"},
	} {
		m := only(t, test.version, test.suite, test.record)
		if f := m.Match(test.where); f == nil || f.Err == nil || !strings.Contains(f.Err.Error(), test.why) {
			t.Errorf("%s: %s: %v\n%s", name, test.where, f, shown(m))
		}
	}
}

// TestNewConfig: an ECHConfig of a version to come is stepped over.
func TestNewConfig(t *testing.T) {
	config, _ := helloConfig(t, 5)
	newer := append([]byte{0xfe, 0x0e}, long(some(11))...)
	greased := slices.Concat([]byte{0xfe, 0x0d}, long(slices.Concat([]byte{9, 0, 0x20}, long(some(32)), long([]byte{0, 1, 0, 3}), []byte{0},
		short('a', '.', 'b'), long(slices.Concat(ext(0x1a1a, some(3)), ext(0xfff0, nil))))))
	m := only(t, 0x0304, 0x1301, said(encryptedExts, long(ext(0xfe0d, long(slices.Concat(newer, config, greased))))))
	list := m.Find("retry_configs")
	if list == nil || list.Err != nil || len(list.Kids) != 3 || list.Value != "a version that is not known here: 11 bytes, public.lab.test, a.b" {
		t.Fatal(shown(m))
	}
	if f := m.Find("ECHConfigExtension.type"); f == nil || wire.Bare(f.Value) != grease {
		t.Errorf("%v", f)
	}
}

// TestUnpackedMemory: what unpacks to as many fields as may be takes no more memory
// than a fixed multiple of the packed bytes.
func TestUnpackedMemory(t *testing.T) {
	noise := make([]byte, 4200)
	rand.Read(noise)
	list := append([]byte{0}, wide(append(entry(noise), make([]byte, 3*len(noise))...))...)
	packed := zipped(list)
	m := only(t, 0x0304, 0x1301, said(compressedType, []byte{0, 1}, wide(list)[:3], wide(packed)))
	if n := len(m.Find("certificate_list").Kids); n < 2000 {
		t.Fatalf("%d certificates", n)
	}
	if used := weight(m); used > 256*maxGrowth*len(packed) {
		t.Errorf("%d bytes of memory for each of input", used/len(packed))
	}
}
