package der

import (
	"errors"
	"strconv"
	"strings"

	"tlstutor/labs/wire"
)

// What DER asks of the unused bits.
var (
	errUnused    = errors.New("the unused bits of a BIT STRING are 0 to 7, and 0 when it is empty (X.690, Section 8.6.2)")
	errUnusedSet = errors.New("the unused bits of a BIT STRING are zero (X.690, Section 11.2.1)")
	errTrailing  = errors.New("bits with names end with the last one that is set (X.690, Section 11.2.2)")
)

// bitString reads a BIT STRING: an octet that counts the unused bits at the
// end, and then what body makes of the rest (X.690, Section 8.6). Keys and
// signatures are BIT STRINGs with no unused bits, lists of flags have some.
func bitString(c *wire.Cursor, name string, tag byte, body func(*wire.Cursor)) *wire.Field {
	var bad error
	at := -1 // the octet that is to blame
	f := cons(c, name, tag, func(c *wire.Cursor) {
		unused := c.Uint("unused_bits", 1, nil)
		if b := c.Peek(c.Len()); unused > 7 || unused > 0 && len(b) == 0 {
			bad, at = errUnused, 0
		} else if len(b) > 0 && b[len(b)-1]&(1<<unused-1) != 0 {
			bad, at = errUnusedSet, len(b)
		}
		if c.Err() == nil {
			body(c)
		}
	})
	if f != nil && bad != nil {
		f.Err = nil // it comes before whatever is wrong inside
		blame(f, at, bad)
	}
	return f
}

// keyBits reads the rest of a BIT STRING as one leaf: a key whose algorithm gives it
// no inner structure, or whose algorithm is not known.
func keyBits(c *wire.Cursor) {
	b := c.Rest("bits")
	if f := c.Last(); f != nil {
		f.Value = hexBytes(b)
		c.Say("%d bits", 8*len(b))
	}
}

// named reads the rest of a BIT STRING whose bits have names, the first bit
// first; the octet of unused bits has been read before. Bits beyond the names are
// told by their number, up to the 64th.
func named(names []string) func(*wire.Cursor) {
	return func(c *wire.Cursor) {
		unused := c.Last().Code
		b := c.Rest("bits")
		// Else the same flags could be written in several ways.
		if f := c.Last(); unused <= 7 && len(b) > 0 && b[len(b)-1]&(1<<unused) == 0 {
			blame(f, len(b)-1, errTrailing)
		}
		var set []string
		for i := range min(8*len(b), 64) {
			// Flags come in the order of their names, not of their weight.
			// Bit 0 is the top bit of the first octet (X.690, Section 8.6.2).
			if b[i/8]&(0x80>>(i%8)) == 0 {
				continue
			}
			if i < len(names) {
				set = append(set, names[i])
			} else {
				set = append(set, "bit "+strconv.Itoa(i))
			}
		}
		text := strings.Join(set, ", ")
		if text == "" {
			text = "none"
		}
		setValue(c.Last(), text)
		say(c, text)
	}
}
