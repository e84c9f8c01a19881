package labs

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// The limits of what is shown of bytes: those of a leaf that stand beside it,
// those in a row of a dump, and those of a source in a dump.
const (
	leafBytes = 8
	dumpRow   = 16
	dumpBytes = 1 << 16
)

// A dump is what is shown of one source: the bytes that the fields of a tree
// name.
type dump struct {
	src    *wire.Source
	lo, hi int
	secret []wire.Span // withheld
}

// dumps are the sources of a tree, in the order in which it names them.
type dumps struct {
	all   []dump
	at    map[*wire.Source]int // index into all
	keys  bool                 // it is a finding of what keys were made of, or proved
	bytes bool                 // the tree is of bytes, not a finding that only points to some
	entry *wire.Field          // the first message, where a reader begins
	open  map[*wire.Field]bool // unfolded: the messages, and the way to them
}

// newDumps looks through a tree for its sources, and for what is withheld in
// them.
func newDumps(root *wire.Field) *dumps {
	d := &dumps{at: map[*wire.Source]int{}, keys: root.Src == nil && (root.Name == scheduleNote || root.Name == checkedNote), bytes: root.Src != nil, entry: root, open: map[*wire.Field]bool{}}
	msgs := dissect.Messages(root)
	if len(msgs) > 0 {
		d.entry = msgs[0]
	}
	root.Walk(func(path []*wire.Field) {
		if f := path[len(path)-1]; f == d.entry || slices.Contains(msgs, f) {
			for _, up := range path {
				d.open[up] = true
			}
		}
	})
	// What is inside a secret is secret too.
	d.look(root, false)
	return d
}

func (d *dumps) look(f *wire.Field, secret bool) {
	secret = secret || f.Secret
	if f.Src != nil {
		i, ok := d.at[f.Src]
		if !ok {
			i = len(d.all)
			d.at[f.Src] = i
			d.all = append(d.all, dump{src: f.Src, lo: f.Off, hi: f.Off + f.N})
		}
		// A record's source is its whole stream: only what the tree names is shown.
		s := &d.all[i]
		s.lo, s.hi = min(s.lo, f.Off), max(s.hi, f.Off+f.N)
		if secret {
			s.secret = append(s.secret, wire.Span{Src: f.Src, Off: f.Off, N: f.N})
		}
	}
	for _, k := range f.Kids {
		d.look(k, secret)
	}
}

// withheld reports whether a byte of the source is in a field that is secret.
func (s *dump) withheld(off int) bool {
	return slices.ContainsFunc(s.secret, func(x wire.Span) bool { return off >= x.Off && off < x.Off+x.N })
}

// field writes a field and all below it. What the script has to know stands in
// data-b: which dump, from where in it, how many bytes.
func (sh *sheet) field(d *dumps, f *wire.Field, path string) {
	if sh.full() {
		f.Walk(func([]*wire.Field) { sh.cut++ })
		return
	}
	sh.put("<li")
	if f.Src != nil {
		i := d.at[f.Src]
		sh.put(" data-b=\"%d %d %d\"", i, f.Off-d.all[i].lo, f.N)
	}
	// A finding shows the same fields once more; links lead to the bytes.
	if id := sh.ids[f]; id != "" && d.bytes {
		sh.put(" id=%s", id)
	}
	if f == d.entry {
		sh.put(" data-e")
	}
	sh.put(">")
	if len(f.Kids) == 0 {
		sh.named(d, f, path)
		sh.put("\n")
		return
	}
	if d.open[f] {
		sh.put("<details open><summary>")
	} else {
		sh.put("<details><summary>")
	}
	sh.named(d, f, path)
	sh.put("</summary>\n<ul>")
	for _, k := range f.Kids {
		sh.field(d, k, path+"."+k.Name)
	}
	sh.put("</ul></details>\n")
}

// named writes what there is to say of a field itself: its name, which leads to
// its note, its value, and its bytes where they are few.
func (sh *sheet) named(d *dumps, f *wire.Field, path string) {
	if n := sh.noteOf(f, path); n >= 0 {
		sh.put("<a href=#n%d>%s</a>", n, f.Name)
	} else {
		sh.put("<b>%s</b>", f.Name)
	}
	switch {
	case d.keys && secretValue(f):
		sh.put(" <i>%s, withheld</i>", wire.Count(len(f.Value)/2, "byte"))
	case f.Value != "":
		sh.put(" <span>%s</span>", f.Value)
	}
	if f.Err != nil {
		sh.put(" <em>%s</em>", f.Err.Error())
	}
	if f.Src == nil {
		return
	}
	// A field that begins and ends in what is withheld shows nothing of itself.
	s := &d.all[d.at[f.Src]]
	hidden := f.N > 0 && s.withheld(f.Off) && s.withheld(f.Off+f.N-1)
	switch {
	case hidden:
		sh.put(" <i>withheld</i>")
	case len(f.Kids) == 0 && f.N > 0 && f.N <= leafBytes:
		sh.put(" <code>% x</code>", f.Bytes())
	default:
		sh.put(" <i data-o=%04x>%s</i>", f.Off-s.lo, wire.Count(f.N, "byte"))
	}
}

// secretValue reports whether a part of such a finding is a secret, a key or an
// IV: bytes in hex, unless its name says that they are a hash of the messages, or
// what a Finished should be, which all may know who read the messages.
func secretValue(f *wire.Field) bool {
	b, err := hex.DecodeString(f.Value)
	open := strings.Contains(f.Name, "Hash") || strings.HasPrefix(f.Name, "after ") || f.Name == "recomputed"
	return f.Src == nil && err == nil && len(b) >= leafBytes && !open
}

// noteOf returns the number of the note on a field, or -1.
func (sh *sheet) noteOf(f *wire.Field, path string) int {
	// Without notes a page has all the rest.
	if sh.Note == nil {
		return -1
	}
	text := strings.TrimSpace(sh.Note(path) + " " + dissect.Standing(f))
	if text == "" {
		return -1
	}
	n, ok := sh.notes[text]
	if !ok {
		n = len(sh.said)
		sh.notes[text] = n
		sh.said = append(sh.said, pageNote{text: text})
	}
	// A note may be for very many names; a few say which it is.
	if names := &sh.said[n].names; len(*names) < 4 && !slices.Contains(*names, f.Name) {
		*names = append(*names, f.Name)
	}
	return n
}

// dump writes the bytes of one source, 16 in a row, as hex and as text.
func (sh *sheet) dump(d *dumps, i int) {
	s := &d.all[i]
	n := s.hi - s.lo
	sh.put("<figure><figcaption>%s, %s", s.src.Name, wire.Count(n, "byte"))
	if from := origin(s.src); from != "" {
		sh.put(", from %s", from)
	}
	if n > dumpBytes {
		sh.put("; the first %d of them", dumpBytes)
	}
	sh.put("</figcaption><pre>")
	for at := s.lo; at < min(s.hi, s.lo+dumpBytes); at += dumpRow {
		sh.put("%s\n", s.row(at))
	}
	sh.put("</pre></figure>\n")
}

// origin says which bytes a source was made from: "820 bytes of server stream".
func origin(src *wire.Source) string {
	var names []string
	n := map[string]int{}
	// Of many records only how many bytes, and of which stream.
	for _, from := range src.From {
		if from.Src == nil {
			continue
		}
		if n[from.Src.Name] == 0 {
			names = append(names, from.Src.Name)
		}
		n[from.Src.Name] += from.N
	}
	for i, name := range names[:min(len(names), 3)] {
		names[i] = wire.Count(n[name], "byte") + " of " + name
	}
	return strings.Join(names[:min(len(names), 3)], " and ")
}

// row is one line of a dump. Offsets count from where the dump begins.
func (s *dump) row(at int) string {
	end := min(at+dumpRow, s.hi, s.lo+dumpBytes)
	var b strings.Builder
	fmt.Fprintf(&b, "%04x  ", at-s.lo)
	text := make([]byte, 0, dumpRow)
	for off := at; off < end; off++ {
		if off > at {
			b.WriteByte(' ')
		}
		c := s.src.Data[off]
		if len(s.secret) > 0 && s.withheld(off) {
			b.WriteString("..")
			c = '.'
		} else {
			b.WriteString(hex.EncodeToString([]byte{c}))
		}
		if c < ' ' || c > '~' {
			c = '.'
		}
		text = append(text, c)
	}
	b.WriteString(strings.Repeat("   ", dumpRow-(end-at)) + "  ")
	b.Write(text)
	return b.String()
}
