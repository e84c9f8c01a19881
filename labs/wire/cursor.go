package wire

import (
	"fmt"
	"math"
	"strconv"
)

// MaxDepth bounds how deep fields may nest; bytes below it stay undecoded.
const MaxDepth = 64

// A Cursor reads a Source front to back and names everything it reads: reading
// and naming are one act. Inside one Block the first short read is remembered;
// later reads return zero and name nothing, and when the block ends what is
// left of it becomes an "undecoded" leaf. Decoders therefore need neither error
// checks nor length arithmetic. A block that has its own length contains its
// own failure: its parent reads on behind it.
type Cursor struct {
	src   *Source
	off   int // the next byte to read
	end   int // one past the last byte of the block being read
	at    *Field
	err   error
	depth int
	below *Cursor // for the blocks in this one, made once for all of them
}

// Parse names the n bytes of src from off on as one field, read by body.
func Parse(name string, src *Source, off, n int, body func(*Cursor)) *Field {
	top := &Field{}
	c := &Cursor{src: src, off: off, end: off + n, at: top}
	c.Block(name, 0, n, body)
	return top.Kids[0]
}

// ParseAll names all of src as one field, read by body.
func ParseAll(name string, src *Source, body func(*Cursor)) *Field {
	return Parse(name, src, 0, len(src.Data), body)
}

// Len returns how many bytes of the block are unread; 0 after an error.
func (c *Cursor) Len() int {
	if c.err != nil {
		return 0
	}
	return c.end - c.off
}

// More reports whether there are bytes left to read. It is false after an
// error, so a loop over it ends.
func (c *Cursor) More() bool { return c.Len() > 0 }

// Err returns what stopped the reading of this block, or nil.
func (c *Cursor) Err() error { return c.err }

// Peek returns the next n bytes without reading them, or fewer if there are
// fewer. They must not be changed.
func (c *Cursor) Peek(n int) []byte {
	n = max(0, min(n, c.Len()))
	return c.src.Data[c.off : c.off+n : c.off+n]
}

// Fail stops the reading of this block; what is left of it will be undecoded.
// Only the first reason is kept.
func (c *Cursor) Fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

// Say sets the value of the field whose body is being read.
func (c *Cursor) Say(format string, args ...any) {
	if len(args) > 0 {
		format = fmt.Sprintf(format, args...)
	}
	c.at.Value = Clean(format, MaxValue)
}

// Rename changes the name of the field whose body is being read, for those
// that reveal what they are only after a few bytes.
func (c *Cursor) Rename(name string) { c.at.Name = name }

// Number sets the code of the field whose body is being read, for fields whose
// first kid is a number that names the whole.
func (c *Cursor) Number(n uint64) { c.at.Code, c.at.IsNum = n, true }

// Withhold marks the field whose body is being read as secret.
func (c *Cursor) Withhold() { c.at.Secret = true }

// This returns the field whose body is being read. Its span is complete, its
// kids are those read so far.
func (c *Cursor) This() *Field { return c.at }

// Last returns the field read last in this block, or nil.
func (c *Cursor) Last() *Field {
	if len(c.at.Kids) == 0 {
		return nil
	}
	return c.at.Kids[len(c.at.Kids)-1]
}

// Uint reads a big-endian number of 1 to 8 bytes. Its value is what say makes
// of it, or the number in decimal when say is nil.
func (c *Cursor) Uint(name string, width int, say func(uint64) string) uint64 {
	if !c.need(name, width) {
		return 0
	}
	n := c.number(width)
	f := c.leaf(name, width)
	f.Code, f.IsNum = n, true
	if say != nil {
		f.Value = Clean(say(n), MaxValue)
	} else {
		f.Value = strconv.FormatUint(n, 10)
	}
	return n
}

// Opaque reads n bytes as one leaf and returns them; they must not be changed.
// The leaf's value is left to Last().Value or stays empty.
func (c *Cursor) Opaque(name string, n int) []byte {
	if !c.need(name, n) {
		return nil
	}
	return c.leaf(name, n).Bytes()
}

// Rest reads all that is left of the block as one leaf, which may be empty.
func (c *Cursor) Rest(name string) []byte { return c.Opaque(name, c.Len()) }

// Group reads n bytes as one field, read by body; a nil body makes it a leaf.
func (c *Cursor) Group(name string, n int, body func(*Cursor)) *Field {
	return c.Block(name, 0, n, body)
}

// Vector reads a length of width bytes and that many bytes more as one field;
// the length is its head. A nil body leaves the content as it is. A length that
// promises more than there is, is named as far as it goes.
func (c *Cursor) Vector(name string, width int, body func(*Cursor)) *Field {
	if !c.need(name, width) {
		return nil
	}
	return c.Block(name, width, int(min(c.number(width), math.MaxInt32)), body)
}

// number returns the big-endian number in the next bytes, which are there.
func (c *Cursor) number(width int) (n uint64) {
	for _, b := range c.src.Data[c.off : c.off+width] {
		n = n<<8 | uint64(b)
	}
	return n
}

// Block reads head bytes, which the new field names itself, and n bytes more,
// which body reads. It is what Group, Vector and DER elements are made of. It
// returns nil when not even the head is there.
func (c *Cursor) Block(name string, head, n int, body func(*Cursor)) *Field {
	if !c.need(name, head) {
		return nil
	}
	left := c.end - c.off - head
	short := error(nil)
	if n > left || n < 0 {
		short = fmt.Errorf("%s: the length says %d bytes, %d are left", name, n, left)
		n = left
	}
	f := c.leaf(name, head+n)
	f.Head = head
	if body == nil && short == nil {
		return f
	}
	in := c.inside(f, f.Off+head)
	if in.err = short; in.depth > MaxDepth && body != nil {
		in.err = fmt.Errorf("%s: nested more than %d deep", name, MaxDepth)
	}
	if body != nil && in.err == nil {
		body(in)
	}
	in.finish()
	return f
}

// inside returns a cursor for the contents of f, which begin at off.
func (c *Cursor) inside(f *Field, off int) *Cursor {
	if c.below == nil {
		c.below = &Cursor{depth: c.depth + 1}
	}
	in := c.below
	in.src, in.off, in.end, in.at, in.err = f.Src, off, f.Off+f.N, f, nil
	return in
}

// Derive adds a field over a source of its own, read by body. It takes no bytes
// of the block being read.
func (c *Cursor) Derive(name string, src *Source, body func(*Cursor)) *Field {
	f := &Field{Name: name, Src: src, N: len(src.Data)}
	c.at.Kids = append(c.at.Kids, f)
	in := c.inside(f, 0)
	if in.depth > MaxDepth {
		in.err = fmt.Errorf("%s: nested more than %d deep", name, MaxDepth)
	} else if body != nil {
		body(in)
	}
	if body != nil {
		in.finish()
	}
	return f
}

// finish turns what a body left unread into an undecoded leaf.
func (c *Cursor) finish() {
	if left := c.end - c.off; left > 0 {
		if c.err == nil {
			c.err = fmt.Errorf("%s: %d bytes more than its contents", c.at.Name, left)
		}
		f := c.leaf(Undecoded, left)
		f.Value = Clean(c.err.Error(), MaxValue)
	}
	if c.err != nil {
		c.at.Err = c.err
	}
}

// need reports whether n bytes are there to be read, and remembers the first
// time that they are not.
func (c *Cursor) need(name string, n int) bool {
	if c.err != nil {
		return false
	}
	if left := c.end - c.off; n > left || n < 0 {
		c.err = fmt.Errorf("%s needs %d bytes, %d are left", name, n, left)
		return false
	}
	return true
}

// leaf adds a field over the next n bytes, which are there.
func (c *Cursor) leaf(name string, n int) *Field {
	f := &Field{Name: name, Src: c.src, Off: c.off, N: n}
	if c.at.Kids == nil {
		c.at.Kids = make([]*Field, 0, 3) // what has parts seldom has fewer
	}
	c.at.Kids = append(c.at.Kids, f)
	c.off += n
	return f
}
