package dissect

import (
	"bytes"
	"crypto/cipher"
	"crypto/fips140"
	"encoding/hex"
	"os"
	"os/exec"
	"slices"
	"testing"
)

// TestAlteredBulk flips a bit of each byte of one record of each kind whose MAC is
// by itself: it does not open, and where records do not depend on each other the
// next one does.
func TestAlteredBulk(t *testing.T) {
	for log, seen := range older(t) {
		keys := NewKeys()
		keys.Write([]byte(log))
		all := cut(seen)
		at := slices.IndexFunc(all, func(c chunk) bool { return c.dir == ToServer && c.data[0] == typeApplicationData })
		for i := 5; i < len(all[at].data); i++ {
			s := New(keys)
			replay(s, all[:at])
			bad := bytes.Clone(all[at].data)
			bad[i] ^= 1
			if r := s.Feed(ToServer, bad); r[0].Why != errKey {
				t.Errorf("byte %d altered: %v", i, r[0].Why)
			}
			for j, r := range replay(s, all[at+1:]) {
				if r.Why != nil && (j > 0 || s.said.version != 0x0301) {
					t.Errorf("behind byte %d altered: %s: %v", i, Label(r.Tree), r.Why)
				}
			}
		}
	}
}

// TestPaddingBytes has records with a MAC that fits and padding that does not.
func TestPaddingBytes(t *testing.T) {
	for _, test := range []struct {
		padding string
		ok      bool
	}{
		{"\x02\x02\x02", true}, {"\x02\x01\x02", false}, {"\x01\x02\x02", false}, {"\xff\xff\xff", false}, {"\x03\x03\x03", false},
		{"\x12" + "\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12\x12", true},
	} {
		how, _ := suiteOf(0x002f)
		old := &params{hellos{version: 0x0302, how: how, clientRandom: make([]byte, 32), serverRandom: make([]byte, 32)}}
		p, err := old.protect(ToServer, make([]byte, 48))
		if err != nil {
			t.Fatal(err)
		}
		content := []byte("nine byte")
		head := []byte{typeApplicationData, 3, 2, 0, 0}
		p.bulk.mac.Write(p.additional(head, len(content)))
		p.bulk.mac.Write(content)
		body := append(p.bulk.mac.Sum(content), test.padding...)
		iv := bytes.Repeat([]byte{7}, 16)
		cipher.NewCBCEncrypter(p.bulk.block, iv).CryptBlocks(body, body)
		record := append(append(head, iv...), body...)
		record[4] = byte(len(record) - 5)
		in, ok := p.openOld(record)
		if ok != test.ok || ok && (in.content != len(content) || len(in.data)-in.content-in.mac != len(test.padding)) {
			t.Errorf("padding %x: %v, %+v", test.padding, ok, in)
		}
	}
}

// TestCCM: what is altered does not open. That it is CCM, openssl shows in
// TestOpenSSLSuites.
func TestCCM(t *testing.T) {
	for _, tag := range []int{8, 16} {
		how := cipherOf(map[int]string{8: "AES_128_CCM_8", 16: "AES_128_CCM"}[tag])
		if how.tag != tag {
			t.Fatalf("a tag of %d", how.tag)
		}
		c, err := how.cipher(make([]byte, 16))
		if err != nil {
			t.Fatal(err)
		}
		nonce, ad := make([]byte, 12), []byte("header")
		for n := range 40 {
			text := bytes.Repeat([]byte{1}, n)
			sealed := c.Seal(nil, nonce, text, ad)
			if len(sealed) != n+c.Overhead() {
				t.Fatalf("%d bytes make %d", n, len(sealed))
			}
			if got, err := c.Open([]byte("x"), nonce, sealed, ad); err != nil || string(got) != "x"+string(text) {
				t.Errorf("%d bytes: %x, %v", n, got, err)
			}
			for i := range sealed {
				bad := bytes.Clone(sealed)
				bad[i] ^= 0x10
				if _, err := c.Open(nil, nonce, bad, ad); err == nil {
					t.Errorf("%s opens altered", hex.EncodeToString(bad))
				}
			}
			if _, err := c.Open(nil, nonce, sealed, nil); err == nil {
				t.Error("opens without its header")
			}
		}
		for n := range tag {
			if _, err := c.Open(nil, nonce, make([]byte, n), ad); err == nil {
				t.Errorf("%d bytes open", n)
			}
		}
	}
}

// TestInFIPSMode opens TLS 1.0 and 1.3 in a process that may not use MD5 itself.
func TestInFIPSMode(t *testing.T) {
	if fips140.Enforced() {
		for _, name := range []string{"tls10", "psk13"} {
			for _, r := range recorded(t)[name].records() {
				if r.Why != nil {
					t.Errorf("%s: %s: %v", name, Label(r.Tree), r.Why)
				}
			}
		}
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestInFIPSMode$", "-test.v")
	cmd.Env = append(os.Environ(), "GODEBUG=fips140=only")
	if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("PASS: TestInFIPSMode")) {
		t.Errorf("%v\n%s", err, out)
	}
}
