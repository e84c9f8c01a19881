package dissect_test

import (
	"fmt"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// A Session is fed what crossed, in pieces of any size, and gives records with
// every byte named. This is a fatal alert, in the clear.
func Example() {
	s := dissect.New(dissect.NewKeys())
	for _, piece := range []string{"\x15\x03\x03", "\x00\x02\x02\x28"} {
		for _, r := range s.Feed(dissect.ToClient, []byte(piece)) {
			fmt.Println(dissect.Label(r.Tree))
			for _, path := range []string{"legacy_record_version", "Alert.level", "Alert.description"} {
				fmt.Printf("%s: %s\n", path, value(r.Tree.Find(path)))
			}
		}
	}
	// Output:
	// Alert handshake_failure
	// legacy_record_version: TLS 1.2 (0x0303), 2 bytes from 1
	// Alert.level: fatal (2), 1 bytes from 5
	// Alert.description: handshake_failure (40), 1 bytes from 6
}

func value(f *wire.Field) string { return fmt.Sprintf("%s, %d bytes from %d", f.Value, f.N, f.Off) }
