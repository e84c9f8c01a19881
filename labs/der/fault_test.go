package der

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// faultIn returns the first fault of a tree, and the error of the field that has it.
func faultIn(root *wire.Field) (fault *Fault) {
	root.Walk(func(path []*wire.Field) {
		var f *Fault
		if err := path[len(path)-1].Err; fault == nil && errors.As(err, &f) {
			fault = f
		}
	})
	return fault
}

// TestFaultOfOneByte: an error that one byte is to blame for says which. In each
// certificate the wrong byte is the one behind what is named.
func TestFaultOfOneByte(t *testing.T) {
	const mark = "=!="
	one := func(id string, body []byte) []byte { return forged{exts: extended(extension1(id, body))}.der() }
	san := func(name []byte) []byte { return one("2.5.29.17", seq(name)) }
	from := func(kind byte, at string) []byte { return forged{from: tlv(kind, at)}.der() }
	for name, c := range map[string]struct {
		der    []byte
		before string // what stands in front of the byte; it is found by this
	}{
		"letter of a dNSName":     {san(tlv(0x82, mark+"\u00e4.lab.test")), mark},
		"letter of a URI":         {san(tlv(0x86, "spiffe://lab.test/"+mark+"\xe4")), mark[:1]},
		"PrintableString":         {forged{subject: cn(tagPrintable, "ann=ann@lab")}.der(), "ann"},
		"NumericString":           {forged{subject: cn(tagNumeric, "12 34x")}.der(), "12 34"},
		"UTF8String":              {forged{subject: cn(tagUTF8, "\u00e4"+mark+"\xe4")}.der(), mark},
		"digit of a UTCTime":      {from(tagUTCTime, "26112x030000Z"), "26112"},
		"zone":                    {from(tagUTCTime, "2611220300+0100"), "2611220300"},
		"end of a time":           {from(tagUTCTime, "261122030000z"), "261122030000"},
		"month 13":                {from(tagUTCTime, "261322030000Z"), "26"},
		"month 0":                 {from(tagGeneralized, "20260022030000Z"), "2026"},
		"hour 24":                 {from(tagUTCTime, "261122240000Z"), "261122"},
		"30 February":             {from(tagUTCTime, "260230030000Z"), "2602"},
		"time that goes on":       {from(tagUTCTime, "261122030000Z0"), "261122030000Z"},
		"trust domain":            {san(tlv(0x86, "spiffe://la=B")), "spiffe://la"},
		"segment":                 {san(tlv(0x86, "spiffe://lab/aa//b")), "spiffe://lab/aa/"},
		"mask":                    {one("2.5.29.30", seq(tlv(0xa0, seq(tlv(0x87, 10, 0, 0, 0, 251, 0, 255, 0))))), "\x0a\x00\x00\x00"},
		"octet of an OID":         {forged{alg: seq(tlv(tagOID, 0x2a, 0x7b, 0x80, 1))}.der(), "\x2a\x7b"},
		"OID that goes on":        {forged{alg: seq(tlv(tagOID, 0x2a, 0x7b, 0x86))}.der(), "\x2a\x7b"},
		"unused bits":             {forged{signature: tlv(tagBitString, 9, 1)}.der(), "\x03\x02"},
		"unused bits set":         {one("2.5.29.15", tlv(tagBitString, 4, 0x7b, 0xff)), "\x04\x7b"},
		"flags with a tail":       {one("2.5.29.15", tlv(tagBitString, 5, 0x7b, 0x40)), "\x05\x7b"},
		"boolean":                 {one("2.5.29.19", seq(tlv(tagBoolean, 1))), "\x30\x03\x01\x01"},
		"negative serial":         {forged{serial: tlv(tagInteger, 0x80)}.der(), "\xa0\x03\x02\x01\x02\x02\x01"},
		"zero in front":           {forged{serial: tlv(tagInteger, 0, 1)}.der(), "\xa0\x03\x02\x01\x02\x02\x02"},
		"version 4":               {forged{version: tlv(0xa0, tlv(tagInteger, 3))}.der(), "\xa0\x03\x02\x01"},
		"critical hint":           {forged{exts: extended(seq(arcs("2.5.29.35"), tlv(tagBoolean, 0xff), tlv(tagOctetString, seq())))}.der(), "\x01\x01"},
		"form of a point":         {forged{key: seq(seq(arcs("1.2.840.10045.2.1"), arcs("1.2.840.10045.3.1.7")), tlv(tagBitString, 0, 9, make([]byte, 64)))}.der(), "\x03\x42\x00"},
		"indefinite length":       {forged{issuer: []byte{0x30, 0x80, 0, 0}}.der(), "\x30"},
		"long form of short":      {forged{subject: []byte{0x30, 0x81, 0x00}}.der(), "\x30"},
		"number of a tag":         {forged{issuer: []byte{0x3f, 0x81, 0x82, 0x83, 0x84, 0x85}}.der(), "\x3f"},
		"constraint less than it": {one("2.5.29.19", seq(tlv(tagBoolean, 0xff), tlv(tagInteger, 0xff))), "\x01\x01\xff\x02\x01"},
	} {
		fault := faultIn(parse(c.der))
		if fault == nil {
			t.Errorf("%s: no byte is to blame: %s", name, undecoded(parse(c.der)))
			continue
		}
		if !bytes.HasSuffix(c.der[:fault.Off], []byte(c.before)) {
			t.Errorf("%s: byte %d is blamed, behind % x: %v", name, fault.Off, c.der[max(fault.Off-6, 0):fault.Off], fault)
		}
	}
	// What is too short, or missing, is nobody's fault.
	for name, b := range map[string][]byte{"a short time": from(tagUTCTime, "2611220300"), "half a character": forged{subject: cn(tagBMP, "abc")}.der(), "no boolean": one("2.5.29.19", seq(tlv(tagBoolean)))} {
		if root := parse(b); faultIn(root) != nil || undecoded(root) == "" {
			t.Errorf("%s: %s", name, undecoded(root))
		}
	}
}

// TestNothingKnown: a file of DER that is none of ours, and cannot even be shown as
// elements, is refused in one line that says where and why, and is taken for nothing
// else. What can be shown is.
func TestNothingKnown(t *testing.T) {
	for name, c := range map[string]struct {
		der  []byte
		want string
	}{
		"length beyond the file": {append([]byte{0x30, 0x84, 0xff, 0xff, 0xff, 0xff}, bytes.Repeat([]byte("a"), 100)...), "at byte 0: the length says 4294967295 bytes, 100 are left"},
		"nested, indefinite":     {bytes.Repeat([]byte{0x30, 0x80}, 50_000), "at byte 0: nested 50000 deep, and nothing in it is known"},
		"nested, well formed":    {deep(4000), "at byte 0: nested 4000 deep"},
		"inside too long":        {seq(tlv(tagUTF8, "a"), []byte{tagUTF8, 9, 1}), "at byte 5: the length says 9 bytes, 1 are left"},
		"inside indefinite":      {seq(tlv(tagUTF8, "a"), []byte{tagSet, 0x80, 0, 0}), "at byte 6: the length is of indefinite form"},
	} {
		found, err := Objects("f", c.der)
		if err == nil || !strings.HasPrefix(err.Error(), "reading f: "+c.want) {
			t.Errorf("%s: %v, %d objects", name, err, len(found))
		}
		// In a block of PEM it is shown as nothing, for the same reason.
		found, err = Objects("f", armour(c.der, "SOMETHING"))
		if err != nil || found[0].Kind != "other" || !strings.Contains(undecoded(found[0].Tree()), c.want) {
			t.Errorf("%s in PEM: %v, %v", name, err, found)
		}
	}
	for name, b := range map[string][]byte{"shallow": deep(40), "a group": seq(tlv(tagUTF8, "a"), seq())} {
		found, err := Objects("f", b)
		if err != nil || found[0].Kind != "other" || undecoded(found[0].Tree()) != "" {
			t.Errorf("%s: %v, %+v", name, err, found)
		}
	}
}
