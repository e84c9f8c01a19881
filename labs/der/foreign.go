package der

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// A Foreign is why a file is none of ours that is known for what it is: people keep
// keys and certificates in other forms, and save a page in place of a file.
type Foreign struct {
	Is string // what it is
	Do string // what to do about it
}

// Error says both.
func (f *Foreign) Error() string { return f.Is + "; " + f.Do }

// foreignBytes tells by how a file begins what else it is; nil where that is not
// known.
func foreignBytes(data []byte) error {
	for _, f := range []struct{ magic, is, do string }{
		{"\xfe\xed\xfe\xed", "it is a Java keystore (JKS)", "keytool -importkeystore -srckeystore FILE -destkeystore NEW.p12 -deststoretype pkcs12 makes PKCS #12 of it"},
		{"\xce\xce\xce\xce", "it is a Java keystore (JCEKS)", "keytool -importkeystore -srckeystore FILE -srcstoretype jceks -destkeystore NEW.p12 -deststoretype pkcs12 makes PKCS #12 of it"},
		{"PK\x03\x04", "it is a ZIP archive", "unpack it first: unzip FILE"},
		{"\x1f\x8b", "it is compressed with gzip", "unpack it first: gunzip FILE, or tar -xzf FILE"},
		{"SQLite format 3\x00", "it is an SQLite database, as NSS keeps certificates in", "certutil -L -d FOLDER lists them, and -a -n NAME writes one as PEM"},
		{"%PDF-", "it is a PDF", "a certificate for machines is a file of its own"},
	} {
		if bytes.HasPrefix(data, []byte(f.magic)) {
			return &Foreign{f.is, f.do}
		}
	}
	return nil
}

// foreignText is foreignBytes for what is text, and has nothing that is PEM.
func foreignText(data []byte) error {
	text := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\ufeff")), " \t\r\n")
	head := strings.ToLower(string(text[:min(len(text), 100)])) // HTML is written in any case
	word, _, _ := strings.Cut(head, " ")
	begins := func(with ...string) bool {
		return slices.ContainsFunc(with, func(w string) bool { return strings.HasPrefix(head, w) })
	}
	switch {
	case begins("<!doctype html", "<html", "<head", "<body"):
		return &Foreign{"it is an HTML page, not a certificate", "perhaps a login page or an error page was saved in its place"}
	case begins("<?xml"):
		return &Foreign{"it is XML", "a certificate that stands in it is base64, and can be opened by itself"}
	case strings.HasSuffix(word, "-cert-v01@openssh.com"):
		return &Foreign{"it is a certificate of OpenSSH's, which is not X.509", "ssh-keygen -L -f FILE shows it"}
	case begins("ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-", "---- begin ssh2"):
		return &Foreign{"it is a public key of OpenSSH's, for SSH", "ssh-keygen -l -f FILE shows what it is"}
	case begins("putty-user-key-file-"):
		return &Foreign{"it is a private key of PuTTY's, for SSH", "TLS has no use for it"}
	}
	// The base64 of "-----BEGIN ", as the secrets of clusters have it.
	if at := bytes.Index(data, []byte("LS0tLS1CRUdJTi")); at >= 0 {
		return &Foreign{fmt.Sprintf("PEM that is in base64 once more begins at byte %d", at), "take that off first: base64 -d, piped into tlstutor inspect -"}
	}
	// Dashes get lost, and word processors join them.
	if bytes.Contains(data, []byte("-----BEGIN ")) {
		return nil
	}
	if at := bytes.Index(data, []byte("BEGIN ")); at >= 0 {
		label, _, _ := strings.Cut(string(data[at+len("BEGIN "):min(len(data), at+100)]), "\n")
		if label = strings.TrimRight(label, "-\u2010\u2011\u2012\u2013\u2014 \r"); labelForm(label) != formUnknown {
			return &Foreign{fmt.Sprintf("no PEM block and not DER: BEGIN %s, at byte %d, has not five dashes on each side", label, at), "mend that line, and the one with END"}
		}
	}
	return nil
}

// foreignLabel is foreign by the label of a block: such armour looks like PEM, and
// what it holds is not DER.
func foreignLabel(label string) error {
	switch {
	case label == "OPENSSH PRIVATE KEY":
		return &Foreign{"it is a private key of OpenSSH's, which is not DER", "ssh-keygen -y -f FILE shows the public key of it"}
	case strings.HasPrefix(label, "PGP "):
		return &Foreign{"it is armour of OpenPGP, not PEM", "gpg --show-keys FILE shows the keys in it"}
	}
	return nil
}
