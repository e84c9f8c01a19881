package labs

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// overheardOn returns what the observer found on a connection.
func overheardOn(t *testing.T, events []Event, name string) string {
	t.Helper()
	for _, e := range events {
		if e.Who == Observer && strings.HasPrefix(e.Text, "on "+name+": ") {
			return e.Text
		}
	}
	t.Fatalf("nobody listened on %s", name)
	return ""
}

func TestWiretap(t *testing.T) {
	const line = "the cat is in the garden"
	events := finish(t, Wiretap, "say="+line)
	for name, want := range map[string]string{
		"clear": "your line, word for word",
		"tls12": "not your line",
		"tls13": "not your line",
	} {
		if got := overheardOn(t, events, name); !strings.Contains(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, name := range []string{"tls12", "tls13"} {
		if got := overheardOn(t, events, name); !strings.Contains(got, labName) {
			t.Errorf("%s: the listener did not read the name in the hello: %q", name, got)
		}
	}
	for _, r := range Records(events) { // the parties do have the line, on every connection
		if strings.Contains(r.Event.Text, line) {
			return
		}
	}
	t.Error("the line is on none of the connections")
}

// TestWiretapShort checks that a line is not found by chance: one letter stands
// in any sealed bytes, and a name in the hello is a name, not the line.
func TestWiretapShort(t *testing.T) {
	for _, line := range []string{"a", "ab", labName, "  "} {
		events := finish(t, Wiretap, "say="+line)
		if got := overheardOn(t, events, "clear"); !strings.Contains(got, "your line, word for word") {
			t.Errorf("%q: %q", line, got)
		}
		for _, name := range []string{"tls12", "tls13"} {
			if got := overheardOn(t, events, name); !strings.Contains(got, "not your line") || !strings.Contains(got, "names read: "+labName) {
				t.Errorf("%q: %q", line, got)
			}
		}
	}
	if _, err := Wiretap.Words([]string{"say="}); err == nil {
		t.Error("an empty line is taken")
	}
}

// onlyWire leaves out what happened off the wire.
func onlyWire(recs []Rec) []Rec {
	return slices.DeleteFunc(recs, func(r Rec) bool { return !r.OnWire() })
}

// TestEavesdrop checks that a listener has every byte and no key: the records
// are the same bytes, none that was sealed is open, and none that is sealed
// names a message.
func TestEavesdrop(t *testing.T) {
	for _, words := range turns() {
		events := finish(t, Handshake, words...)
		all, heard := onlyWire(Records(events)), Records(eavesdrop(events))
		if len(all) != len(heard) {
			t.Fatalf("%v: of %d records a listener has %d", words, len(all), len(heard))
		}
		for i := range all {
			a, h := all[i].Event, heard[i].Event
			if !bytes.Equal(a.Tree.Bytes(), h.Tree.Bytes()) {
				t.Errorf("%v: record %d is other bytes for a listener", words, i)
			}
			if sealed := a.Epoch != dissect.Clear; sealed != (h.Err != nil) || sealed && len(dissect.Messages(h.Tree)) > 0 {
				t.Errorf("%v: record %d, %s, is %q for a listener (%v)", words, i, a.Text, h.Text, h.Err)
			}
			h.Tree.Walk(func(path []*wire.Field) {
				if f := path[len(path)-1]; f.Src != nil && f.Src.Name == "decrypted" {
					t.Errorf("%v: record %d: a listener has decrypted bytes", words, i)
				}
			})
		}
	}
}

// TestEavesdropCutOff ends a direction inside a record: the listener has as much
// of it as crossed.
func TestEavesdropCutOff(t *testing.T) {
	relay := dissect.New(nil)
	relay.Feed(dissect.ToServer, []byte("\x16\x03\x01\x00\x05\x01"))
	part, conn := relay.Close(dissect.ToServer)[0], &Conn{}
	heard := eavesdrop([]Event{
		{Kind: Written, Who: Client, To: Server, Conn: conn, Tree: part.Tree},
		{Kind: Written, Who: Client, To: Server, Conn: conn},
	})
	if len(heard) != 1 || heard[0].Tree.N != part.Tree.N || heard[0].Tree.Err == nil {
		t.Errorf("of a record that was cut off the listener has %v", heard)
	}
}
