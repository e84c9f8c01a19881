package der

import (
	"bytes"
	"encoding/pem"
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

// FuzzSplit: of any file, either certificates come that are pieces of it, each
// with a tree that keeps the rules, or one line that says what it is instead; and
// what was found is found again in PEM of our own and, where it is whole, in DER.
func FuzzSplit(f *testing.F) {
	one := forged{}.der()
	two := forged{subject: cn(tagUTF8, "b.lab.test")}.der()
	for _, types := range [][]string{{"CERTIFICATE"}, {"CERTIFICATE", "X509 CERTIFICATE"}, {"EC PRIVATE KEY", "TRUSTED CERTIFICATE"}, {"X509 CRL"}, {"A\u202eB"}, {"\x1b[2J", " "}} {
		pem := armour(seq(tlv(tagInteger, 5)), types...)
		f.Add(pem)
		f.Add(append([]byte("0 s:CN=app\n"), pem...))
		f.Add(append([]byte("\ufeff"), bytes.ReplaceAll(pem, []byte("\n"), []byte("\r\n"))...))
	}
	for _, b := range [][]byte{one, append(bytes.Clone(one), two...), append(bytes.Clone(one), "\r\n"...), one[:len(one)-5], armour(one, "CERTIFICATE"),
		seq(), bytes.Repeat(seq(), 3), seq(tlv(tagInteger, 0), seq()), seq(arcs("1.2.840.113549.1.7.2")), []byte("GIF89a"), []byte(" \n"), []byte("-----BEGIN CERTIFICATE-----\n!!!\n"),
		{0x30}, {0x30, 0x80}, {0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x30}} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		was := bytes.Clone(data)
		found, err := Split("a\x1bb", data)
		if !bytes.Equal(was, data) {
			t.Fatal("the file was changed")
		}
		if err != nil {
			if s := err.Error(); len(found) > 0 || !strings.HasPrefix(s, `reading a\x1bb: `) || len(s) > 300 || wire.Clean(s, 300) != s {
				t.Fatalf("%d certificates and the error %q", len(found), s)
			}
			return
		}
		var text, der []byte
		whole, total := true, 0
		for i, src := range found {
			root := Parse(src)
			sober(t, root, len(src.Data))
			if root.Off != 0 || root.N != len(src.Data) || wire.Clean(src.Name, 300) != src.Name {
				t.Errorf("%s: %d+%d of %d bytes", src.Name, root.Off, root.N, len(src.Data))
			}
			total += len(src.Data)
			text = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: src.Data})
			h, err := parseHeader(src.Data, len(src.Data))
			whole = whole && err == nil && h.short == 0 && h.head+h.n == len(src.Data) && src.Data[0] == tagSequence && insteadOf(src.Data[h.head:]) == ""
			der = append(der, src.Data...)
			if i < 3 {
				same(t, text, found[i:i+1])
			}
		}
		if len(found) == 0 || total > len(data) {
			t.Fatalf("%d certificates of %d bytes in a file of %d", len(found), total, len(data))
		}
		if whole && looksDER(der) {
			same(t, der, found)
		}
	})
}

// same fails unless those certificates are what is found in data.
func same(t *testing.T, data []byte, want []*wire.Source) {
	t.Helper()
	got, err := Split("f", data)
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d certificates, %v; want %d", len(got), err, len(want))
	}
	for i := range got {
		if !bytes.Equal(got[i].Data, want[i].Data) {
			t.Fatalf("certificate %d is %x, want %x", i+1, got[i].Data, want[i].Data)
		}
	}
}
