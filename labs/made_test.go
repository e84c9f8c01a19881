package labs

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ocsp"

	"tlstutor/labs/pki"
)

// filesOf are the files of a run, by name.
func filesOf(t *testing.T, l *Lab, words ...string) map[string]File {
	t.Helper()
	r := Start(context.Background(), l, setting(t, l, words...), Options{Keys: ring})
	events, err := r.Wait()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]File{}
	for _, f := range (&Kept{Lab: l, Events: events, Made: r.Made()}).Files() {
		if _, twice := all[f.Name]; twice || f.Name != filepath.Base(f.Name) || f.Doc == "" || len(f.Data) == 0 {
			t.Errorf("%s: it is there twice, or is no file", f.Name)
		}
		all[f.Name] = f
	}
	return all
}

// chainIn is that of a file of PEM.
func chainIn(t *testing.T, f File) []*x509.Certificate {
	t.Helper()
	var all []*x509.Certificate
	for rest := f.Data; ; {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			return all
		}
		c, err := x509.ParseCertificate(b.Bytes)
		if err != nil || b.Type != pki.PEMCertificate {
			t.Fatalf("%s: %s, %v", f.Name, b.Type, err)
		}
		all = append(all, c)
	}
}

// TestMadeFiles reads the files of a handshake: each is what it says, the chain leads to
// the root, the key is that of the certificate, and of the keys it is said that they
// are secret.
func TestMadeFiles(t *testing.T) {
	files := filesOf(t, Handshake)
	root, chain, sent := chainIn(t, files["lab-root-ca.pem"]), chainIn(t, files["app.lab.test.pem"]), chainIn(t, files["sent-1.pem"])
	if len(root) != 1 || len(chain) != 2 || len(sent) != 2 || !sent[0].Equal(chain[0]) || !sent[1].Equal(chain[1]) {
		t.Fatalf("%d roots, a chain of %d, one of %d crossed", len(root), len(chain), len(sent))
	}
	roots, above := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(root[0])
	above.AddCert(chain[1])
	if _, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: above, DNSName: "app.lab.test"}); err != nil {
		t.Error(err)
	}
	if !bytes.Equal(files["app.lab.test.der"].Data, chain[0].Raw) {
		t.Error("the DER is not that of the certificate")
	}
	b, _ := pem.Decode(files["app.lab.test.key.pem"].Data)
	key, err := x509.ParsePKCS8PrivateKey(b.Bytes)
	if err != nil || !chain[0].PublicKey.(*ecdsa.PublicKey).Equal(key.(crypto.Signer).Public()) {
		t.Errorf("the key is not that of the certificate: %v", err)
	}
	bag, err := pki.OpenPKCS12(files["app.lab.test.p12"].Data, MadePassword)
	if err != nil || len(bag.Certs) != 2 || bag.Key == nil {
		t.Errorf("the PKCS #12: %v", err)
	}
	for name, f := range files {
		if secret := strings.HasSuffix(name, ".key.pem") || strings.HasSuffix(name, ".p12"); secret != f.Secret {
			t.Errorf("%s: secret is %v", name, f.Secret)
		}
	}
}

// TestMadeForeign has openssl read each kind of file.
func TestMadeForeign(t *testing.T) {
	if !here(t, "openssl") {
		return
	}
	dir := filepath.Join(t.TempDir(), "made")
	var all []File
	for _, f := range filesOf(t, FaultBench, "fault=revoked-list") {
		all = append(all, f)
	}
	if err := SaveFiles(dir, all); err != nil {
		t.Fatal(err)
	}
	for kind, words := range map[string][]string{
		"app.lab.test.pem": {"x509", "-noout", "-in"}, "app.lab.test.der": {"x509", "-inform", "DER", "-noout", "-in"},
		"app.lab.test.key.pem": {"pkey", "-noout", "-in"}, "app.lab.test.p12": {"pkcs12", "-password", "pass:" + MadePassword, "-noout", "-in"},
		"list-of-lab-issuing-ca.crl": {"crl", "-inform", "DER", "-noout", "-in"}, "list-of-lab-issuing-ca.crl.pem": {"crl", "-noout", "-in"},
	} {
		c := exec.CommandContext(t.Context(), "openssl", append(words, filepath.Join(dir, kind))...)
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", kind, err, out)
		}
	}
}

// TestMadeEverywhere: every lab that signs something has files of it: what cannot be
// read is a file all the same, and a staple is one too.
func TestMadeEverywhere(t *testing.T) {
	for _, l := range All() {
		files := filesOf(t, l)
		secrets := 0
		for _, f := range files {
			if f.Secret {
				secrets++
			}
		}
		if len(files) < 8 || secrets < 2 {
			t.Errorf("%s: %d files, %d of them secret", l.Name, len(files), secrets)
		}
	}
	forged := 0
	for name := range filesOf(t, FaultBench, "fault=negative-serial") {
		if strings.HasPrefix(name, "forged-") {
			forged++
		}
	}
	if forged != 2 {
		t.Errorf("%d files of what was forged", forged)
	}
	staple, ok := filesOf(t, FaultBench, "fault=revoked-staple")["response-of-lab-issuing-ca.ocsp"]
	if r, err := ocsp.ParseResponse(staple.Data, nil); !ok || err != nil || r.Status != ocsp.Revoked {
		t.Errorf("the staple: %v, %v", ok, err)
	}
}

// TestSaveFiles: what is there stays as it is, what fails leaves nothing, and keys
// are for their owner.
func TestSaveFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	files := []File{{Name: "a.pem", Data: []byte("a")}, {Name: "a.key.pem", Data: []byte("k"), Secret: true}}
	if err := SaveFiles(dir, files); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "a.key.pem"))
	if err != nil || os.PathSeparator == '/' && info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v, %v", info, err)
	}
	if err := SaveFiles(dir, files); err == nil {
		t.Error("it writes to a folder with files in it")
	}
	bad := filepath.Join(t.TempDir(), "bad")
	if err := SaveFiles(bad, append(files, files[0])); err == nil {
		t.Error("a file is written twice")
	}
	if _, err := os.Stat(bad); err == nil {
		t.Error("something is left of what failed")
	}
	if err := SaveFiles(filepath.Join(bad, "deeper"), files); err == nil {
		t.Error("it makes folders above the one it was given")
	}
}

// TestFileNames: what a certificate says becomes a name that every system takes.
func TestFileNames(t *testing.T) {
	for title, want := range map[string]string{
		"Lab Root CA": "lab-root-ca", "*.lab.test": "lab.test", "../../etc/passwd": "etc-passwd", "": "certificate", "...": "certificate",
		"a\x00b\u202ec": "a-b-c", strings.Repeat("x", 200): strings.Repeat("x", 60), "lab.test/app": "lab.test-app",
	} {
		if got := fileName(title); got != want {
			t.Errorf("%q becomes %q, want %q", title, got, want)
		}
	}
}

// TestMadeBounded: a run that signs without end keeps so much and no more.
func TestMadeBounded(t *testing.T) {
	r := &Run{}
	big := make([]byte, 1<<20)
	for i := range 20 {
		big[0] = byte(i)
		r.made(pki.Made{Kind: pki.PEMList, DER: bytes.Clone(big)})
	}
	if n := len(r.Made()); n != madeLimit>>20 {
		t.Errorf("%d MB are kept", n)
	}
	if len(Files(r.Made(), nil)) == 0 { // and nobody has signed them
		t.Error("they are no files")
	}
}
