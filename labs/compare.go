package labs

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// This file finds the differences between two messages: it walks their trees side
// by side. What it compares are values, as a learner reads them, not bytes: equal
// bytes are equal, but unlike ones may mean the same.

// align compares the messages of one side in both runs, and tells which are new
// or gone.
func (d *diff) align(a, b []message) {
	for _, c := range couples(a, b) {
		switch m := c.b; {
		case c.a == nil:
			d.add(Change{Kind: Added, Who: m.who, Conn: m.conn.Name, Rec: m.rec, Path: m.Name, To: m.key(), At: m.Field, order: m.rec})
		case c.b == nil:
			m = c.a
			d.add(Change{Kind: Removed, Who: m.who, Conn: m.conn.Name, Rec: -1, Path: m.Name, From: m.key(), was: m.Field, order: m.rec})
		default:
			d.pair(c.a, c.b)
		}
	}
}

// pair compares a message with its partner.
func (d *diff) pair(a, b *message) {
	c := Change{Who: b.who, Conn: b.conn.Name, Rec: b.rec, Path: b.Name, At: b.Field, was: a.Field}
	if a.clear() != b.clear() {
		c.Kind = Opened
		if a.clear() {
			c.Kind = Sealed
		}
		d.add(c)
	}
	for _, x := range compare(a.Name, a.Name, a.Field, b.Field) {
		if x.Mark.Marked() {
			c.Kind, c.Path, c.From, c.To, c.At, c.was = Changed, x.Path, x.From, x.To, x.B, x.A
			d.add(c)
		}
	}
}

// A FieldPair is a field of a message in two runs; either may be missing.
type FieldPair struct {
	Path     string // from the message on, without levels that only wrap
	Mark     Mark
	A, B     *wire.Field
	From, To string // how they differ: values, or, of a list, the items that only one of them has
	List     bool   // From and To are such items
	Why      string // of what is random by nature: why it is
}

// OnTheWire is the path of what is said of a message as a whole: whether an
// eavesdropper can read it.
const OnTheWire = "on the wire"

// Fields returns the fields of a pair side by side, in their order. An extension
// is one, with what is random in it behind it; so is a list.
func (p *Pair) Fields() []FieldPair {
	switch {
	case p.B == nil:
		return single(p.A.Field, true)
	case p.A == nil:
		return single(p.B.Field, false)
	}
	var all []FieldPair
	if from, to := p.A.seal(), p.B.seal(); from != to {
		all = append(all, FieldPair{Path: OnTheWire, Mark: Differs, From: from, To: to})
	}
	return append(all, compare(p.A.Field.Name, p.A.Field.Name, p.A.Field, p.B.Field)...)
}

// seal says whether an eavesdropper can read a message.
func (h *Half) seal() string {
	if h.Epoch == dissect.Clear {
		return "in the clear"
	}
	return "sealed"
}

// single lists the fields of a message that has no partner, as those of one that
// is alike: it is the message that differs.
func single(f *wire.Field, left bool) []FieldPair {
	all := compare(f.Name, f.Name, f, f)
	for i := range all {
		if all[i].Mark = Alike; left {
			all[i].B = nil
		} else {
			all[i].A = nil
		}
	}
	return all
}

// compare puts two fields of the same name side by side: which of them, or of
// the fields in them, differ in more than what is random or follows from the rest.
func compare(msg, path string, a, b *wire.Field) []FieldPair {
	one := FieldPair{Path: path, A: a, B: b}
	same := bytes.Equal(a.Bytes(), b.Bytes())
	why, skip := ignored(msg, b)
	switch {
	case a.Src == nil && b.Src == nil:
		return findings(msg, one)
	case skip:
		if !same {
			one.Mark, one.Why = Random, why
		}
		return []FieldPair{one}
	case a.Name == "random" && a.Value == b.Value: // else it tells of a sentinel in it
		one.Mark, one.Why = Random, drawn
		return []FieldPair{one}
	case len(a.Kids) == 0 && len(b.Kids) == 0:
		if !same {
			one.leaf()
		}
		return []FieldPair{one}
	case leaves(msg, a) && leaves(msg, b):
		if !same {
			one.list()
		}
		return []FieldPair{one}
	}
	// A structure: its parts side by side.
	var all []FieldPair
	for _, p := range partners(a.Kids, b.Kids) {
		if at := below(path, p.name()); p.a == nil || p.b == nil {
			all = append(all, p.lone(msg, at))
		} else {
			all = append(all, compare(msg, at, p.a, p.b)...)
		}
	}
	if same { // the same bytes, read in two ways
		for i := range all {
			all[i].Mark = Alike
		}
	}
	return whole(one, all)
}

// findings compares what code worked out of the runs: what it says, not the bytes
// that are its evidence, which stand in records of their own.
func findings(msg string, one FieldPair) []FieldPair {
	why, skip := ignored(msg, one.B)
	if !skip && digest(one.A.Value) && digest(one.B.Value) {
		why, skip = computed, true
	}
	switch {
	case one.A.Value == one.B.Value:
	case skip:
		one.Mark, one.Why = Random, why
	default:
		one.Mark, one.From, one.To = Differs, shown(one.A), shown(one.B)
	}
	all := []FieldPair{one}
	for _, p := range partners(derived(one.A), derived(one.B)) {
		if at := below(one.Path, p.name()); p.a == nil || p.b == nil {
			all = append(all, p.lone(msg, at))
		} else {
			all = append(all, compare(msg, at, p.a, p.b)...)
		}
	}
	return all
}

// derived are the findings in a finding.
func derived(f *wire.Field) []*wire.Field {
	return slices.DeleteFunc(slices.Clone(f.Kids), func(k *wire.Field) bool { return k == nil || k.Src != nil })
}

// digest reports whether a value is bytes that were computed.
func digest(value string) bool {
	return len(value) >= 8 && strings.Trim(value, "0123456789abcdef") == ""
}

// leaf tells how two leaves differ: in what they mean, else in their bytes.
func (p *FieldPair) leaf() {
	p.Mark, p.From, p.To = Differs, shown(p.A), shown(p.B)
	if p.From == grease && p.To == grease {
		p.Mark, p.From, p.To, p.Why = Random, "", "", greased
	}
}

// list makes one difference of all in a list: the items that it lost, and those
// that it gained.
func (p *FieldPair) list() {
	p.From, p.To = without(p.A, p.B), without(p.B, p.A)
	switch p.Mark, p.List = Differs, true; {
	case p.From+p.To != "":
	case slices.EqualFunc(p.A.Kids, p.B.Kids, func(a, b *wire.Field) bool { return shown(a) == shown(b) }):
		p.Mark, p.List, p.Why = Random, false, greased
	default: // the same, in another order
		p.From, p.To, p.List = wire.Bare(p.A.Value), wire.Bare(p.B.Value), false
	}
}

// whole makes one of all that is inside an extension, but for what is random in
// it.
func whole(one FieldPair, all []FieldPair) []FieldPair {
	if one.B.Kid("extension_type") == nil && one.B.Kid("extnID") == nil {
		return all
	}
	var marked, rest []FieldPair
	for _, p := range all {
		switch {
		case p.Mark.Marked():
			marked = append(marked, p)
		case p.Mark == Random && sizes[p.name()] == "":
			rest = append(rest, p)
		}
	}
	from, to := wire.Bare(one.A.Value), wire.Bare(one.B.Value)
	switch {
	case len(marked) == 1 || len(marked) > 1 && from == to:
		one.Mark, one.From, one.To = Differs, marked[0].From, marked[0].To
		one.List = marked[0].List || marked[0].Mark != Differs
	case len(marked) > 1 || from != to: // or the same, in another order
		one.Mark, one.From, one.To = Differs, from, to
	}
	return append([]FieldPair{one}, rest...)
}

// name is the name of the field.
func (p *FieldPair) name() string { return partner{p.A, p.B}.name() }

// ignored reports whether a field is not compared, and why.
func ignored(msg string, f *wire.Field) (why string, yes bool) {
	// An OCSP response calls its signature as a certificate calls the algorithm.
	if f.Name == "signature" && f.Kid("unused_bits") != nil {
		return randoms["signatureValue"], true
	}
	tables := []string{randoms[msg+"."+f.Name], randoms[f.Name], sizes[f.Name]}
	if f.Src == nil { // a finding may be called as what it is about
		tables = tables[:1]
	}
	for _, why := range tables {
		if why != "" {
			return why, true
		}
	}
	return "", false
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

// lone is a kid that only one of the runs has. What is random tells of nothing
// there either.
func (p partner) lone(msg, path string) FieldPair {
	one := FieldPair{Path: path, A: p.a, B: p.b}
	if p.a == nil {
		one.Mark, one.To = OnlyB, shown(p.b)
	} else {
		one.Mark, one.From = OnlyA, shown(p.a)
	}
	is := p.a
	if is == nil {
		is = p.b
	}
	if why, skip := ignored(msg, is); skip {
		one.Mark, one.Why, one.From, one.To = Random, why, "", ""
	}
	return one
}

// partners matches kids by name, those of one name in order.
func partners(a, b []*wire.Field) []partner {
	a, b = bare(a, b), bare(b, a)
	byName := map[string][]*wire.Field{}
	for _, k := range a {
		byName[called(k)] = append(byName[called(k)], k)
	}
	var all []partner
	taken := map[*wire.Field]bool{}
	for _, k := range b {
		p := partner{b: k}
		if same := byName[called(k)]; len(same) > 0 {
			p.a, byName[called(k)] = same[0], same[1:]
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

// bare returns the certificates of a TLS 1.3 list without what is around each,
// where the other list is one of TLS 1.2, which has them alone: so they are put
// beside each other (RFC 9846, Section 4.5.1; RFC 5246, Section 7.4.2).
func bare(list, other []*wire.Field) []*wire.Field {
	if len(list) == 0 || len(other) == 0 || list[0].Name != "CertificateEntry" || other[0].Name != "ASN.1Cert" {
		return list
	}
	var all []*wire.Field
	for _, k := range list {
		if data := k.Kid("cert_data"); data != nil {
			all = append(all, data)
		}
		if more := k.Kid("extensions"); more != nil {
			all = append(all, more.Kids...)
		}
	}
	return all
}

// called is a field's name, by which it finds its partner: of key shares that of
// the group too, as keys of two groups have nothing in common.
func called(f *wire.Field) string {
	switch f.Name {
	case "cert_data": // as TLS 1.2 calls it
		return "ASN.1Cert"
	case "KeyShareEntry":
		return f.Name + " " + wire.Bare(f.Value)
	}
	return f.Name
}

// leaves reports whether a field is a list: all of its kids are leaves of one
// name that are to be compared. An empty one is a list too.
func leaves(msg string, f *wire.Field) bool {
	for _, k := range f.Kids {
		if _, skip := ignored(msg, k); skip || len(k.Kids) > 0 || k.Name != f.Kids[0].Name {
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
