package der

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

var today = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

// tlv makes an element from what its content is made of.
func tlv(tag byte, parts ...any) []byte {
	var content []byte
	for _, p := range parts {
		switch p := p.(type) {
		case []byte:
			content = append(content, p...)
		case string:
			content = append(content, p...)
		case int:
			content = append(content, byte(p))
		}
	}
	head := []byte{tag, byte(len(content))}
	switch n := len(content); {
	case n > 0xffff:
		head = []byte{tag, 0x83, byte(n >> 16), byte(n >> 8), byte(n)}
	case n > 0xff:
		head = []byte{tag, 0x82, byte(n >> 8), byte(n)}
	case n > 0x7f:
		head = []byte{tag, 0x81, byte(n)}
	}
	return append(head, content...)
}

func seq(parts ...any) []byte { return tlv(tagSequence, parts...) }

// arcs encodes an OBJECT IDENTIFIER.
func arcs(dotted string) []byte {
	var id asn1.ObjectIdentifier
	for _, s := range strings.Split(dotted, ".") {
		var n int
		fmt.Sscan(s, &n)
		id = append(id, n)
	}
	b, err := asn1.Marshal(id)
	if err != nil {
		panic(err)
	}
	return b
}

func ext(dotted string, critical bool, value []byte) pkix.Extension {
	var id asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(arcs(dotted), &id); err != nil {
		panic(err)
	}
	return pkix.Extension{Id: id, Critical: critical, Value: value}
}

// cn encodes a distinguished name that is a common name of any type of string.
func cn(tag byte, s string) []byte {
	return seq(tlv(tagSet, seq(arcs("2.5.4.3"), tlv(tag, s))))
}

// A forged certificate is one whose parts can be anything. The zero value of a
// part stands for a harmless one; its signature is of the right form only.
type forged struct {
	version, serial, issuer, subject, from, to, key, ids, exts []byte
	alg, signature                                             []byte
}

func (f forged) der() []byte {
	or := func(b, usual []byte) []byte {
		if b == nil {
			return usual
		}
		return b
	}
	alg := or(f.alg, seq(arcs("1.2.840.10045.4.3.2")))
	key := seq(seq(arcs("1.2.840.10045.2.1"), arcs("1.2.840.10045.3.1.7")), tlv(tagBitString, 0, 4, make([]byte, 64)))
	tbs := seq(or(f.version, tlv(0xa0, tlv(tagInteger, 2))), or(f.serial, tlv(tagInteger, 7)), alg, or(f.issuer, cn(tagUTF8, "Lab Issuing CA")),
		seq(or(f.from, tlv(tagUTCTime, "261122030000Z")), or(f.to, tlv(tagUTCTime, "270108025959Z"))), or(f.subject, cn(tagUTF8, "app.lab.test")),
		or(f.key, key), f.ids, f.exts)
	return seq(tbs, alg, or(f.signature, tlv(tagBitString, 0, seq(tlv(tagInteger, 1), tlv(tagInteger, 2)))))
}

// extended wraps extensions for a forged certificate.
func extended(list ...[]byte) []byte {
	var all []byte
	for _, e := range list {
		all = append(all, e...)
	}
	return tlv(0xa3, seq(all))
}

func extension1(dotted string, value []byte) []byte {
	return seq(arcs(dotted), tlv(tagOctetString, value))
}

func parse(b []byte) *wire.Field { return Parse(&wire.Source{Name: "test", Data: b}) }

// manyExtensions describes a certificate with every extension that a name is
// known for.
func manyExtensions() *x509.Certificate {
	sct := string(tlv(0, 0)[:1]) + strings.Repeat("L", 32) + "\x00\x00\x01\x9a\xaa\x7a\xf8\x00" + "\x00\x00" + "\x04\x03" + "\x00\x09signature"
	list := "\x00" + string(rune(len(sct)+2)) + "\x00" + string(rune(len(sct))) + sct
	uri := func(s string) []byte { return tlv(0x86, s) }
	other := tlv(0xa0, arcs("1.3.6.1.4.1.311.20.2.3"), tlv(0xa0, tlv(tagUTF8, "ann@lab.test")))
	edi := tlv(0xa5, tlv(0xa0, tlv(tagUTF8, "assigner")), tlv(0xa1, tlv(tagUTF8, "party")))
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes([]byte("\x8f serial numbers")),
		Subject:      pkix.Name{Country: []string{"DE"}, Organization: []string{"Lab, Inc."}, CommonName: "many.lab.test"},
		NotBefore:    today,
		NotAfter:     time.Date(2060, 1, 1, 0, 0, 0, 0, time.UTC),
		ExtraExtensions: []pkix.Extension{
			ext("2.5.29.15", true, tlv(tagBitString, 1, 0b10000110)),
			ext("2.5.29.19", true, seq(tlv(tagBoolean, 0xff), tlv(tagInteger, 3))),
			ext("2.5.29.37", false, seq(arcs("1.3.6.1.5.5.7.3.1"), arcs("1.3.6.1.5.5.7.3.9"), arcs("1.2.3.4"))),
			ext("2.5.29.14", false, tlv(tagOctetString, "subject key")),
			ext("2.5.29.35", false, seq(tlv(0x80, "issuer key"), tlv(0xa1, tlv(0xa4, cn(tagUTF8, "Lab Root CA"))), tlv(0x82, 7))),
			ext("2.5.29.17", false, seq(other, tlv(0x81, "ann@lab.test"), tlv(0x82, "*.lab.test"), tlv(0xa3, seq()), tlv(0xa4, cn(tagUTF8, "Ann")), edi,
				uri("spiffe://lab.test/ann"), tlv(0x87, 127, 0, 0, 1), tlv(0x87, make([]byte, 15), 1), tlv(0x88, arcs("1.2.3")[2:]))),
			ext("2.5.29.18", false, seq(uri("http://ca.lab.test/"))),
			ext("2.5.29.30", true, seq(tlv(0xa0, seq(tlv(0x82, "lab.test")), seq(tlv(0x87, 10, 0, 0, 0, 255, 0, 0, 0))), tlv(0xa1, seq(tlv(0x82, "evil.lab.test"), tlv(0x80, 0), tlv(0x81, 1))))),
			ext("2.5.29.31", false, seq(seq(tlv(0xa0, tlv(0xa0, uri("http://crl.lab.test/1"))), tlv(0x81, 6, 0b01000000)), seq(tlv(0xa0, tlv(0xa1, seq(arcs("2.5.4.3"), tlv(tagUTF8, "CRL 2")))), tlv(0xa2, tlv(0xa4, cn(tagUTF8, "Lab Root CA")))))),
			ext("2.5.29.46", false, seq(seq(tlv(0xa0, tlv(0xa0, uri("http://crl.lab.test/delta")))))),
			ext("2.5.29.32", false, seq(seq(arcs("2.23.140.1.2.1"), seq(seq(arcs("1.3.6.1.5.5.7.2.1"), tlv(tagIA5, "http://cps.lab.test/")),
				seq(arcs("1.3.6.1.5.5.7.2.2"), seq(seq(tlv(tagUTF8, "Lab"), seq(tlv(tagInteger, 1), tlv(tagInteger, 2))), tlv(tagUTF8, "for tests only"))))), seq(arcs("2.5.29.32.0")))),
			ext("2.5.29.33", true, seq(seq(arcs("1.2.3.1"), arcs("1.2.3.2")))),
			ext("2.5.29.36", true, seq(tlv(0x80, 0), tlv(0x81, 1))),
			ext("2.5.29.54", true, tlv(tagInteger, 2)),
			ext("2.5.29.9", false, seq(seq(arcs("1.3.6.1.5.5.7.9.4"), tlv(tagSet, tlv(tagPrintable, "DE"))))),
			ext("1.3.6.1.5.5.7.1.1", false, seq(seq(arcs("1.3.6.1.5.5.7.48.1"), uri("http://ocsp.lab.test/")), seq(arcs("1.3.6.1.5.5.7.48.2"), uri("http://ca.lab.test/issuing.cer")))),
			ext("1.3.6.1.5.5.7.1.11", false, seq(seq(arcs("1.3.6.1.5.5.7.48.5"), uri("http://ca.lab.test/")))),
			ext("1.3.6.1.5.5.7.1.24", false, seq(tlv(tagInteger, 5))),
			ext("1.3.6.1.4.1.11129.2.4.2", false, tlv(tagOctetString, list)),
			ext("1.3.6.1.4.1.11129.2.4.3", true, tlv(tagNull)),
			ext("1.2.3.4.5", false, seq(tlv(tagUTF8, "a private extension"), tlv(0xa0, tlv(tagBoolean, 0)), tlv(tagGeneralized, "20261122030000Z"))),
			ext("1.2.3.4.6", false, []byte("bytes without structure")),
		},
	}
}

// issue signs a template by itself with a key of a kind.
func issue(t testing.TB, keys *pki.Keyring, kind string, c *x509.Certificate) []byte {
	t.Helper()
	key, err := keys.Key(kind)
	if err != nil {
		t.Fatal(err)
	}
	b, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// varied makes one of many certificates that crypto/x509 can make: every bit of
// n chooses something.
func varied(t testing.TB, keys *pki.Keyring, n int) []byte {
	t.Helper()
	bit := func(i int) bool { return n>>i&1 == 1 }
	sum := sha256.Sum256([]byte{byte(n), byte(n >> 8)})
	u, err := url.Parse("spiffe://lab.test/" + fmt.Sprint(n))
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(sum[:1+n%20]),
		Subject:      pkix.Name{CommonName: fmt.Sprintf("host %d", n)},
		NotBefore:    today.AddDate(-n%80, 0, n%28),
		NotAfter:     today.AddDate(n%60, n%12, 0),
		KeyUsage:     x509.KeyUsage(n % 512),
	}
	if bit(0) {
		c.DNSNames = []string{fmt.Sprintf("h%d.lab.test", n), "*.lab.test"}
	}
	if bit(1) {
		c.IPAddresses = []net.IP{net.IPv4(10, 0, byte(n), 1), net.ParseIP("2001:db8::1")}
	}
	if bit(2) {
		c.URIs = []*url.URL{u}
	}
	if bit(3) {
		c.EmailAddresses = []string{"ann@lab.test"}
	}
	if bit(4) {
		c.BasicConstraintsValid, c.IsCA, c.MaxPathLen, c.MaxPathLenZero = true, bit(5), n%4-1, true
		if !c.IsCA {
			c.MaxPathLen, c.MaxPathLenZero = 0, false
		}
	}
	if bit(6) {
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsage(n % 10)}
	}
	if bit(7) {
		c.Subject = pkix.Name{Country: []string{"DE", "FR"}, Organization: []string{`Lab, "Test" + Co`}, OrganizationalUnit: []string{"\u00c4rger"}, SerialNumber: "12"}
	}
	return issue(t, keys, pki.Kinds()[n%4], c)
}
