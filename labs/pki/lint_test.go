package pki

import (
	"bytes"
	"encoding/asn1"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/zmap/zlint/v3/lint"

	"tlstutor/labs/der"
	"tlstutor/labs/wire"
)

func TestEveryLintLeadsToAField(t *testing.T) {
	all := lint.GlobalRegistry().CertificateLints().Lints()
	if len(all) < 300 {
		t.Fatalf("only %d lints are registered", len(all))
	}
	fields := map[string]int{}
	for _, l := range all {
		field := lintField(l.Name)
		if field == "" {
			t.Errorf("%s leads nowhere: %s", l.Name, l.Description)
		}
		fields[field]++
		if sourceName(l.Source) == "" || sentence(l.Description) == "" || strings.ContainsAny(sentence(l.Description), "\n\t") {
			t.Errorf("%s: %q of %q", l.Name, l.Description, l.Source)
		}
	}
	for _, r := range lintRules() {
		if fields[r[1]] == 0 && r[1] != "extensions.freshestCRL" {
			t.Errorf("no lint is about %s", r[1])
		}
	}
}

// TestLintFindsWhatWasForged: of a forged certificate a lint says so, and leads to
// the field that was changed.
func TestLintFindsWhatWasForged(t *testing.T) {
	ecCA, ec, _, _ := twins(t, NewKeyring())
	mid := intermediate(t, ecCA)
	for name, c := range map[string]struct {
		lint string
		good []byte
	}{
		"zero-serial": {"e_serial_number_not_positive", ec}, "long-serial": {"e_serial_number_longer_than_20_octets", ec},
		"negative-serial": {"e_serial_number_not_positive", ec}, "empty-issuer": {"e_issuer_field_empty", ec},
		"dates-swapped": {"e_validity_time_not_positive", ec}, "generalized-time": {"e_wrong_time_format_pre2050", ec},
		"forever":  {"e_server_cert_valid_time_longer_than_200_days", ec},
		"no-names": {"e_ext_san_missing", ec}, "space-name": {"e_ext_san_space_dns_name", ec}, "underscore-name": {"e_underscore_not_permissible_in_dnsname", ec},
		"names-critical": {"w_ext_san_critical_with_subject_dn", ec},
		"no-purpose":     {"e_sub_cert_eku_missing", ec}, "no-key-usage": {"e_ca_key_usage_missing", mid}, "no-cert-sign": {"e_ca_key_cert_sign_not_set", mid},
		"basic-constraints-not-critical": {"e_basic_constraints_not_critical", mid},
		"authority-key-critical":         {"e_ext_authority_key_identifier_critical", ec},
		"empty-name-constraints":         {"e_name_constraint_empty", mid}, "sha1": {"e_sub_cert_or_sub_ca_using_sha1", ec},
		"duplicate-extension": {"e_ext_duplicate_extension", ec},
	} {
		change, ok := FindChange(name)
		if !ok {
			t.Errorf("no change is named %s", name)
			continue
		}
		bad, err := ecCA.Forge(c.good, change)
		if err != nil {
			t.Fatal(err)
		}
		found, err := Lint(bad)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		i := slices.IndexFunc(found, func(f Finding) bool { return f.Name == c.lint })
		if i < 0 {
			t.Errorf("%s: %s was not found among %v", name, c.lint, names(found))
			continue
		}
		if !strings.HasPrefix(change.Field, found[i].Field) {
			t.Errorf("%s: %s is about %s, and %s was changed", name, c.lint, found[i].Field, change.Field)
		}
		good, err := Lint(c.good)
		if err != nil || slices.ContainsFunc(good, func(f Finding) bool { return f.Name == c.lint }) {
			t.Errorf("%s: %s is in the good one too (%v)", name, c.lint, err)
		}
	}
}

func names(found []Finding) (all []string) {
	for _, f := range found {
		all = append(all, f.Name)
	}
	return all
}

// TestFindingsLeadSomewhere: a reader of the certificate has each field that a
// finding names, or at least what holds it: what is missing is missing there.
func TestFindingsLeadSomewhere(t *testing.T) {
	ecCA, ec, _, _ := twins(t, NewKeyring())
	total := 0
	for _, raw := range [][]byte{ec, intermediate(t, ecCA), ecCA.Raw} {
		tree := der.Parse(&wire.Source{Name: "test", Data: raw})
		found, err := Lint(raw)
		if err != nil {
			t.Fatal(err)
		}
		total += len(found)
		for i, f := range found {
			up, _, _ := strings.Cut(f.Field, ".")
			if tree.Match(f.Field) == nil && (up != "extensions" || tree.Match(up) == nil) {
				t.Errorf("%s is about %s, which is not there", f.Name, f.Field)
			}
			if f.Program == strings.HasPrefix(f.Source, "RFC ") {
				t.Errorf("%s is of %s, and binds public CAs alone: %v", f.Name, f.Source, f.Program)
			}
			if f.Text == "" || f.Rule == "" || f.Source == "" || i > 0 && f.Severity > found[i-1].Severity {
				t.Errorf("%+v", f)
			}
		}
	}
	if total == 0 {
		t.Error("nothing was found in certificates that no public authority would sign")
	}
	if Notice.String() != "notice" || Broken.String() != "fatal" {
		t.Error("severities are misnamed")
	}
}

func TestLintRefuses(t *testing.T) {
	_, ec, _, _ := twins(t, NewKeyring())
	for _, bad := range [][]byte{nil, ec[:len(ec)-1], make([]byte, maxLint+1), []byte("-----BEGIN")} {
		if found, err := Lint(bad); err == nil || found != nil {
			t.Errorf("%d octets: %v", len(bad), found)
		}
	}
	if got := tidy("a\x1b[31m\n b\u202e" + strings.Repeat("x", 1000)); len(got) > maxText+20 || !strings.HasPrefix(got, `a\u001b[31m b\u202exx`) {
		t.Errorf("%q", got)
	}
	if got := tidy("M\u00fcller & S\u00f6hne, \u4e2d\u200b"); got != "M\u00fcller & S\u00f6hne, \u4e2d"+`\u200b` {
		t.Errorf("%q", got)
	}
	if got := tidy("the CA\u2019s \u201cname\u201d, \u00a77.1"); got != `the CA's "name", section 7.1` {
		t.Errorf("%q", got)
	}
}

// TestLintEndsSoon: a certificate with a key of RSA or DSA that is made of the
// largest numbers that are linted, and one with as many names as there is room for.
func TestLintEndsSoon(t *testing.T) {
	ecCA, ec, _, _ := twins(t, NewKeyring())
	number := func(n int) []byte { return element(2, bytes.Repeat([]byte{0x57}, n)) }
	const n, q = maxKey - 60, (maxKey - 60) / 4
	rsa := sequence(sequence(oidDER(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}), []byte{5, 0}),
		element(3, []byte{0}, sequence(number(n), []byte{2, 4, 0x7f, 0xff, 0xff, 0xff})))
	dsa := sequence(sequence(oidDER(asn1.ObjectIdentifier{1, 2, 840, 10040, 4, 1}), sequence(number(q), number(q), number(q))), element(3, []byte{0}, number(q)))
	var hosts []byte
	for len(hosts) < maxLint-2000 {
		hosts = append(hosts, element(dnsTag, fmt.Appendf(nil, "h%d.lab.test", len(hosts)))...)
	}
	for name, c := range map[string]Change{
		"RSA": replaced("tbsCertificate.subjectPublicKeyInfo", rsa), "DSA": replaced("tbsCertificate.subjectPublicKeyInfo", dsa),
		"names":  replaced("extensions.subjectAltName", sequence(hosts)),
		"labels": replaced("extensions.subjectAltName", sequence(element(dnsTag, bytes.Repeat([]byte("a."), maxLint/2-1000)))),
	} {
		bad, err := ecCA.Forge(ec, c)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, err = Lint(bad)
		if took := time.Since(start); took > 10*time.Second || err != nil {
			t.Errorf("%s: it took %v (%v)", name, took, err)
		} else {
			t.Log(name, took)
		}
	}
	larger, err := ecCA.Forge(ec, replaced("tbsCertificate.subjectPublicKeyInfo", sequence(rsa[4:], make([]byte, maxKey))))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lint(larger); err == nil || !strings.Contains(err.Error(), "beyond") {
		t.Errorf("a larger key: %v", err)
	}
}

// FuzzLint: whatever comes, linting ends with findings or with an error.
func FuzzLint(f *testing.F) {
	root, err := Root(NewKeyring(), clock, Anchor("Lab Root CA"))
	if err != nil {
		f.Fatal(err)
	}
	is, err := root.Issue(Server("app.lab.test", "127.0.0.1"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(is.Leaf.Raw)
	f.Add(root.Raw)
	f.Fuzz(func(t *testing.T, data []byte) {
		found, err := Lint(data)
		for _, x := range found {
			if err != nil || x.Field == "" || strings.ContainsFunc(x.Text+x.Detail, func(r rune) bool { return !unicode.IsGraphic(r) }) {
				t.Errorf("%+v, %v", x, err)
			}
		}
	})
}
