package der

import (
	"bytes"
	"encoding/pem"
	"strings"
	"testing"

	"tlstutor/labs/wire"
)

// armour writes blocks of PEM, of the types that are given.
func armour(der []byte, types ...string) []byte {
	var all []byte
	for _, t := range types {
		all = append(all, pem.EncodeToMemory(&pem.Block{Type: t, Bytes: der})...)
	}
	return all
}

func TestRead(t *testing.T) {
	one := forged{}.der()
	two := forged{subject: cn(tagUTF8, "b.lab.test")}.der()
	for name, c := range map[string]struct {
		data []byte
		want string // the roots' values
	}{
		"PEM":                     {armour(one, "CERTIFICATE"), "app.lab.test, by Lab Issuing CA"},
		"PEM, old type":           {armour(one, "X509 CERTIFICATE"), "app.lab.test, by Lab Issuing CA"},
		"several, with text":      {[]byte("Subject: x\n" + string(armour(one, "CERTIFICATE")) + "\nand\n" + string(armour(two, "CERTIFICATE"))), "app.lab.test, by Lab Issuing CA|b.lab.test, by Lab Issuing CA"},
		"beside a key":            {armour(one, "EC PRIVATE KEY", "CERTIFICATE"), "app.lab.test, by Lab Issuing CA"},
		"text that begins with 0": {append([]byte("0 s:CN=app\n"), armour(one, "CERTIFICATE")...), "app.lab.test, by Lab Issuing CA"},
		"trusted":                 {armour(one, "TRUSTED CERTIFICATE"), "app.lab.test, by Lab Issuing CA"},
		"byte order mark":         {append([]byte("\ufeff"), armour(one, "CERTIFICATE")...), "app.lab.test, by Lab Issuing CA"},
		"DER":                     {one, "app.lab.test, by Lab Issuing CA"},
		"two in DER":              {append(bytes.Clone(one), two...), "app.lab.test, by Lab Issuing CA|b.lab.test, by Lab Issuing CA"},
		"DER and a line end":      {append(bytes.Clone(one), '\r', '\n'), "app.lab.test, by Lab Issuing CA"},
		"DER cut off":             {one[:len(one)-5], "app.lab.test, by Lab Issuing CA"},
	} {
		roots, err := opened("file.pem", c.data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, r := range roots {
			got = append(got, r.Value)
			if err := wire.Check(r, OpenLeaf); err != nil || r.Name != "Certificate" || r.Off != 0 || r.N != len(r.Src.Data) {
				t.Errorf("%s: %s at %d of %d bytes: %v", name, r.Name, r.Off, r.N, err)
			}
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestReadSaysWhatItFound(t *testing.T) {
	one := forged{}.der()
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":        {nil, "reading f: it is empty"},
		"blank":        {[]byte(" \n\n"), "it is empty"},
		"key":          {armour(one, "PRIVATE KEY"), "this is a PRIVATE KEY, not a certificate"},
		"EC key":       {armour(one, "EC PRIVATE KEY"), "this is an EC PRIVATE KEY, not a certificate"},
		"RSA key":      {armour(one, "RSA PRIVATE KEY"), "this is an RSA PRIVATE KEY, not a certificate"},
		"X509 CRL":     {armour(one, "X509 CRL"), "this is an X509 CRL, not a certificate"},
		"hostile":      {armour(one, "A\u202eB"), `this is an A\u202eB, not a certificate`},
		"text":         {[]byte("GIF89a"), "no PEM block and not DER: byte 0 is 0x47"},
		"broken PEM":   {[]byte("-----BEGIN CERTIFICATE-----\n!!!\n"), "its base64 or its END line is broken"},
		"key in DER":   {seq(tlv(tagInteger, 0), seq()), "a private key (PKCS #1, PKCS #8, SEC 1)"},
		"PKCS #7":      {seq(arcs("1.2.840.113549.1.7.2")), "a PKCS #7 or CMS file"},
		"more in DER":  {append(bytes.Clone(one), "more"...), "behind certificate 1, is 0x6d"},
		"too many":     {bytes.Repeat(seq(), maxCertificates+1), "more than 10000 certificates"},
		"too many PEM": {bytes.Repeat([]byte("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"), maxCertificates+1), "more than 10000 certificates"},
		"too long":     {make([]byte, maxFile+1), "more than 67108864 are not read"},
	} {
		if roots, err := opened("f", c.data); err == nil || !strings.Contains(err.Error(), c.want) || roots != nil {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := opened("\x1b[2J", nil); err == nil || !strings.Contains(err.Error(), `\x1b[2J`) {
		t.Errorf("a hostile file name: %v", err)
	}
}

// PEM inside of DER is text in a certificate, and not what the file holds.
func TestReadIsNotLedAstray(t *testing.T) {
	other := armour(forged{subject: cn(tagUTF8, "b.lab.test")}.der(), "CERTIFICATE")
	outer := forged{exts: extended(extension1("1.2.3", []byte("\n"+string(other))))}.der()
	roots, err := opened("f", outer)
	if err != nil || len(roots) != 1 || roots[0].Value != "app.lab.test, by Lab Issuing CA" {
		t.Errorf("%d certificates, %v", len(roots), err)
	}
}

func TestListOfTimestamps(t *testing.T) {
	sct := "\x00" + strings.Repeat("k", 32) + "\x00\x00\x01\x9a\xaa\x7a\xf8\x00" + "\x00\x00" + "\x04\x03" + "\x00\x09signature"
	entry := string([]byte{0, byte(len(sct))}) + sct
	list := string([]byte{0, byte(2 * len(entry))}) + entry + entry
	root := wire.ParseAll("extension_data", &wire.Source{Data: []byte(list)}, SCTList)
	if err := wire.Check(root, OpenLeaf); err != nil {
		t.Error(err)
	}
	if want := "2 timestamps: 2025-11-22 07:32:56.960 UTC, 2025-11-22 07:32:56.960 UTC"; root.Value != want {
		t.Errorf("%q, want %q", root.Value, want)
	}
}

// opened is what Split finds, opened.
func opened(name string, data []byte) ([]*wire.Field, error) {
	found, err := Split(name, data)
	var roots []*wire.Field
	for _, src := range found {
		roots = append(roots, Parse(src))
	}
	return roots, err
}
