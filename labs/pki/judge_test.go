package pki

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"
)

// A judge is an openssl on this machine, with files of its own.
type judge struct {
	path, dir string
}

// openssl finds it. Where it is missing the test says so, and what it was to judge
// is left; with TLSTUTOR_PEERS=require that fails.
func openssl(t *testing.T) (*judge, bool) {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err == nil {
		return &judge{path, t.TempDir()}, true
	}
	if os.Getenv("TLSTUTOR_PEERS") == "require" {
		t.Fatalf("openssl is to judge this: %v", err)
	}
	t.Logf("%v: nothing of it was tried", err)
	return nil, false
}

// file writes a file for it.
func (j *judge) file(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(j.dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs it and returns what it says.
func (j *judge) run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, j.path, args...)
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + j.dir}
	out, err := c.CombinedOutput()
	return string(out), err
}

// must is run that has to end well and say something.
func (j *judge) must(t *testing.T, want string, args ...string) {
	t.Helper()
	if out, err := j.run(t, args...); err != nil || !strings.Contains(out, want) {
		t.Errorf("openssl %s: %v, without %q:\n%s", strings.Join(args, " "), err, want, out)
	}
}

// world is a CA at the time that openssl sees, with a leaf.
func world(t *testing.T) (ca *CA, mid *Authority, is *Issued) {
	t.Helper()
	ca, err := New(NewKeyring(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	_, mid = ca.Authorities()
	if is, err = mid.Issue(Server("app.lab.test")); err != nil {
		t.Fatal(err)
	}
	return ca, mid, is
}

func TestOpenSSLJudgesChains(t *testing.T) {
	j, ok := openssl(t)
	if !ok {
		return
	}
	keys := NewKeyring()
	for _, kind := range append(Kinds(), WeakKinds()...) {
		anchor, sub, leaf := Anchor("Root"), Sub("Sub"), Server("app.lab.test")
		anchor.Kind, sub.Kind, leaf.Kind = kind, kind, kind
		root, err := Root(keys, time.Now, anchor)
		if err != nil {
			t.Fatal(err)
		}
		mid, err := root.Intermediate(sub)
		if err != nil {
			t.Fatal(err)
		}
		is, err := mid.Issue(leaf)
		if err != nil {
			t.Fatal(err)
		}
		r, m, l := j.file(t, "root.pem", PEM(PEMCertificate, root.Raw)), j.file(t, "mid.pem", PEM(PEMCertificate, mid.Raw)), j.file(t, "leaf.pem", PEM(PEMCertificate, is.Leaf.Raw))
		j.must(t, "OK", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "app.lab.test", "-auth_level", "0", "-CAfile", r, "-untrusted", m, l)
		der, err := KeyPEM(is.Key)
		if err != nil {
			t.Fatal(err)
		}
		j.must(t, "valid", "pkey", "-in", j.file(t, "key.pem", der), "-check", "-noout")
	}
}

func TestRequest(t *testing.T) {
	_, mid, _ := world(t)
	keys := NewKeyring()
	for _, kind := range Kinds() {
		key, err := keys.Key(kind)
		if err != nil {
			t.Fatal(err)
		}
		s := Client("alice", "alice@lab.test", "alice.lab.test")
		csr, err := Request(s, key)
		if err != nil {
			t.Fatal(err)
		}
		is, err := mid.Sign(csr, Server("other.test"))
		if err != nil {
			t.Fatal(err)
		}
		c := is.Leaf
		if c.Subject.CommonName != "alice" || len(c.DNSNames) != 1 || c.DNSNames[0] != "alice.lab.test" || len(c.EmailAddresses) != 1 ||
			c.ExtKeyUsage[0] != x509.ExtKeyUsageServerAuth || is.Key != nil {
			t.Errorf("%s: subject %v, names %v %v, purposes %v", kind, c.Subject, c.DNSNames, c.EmailAddresses, c.ExtKeyUsage)
		}
		if err := c.CheckSignatureFrom(mid.Cert()); err != nil {
			t.Error(err)
		}
		for i := range csr {
			bad := bytes.Clone(csr)
			bad[i] ^= 1
			if is, err := mid.Sign(bad, Server()); err == nil && !bytes.Equal(is.Leaf.RawSubjectPublicKeyInfo, c.RawSubjectPublicKeyInfo) {
				t.Fatalf("%s: a request with octet %d changed is signed", kind, i)
			}
		}
		if _, err := mid.Sign(append(csr, make([]byte, maxSigned+1-len(csr))...), Server()); err == nil ||
			err.Error() != "reading a request: it has 16385 bytes, and requests of more than 16384 are refused" {
			t.Errorf("a huge request: %v", err)
		}
		if _, err := mid.Sign(csr, Sub("x")); err == nil {
			t.Error("a request for an authority is signed")
		}
		if j, ok := openssl(t); ok {
			j.must(t, "alice.lab.test", "req", "-verify", "-text", "-in", j.file(t, "csr.pem", PEM(PEMRequest, csr)))
		}
	}
}

func TestList(t *testing.T) {
	ca, mid, is := world(t)
	for _, revoked := range []bool{false, true} {
		l := List{Number: 7, Entries: []Revoked{{Serial: big.NewInt(1)}, {Serial: big.NewInt(2), Reason: Superseded, At: time.Now().Add(-48 * time.Hour)}}}
		if revoked {
			l.Entries = append(l.Entries, Revoked{Serial: is.Leaf.SerialNumber, Reason: KeyCompromise})
		}
		der, err := mid.CRL(l)
		if err != nil {
			t.Fatal(err)
		}
		got, err := x509.ParseRevocationList(der)
		if err != nil || got.CheckSignatureFrom(mid.Cert()) != nil || got.Number.Int64() != 7 || len(got.RevokedCertificateEntries) != len(l.Entries) ||
			got.RevokedCertificateEntries[1].ReasonCode != 4 {
			t.Fatalf("the list is not what was asked for: %v", err)
		}
		w := httptest.NewRecorder()
		ServeList(func() ([]byte, error) { return der, nil }).ServeHTTP(w, httptest.NewRequest("GET", "/crl", nil))
		if w.Header().Get("Content-Type") != "application/pkix-crl" || !bytes.Equal(w.Body.Bytes(), der) {
			t.Errorf("GET: %v", w.Header())
		}
		w = httptest.NewRecorder()
		ServeList(func() ([]byte, error) { return der, nil }).ServeHTTP(w, httptest.NewRequest("POST", "/crl", nil))
		if w.Code != 405 {
			t.Errorf("POST: %d", w.Code)
		}
		j, ok := openssl(t)
		if !ok {
			continue
		}
		bundle := append(PEM(PEMCertificate, ca.Root().Raw, mid.Raw), PEM(PEMList, der)...)
		out, err := j.run(t, "verify", "-crl_check", "-CAfile", j.file(t, "all.pem", bundle), j.file(t, "leaf.pem", PEM(PEMCertificate, is.Leaf.Raw)))
		if revoked != strings.Contains(out, "certificate revoked") || revoked != (err != nil) {
			t.Errorf("revoked %v: %v\n%s", revoked, err, out)
		}
	}
	if KeyCompromise.String() != "keyCompromise" || Reason(7).String() != "reason 7" || Reason(-1).String() != "reason -1" {
		t.Error("reasons are misnamed")
	}
}

func TestBag(t *testing.T) {
	_, mid, is := world(t)
	rsaLeaf := Server("rsa.lab.test")
	rsaLeaf.Kind = "rsa512"
	small, err := mid.Issue(rsaLeaf)
	if err != nil {
		t.Fatal(err)
	}
	j, judged := openssl(t)
	for _, i := range []*Issued{is, small} {
		for _, old := range []bool{false, true} {
			der, err := PKCS12(i, "secret", old)
			if err != nil {
				t.Fatal(err)
			}
			bag, err := OpenPKCS12(der, "secret")
			if err != nil {
				t.Fatal(err)
			}
			a, _, _ := keyInfo(bag.Key.Public())
			b, _, _ := keyInfo(i.Key.Public())
			if len(bag.Certs) != 2 || !bag.Certs[0].Equal(i.Leaf) || !bytes.Equal(a, b) {
				t.Errorf("old %v: the bag holds %d certificates", old, len(bag.Certs))
			}
			if _, err := OpenPKCS12(der, "guess"); err == nil || !strings.Contains(err.Error(), "password") {
				t.Errorf("a wrong password: %v", err)
			}
			if judged && !old {
				j.must(t, "BEGIN PRIVATE KEY", "pkcs12", "-in", j.file(t, "bag.p12", der), "-passin", "pass:secret", "-nodes")
			}
		}
	}
	if k, ok := small.Key.(*weakKey); !ok || k.rsa.N.BitLen() != 512 {
		t.Error("the small key is another one")
	}
	store, err := pkcs12.Modern2023.EncodeTrustStore([]*x509.Certificate{mid.Cert(), is.Leaf}, "x")
	if err != nil {
		t.Fatal(err)
	}
	if bag, err := OpenPKCS12(store, "x"); err != nil || bag.Key != nil || len(bag.Certs) != 2 {
		t.Errorf("a trust store: %v", err)
	}
	if !judged {
		return
	}
	key, err := KeyPEM(is.Key)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(j.dir, "theirs.p12")
	j.must(t, "", "pkcs12", "-export", "-inkey", j.file(t, "key.pem", key), "-in", j.file(t, "leaf.pem", PEM(PEMCertificate, is.Chain...)), "-passout", "pass:x", "-out", out)
	theirs, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if bag, err := OpenPKCS12(theirs, "x"); err != nil || len(bag.Certs) != 2 || !bag.Certs[0].Equal(is.Leaf) {
		t.Errorf("openssl's bag: %v", err)
	}
}

func TestHostileRounds(t *testing.T) {
	_, _, is := world(t)
	der, err := PKCS12(is, "x", false)
	if err != nil {
		t.Fatal(err)
	}
	few := []byte{2, 2, 8, 0} // 2048 rounds
	if bytes.Count(der, few) == 0 {
		t.Fatal("the rounds are not where they were")
	}
	for _, many := range [][]byte{{2, 2, 0x7f, 0xff}, {2, 4, 0x7f, 0xff, 0xff, 0xff}, {2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0}} {
		salted := sequence(element(4, []byte("salt")), many)
		n := rounds(sequence(element(4, sequence(salted))), 0)
		if want := int64(maxRounds); (n > want) != (len(many) > 4) {
			t.Errorf("%x: %d rounds", many, n)
		}
		// PBKDF2's salt is a CHOICE, and go-pkcs12 does not look at the class of its tag.
		if n := rounds(sequence(element(0x84, []byte("salt")), many), 0); (n > maxRounds) != (len(many) > 4) {
			t.Errorf("%x behind a salt of another class: %d rounds", many, n)
		}
		if _, err := OpenPKCS12(sequence(salted), "x"); err == nil || len(many) > 4 != strings.Contains(err.Error(), "rounds") {
			t.Errorf("%x: %v", many, err)
		}
	}
	if _, err := OpenPKCS12(make([]byte, maxBag+1), "x"); err == nil || !strings.Contains(err.Error(), "beyond") {
		t.Errorf("a huge file: %v", err)
	}
	if rounds(der, 0) != 2048 {
		t.Errorf("%d rounds in ours", rounds(der, 0))
	}
}

func TestWeakKeysSign(t *testing.T) {
	keys := NewKeyring()
	for _, kind := range WeakKinds() {
		k, err := keys.Key(kind)
		if err != nil {
			t.Fatal(err)
		}
		anchor := Anchor("Weak Root CA")
		anchor.Key = k
		root, err := Root(keys, clock, anchor)
		if err != nil {
			t.Fatal(err)
		}
		pub := k.Public().(*rsa.PublicKey)
		sig := root.Cert().Signature
		block := new(big.Int).Exp(new(big.Int).SetBytes(sig), big.NewInt(int64(pub.E)), pub.N).FillBytes(make([]byte, pub.Size()))
		if block[1] != 1 || !bytes.HasSuffix(block, digest(5, root.Cert().RawTBSCertificate)) {
			t.Errorf("%s: the signature opens to %x", kind, block)
		}
	}
	k, err := keys.Key("rsa512")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Sign(nil, make([]byte, 64), &rsa.PSSOptions{Hash: 7}); err == nil {
		t.Error("512 bits hold a PSS signature")
	}
	if _, err := k.Sign(nil, make([]byte, 64), algorithms[2].hash); err == nil {
		t.Error("512 bits hold a signature with SHA-512")
	}
	if _, err := k.Sign(nil, []byte("not hashed"), crypto.Hash(0)); err == nil {
		t.Error("512 bits sign what is not hashed")
	}
}
