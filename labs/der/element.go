package der

import (
	"errors"
	"fmt"
	"strings"

	"tlstutor/labs/wire"
)

// next returns the header of the next element without reading it. When there
// is none, or its tag is not the wanted one (0 wants any), the block fails.
func next(c *wire.Cursor, name string, want byte) (header, bool) {
	h, err := parseHeader(c.Peek(maxHead), c.Len())
	switch {
	case c.Err() != nil: // the block has failed before; nothing is read any more
		return h, false
	case err != nil:
		// Where the header just ends, no byte of it is wrong.
		if !errors.Is(err, errNoElement) && !errors.Is(err, errNoLength) {
			err = &Fault{here(c) + h.at, err}
		}
		c.Fail("%s: %w", name, err)
		return h, false
	case want != 0 && h.tag == want^0x20:
		c.Fail("%s: constructed where primitive is right, or the other way round (X.690, Sections 8.2 to 8.13 and 10.2)", name)
		return h, false
	case want != 0 && h.tag != want:
		c.Fail("%s: %s expected, %s found (X.690, Section 8.1.2)", name, tagName(want, uint64(want&0x1f)), tagName(h.tag, h.number))
		return h, false
	}
	return h, true
}

// tagged reports whether the next element has that identifier octet: whether an
// optional element is there. DER needs no more to tell, since the elements of a
// SEQUENCE keep their order and each optional one has a tag of its own.
func tagged(c *wire.Cursor, tag byte) bool {
	b := c.Peek(1)
	return len(b) == 1 && b[0] == tag
}

// cons reads an element that contains others, or wraps something that body can
// read: SEQUENCE, SET, an explicit tag, a string with DER in it. A length that
// promises more than there is, does not keep body from reading what is there.
// The field is nil when there is no such element.
func cons(c *wire.Cursor, name string, want byte, body func(*wire.Cursor)) *wire.Field {
	h, ok := next(c, name, want)
	if !ok {
		return nil
	}
	f := c.Block(name, h.head, h.n, body)
	h.judge(f)
	return f
}

// leaf reads an element whose content is one value, and returns both. The field
// is nil when there is no such element. When the content is far longer than
// anything of that name may be, it is kept as undecoded.
func leaf(c *wire.Cursor, name string, want byte) (*wire.Field, []byte) {
	h, ok := next(c, name, want)
	if !ok {
		return nil, nil
	}
	var body func(*wire.Cursor)
	if h.n > 8 && !OpenLeaf(name) {
		body = func(c *wire.Cursor) { c.Fail("%s: %d bytes are far too many", name, c.Len()) }
	}
	f := c.Block(name, h.head, h.n, body)
	h.judge(f)
	return f, f.Bytes()[f.Head:]
}

// judge puts down on f what is wrong with its header. A length that promises too
// much is the cause of whatever else went wrong inside, and replaces it.
func (h header) judge(f *wire.Field) {
	switch {
	case h.short > 0:
		f.Err = fmt.Errorf("%s: %w", f.Name, h.promise())
	case h.rule != nil && f.Err == nil:
		f.Err = fmt.Errorf("%s: %w", f.Name, &Fault{f.Off + h.at, h.rule})
	}
}

// complain puts down on f what is wrong with its content, unless something is
// already.
func complain(f *wire.Field, err error) {
	if err != nil && f.Err == nil {
		f.Err = err
	}
}

// setValue gives f a value made of text that may come from outside. This, and
// the Cursor's own reading, is where text is made clean.
func setValue(f *wire.Field, s string) { f.Value = wire.Clean(s, wire.MaxValue) }

// say sets the value of the field whose body is being read. What it says is
// made of values and of words of our own, so it is clean; only its length is in
// doubt.
func say(c *wire.Cursor, s string) {
	if len(s) > wire.MaxValue {
		s = wire.Clean(s, wire.MaxValue)
	}
	c.This().Value = s
}

// value returns the value of f, or "" when there is no such field.
func value(f *wire.Field) string {
	if f == nil || f.Name == wire.Undecoded {
		return ""
	}
	return f.Value
}

// lift gives a field that wraps one other that one's value and number, as an
// explicit tag does.
func lift(f *wire.Field) {
	if f != nil && len(f.Kids) > 0 {
		k := f.Kids[0]
		f.Value, f.Code, f.IsNum = value(k), k.Code, k.IsNum
	}
}

// join lists the values of fields, as far as a value has room.
func join(fields []*wire.Field, sep string) string {
	var b strings.Builder
	for _, f := range fields {
		if f.Value == "" || f.Name == wire.Undecoded {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(sep)
		}
		b.WriteString(f.Value)
		if b.Len() > wire.MaxValue {
			break
		}
	}
	return b.String()
}
