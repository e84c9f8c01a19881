package der

import (
	"errors"
	"fmt"

	"tlstutor/labs/wire"
)

// A Fault is an error that one byte is to blame for. The field that has it says
// what was being read; the byte is where to look, as a long name has one bad letter
// and a time one bad digit. It does not quote the byte, which may be part of a
// secret.
type Fault struct {
	Off int // the byte's place in the field's source
	Err error
}

func (e *Fault) Error() string { return fmt.Sprintf("byte %d: %v", e.Off, e.Err) }

// Unwrap returns the rule that is broken.
func (e *Fault) Unwrap() error { return e.Err }

// blame complains about one byte of the content of f. Where no single one is to
// blame, as when something is missing, at is negative and the complaint is about f.
func blame(f *wire.Field, at int, err error) {
	switch {
	case f.Err != nil: // the first complaint stays, and costs nothing more
	case err != nil && at >= 0:
		f.Err = &Fault{f.Off + f.Head + at, err}
	default:
		complain(f, err)
	}
}

// here returns the place of the next byte of the block, in its source.
func here(c *wire.Cursor) int { return c.This().Off + c.This().N - c.Len() }

// unread says why nothing is known of b, which follows no grammar here: it is
// nested deeper than anything that has one, or no DER. It is nil when b is DER all
// through and shallow enough to be shown as elements. Headers are looked at once
// each, so that the size of b does not matter.
func unread(b []byte) error {
	if n := nested(b); n > wire.MaxDepth {
		return fmt.Errorf("at byte 0: nested %d deep, and nothing in it is known", n)
	}
	if at, err := broken(b, 0, 0); err != nil {
		return fmt.Errorf("at byte %d: %w", at, err)
	}
	return nil
}

// nested counts how deep the first elements of b stand in each other, whatever
// their lengths say.
func nested(b []byte) (n int) {
	for ; len(b) > 0; n++ {
		h, err := parseHeader(b[:min(len(b), maxHead)], len(b))
		switch {
		case errors.Is(err, errIndefinite):
			h.head, h.n = 2, len(b)-2
		case err != nil:
			return n
		}
		if h.tag&0x20 == 0 {
			return n
		}
		b = b[h.head : h.head+h.n]
	}
	return n
}

// broken returns where the first header in b stands that cannot be right, and why;
// b begins at a place in its source.
func broken(b []byte, from, depth int) (int, error) {
	for len(b) > 0 {
		h, err := parseHeader(b[:min(len(b), maxHead)], len(b))
		switch {
		case err != nil:
			return from + h.at, err
		case h.short > 0:
			return from, h.promise()
		case h.rule != nil:
			return from + h.at, h.rule
		case depth == wire.MaxDepth:
			return from, fmt.Errorf("nested more than %d deep", wire.MaxDepth)
		}
		if h.tag&0x20 != 0 {
			if at, err := broken(b[h.head:h.head+h.n], from+h.head, depth+1); err != nil {
				return at, err
			}
		}
		b, from = b[h.head+h.n:], from+h.head+h.n
	}
	return 0, nil
}
