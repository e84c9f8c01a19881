package der

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"

	"tlstutor/labs/wire"
)

// splitPEM finds the blocks of PEM in a file, from a place on (RFC 7468). It is
// lenient where the RFC lets readers be: text around the blocks, white space and
// line ends of any kind. Unlike encoding/pem it does not pass over a block that is
// broken: that one is opened as far as it goes, and says where it broke.
func splitPEM(data []byte, from int) ([]Object, error) {
	var found []Object
	at := &lines{data: data}
	loose := -1 // the first BEGIN that begins nothing
	for off := from; ; {
		i := bytes.Index(data[off:], []byte("-----BEGIN "))
		if i < 0 {
			break
		}
		begin := off + i
		label, body := labelOf(data, begin+len("-----BEGIN "))
		// A BEGIN without a label, or in the middle of a sentence, begins nothing.
		if off = body; len(label) == 0 || !startsLine(data, begin) {
			if loose < 0 {
				loose = begin
			}
			continue
		}
		if len(found) == maxObjects {
			return nil, errMany
		}
		// Base64 has no dash, so that the next five end the block, whatever they are.
		end := bytes.Index(data[body:], []byte("-----"))
		if end < 0 {
			end = len(data) - body
		}
		off = body + end
		o := at.block(label, body, off)
		o.Off = begin
		found = append(found, o)
		if _, behind := labelOf(data, off+len("-----END ")); bytes.HasPrefix(data[off:], []byte("-----END ")) {
			off = behind
		}
	}
	// What only looks like PEM has nothing to show.
	if len(found) > 0 && !slices.ContainsFunc(found, func(o Object) bool { return foreignLabel(o.Label) == nil }) {
		return nil, foreignLabel(found[0].Label)
	}
	// One block with something in it is enough; the empty ones beside it say why.
	for _, o := range found {
		if len(o.Src.Data) > 0 {
			return found, nil
		}
	}
	if len(found) > 0 && found[0].Err != nil {
		return nil, fmt.Errorf("a PEM block begins at byte %d, but %w", found[0].Off, found[0].Err)
	}
	if len(found) > 0 {
		return nil, fmt.Errorf("a PEM block begins at byte %d, but there is nothing in it", found[0].Off)
	}
	if err := foreignText(data); err != nil {
		return nil, err
	}
	if startsLine(data, loose) {
		return nil, fmt.Errorf("no PEM block: line %d (byte %d) has -----BEGIN, but no label and five dashes behind it", at.of(loose), loose)
	}
	return nil, fmt.Errorf("no PEM block: in line %d (byte %d) something stands before -----BEGIN, where a block begins with its line", at.of(loose), loose)
}

// labelOf returns the label that stands at off and ends with five dashes in the
// same line, and where the next line begins.
func labelOf(data []byte, off int) (label []byte, next int) {
	const longest = 100
	off = min(off, len(data))
	line := data[off:min(off+longest, len(data))]
	// A label ends in the line in which it begins.
	if i := bytes.IndexAny(line, "\r\n"); i >= 0 {
		line = line[:i]
	}
	i := bytes.Index(line, []byte("-----"))
	if i < 0 {
		return nil, off + len(line)
	}
	return line[:i:i], off + i + len("-----")
}

// startsLine reports whether only blanks stand before a place in its line. What
// is indented is meant, what is quoted in a sentence is not.
func startsLine(data []byte, at int) bool {
	for at > 0 && (data[at-1] == ' ' || data[at-1] == '\t') {
		at--
	}
	return at == 0 || data[at-1] == '\n' || data[at-1] == '\r' || bytes.HasSuffix(data[:at], []byte("\ufeff"))
}

// lines tells in which line a byte of the file is, each after the one before, so
// that a file full of faults is counted through once only.
type lines struct {
	data   []byte
	off, n int
}

// of returns the number of the line that a byte is in.
func (l *lines) of(at int) int {
	if at < l.off {
		l.off, l.n = 0, 0
	}
	l.n += bytes.Count(l.data[l.off:at], []byte("\n"))
	l.off = at
	return l.n + 1
}

// block makes an object of the body of a block, which begins and ends there.
func (l *lines) block(label []byte, body, end int) Object {
	data := l.data
	sealed := isSealed(data[body:end])
	if i := blank(data[body:end]); sealed || i > 0 && bytes.IndexByte(data[body:body+i], ':') >= 0 {
		body += i // the headers of RFC 1421, Section 4.6, end with a blank line
	}
	o := l.unarmour(body, end)
	o.Label = wire.Clean(string(label), 60)
	switch tail := data[end:]; {
	case foreignLabel(o.Label) != nil:
		o.Err = foreignLabel(o.Label)
	case o.Err != nil:
	// What broke inside comes first in the file, and so is the reason that is told.
	case len(tail) == 0:
		o.Err = fmt.Errorf("it has no END line (byte %d is the end of the file)", end)
	case !bytes.HasPrefix(tail, append([]byte("-----END "), label...)):
		o.Err = fmt.Errorf("line %d (byte %d) is not its END line", l.of(end), end)
	}
	o.classify(labelForm(o.Label))
	// Whatever the label says: what is encrypted is a key to nobody who looks at it.
	if sealed {
		o.Kind, o.form = keyKind, formSealed
	}
	return o
}

// maxHeaders is how far into a block its headers are looked for. OpenSSL writes
// two of them, in fewer than a hundred bytes.
const maxHeaders = 1000

// blank returns where the line behind the first empty line of a block begins, or
// 0 when it has none.
func blank(body []byte) int {
	for _, sep := range []string{"\n\n", "\r\n\r\n", "\n\r\n"} {
		if i := bytes.Index(body[:min(len(body), maxHeaders)], []byte(sep)); i >= 0 {
			return i + len(sep)
		}
	}
	return 0
}

// isSealed reports whether a header of the block names a cipher, as OpenSSL's own
// keys did before PKCS #8 (RFC 1421, Section 4.6.1.3).
func isSealed(body []byte) bool {
	return bytes.Contains(body[:min(len(body), maxHeaders)], []byte("DEK-Info:"))
}

// unarmour decodes the base64 of a stretch of the file (RFC 4648, Section 4). What
// breaks off or goes wrong is kept up to there, with the place.
func (l *lines) unarmour(from, to int) Object {
	text := l.data[from:to]
	out := make([]byte, base64.StdEncoding.DecodedLen(len(text))+2) // and what is there without its padding
	n, err := base64.StdEncoding.Decode(out, text)
	o := Object{Off: from}
	// encoding/base64 is fast, and strict: it wants padding, and knows of blanks only
	// the line ends. What it refuses is read once more by hand.
	if err != nil {
		n, err = l.lenient(out, from, to)
		o.Err = err
	}
	o.Src = &wire.Source{Data: out[:n:n]}
	return o
}

// lenient decodes base64 with blanks in it and without its padding, up to the
// first byte that is none.
func (l *lines) lenient(out []byte, from, to int) (n int, err error) {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var value [256]byte // 1 more than what a digit stands for
	for i := range len(digits) {
		value[digits[i]] = byte(i + 1)
	}
	// Six bits come in with each digit, eight go out with each byte.
	var bits uint32
	held, padded := 0, false
	for at := from; at < to; at++ {
		switch x := l.data[at]; {
		case x == ' ' || x == '\t' || x == '\r' || x == '\n':
		case x == '=':
			padded = true
		case x == '\\' && at+1 < to && l.data[at+1] == 'n':
			return n, fmt.Errorf(`line %d (byte %d) has \n in letters where a line ends, as JSON writes it`, l.of(at), at)
		case value[x] == 0:
			return n, fmt.Errorf("%s, which is no base64", l.has(at, to))
		case padded:
			return n, fmt.Errorf("%s behind a =, which ends the base64", l.has(at, to))
		default:
			bits, held = bits<<6|uint32(value[x]-1), held+6
			if held >= 8 {
				held -= 8
				out[n] = byte(bits >> held)
				n++
			}
		}
	}
	// 6 bits left over are no byte; 2 or 4 are what fills the last digit up.
	if held == 6 {
		return n, fmt.Errorf("its base64 breaks off in line %d (byte %d)", l.of(to), to)
	}
	return n, nil
}

// has says which character stands at a place, before another, and where that is.
func (l *lines) has(at, to int) string {
	column := at - bytes.LastIndexAny(l.data[:at], "\r\n")
	what := fmt.Sprintf("0x%02x", l.data[at])
	r, n := utf8.DecodeRune(l.data[at:to])
	switch shown := `"` + string(r) + `"`; {
	// What could not be seen, or would change its quotes, is a number alone.
	case !unicode.IsPrint(r) || r == utf8.RuneError && n == 1 || wire.Clean(shown, 20) != shown:
	case n > 1:
		what = fmt.Sprintf("%s (U+%04X)", shown, r)
	default:
		what = fmt.Sprintf("%s (%s)", shown, what)
	}
	return fmt.Sprintf("line %d, column %d (byte %d) has %s", l.of(at), column, at, what)
}

// looksBase64 reports whether a file is the base64 of a SEQUENCE, by how it
// begins.
func looksBase64(text []byte) bool {
	text = bytes.Trim(text, " \t\r\n") // what unarmour passes over, and no more
	if len(text) < 8 {
		return false
	}
	var head [6]byte
	if _, err := base64.StdEncoding.Decode(head[:], text[:8]); err != nil || head[0] != tagSequence {
		return false
	}
	switch head[1] {
	// The length has two or three octets of its own.
	case 0x82, 0x83:
		return true // with more than 255 bytes, as nearly all have
	}
	return pieces(head[:], 1)[0].in != nil && bytes.IndexFunc(text, notBase64) < 0
}

// notBase64 reports whether a rune stands in no base64.
func notBase64(r rune) bool {
	switch {
	case r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '+', r == '/', r == '=', r == '\r', r == '\n', r == ' ', r == '\t':
		return false
	}
	return true
}
