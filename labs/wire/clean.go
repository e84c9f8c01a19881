package wire

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxValue is where a field's value is cut, in bytes.
const MaxValue = 512

// Clean makes text from outside safe for a terminal: control characters (C0,
// DEL, C1), bidirectional and zero-width controls, other unprintable runes and
// invalid UTF-8 become visible escapes such as \x1b and \u202e, and a backslash
// is doubled only where such an escape stands, so that ordinary text stays as
// it is. What is longer than max bytes is cut, and ends in "…".
//
// It is applied where text is born. Nothing after it escapes again.
func Clean(s string, max int) string {
	harmless := plain(s)
	if harmless && len(s) <= max {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		piece := s[i : i+n]
		switch {
		case r == utf8.RuneError && n == 1:
			piece = `\x` + hex2(s[i])
		case r < 0x80 && !unicode.IsPrint(r):
			piece = `\x` + hex2(byte(r))
		case r == '\\' && !harmless:
			piece = `\\`
		case !printable(r):
			piece = escape(r)
		}
		if b.Len()+len(piece) > max-len("…") && (b.Len()+len(piece) > max || i+n < len(s)) {
			if b.Len()+len("…") <= max {
				b.WriteString("…")
			}
			break
		}
		b.WriteString(piece)
		i += n
	}
	return b.String()
}

// plain reports whether s holds nothing that Clean would escape.
func plain(s string) bool {
	i := 0
	for i < len(s) && s[i] >= ' ' && s[i] < 0x7f {
		i++
	}
	s = s[i:] // most text ends here
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return false
			}
		}
		if !printable(r) {
			return false
		}
	}
	return true
}

// printable reports whether a terminal shows r as one plain character. Spaces
// other than U+0020, private-use runes, and everything of width zero are not:
// combining marks could be stacked on the cells around them.
func printable(r rune) bool {
	switch {
	case r >= ' ' && r < 0x7f:
		return true
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc, unicode.Cf, unicode.Co):
		return false
	case r >= 0x1160 && r <= 0x11ff, r == 0x3164, r == 0xffa0, r == 0x115f: // Hangul fillers and joining letters
		return false
	case r >= 0x1f1e6 && r <= 0x1f1ff, r >= 0x1f3fb && r <= 0x1f3ff, r == 0x2800: // joining flags and skin tones; the blank Braille cell
		return false
	}
	return unicode.IsPrint(r)
}

func escape(r rune) string {
	h := strconv.FormatInt(int64(r), 16)
	switch {
	case r < 0x100:
		return `\x` + pad(h, 2)
	case r < 0x10000:
		return `\u` + pad(h, 4)
	}
	return `\U` + pad(h, 8)
}

func hex2(b byte) string { return pad(strconv.FormatInt(int64(b), 16), 2) }

func pad(h string, n int) string { return strings.Repeat("0", n-len(h)) + h }
