package der

import (
	"encoding/pem"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
)

var update = flag.Bool("update", false, "make the certificates in testdata anew, and what is expected of them")

// dump writes a tree as annotated text: where, how many bytes, the name, the
// value, and the error.
func dump(root *wire.Field) string {
	var b strings.Builder
	root.Walk(func(path []*wire.Field) {
		f := path[len(path)-1]
		fmt.Fprintf(&b, "%5d %4d %s%s", f.Off, f.N, strings.Repeat("  ", len(path)-1), f.Name)
		if f.Value != "" {
			fmt.Fprintf(&b, ": %s", f.Value)
		}
		if f.Err != nil {
			fmt.Fprintf(&b, " (error: %v)", f.Err)
		}
		b.WriteByte('\n')
	})
	return b.String()
}

func TestGolden(t *testing.T) {
	keys := pki.NewKeyring()
	for name, kind := range map[string]string{"many": "p256", "rsa": "rsa2048", "ed25519": "ed25519"} {
		file := "testdata/" + name
		if *update {
			c := manyExtensions()
			if name != "many" {
				c.ExtraExtensions = c.ExtraExtensions[:2]
			}
			der := issue(t, keys, kind, c)
			if err := os.WriteFile(file+".pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		data, err := os.ReadFile(file + ".pem")
		if err != nil {
			t.Fatal(err)
		}
		roots, err := opened(name, data)
		if err != nil {
			t.Fatal(err)
		}
		if err := wire.Check(roots[0], OpenLeaf); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got := dump(roots[0])
		if *update {
			if err := os.WriteFile(file+".txt", []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: got\n%s", name, got)
		}
	}
}
