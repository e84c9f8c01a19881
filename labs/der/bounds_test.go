package der

import (
	"bytes"
	"math/big"
	"runtime"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/wire"
)

// TestTruncated: an object of any kind that breaks off anywhere is still of that
// kind once its beginning is there, keeps the rules, and says that it broke off.
func TestTruncated(t *testing.T) {
	for name, s := range samples(t) {
		if name == "trusted" || name == "pfx old" {
			continue // the certificate in the one breaks off in the other tests; the other is as pfx
		}
		label := s.label
		for cut := 1; cut < len(s.der); cut += 1 + len(s.der)/200 {
			found, err := Objects(name, armour(s.der[:cut], label))
			if err != nil || len(found) != 1 {
				t.Fatalf("%s, %d bytes: %v", name, cut, err)
			}
			// Without its end, two numbers may be the beginning of more, which are secret.
			if cut > 60 && found[0].Kind != s.kind && name != "public pkcs1" {
				t.Errorf("%s, %d bytes: a %s", name, cut, found[0].Kind)
			}
			root := found[0].Tree()
			if err := wire.Check(root, OpenLeaf); err != nil {
				t.Fatalf("%s, %d bytes: %v", name, cut, err)
			}
			if undecoded(root) == "" {
				t.Errorf("%s, %d bytes: nothing says that it breaks off", name, cut)
			}
		}
	}
}

// TestRefusedElsewhere: what crypto/x509 refuses opens, and the fault is on the
// field that has it.
func TestRefusedElsewhere(t *testing.T) {
	san := func(names ...any) []byte { return extension1("2.5.29.17", seq(names...)) }
	one := func(id string, body []byte) []byte { return forged{exts: extended(extension1(id, body))}.der() }
	ed25519 := seq(arcs("1.3.101.112"))
	tbs := parse(forged{}.der()).Kids[0].Bytes()
	for name, c := range map[string]struct {
		der          []byte
		path, reason string
	}{
		"negative serial":    {forged{serial: tlv(tagInteger, 0x80)}.der(), "serialNumber", "not negative (RFC 5280, Section 4.1.2.2)"},
		"serial with zeros":  {forged{serial: tlv(tagInteger, 0, 1)}.der(), "serialNumber", "fewest octets"},
		"address of 5 bytes": {forged{exts: extended(san(tlv(0x87, 1, 2, 3, 4, 5)))}.der(), "iPAddress", "4 or 16 octets"},
		"UTF-8 in a dNSName": {forged{exts: extended(san(tlv(0x82, "\u00e4.lab.test")))}.der(), "dNSName", "ASCII"},
		"the same twice":     {forged{exts: extended(san(tlv(0x82, "a")), san(tlv(0x82, "b")))}.der(), "Extensions.subjectAltName", "once only"},
		"indefinite length":  {forged{subject: []byte{tagSequence, 0x80, 0, 0}}.der(), "tbsCertificate", "indefinite form"},
		"trust domain":       {forged{exts: extended(san(tlv(0x86, "spiffe://Lab.test/app")))}.der(), "trust_domain", "lower-case"},
		"empty segment":      {forged{exts: extended(san(tlv(0x86, "spiffe://lab.test/a//b")))}.der(), "path", "none empty"},
		"no trust domain":    {forged{exts: extended(san(tlv(0x86, "spiffe:///a")))}.der(), "trust_domain", "1 to 255"},
		"version 4":          {forged{version: tlv(0xa0, tlv(tagInteger, 3))}.der(), "Version", "RFC 5280, Section 4.1.2.1"},
		"version -1":         {forged{version: tlv(0xa0, tlv(tagInteger, 0xff))}.der(), "Version", "RFC 5280, Section 4.1.2.1"},
		"two algorithms":     {seq(tbs, ed25519, tlv(tagBitString, 0)), "signatureAlgorithm", "inside of what is signed"},
		"negative length":    {one("2.5.29.19", seq(tlv(tagBoolean, 0xff), tlv(tagInteger, 0xff))), "pathLenConstraint", "0 or more"},
		"unconstrained":      {one("2.5.29.30", seq()), "NameConstraints", "at least one subtree"},
		"mask with holes":    {one("2.5.29.30", seq(tlv(0xa0, seq(tlv(0x87, 10, 0, 0, 0, 255, 0, 255, 0))))), "iPAddress", "ones in front"},
		"critical hint":      {forged{exts: extended(seq(arcs("2.5.29.35"), tlv(tagBoolean, 0xff), tlv(tagOctetString, seq())))}.der(), "critical", "never critical"},
		"flags with a tail":  {one("2.5.29.15", tlv(tagBitString, 0, 0x80)), "bits", "11.2.2"},
		"printable @":        {forged{subject: cn(tagPrintable, "ann@lab")}.der(), "value", "X.680, Section 41.4"},
		"numeric x":          {forged{subject: cn(tagNumeric, "12x")}.der(), "value", "X.680, Section 41.2"},
		"RSA without NULL":   {forged{key: seq(seq(arcs(oidRSA)), tlv(tagBitString, 0, seq(tlv(tagInteger, 35), tlv(tagInteger, 3))))}.der(), "algorithm", "NULL"},
		"RSA of less than 0": {forged{key: seq(seq(arcs(oidRSA), tlv(tagNull)), tlv(tagBitString, 0, seq(tlv(tagInteger, 0xdd), tlv(tagInteger, 3))))}.der(), "modulus", "positive"},
		"RSA to the zero":    {forged{key: seq(seq(arcs(oidRSA), tlv(tagNull)), tlv(tagBitString, 0, seq(tlv(tagInteger, 35), tlv(tagInteger, 0))))}.der(), "publicExponent", "positive"},
		"Ed25519 with NULL":  {forged{key: seq(seq(arcs("1.3.101.112"), tlv(tagNull)), tlv(tagBitString, 0, make([]byte, 32)))}.der(), "algorithm", "no parameters"},
		"Ed25519, 33 bytes":  {forged{key: seq(ed25519, tlv(tagBitString, 0, make([]byte, 33)))}.der(), "subjectPublicKey", "another size"},
		"unknown status":     {seq(tlv(tagEnumerated, 0), tlv(0xa0, seq(arcs("1.3.6.1.5.5.7.48.1.1"), tlv(tagOctetString, seq(seq(tlv(0xa3))))))), "tbsResponseData", "byName or byKey expected"},
	} {
		found, err := Objects(name, c.der)
		if err != nil {
			t.Fatal(err)
		}
		root := found[0].Tree()
		at := ""
		root.Walk(func(path []*wire.Field) {
			f := path[len(path)-1]
			if f.Err != nil && strings.Contains(f.Err.Error(), c.reason) {
				at = f.Name
			}
		})
		if want := c.path[strings.LastIndexByte(c.path, '.')+1:]; at != want {
			t.Errorf("%s: the fault is on %q, not on %q\n%s", name, at, want, dump(root))
		}
		if err := wire.Check(root, OpenLeaf); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if root := parse(forged{version: []byte{}}.der()); root.Err != nil || root.Find("version") != nil || undecoded(root) != "" {
		t.Errorf("v1: %s", dump(root))
	}
}

// allocated returns how much memory something takes, all told.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestLarge: the largest files that are read cost a bounded amount, in memory and
// in depth.
func TestLarge(t *testing.T) {
	const size = 32 << 20
	entry := seq(tlv(tagInteger, 1), tlv(tagUTCTime, "261122030000Z"))
	head := seq(arcs("1.2.840.10045.4.3.2"))
	crl := long(long(head, cn(tagUTF8, "Lab"), tlv(tagUTCTime, "261122030000Z"), long(bytes.Repeat(entry, size/len(entry)))), head, tlv(tagBitString, 0))
	nested := bytes.Repeat([]byte{0x30, 0x83, 0xff, 0xff, 0xff}, size/5)
	for name, data := range map[string][]byte{
		"a list": crl, "nested": nested, "nested, short": bytes.Repeat([]byte{0x30, 0x80}, size/2), "one string": long(long(bytes.Repeat([]byte{tagUTF8, 1, 'a'}, size/3))),
		"a bag": long(arcs(oidSigned), long(bytes.Repeat(seq(), size/2))), "a key": long(tlv(tagInteger, 0), seq(arcs(oidRSA)), bytes.Repeat([]byte{4, 0}, size/2)),
		"dashes": bytes.Repeat([]byte("-----BEGIN "), size/11), "blocks": bytes.Repeat([]byte("-----BEGIN A-----\n"), size/18), "base64": bytes.Repeat([]byte("MIIA"), size/4),
	} {
		start := time.Now()
		spent := allocated(func() {
			found, err := Objects(name, data)
			if err != nil {
				return
			}
			for _, o := range found[:min(len(found), 3)] {
				if err := wire.Check(o.Tree(), OpenLeaf); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
		if spent > 400<<20 {
			t.Errorf("%s costs %d MB", name, spent>>20)
		}
		t.Logf("%s: %d MB in %v", name, spent>>20, time.Since(start))
	}
	found, err := Objects("f", crl)
	if err != nil || len(found) != 1 {
		t.Fatal(err)
	}
	if root := found[0].Tree(); !strings.HasPrefix(root.Value, "at least 50000 certificates revoked") || root.Find("signatureAlgorithm") == nil {
		t.Errorf("%q", root.Value)
	}
}

// long is seq for contents of any size.
func long(parts ...[]byte) []byte {
	content := bytes.Join(parts, nil)
	return append(append([]byte{tagSequence, 0x84}, big.NewInt(int64(len(content)) + 1<<32).Bytes()[1:]...), content...)
}
