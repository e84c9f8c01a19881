package fieldview_test

import (
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// TestCrowded checks that a level of thousands of fields, which one record can
// hold, is unfolded by looking at each of them a few times, not at all of them
// for each.
func TestCrowded(t *testing.T) {
	const n = 8000
	for _, at := range []string{"root", "level"} {
		many := func(c *wire.Cursor) {
			for c.More() {
				c.Uint("suite", 2, nil)
			}
		}
		src := &wire.Source{Name: "stream", Data: make([]byte, 2*n)}
		root := wire.ParseAll("root", src, many)
		if at == "level" {
			root = wire.ParseAll("root", src, func(c *wire.Cursor) { c.Group("level", 2*n, many) })
		}
		asked := 0
		v := viewOf(root, func(path string) bool { asked++; return strings.HasSuffix(path, "root.level") })
		v.Select("root")
		if at == "level" {
			v.Down()
			v.Right()
		}
		v.End()
		if got := v.Selected(); got.Off != 2*n-2 {
			t.Errorf("%s: the last row is %s at %d", at, v.Path(), got.Off)
		}
		if asked > 10*n {
			t.Errorf("%s: %d fields were asked about %d times", at, n, asked)
		}
	}
}
