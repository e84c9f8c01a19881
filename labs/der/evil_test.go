package der

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// undecoded returns what the undecoded leaves and the errors of a tree say.
func undecoded(root *wire.Field) string {
	var all []string
	root.Walk(func(path []*wire.Field) {
		if f := path[len(path)-1]; f.Err != nil {
			all = append(all, f.Err.Error())
		}
	})
	return strings.Join(all, "\n")
}

func deep(n int) []byte {
	b := tlv(tagNull)
	for range n {
		b = seq(b)
	}
	return b
}

func TestMalformed(t *testing.T) {
	issuer := func(der []byte) []byte { return forged{issuer: der}.der() }
	serial := func(der []byte) []byte { return forged{serial: der}.der() }
	one := func(id string, body []byte) []byte { return forged{exts: extended(extension1(id, body))}.der() }
	harmless := forged{}.der()
	for name, c := range map[string]struct {
		der    []byte
		reason string // what the tree says of it
		kept   string // a path that must still be understood
	}{
		"nothing":                 {nil, "nothing is left", ""},
		"no length":               {[]byte{0x30}, "length is cut off", ""},
		"text":                    {[]byte("hello"), "SEQUENCE expected", ""},
		"cut off":                 {harmless[:100], "the length says", "issuer"},
		"bytes behind":            {append(bytes.Clone(harmless), 1, 2), "2 bytes more", "signatureValue"},
		"indefinite length":       {issuer([]byte{0x30, 0x80, 0, 0}), "X.690, Section 10.1", "serialNumber"},
		"reserved length":         {issuer([]byte{0x30, 0xff, 0, 0}), "Section 8.1.3.5", "serialNumber"},
		"huge length":             {issuer([]byte{0x30, 0x88, 1, 1, 1, 1, 1, 1, 1, 1}), "the length says 72340172838076673 bytes", "serialNumber"},
		"length beyond all":       {issuer([]byte{0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1}), "2^64", "serialNumber"},
		"long form of short":      {issuer([]byte{0x30, 0x81, 0x00}), "fewest octets (X.690, Section 10.1)", "subject"},
		"leading zero in length":  {issuer([]byte{0x30, 0x82, 0x00, 0x00}), "fewest octets (X.690, Section 10.1)", "signatureValue"},
		"wrong tag":               {issuer(tlv(tagSet)), "issuer: SEQUENCE expected, SET found", "serialNumber"},
		"constructed string":      {serial(tlv(0x22, tlv(tagInteger, 1))), "constructed", "version"},
		"high tag":                {issuer([]byte{0x3f, 0x81, 0x23, 0}), "[UNIVERSAL 163] found", "serialNumber"},
		"tag without end":         {issuer([]byte{0x3f, 0x81, 0x82, 0x83, 0x84, 0x85}), "Section 8.1.2.4", "serialNumber"},
		"empty serial":            {serial(tlv(tagInteger)), "8.3.1", "signatureValue"},
		"serial with zeros":       {serial(tlv(tagInteger, 0, 1)), "8.3.2", "signatureValue"},
		"UTCTime with a zone":     {forged{from: tlv(tagUTCTime, "2611220300+0100")}.der(), "4.1.2.5.1", "subject"},
		"month 13":                {forged{to: tlv(tagGeneralized, "20261322030000Z")}.der(), "4.1.2.5.2", "subject"},
		"time as text":            {forged{to: tlv(tagUTF8, "tomorrow")}.der(), "UTCTime or GeneralizedTime expected", "notBefore"},
		"OID cut off":             {forged{alg: seq(tlv(tagOID, 0x2a, 0x86))}.der(), "8.19", "signatureValue"},
		"OID with zeros":          {forged{alg: seq(tlv(tagOID, 0x2a, 0x80, 1))}.der(), "8.19", "signatureValue"},
		"unused bits":             {forged{signature: tlv(tagBitString, 9, 1)}.der(), "8.6.2", "subject"},
		"unused bits set":         {one("2.5.29.15", tlv(tagBitString, 4, 0xff)), "11.2.1", "keyUsage"},
		"no unused bits":          {forged{signature: tlv(tagBitString)}.der(), "unused_bits needs 1", "subject"},
		"point of a wrong size":   {forged{key: seq(seq(arcs("1.2.840.10045.2.1"), arcs("1.2.840.10045.3.1.7")), tlv(tagBitString, 0, 4, "short"))}.der(), "SEC 1", "signatureValue"},
		"bad UTF-8":               {issuer(cn(tagUTF8, "a\xff")), "UTF8String holds UTF-8", "subject"},
		"odd BMPString":           {issuer(cn(tagBMP, "abc")), "two octets", "subject"},
		"odd UniversalString":     {issuer(cn(tagUniversal, "abc")), "four octets", "subject"},
		"UTF-8 in a dNSName":      {one("2.5.29.17", seq(tlv(0x82, "\u00e4.lab.test"))), "ASCII", "dNSName"},
		"address of 5 bytes":      {one("2.5.29.17", seq(tlv(0x87, 1, 2, 3, 4, 5))), "4 or 16 octets", "iPAddress"},
		"tenth form of name":      {one("2.5.29.17", seq(tlv(0x89, 1))), "no form has the tag [9]", "signatureValue"},
		"explicit default":        {one("2.5.29.19", seq(tlv(tagBoolean, 0))), "11.5", "basicConstraints"},
		"boolean of 1":            {one("2.5.29.19", seq(tlv(tagBoolean, 1))), "11.1", "basicConstraints"},
		"two bodies":              {one("2.5.29.14", append(tlv(tagOctetString, 1), 5, 0)), "2 bytes more", "KeyIdentifier"},
		"timestamps of version 2": {one("1.3.6.1.4.1.11129.2.4.2", tlv(tagOctetString, 0, 3, 0, 1, 1)), "only version v1", "sct_version"},
		"a length of zeros":       {issuer(slices.Concat([]byte{0x30, 0x9e}, make([]byte, 30))), "more than 16 octets", "serialNumber"},
		"timestamps cut off":      {one("1.3.6.1.4.1.11129.2.4.2", tlv(tagOctetString, 0, 9, 0, 7, 0)), "the length says", "sct_list"},
		"nested 200 deep":         {one("2.5.29.9", seq(seq(arcs("1.2.3"), tlv(tagSet, deep(200))))), "nested more than 64 deep", "signatureValue"},
		"nested, unknown":         {one("1.2.3.4", deep(200)), "", "signatureValue"},
	} {
		root := parse(c.der)
		if err := wire.Check(root, OpenLeaf); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if said := undecoded(root); !strings.Contains(said, c.reason) {
			t.Errorf("%s: the tree says %q, not %q", name, said, c.reason)
		}
		if f := root.Find(c.kept); c.kept != "" && (f == nil || f.Name == wire.Undecoded) {
			t.Errorf("%s: %s is not kept\n%s", name, c.kept, dump(root))
		}
	}
}

func TestUnusualButRight(t *testing.T) {
	pss := func(parts ...any) []byte { return seq(arcs("1.2.840.113549.1.1.10"), seq(parts...)) }
	sha384 := seq(arcs("2.16.840.1.101.3.4.2.2"), tlv(tagNull))
	one := func(id string, body []byte) []byte { return forged{exts: extended(extension1(id, body))}.der() }
	for _, c := range []struct {
		der        []byte
		path, want string
	}{
		{forged{serial: tlv(tagInteger, 0x80)}.der(), "serialNumber", "negative: -80"},
		{forged{serial: tlv(tagInteger, 0xff, 0x01)}.der(), "serialNumber", "negative: -ff"},
		{forged{serial: tlv(tagInteger, 0x00, 0x80)}.der(), "serialNumber", "80"},
		{forged{version: []byte{}, ids: append(tlv(0x81, 0, "ii"), tlv(0x82, 0, "ss")...)}.der(), "issuerUniqueID", "16 bits"},
		{forged{version: []byte{}, ids: append(tlv(0x81, 0, "ii"), tlv(0x82, 0, "ss")...)}.der(), "subjectUniqueID.bits", "73:73"},
		{forged{version: tlv(0xa0, tlv(tagInteger, 9))}.der(), "version", "unknown (9)"},
		{forged{from: tlv(tagUTCTime, "491231235959Z")}.der(), "notBefore", "2049-12-31 23:59:59 UTC"},
		{forged{from: tlv(tagUTCTime, "500101000000Z")}.der(), "notBefore", "1950-01-01 00:00:00 UTC"},
		{forged{to: tlv(tagGeneralized, "99991231235959Z")}.der(), "notAfter", "9999-12-31 23:59:59 UTC"},
		{forged{to: tlv(tagUTCTime, "251122030000Z")}.der(), "validity", "never, until 2025-11-22"},
		{forged{to: tlv(tagUTCTime, "261122040000Z")}.der(), "validity", "60 minutes, until 2026-11-22"},
		{forged{subject: seq()}.der(), "", "no name, by Lab Issuing CA"},
		{forged{subject: cn(tagBMP, "\x00L\x00a\x00b")}.der(), "", "Lab, by Lab Issuing CA"},
		{forged{subject: cn(tagUniversal, "\x00\x00\x00L")}.der(), "", "L, by Lab Issuing CA"},
		{forged{subject: cn(tagTeletex, "\xc4")}.der(), "", "\u00c4, by Lab Issuing CA"},
		{forged{subject: seq(tlv(tagSet, seq(arcs("2.5.4.11"), tlv(tagUTF8, "a")), seq(arcs("1.2.3"), tlv(tagUTF8, "b"))))}.der(), "subject", "OU=a+1.2.3=b"},
		{forged{alg: pss()}.der(), "signatureAlgorithm", "RSASSA-PSS with SHA-1, salt of 20 bytes"},
		{forged{alg: pss(tlv(0xa0, sha384), tlv(0xa1, seq(arcs("1.2.840.113549.1.1.8"), sha384)), tlv(0xa2, tlv(tagInteger, 48)), tlv(0xa3, tlv(tagInteger, 1)))}.der(), "signatureAlgorithm", "RSASSA-PSS with SHA-384, salt of 48 bytes"},
		{forged{alg: pss(tlv(0xa1, seq(arcs("1.2.840.113549.1.1.8"), sha384)))}.der(), "maskGenAlgorithm", "MGF1 with SHA-384"},
		{forged{alg: seq(arcs("2.16.840.1.101.3.4.3.18")), signature: tlv(tagBitString, 0, make([]byte, 3309))}.der(), "signatureValue", "3309 bytes, ML-DSA-65"},
		{forged{alg: seq(arcs("1.2.840.10040.4.3"))}.der(), "Dss-Sig-Value.r", "1"},
		{forged{key: seq(seq(arcs("2.16.840.1.101.3.4.3.17")), tlv(tagBitString, 0, make([]byte, 1312)))}.der(), "subjectPublicKeyInfo", "ML-DSA-44 key"},
		{forged{key: seq(seq(arcs("1.2.840.10045.2.1"), arcs("1.3.132.0.34")), tlv(tagBitString, 0, 3, make([]byte, 48)))}.der(), "subjectPublicKey", "P-384 point, compressed"},
		{forged{key: seq(seq(arcs("1.2.840.10040.4.1"), seq(tlv(tagInteger, 23), tlv(tagInteger, 11), tlv(tagInteger, 4))), tlv(tagBitString, 0, tlv(tagInteger, 8)))}.der(), "DSAPublicKey", "8"},
		{one("2.5.29.30", seq(tlv(0xa0, seq(tlv(0x87, 10, 0, 0, 0, 255, 0, 255, 0))))), "nameConstraints", "only 10.0.0.0 mask 255.0.255.0"},
		{one("2.5.29.15", tlv(tagBitString, 7, 0, 0x80)), "keyUsage", "decipherOnly"},
		{one("2.5.29.15", tlv(tagBitString, 0)), "keyUsage", "none"},
		{one("2.5.29.15", tlv(tagBitString, 0, 0, 0x41)), "keyUsage", "bit 9, bit 15"},
		{one("1.3.6.1.5.5.7.1.24", seq(tlv(tagInteger, 5), tlv(tagInteger, 17))), "tlsfeature", "status_request (5), status_request_v2 (17)"},
		{one("2.5.29.16", seq(tlv(0x80, "20261122030000Z"), tlv(0x81, "20270101000000Z"))), "privateKeyUsagePeriod", "from 2026-11-22 until 2027-01-01"},
		{one("2.16.840.1.113730.1.1", tlv(tagBitString, 6, 0xc0)), "netscape-cert-type", "SSL client, SSL server"},
		{one("1.3.6.1.5.5.7.1.3", seq(seq(arcs("0.4.0.1862.1.1")), seq(arcs("0.4.0.1862.1.4"), tlv(tagNull)))), "qcStatements", "qcCompliance, qcSSCD"},
		{one("1.3.6.1.5.5.7.48.1.5", tlv(tagNull)), "ocsp-nocheck", "NULL"},
		{one("1.3.6.1.5.5.7.48.1.2", []byte{0xde, 0xad}), "nonce", "de:ad"},
		{one("2.5.29.32", seq(seq(arcs("2.23.140.1.5.3.3")), seq(arcs("2.23.140.1.4.1")))), "certificatePolicies", "smime-sponsor-strict, code-signing"},
		{one("2.5.29.17", seq(tlv(0xa0, arcs("1.3.6.1.5.5.7.8.9"), tlv(0xa0, tlv(tagUTF8, "\u00e4@lab.test"))), tlv(0xa0, arcs("1.3.6.1.5.5.7.8.5"), tlv(0xa0, tlv(tagUTF8, "a@lab.test"))))), "subjectAltName", "SmtpUTF8Mailbox \u00e4@lab.test, xmppAddr a@lab.test"},
		{one("2.5.29.17", seq(tlv(0x86, "spiffe://lab.test/ns/prod"))), "uniformResourceIdentifier.trust_domain", "lab.test"},
		{one("2.5.29.17", seq(tlv(0x86, "spiffe://lab.test/ns/prod"))), "uniformResourceIdentifier.path", "/ns/prod"},
		{one("2.5.29.17", seq(tlv(0x86, "spiffe://lab.test"))), "uniformResourceIdentifier", "spiffe://lab.test"},
		{forged{key: seq(seq(arcs("2.16.840.1.101.3.4.3.24")), tlv(tagBitString, 0, make([]byte, 64)))}.der(), "subjectPublicKeyInfo", "SLH-DSA-SHA2-256s key"},
		{forged{key: seq(seq(arcs("2.16.840.1.101.3.4.4.2")), tlv(tagBitString, 0, make([]byte, 1184)))}.der(), "subjectPublicKeyInfo", "ML-KEM-768 key"},
		{forged{key: seq(seq(arcs("1.3.101.113")), tlv(tagBitString, 0, make([]byte, 57)))}.der(), "subjectPublicKeyInfo", "Ed448 key"},
		{forged{alg: seq(arcs("2.16.840.1.101.3.4.3.33")), signature: tlv(tagBitString, 0, make([]byte, 3309))}.der(), "signatureValue", "3309 bytes, HashML-DSA-65-with-SHA512"},
		{one("1.2.3", tlv(tagOID, 0x69, 0x83, 0xf0, 0xe1, 0xc3, 0x87, 0x8e, 0x9c, 0xb8, 0xf0, 0xe1, 0xc3, 0x87, 0x8e, 0x9c, 0xb8, 0xf0, 0xe1, 0x43)), "extnValue", "2.25.2579335280050195077789262847978254531"},
	} {
		root := parse(c.der)
		got := root.Value
		if c.path != "" {
			got = at(root, c.path)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q\n%s", c.path, got, c.want, dump(root))
		}
		if err := wire.Check(root, OpenLeaf); err != nil {
			t.Error(err)
		}
	}
}

// Text that does something to a terminal, in every place that can carry text.
func TestHostileText(t *testing.T) {
	for _, evil := range []string{
		"\x1b[2J\x1b[31mred", "\x1b]8;;http://evil.test\x07link\x1b]8;;\x07", "\x1b]52;c;ZXZpbA==\x07", "\x1bP1;2q\x1b\\", "\u009b31m", "\x9b31m",
		"lab\u202etset.bal", "a\u200db\u200e\ufeff", "www.lab.test\x00.evil.test", "\xff\xfe\xc0\x80", "a\r\nb\tc", "a\u0301\u0488", strings.Repeat("\x1b[1m", 1024), strings.Repeat("\u202e", 1400),
	} {
		name := seq(tlv(tagSet, seq(arcs("2.5.4.3"), tlv(tagUTF8, evil))))
		exts := extended(
			extension1("2.5.29.17", seq(tlv(0x82, evil), tlv(0x81, evil), tlv(0x86, evil), tlv(0xa4, name), tlv(0xa0, arcs("1.2.3"), tlv(0xa0, tlv(tagUTF8, evil))))),
			extension1("2.5.29.32", seq(seq(arcs("1.2.3"), seq(seq(arcs("1.3.6.1.5.5.7.2.1"), tlv(tagIA5, evil)), seq(arcs("1.3.6.1.5.5.7.2.2"), seq(tlv(tagUTF8, evil))))))),
			extension1("1.2.3.4", tlv(tagPrintable, evil)),
			extension1("1.2.3.5", tlv(tagUTCTime, evil)),
		)
		for _, f := range []forged{{subject: name, exts: exts}, {issuer: name}, {from: tlv(tagUTCTime, evil)}, {subject: cn(tagTeletex, evil)}, {subject: cn(tagPrintable, evil)}} {
			root := parse(f.der())
			if err := wire.Check(root, OpenLeaf); err != nil {
				t.Error(err)
			}
			root.Walk(func(path []*wire.Field) {
				f := path[len(path)-1]
				if f.Value != wire.Clean(f.Value, wire.MaxValue) || f.Name != wire.Clean(f.Name, 200) {
					t.Errorf("%s: %q is not clean", f.Name, f.Value)
				}
				if f.Err != nil && f.Err.Error() != wire.Clean(f.Err.Error(), 1000) {
					t.Errorf("%s: the error %q is not clean", f.Name, f.Err)
				}
			})
		}
	}
}

// spent returns how much memory reading b costs, all told.
func spent(b []byte) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	parse(b)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestBoundedMemory(t *testing.T) {
	// The densest elements there are, a hundred thousand bytes of them.
	for name, element := range map[string][]byte{
		"NULL": tlv(tagNull), "empty": seq(), "boolean": tlv(tagBoolean), "integer": tlv(tagInteger, 5), "OID": tlv(tagOID, 0x2a), "context": tlv(0x80),
		"bits": tlv(tagBitString), "text": tlv(tagUTF8), "set": tlv(tagSet), "time": tlv(tagUTCTime), "name": tlv(0x82), "control": tlv(tagUTF8, 0x1b), "unread": tlv(tagSequence, 5),
	} {
		many := bytes.Repeat(element, 100_000/len(element))
		for place, der := range map[string][]byte{
			"names": forged{exts: extended(extension1("2.5.29.17", seq(many)))}.der(), "anything": forged{exts: extended(extension1("1.2.3", seq(many)))}.der(),
			"extensions": forged{exts: extended(many)}.der(), "subject": forged{subject: seq(many)}.der(), "attribute": forged{subject: seq(tlv(tagSet, many))}.der(),
			"purposes": forged{exts: extended(extension1("2.5.29.37", seq(many)))}.der(), "policies": forged{exts: extended(extension1("2.5.29.32", seq(many)))}.der(),
			"one OID": forged{alg: seq(tlv(tagOID, many))}.der(), "one string": forged{subject: cn(tagTeletex, string(many))}.der(),
		} {
			if got, most := spent(der), uint64(256*len(der)+1<<20); got > most {
				t.Errorf("%s as %s: %d bytes cost %d", name, place, len(der), got)
			}
		}
	}
	big := forged{subject: cn(tagUTF8, strings.Repeat("a", maxCertificate))}.der()
	if got := undecoded(parse(big)); !strings.Contains(got, "none is opened") {
		t.Errorf("a certificate of %d bytes: %q", len(big), got)
	}
}

func BenchmarkCertificate(b *testing.B) {
	ca, err := pki.New(pki.NewKeyring(), func() time.Time { return today })
	if err != nil {
		b.Fatal(err)
	}
	der := ca.Issuing().Raw
	b.ReportAllocs()
	for b.Loop() {
		parse(der)
	}
}
