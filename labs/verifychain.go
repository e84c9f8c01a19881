package labs

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"tlstutor/labs/chain"
	"tlstutor/labs/der"
	"tlstutor/labs/wire"
)

// VerifyChain has certificates of the user's judged. It is no lab among others, as
// it reads files.
var VerifyChain = &Lab{
	Name: "verify",
	Doc: `Certificates of yours, every path they have, and every reason.

The file has the certificate in question first, and beside it those that a server
would send with it. Each way from there to a trusted root is walked, and each rule
is checked on each certificate, whatever failed before. Nothing is connected to.`,
	Knobs: []Knob{
		{Name: "chain", Doc: "the file with the certificate in question, and those sent with it", Kind: Path},
		{Name: "roots", Doc: "the file with the roots to trust", Kind: Path},
		{Name: "intermediates", Doc: "a file with more certificates that may help", Kind: Path},
		{Name: "name", Doc: "the host name or address that is meant; empty asks about none", Kind: Text, Max: 253},
		{Name: "at", Doc: "the time that counts: a date such as 2027-01-31, RFC 3339, or +30d from now; empty is now", Kind: Text, Max: 40},
		{Name: "use", Doc: "what the certificate is used for", Choices: Uses()},
		{Name: "paths", Doc: "which paths are walked: all, or, as verifiers once did, the first that fits", Choices: []string{"all", "first"}},
	},
	Presets: []Preset{
		{"as a client", Settings{"use": "client"}},
		{"in 30 days", Settings{"at": "+30d"}},
		{"in a year", Settings{"at": "+365d"}},
		{"first path", Settings{"paths": "first"}},
	},
	Look:    []string{verificationNote},
	Draw:    Chart,
	Run:     runVerify,
	command: verifyCommand,
}

// verifyCommand is the command line that does the same.
func verifyCommand(l *Lab, s Settings) string {
	words := []string{"verify", Word(s["chain"])}
	for i := range l.Knobs {
		k := &l.Knobs[i]
		switch v := s[k.Name]; {
		case k.Name == "chain" || v == k.Start():
		case k.Name == "paths":
			words = append(words, "--first-path")
		default:
			words = append(words, "--"+k.Name, Word(v))
		}
	}
	return strings.Join(words, " ")
}

// Uses are the words for what a certificate is used for.
func Uses() []string { return names("server", uses[1:]) }

// uses are what each of these words stands for.
var uses = []choice[x509.ExtKeyUsage]{
	{"server", x509.ExtKeyUsageServerAuth}, {"client", x509.ExtKeyUsageClientAuth}, {"any", x509.ExtKeyUsageAny},
}

// A Verifying is what there is to verify, as files have it. A file that is not
// given has no name.
type Verifying struct {
	Chain, Roots, Intermediates Given
	Name, Use                   string
	At                          time.Time
	FirstPath                   bool
}

// A Given is a file as it was read: its name, clean, and what it holds.
type Given struct {
	Name string
	Data []byte
}

// Answer has the explainer answer. Notes are what was odd about the files; an error
// is about one that has no certificate.
func (v *Verifying) Answer() (a *chain.Answer, notes []string, err error) {
	q := chain.Question{Name: v.Name, At: v.At, Uses: chosen(uses, v.Use), FirstPathOnly: v.FirstPath}
	for _, part := range []struct {
		file Given
		to   *[]*chain.Cert
	}{{v.Chain, &q.Chain}, {v.Roots, &q.Roots}, {v.Intermediates, &q.Intermediates}} {
		if part.file.Name == "" {
			continue
		}
		certs, odd, err := part.file.certificates()
		if err != nil {
			return nil, nil, err
		}
		*part.to = certs
		notes = append(notes, odd...)
	}
	// Whatever is wrong with a certificate itself is part of the answer.
	a = chain.Explain(q)
	if a.Apart(q.Chain, q.Roots, q.Intermediates) {
		a = chain.Explain(q)
	}
	return a, append(notes, a.Notes...), nil
}

// maxOdd is how many notes there are about one file.
const maxOdd = 5

// certificates are those in a file, also of a PKCS #7 bag. What else it holds is
// named, and passed over.
func (f Given) certificates() (all []*chain.Cert, notes []string, err error) {
	objects, err := der.Objects(f.Name, f.Data)
	if err != nil {
		return nil, nil, err
	}
	odd := 0
	note := func(format string, args ...any) {
		if odd++; odd <= maxOdd {
			notes = append(notes, wire.Clean(fmt.Sprintf(format, args...), textLimit))
		}
	}
	var other []string
	for _, o := range objects {
		switch o.Kind {
		case "certificate":
			c := chain.Read(o.Src.Data)
			switch {
			case o.Err == nil:
			// What is wrong with the wrapping is why nobody can read what is inside.
			case c.X == nil:
				c = chain.Damaged(o.Src.Data, fmt.Errorf("in %s, at byte %d: %w", f.Name, o.Off, o.Err))
			default:
				note("In %s, at byte %d: %v.", f.Name, o.Off, o.Err)
			}
			all = append(all, c)
			continue
		// Windows likes to hand out chains so.
		case "pkcs7":
			if bag := inBag(o); len(bag) > 0 {
				all = append(all, bag...)
				continue
			}
		}
		// A key in front of the chain is common, and no reason to refuse the file.
		what := objectWord(o.Kind)
		if what == noKind {
			// It may be one that was cut, or that has a wrong length.
			if at := chain.Read(o.Src.Data).Fault(); at != "" {
				what += " (" + at + ")"
			}
		}
		note("In %s, at byte %d, is %s: passed over.", f.Name, o.Off, what)
		other = append(other, what)
	}
	if why := f.strange(objects); why != "" {
		notes = append(notes, wire.Clean(f.Name, 200)+why)
	}
	if odd > maxOdd {
		notes = append(notes, fmt.Sprintf("In %s are %s more that are odd.", f.Name, strconv.Itoa(odd-maxOdd)))
	}
	if len(all) == 0 {
		return nil, nil, fmt.Errorf("reading %s: at byte %d is %s, where a certificate was expected", f.Name, objects[0].Off, other[0])
	}
	return all, notes, nil
}

// strange says of a file of certificates that was read here why other programs do not
// read it, as what follows its name; "" where they do.
func (f Given) strange(objects []der.Object) string {
	ours, theirs, pure := 0, 0, false
	for _, o := range objects {
		if o.Kind == "certificate" {
			ours++
			pure = pure || o.Label == "" && bytes.HasPrefix(f.Data[min(o.Off, len(f.Data)):], o.Src.Data)
		}
	}
	if pure { // OpenSSL takes DER for what it is; of a name that promises nothing so do others
		if strings.HasSuffix(strings.ToLower(f.Name), ".pem") {
			return " is DER, and not PEM as its name says: OpenSSL 3 reads it all the same, Go and Python do not."
		}
		return ""
	}
	for rest := bytes.TrimPrefix(f.Data, []byte("\ufeff")); ; { // OpenSSL passes over the mark
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			break
		}
		if strings.HasSuffix(b.Type, "CERTIFICATE") {
			theirs++
		}
	}
	if theirs >= ours {
		return ""
	}
	return " is no PEM to Go, OpenSSL and Python, or not all of it: they want BEGIN CERTIFICATE, base64 and END CERTIFICATE each in lines of their own, at the margin (RFC 7468, Section 2)."
}

// instead says what a file holds in which certificates were looked for in vain, as
// the end of a sentence; "" where nobody can tell.
func (f Given) instead() string {
	objects, err := der.Objects(f.Name, f.Data)
	switch {
	case err != nil:
		return ""
	case objects[0].Kind == "certificate" && objects[0].Label == "":
		return ", but as DER; openssl x509 -inform DER makes PEM of it"
	}
	return fmt.Sprintf("; at byte %d is %s", objects[0].Off, objectWord(objects[0].Kind))
}

// inBag returns the certificates in a PKCS #7 bag.
func inBag(o der.Object) []*chain.Cert {
	var all []*chain.Cert
	o.Tree().Walk(func(p []*wire.Field) {
		if f := p[len(p)-1]; f.Kid("tbsCertificate") != nil && f.Name == "Certificate" {
			all = append(all, chain.Read(f.Bytes()))
		}
	})
	return all
}

// objectWord is what an object is called in a sentence.
func objectWord(kind string) string {
	switch kind {
	case "certificate":
		return "a certificate"
	case "private-key":
		return "a private key"
	case "public-key":
		return "a public key"
	case "request":
		return "a certificate request"
	case "crl":
		return "a CRL"
	case "ocsp-request":
		return "an OCSP request"
	case "ocsp-response":
		return "an OCSP response"
	case "pkcs7":
		return "a PKCS #7 bag without certificates"
	case "pkcs12":
		return "a PKCS #12 file, which a password closes"
	}
	return noKind
}

// noKind is what an object is called that is of no form known here.
const noKind = "something of no known form"

// Moment reads a time as one types it: RFC 3339, a date alone, which is its first
// moment in UTC, or how far it is from now in days or hours: +30d, -12h. Empty is
// now.
func Moment(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return now, nil
	}
	// The first moment of the year 1 is what stands for no time at all.
	if t, err := time.Parse(time.RFC3339, text); err == nil && !t.IsZero() {
		return t, nil
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil && !t.IsZero() {
		return t, nil
	}
	// What is left is how far it is from now.
	unit, far := time.Hour, strings.TrimSuffix(text, "h")
	if days, ok := strings.CutSuffix(text, "d"); ok {
		unit, far = 24*time.Hour, days
	}
	n, err := strconv.Atoi(far)
	// A time.Duration reaches 292 years.
	if err != nil || far == text || far[0] != '+' && far[0] != '-' || n > 100_000 || n < -100_000 {
		return time.Time{}, fmt.Errorf("%s is no time; write 2027-01-31, 2027-01-31T12:00:00Z, or +30d", quoted(text))
	}
	return now.Add(time.Duration(n) * unit), nil
}

// runVerify reads the files, shows what is in them, and judges.
func runVerify(_ context.Context, b *Bench, s Settings) error {
	at, err := Moment(s["at"], b.Now())
	if err != nil {
		return &Refusal{err}
	}
	v := Verifying{Name: s["name"], Use: s["use"], At: at, FirstPath: s["paths"] == "first"}
	for name, to := range map[string]*Given{"chain": &v.Chain, "roots": &v.Roots, "intermediates": &v.Intermediates} {
		if s[name] == "" {
			continue
		}
		if *to, err = readWhole(s[name]); err != nil {
			return &Refusal{err}
		}
	}
	if v.Chain.Name == "" {
		return &Refusal{errors.New("no chain is named: chain=FILE")}
	}
	// Shown first, so that the lights can lead to their bytes.
	certs, _, err := v.Chain.certificates()
	if err != nil {
		return &Refusal{err}
	}
	var shown []*wire.Field
	for i, c := range certs[:min(len(certs), maxShown)] {
		tree := certificate(fmt.Sprintf("certificate %d", i+1), c.Raw)
		b.Emit(Event{Kind: Said, Text: fmt.Sprintf("certificate %d: %s", i+1, c.Title), Tree: tree})
		shown = append(shown, tree)
	}
	a, notes, err := v.Answer()
	if err != nil {
		return &Refusal{err}
	}
	a.Notes = notes
	found := explained(a, shown)
	b.Emit(Event{Kind: Found, Text: found.text(), Tree: found.tree()})
	return nil
}

// maxShown is how many certificates of a chain are shown by themselves.
const maxShown = 50

// readWhole reads a file that is not too large and no pipe, for which nobody can
// wait.
func readWhole(name string) (Given, error) {
	clean := wire.Clean(name, wire.MaxValue)
	info, err := os.Stat(name)
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = errors.New("it is no regular file")
	case info.Size() > rootsLimit:
		err = fmt.Errorf("it has more than %d MB", rootsLimit>>20)
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(name)
	}
	// The system's own words name the file as it stands.
	if bad, ok := errors.AsType[*fs.PathError](err); ok {
		err = bad.Err
	}
	if err != nil {
		return Given{}, fmt.Errorf("reading %s: %w", clean, err)
	}
	return Given{clean, data}, nil
}
