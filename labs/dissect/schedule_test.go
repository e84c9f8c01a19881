package dissect

import (
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// privateKeys returns the private keys of a section of RFC 8448.
func privateKeys(t *testing.T, section string) [][]byte {
	t.Helper()
	data, err := os.ReadFile("testdata/rfc8448.txt")
	if err != nil {
		t.Fatal(err)
	}
	var keys [][]byte
	for line := range strings.Lines(string(data)) {
		part := strings.Fields(line)
		if len(part) != 4 || part[0] != "key" || part[1] != section {
			continue
		}
		if b, err := hex.DecodeString(part[3]); err == nil {
			keys = append(keys, b)
		}
	}
	return keys
}

// allValues returns the values of all fields under f.
func allValues(f *wire.Field) []string {
	var all []string
	f.Walk(func(path []*wire.Field) { all = append(all, path[len(path)-1].Value) })
	return all
}

// TestScheduleRFC8448 climbs from the published private keys to every published
// secret of the sections in which nothing is resumed.
func TestScheduleRFC8448(t *testing.T) {
	for section, tr := range traces(t) {
		if section == "4" {
			continue // its PSK is not in a key log
		}
		keys := NewKeys()
		fmt.Fprint(keys, tr.log())
		s := New(keys)
		var records []Record
		for i, b := range tr.records {
			records = append(records, s.Feed(tr.dirs[i], b)...)
		}
		v := View{keys, records}
		f := Verify(v, v).Schedule(privateKeys(t, section), "")
		if f == nil || f.Err != nil || !strings.Contains(f.Value, "whole") {
			t.Fatalf("section %s: %v", section, f)
		}
		all := allValues(f)
		for name, secret := range tr.secrets {
			// It shows neither what lies between two secrets nor what comes of a ticket.
			switch name {
			case "empty_hash", "handshake_derived", "application_derived", "resumption":
				continue
			}
			if !slices.Contains(all, secret) {
				t.Errorf("section %s: %s is not %s", section, name, secret)
			}
		}
	}
}

// TestLadderRFC8448 draws the ladder of a published handshake, rung by rung.
func TestLadderRFC8448(t *testing.T) {
	tr := traces(t)["3"]
	keys := NewKeys()
	fmt.Fprint(keys, tr.log())
	v := View{keys, fed(tr, New(keys))}
	f := Verify(v, v).Schedule(privateKeys(t, "3"), "")
	var got []string
	for _, r := range f.Kid("ladder").Kids {
		got = append(got, r.Name+"  "+r.Value)
	}
	cut := func(name string) string { return tr.secrets[name][:8] }
	want := []string{
		"PSK -> HKDF-Extract  " + cut("early_secret") + " Early Secret, from 0 and PSK 00000000",
		`  v   "derived"  ` + cut("handshake_derived") + " derived, over no messages",
		"(EC)DHE -> HKDF-Extract  " + cut("handshake") + " Handshake Secret, from derived and (EC)DHE " + cut("shared_secret"),
		`  +-> "c hs traffic"  ` + cut("c_hs_traffic") + " client_handshake_traffic_secret, over ClientHello...ServerHello",
		`  +-> "s hs traffic"  ` + cut("s_hs_traffic") + " server_handshake_traffic_secret, over ClientHello...ServerHello",
		`  v   "derived"  ` + cut("application_derived") + " derived, over no messages",
		"0 -> HKDF-Extract  " + cut("application") + " Main Secret, from derived and 0",
		`  +-> "c ap traffic"  ` + cut("c_ap_traffic") + " client_application_traffic_secret_0, over ClientHello...server Finished",
		`  +-> "s ap traffic"  ` + cut("s_ap_traffic") + " server_application_traffic_secret_0, over ClientHello...server Finished",
		`  +-> "exp master"  ` + cut("exp_master") + " exporter_secret, over ClientHello...server Finished",
		`  +-> "res master"  ` + cut("res_master") + " resumption_secret, over ClientHello...client Finished",
	}
	if !slices.Equal(got, want) {
		t.Errorf("drawn:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, line := range got {
		for _, r := range line {
			if r < ' ' || r > '~' {
				t.Errorf("%q is not ASCII", line)
			}
		}
	}
}

// fed returns the records of a published trace.
func fed(tr *trace, s *Session) []Record {
	var records []Record
	for i, b := range tr.records {
		records = append(records, s.Feed(tr.dirs[i], b)...)
	}
	return records
}

// TestBinderRFC8448 resumes as the RFC does: what the first handshake's ticket
// stands for, and the binder that the second one offers it with, are as published;
// with another key the binder is not what is recomputed.
func TestBinderRFC8448(t *testing.T) {
	all := traces(t)
	logs := map[string]*Keys{"3": NewKeys(), "4": NewKeys()}
	for section, keys := range logs {
		fmt.Fprint(keys, all[section].log())
	}
	one := View{logs["3"], fed(all["3"], New(logs["3"]))}
	first := Verify(one, one).Schedule(privateKeys(t, "3"), "")
	psk := first.Match("resumption_secret.PSK of a ticket")
	if psk == nil || psk.Value != all["3"].secrets["resumption"] {
		t.Fatalf("the ticket stands for %v", psk)
	}
	logs["4"].Resume(logs["3"])
	two := View{logs["4"], fed(all["4"], New(logs["4"]))}
	a := Verify(two, two)
	f := a.Findings()
	b := f.Kid("PskBinderEntry.binder (client)")
	if b == nil || b.Err != nil || b.Kid("recomputed").Value != all["4"].secrets["resumption_finished"] || f.Value != "both Finished match, the client's PSK binder matches" {
		t.Errorf("the binder: %v of %s", b, f.Value)
	}
	s := a.Schedule(privateKeys(t, "4"), "")
	if s.Err != nil || s.Value != "TLS 1.3, whole, from the x25519 secret on" || s.Kid("Early Secret").Value != all["4"].secrets["resumption_early"] {
		t.Errorf("the schedule: %v", s)
	}
	for _, k := range []string{"c_e_traffic", "c_hs_traffic", "s_ap_traffic"} {
		if !slices.Contains(allValues(s), all["4"].secrets[k]) {
			t.Errorf("no %s", k)
		}
	}
	// Another key makes another binder.
	logs["3"].mu.Lock()
	for _, key := range logs["3"].psks {
		key[0] ^= 1
	}
	logs["3"].mu.Unlock()
	if f := Verify(two, two).Findings().Kid("PskBinderEntry.binder (client)"); f.Err == nil {
		t.Errorf("with another key it still %s", f.Value)
	}
}
