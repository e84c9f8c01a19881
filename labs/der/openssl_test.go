package der

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/wire"
)

// openssl has openssl read something, and returns what it prints. It gets nothing
// of the user's but PATH, and a minute. Where it is missing the test says so and is
// over; with TLSTUTOR_PEERS=require it fails.
func openssl(t testing.TB, stdin []byte, args ...string) (out string, ok bool) {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("TLSTUTOR_PEERS") == "require" {
			t.Fatalf("openssl is to judge this, and it is missing: %v", err)
		}
		t.Log("openssl is not on PATH: nobody but ourselves has judged how we read")
		return "", false
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	dir := t.TempDir()
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LANG=C"}
	var complaint bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stderr, cmd.WaitDelay = dir, bytes.NewReader(stdin), &complaint, time.Second
	b, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, complaint.Bytes())
	}
	return string(b), true
}

// TestOffsets: every element that openssl asn1parse finds is a field of ours, at
// the same place and of the same size, unless it is in what we withhold.
func TestOffsets(t *testing.T) {
	row := regexp.MustCompile(`(?m)^ *(\d+):d=\d+ +hl=(\d+) +l= *(\d+) `)
	elements := 0
	for name, s := range samples(t) {
		text, ok := openssl(t, s.der, "asn1parse", "-inform", "DER")
		if !ok {
			return
		}
		found, err := Objects(name, armour(s.der, s.label))
		if err != nil {
			t.Fatal(err)
		}
		type place struct{ off, head, n int }
		ours := map[place]bool{}
		var hidden []*wire.Field
		found[0].Tree().Walk(func(path []*wire.Field) {
			f := path[len(path)-1]
			ours[place{f.Off, f.Head, f.N}] = true
			if f.Secret {
				hidden = append(hidden, f)
			}
		})
		for _, m := range row.FindAllStringSubmatch(text, -1) {
			var n [3]int
			for i := range n {
				n[i], _ = strconv.Atoi(m[1+i])
			}
			withheld := false
			for _, f := range hidden {
				withheld = withheld || n[0] > f.Off && n[0] < f.Off+f.N
			}
			if elements++; !withheld && !ours[place{n[0], n[1], n[1] + n[2]}] {
				t.Errorf("%s: openssl finds an element of %d+%d bytes at %d", name, n[1], n[2], n[0])
			}
		}
	}
	if elements < 600 {
		t.Errorf("openssl found %d elements only", elements)
	}
}

// TestOpenSSLMade: what openssl writes is read: keys of every kind it makes, plain
// and under a password, and bundles of its own.
func TestOpenSSLMade(t *testing.T) {
	all := samples(t)
	cert := armour(all["certificate"].der, "CERTIFICATE")
	key := armour(all["key ec"].der, "PRIVATE KEY")
	file := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(file, append(cert, key...), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args       string
		kind, want string
	}{
		{"genpkey -algorithm ED448", "private-key", "Ed448 private key"},
		{"genpkey -algorithm X25519", "private-key", "X25519 private key"},
		{"genpkey -algorithm X448", "private-key", "X448 private key"},
		{"genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384", "private-key", "P-384 private key"},
		{"genpkey -algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP256r1", "private-key", "brainpoolP256r1 private key"},
		{"genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:1024 -pkeyopt rsa_pss_keygen_md:sha256 -pkeyopt rsa_pss_keygen_saltlen:32", "private-key", "RSA-PSS private key"},
		{"genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes-256-cbc -pass pass:word", "private-key", "encrypted private key, PBES2: AES-256-CBC, PBKDF2: 2048 rounds of hmacWithSHA256"},
		{"pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout pass:word -in FILE", "private-key", "encrypted private key, pbeWithSHAAnd3-KeyTripleDES-CBC: 2048 rounds"},
		{"pkcs8 -topk8 -scrypt -passout pass:word -in FILE", "private-key", "encrypted private key, PBES2: AES-256-CBC, scrypt: N 16384"},
		{"ec -in FILE", "private-key", "P-256 private key"},
		{"ec -in FILE -aes128 -passout pass:word", "private-key", "encrypted private key, 128 bytes that need the password"},
		{"ec -in FILE -param_enc explicit", "private-key", "EC private key"},
		{"ecparam -name prime256v1", "other", "secp256r1 (1.2.840.10045.3.1.7)"},
		{"crl2pkcs7 -nocrl -certfile FILE", "pkcs7", "signedData: 1 certificate, nothing signed"},
		{"x509 -in FILE -addtrust serverAuth -setalias app -trustout", "certificate", "app.lab.test, by Lab CA"},
		{"req -new -key FILE -subj /CN=app -addext subjectAltName=DNS:app.lab.test,otherName:1.3.6.1.5.5.7.8.9;UTF8:a@lab.test", "request", "request for app"},
		{"pkcs12 -export -in FILE -inkey FILE -passout pass:word -name app", "pkcs12", "encryptedData: encrypted with PBES2: AES-256-CBC, PBKDF2: 2048 rounds of hmacWithSHA256; pkcs8ShroudedKeyBag encrypted private key, PBES2: AES-256-CBC, PBKDF2: 2048 rounds of hmacWithSHA256, called app, MAC of SHA-256, 2048 rounds"},
		{"pkcs12 -export -in FILE -inkey FILE -passout pass: -keypbe NONE -certpbe NONE -nomac", "pkcs12", "certBag app.lab.test, by Lab CA; keyBag P-256 private key"},
		{"cms -sign -signer FILE -inkey FILE -outform PEM -nodetach", "pkcs7", "signedData: 1 certificate, 1 signature"},
	} {
		out, ok := openssl(t, nil, strings.Split(strings.ReplaceAll(c.args, "FILE", file), " ")...)
		if !ok {
			return
		}
		found, err := Objects("f", []byte(out))
		if err != nil || len(found) != 1 || found[0].Kind != c.kind {
			t.Errorf("%s: %v, %+v", c.args, err, found)
			continue
		}
		root := found[0].Tree()
		if root.Value != c.want {
			t.Errorf("%s: %q, want %q", c.args, root.Value, c.want)
		}
		if err := wire.Check(root, OpenLeaf); err != nil || undecoded(root) != "" {
			t.Errorf("%s: %v\n%s", c.args, err, dump(root))
		}
	}
}
