package dissect

import (
	"strings"

	"tlstutor/labs/wire"
)

// opaque reads a vector of bytes that only have a length, and returns it in
// words, which are also its value.
func opaque(c *wire.Cursor, name string, width int) string {
	f := c.Vector(name, width, nil)
	if f == nil || f.Err != nil {
		return "?"
	}
	if f.Value = "empty"; f.N > f.Head {
		f.Value = wire.Count(f.N-f.Head, "byte")
	}
	return f.Value
}

// text reads a vector of text.
func text(c *wire.Cursor, name string, width int) string {
	f := c.Vector(name, width, nil)
	if f == nil || f.Err != nil {
		return "?"
	}
	f.Value = wire.Clean(string(content(f)), wire.MaxValue)
	return f.Value
}

// A structure that has no length of its own, because its last member has one, is
// read as a Group. sized looks ahead for how long that will be.
//
// sized returns how far behind the cursor a vector ends that begins at bytes
// behind it, or what is left if it is not all there.
func sized(c *wire.Cursor, at, width int) int {
	b := c.Peek(at + width)
	if len(b) < at+width {
		return c.Len()
	}
	n := 0
	for _, v := range b[at:] {
		n = n<<8 | int(v)
	}
	return min(at+width+n, c.Len())
}

// list reads a vector of numbers, and returns their names.
func list(c *wire.Cursor, name, item string, lenWidth, width int, say func(uint64) string) words {
	var all words
	c.Vector(name, lenWidth, func(c *wire.Cursor) {
		all.some = make([]string, 0, min(c.Len()/width, 16))
		for c.More() {
			c.Uint(item, width, say)
			if f := c.Last(); c.Err() == nil {
				all.add(wire.Bare(f.Value))
			}
		}
		setValue(c, all.joined(", "))
	})
	return all
}

// setValue sets the value of the block being read to text that is clean already.
func setValue(c *wire.Cursor, clean string) {
	if len(clean) > wire.MaxValue {
		clean = wire.Clean(clean, wire.MaxValue)
	}
	c.This().Value = clean
}

// words is a list for a value, which has no room for more than a few.
type words struct {
	some []string
	size int
}

// add takes one more, as long as a value could show it.
func (w *words) add(s string) {
	if w.size <= wire.MaxValue {
		w.some, w.size = append(w.some, s), w.size+len(s)
	}
}

// joined returns the list as one text.
func (w words) joined(by string) string { return strings.Join(w.some, by) }

// or returns s, or the other if s is empty.
func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// content returns what a field holds behind its head.
func content(f *wire.Field) []byte { return f.Bytes()[f.Head:] }
