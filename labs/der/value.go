package der

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"

	"tlstutor/labs/wire"
)

// What DER asks of the content of simple types. These are put down on fields
// whose meaning is clear all the same.
var (
	errBoolean    = errors.New("a BOOLEAN is one octet, 0x00 or 0xff (X.690, Section 11.1)")
	errDefault    = errors.New("FALSE is the default, which is left out (X.690, Section 11.5)")
	errEmptyInt   = errors.New("an INTEGER has at least one octet (X.690, Section 8.3.1)")
	errMinimalInt = errors.New("an INTEGER is in the fewest octets (X.690, Section 8.3.2)")
	errNegative   = errors.New("a serial number is not negative (RFC 5280, Section 4.1.2.2)")
	errCount      = errors.New("it is 0 or more (RFC 5280, Sections 4.2.1 and 5.2.3)")
	errNull       = errors.New("NULL has no content (X.690, Section 8.8.2)")
)

// boolean reads a BOOLEAN. Anything but zero counts as true, as in BER.
func boolean(c *wire.Cursor, name string, tag byte) bool {
	f, b := leaf(c, name, tag)
	if f == nil {
		return false
	}
	yes := len(b) > 0 && b[0] != 0
	// It is shown as a lenient reader takes it, and the rule beside it: clients differ.
	f.Value = "FALSE"
	if yes {
		f.Value = "TRUE"
	}
	switch {
	case len(b) != 1:
		complain(f, errBoolean)
	case b[0] != 0 && b[0] != 0xff:
		blame(f, 0, errBoolean)
	}
	return yes
}

// option reads a BOOLEAN that stands for FALSE when it is left out, and in DER
// must then be left out.
func option(c *wire.Cursor, name string) bool {
	if !tagged(c, tagBoolean) {
		return false
	}
	yes := boolean(c, name, tagBoolean)
	if f := c.Last(); !yes && f != nil && c.Err() == nil {
		complain(f, errDefault)
	}
	return yes
}

// integer reads an INTEGER, which is in two's complement (X.690, Section 8.3).
// Its value is decimal when it fits 64 bits, else hexadecimal.
func integer(c *wire.Cursor, name string, tag byte) *wire.Field {
	f, b := leaf(c, name, tag)
	if f == nil {
		return nil
	}
	checkInteger(f, b)
	switch {
	case len(b) == 0:
	// A ninth octet of zero only keeps 64 bits positive.
	case len(b) > 9 || len(b) == 9 && b[0] != 0:
		f.Value = hexInteger(b)
	// Its bits as a natural number, less 2 to the number of bits.
	case b[0]&0x80 != 0:
		f.Value = new(big.Int).Sub(new(big.Int).SetBytes(b), new(big.Int).Lsh(big.NewInt(1), uint(8*len(b)))).String()
	default:
		for _, x := range b {
			f.Code = f.Code<<8 | uint64(x)
		}
		f.IsNum = true
		// Only these become a number that can be compared; larger ones are names.
		f.Value = strconv.FormatUint(f.Code, 10)
	}
	return f
}

// count reads an INTEGER that counts something, as a path length does, and so is
// not negative: what ASN.1 writes as INTEGER (0..MAX).
func count(c *wire.Cursor, name string, tag byte) *wire.Field {
	f := integer(c, name, tag)
	if f != nil && negative(f) {
		blame(f, 0, errCount)
	}
	return f
}

// negative reports whether the content of an INTEGER has its sign set.
func negative(f *wire.Field) bool {
	b := f.Bytes()[f.Head:]
	return len(b) > 0 && b[0]&0x80 != 0
}

// number reads an INTEGER that stands for something, as a version does; say
// names it.
func number(c *wire.Cursor, name string, tag byte, say func(uint64) string) *wire.Field {
	f := integer(c, name, tag)
	if f != nil && f.IsNum {
		f.Value = fmt.Sprintf("%s (%d)", say(f.Code), f.Code)
	}
	return f
}

// serialNumber reads an INTEGER whose value is an identifier and not a
// quantity, written as people look it up (RFC 5280, Section 4.1.2.2).
func serialNumber(c *wire.Cursor, name string, tag byte) {
	if f, b := leaf(c, name, tag); f != nil {
		checkInteger(f, b)
		if negative(f) {
			blame(f, 0, errNegative)
		}
		f.Value = hexInteger(b)
	}
}

// checkInteger complains about what DER forbids in an INTEGER's content. The octet
// that is too many is the first one.
func checkInteger(f *wire.Field, b []byte) {
	switch {
	case len(b) == 0:
		complain(f, errEmptyInt)
	case len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80):
		blame(f, 0, errMinimalInt)
	}
}

// hexInteger writes an INTEGER's content in hexadecimal, without the octet that
// only keeps it positive.
func hexInteger(b []byte) string {
	switch {
	case len(b) == 0:
		return ""
	case b[0] == 0 && len(b) > 1:
		return hexBytes(b[1:])
	case b[0]&0x80 != 0 && len(b) <= maxHex:
		n := new(big.Int).Lsh(big.NewInt(1), uint(8*len(b)))
		return "negative: -" + hexBytes(n.Sub(n, new(big.Int).SetBytes(b)).Bytes())
	case b[0]&0x80 != 0:
		return "negative, of " + strconv.Itoa(len(b)) + " bytes"
	}
	return hexBytes(b)
}

// maxHex is how many octets a value spells out: a SHA-256 and a P-256
// coordinate are whole.
const maxHex = 32

// hexBytes writes octets as 0a:1b:2c, and how many there are when it cuts.
func hexBytes(b []byte) string {
	shown := b[:min(len(b), maxHex)]
	var room [3 * maxHex]byte
	text := room[:0]
	const digits = "0123456789abcdef"
	for i, x := range shown {
		if i > 0 {
			text = append(text, ':')
		}
		text = append(text, digits[x>>4], digits[x&15])
	}
	if len(shown) < len(b) {
		return string(text) + "… " + strconv.Itoa(len(b)) + " bytes"
	}
	return string(text)
}

// octets reads an element whose content has no structure, or none that is known:
// hashes, identifiers of keys, salts. Its octets are its value.
func octets(c *wire.Cursor, name string, tag byte) *wire.Field {
	f, b := leaf(c, name, tag)
	if f != nil {
		f.Value = hexBytes(b)
	}
	return f
}

// null reads a NULL: the parameters of RSA algorithms, which must be there
// although there are none (RFC 4055, Section 2.1).
func null(c *wire.Cursor, name string) {
	if f, b := leaf(c, name, tagNull); f != nil {
		f.Value = "NULL"
		if len(b) > 0 {
			complain(f, errNull)
		}
	}
}
