package der

import (
	"fmt"
	"strconv"

	"tlstutor/labs/wire"
)

// anything reads one element of any type and names it by that type: what a
// reader does who knows the encoding but not the grammar. Universal types say
// what they hold; a context tag says only that the grammar would.
func anything(c *wire.Cursor) {
	h, ok := next(c, "element", 0)
	if !ok {
		return
	}
	name := tagName(h.tag, h.number)
	switch {
	case h.tag&0x20 != 0: // constructed, so elements follow whatever the class is
		cons(c, name, h.tag, all)
	case h.tag == tagBoolean:
		boolean(c, name, h.tag)
	case h.tag == tagInteger, h.tag == tagEnumerated:
		integer(c, name, h.tag)
	case h.tag == tagBitString:
		bitString(c, name, h.tag, keyBits)
	case h.tag == tagNull:
		null(c, name)
	case h.tag == tagOID:
		oid(c, name, h.tag)
	case h.tag == tagUTCTime, h.tag == tagGeneralized:
		clock(c, name, h.tag)
	case isText(h.tag):
		text(c, name, 0)
	// A type that nobody uses, or a context tag over something simple: only the grammar
	// would tell what its octets mean.
	default:
		octets(c, name, h.tag)
	}
}

// all reads elements of any type up to the end of the block.
func all(c *wire.Cursor) {
	for c.More() {
		anything(c)
	}
}

// generic reads the rest of a block as one element when it is exactly that, or
// else as one leaf of that name. Extensions of one's own may hold anything in
// their OCTET STRING, but DER is what most do hold; bytes that are DER all
// through are hardly so by accident.
func generic(c *wire.Cursor, name string) {
	if wellFormed(c.Peek(c.Len()), 0) == 1 {
		anything(c)
		return
	}
	b := c.Rest(name)
	if f := c.Last(); f != nil {
		f.Value = hexBytes(b)
	}
}

// wellFormed counts the elements that b is made of, or returns -1 when it is
// anything else. It looks at headers only, each of them once, and goes no deeper
// than a tree of fields could.
func wellFormed(b []byte, depth int) (n int) {
	for ; len(b) > 0; n++ {
		h, err := parseHeader(b[:min(len(b), maxHead)], len(b))
		if err != nil || h.short > 0 || h.rule != nil || depth > wire.MaxDepth {
			return -1
		}
		if h.tag&0x20 != 0 && wellFormed(b[h.head:h.head+h.n], depth+1) < 0 {
			return -1
		}
		b = b[h.head+h.n:]
	}
	return n
}

// tagName names an element by its identifier octets: the name of a universal
// type (X.680, Section 8.6), else class and number.
func tagName(tag byte, number uint64) string {
	if tag>>6 == 0 && number < uint64(len(universal)) && universal[number] != "" {
		return universal[number]
	}
	switch tag >> 6 {
	case 1:
		return "[APPLICATION " + strconv.FormatUint(number, 10) + "]"
	case 2:
		return "[" + strconv.FormatUint(number, 10) + "]"
	case 3:
		return "[PRIVATE " + strconv.FormatUint(number, 10) + "]"
	}
	return fmt.Sprintf("[UNIVERSAL %d]", number)
}

// universal holds the names of the universal types by number (X.680, Section 8.6).
// Those that are left out are of types that nothing here has, such as REAL.
var universal = [...]string{
	1: "BOOLEAN", 2: "INTEGER", 3: "BIT STRING", 4: "OCTET STRING", 5: "NULL", 6: "OBJECT IDENTIFIER",
	10: "ENUMERATED", 12: "UTF8String", 16: "SEQUENCE", 17: "SET", 18: "NumericString", 19: "PrintableString",
	20: "TeletexString", 22: "IA5String", 23: "UTCTime", 24: "GeneralizedTime", 26: "VisibleString",
	27: "GeneralString", 28: "UniversalString", 30: "BMPString",
}
