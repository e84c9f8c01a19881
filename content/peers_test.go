package content_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"tlstutor/labs/dissect"
)

// TestNotesForPeers: every field of every recorded connection of other people's
// programs has a note.
func TestNotesForPeers(t *testing.T) {
	data, err := os.ReadFile("../labs/dissect/testdata/peers.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := seen{}
	runs := strings.Split(string(data), "\nrun ")[1:]
	for _, text := range runs {
		name, _, _ := strings.Cut(text, " ")
		keys := dissect.NewKeys()
		var chunks []chunk
		for line := range strings.Lines(text) {
			word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
			b, err := hex.DecodeString(rest)
			switch {
			case word == "key":
				fmt.Fprintln(keys, rest)
			case word == "C" && err == nil:
				chunks = append(chunks, chunk{dissect.ToServer, b})
			case word == "S" && err == nil:
				chunks = append(chunks, chunk{dissect.ToClient, b})
			}
		}
		all.records(replay(keys, chunks), name)
	}
	if len(runs) < 20 || len(all) < 700 {
		t.Errorf("only %d fields in %d connections", len(all), len(runs))
	}
	n, missing := notes(t), map[string]string{}
	for path, where := range all {
		if _, ok := n.For(path); !ok {
			missing[path] = where
		}
	}
	for _, path := range sorted(missing) {
		t.Errorf("no note for %s (%s)", path, missing[path])
	}
}
