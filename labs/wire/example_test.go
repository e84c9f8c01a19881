package wire_test

import (
	"fmt"
	"strings"

	"tlstutor/labs/wire"
)

// A decoder reads as the grammar of the format: reading and naming are one act. A
// short read leaves an "undecoded" field, and all that stands before it.
func Example() {
	record := func(c *wire.Cursor) {
		c.Uint("type", 1, func(n uint64) string { return map[uint64]string{22: "handshake (22)"}[n] })
		c.Uint("version", 2, nil)
		c.Vector("fragment", 2, nil)
	}
	for _, data := range []string{"\x16\x03\x03\x00\x02hi", "\x16\x03\x03\x00\x09hi"} {
		tree := wire.ParseAll("record", &wire.Source{Name: "example", Data: []byte(data)}, record)
		tree.Walk(func(path []*wire.Field) {
			f := path[len(path)-1]
			fmt.Println(strings.TrimRight(fmt.Sprintf("%s%s [%d+%d] %s", strings.Repeat("  ", len(path)-1), f.Name, f.Off, f.N, f.Value), " "))
		})
	}
	// Output:
	// record [0+7]
	//   type [0+1] handshake (22)
	//   version [1+2] 771
	//   fragment [3+4]
	// record [0+7]
	//   type [0+1] handshake (22)
	//   version [1+2] 771
	//   fragment [3+4]
	//     undecoded [5+2] fragment: the length says 9 bytes, 2 are left
}
