package dissect

import (
	"encoding/binary"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// oldHello returns a hello in the format of SSL 2 (RFC 5246, Appendix E.2), made by
// hand: no peer sends it any more.
func oldHello(version uint16, specs string, challenge int) []byte {
	b := binary.BigEndian.AppendUint16([]byte{1}, version)
	for _, n := range []int{len(specs), 0, challenge} {
		b = binary.BigEndian.AppendUint16(b, uint16(n))
	}
	b = append(append(b, specs...), []byte(strings.Repeat("c", challenge))...)
	return append([]byte{0x80 | byte(len(b)>>8), byte(len(b))}, b...)
}

// TestV2Hello has such a hello at once and byte by byte, and what is none.
func TestV2Hello(t *testing.T) {
	hello := oldHello(0x0303, "\x00\x00\x2f\x07\x00\xc0\x00\x00\xff", 16)
	for _, step := range []int{len(hello), 1} {
		s := New(nil)
		var records []Record
		for at := 0; at < len(hello); at += step {
			records = append(records, s.Feed(ToServer, hello[at:at+step])...)
		}
		records = append(records, s.Feed(ToServer, plainRecord(typeAlert, []byte{2, 40}))...)
		if len(records) != 2 || len(records[0].Msgs) != 1 || Label(records[0].Tree) != "V2ClientHello" || Label(records[1].Tree) != "Alert handshake_failure" {
			t.Fatalf("step %d: %d records", step, len(records))
		}
		tree := records[0].Tree
		sound(t, tree)
		decoded(t, tree)
		got := ""
		for _, k := range tree.Kids {
			got += k.Name + " " + k.Value + "; "
		}
		want := "msg_length 34 bytes follow; msg_type client_hello (1); version TLS 1.2 (0x0303); cipher_spec_length 9; session_id_length 0; " +
			"challenge_length 16; cipher_specs 3 ciphers; session_id ; challenge random bytes; "
		if got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
		specs := tree.Kid("cipher_specs").Kids
		if specs[0].Value != "TLS_RSA_WITH_AES_128_CBC_SHA (0x002f)" || specs[1].Value != "SSL_CK_DES_192_EDE3_CBC_WITH_MD5 (0x700c0)" {
			t.Errorf("%s, %s", specs[0].Value, specs[1].Value)
		}
	}
	for bad, want := range map[string]string{
		"\x80\x05\x02\x00\x02xx":          "plaintext",
		"\x80\x0b\x01\x04\x00":            "plaintext",
		"caf\xc3\xa9":                     "plaintext",
		"\x80\x03\x01\x03\x01":            "plaintext",
		"\xef\xbb\xbfhello, this is text": "plaintext",
	} {
		if records := New(nil).Feed(ToServer, []byte(bad)); len(records) != 1 || records[0].Tree.Name != want {
			t.Errorf("%q: %d records", bad, len(records))
		}
	}
	for n := range hello {
		s := New(nil)
		records := append(s.Feed(ToServer, hello[:n]), s.Close(ToServer)...)
		for _, r := range records {
			sound(t, r.Tree)
			if r.Tree.Name != wire.Undecoded || r.Tree.Err == nil {
				t.Errorf("%d bytes: %s", n, r.Tree.Name)
			}
		}
		if n > 0 && len(records) != 1 {
			t.Errorf("%d bytes: %d records", n, len(records))
		}
	}
	// Lengths that promise more than there is leave what they promise undecoded.
	long := oldHello(0x0002, "\x01\x00\x80", 16)
	long[6] = 200
	r := New(nil).Feed(ToServer, long)
	if sound(t, r[0].Tree); r[0].Tree.Kid("cipher_specs").Err == nil {
		t.Errorf("a length of 200: %s", shown(r[0].Tree))
	}
}

// TestV2Random: the random of a TLS connection that begins like this is the
// challenge behind zeros.
func TestV2Random(t *testing.T) {
	s := New(nil)
	s.Feed(ToServer, oldHello(0x0301, "\x00\x00\x2f", 16))
	if got := string(s.said.clientRandom); got != strings.Repeat("\x00", 16)+strings.Repeat("c", 16) {
		t.Errorf("%q", got)
	}
}

// TestLengthLimits has records longer than their version allows: they are read, and
// the length says so.
func TestLengthLimits(t *testing.T) {
	keys := NewKeys()
	client, server := settings(certified(t, "p256"))
	s := New(keys)
	replay(s, talk(t, client, server, keys))
	for _, test := range []struct {
		d     Dir
		typ   byte
		n     int
		value string
	}{
		{ToClient, typeApplicationData, 1<<14 + 256, "16640"},
		{ToClient, typeApplicationData, 1<<14 + 257, "16641, more than the 16640 that TLS allows here"},
		{ToServer, typeAlert, 1 << 14, "16384"},
		{ToServer, typeAlert, 1<<14 + 1, "16385, more than the 16384 that TLS allows here"},
	} {
		r := s.Feed(test.d, plainRecord(test.typ, make([]byte, test.n)))
		if got := r[0].Tree.Kid("length").Value; got != test.value {
			t.Errorf("%d: %s", test.n, got)
		}
	}
}
