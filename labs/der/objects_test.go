package der

import (
	"bytes"
	"encoding/pem"
	"slices"
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

func TestObjects(t *testing.T) {
	one := forged{}.der()
	two := forged{subject: cn(tagUTF8, "b.lab.test")}.der()
	for name, c := range map[string]struct {
		data []byte
		want string // the roots' values
	}{
		"PEM":                     {armour(one, "CERTIFICATE"), "app.lab.test, by Lab Issuing CA"},
		"PEM, old type":           {armour(one, "X509 CERTIFICATE"), "app.lab.test, by Lab Issuing CA"},
		"several, with text":      {[]byte("Subject: x\n" + string(armour(one, "CERTIFICATE")) + "\nand\n" + string(armour(two, "CERTIFICATE"))), "app.lab.test, by Lab Issuing CA|b.lab.test, by Lab Issuing CA"},
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

func TestObjectsSayWhatTheyFound(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":        {nil, "reading f: it is empty"},
		"blank":        {[]byte(" \n\n"), "it is empty"},
		"mark only":    {[]byte("\ufeff\n"), "it is empty"},
		"text":         {[]byte("GIF89a"), "no PEM block and not DER: byte 0 is 0x47; PEM has a line such as"},
		"UTF-16":       {[]byte("\xff\xfe-\x00-\x00"), "text in UTF-16 (bytes 0 and 1 are 0xff 0xfe); save it as UTF-8"},
		"HTML":         {[]byte("\ufeff\r\n<!DOCTYPE HTML>\n<p>Please log in"), "it is an HTML page, not a certificate; perhaps a login page"},
		"quoted PEM":   {[]byte("Hi,\n> -----BEGIN CERTIFICATE-----\n> MAA=\n"), "no PEM block: in line 2 (byte 6) something stands before -----BEGIN"},
		"HTML, PEM":    {[]byte("<html><p>It has a -----BEGIN CERTIFICATE----- line"), "it is an HTML page"},
		"ZIP, PEM":     {[]byte("PK\x03\x04\n-----BEGIN CERTIFICATE-----\n!"), "it is a ZIP archive"},
		"four dashes":  {[]byte("----BEGIN CERTIFICATE----\nMAA=\n"), "BEGIN CERTIFICATE, at byte 4, has not five dashes on each side; mend"},
		"one dash":     {[]byte("\u2014BEGIN CERTIFICATE\u2014\nMAA=\n"), "BEGIN CERTIFICATE, at byte 3, has not five"},
		"JSON's PEM":   {[]byte(`-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n`), `line 1 (byte 27) has \n in letters where a line ends`},
		"a secret":     {[]byte("data:\n  tls.crt: LS0tLS1CRUdJTiBDRVJU"), "PEM that is in base64 once more begins at byte 17; take that off"},
		"JKS":          {[]byte("\xfe\xed\xfe\xed\x00\x00\x00\x02"), "it is a Java keystore (JKS); keytool -importkeystore"},
		"ZIP":          {[]byte("PK\x03\x04\x14\x00"), "it is a ZIP archive; unpack it"},
		"SSH":          {[]byte("ssh-ed25519 AAAAC3 me@host\n"), "it is a public key of OpenSSH's"},
		"SSH cert":     {[]byte("ssh-ed25519-cert-v01@openssh.com AAAA\n"), "it is a certificate of OpenSSH's, which is not X.509"},
		"SSH key":      {armour([]byte("openssh-key-v1\x00hidden"), "OPENSSH PRIVATE KEY"), "it is a private key of OpenSSH's, which is not DER; ssh-keygen -y"},
		"PGP":          {[]byte("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQEN\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n"), "it is armour of OpenPGP, not PEM; gpg --show-keys"},
		"PEM twice":    {[]byte("LS0tLS1CRUdJTiBDRVJU"), "PEM that is in base64 once more begins at byte 0; take that off"},
		"bare UTF-16":  {[]byte("-\x00-\x00-\x00"), "text in UTF-16"},
		"big UTF-16":   {[]byte("\x00-\x00-\x00-"), "text in UTF-16"},
		"broken PEM":   {[]byte("\n-----BEGIN CERTIFICATE-----\n!!!\n"), "a PEM block begins at byte 1, but line 3, column 1 (byte 29) has \"!\" (0x21), which is no base64"},
		"label only":   {[]byte("-----BEGIN CERTIFICATE"), "no PEM block: line 1 (byte 0) has -----BEGIN, but no label and five dashes behind it"},
		"nothing in":   {[]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"), "a PEM block begins at byte 0, but there is nothing in it"},
		"too many":     {bytes.Repeat(seq(), maxObjects+1), "more than 100000 objects"},
		"too many PEM": {bytes.Repeat([]byte("-----BEGIN X-----\nMAA=\n-----END X-----\n"), maxObjects+1), "more than 100000 objects"},
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

// What is wrong with the wrapping is said beside what it wraps, where there is
// something to show.
func TestObjectsOpenWhatIsBroken(t *testing.T) {
	one := forged{}.der()
	text := string(armour(one, "CERTIFICATE"))
	key := seq(tlv(tagInteger, 1), tlv(tagOctetString, "key"), tlv(0xa0, arcs("1.2.840.10045.3.1.7")))
	for name, c := range map[string]struct {
		data       string
		kind, want string // of the first object; what its tree says
	}{
		"a digit that is none":   {strings.Replace(text, "\nAg", "\n!g", 1)[:100] + "!" + text[100:], "certificate", `line 3, column 8 (byte 100) has "!" (0x21), which is no base64`},
		"no END line":            {text[:len(text)-len("-----END CERTIFICATE-----\n")], "certificate", "it has no END line"},
		"another END line":       {strings.Replace(text, "END CERT", "END A CERT", 1), "certificate", "is not its END line"},
		"a second BEGIN":         {text[:len(text)-len("-----END CERTIFICATE-----\n")] + text, "certificate", "is not its END line"},
		"cut off":                {text[:302], "certificate", "it has no END line"},
		"one digit too few":      {"-----BEGIN CERTIFICATE-----\nMAAAA\n-----END CERTIFICATE-----\n", "certificate", "its base64 breaks off in line 3 (byte 34)"},
		"a label that lies":      {string(armour(key, "CERTIFICATE")), "private-key", "its PEM label says CERTIFICATE, its content is of the kind private-key"},
		"a lie to the safe side": {string(armour(one, "EC PRIVATE KEY")), "private-key", "its PEM label says EC PRIVATE KEY, its content is of the kind certificate"},
		"a hostile label":        {string(armour(one, "A\u202eB")), "certificate", ""},
		"bytes behind":           {string(one) + "more", "certificate", "4 bytes more than its contents"},
		"indefinite length":      {"\x30\x80\x30\x80\xa0\x03\x02\x01\x02\x02\x01\x01\x00\x00\x00\x00", "certificate", "indefinite form"},
		"PFX in BER":             {"\x30\x80\x02\x01\x03\x30\x80" + string(arcs(oidData)) + "\xa0\x80", "pkcs12", "indefinite form"},
		"a group":                {string(armour(seq(tlv(tagInteger, 23), tlv(tagInteger, 5)), "DH PARAMETERS")), "other", ""},
		"OpenSSH's own, beside":  {string(armour([]byte("openssh-key-v1\x00hidden"), "OPENSSH PRIVATE KEY")) + text, "private-key", "a private key of OpenSSH's"},
		"behind the padding":     {"-----BEGIN CERTIFICATE-----\nMAA=MAA=\n-----END CERTIFICATE-----\n", "certificate", `line 2, column 5 (byte 32) has "M" (0x4d) behind a =, which ends the base64`},
		"a quote of an editor's": {text[:100] + "\u201c" + text[100:], "certificate", "(byte 100) has \"\u201c\" (U+201C), which is no base64"},
		"no character at all":    {text[:100] + "\xff" + text[100:], "certificate", `(byte 100) has 0xff, which is no base64`},
	} {
		found, err := Objects("f", []byte(c.data))
		if err != nil || len(found) == 0 || found[0].Kind != c.kind {
			t.Errorf("%s: %v, %+v", name, err, found)
			continue
		}
		root := found[0].Tree()
		if said := undecoded(root); !strings.Contains(said, c.want) || c.want == "" && said != "" {
			t.Errorf("%s: the tree says %q, not %q", name, said, c.want)
		}
		if err := wire.Check(root, OpenLeaf); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A key of OpenSSL's own making has headers in its block, and ciphertext as its
// content.
func TestSealedKey(t *testing.T) {
	block := &pem.Block{Type: "RSA PRIVATE KEY", Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-256-CBC,00112233"}, Bytes: make([]byte, 48)}
	for _, text := range []string{string(pem.EncodeToMemory(block)), strings.ReplaceAll(string(pem.EncodeToMemory(block)), "\n", "\r\n")} {
		found, err := Objects("f", []byte(text))
		if err != nil || len(found) != 1 || found[0].Kind != "private-key" {
			t.Fatalf("%v, %+v", err, found)
		}
		if root := found[0].Tree(); root.Value != "encrypted private key, 48 bytes that need the password" || !root.Withheld() || undecoded(root) != "" {
			t.Errorf("%s", dump(root))
		}
	}
}

// TestMixed: the objects of a file come in its order, each where it begins, as
// editors of other systems leave them.
func TestMixed(t *testing.T) {
	all := samples(t)
	names := []string{"certificate", "key ec", "request", "crl", "public rsa", "pkcs7", "key encrypted"}
	var text []byte
	var offs []int
	for _, name := range names {
		text = append(text, "what comes: "+name+"\n"...)
		offs = append(offs, len(text))
		text = append(text, armour(all[name].der, all[name].label)...)
	}
	dos := bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	for how, data := range map[string][]byte{"Unix": text, "DOS": dos, "Mac": bytes.ReplaceAll(text, []byte("\n"), []byte("\r")),
		"marked": append([]byte("\ufeff"), text...), "indented": bytes.ReplaceAll(text, []byte("\n"), []byte(" \n  "))} {
		found, err := Objects("f", data)
		if err != nil || len(found) != len(names) {
			t.Fatalf("%s: %d objects, %v", how, len(found), err)
		}
		for i, o := range found {
			if want := all[names[i]]; o.Kind != want.kind || !bytes.Equal(o.Src.Data, want.der) || o.Label != want.label || o.Err != nil {
				t.Errorf("%s: %s is %s %q, %v", how, names[i], o.Kind, o.Label, o.Err)
			}
			if !bytes.HasPrefix(data[o.Off:], []byte("-----BEGIN "+o.Label)) || how == "Unix" && o.Off != offs[i] {
				t.Errorf("%s: %s is at byte %d", how, names[i], o.Off)
			}
		}
	}
	row := slices.Concat(all["crl"].der, all["certificate"].der, all["key sec1"].der, all["pfx"].der, []byte("\r\n"))
	found, err := Objects("f", row)
	if err != nil || len(found) != 4 || found[0].Kind != "crl" || found[1].Kind != "certificate" || found[2].Kind != "private-key" || found[3].Kind != "pkcs12" {
		t.Errorf("in a row: %v, %+v", err, found)
	}
}

// PEM inside of DER is text in a certificate, and not what the file holds.
func TestObjectsAreNotLedAstray(t *testing.T) {
	other := armour(forged{subject: cn(tagUTF8, "b.lab.test")}.der(), "CERTIFICATE")
	outer := forged{exts: extended(extension1("1.2.3", []byte("\n"+string(other))))}.der()
	roots, err := opened("f", outer)
	if err != nil || len(roots) != 1 || roots[0].Value != "app.lab.test, by Lab Issuing CA" {
		t.Errorf("%d certificates, %v", len(roots), err)
	}
}

func TestListOfTimestamps(t *testing.T) {
	sct := "\x00" + strings.Repeat("k", 32) + "\x00\x00\x01\x9a\xaa\x7a\xf8\x00" + "\x00\x0bextensions!" + "\x04\x03" + "\x00\x09signature"
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

// opened is what Objects finds, opened.
func opened(name string, data []byte) ([]*wire.Field, error) {
	found, err := Objects(name, data)
	var roots []*wire.Field
	for _, o := range found {
		roots = append(roots, o.Tree())
	}
	return roots, err
}
