package der

import (
	"errors"
	"math/big"
	"strconv"

	"tlstutor/labs/wire"
)

// What keeps an OBJECT IDENTIFIER from being spelled out in full.
var (
	errOID     = errors.New("an OBJECT IDENTIFIER ends in the middle, or an arc has leading zeros (X.690, Section 8.19)")
	errLongOID = errors.New("an OBJECT IDENTIFIER of more than 128 octets is not spelled out")
)

// oid reads an OBJECT IDENTIFIER and returns it in dotted form. Its value is
// its name with the dotted form in brackets, or the dotted form alone.
func oid(c *wire.Cursor, name string, tag byte) string {
	f, b := leaf(c, name, tag)
	if f == nil {
		return ""
	}
	dotted, err := dot(b)
	blame(f, badArc(b), err)
	f.Value = dotted
	if known, ok := oidNames[dotted]; ok {
		f.Value = known + " (" + dotted + ")"
	}
	return dotted
}

// called returns the name of an OID, or its dotted form: whoever meets one that is
// not known here can look that up in a registry.
func called(dotted string) string {
	if known, ok := oidNames[dotted]; ok {
		return known
	}
	return dotted
}

// dot spells out the content of an OBJECT IDENTIFIER (X.690, Section 8.19): arcs
// in base 128, the top bit of an octet saying that the arc goes on. On an error
// it returns what it could read.
func dot(b []byte) (string, error) {
	// The arcs have no bound, and each costs more the longer it is.
	if len(b) > 128 {
		return "", errLongOID
	}
	if len(b) == 0 || b[len(b)-1]&0x80 != 0 {
		return "", errOID
	}
	var room [48]byte
	text := room[:0]
	for start := true; len(b) > 0; start = false {
		// An arc in the fewest octets does not begin with zero bits.
		if b[0] == 0x80 {
			return string(text), errOID
		}
		// The last octet has no top bit, as was checked, so that this ends.
		n := 1
		for b[n-1]&0x80 != 0 {
			n++
		}
		text = appendArc(text, b[:n], start)
		b = b[n:]
	}
	return string(text), nil
}

// badArc returns the octet that breaks the rule of arcs: a zero in front of one, or
// the last, when it says that more follow. It is -1 when none does.
func badArc(b []byte) int {
	if len(b) == 0 || len(b) > 128 {
		return -1
	}
	if b[len(b)-1]&0x80 != 0 {
		return len(b) - 1
	}
	for i, x := range b {
		if x == 0x80 && (i == 0 || b[i-1]&0x80 == 0) {
			return i
		}
	}
	return -1
}

// appendArc appends one arc, in base 128, to a dotted OID. The first one holds
// two: 40 times the first, which is at most 2, plus the second.
func appendArc(text, b []byte, start bool) []byte {
	// Arcs under 2.25 are UUIDs, of 128 bits; all others are small.
	if len(b) > 9 {
		wide := new(big.Int)
		for _, x := range b {
			wide.Lsh(wide, 7).Or(wide, big.NewInt(int64(x&0x7f)))
		}
		if start {
			return wide.Sub(wide, big.NewInt(80)).Append(append(text, "2."...), 10)
		}
		return wide.Append(append(text, '.'), 10)
	}
	var arc uint64
	for _, x := range b {
		arc = arc<<7 | uint64(x&0x7f)
	}
	if start {
		root := min(arc/40, 2)
		text, arc = strconv.AppendUint(text, root, 10), arc-40*root
	}
	return strconv.AppendUint(append(text, '.'), arc, 10)
}
