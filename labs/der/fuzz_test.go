package der

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

// deepest is how many levels a tree may have: the Cursor's bound, and the root.
const deepest = wire.MaxDepth + 2

// sober fails where a tree breaks the rules of package wire, is too deep or too
// large for its n bytes, has an error that is not clean, or bytes that could not
// be read and nothing to say why.
func sober(t *testing.T, root *wire.Field, n int) {
	t.Helper()
	if err := wire.Check(root, OpenLeaf); err != nil {
		t.Error(err)
	}
	size := 0
	root.Walk(func(path []*wire.Field) {
		f := path[len(path)-1]
		size += 128 + 8*cap(f.Kids) + len(f.Value)
		if len(path) > deepest {
			t.Fatalf("a field %d levels deep", len(path))
		}
		if f.Err != nil && wire.Clean(f.Err.Error(), 1<<12) != f.Err.Error() {
			t.Errorf("%s: the error %q is not clean", f.Name, f.Err)
		}
		if f.Name == wire.Undecoded && len(path) > 1 && path[len(path)-2].Err == nil {
			t.Errorf("%s has undecoded bytes, and no error", path[len(path)-2].Name)
		}
	})
	if size > 256*n+64<<10 {
		t.Errorf("%d bytes make a tree of %d", n, size)
	}
}

// FuzzCertificate: any bytes make a tree that keeps the rules, and costs no more
// than a fixed multiple of them.
func FuzzCertificate(f *testing.F) {
	keys := pki.NewKeyring()
	for n := range 16 {
		f.Add(varied(f, keys, n*37))
	}
	f.Add(issue(f, keys, "p256", manyExtensions()))
	f.Add(forged{}.der())
	f.Add(forged{exts: extended(extension1("1.2.3.4", deep(100)))}.der())
	// What certificates can be made of beyond what crypto/x509 makes.
	pss := seq(arcs("1.2.840.113549.1.1.10"), seq(tlv(0xa0, seq(arcs("2.16.840.1.101.3.4.2.2"), tlv(tagNull))), tlv(0xa2, tlv(tagInteger, 48))))
	dsa := seq(seq(arcs("1.2.840.10040.4.1"), seq(tlv(tagInteger, 23), tlv(tagInteger, 11), tlv(tagInteger, 4))), tlv(tagBitString, 0, tlv(tagInteger, 8)))
	f.Add(forged{alg: pss, key: dsa, version: []byte{}, ids: append(tlv(0x81, 0, "ii"), tlv(0x82, 0, "ss")...)}.der())
	f.Add(forged{alg: seq(arcs("2.16.840.1.101.3.4.3.18")), signature: tlv(tagBitString, 0, make([]byte, 40))}.der())
	f.Add(forged{subject: cn(tagBMP, "\x00L"), issuer: cn(tagUniversal, "\x00\x00\x00L"), serial: tlv(tagInteger, 0x80), to: tlv(tagGeneralized, "99991231235959Z")}.der())
	f.Fuzz(func(t *testing.T, b []byte) {
		sober(t, parse(b), len(b))
		if got, most := spent(b), uint64(256*len(b)+16<<20); got > most {
			t.Errorf("%d bytes cost %d", len(b), got)
		}
	})
}

// FuzzObjects: of any file, either objects come, each with a tree that keeps the
// rules and with no byte that the file has not, or one line that says what it is
// instead; what was found in DER is found again in PEM of our own; and a key is
// withheld whatever surrounds it.
func FuzzObjects(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s.der)
		f.Add(s.der[:2*len(s.der)/3])
		f.Add(armour(s.der, s.label))
		f.Add([]byte(base64.StdEncoding.EncodeToString(s.der)))
	}
	for _, types := range [][]string{{"CERTIFICATE", "X509 CERTIFICATE"}, {"EC PRIVATE KEY", "DH PARAMETERS"}, {"A\u202eB"}, {"\x1b[2J", " "}} {
		text := armour(seq(tlv(tagInteger, 5)), types...)
		f.Add(text)
		f.Add(append([]byte("0 s:CN=app\n"), text...))
		f.Add(append([]byte("\ufeff"), bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))...))
	}
	for _, s := range []string{"GIF89a", " \n", "-----BEGIN CERTIFICATE-----\n!!!\n", "0", "0\x80", "0\x84\xff\xff\xff\xff0", "\xff\xfe-\x00", "MIIA!"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		was := bytes.Clone(data)
		found, err := Objects("a\x1bb", data)
		if !bytes.Equal(was, data) {
			t.Fatal("the file was changed")
		}
		if err != nil {
			if s := err.Error(); len(found) > 0 || !strings.HasPrefix(s, `reading a\x1bb: `) || len(s) > 300 || wire.Clean(s, 300) != s {
				t.Fatalf("%d objects and the error %q", len(found), s)
			}
			return
		}
		total := 0
		for i, o := range found {
			root := o.Tree()
			sober(t, root, len(o.Src.Data))
			if root.Off != 0 || root.N != len(o.Src.Data) || wire.Clean(o.Src.Name, 300) != o.Src.Name || wire.Clean(o.Label, 100) != o.Label || o.Off > len(data) {
				t.Errorf("%s: %d+%d of %d bytes", o.Src.Name, root.Off, root.N, len(o.Src.Data))
			}
			total += len(o.Src.Data)
			if i < 3 && o.Label == "" {
				again, err := Objects("f", armour(o.Src.Data, "X"))
				if err != nil || len(again) != 1 || again[0].Kind != o.Kind || !bytes.Equal(again[0].Src.Data, o.Src.Data) {
					t.Errorf("in PEM it is %+v, %v; want %s", again, err, o.Kind)
				}
			}
			if strings.Contains(o.Label, "PRIVATE") && o.Kind != "private-key" {
				t.Errorf("%s is a %s\n%s", o.Label, o.Kind, dump(root))
			}
		}
		if len(found) == 0 || total > len(data) {
			t.Fatalf("%d objects of %d bytes in a file of %d", len(found), total, len(data))
		}
	})
}
