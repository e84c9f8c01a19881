package fieldview

import (
	"slices"

	"tlstutor/labs/wire"
)

// crowd is how many fields a level may have before those that are not key are
// folded under one row.
const crowd = 6

// A row is one line of the tree: a field, or (more > 0) a number of fields of
// that parent that are folded away.
type row struct {
	field *wire.Field
	more  int
	depth int
}

// list works out the rows from what is open.
func (v *View) list() {
	v.rows = v.rows[:0:0]
	v.add(v.root)
	v.at = max(0, min(v.at, len(v.rows)-1))
}

// add lists f, and below it what is open.
func (v *View) add(f *wire.Field) {
	depth := v.info[f].depth
	v.rows = append(v.rows, row{field: f, depth: depth})
	if !v.isOpen(f) {
		return
	}
	var listed []*wire.Field
	hides := v.hider(f)
	for _, k := range f.Kids {
		if v.shown[f] || !hides(k) {
			listed = append(listed, k)
		}
	}
	more := row{field: f, more: len(f.Kids) - len(listed), depth: depth + 1}
	if more.more > 0 && v.outer(f) {
		v.rows = append(v.rows, more) // the ciphertext comes before what is in it
	}
	for _, k := range listed {
		v.add(k)
	}
	if more.more > 0 && !v.outer(f) {
		v.rows = append(v.rows, more)
	}
}

// outer reports whether f is a sealed record that has been opened: its own
// bytes then matter less than what was in them.
func (v *View) outer(f *wire.Field) bool {
	if f != v.root {
		return false
	}
	for _, k := range f.Kids {
		if k.Src != nil && k.Src != f.Src {
			return true
		}
	}
	return false
}

// hider returns what tells which kids of f are among those folded under "more".
// The level is looked at once, for all of its kids: it may have thousands.
func (v *View) hider(f *wire.Field) func(k *wire.Field) bool {
	key := func(k *wire.Field) bool { return v.key(v.info[k].path) }
	switch {
	case v.all:
	case v.outer(f):
		return func(k *wire.Field) bool { return k.Src == f.Src }
	case len(f.Kids) > crowd && v.key != nil && slices.ContainsFunc(f.Kids, key):
		return func(k *wire.Field) bool { return !key(k) }
	}
	return func(*wire.Field) bool { return false }
}

// isOpen reports whether the kids of f are listed: as was said by hand, else
// the root, the way to the messages, and the way to what is key.
func (v *View) isOpen(f *wire.Field) bool {
	if said, ok := v.open[f]; ok {
		return said
	}
	if f == v.root {
		return true
	}
	if len(f.Kids) == 0 {
		return false
	}
	switch f.Name {
	case "TLSInnerPlaintext", "content":
		return true
	case "fragment":
		return v.root.Kid("TLSInnerPlaintext") == nil && v.root.Kid("content") == nil
	}
	up := v.info[f].above
	if up != nil && (up.Name == "content" || up.Name == "fragment") {
		return true
	}
	if v.key == nil || !v.key(v.info[f].path) {
		return false
	}
	for _, k := range f.Kids {
		if v.key(v.info[k].path) {
			return true
		}
	}
	return false
}
