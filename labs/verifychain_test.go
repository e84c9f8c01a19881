package labs

import (
	"encoding/asn1"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/pki"
)

// A time is read as people write it, and what is none is refused.
func TestMoment(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"": "2026-11-22T12:00:00Z", "2027-01-31": "2027-01-31T00:00:00Z", "2027-01-31T10:00:00+02:00": "2027-01-31T08:00:00Z",
		"+30d": "2026-12-22T12:00:00Z", "-12h": "2026-11-22T00:00:00Z", "+0d": "2026-11-22T12:00:00Z",
	} {
		if got, err := Moment(text, now); err != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%q is %v, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"30d", "+d", "d", "h", "+", "tomorrow", "+30", "+99999999999999999999d", "+200000d", "2027-13-01", "0001-01-01", "0001-01-01T00:00:00Z", "+3.5d", "+ 3d", "\x1b[31m"} {
		if got, err := Moment(text, now); err == nil || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
}

// chainFiles are a chain and a root, in DER.
func chainFiles(t *testing.T) (leaf, mid, root []byte, is *pki.Issued) {
	t.Helper()
	top, err := pki.Root(pki.NewKeyring(), time.Now, pki.Anchor("Test Root"))
	if err != nil {
		t.Fatal(err)
	}
	by, err := top.Intermediate(pki.Sub("Test Issuing"))
	if err != nil {
		t.Fatal(err)
	}
	if is, err = by.Issue(pki.Server("app.lab.test")); err != nil {
		t.Fatal(err)
	}
	return is.Leaf.Raw, by.Raw, top.Raw, is
}

// bagOf is a PKCS #7 bag of certificates (RFC 2315, Section 9.1).
func bagOf(t *testing.T, certs ...[]byte) []byte {
	t.Helper()
	var all []byte
	for _, c := range certs {
		all = append(all, c...)
	}
	type inner struct{ Type asn1.ObjectIdentifier }
	type signed struct {
		Version int
		Digests []int `asn1:"set"`
		Content inner
		Certs   asn1.RawValue
		Signers []int `asn1:"set"`
	}
	type content struct {
		Type asn1.ObjectIdentifier
		Data signed `asn1:"explicit,tag:0"`
	}
	raw, err := asn1.Marshal(content{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}, signed{Version: 1, Digests: []int{}, Signers: []int{},
		Content: inner{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}}, Certs: asn1.RawValue{Class: 2, Tag: 0, IsCompound: true, Bytes: all}}})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// Certificates are taken from files of any kind; what else there is is named.
func TestVerifying(t *testing.T) {
	leaf, mid, root, is := chainFiles(t)
	key, err := pki.KeyPEM(is.Key)
	if err != nil {
		t.Fatal(err)
	}
	pem := func(raw ...[]byte) []byte { return pki.PEM(pki.PEMCertificate, raw...) }
	for name, c := range map[string]struct {
		chain, roots []byte
		ok           bool
		note         string
	}{
		"pem":           {pem(leaf, mid), pem(root), true, ""},
		"der":           {append(append([]byte{}, leaf...), mid...), root, true, ""},
		"bag":           {bagOf(t, leaf, mid), pem(root), true, ""},
		"key in front":  {append(append([]byte{}, key...), pem(leaf, mid)...), pem(root), true, "In chain, at byte 0, is a private key: passed over."},
		"wrong label":   {[]byte(strings.ReplaceAll(string(pem(leaf, mid)), "CERTIFICATE", "PUBLIC KEY")), pem(root), true, "In chain, at byte 0:"},
		"root not a CA": {pem(leaf, mid), pem(leaf, root), true, ""},
		"no issuer":     {pem(leaf), pem(root), false, ""},
		"unreadable":    {pem(leaf[:len(leaf)-40], mid), pem(root), false, ""},
	} {
		v := Verifying{Chain: Given{"chain", c.chain}, Roots: Given{"roots", c.roots}, Use: "server", At: time.Now()}
		a, notes, err := v.Answer()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if a.OK != c.ok || !strings.Contains(strings.Join(notes, "\n"), c.note) {
			t.Errorf("%s: %v, %s; notes %q", name, a.OK, a.Why, notes)
		}
	}
	for name, data := range map[string][]byte{"a private key": key, "byte 0": []byte("nothing"), "it is empty": nil} {
		v := Verifying{Chain: Given{"chain", pem(leaf)}, Roots: Given{"roots", data}, Use: "server", At: time.Now()}
		if _, _, err := v.Answer(); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "reading roots: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// As a lab it shows the certificates, judges them, and ends as the verdict does;
// what cannot be read is refused, as a knob can mend that.
func TestVerifyLab(t *testing.T) {
	leaf, mid, root, _ := chainFiles(t)
	dir := t.TempDir()
	file := func(name string, raw ...[]byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pki.PEM(pki.PEMCertificate, raw...), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	given := Settings{"chain": file("chain", leaf, mid), "roots": file("root", root), "name": "app.lab.test"}
	run := func(more Settings) ([]Event, error) {
		all := Settings{}
		for _, s := range []Settings{given, more} {
			for k, v := range s {
				all[k] = v
			}
		}
		set, err := VerifyChain.Settings(all)
		if err != nil {
			t.Fatal(err)
		}
		return Start(t.Context(), VerifyChain, set, Options{}).Wait()
	}
	good, err := run(nil)
	if end := End(good); err != nil || !end.OK || end.Text != "accepted" {
		t.Errorf("%+v, %v", end, err)
	}
	late, err := run(Settings{"at": "+365d"})
	if end := End(late); err != nil || end.OK || end.Text != "refused: time" {
		t.Errorf("%+v, %v", end, err)
	}
	if got := Summary(Diff(good, late)); got != "it is refused now; light time now fails" {
		t.Errorf("what changed is %q", got)
	}
	for _, bad := range []Settings{{"chain": ""}, {"chain": filepath.Join(dir, "none")}, {"chain": dir}, {"at": "soon"}, {"roots": os.Args[0]}} {
		_, err := run(bad)
		if _, ok := errors.AsType[*Refusal](err); !ok {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if got := VerifyChain.Command(Settings{"chain": "a b", "roots": "r", "at": "+1d", "use": "server", "paths": "first"}); got != "verify 'a b' --roots r --at +1d --first-path" {
		t.Errorf("the command is %s", got)
	}
}

// What is read here and by nobody else is named, whatever keeps them from it; what others
// read is not. OpenSSL is the judge.
func TestStrangeFiles(t *testing.T) {
	root, err := pki.Root(pki.NewKeyring(), time.Now, pki.Anchor("Strange Root"))
	if err != nil {
		t.Fatal(err)
	}
	raw := root.Cert().Raw
	block := string(pki.PEM(pki.PEMCertificate, raw))
	lines := strings.Split(strings.TrimSpace(block), "\n")
	bare := strings.Join(lines[1:len(lines)-1], "\n") + "\n"
	for name, text := range map[string]string{
		"plain.pem": block, "crlf.pem": strings.ReplaceAll(block, "\n", "\r\n"), "mark.pem": "\ufeff" + block, "words.pem": "subject=x\n" + block, "twice.pem": block + block,
		"oneline.pem": strings.Join(lines, ""), "indented.pem": "  " + strings.Join(lines, "\n  "), "bare.pem": bare, "no-end.pem": strings.Join(lines[:len(lines)-1], "\n"),
	} {
		_, notes, err := Given{Name: name, Data: []byte(text)}.certificates()
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		read := exec.Command("openssl", "x509", "-in", file, "-noout").Run() == nil
		if said := strings.Contains(strings.Join(notes, " "), "is no PEM to Go, OpenSSL and Python"); said == read {
			t.Errorf("%s: OpenSSL reads it: %v; the notes are %q", name, read, notes)
		}
	}
	for name, want := range map[string]bool{"root.pem": true, "root.der": false} {
		_, notes, err := Given{Name: name, Data: raw}.certificates()
		if err != nil || strings.Contains(strings.Join(notes, " "), "is DER") != want {
			t.Errorf("%s: %v, %q", name, err, notes)
		}
	}
}
