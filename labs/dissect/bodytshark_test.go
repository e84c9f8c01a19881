package dissect

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestRecordedJudged has tshark read the recordings, and compares.
func TestRecordedJudged(t *testing.T) {
	all := recorded(t)
	keys := NewKeys()
	var names []string
	var conns [][]chunk
	// Tshark takes the Finished of a later authentication for the end of a handshake,
	// and changes its keys.
	delete(all, "later")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprint(keys, all[name].log)
		names, conns = append(names, strings.ToUpper(name)), append(conns, all[name].seen)
	}
	judged(t, names, conns, keys)
}
