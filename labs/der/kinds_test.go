package der

import (
	"encoding/base64"
	"encoding/pem"
	"testing"

	"tlstutor/labs/wire"
)

// TestKinds: each kind is recognised by its content alone, and opens without a
// fault and without a long leaf that is not allowed.
func TestKinds(t *testing.T) {
	for name, s := range samples(t) {
		armoured := pem.EncodeToMemory(&pem.Block{Type: s.label, Bytes: s.der})
		bare := []byte(base64.StdEncoding.EncodeToString(s.der))
		for how, data := range map[string][]byte{"DER": s.der, "PEM": armoured, "base64": bare} {
			if how != "PEM" && name == "trusted" {
				continue // what stands behind the certificate says nothing without its label
			}
			found, err := Objects(name, data)
			if err != nil || len(found) != 1 {
				t.Errorf("%s as %s: %d objects, %v", name, how, len(found), err)
				continue
			}
			if found[0].Kind != s.kind {
				t.Errorf("%s as %s is a %s", name, how, found[0].Kind)
			}
			root := found[0].Tree()
			if err := wire.Check(root, OpenLeaf); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if root.Off != 0 || root.N != len(s.der) || root.Value == "" {
				t.Errorf("%s as %s: %s %q, %d of %d bytes", name, how, root.Name, root.Value, root.N, len(s.der))
			}
			if said := undecoded(root); said != "" {
				t.Errorf("%s as %s: %s\n%s", name, how, said, dump(root))
			}
		}
	}
}
