package dissect

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The words of a name, put together again, are the name.
func TestSuitePartsTile(t *testing.T) {
	for e := range Suites.All() {
		parts := SuiteParts(e.Name)
		var words []string
		for _, p := range parts {
			words = append(words, p.Word)
			if p.Role == "" || p.Does == "" || p.Not == "" {
				t.Errorf("%s: of %s it is not said what it does, and what not: %+v", e.Name, p.Word, p)
			}
		}
		name := strings.TrimPrefix(strings.TrimPrefix(e.Name, "TLS_"), "SSL_")
		if got, want := strings.Join(words, "_"), strings.Replace(name, "_WITH_", "_", 1); got != want {
			t.Errorf("%s comes apart as %q", e.Name, got)
		}
		if SuiteVersions(e) == "" || SuiteStanding(e) == "" {
			t.Errorf("%s: nothing is said of its versions or its standing", e.Name)
		}
	}
}

// Every name and every number leads back to its suite, in each spelling.
func TestFindSuite(t *testing.T) {
	names := map[string]string{}
	for e := range Suites.All() {
		spellings := []string{e.Name, strings.ToLower(e.Name), fmt.Sprintf("0x%04X", e.Code), fmt.Sprintf("%04x", e.Code),
			fmt.Sprintf("%02X,%02X", e.Code>>8, e.Code&0xff), fmt.Sprintf("0x%02x,0x%02X", e.Code>>8, e.Code&0xff), fmt.Sprintf(" 0x%02x, 0x%02X ", e.Code>>8, e.Code&0xff)}
		if name := OpenSSLSuite(e); name != "" {
			if other := names[name]; other != "" {
				t.Errorf("%s and %s are both spelled %s", e.Name, other, name)
			}
			names[name] = e.Name
			spellings = append(spellings, name, strings.ToLower(name))
		}
		for _, text := range spellings {
			if got, ok := FindSuite(text); !ok || got != e {
				t.Errorf("%q leads to %v, not to %v", text, got, e)
			}
		}
	}
	if len(names) < 150 {
		t.Errorf("only %d suites have a name of OpenSSL's", len(names))
	}
	for _, text := range []string{"", " ", "0x", "c02", "C0,2", "c0,2f,00", "0xffff", "1399", "zz,zz", "AES", "TLS_", "TLS__WITH_", "ECDHE-RSA", "\x00\x00", "c0é2f", strings.Repeat("C0", 1000)} {
		if got, ok := FindSuite(text); ok {
			t.Errorf("%q leads to %v", text, got)
		}
	}
}

func TestSuitePartsOfNone(t *testing.T) {
	for _, name := range []string{"", "TLS_", "TLS_WITH_", "TLS_RSA_WITH_", "TLS__WITH_AES", "TLS_RSA_WITH_NOTHING_SHA", "TLS_NOBODY_WITH_AES_128_GCM_SHA256", "GREASE", "_", "TLS_AES_128_GCM_SHA2567"} {
		if parts := SuiteParts(name); parts != nil {
			t.Errorf("%q comes apart: %v", name, parts)
		}
	}
}

// What a hash is for depends on what stands before it.
func TestSuitePartsHash(t *testing.T) {
	for name, role := range map[string]string{
		"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": hashRole, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384": macRole,
		"TLS_AES_128_GCM_SHA256": hashRole, "TLS_RSA_WITH_RC4_128_SHA": macRole, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256": hashRole,
		"TLS_RSA_WITH_NULL_SHA256": macRole, "TLS_SHA256_SHA256": hashRole, "TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256": hashRole,
	} {
		parts := SuiteParts(name)
		if got := parts[len(parts)-1].Role; got != role {
			t.Errorf("%s: the hash is for %q, not for %q", name, got, role)
		}
	}
	for name, role := range map[string]string{"TLS_RSA_WITH_AES_128_CBC_SHA": bothRole, "TLS_RSA_PSK_WITH_AES_128_CBC_SHA": exchangeRole, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA": exchangeRole, "TLS_PSK_WITH_AES_128_CBC_SHA": bothRole} {
		if got := SuiteParts(name)[0].Role; got != role {
			t.Errorf("%s: its first word is for %q, not for %q", name, got, role)
		}
	}
}

// OpenSSL is the judge of its own names.
func TestOpenSSLSpellings(t *testing.T) {
	path, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("TLSTUTOR_PEERS") == "require" {
			t.Fatal(err)
		}
		t.Log("openssl is not here to be asked")
		return
	}
	out, err := exec.Command(path, "ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0").Output()
	if err != nil {
		t.Fatal(err)
	}
	listed := map[uint16]bool{}
	for line := range bytes.Lines(out) {
		// 0xC0,0x30 - TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 - ECDHE-RSA-AES256-GCM-SHA384 TLSv1.2 Kx=...
		words := strings.Fields(string(line))
		if len(words) < 6 || strings.HasPrefix(words[2], "UNKNOWN") {
			continue
		}
		e, ok := FindSuite(words[0])
		if !ok {
			t.Errorf("%s has a number that is not in the registry", line)
			continue
		}
		listed[e.Code] = true
		// Of some names IANA's list has changed since; the number is the suite.
		if e.Name != words[2] && !strings.Contains(e.Name, "PSK_DHE") {
			t.Errorf("%s is %s here", line, e.Name)
		}
		if got := OpenSSLSuite(e); got != words[4] {
			t.Errorf("%s is spelled %q here", line, got)
		}
		since := map[string]string{"TLSv1.3": "TLS 1.3", "TLSv1.2": "TLS 1.2", "TLSv1": "TLS 1.0 to TLS 1.2", "SSLv3": "TLS 1.0 to TLS 1.2"}[words[5]]
		if got := SuiteVersions(e); got != since {
			t.Errorf("%s is of %s here", line, got)
		}
		if got, ok := FindSuite(words[4]); !ok || got.Code != e.Code {
			t.Errorf("%s leads to %v", words[4], got)
		}
	}
	if len(listed) < 50 {
		t.Fatalf("openssl lists %d suites only: %s", len(listed), out)
	}
	// What it does not list it was built without: ciphers that distributions leave out.
	for e := range Suites.All() {
		name := OpenSSLSuite(e)
		weak := strings.Contains(name, "3DES") || strings.Contains(name, "DES-CBC3") || strings.Contains(name, "RC4") || strings.Contains(name, "IDEA") || strings.Contains(name, "SEED")
		if name != "" && !listed[e.Code] && !weak && !strings.Contains(name, "CCM") {
			t.Errorf("%s is not a name that openssl has", name)
		}
	}
}

func FuzzFindSuite(f *testing.F) {
	for _, seed := range []string{"TLS_AES_128_GCM_SHA256", "C0,2F", "ECDHE-RSA-AES128-SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "0x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if e, ok := FindSuite(text); ok && len(SuiteParts(e.Name)) == 0 {
			t.Errorf("%q leads to %v, which does not come apart", text, e)
		}
		SuiteParts(text)
	})
}

// Without an E at its end an exchange has one half in a certificate, unless there is none.
func TestSuitePartsAnon(t *testing.T) {
	for name, want := range map[string]string{
		"TLS_ECDH_anon_WITH_AES_128_CBC_SHA": "for this connection alone", "TLS_DH_anon_WITH_AES_128_GCM_SHA256": "for this connection alone",
		"TLS_ECDH_RSA_WITH_AES_128_CBC_SHA": "in its certificate", "TLS_DH_DSS_WITH_AES_128_GCM_SHA256": "in its certificate",
	} {
		if got := SuiteParts(name)[0].Does; !strings.Contains(got, want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}
