package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tlstutor/labs/pki"
)

// What inspect says of a certificate first is what openssl says of it, and both forms
// of output have the same fingerprint.
func TestGlance(t *testing.T) {
	root, err := pki.Root(pki.NewKeyring(), time.Now, pki.Anchor("Glance Root"))
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := root.Issue(pki.Server("glance.lab.test"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "leaf.pem")
	if err := os.WriteFile(file, pki.PEM(pki.PEMCertificate, leaf.Leaf.Raw), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("openssl", "x509", "-in", file, "-noout", "-fingerprint", "-sha256").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := strings.Cut(strings.TrimSpace(string(out)), "=")
	text, err := opens(t, inspection{}, file)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(text, "\n\n")
	for _, line := range []string{"SHA-256      " + want, "issuer       CN=Glance Root", "names        glance.lab.test", "valid        ", " left", "key          P-256 key", "signed with  ecdsa-with-SHA256", "serial       "} {
		if !strings.Contains(head, line) {
			t.Errorf("it lacks %q:\n%s", line, head)
		}
	}
	plain := strings.ToLower(strings.ReplaceAll(want, ":", ""))
	if js, err := opens(t, inspection{json: true}, file); err != nil || !strings.Contains(js, `"sha256":"`+plain+`"`) {
		t.Errorf("in JSON there is no %s: %v, %s", plain, err, js)
	}
}

func TestLifetime(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ from, to, want string }{
		{"2026-11-01 00:00:00 UTC", "2026-12-01 12:00:00 UTC", ", 9 days left"},
		{"2026-11-01 00:00:00 UTC", "2026-11-22 13:00:00 UTC", ", 1 hour left"},
		{"2026-11-01 00:00:00 UTC", "2026-11-19 12:00:00 UTC", ": expired, 3 days ago"},
		{"2026-11-26 12:00:00 UTC", "2026-12-01 12:00:00 UTC", ": not yet, it begins in 4 days"},
		{"2026-12-26 12:00:00 UTC", "2026-12-01 12:00:00 UTC", ": never valid, it ends before it begins"},
		{"odd", "2026-12-01 12:00:00 UTC", ""},
	} {
		if got := lifetime(c.from, c.to, now); got != c.from+" to "+c.to+c.want {
			t.Errorf("%s", got)
		}
	}
	if lifetime("", "x", now) != "" {
		t.Error("half a lifetime")
	}
}
