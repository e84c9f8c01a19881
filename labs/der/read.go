package der

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"tlstutor/labs/wire"
)

// Bounds of what Split accepts. The largest collections of roots have a few
// hundred certificates in half a megabyte.
const (
	maxFile         = 64 << 20
	maxCertificates = 10000
)

// Split finds the certificates of a file: PEM with one or several CERTIFICATE
// blocks and any text around them, or DER, one or several in a row. Each is a
// source of its own, for Parse: whoever prints many can let go of each tree
// before the next. An error says what was found instead.
func Split(name string, data []byte) ([]*wire.Source, error) {
	name = wire.Clean(name, 200)
	blocks, err := split(data)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	found := make([]*wire.Source, len(blocks))
	for i, b := range blocks {
		src := &wire.Source{Name: name, Data: b}
		if len(blocks) > 1 {
			src.Name = fmt.Sprintf("%s, certificate %d", name, i+1)
		}
		found[i] = src
	}
	return found, nil
}

// split cuts a file into the DER of its certificates. It goes by the content:
// names such as .crt, .cer and .pem say nothing.
func split(data []byte) ([][]byte, error) {
	switch {
	case len(data) > maxFile:
		return nil, fmt.Errorf("%d bytes; more than %d are not read", len(data), maxFile)
	case len(bytes.TrimSpace(data)) == 0:
		return nil, errors.New("it is empty")
	case looksDER(data):
		return splitDER(data)
	case bytes.Contains(data, []byte("-----BEGIN ")):
		return splitPEM(data)
	}
	return nil, fmt.Errorf("no PEM block and not DER: byte 0 is 0x%02x", data[0])
}

// looksDER reports whether a file begins with a SEQUENCE and, in it, with
// something that begins certificates or what is mistaken for them. A tag of
// SEQUENCE is also the digit 0, which may begin the text in front of PEM.
func looksDER(data []byte) bool {
	if data[0] != tagSequence {
		return false
	}
	h, err := parseHeader(data[:min(len(data), maxHead)], len(data))
	if err == nil && len(data) > h.head {
		switch data[h.head] {
		case tagSequence, tagInteger, tagOID:
			return true
		}
	}
	return !bytes.Contains(data, []byte("-----BEGIN "))
}

// splitPEM decodes the certificates among the PEM blocks of a file (RFC 7468,
// Section 5). Other blocks are passed over when there is a certificate.
func splitPEM(data []byte) ([][]byte, error) {
	var found [][]byte
	other := ""
	// Some editors put a byte order mark in front.
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	for {
		var b *pem.Block
		if b, data = pem.Decode(data); b == nil {
			break
		}
		switch b.Type {
		case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE":
			if len(found) == maxCertificates {
				return nil, errMany
			}
			found = append(found, b.Bytes)
		default:
			if other == "" {
				other = b.Type
			}
		}
	}
	switch {
	case len(found) > 0:
		return found, nil
	case other != "":
		return nil, fmt.Errorf("this is %s %s, not a certificate", article(other), wire.Clean(other, 60))
	}
	return nil, errors.New("a PEM block begins, but its base64 or its END line is broken")
}

// errMany refuses more certificates than any collection of roots has.
var errMany = fmt.Errorf("more than %d certificates", maxCertificates)

// splitDER cuts the elements of a file apart. The last one may be cut off: what
// there is of it can still be read.
func splitDER(data []byte) ([][]byte, error) {
	var found [][]byte
	for off := 0; off < len(data); {
		rest := data[off:]
		if len(found) > 0 && rest[0] != tagSequence {
			if len(bytes.TrimSpace(rest)) == 0 {
				break // a line end that an editor added
			}
			return nil, fmt.Errorf("byte %d, behind certificate %d, is 0x%02x and begins no other", off, len(found), rest[0])
		}
		if len(found) == maxCertificates {
			return nil, errMany
		}
		h, err := parseHeader(rest[:min(len(rest), maxHead)], len(rest))
		// Kept as it is: its tree will say what is wrong with it.
		if err != nil {
			found = append(found, rest)
			break
		}
		if what := insteadOf(rest[h.head:]); what != "" {
			return nil, fmt.Errorf("this is DER, but %s, not a certificate", what)
		}
		found = append(found, rest[:h.head+h.n])
		off += h.head + h.n
	}
	return found, nil
}

// insteadOf guesses what a SEQUENCE is that does not begin as a certificate
// does, from its first element: in a certificate that is another SEQUENCE. None
// of a private key's bytes become a field.
func insteadOf(content []byte) string {
	if len(content) == 0 {
		return ""
	}
	switch content[0] {
	case tagInteger:
		return "a private key (PKCS #1, PKCS #8, SEC 1) or a PKCS #12 file"
	case tagOID:
		return "a PKCS #7 or CMS file"
	}
	return ""
}

// article returns what stands before the name of a PEM block in a sentence.
func article(s string) string {
	if strings.ContainsAny(s[:1], "AEIOUX") || strings.HasPrefix(s, "RSA ") {
		return "an"
	}
	return "a"
}
