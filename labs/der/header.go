package der

import (
	"errors"
	"fmt"
)

// Identifier octets of the universal types (X.690, Section 8.1.2, and X.680,
// Section 8.6).
const (
	tagBoolean     = 0x01
	tagInteger     = 0x02
	tagBitString   = 0x03
	tagOctetString = 0x04
	tagNull        = 0x05
	tagOID         = 0x06
	tagEnumerated  = 0x0a
	tagUTF8        = 0x0c
	tagNumeric     = 0x12
	tagPrintable   = 0x13
	tagTeletex     = 0x14
	tagIA5         = 0x16
	tagUTCTime     = 0x17
	tagGeneralized = 0x18
	tagVisible     = 0x1a
	tagGeneral     = 0x1b
	tagUniversal   = 0x1c
	tagBMP         = 0x1e
	tagSequence    = 0x30
	tagSet         = 0x31
)

// A header is the identifier and length octets of one element (X.690, Sections
// 8.1.2 and 8.1.3), which are the head of its field.
type header struct {
	tag    byte   // the first identifier octet: class, constructed, number
	number uint64 // the tag's number
	head   int    // how many octets identifier and length take
	n      int    // how many content octets there are
	short  uint64 // how many more than these the length promises
	rule   error  // what DER forbids in it although it can be read
	at     int    // the octet of it that is to blame, if one is
}

// Why a header cannot be read, and, in the last two, what is wrong with one that
// can.
var (
	errNoElement  = errors.New("an element begins with a tag and a length; nothing is left")
	errTag        = errors.New("the tag's number is cut off or longer than 4 octets (X.690, Section 8.1.2.4)")
	errNoLength   = errors.New("the length is cut off (X.690, Section 8.1.3)")
	errIndefinite = errors.New("the length is of indefinite form; DER has only the definite one (X.690, Section 10.1)")
	errReserved   = errors.New("the length begins with 0xff, which is reserved (X.690, Section 8.1.3.5)")
	errLong       = errors.New("the length takes more than 16 octets (X.690, Section 10.1)")
	errHuge       = errors.New("the length is 2^64 or more")
	errMinimalTag = errors.New("the tag's number is not in the fewest octets (X.690, Section 8.1.2)")
	errMinimal    = errors.New("the length is not in the fewest octets (X.690, Section 10.1)")
)

// parseHeader reads the header of the element that b begins with; b may end
// behind it, of left bytes in all. It fails only where it cannot tell how long
// the element is; what DER alone forbids is put down as the header's rule.
func parseHeader(b []byte, left int) (h header, err error) {
	if len(b) == 0 {
		return h, errNoElement
	}
	h.tag, h.number, h.head = b[0], uint64(b[0]&0x1f), 1
	if h.number == 0x1f {
		h.number = 0
		// Numbers from 31 on follow in base 128, the top bit saying "more".
		for more := true; more; h.head++ {
			if h.head >= len(b) || h.head > 4 {
				h.at = 1
				return h, errTag
			}
			h.number = h.number<<7 | uint64(b[h.head]&0x7f)
			more = b[h.head]&0x80 != 0
		}
		// It would fit the first octet, or begins with zero bits.
		if h.number < 0x1f || b[1] == 0x80 {
			h.rule, h.at = errMinimalTag, 1
		}
	}
	if h.head >= len(b) {
		return h, errNoLength
	}
	n := uint64(b[h.head])
	h.head++
	if n >= 0x80 {
		at := h.head - 1
		if n, err = longLength(b[h.head:], int(n&0x7f)); err != nil {
			h.at = at
			return h, err
		}
		octets := int(b[h.head-1] & 0x7f)
		// It would fit the short form, or begins with a zero octet.
		if n < 0x80 || b[h.head] == 0 {
			h.rule, h.at = errMinimal, at
		}
		h.head += octets
	}
	// A length that promises too much is cut down to what there is.
	h.n = int(min(n, uint64(left-h.head)))
	h.short = n - uint64(h.n)
	return h, nil
}

// promise is what to say of a length that promises more than there is.
func (h header) promise() error {
	return fmt.Errorf("the length says %d bytes, %d are left", uint64(h.n)+h.short, h.n)
}

// longLength reads the long form of a length: that many octets (X.690, Section
// 8.1.3.5).
func longLength(b []byte, octets int) (n uint64, err error) {
	switch {
	case octets == 0:
		return 0, errIndefinite
	case octets == 0x7f:
		return 0, errReserved
	case octets > maxLength:
		return 0, errLong
	case octets > len(b):
		return 0, errNoLength
	}
	for _, x := range b[:octets] {
		if n >= 1<<56 {
			return 0, errHuge
		}
		n = n<<8 | uint64(x)
	}
	return n, nil
}

// maxLength is how many octets of a length are read. Four hold any length that is
// accepted; what is more is zeros in front.
const maxLength = 16

// maxHead is as long as a header can be that parseHeader accepts: five octets of
// tag, one that counts, and the length.
const maxHead = 5 + 1 + maxLength
