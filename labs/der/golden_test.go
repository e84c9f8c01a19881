package der

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
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

// goldens makes what the golden trees are of, for a file that is missing.
func goldens(t *testing.T) map[string]sample {
	keys := pki.NewKeyring()
	all := samples(t)
	for name, kind := range map[string]string{"many": "p256", "rsa": "rsa2048", "ed25519": "ed25519"} {
		c := manyExtensions()
		if name != "many" {
			c.ExtraExtensions = c.ExtraExtensions[:2]
		}
		all[name] = sample{"certificate", "CERTIFICATE", issue(t, keys, kind, c)}
	}
	return all
}

// TestGolden compares the tree of one object of each kind with annotated text,
// which people have read. With -update the text is made anew, and so is an object
// whose file is missing.
func TestGolden(t *testing.T) {
	var made map[string]sample
	// Certificates stand in testdata, the other kinds in a folder below.
	for _, name := range []string{"many", "rsa", "ed25519", "certificate", "kinds/trusted", "kinds/request", "kinds/request with attributes", "kinds/crl", "kinds/crl delta",
		"kinds/ocsp-request signed", "kinds/ocsp-response", "kinds/ocsp-response three", "kinds/key ec", "kinds/key sec1", "kinds/key pkcs1", "kinds/key ed25519",
		"kinds/key ml-kem both", "kinds/key encrypted", "kinds/public rsa", "kinds/pkcs7", "kinds/cms signed", "kinds/pfx", "kinds/pfx plain", "kinds/pfx bare key"} {
		file := "testdata/" + strings.ReplaceAll(name, " ", "-")
		name = strings.TrimPrefix(name, "kinds/")
		data, err := os.ReadFile(file + ".pem")
		if *update && errors.Is(err, fs.ErrNotExist) {
			if made == nil {
				made = goldens(t)
			}
			data = armour(made[name].der, made[name].label)
			err = os.WriteFile(file+".pem", data, 0o644)
		}
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
