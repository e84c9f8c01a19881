package pki

import (
	"bytes"
	"crypto/x509"
	"slices"
	"strings"
	"testing"

	"tlstutor/labs/der"
	"tlstutor/labs/wire"
)

// twins makes a good certificate that fits a change: a leaf that has something of
// everything, on P-256 or under an issuer with an RSA key.
func twins(t *testing.T, keys *Keyring) (*Authority, []byte, *Authority, []byte) {
	t.Helper()
	good := func(kind string) (*Authority, []byte) {
		anchor := Anchor("Lab Root CA")
		anchor.Kind = kind
		root, err := Root(keys, clock, anchor)
		if err != nil {
			t.Fatal(err)
		}
		s := Server("app.lab.test", "127.0.0.1")
		s.Subject.CommonName = "app.lab.test"
		is, err := root.Issue(s)
		if err != nil {
			t.Fatal(err)
		}
		return root, is.Leaf.Raw
	}
	a, ec := good("p256")
	b, rsa := good("rsa1024")
	return a, ec, b, rsa
}

// intermediate makes a good certificate of an authority.
func intermediate(t *testing.T, a *Authority) []byte {
	t.Helper()
	mid, err := a.Intermediate(Sub("Lab Issuing CA"))
	if err != nil {
		t.Fatal(err)
	}
	return mid.Cert().Raw
}

// differences names the fields in which two trees differ, the deepest there are.
func differences(a, b *wire.Field, path string) []string {
	if bytes.Equal(a.Bytes(), b.Bytes()) {
		return nil
	}
	names := func(f *wire.Field) (all []string) {
		for _, k := range f.Kids {
			all = append(all, k.Name)
		}
		return all
	}
	if len(a.Kids) == 0 || len(b.Kids) == 0 {
		return []string{path}
	}
	var all []string
	if slices.Equal(names(a), names(b)) {
		for i := range a.Kids {
			all = append(all, differences(a.Kids[i], b.Kids[i], path+"/"+a.Kids[i].Name)...)
		}
		return all
	}
	for _, side := range [][2]*wire.Field{{a, b}, {b, a}} {
		left := map[string]int{}
		for _, k := range side[1].Kids {
			left[string(k.Bytes())]++
		}
		for _, k := range side[0].Kids {
			if left[string(k.Bytes())]--; left[string(k.Bytes())] < 0 {
				twin := side[1].Kid(k.Name)
				if twin != nil && len(side[0].Kids) > 1 && side[0] == a {
					all = append(all, differences(k, twin, path+"/"+k.Name)...)
				} else if twin == nil {
					all = append(all, path+"/"+k.Name)
				}
			}
		}
	}
	if all == nil {
		return []string{path}
	}
	return all
}

// within reports whether a path lies in a field, whose own path may skip levels.
func within(path, field string) bool {
	at := "/" + path + "/"
	for part := range strings.SplitSeq(strings.Replace(field, "extensions.", "extensions/", 1), "/") {
		if !strings.HasPrefix(field, "extensions.") {
			part = strings.ReplaceAll(part, ".", "/")
		}
		_, rest, ok := strings.Cut(at, "/"+part+"/")
		if !ok {
			return false
		}
		at = "/" + rest
	}
	return true
}

func TestTwinsDifferInOneField(t *testing.T) {
	ecCA, ec, rsaCA, rsa := twins(t, NewKeyring())
	parse := func(b []byte) *wire.Field { return der.Parse(&wire.Source{Name: "test", Data: b}) }
	for _, c := range changes() {
		t.Run(c.Name, func(t *testing.T) {
			ca, good := ecCA, ec
			if c.Name == "md5" {
				ca, good = rsaCA, rsa
			}
			bad, err := ca.Forge(good, c)
			if c.Name == "not-a-ca" {
				if err == nil {
					t.Error("a leaf differs from what it is")
				}
				good = intermediate(t, ca)
				bad, err = ca.Forge(good, c)
			}
			if err != nil {
				t.Fatal(err)
			}
			if c.Field == "" {
				p, err := split(good)
				if err != nil || !bytes.Contains(bad, p.tbs()) {
					t.Errorf("what is signed has changed: %v", err)
				}
				return
			}
			found := false
			for _, path := range differences(parse(good), parse(bad), "Certificate") {
				if within(path, c.Field) {
					found = true
					continue
				}
				if !within(path, "signatureValue") && !slices.ContainsFunc(c.Also, func(f string) bool { return within(path, f) }) {
					t.Errorf("they differ in %s too", path)
				}
			}
			if !found {
				t.Errorf("they do not differ in %s, but in %v", c.Field, differences(parse(good), parse(bad), "Certificate"))
			}
		})
	}
}

func TestForgedSignaturesAreGenuine(t *testing.T) {
	ecCA, ec, _, _ := twins(t, NewKeyring())
	for _, c := range changes() {
		if c.Field == "" || c.Field == "signatureValue" || c.Field == "signatureAlgorithm" || len(c.Also) > 0 && c.Also[0] == "signatureAlgorithm" {
			continue
		}
		bad, err := ecCA.Forge(ec, c)
		if c.Name == "not-a-ca" {
			bad, err = ecCA.Forge(intermediate(t, ecCA), c)
		}
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		p, err := split(bad)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		bits := p.signature[3:]
		if err := ecCA.Cert().CheckSignature(x509.ECDSAWithSHA256, p.tbs(), bits); err != nil {
			t.Errorf("%s: %v", c.Name, err)
		}
		if !bytes.Equal(p.der(), bad) {
			t.Errorf("%s: taking it apart and putting it together makes another one", c.Name)
		}
	}
}
