package der

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"tlstutor/labs/wire"
)

// What the types of strings and times ask of their content. A string that breaks
// its rule is shown nevertheless: certificates with such names exist, and what
// clients make of them differs.
var (
	errASCII   = errors.New("this string type holds ASCII only (X.680, Section 41)")
	errPrint   = errors.New("a PrintableString holds letters, digits, spaces and '()+,-./:=? only (X.680, Section 41.4)")
	errNumeric = errors.New("a NumericString holds digits and spaces only (X.680, Section 41.2)")
	errUTF8    = errors.New("a UTF8String holds UTF-8 (X.680, Section 41)")
	errBMP     = errors.New("a BMPString has two octets for each character (X.690, Section 8.23)")
	errUCS4    = errors.New("a UniversalString has four octets for each character (X.690, Section 8.23)")
	errUTCTime = errors.New("a UTCTime reads YYMMDDHHMMSSZ (RFC 5280, Section 4.1.2.5.1)")
	errGenTime = errors.New("a GeneralizedTime reads YYYYMMDDHHMMSSZ (RFC 5280, Section 4.1.2.5.2)")
)

// isText reports whether an identifier octet is that of a character string.
func isText(tag byte) bool {
	switch tag {
	case tagUTF8, tagNumeric, tagPrintable, tagTeletex, tagIA5, tagVisible, tagGeneral, tagUniversal, tagBMP:
		return true
	}
	return false
}

// text reads a character string of any type; a tag other than 0 is an implicit
// one, over an IA5String.
func text(c *wire.Cursor, name string, implicit byte) *wire.Field {
	// An implicit tag has replaced the type's own; in certificates that is always an
	// IA5String (RFC 5280, Section 4.2.1.6).
	kind := byte(tagIA5)
	if implicit == 0 {
		h, ok := next(c, name, 0)
		if !ok {
			return nil
		}
		if kind = h.tag; !isText(kind) {
			c.Fail("%s: a character string expected, %s found", name, tagName(h.tag, h.number))
			return nil
		}
	}
	f, b := leaf(c, name, implicit)
	if f != nil {
		s, at, err := characters(kind, b)
		setValue(f, s)
		blame(f, at, err)
	}
	return f
}

// characters turns the content of a character string into UTF-8, as far as it
// obeys the rules of its type and as far as a value has room for it. A
// TeletexString is read as Latin-1, which is what those who write one mean. An
// error comes with the octet that is to blame, or -1 when it is the length.
func characters(tag byte, b []byte) (s string, at int, err error) {
	shown := b[:min(len(b), 4*wire.MaxValue)]
	var runes []rune
	switch tag {
	case tagBMP:
		// UCS-2 by the letter of X.680; Windows writes UTF-16, which reads it as well.
		if len(b)%2 != 0 {
			return string(shown), -1, errBMP
		}
		units := make([]uint16, 0, len(shown)/2)
		for i := 0; i < len(shown); i += 2 {
			units = append(units, binary.BigEndian.Uint16(shown[i:]))
		}
		runes = utf16.Decode(units)
	case tagUniversal:
		if len(b)%4 != 0 {
			return string(shown), -1, errUCS4
		}
		for i := 0; i < len(shown); i += 4 {
			// What is no code point becomes U+FFFD.
			runes = append(runes, rune(binary.BigEndian.Uint32(shown[i:])))
		}
	case tagTeletex:
		for _, x := range shown {
			runes = append(runes, rune(x))
		}
	case tagUTF8:
		// All of it counts, also what is not shown.
		if !utf8.Valid(b) {
			return string(shown), len(validPrefix(b)), errUTF8
		}
		return string(shown), -1, nil
	default: // the types that are subsets of ASCII
		if at := bytes.IndexFunc(b, func(r rune) bool { return r >= 0x80 }); at >= 0 {
			return string(shown), at, errASCII
		}
		at, err := subset(tag, b)
		return string(shown), at, err
	}
	return string(runes), -1, nil
}

// validPrefix is b up to the first octet that is no UTF-8.
func validPrefix(b []byte) []byte {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return b[:i]
		}
		i += n
	}
	return b
}

// subset returns where characters that are ASCII at least go wrong, and why. Of a
// PrintableString people expect more than it may hold: no @, no *, no underscore.
func subset(tag byte, b []byte) (int, error) {
	for i, x := range b {
		digit := x == ' ' || x >= '0' && x <= '9'
		switch {
		case tag == tagNumeric && !digit:
			return i, errNumeric
		case tag == tagPrintable && !digit && !(x >= 'a' && x <= 'z' || x >= 'A' && x <= 'Z') && strings.IndexByte("'()+,-./:=?", x) < 0:
			return i, errPrint
		}
	}
	return -1, nil
}

// moment reads a Time: a UTCTime or a GeneralizedTime (RFC 5280, Section
// 4.1.2.5). It returns the zero time when it cannot be understood.
func moment(c *wire.Cursor, name string) time.Time {
	if !tagged(c, tagUTCTime) && !tagged(c, tagGeneralized) {
		if h, ok := next(c, name, 0); ok {
			c.Fail("%s: UTCTime or GeneralizedTime expected, %s found (RFC 5280, Section 4.1.2.5)", name, tagName(h.tag, h.number))
		}
		return time.Time{}
	}
	h, _ := next(c, name, 0)
	return clock(c, name, h.tag)
}

// clock reads a time of the type that the tag says. RFC 5280 allows of each type
// one form only: seconds are there, fractions are not, and the zone is Z.
func clock(c *wire.Cursor, name string, tag byte) time.Time {
	f, b := leaf(c, name, tag)
	if f == nil {
		return time.Time{}
	}
	var at time.Time
	var ok bool
	bad, year := errGenTime, 4
	if tag == tagUTCTime {
		bad, year = errUTCTime, 2
		if len(b) == len("YYMMDDHHMMSSZ") {
			// Two digits tell a year from 1950 to 2049 (RFC 5280, Section 4.1.2.5.1).
			century := "20"
			if b[0] >= '5' { // years from 50 on are 1950 and later
				century = "19"
			}
			at, ok = parseTime(century + string(b))
		}
	} else if len(b) == len("YYYYMMDDHHMMSSZ") {
		at, ok = parseTime(string(b))
	}
	if !ok {
		setValue(f, string(b))
		blame(f, badDigit(b, year), bad)
		return time.Time{}
	}
	f.Value = at.Format("2006-01-02 15:04:05 UTC")
	return at
}

// parseTime reads YYYYMMDDHHMMSSZ. Formatting it again finds what time.Parse is
// lenient about, such as fractions.
func parseTime(s string) (time.Time, bool) {
	const layout = "20060102150405Z"
	at, err := time.Parse(layout, s)
	return at, err == nil && at.Format(layout) == s
}

// badDigit returns which octet keeps b from being a time whose year has that many
// digits: one that is no digit, the first of a pair that no clock shows, or the first
// that is too many. It is -1 when b only ends too early.
func badDigit(b []byte, year int) int {
	end := year + len("MMDDHHMMSS")
	// First the form: so many digits and a Z, and nothing behind it.
	for i, x := range b {
		if i > end || i == end && x != 'Z' || i < end && (x < '0' || x > '9') {
			return i
		}
	}
	if len(b) <= end {
		return -1
	}
	// What is left to be wrong are the numbers.
	for i, most := range [...]int{12, 31, 23, 59, 59} {
		at := year + 2*i
		n := 10*int(b[at]-'0') + int(b[at+1]-'0')
		if n > most || i < 2 && n == 0 {
			return at
		}
	}
	return year + 2 // a day that its month does not have
}

// validity reads how long the certificate holds (RFC 5280, Section 4.1.2.5).
// Both ends belong to it, so that a day may end at 23:59:59. Whether it holds
// today is not for a decoder to say.
func validity(c *wire.Cursor) {
	cons(c, "validity", tagSequence, func(c *wire.Cursor) {
		from := moment(c, "notBefore")
		to := moment(c, "notAfter")
		if from.IsZero() || to.IsZero() {
			return
		}
		c.Say("%s, until %s", span(from, to), to.Format("2006-01-02"))
	})
}

// span says how long it is from one time to another, in the unit that lifetimes
// of that order are argued about.
func span(from, to time.Time) string {
	if to.Before(from) {
		return "never"
	}
	// Seconds, because a Duration ends at 292 years.
	seconds := to.Unix() - from.Unix()
	switch days := (seconds + 1) / 86400; {
	// Lifetimes are argued about in days, those of workloads in hours.
	case days == 1:
		return "1 day"
	case days > 0:
		return fmt.Sprintf("%d days", days)
	case seconds >= 7200:
		return fmt.Sprintf("%d hours", seconds/3600)
	}
	return fmt.Sprintf("%d minutes", seconds/60)
}
