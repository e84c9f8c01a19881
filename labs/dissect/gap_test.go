package dissect

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// bulky makes a connection in which the server sends 40 records of text.
func bulky(t testing.TB, version, suite uint16, keys *Keys) []chunk {
	t.Helper()
	client, server := settings(certified(t, "rsa2048"))
	client.MinVersion, client.MaxVersion, server.MinVersion = version, version, version
	if suite != 0 {
		client.CipherSuites, server.CipherSuites = []uint16{suite}, []uint16{suite}
	}
	seen, _ := conversation(t, client, server, keys, func(c *tls.Conn) {
		for i := range 40 {
			fmt.Fprintf(c, "line %2d of the text, which is not short\n", i)
		}
	})
	return seen
}

// spoken returns the application data of a direction.
func spoken(records []Record, d Dir) string {
	said := ""
	for _, r := range records {
		for _, m := range r.Msgs {
			if m.Name == "application_data" && r.Dir == d {
				said += string(m.Bytes())
			}
		}
	}
	return said
}

// lossy feeds a connection without the bytes from one offset of a direction up to
// another.
func lossy(s *Session, seen []chunk, d Dir, from, to int) []Record {
	var out []Record
	at := 0
	for _, c := range seen {
		data := c.data
		if c.dir == d {
			start := at
			at += len(data)
			if start < to && at > from {
				before, after := data[:max(0, from-start)], data[min(len(data), max(0, to-start)):]
				out = append(out, s.Feed(d, before)...)
				if to <= at {
					out = append(out, s.Gap(d, to-from)...)
				}
				data = after
			}
		}
		out = append(out, s.Feed(c.dir, data)...)
	}
	for _, d := range []Dir{ToServer, ToClient} {
		out = append(out, s.Close(d)...)
	}
	return out
}

// TestGap takes some bytes out of a text, at the edges of records and inside them:
// it reads on behind the gap where the protection lets anybody find the place, and
// says gap in the capture where it does not.
func TestGap(t *testing.T) {
	for _, test := range []struct {
		name           string
		version, suite uint16
		lost           int // how many records more than were hit are not opened; -1: all
	}{
		{"1.3", tls.VersionTLS13, 0, 0},
		{"1.2 GCM", tls.VersionTLS12, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, 0},
		{"1.2 ChaCha", tls.VersionTLS12, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, 0},
		{"1.2 CBC", tls.VersionTLS12, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, 0},
		{"1.0 CBC", tls.VersionTLS10, tls.TLS_RSA_WITH_AES_128_CBC_SHA, 1},
		{"1.2 RC4", tls.VersionTLS12, tls.TLS_RSA_WITH_RC4_128_SHA, -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			keys := NewKeys()
			seen := bulky(t, test.version, test.suite, keys)
			whole := replay(New(keys), seen)
			var ends []int // of the server's records of text
			for _, r := range whole {
				if r.Dir == ToClient && len(r.Msgs) == 1 && r.Msgs[0].Name == "application_data" && r.Msgs[0].N > 1 {
					ends = append(ends, r.Tree.Off+r.Tree.N)
				}
			}
			for _, at := range []int{0, -1, -30, 3, 20} {
				for _, n := range []int{1, 25, 60, 700} {
					s := New(keys)
					from := ends[9] + at
					got := lossy(s, seen, ToClient, from, from+n)
					got = append(got, s.Feed(ToClient, nil)...)
					hit, sealed := 0, 0
					for _, r := range whole {
						if r.Dir == ToClient && r.Tree.Off < from+n && r.Tree.Off+r.Tree.N > from {
							hit++
						}
					}
					open := 0
					for _, r := range got {
						sound(t, r.Tree)
						if r.Why != nil && !strings.HasPrefix(r.Why.Error(), fmt.Sprintf("gap in the capture: %s ", count(n))) {
							t.Errorf("at %d, %d bytes: %s: %v", at, n, Label(r.Tree), r.Why)
						}
						if r.Why != nil {
							sealed++
						} else if r.Dir == ToClient && r.Tree.Name == "TLSCiphertext" && r.Tree.Err == nil {
							open++
						}
					}
					want := 0
					for _, r := range whole {
						if r.Dir == ToClient && r.Tree.Name == "TLSCiphertext" {
							want++
						}
					}
					switch {
					case test.lost < 0 && (sealed < 10 || open < 9):
						t.Errorf("at %d, %d bytes: %d open, %d sealed", at, n, open, sealed)
					case test.lost >= 0 && (open < want-hit-test.lost || sealed > test.lost || !strings.HasSuffix(spoken(got, ToClient), "line 39 of the text, which is not short\n")):
						t.Errorf("at %d, %d bytes: %d of %d records open, %d hit, %d sealed", at, n, open, want, hit, sealed)
					}
					if spoken(got, ToServer) != question {
						t.Errorf("at %d, %d bytes: the other direction says %q", at, n, spoken(got, ToServer))
					}
				}
			}
		})
	}
}

func count(n int) string {
	if n == 1 {
		return "1 byte is"
	}
	return fmt.Sprintf("%d bytes are", n)
}

// TestGapInHandshake loses any part of each direction's first bytes: whatever is
// not opened has its reason, and nothing sealed is taken for clear text.
func TestGapInHandshake(t *testing.T) {
	for log, seen := range both(t) {
		var total [2]int
		for _, c := range seen {
			total[c.dir] += len(c.data)
		}
		keys := NewKeys()
		fmt.Fprint(keys, log)
		var plain []string
		for _, r := range replay(New(keys), seen) {
			plain = append(plain, fmt.Sprint(r.Dir, r.Epoch, Label(r.Tree)))
		}
		for _, d := range []Dir{ToServer, ToClient} {
			for from := 0; from < total[d]-1; from += 13 {
				for _, n := range []int{5, 100, 900} {
					s := New(keys)
					to := min(from+n, total[d])
					got := lossy(s, seen, d, from, to)
					final := s.Flush()
					for _, r := range got {
						sound(t, r.Tree)
						if r.Why == nil && r.Tree.Err == nil && r.Tree.Name != "undecoded" && !slices.Contains(plain, fmt.Sprint(r.Dir, r.Epoch, Label(r.Tree))) {
							t.Errorf("%s without %d to %d: %s %s", d, from, to, r.Epoch, Label(r.Tree))
						}
					}
					for _, r := range final {
						if why := r.Why.Error(); !strings.HasPrefix(why, "gap in the capture: ") && why != "no ClientHello was seen" {
							t.Errorf("%s without %d to %d: %s: %s", d, from, to, Label(r.Tree), why)
						}
					}
				}
			}
		}
	}
}

// TestHeadless has a direction that begins anywhere: no record of it is opened but
// what was begun is found.
func TestHeadless(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		keys := NewKeys()
		seen := bulky(t, version, 0, keys)
		var streams [2][]byte
		for _, c := range seen {
			streams[c.dir] = append(streams[c.dir], c.data...)
		}
		for _, from := range []int{1500, 1501, 1777, 2000} {
			s := New(keys)
			records := s.Gap(ToClient, 0)
			records = append(records, s.Gap(ToServer, 0)...)
			records = append(records, s.Feed(ToClient, streams[ToClient][from:])...)
			records = append(records, s.Close(ToClient)...)
			covered(t, records, ToClient, len(streams[ToClient])-from)
			records = append(records, s.Feed(ToServer, streams[ToServer][len(streams[ToServer])-120:])...)
			for _, r := range records {
				sound(t, r.Tree)
				if r.Why == nil && r.Tree.Name != "undecoded" {
					t.Errorf("from %d: %s", from, Label(r.Tree))
				}
			}
			left := s.Flush()
			if len(left) < 20 {
				t.Errorf("from %d: %d records", from, len(left))
			}
			for _, r := range left {
				if r.Why.Error() != "the handshake is not in the capture" {
					t.Errorf("from %d: %s: %v", from, Label(r.Tree), r.Why)
				}
			}
		}
	}
}

// TestGapIsBounded has a gap that hides more numbers than anybody would try, and
// many of them.
func TestGapIsBounded(t *testing.T) {
	keys := NewKeys()
	seen := bulky(t, tls.VersionTLS13, 0, keys)
	s := New(keys)
	replay(s, seen[:len(seen)-4])
	record := plainRecord(typeApplicationData, make([]byte, 1<<14))
	for range 200 {
		s.Gap(ToClient, 1<<30)
		for range 5 {
			for _, r := range s.Feed(ToClient, record) {
				if r.Why == nil || !strings.HasPrefix(r.Why.Error(), "gap in the capture: ") {
					t.Fatalf("%s: %v", Label(r.Tree), r.Why)
				}
			}
		}
	}
	if s.effort > maxEffort+1<<20 {
		t.Errorf("%d bytes were tried", s.effort)
	}
}

// TestGapHidesKeys has gaps with a Finished and with a KeyUpdate in them: what
// comes behind is under keys that nobody was seen to switch to.
func TestGapHidesKeys(t *testing.T) {
	client, server := settings(certified(t, "p256"))
	keys := NewKeys()
	all := cut(talk(t, client, server, keys))
	finished := slices.Index(lines(replay(New(keys), all), ToClient), "handshake Finished")
	s := New(keys)
	for _, c := range all {
		var records []Record
		if c.dir == ToClient {
			finished--
		}
		if c.dir == ToClient && finished == -1 {
			records = s.Gap(c.dir, len(c.data))
		} else {
			records = s.Feed(c.dir, c.data)
		}
		for _, r := range records {
			if r.Why != nil {
				t.Errorf("%s: %v", Label(r.Tree), r.Why)
			}
		}
	}
	// The test goes on in the server's place, with its last secret.
	p, err := s.traffic(ToClient, Application)
	if err != nil {
		t.Fatal(err)
	}
	p.seq = s.dirs[ToClient].keys.seq
	seal := func(typ byte, body string) []byte {
		head := []byte{typeApplicationData, 3, 3, 0, byte(len(body) + 17)}
		b := p.cipher.Seal(head, p.nonce(), append([]byte(body), typ), head)
		p.seq++
		return b
	}
	update := seal(typeHandshake, "\x18\x00\x00\x01\x00")
	p = p.next()
	s.Gap(ToClient, len(update)+len(seal(typeApplicationData, "lost")))
	for _, line := range []string{"first", "second"} {
		for _, r := range s.Feed(ToClient, seal(typeApplicationData, line)) {
			if r.Why != nil || Label(r.Tree) != line {
				t.Errorf("behind the KeyUpdate: %s, %v", Label(r.Tree), r.Why)
			}
		}
	}
}

// TestGapInMessage has a record of TLS 1.3 in the clear that begins inside a message.
func TestGapInMessage(t *testing.T) {
	client, server := settings(certified(t, "p256"))
	keys := NewKeys()
	all := cut(talk(t, client, server, keys))
	s := New(keys)
	replay(s, all[:2])
	s.Gap(ToClient, 40)
	r := s.Feed(ToClient, plainRecord(typeHandshake, []byte("the rest of a message")))[0]
	f := r.Tree.Kid("fragment")
	if sound(t, r.Tree); r.Why != nil || r.Tree.Name != "TLSPlaintext" || f.Err == nil || f.N != 21 || len(r.Msgs) != 0 {
		t.Errorf("%s, %v:\n%s", r.Tree.Name, r.Why, shown(r.Tree))
	}
}

// TestGapOfTheOther: only what stands behind a gap in its own direction says that
// something is missing before it. The other direction says what it lacks, or opens.
func TestGapOfTheOther(t *testing.T) {
	client, server := settings(certified(t, "p256"))
	keys := NewKeys()
	seen := talk(t, client, server, keys)
	for _, test := range []struct {
		name     string
		d        Dir
		from, to int
		own      string // the reason in the direction with the gap; "" if all opens
		other    string // and in the other
	}{
		{"the ServerHello", ToClient, 20, 120,
			"gap in the capture: 100 bytes are missing before this record",
			"gap in the capture: no ServerHello was seen, and of what the server sent 100 bytes are missing"},
		{"the ClientHello", ToServer, 0, 60,
			"gap in the capture: 60 bytes are missing before this record",
			"gap in the capture: no ClientHello was seen, and of what the client sent 60 bytes are missing"},
		{"the ClientHello behind its random", ToServer, 60, 61, "", ""},
	} {
		s := New(keys)
		got := lossy(s, seen, test.d, test.from, test.to)
		for _, r := range got {
			sound(t, r.Tree)
		}
		whys := map[Dir]map[string]bool{ToServer: {}, ToClient: {}}
		for _, r := range s.Flush() {
			whys[r.Dir][r.Why.Error()] = true
		}
		for d, want := range map[Dir]string{test.d: test.own, 1 - test.d: test.other} {
			if got := whys[d]; want == "" && len(got) > 0 || want != "" && (len(got) != 1 || !got[want]) {
				t.Errorf("without %s, %s: %v, want %q", test.name, d, got, want)
			}
		}
	}
}

// TestCut: a capture that is over inside a record gives what there is of it, and says
// so in one line.
func TestCut(t *testing.T) {
	whole := plainRecord(typeHandshake, append([]byte{1, 0, 0, 76}, make([]byte, 76)...))
	for n, want := range map[int]string{3: "cut off in its header, 3 bytes", 5: "cut off, 5 of 85 bytes", 70: "cut off, 70 of 85 bytes"} {
		s := New(nil)
		s.Feed(ToServer, whole[:n])
		recs := s.Cut(ToServer)
		if len(recs) != 1 || Label(recs[0].Tree) != want || recs[0].Tree.N != n || n > 5 && !strings.Contains(fmt.Sprint(errorIn(recs[0].Tree)), "the capture ends") {
			t.Fatalf("%d bytes: %d records: %s, %v", n, len(recs), Label(recs[0].Tree), errorIn(recs[0].Tree))
		}
		sound(t, recs[0].Tree)
		if again := s.Cut(ToServer); len(again) > 0 {
			t.Errorf("%d bytes: told of twice", n)
		}
	}
}

// errorIn returns the first error in a tree.
func errorIn(f *wire.Field) (err error) {
	f.Walk(func(path []*wire.Field) {
		if at := path[len(path)-1]; err == nil {
			err = at.Err
		}
	})
	return err
}
