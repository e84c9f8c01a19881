package chain

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// A bench is a root, an intermediate and a server, each of which a case may
// change before they are signed.
type bench struct {
	root, inter, leaf func(*x509.Certificate)
	ask               func(*Question)
	fails             []string // the checks that fail on the chosen path, in order
	red               []Light
}

// TestFaults breaks one thing at a time: the checks named, and no others, fail.
func TestFaults(t *testing.T) {
	lan := &net.IPNet{IP: net.IP{10, 0, 0, 0}, Mask: net.CIDRMask(8, 32)}
	spiffe, _ := url.Parse("spiffe://lab.test/app")
	cases := map[string]bench{
		"ok":                        {},
		"expired":                   {leaf: expired, fails: []string{Validity}, red: []Light{LightTime}},
		"not yet valid":             {ask: func(q *Question) { q.At = now().AddDate(0, -2, 0) }, fails: []string{Validity, Validity, Validity}, red: []Light{LightTime}},
		"ends before it begins":     {leaf: func(c *x509.Certificate) { c.NotAfter = c.NotBefore.AddDate(0, 0, -1) }, fails: []string{Validity}, red: []Light{LightTime}},
		"intermediate expired":      {inter: expired, fails: []string{Validity}, red: []Light{LightTime}},
		"root expired":              {root: expired, fails: []string{Validity}, red: []Light{LightTime}},
		"wrong host":                {ask: name("other.lab.test"), fails: []string{HostName}, red: []Light{LightName}},
		"common name only":          {leaf: func(c *x509.Certificate) { c.DNSNames = nil }, fails: []string{HostName}, red: []Light{LightName}},
		"dialled by IP":             {ask: name("127.0.0.1"), fails: []string{HostName}, red: []Light{LightName}},
		"SPIFFE only":               {leaf: func(c *x509.Certificate) { c.DNSNames, c.URIs = nil, []*url.URL{spiffe} }, fails: []string{HostName}, red: []Light{LightName}},
		"NUL in the name":           {leaf: func(c *x509.Certificate) { c.DNSNames = []string{"app.lab.test\x00.evil.test"} }, fails: []string{HostName}, red: []Light{LightName}},
		"client certificate":        {leaf: only(x509.ExtKeyUsageClientAuth), fails: []string{ExtKeyUsage}, red: []Light{LightPurpose}},
		"CA for clients":            {inter: only(x509.ExtKeyUsageClientAuth), fails: []string{ExtKeyUsage}, red: []Light{LightPurpose}},
		"no usage":                  {leaf: only()},
		"must-staple":               {leaf: extra(pkix.Extension{Id: []int{1, 3, 6, 1, 5, 5, 7, 1, 24}, Value: []byte{0x30, 3, 2, 1, 5}})},
		"unknown critical":          {leaf: extra(unknownCritical()), fails: []string{Critical}, red: []Light{LightPath}},
		"unknown critical in a CA":  {inter: extra(unknownCritical()), fails: []string{Critical}, red: []Light{LightPath}},
		"SHA-1":                     {leaf: func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 }, fails: []string{Algorithm}, red: []Light{LightPath}},
		"CA without constraints":    {inter: func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = false, false }, fails: []string{BasicConstraints}, red: []Light{LightPath}},
		"CA that is none":           {inter: func(c *x509.Certificate) { c.IsCA = false }, fails: []string{BasicConstraints}, red: []Light{LightPath}},
		"CA that may not sign":      {inter: func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }, fails: []string{KeyUsage}, red: []Light{LightPath}},
		"root that is no CA":        {root: func(c *x509.Certificate) { c.IsCA = false }, fails: []string{BasicConstraints}, red: []Light{LightPath}},
		"path length":               {root: func(c *x509.Certificate) { c.MaxPathLenZero = true }, fails: []string{PathLen}, red: []Light{LightPath}},
		"outside the constraints":   {inter: func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"corp.test"} }, fails: []string{NameConstraints}, red: []Light{LightName}},
		"address excluded":          {inter: func(c *x509.Certificate) { c.ExcludedIPRanges = []*net.IPNet{lan} }, leaf: func(c *x509.Certificate) { c.IPAddresses = []net.IP{{10, 1, 1, 1}} }, fails: []string{NameConstraints}, red: []Light{LightName}},
		"URI without a host":        {inter: func(c *x509.Certificate) { c.PermittedURIDomains = []string{"lab.test"} }, leaf: func(c *x509.Certificate) { c.URIs = []*url.URL{{Scheme: "urn", Opaque: "x"}} }, fails: []string{NameConstraints}, red: []Light{LightName}},
		"constraints and CN only":   {inter: func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"corp.test"} }, leaf: func(c *x509.Certificate) { c.DNSNames = nil }, ask: name("")},
		"policy required":           {inter: extra(requirePolicy()), fails: []string{Policies}, red: []Light{LightPath}},
		"intermediate not sent":     {ask: func(q *Question) { q.Chain = q.Chain[:1] }, fails: []string{Issuer}, red: []Light{LightPath}},
		"root not trusted":          {ask: func(q *Question) { q.Chain, q.Roots = append(q.Chain, q.Roots[0]), nil }, fails: []string{Anchor}, red: []Light{LightAnchor}},
		"only the intermediate":     {ask: func(q *Question) { q.Roots = q.Chain[1:] }},
		"leaf trusted":              {ask: func(q *Question) { q.Roots = q.Chain[:1] }},
		"tampered":                  {ask: tampered, fails: []string{Signature}, red: []Light{LightPath}},
		"two things at once":        {leaf: expired, ask: name("other.test"), fails: []string{Validity, HostName}, red: []Light{LightName, LightTime}},
		"negative serial number":    {ask: negative, fails: []string{Readable}, red: []Light{LightPath}},
		"nothing but trailing bits": {ask: func(q *Question) { q.Chain = []*Cert{Read([]byte("hello"))} }, fails: []string{Readable}, red: []Light{LightPath}},
	}
	for what, b := range cases {
		q := b.question(t)
		a := agree(t, what, q)
		p := a.Paths[a.Chosen]
		var fails []string
		for _, k := range p.Checks {
			if !k.OK {
				fails = append(fails, k.Name)
			}
			if k.Why == "" || k.Rule == "" || k.Cert >= len(p.Certs) {
				t.Errorf("%s: %s says too little: %+v", what, k.Name, k)
			}
			if x := p.Certs[k.Cert]; k.Field != "" && x.X != nil && x.Tree().Match(k.Field) == nil {
				t.Errorf("%s: %s leads to %s, which %s does not have", what, k.Name, k.Field, x.Title)
			}
		}
		if !slices.Equal(fails, b.fails) || p.OK != (b.fails == nil) {
			t.Errorf("%s: %q failed, want %q\n%s", what, fails, b.fails, a.Why)
		}
		var red []Light
		for i, l := range a.Lights {
			if l.State == Red {
				red = append(red, Light(i))
			}
		}
		if !slices.Equal(red, b.red) {
			t.Errorf("%s: red are %v, want %v", what, red, b.red)
		}
	}
}

func (b bench) question(t testing.TB) Question {
	t.Helper()
	root, inter, server := newParty(t, "Lab Root"), newParty(t, "Lab CA"), newParty(t, "app.lab.test")
	do := func(f func(*x509.Certificate)) func(*x509.Certificate) {
		if f == nil {
			return func(*x509.Certificate) {}
		}
		return f
	}
	r := root.issue(t, root, do(b.root))
	i := root.issue(t, inter, do(b.inter))
	q := Question{Chain: []*Cert{inter.leaf(t, server, do(b.leaf)), i}, Roots: []*Cert{r}, Name: "app.lab.test", At: now()}
	if b.ask != nil {
		b.ask(&q)
	}
	return q
}

func expired(c *x509.Certificate) { c.NotAfter = now().AddDate(0, 0, -1) }

func name(s string) func(*Question) { return func(q *Question) { q.Name = s } }

func only(us ...x509.ExtKeyUsage) func(*x509.Certificate) {
	return func(c *x509.Certificate) { c.ExtKeyUsage = us }
}

func extra(e pkix.Extension) func(*x509.Certificate) {
	return func(c *x509.Certificate) { c.ExtraExtensions = append(c.ExtraExtensions, e) }
}

// tampered changes the last bit of the leaf's signed part's copy of the name.
func tampered(q *Question) {
	raw := bytes.Clone(q.Chain[0].Raw)
	i := bytes.LastIndex(raw, []byte("app.lab.test"))
	raw[i] ^= 0x20
	q.Chain[0] = Read(raw)
}

// negative makes the leaf's serial number negative, which Go does not read.
func negative(q *Question) {
	raw := bytes.Clone(q.Chain[0].Raw)
	raw[bytes.Index(raw, q.Chain[0].X.SerialNumber.Bytes())] |= 0x80
	q.Chain[0] = Read(raw)
}

// TestUnreadable looks at what is said of certificates that Go cannot read, at
// each place of a chain.
func TestUnreadable(t *testing.T) {
	q := bench{}.question(t)
	negative(&q)
	k := Explain(q).Paths[0].Checks[0]
	if !strings.Contains(k.Why, "x509: negative serial number") || !strings.Contains(k.Why, "at byte 15 (serialNumber)") {
		t.Errorf("%q tells neither what Go says nor where", k.Why)
	}
	q = bench{}.question(t)
	raw := bytes.Clone(q.Chain[1].Raw)
	raw[bytes.Index(raw, q.Chain[1].X.SerialNumber.Bytes())] |= 0x80
	q.Chain[1] = Read(raw)
	a := agree(t, "unreadable intermediate", q)
	if p := a.Paths[0]; len(p.Certs) != 3 || p.OK || !strings.Contains(a.Why, "negative serial number") || len(a.Notes) != 1 {
		t.Errorf("%s: %s %q", p.String(), a.Why, a.Notes)
	}
	// Nobody comes to its trust.
	q.Chain = []*Cert{q.Chain[1]}
	q.Roots = q.Chain
	for _, k := range Explain(q).Paths[0].Checks {
		if k.Name == Anchor && k.Beside != "" {
			t.Errorf("beside what cannot be read: %s", k.Beside)
		}
	}
	for n := range len(raw) {
		if c := Read(raw[:n]); c.Err == nil || c.X != nil {
			t.Fatalf("%d of %d bytes were read", n, len(raw))
		}
	}
}

// TestBeside looks for the words about other peers, where they are known to
// decide otherwise.
func TestBeside(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	weak := newParty(t, "app.lab.test")
	weak.key = small
	root := newParty(t, "Lab Root")
	old := Question{Name: "app.lab.test", At: now(), Roots: []*Cert{root.issue(t, root)}}
	old.Chain = []*Cert{root.leaf(t, weak)}
	for what, c := range map[string]struct {
		q           Question
		check, says string
	}{
		"common name":     {bench{leaf: func(c *x509.Certificate) { c.DNSNames = nil }}.question(t), HostName, "Python still look at the common name"},
		"partial":         {bench{leaf: func(c *x509.Certificate) { c.DNSNames = []string{"a*.lab.test"} }}.question(t), HostName, "OpenSSL takes"},
		"top level":       {bench{leaf: func(c *x509.Certificate) { c.DNSNames = []string{"*.test"} }, ask: name("lab.test")}.question(t), HostName, "OpenSSL and browsers do not"},
		"partial chain":   {bench{ask: func(q *Question) { q.Roots = q.Chain[1:] }}.question(t), Anchor, "-partial_chain"},
		"SHA-1":           {bench{leaf: func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 }}.question(t), Algorithm, "openssl verify takes it"},
		"CA without use":  {bench{inter: func(c *x509.Certificate) { c.KeyUsage = 0 }}.question(t), KeyUsage, "3.13"},
		"small key":       {old, KeySize, "security level 2"},
		"key identifiers": {bench{inter: extra(pkix.Extension{Id: []int{2, 5, 29, 35}, Value: []byte{0x30, 3, 0x80, 1, 1}})}.question(t), KeyIDs, "tried last"},
	} {
		a := agree(t, what, c.q)
		got := ""
		for _, k := range a.Paths[a.Chosen].Checks {
			if k.Name == c.check && k.Beside != "" {
				got += k.Beside
			}
		}
		if !strings.Contains(got, c.says) {
			t.Errorf("%s: %s says %q beside, want %q", what, c.check, got, c.says)
		}
	}
}
