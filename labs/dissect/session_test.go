package dissect

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// both returns one connection of each version.
func both(t testing.TB) map[string][]chunk {
	out := map[string][]chunk{}
	cert := certified(t, "p256")
	for _, v := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		client, server := settings(cert)
		client.MaxVersion = v
		keys := NewKeys()
		seen := talk(t, client, server, keys)
		out[string(keys.Bytes())] = seen
	}
	return out
}

// TestLateKeys gives the key log only when all is fed: what was sealed comes
// once more, opened and in order.
func TestLateKeys(t *testing.T) {
	for log, seen := range both(t) {
		keys := NewKeys()
		s := New(keys)
		var sealed [2][]int
		for _, r := range replay(s, seen) {
			if r.Again {
				t.Errorf("%s comes again without a key", Label(r.Tree))
			}
			if r.Why == nil {
				continue
			}
			sealed[r.Dir] = append(sealed[r.Dir], r.Tree.Off)
			if !strings.Contains(r.Why.Error(), "in the key log yet") || !strings.HasPrefix(Label(r.Tree), "sealed, ") {
				t.Errorf("%s: %v", Label(r.Tree), r.Why)
			}
			sound(t, r.Tree)
		}
		if n := len(s.Flush()); n != len(sealed[0])+len(sealed[1]) {
			t.Errorf("%d of %d sealed records flushed", n, len(sealed[0])+len(sealed[1]))
		}
		for _, r := range s.Flush() {
			if !strings.HasPrefix(r.Why.Error(), "the key log has no ") {
				t.Errorf("in the end: %v", r.Why)
			}
		}
		fmt.Fprint(keys, log)
		var opened [2][]int
		for _, r := range s.Feed(ToClient, nil) {
			if opened[r.Dir] = append(opened[r.Dir], r.Tree.Off); !r.Again || r.Why != nil {
				t.Errorf("%s: again %v, %v", Label(r.Tree), r.Again, r.Why)
			}
			sound(t, r.Tree)
			decoded(t, r.Tree)
		}
		if !slices.Equal(sealed[0], opened[0]) || !slices.Equal(sealed[1], opened[1]) || len(sealed[0]) == 0 {
			t.Errorf("sealed at %v, opened at %v", sealed, opened)
		}
		if n := len(s.Flush()); n != 0 {
			t.Errorf("%d records flushed after all were opened", n)
		}
	}
}

// TestKeysOneByOne lets each secret come by itself, in any order: in the end the
// records are the same.
func TestKeysOneByOne(t *testing.T) {
	for log, seen := range both(t) {
		full := NewKeys()
		fmt.Fprint(full, log)
		want := replay(New(full), seen)
		all := slices.Collect(strings.Lines(log))
		for turn := range len(all) {
			keys := NewKeys()
			s := New(keys)
			got := replay(s, seen)
			for i := range all {
				fmt.Fprint(keys, all[(i+turn)%len(all)])
				got = append(got, s.Feed(ToServer, nil)...)
			}
			got = slices.DeleteFunc(got, func(r Record) bool { return r.Why != nil })
			for _, d := range []Dir{ToServer, ToClient} {
				if a, b := lines(got, d), lines(want, d); !slices.Equal(a, b) {
					t.Errorf("from key %d, %s: %q, want %q", turn, d, a, b)
				}
			}
		}
	}
}

// TestByteByByte feeds single bytes: the records are the same.
func TestByteByByte(t *testing.T) {
	for log, seen := range both(t) {
		var fed [2]int
		keys := NewKeys()
		fmt.Fprint(keys, log)
		whole, single := New(keys), New(keys)
		var a, b []Record
		for _, c := range seen {
			fed[c.dir] += len(c.data)
			a = append(a, whole.Feed(c.dir, c.data)...)
			for i := range c.data {
				b = append(b, single.Feed(c.dir, c.data[i:i+1])...)
			}
		}
		for _, d := range []Dir{ToServer, ToClient} {
			covered(t, a, d, fed[d])
			covered(t, b, d, fed[d])
			if x, y := lines(a, d), lines(b, d); !slices.Equal(x, y) {
				t.Errorf("%s: at once %q, byte by byte %q", d, x, y)
			}
		}
	}
}

// TestAltered flips one bit in each sealed record: that one does not open, the
// others do.
func TestAltered(t *testing.T) {
	for log, seen := range both(t) {
		keys := NewKeys()
		fmt.Fprint(keys, log)
		for i := range replay(New(keys), seen) {
			s := New(keys)
			var hit, after []Record
			for n, c := range cut(seen) {
				data := bytes.Clone(c.data)
				if n == i && s.isSealed(&s.dirs[c.dir], data[0]) {
					data[len(data)-1] ^= 1
					hit = s.Feed(c.dir, data)
				} else if rs := s.Feed(c.dir, data); hit != nil {
					after = append(after, rs...)
				}
			}
			if hit == nil {
				continue
			}
			if hit[0].Why == nil || !strings.Contains(hit[0].Why.Error(), "does not decrypt with the logged key") {
				t.Errorf("altered: %v", hit[0].Why)
			}
			for _, r := range after {
				if r.Why != nil {
					t.Errorf("behind altered record %d: %s: %v", i, Label(r.Tree), r.Why)
				}
			}
			if got := s.Flush(); len(got) != 1 {
				t.Errorf("%d records stayed sealed, 1 was altered", len(got))
			}
		}
	}
}

// TestOutOfPlace puts a copy of each hello, in both directions, behind the hellos
// of a TLS 1.3 connection: nothing that follows is disturbed.
func TestOutOfPlace(t *testing.T) {
	for log, seen := range both(t) {
		if strings.HasPrefix(log, labelMaster) {
			continue // in TLS 1.2 the copy counts as a record that does not open
		}
		all := cut(seen)
		for i := 2; i < len(all); i++ {
			for _, hello := range all[:2] {
				for _, d := range []Dir{ToServer, ToClient} {
					keys := NewKeys()
					fmt.Fprint(keys, log)
					s := New(keys)
					records := replay(s, all[:i])
					s.Feed(d, hello.data)
					for _, r := range append(records, replay(s, all[i:])...) {
						if r.Why != nil {
							t.Errorf("a hello %s before record %d: %v", d, i, r.Why)
						}
					}
				}
			}
		}
	}
}

// TestOtherKeys has keys of the right name with the wrong bytes.
func TestOtherKeys(t *testing.T) {
	for log, seen := range both(t) {
		keys := NewKeys()
		for line := range strings.Lines(log) {
			i := strings.LastIndexByte(line, ' ') + 1
			fmt.Fprintf(keys, "%s%s\n", line[:i], strings.Repeat("00", len(line[i:])/2))
		}
		for _, r := range replay(New(keys), seen) {
			if r.Why != nil && r.Why != errKey || r.Why == nil && r.Epoch != Clear {
				t.Errorf("%s %s: %v", r.Epoch, Label(r.Tree), r.Why)
			}
		}
	}
}

// TestEarlyData looks at 0-RTT when its key comes late, or never.
func TestEarlyData(t *testing.T) {
	tr := traces(t)["4"]
	early := ""
	others := ""
	for line := range strings.Lines(tr.log()) {
		if strings.HasPrefix(line, labelClientEarly) {
			early = line
		} else {
			others += line
		}
	}
	feed := func(s *Session) (out []Record) {
		for i, b := range tr.records {
			out = append(out, s.Feed(tr.dirs[i], b)...)
		}
		return out
	}
	// Never: both records under early keys stay sealed, and nothing else.
	keys := NewKeys()
	fmt.Fprint(keys, others)
	s := New(keys)
	got := slices.DeleteFunc(feed(s), func(r Record) bool { return r.Why != nil })
	want := []string{"clear ClientHello", "handshake Finished", "application application_data, 50 bytes", "application Alert close_notify"}
	if got := lines(got, ToServer); !slices.Equal(got, want) {
		t.Errorf("without the early key: %q, want %q", got, want)
	}
	left := s.Flush()
	if len(left) != 2 || left[0].Why.Error() != "the key log has no CLIENT_EARLY_TRAFFIC_SECRET" {
		t.Errorf("without the early key %d records stayed sealed: %v", len(left), left)
	}
	// Late: all other secrets come after it.
	keys = NewKeys()
	s = New(keys)
	feed(s)
	fmt.Fprint(keys, early)
	if got := lines(s.Feed(ToServer, nil), ToServer); !slices.Equal(got, []string{"early ABCDEF", "early EndOfEarlyData"}) {
		t.Errorf("with the early key alone: %q", got)
	}
	fmt.Fprint(keys, others)
	if got := lines(s.Feed(ToServer, nil), ToServer); !slices.Equal(got, want[1:]) {
		t.Errorf("with the other keys: %q", got)
	}
}

// TestSealedChange: a change_cipher_spec that comes sealed ends a handshake inside a
// connection, also where nothing else has said so yet: the client's, when it resumes
// and the keys come late. Nobody here negotiates like that.
func TestSealedChange(t *testing.T) {
	s := New(nil)
	st := &s.dirs[ToServer]
	s.changed(st)
	if st.old != nil {
		t.Error("the first counts before the ServerHello")
	}
	st.old, st.keys = &params{}, &protection{}
	if s.changed(st); st.keys != nil {
		t.Error("the old keys stay")
	}
}

// TestExpect: room that is made at once changes nothing of what is read, however
// much more or less comes.
func TestExpect(t *testing.T) {
	client, server := settings(certified(t, "p256"))
	keys := NewKeys()
	seen := talk(t, client, server, keys)
	want := replay(New(keys), seen)
	for _, n := range []int{0, 1, 100, 1 << 20} {
		s := New(keys)
		s.Expect(ToServer, n)
		got := replay(s, seen[:2])
		s.Expect(ToClient, n)
		got = append(got, replay(s, seen[2:])...)
		if len(got) != len(want) {
			t.Fatalf("%d bytes expected: %d records, want %d", n, len(got), len(want))
		}
		for i := range got {
			if a, b := got[i].Tree, want[i].Tree; a.Value != b.Value || a.Off != b.Off || !bytes.Equal(a.Bytes(), b.Bytes()) || Label(a) != Label(b) {
				t.Errorf("%d bytes expected: record %d is %s, want %s", n, i, Label(a), Label(b))
			}
		}
	}
}
