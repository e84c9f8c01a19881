package der

import (
	"bytes"
	"errors"
	"fmt"

	"tlstutor/labs/wire"
)

// Bounds of what Objects accepts. The largest collections of roots have a few
// hundred certificates in half a megabyte.
const (
	maxFile    = 64 << 20
	maxObjects = 100_000
)

// An Object is one thing that a file holds: a certificate, a key, a list of
// revocations. It has been found but not been opened: Tree does that, so that
// whoever prints many can let go of each tree before the next.
type Object struct {
	Kind  string       // certificate, request, crl, ocsp-request, ocsp-response, public-key, private-key, pkcs7, pkcs12, or other
	Label string       // the type of its PEM block, such as "CERTIFICATE"; empty when it had none
	Src   *wire.Source // its DER
	Off   int          // where in the file it begins
	Err   error        // what is wrong with its wrapping; Tree puts it on the root

	form form
}

// Tree opens the object. Whatever it is, it becomes a tree: what cannot be read
// is undecoded, and in what may be a private key also withheld.
func (o Object) Tree() *wire.Field {
	g := grammars[o.form]
	f := wire.ParseAll(g.name, o.Src, g.read)
	switch {
	// The grammar's own field around one element adds nothing.
	case len(f.Kids) == 1 && f.Kids[0].Head > 0 && f.Kids[0].N == f.N:
		f = f.Kids[0]
	case f.Value == "":
		lift(f)
	}
	switch {
	// The wrapping's fault is often the cause of the other.
	case o.Err != nil && f.Err != nil:
		f.Err = fmt.Errorf("%w; %w", o.Err, f.Err)
	case o.Err != nil:
		f.Err = o.Err
	}
	if g.kind == keyKind || g.kind == bagKind {
		f.Walk(func(path []*wire.Field) {
			if last := path[len(path)-1]; last.Name == wire.Undecoded {
				last.Secret = true
			}
		})
	}
	return f
}

// Objects finds what a file holds: PEM with blocks of any types and any text
// around them, DER, of one or several in a row, or the base64 of DER without its
// armour. It goes by the content, as names such as .crt, .cer and .pem say
// nothing, and labels are wrong at times. An error says what was found instead,
// and where.
func Objects(name string, data []byte) ([]Object, error) {
	name = wire.Clean(name, 200)
	found, err := objects(data)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	for i := range found {
		found[i].Src.Name = name
		if len(found) > 1 {
			found[i].Src.Name = fmt.Sprintf("%s, %s %d", name, found[i].Kind, i+1)
		}
	}
	return found, nil
}

// objects is Objects without the file's name.
func objects(data []byte) ([]Object, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("%d bytes; more than %d are not read", len(data), maxFile)
	}
	// Some editors put a byte order mark in front.
	text := bytes.TrimPrefix(data, []byte("\ufeff"))
	switch mark := len(data) - len(text); {
	case len(bytes.TrimSpace(text)) == 0:
		return nil, errors.New("it is empty")
	case mark == 0 && looksDER(data):
		return splitDER(data)
	case foreignBytes(data) != nil: // what it is packed with may show
		return nil, foreignBytes(data)
	case bytes.Contains(text, []byte("-----BEGIN ")):
		return splitPEM(data, mark)
	case isUTF16(data):
		return nil, &Foreign{fmt.Sprintf("it is text in UTF-16 (bytes 0 and 1 are 0x%02x 0x%02x)", data[0], data[1]), "save it as UTF-8, or iconv -f UTF-16 -t UTF-8 FILE"}
	case looksBase64(text):
		o := (&lines{data: data}).unarmour(mark, len(data))
		o.classify(formUnknown)
		return []Object{o}, nil
	}
	if err := foreignText(data); err != nil {
		return nil, err
	}
	if data[0] == tagSequence { // the digit 0
		return nil, errors.New("no PEM block and not DER: it is text; PEM has a line such as -----BEGIN CERTIFICATE-----")
	}
	return nil, fmt.Errorf("no PEM block and not DER: byte 0 is 0x%02x; PEM has a line such as -----BEGIN CERTIFICATE-----, DER begins with 0x30", data[0])
}

// isUTF16 reports whether a file begins with a byte order mark of UTF-16, or as
// ASCII does in it.
func isUTF16(data []byte) bool {
	if len(data) < 4 || len(data)%2 != 0 {
		return false
	}
	switch a, b := data[0], data[1]; {
	case a == 0xff && b == 0xfe, a == 0xfe && b == 0xff:
		return true
	case a == 0:
		return b >= ' ' && b < 0x7f && data[2] == 0 && data[3] != 0
	default:
		return b == 0 && a >= ' ' && a < 0x7f && data[2] != 0 && data[3] == 0
	}
}

// looksDER reports whether a file begins with a SEQUENCE and, in it, with
// something that begins one of the objects. A tag of SEQUENCE is also the digit
// 0, which may begin the text in front of PEM.
func looksDER(data []byte) bool {
	if data[0] != tagSequence {
		return false
	}
	if p := pieces(data, 1); len(p[0].in) > 0 {
		switch p[0].in[0] {
		case tagSequence, tagInteger, tagOID, tagEnumerated:
			return true
		}
	}
	return !bytes.Contains(data, []byte("-----BEGIN ")) && !onlyText(data)
}

// onlyText reports whether a file is of printable ASCII only, as nothing in DER is: the
// tags of numbers and OBJECT IDENTIFIERs are control characters.
func onlyText(data []byte) bool {
	return bytes.IndexFunc(data, func(r rune) bool { return r >= 0x7f || r < ' ' && r != '\t' && r != '\r' && r != '\n' }) < 0
}

// splitDER cuts the elements of a file apart. The last one may be cut off: what
// there is of it can still be read. What stands behind the last and begins no
// other stays with it, undecoded.
func splitDER(data []byte) ([]Object, error) {
	var found []Object
	// A line end that an editor added belongs to nothing.
	blank := len(bytes.TrimRight(data, " \t\r\n"))
	for off := 0; off < len(data); {
		if len(found) == maxObjects {
			return nil, errMany
		}
		rest := data[off:]
		// Without a header that can be read, all that is left is one object.
		n := len(rest)
		if h, err := parseHeader(rest[:min(n, maxHead)], n); err == nil {
			n = h.head + h.n
		}
		switch {
		case off+n >= blank:
			off = len(data)
		case rest[n] != tagSequence:
			n, off = len(rest), len(data)
		default:
			off += n
		}
		o := Object{Src: &wire.Source{Data: rest[:n:n]}, Off: len(data) - len(rest)}
		o.classify(formUnknown)
		found = append(found, o)
	}
	// Of a single one that is nothing known, no tree says more than why.
	if o := found[0]; len(found) == 1 && o.form == formUnknown {
		if err := unread(o.Src.Data); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// errMany refuses more objects than any collection has.
var errMany = fmt.Errorf("more than %d objects", maxObjects)
