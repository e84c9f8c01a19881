package labs

import (
	"bytes"
	"encoding/hex"
	"strings"

	"tlstutor/labs/wire"
)

// This file finds the differences: it pairs the messages of two runs, and walks
// the trees of each pair side by side. What it compares are values, as a learner
// reads them, not bytes: equal bytes are equal, but unlike ones may mean the same.

// align matches the messages of one side in both runs by their names, so that
// as many as possible have a partner, and compares the partners. What is then
// left is new or gone, unless it only changed its place.
func (d *diff) align(a, b []message) {
	var gone, fresh []message
	for len(a)+len(b) > 0 {
		if len(a) > 0 && len(b) > 0 && a[0].key() == b[0].key() {
			d.pair(a[0], b[0])
			a, b = a[1:], b[1:]
			continue
		}
		n, m := min(block, len(a)), min(block, len(b))
		g, f := d.match(a[:n], b[:m])
		gone, fresh = append(gone, g...), append(fresh, f...)
		a, b = a[n:], b[m:]
	}
	d.moved(gone, fresh)
}

// match compares the partners among a few messages, and returns those that have
// none.
func (d *diff) match(a, b []message) (gone, fresh []message) {
	best := common(a, b)
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i].key() == b[j].key() && best[i][j] == best[i+1][j+1]+1:
			d.pair(a[i], b[j])
			i, j = i+1, j+1
		case best[i+1][j] == best[i][j]:
			gone = append(gone, a[i])
			i++
		default:
			fresh = append(fresh, b[j])
			j++
		}
	}
	return append(gone, a[i:]...), append(fresh, b[j:]...)
}

// block bounds how many messages are matched with each other at a time.
const block = 500

// common returns, for each i and j, how many of a[i:] and b[j:] can be matched
// in order.
func common(a, b []message) [][]int {
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			table[i][j] = max(table[i+1][j], table[i][j+1])
			if a[i].key() == b[j].key() {
				table[i][j] = max(table[i][j], table[i+1][j+1]+1)
			}
		}
	}
	return table
}

// moved compares the messages that stand at another place, as ChangeCipherSpec
// does after a HelloRetryRequest, and tells which of the others are gone or new.
func (d *diff) moved(gone, fresh []message) {
	byKey := map[string][]message{}
	for _, m := range gone {
		byKey[m.key()] = append(byKey[m.key()], m)
	}
	for _, m := range fresh {
		if same := byKey[m.key()]; len(same) > 0 {
			d.pair(same[0], m)
			byKey[m.key()] = same[1:]
			continue
		}
		d.add(Change{Kind: Added, Who: m.who, Conn: m.conn.Name, Rec: m.rec, Path: m.Name, To: m.key(), At: m.Field, order: m.rec})
	}
	for _, m := range gone {
		if left := byKey[m.key()]; len(left) > 0 && left[0].Field == m.Field {
			byKey[m.key()] = left[1:]
			d.add(Change{Kind: Removed, Who: m.who, Conn: m.conn.Name, Rec: -1, Path: m.Name, From: m.key(), was: m.Field, order: m.rec})
		}
	}
}

// key is what two messages have in common to be partners: an alert is another
// message when it says something else.
func (m message) key() string {
	if m.Name == "Alert" {
		return "Alert " + wire.Bare(value(m.Field, "description"))
	}
	return m.Name
}

// pair compares a message with its partner.
func (d *diff) pair(a, b message) {
	c := Change{Who: b.who, Conn: b.conn.Name, Rec: b.rec, Path: b.Name, At: b.Field, was: a.Field}
	if a.clear() != b.clear() {
		c.Kind = Opened
		if a.clear() {
			c.Kind = Sealed
		}
		d.add(c)
	}
	for _, x := range compare(a.Name, a.Name, a.Field, b.Field) {
		c.Kind, c.Path, c.From, c.To, c.At, c.was = Changed, x.path, x.from, x.to, x.at, x.was
		d.add(c)
	}
}

// An unlike is a field that differs, inside a message.
type unlike struct {
	path, from, to string
	at, was        *wire.Field
}

// compare returns where two fields of the same name differ in more than what is
// random or follows from the rest.
func compare(msg, path string, a, b *wire.Field) []unlike {
	if bytes.Equal(a.Bytes(), b.Bytes()) || ignored(msg, b) {
		return nil
	}
	if a.Name == "random" { // its value tells of the sentinel in it, if there is one
		if a.Value == b.Value {
			return nil
		}
		return []unlike{{path, a.Value, b.Value, b, a}}
	}
	// A leaf: what it means, else its bytes.
	if len(a.Kids) == 0 && len(b.Kids) == 0 {
		return []unlike{{path, shown(a), shown(b), b, a}}
	}
	// A list is one difference: the items that it lost, and those that it gained.
	if leaves(msg, a) && leaves(msg, b) {
		from, to := without(a, b), without(b, a)
		if from+to == "" { // the same, in another order
			from, to = wire.Bare(a.Value), wire.Bare(b.Value)
		}
		return []unlike{{path, from, to, b, a}}
	}
	// A structure: the differences of its parts.
	var all []unlike
	for _, p := range partners(a.Kids, b.Kids) {
		switch at := below(path, p.name()); {
		case p.a == nil && !ignored(msg, p.b):
			all = append(all, unlike{at, "", shown(p.b), p.b, nil})
		case p.b == nil && !ignored(msg, p.a):
			all = append(all, unlike{at, shown(p.a), "", nil, p.a})
		case p.a != nil && p.b != nil:
			all = append(all, compare(msg, at, p.a, p.b)...)
		}
	}
	return whole(path, a, b, all)
}

// whole makes one difference of all that are inside an extension.
func whole(path string, a, b *wire.Field, all []unlike) []unlike {
	if len(all) == 0 || b.Kid("extension_type") == nil && b.Kid("extnID") == nil {
		return all
	}
	one := unlike{path, wire.Bare(a.Value), wire.Bare(b.Value), b, a}
	if len(all) == 1 || one.from == one.to {
		one.from, one.to = all[0].from, all[0].to
	}
	return []unlike{one}
}

// ignored reports whether a field is not compared.
func ignored(msg string, f *wire.Field) bool {
	return randoms[f.Name] != "" || randoms[msg+"."+f.Name] != "" || sizes[f.Name] != ""
}

// below is the path of a kid. Levels that only wrap are left out; a path may
// skip them.
func below(path, name string) string {
	switch name {
	case "extensions", "Extensions", "extension_data", "extnValue":
		return path
	}
	return path + "." + name
}

// A partner is two kids of the same name, or one that has none.
type partner struct{ a, b *wire.Field }

func (p partner) name() string {
	if p.b != nil {
		return p.b.Name
	}
	return p.a.Name
}

// partners matches kids by name, those of one name in order.
func partners(a, b []*wire.Field) []partner {
	byName := map[string][]*wire.Field{}
	for _, k := range a {
		byName[k.Name] = append(byName[k.Name], k)
	}
	var all []partner
	taken := map[*wire.Field]bool{}
	for _, k := range b {
		p := partner{b: k}
		if same := byName[k.Name]; len(same) > 0 {
			p.a, byName[k.Name] = same[0], same[1:]
			taken[p.a] = true
		}
		all = append(all, p)
	}
	for _, k := range a {
		if !taken[k] {
			all = append(all, partner{a: k})
		}
	}
	return all
}

// leaves reports whether a field is a list: all of its kids are leaves of one
// name that are to be compared. An empty one is a list too.
func leaves(msg string, f *wire.Field) bool {
	for _, k := range f.Kids {
		if len(k.Kids) > 0 || k.Name != f.Kids[0].Name || ignored(msg, k) {
			return false
		}
	}
	return true
}

// without names the items of list a that list b does not have.
func without(a, b *wire.Field) string {
	have := map[string]int{}
	for _, k := range b.Kids {
		have[shown(k)]++
	}
	var left []string
	for _, k := range a.Kids {
		s := shown(k)
		if have[s]--; have[s] < 0 {
			left = append(left, s)
		}
	}
	return strings.Join(left, ", ")
}

// shown is what stands for a field in a comparison: its value, or the first of
// its bytes.
func shown(f *wire.Field) string {
	if v := wire.Bare(f.Value); v != "" {
		return v
	}
	b := f.Bytes()
	if f.Secret || len(b) == 0 {
		return "present"
	}
	return hex.EncodeToString(b[:min(len(b), 8)])
}
