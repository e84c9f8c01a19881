package peer

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
)

// Each program lists suites, and TLS_AES_128_GCM_SHA256 among those it has on.
func TestCiphers(t *testing.T) {
	for _, name := range []string{"openssl", "python3", "gnutls-cli"} {
		p, err := Find(t.Context(), name)
		if err != nil {
			if os.Getenv("TLSTUTOR_PEERS") == "require" {
				t.Error(err)
			}
			continue
		}
		c, err := p.Ciphers(t.Context())
		if err != nil {
			t.Error(err)
			continue
		}
		if !slices.Contains(c.Usual, 0x1301) || len(c.Told) < len(c.Usual) || len(c.Usual) < 10 {
			t.Errorf("%s has %d suites by itself and %d when told to", name, len(c.Usual), len(c.Told))
		}
		if name == "openssl" && (!slices.Contains(c.Told, 0x1304) || slices.Contains(c.Usual, 0x1304)) {
			t.Error("openssl speaks TLS_AES_128_CCM_SHA256 when told to, and only then")
		}
		// RC4 nobody has on by itself (RFC 7465), nor suites that encrypt nothing.
		for _, weak := range []uint16{0x0005, 0x0002} {
			if slices.Contains(c.Usual, weak) {
				t.Errorf("%s has %04x on by itself", name, weak)
			}
		}
		stopped, stop := context.WithCancel(t.Context())
		stop()
		if _, err := p.Ciphers(stopped); err == nil {
			t.Errorf("%s answers when nobody waits", name)
		}
	}
	if _, err := (&Program{Name: "curl", Path: "/bin/true"}).Ciphers(t.Context()); err == nil {
		t.Error("curl says which suites it has")
	}
	if _, err := (&Program{Name: "openssl", Path: "/bin/true"}).Ciphers(t.Context()); !errors.Is(err, errNoList) {
		t.Errorf("a program that prints nothing: %v", err)
	}
}
