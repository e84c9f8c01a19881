// Package fieldview is the widget that opens bytes: a tree of fields and the
// hex they stand in, with one selection shared by both.
//
// Its rules:
//
//   - A View is a plain struct. Its methods that move change it; Tree and Hex
//     only draw, at the size they are given, and clicks and the wheel name that
//     size again.
//   - Text in fields is clean (labs/wire); nothing is escaped here.
//   - What matters most is shown first: where a level has fields that the
//     caller calls key, the others are folded under one row, "14 more".
//   - Bytes of a field that is secret are never drawn.
//
// Start reading at View, then rows.go for what is listed, draw.go for how.
package fieldview

import (
	"slices"

	"tlstutor/labs/wire"
	"tlstutor/tui/theme"
)

// A View shows one tree of fields.
type View struct {
	theme *theme.Theme
	root  *wire.Field
	key   func(path string) bool
	all   bool // every field, whether key or not

	secret []*wire.Field // what is withheld, and all below it
	info   map[*wire.Field]place
	open   map[*wire.Field]bool // what was folded or unfolded by hand
	shown  map[*wire.Field]bool // whose "more" was opened
	rows   []row
	was    []place // the selection before there was no tree, innermost first
	at     int     // the selected row
	scroll [2]int  // by how many rows the wheel has turned the tree and the hex
}

// A place is where a field stands in the tree.
type place struct {
	above *wire.Field
	path  string
	nth   int // how many fields of the same path stand before it
	depth int
}

// New returns an empty view.
func New(t *theme.Theme) *View { return &View{theme: t} }

// SetTheme changes what the view is drawn with.
func (v *View) SetTheme(t *theme.Theme) { v.theme = t }

// Set shows another tree, or none. The selection stays on the same path, or on
// what is nearest above it in the same message, else it goes to the tree's first
// message. Key says which paths matter most.
func (v *View) Set(root *wire.Field, key func(path string) bool) {
	if v.Selected() != nil {
		v.was = v.trail()
	}
	v.key = key
	if root == v.root && root != nil {
		return
	}
	v.root = root
	v.info, v.open, v.shown = map[*wire.Field]place{}, map[*wire.Field]bool{}, map[*wire.Field]bool{}
	v.scroll, v.secret = [2]int{}, nil
	if root == nil {
		v.rows, v.at = nil, 0
		return
	}
	v.learn(root, nil, root.Name, false, map[string]int{})
	v.list()
	entry := first(root)
	for i, p := range v.was {
		if i > 0 && p.depth < v.info[entry].depth {
			break // what is above the messages is in every record
		}
		if v.selectPlace(p) {
			return
		}
	}
	v.reveal(entry)
}

// learn notes where each field stands, and what is withheld.
func (v *View) learn(f, above *wire.Field, path string, secret bool, seen map[string]int) {
	depth := 0
	if above != nil {
		depth = v.info[above].depth + 1
	}
	v.info[f] = place{above, path, seen[path], depth}
	seen[path]++
	if secret = secret || f.Secret; secret {
		v.secret = append(v.secret, f)
	}
	for _, k := range f.Kids {
		v.learn(k, f, path+"."+k.Name, secret, seen)
	}
}

// first is the field that a tree is entered at: its first message.
func first(root *wire.Field) *wire.Field {
	for _, name := range []string{"TLSInnerPlaintext.content", "content", "fragment"} {
		if f := root.Find(name); f != nil && len(f.Kids) > 0 {
			for _, k := range f.Kids {
				if len(k.Kids) > 0 {
					return k
				}
			}
			return f.Kids[0]
		}
	}
	return root
}

// trail is where the selected field stands, and all above it.
func (v *View) trail() []place {
	var up []place
	for f := v.Selected(); f != nil; f = v.info[f].above {
		up = append(up, v.info[f])
	}
	return up
}

// selectPlace selects the field at a place that another tree had.
func (v *View) selectPlace(p place) bool {
	var found *wire.Field
	v.root.Walk(func(path []*wire.Field) {
		f := path[len(path)-1]
		if at := v.info[f]; at.path == p.path && (found == nil || at.nth <= p.nth) {
			found = f
		}
	})
	if found == nil {
		return false
	}
	v.reveal(found)
	return true
}

// Selected returns the selected field, or nil. On a row that stands for several
// folded fields it is their parent.
func (v *View) Selected() *wire.Field {
	if v.at < 0 || v.at >= len(v.rows) {
		return nil
	}
	return v.rows[v.at].field
}

// Path returns the path of the selected field from the root on: names joined by
// dots.
func (v *View) Path() string {
	return v.info[v.Selected()].path
}

// Select selects the first field with that path, as Path returns it, else the
// first one that it leads to when it skips levels, and unfolds what is needed
// to see it.
func (v *View) Select(path string) bool {
	if v.root == nil {
		return false
	}
	if v.selectPlace(place{path: path}) {
		return true
	}
	f := v.root.Match(path)
	if f == nil {
		return false
	}
	v.reveal(f)
	return true
}

// Show selects a field of the tree, and unfolds what is needed to see it. It is
// false when the field is not in the tree.
func (v *View) Show(f *wire.Field) bool {
	if _, ok := v.info[f]; !ok {
		return false
	}
	v.reveal(f)
	return true
}

// reveal unfolds all above f, and selects it.
func (v *View) reveal(f *wire.Field) {
	for up := v.info[f].above; up != nil; up = v.info[up].above {
		v.open[up] = true
	}
	v.list()
	if v.find(f) {
		return
	}
	for g := f; g != nil; g = v.info[g].above { // it is among those that are "more"
		if up := v.info[g].above; up != nil && v.hider(up)(g) {
			v.shown[up] = true
		}
	}
	v.list()
	v.find(f)
}

// find selects the row of f itself, not one that it is folded under; it is
// false when there is none.
func (v *View) find(f *wire.Field) bool {
	for i, r := range v.rows {
		if r.field == f && r.more == 0 {
			v.at, v.scroll = i, [2]int{}
			return true
		}
	}
	return false
}

// move selects the row that lies by rows away.
func (v *View) move(by int) {
	v.at = max(0, min(v.at+by, len(v.rows)-1))
	v.scroll = [2]int{}
}

// Up selects the row above.
func (v *View) Up() { v.move(-1) }

// Down selects the row below.
func (v *View) Down() { v.move(1) }

// aPage is how far PageUp and PageDown go.
const aPage = 10

// PageUp goes a page up.
func (v *View) PageUp() { v.move(-aPage) }

// PageDown goes a page down.
func (v *View) PageDown() { v.move(aPage) }

// Home selects the root.
func (v *View) Home() { v.move(-len(v.rows)) }

// End selects the last row.
func (v *View) End() { v.move(len(v.rows)) }

// Right unfolds the selected field; unfolded, it selects its first kid.
func (v *View) Right() {
	if v.at >= len(v.rows) {
		return
	}
	switch r := v.rows[v.at]; {
	case r.more > 0:
		v.Toggle()
	case len(r.field.Kids) > 0 && !v.isOpen(r.field):
		v.Toggle()
	case len(r.field.Kids) > 0:
		v.move(1)
	}
}

// Left folds the selected field; folded, it selects its parent. It is false at
// the root, where there is nowhere to go.
func (v *View) Left() bool {
	if v.at >= len(v.rows) {
		return false
	}
	r := v.rows[v.at]
	switch {
	case r.more > 0:
		return v.find(r.field)
	case len(r.field.Kids) > 0 && v.isOpen(r.field) && r.field != v.root:
		v.fold(r.field, false)
		return true
	case r.field == v.root:
		return false
	}
	return v.find(v.info[r.field].above)
}

// Toggle folds or unfolds the selected field. It is false on a leaf. A row that
// stands for several fields gives way to them, and the first one is selected.
func (v *View) Toggle() bool {
	if v.at >= len(v.rows) {
		return false
	}
	r := v.rows[v.at]
	switch {
	case r.more > 0:
		hidden := slices.IndexFunc(r.field.Kids, v.hider(r.field))
		v.shown[r.field] = true
		v.list()
		v.find(r.field.Kids[hidden])
	case len(r.field.Kids) == 0:
		return false
	default:
		v.fold(r.field, !v.isOpen(r.field))
	}
	return true
}

// fold opens or closes a field, and leaves the selection on it.
func (v *View) fold(f *wire.Field, open bool) {
	v.open[f] = open
	v.list()
	v.find(f)
}

// ToggleAll shows every field of each level, or again only those that matter
// most.
func (v *View) ToggleAll() {
	f := v.Selected()
	v.all = !v.all
	if f == nil {
		return
	}
	v.shown = map[*wire.Field]bool{}
	v.list()
	if !v.find(f) {
		v.reveal(f)
	}
}

// WheelTree scrolls the tree drawn in h lines, without moving the selection. What
// cannot be seen to move does not count.
func (v *View) WheelTree(by, h int) {
	v.scrollTree(max(0, min(v.treeFrom(h)+3*by, len(v.rows)-h)), h)
}

// WheelHex scrolls the hex drawn at w by h in the same way.
func (v *View) WheelHex(by, w, h int) {
	h-- // the first line names the source
	if p, ok := v.hexPage(w); ok && h > 0 {
		v.scrollHex(p, max(0, min(v.hexFrom(p, h)+3*by, p.lines()-h)), h)
	}
}
