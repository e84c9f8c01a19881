package dissect

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// versioned returns a session that has heard a ServerHello of that version and
// suite, which is what the structure of messages depends on.
func versioned(version, suite uint16) *Session {
	s := New(nil)
	s.said.version, s.said.suite = uint64(version), uint64(suite)
	return s
}

// shown is a tree as text.
func shown(f *wire.Field) string {
	var b strings.Builder
	dump(&b, f)
	return b.String()
}

// deepest is how many levels a tree may have: the Cursor's bound, and the root.
const deepest = wire.MaxDepth + 2

// sober fails where a tree breaks the rules of package wire, is too deep or too
// large for its n bytes, has an error that is not clean, or bytes that could not
// be read and nothing to say why.
func sober(t *testing.T, f *wire.Field, n int) {
	t.Helper()
	sound(t, f)
	if total := weight(f); total > 512*(n+unpacked(f))+64<<10 {
		t.Errorf("%d bytes make a tree of %d", n, total)
	}
	f.Walk(func(path []*wire.Field) {
		at := path[len(path)-1]
		if len(path) > deepest {
			t.Fatalf("a field %d levels deep", len(path))
		}
		if at.Err != nil && wire.Clean(at.Err.Error(), 1<<12) != at.Err.Error() {
			t.Errorf("%s: the error %q is not clean", at.Name, at.Err)
		}
		if at.Name == wire.Undecoded && len(path) > 1 && path[len(path)-2].Err == nil {
			t.Errorf("%s has undecoded bytes, and no error", path[len(path)-2].Name)
		}
	})
}

// FuzzMessage: a handshake message of any type, in a connection of any version
// and suite, makes a tree that keeps the rules; and it is the same tree when the
// message comes in two records.
func FuzzMessage(f *testing.F) {
	seed := func(version, suite uint64, records []Record) {
		for _, r := range records {
			for _, m := range r.Msgs {
				if b := m.Bytes(); m.Kid("msg_type") != nil && len(b) < 1<<14 {
					f.Add(uint16(version), uint16(suite), b[0], b[4:], len(b)/2)
					f.Add(uint16(version^7), uint16(suite), b[0], b[4:], 2) // TLS 1.2 for 1.3, and the other way round
				}
			}
		}
	}
	for _, v := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		client, server := settings(certified(f, "p256"))
		everything(client, server)
		client.MaxVersion, client.Certificates, server.ClientAuth = v, server.Certificates, tls.RequestClientCert
		client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
		keys := NewKeys()
		for range 2 { // the second resumes
			s := New(keys)
			records := replay(s, talk(f, client, server, keys))
			seed(s.said.version, s.said.suite, records)
		}
	}
	for _, tr := range traces(f) {
		keys := NewKeys()
		fmt.Fprint(keys, tr.log())
		s := New(keys)
		for i, b := range tr.records {
			seed(0x0304, 0x1301, s.Feed(tr.dirs[i], b))
		}
	}
	for _, r := range recorded(f) {
		keys := NewKeys()
		fmt.Fprint(keys, r.log)
		s := New(keys)
		records := replay(s, r.seen)
		seed(s.said.version, s.said.suite, records)
	}
	for _, m := range made(f) {
		seed(uint64(m.version), uint64(m.suite), m.read())
	}
	for _, typ := range []byte{helloRequest, endOfEarlyData, encryptedExts, serverKeyExchange, certificateRequest,
		serverHelloDone, clientKeyExchange, certificateStatus, keyUpdate, 99} {
		for _, suite := range []uint16{0x1301, 0xc02b, 0x009c, 0x009e, 0x00a8} {
			f.Add(uint16(0x0303), suite, typ, []byte("\x00\x03abc\x03\x00\x1d\x04abcd\x04\x03\x00\x02xy"), 7)
		}
	}
	f.Fuzz(func(t *testing.T, version, suite uint16, typ byte, body []byte, at int) {
		if len(body) > 1<<14-4 {
			body = body[:1<<14-4]
		}
		b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
		b[0] = typ
		b = append(b, body...)
		s := versioned(version, suite)
		whole := s.Feed(ToClient, plainRecord(typeHandshake, b))
		if len(whole) != 1 || len(whole[0].Msgs) != 1 {
			t.Fatalf("%d records of one message", len(whole))
		}
		m := whole[0].Msgs[0]
		sober(t, whole[0].Tree, len(b))
		if label := Label(whole[0].Tree); label == "" || wire.Clean(label, 1<<10) != label {
			t.Errorf("label %q", label)
		}
		if !bytes.Equal(m.Bytes(), b) || m.Code != uint64(typ) || m.Name != messageName(b) {
			t.Errorf("%s, type %d, of %d bytes: %d went in, of %d", m.Name, m.Code, m.N, typ, len(b))
		}
		at = int(uint(at) % uint(len(b)))
		if at == 0 {
			return
		}
		s = versioned(version, suite)
		parts := s.Feed(ToClient, append(plainRecord(typeHandshake, b[:at]), plainRecord(typeHandshake, b[at:])...))
		if len(parts) != 2 || len(parts[0].Msgs) != 0 || len(parts[1].Msgs) != 1 {
			t.Fatalf("%d records of one message in two parts", len(parts))
		}
		sober(t, parts[1].Tree, len(b))
		joined := parts[1].Msgs[0]
		alone := wire.ParseAll(m.Name, &wire.Source{Name: "joined", Data: b}, versioned(version, suite).message)
		if got, want := shown(joined), shown(alone); got != want {
			t.Errorf("in two parts:\n%s\nin one:\n%s", got, want)
		}
	})
}

// FuzzKeys: whatever a key log holds, in whatever pieces it comes, the lines that
// are of the form are kept, each secret once, and nothing else; and what was kept
// is a key log that says the same.
func FuzzKeys(f *testing.F) {
	for log := range both(f) {
		f.Add([]byte(log), 40)
		f.Add([]byte(strings.ReplaceAll(log, "\n", "\r\n")), 100)
	}
	for _, tr := range traces(f) {
		f.Add([]byte("# "+tr.log()+tr.log()), 1)
	}
	line := "CLIENT_RANDOM " + strings.Repeat("aB", 32) + " " + strings.Repeat("0f", 48)
	f.Add([]byte(" "+strings.ReplaceAll(line, " ", " \t\u00a0")+" \n"+line+"\n"+line+"\n"), 3)
	f.Add([]byte(strings.Repeat(" ", maxLine)+line+"\n"+line[1:]+"\n"+line), 513)
	f.Add([]byte(strings.Repeat(" ", maxLine-len(line))+line+"\n"), 400)
	ech := strings.Repeat("aB", 32)
	f.Add([]byte("ECH_SECRET "+ech+" "+ech+"\nECH_SECRET "+ech+" "+ech+ech+"\nECH_CONFIG "+ech+" fe0d00030720ff\nECH_CONFIG "+ech+" fe0d\n"), 99)
	form := regexp.MustCompile(`^[\s\v\p{Z}\x{85}]*(?:(CLIENT_RANDOM|ECH_SECRET|ECH_CONFIG)|((?:CLIENT_(?:EARLY|HANDSHAKE)|SERVER_HANDSHAKE)_TRAFFIC_SECRET|(?:CLIENT|SERVER)_TRAFFIC_SECRET_0|(?:EARLY_)?EXPORTER_SECRET))` +
		`[\s\v\p{Z}\x{85}]+([0-9a-fA-F]{64})[\s\v\p{Z}\x{85}]+((?:[0-9a-fA-F]{2})+)[\s\v\p{Z}\x{85}]*$`)
	// How long the secret may be, in digits.
	fits := func(label string, n int) bool {
		switch label {
		case "CLIENT_RANDOM":
			return n == 96
		case "ECH_SECRET":
			return n == 64 || n == 96 || n == 128
		case "ECH_CONFIG":
			return n >= 14
		}
		return n == 64 || n == 96
	}
	f.Fuzz(func(t *testing.T, data []byte, at int) {
		want, seen := "", map[string]bool{}
		for s := range bytes.Lines(data) {
			body, ended := bytes.CutSuffix(s, []byte("\n"))
			m := form.FindSubmatch(body)
			if m == nil || !ended || len(body) > maxLine || !fits(string(m[1]), len(m[4])) {
				continue
			}
			random := strings.ToLower(string(m[3]))
			if name := string(m[1]) + string(m[2]); !seen[name+random] {
				seen[name+random] = true
				want += name + " " + random + " " + strings.ToLower(string(m[4])) + "\n"
			}
		}
		at = int(uint(at) % uint(len(data)+1))
		k := NewKeys()
		for _, piece := range [][]byte{data[:at], data[at:]} {
			if n, err := k.Write(piece); n != len(piece) || err != nil {
				t.Fatal(n, err)
			}
		}
		if len(k.rest) > maxLine {
			t.Errorf("%d bytes of an unfinished line are kept", len(k.rest))
		}
		if got := string(k.Bytes()); got != want {
			t.Fatalf("kept %q, want %q", got, want)
		}
		again := NewKeys()
		again.Write(k.Bytes())
		if !bytes.Equal(again.Bytes(), k.Bytes()) || !slices.Equal(again.Labels(), k.Labels()) || int(k.news()) != len(seen) {
			t.Errorf("%q is read back as %q", k.Bytes(), again.Bytes())
		}
		lines := func(k *Keys) []string { return slices.Sorted(strings.Lines(string(k.Bytes()))) }
		if both := Merge(k, again); !slices.Equal(lines(both), lines(k)) {
			t.Errorf("merged with itself, %q is %q", k.Bytes(), both.Bytes())
		}
	})
}
