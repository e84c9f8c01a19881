package dissect

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

var update = flag.Bool("update", false, "write the golden files anew")

// dump writes a tree as annotated text: where, how many bytes, the name, the
// value, and the error. A field with a source of its own is marked with it.
func dump(b *strings.Builder, root *wire.Field) {
	root.Walk(func(path []*wire.Field) {
		f := path[len(path)-1]
		fmt.Fprintf(b, "%5d %4d %s%s", f.Off, f.N, strings.Repeat("  ", len(path)-1), f.Name)
		if f.Value != "" {
			fmt.Fprintf(b, ": %s", f.Value)
		}
		if len(path) > 1 && f.Src != path[len(path)-2].Src {
			fmt.Fprintf(b, " [%s]", f.Src.Name)
		}
		if f.Err != nil {
			fmt.Fprintf(b, " (error: %v)", f.Err)
		}
		b.WriteByte('\n')
	})
}

// TestGolden keeps what every byte of three sections of RFC 8448 is called and
// said to mean: a plain handshake, early data, and a HelloRetryRequest.
func TestGolden(t *testing.T) {
	all := traces(t)
	for _, section := range []string{"3", "4", "5"} {
		tr := all[section]
		keys := NewKeys()
		fmt.Fprint(keys, tr.log())
		s := New(keys)
		var b strings.Builder
		for i, data := range tr.records {
			for _, r := range s.Feed(tr.dirs[i], data) {
				fmt.Fprintf(&b, "\n%s, %s: %s\n", r.Dir, r.Epoch, Label(r.Tree))
				dump(&b, r.Tree)
			}
		}
		golden(t, "testdata/rfc8448-"+section+".golden", b.String())
	}
}

// golden compares text with what a file holds.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	a, b := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Fatalf("%s:%d: now %q, was %q", file, i+1, a[i], b[i])
		}
	}
	t.Fatalf("%s: now %d lines, was %d", file, len(a), len(b))
}
