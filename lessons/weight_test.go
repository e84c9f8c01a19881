package lessons

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// TestWeight: a course of more text than can be read in a moment is one mistake,
// found before any of it is read.
func TestWeight(t *testing.T) {
	fsys := fstest.MapFS{"course.yaml": {Data: []byte("id: heavy\ntitle: Heavy\nmodules: []\n")}}
	for i := range 9 {
		fsys[fmt.Sprintf("lessons/A%d-x.md", i)] = &fstest.MapFile{Data: []byte(strings.Repeat("- [a\n", 1<<20/5))}
	}
	_, err := Load(fsys)
	if bad, ok := err.(Mistakes); !ok || len(bad) != 1 || !strings.Contains(bad[0].What, "more than 8388608") {
		t.Errorf("a course of 9 MB: %.300v", err)
	}
}
