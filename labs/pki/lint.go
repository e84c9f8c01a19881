package pki

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	"github.com/zmap/zlint/v3/lint"
)

// A Finding is what a lint says of a certificate.
type Finding struct {
	Name     string   // as zlint calls it: "e_sub_cert_aia_missing"
	Severity Severity // how bad it is
	Text     string   // one sentence: what the rule asks for
	Detail   string   // what was found instead, where the lint says so
	Rule     string   // where the rule stands: "BRs: 7.1.2.7.7"
	Source   string   // whose rule it is: "CA/Browser Forum, Baseline Requirements"
	Field    string   // the path of the field that it is about; an extension may be missing there

	// Program is true of rules that bind only CAs that the public is to trust: those of
	// the CA/Browser Forum and of the root programs. RFC 5280's hold for every CA.
	Program bool
}

// A Severity says how bad a finding is.
type Severity int

// The severities, as zlint has them.
const (
	Notice Severity = iota
	Warning
	Violation
	Broken // the certificate could not even be judged by this rule
)

// String names the severity.
func (s Severity) String() string {
	return [...]string{"notice", "warning", "error", "fatal"}[s&3]
}

// The bounds on what is linted. Some lints calculate with the numbers of the key,
// and those of a key of 2,700 octets keep them busy for a part of a second; so does
// a name with as many labels as there is room for, and twice as many take four
// times as long.
const (
	maxLint = 256 << 10
	maxKey  = 2700
)

// Lint judges a certificate in DER by the rules of zlint: RFC 5280, the Baseline
// Requirements, the root programs. The worst findings come first, and those of one
// severity in the order of their names.
func Lint(der []byte) ([]Finding, error) {
	if len(der) > maxLint {
		return nil, fmt.Errorf("a certificate of %d bytes; beyond %d none is linted", len(der), maxLint)
	}
	if err := lintable(der); err != nil {
		return nil, fmt.Errorf("linting a certificate: %w", err)
	}
	// zcrypto reads more than crypto/x509 does, for faults are what it is after.
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("linting a certificate: %w", err)
	}
	var found []Finding
	for name, r := range zlint.LintCertificate(c).Results {
		// Passed, or not about certificates of this kind or date.
		if r.Status < lint.Notice {
			continue
		}
		var meta lint.LintMetadata
		if l := lint.GlobalRegistry().CertificateLints().ByName(name); l != nil {
			meta = l.LintMetadata
		}
		found = append(found, Finding{
			Name: name, Severity: Severity(r.Status - lint.Notice), Text: sentence(meta.Description), Detail: tidy(r.Details),
			Rule: tidy(meta.Citation), Source: sourceName(meta.Source), Field: lintField(name), Program: ofProgram(meta.Source),
		})
	}
	slices.SortFunc(found, func(a, b Finding) int {
		if a.Severity != b.Severity {
			return int(b.Severity - a.Severity)
		}
		return strings.Compare(a.Name, b.Name)
	})
	return found, nil
}

// lintable refuses what would keep the lints, or the parser before them, busy.
func lintable(der []byte) error {
	p, err := split(der)
	if err == nil && len(p.spki) > maxKey {
		err = fmt.Errorf("its key has %d octets; beyond %d none is linted", len(p.spki), maxKey)
	}
	return err
}

// maxText bounds what a lint says.
const maxText = 400

// tidy makes one line of visible characters of a text that may quote a
// certificate. What cannot be seen becomes an escape: everything but letters, digits,
// punctuation and symbols.
func tidy(text string) string {
	// Descriptions have line breaks in them, and details quote names.
	text = strings.Join(strings.Fields(plainMarks.Replace(text)), " ")
	var b strings.Builder
	for _, r := range text {
		if b.Len() > maxText {
			b.WriteString("...")
			break
		}
		if r != ' ' && !unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) {
			fmt.Fprintf(&b, "\\u%04x", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// plainMarks writes the marks of print that descriptions have as one types them.
var plainMarks = strings.NewReplacer("\u2018", "'", "\u2019", "'", "\u201c", `"`, "\u201d", `"`, "\u2013", "-", "\u2014", "-", "\u00a7", "section ")

// sentence gives a description the form of a sentence.
func sentence(text string) string {
	text = tidy(text)
	if text == "" {
		return ""
	}
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "...") {
		text += "."
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// ofProgram reports whether whoever made a rule speaks for those who put CAs into
// the trust stores of browsers and systems, and so has no say in a CA of one's own.
func ofProgram(s lint.LintSource) bool {
	switch s {
	case lint.CABFBaselineRequirements, lint.CABFCSBaselineRequirements, lint.CABFSMIMEBaselineRequirements, lint.CABFEVGuidelines,
		lint.MozillaRootStorePolicy, lint.AppleRootStorePolicy, lint.EtsiEsi:
		return true
	}
	return false
}

// sourceName says whose rule it is.
func sourceName(s lint.LintSource) string {
	switch s {
	case lint.CABFBaselineRequirements:
		return "CA/Browser Forum, Baseline Requirements"
	case lint.CABFCSBaselineRequirements:
		return "CA/Browser Forum, code signing"
	case lint.CABFSMIMEBaselineRequirements:
		return "CA/Browser Forum, S/MIME"
	case lint.CABFEVGuidelines:
		return "CA/Browser Forum, extended validation"
	case lint.MozillaRootStorePolicy:
		return "Mozilla, root store policy"
	case lint.AppleRootStorePolicy:
		return "Apple, root store policy"
	case lint.Community:
		return "zlint's community"
	case lint.EtsiEsi:
		return "ETSI"
	}
	if n, ok := strings.CutPrefix(string(s), "RFC"); ok {
		return "RFC " + n
	}
	return string(s)
}
