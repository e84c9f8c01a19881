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
		f := Verify(v, v).Schedule(privateKeys(t, section))
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
