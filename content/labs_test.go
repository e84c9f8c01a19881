package content_test

import (
	"context"
	"testing"

	"tlstutor/labs"
	"tlstutor/labs/pki"
)

// labRuns adds what every lab shows at each choice of each of its knobs: the
// records, what was made, and what was found that can be opened.
func labRuns(t *testing.T, all seen) {
	ring := pki.NewKeyring()
	together := map[string][]labs.Settings{"handshake": {
		{"client": "openssl", "server": "openssl", "resume": "early"},
	}}
	for _, l := range labs.All() {
		given := append([]labs.Settings{nil}, together[l.Name]...)
		for _, k := range l.Knobs {
			for _, c := range k.Choices[min(1, len(k.Choices)):] {
				given = append(given, labs.Settings{k.Name: c})
			}
		}
		for _, g := range given {
			s, err := l.Settings(g)
			if err != nil {
				t.Fatal(err)
			}
			if l.Refuses != nil && l.Refuses(s) != nil {
				continue // it takes more than one knob
			}
			events, err := labs.Start(context.Background(), l, s, labs.Options{Keys: ring}).Wait()
			if err != nil {
				t.Fatalf("%s: %v", l.Line(s), err)
			}
			for _, r := range labs.Records(events) {
				all.tree(r.Event.Tree, l.Line(s))
				if r.As != nil {
					all.tree(r.As, l.Line(s)+", as delivered")
				}
			}
		}
	}
}
