// Package wire names bytes.
//
// Everything that tlstutor says about bytes is a tree of Fields over a Source:
// a Field is one named span, its Kids are the spans inside it, and together
// they leave no byte unnamed. Decoders (labs/der, labs/dissect) make such trees
// by reading with a Cursor; screens, text, JSON, goals and comparisons only
// ever read them.
//
// The rules of a tree:
//
//   - A field with kids names its first Head bytes itself (a length prefix, a
//     DER tag and length); its kids tile the rest, in order, without gaps.
//   - A kid may have a Source of its own (bytes joined from several records, or
//     decrypted); it then tiles that Source and is passed over in its parent's.
//   - A field whose Src is nil is a finding: something that code worked out.
//     Its kids are its evidence.
//   - Values are clean: whatever came from outside has passed Clean.
//   - Decoding never panics and never fails as a whole. What could not be read
//     stands as a leaf named "undecoded", and its parent's Err says why.
//
// Start reading at Field, then Cursor. Check is the rules as code; tests of
// every decoder call it.
package wire

import (
	"fmt"
	"strings"
)

// A Source is a run of bytes that fields point into. What was handed out never
// changes: a stream that grows is a new Source over the same start. Bytes that
// were joined or decrypted are a derived Source, and From tells where they came
// from.
type Source struct {
	Name string // what these bytes are, for people: "client stream", "decrypted"
	Data []byte
	From []Span // the spans these bytes were made from; empty for a stream
}

// A Span is N bytes of Src from Off on.
type Span struct {
	Src    *Source
	Off, N int
}

// A Field is one named span of a Source: Src.Data[Off:Off+N].
type Field struct {
	Name   string // as the specification spells it: "legacy_version"
	Value  string // what the bytes mean: "TLS 1.2 (0x0303)"; always clean
	Code   uint64 // the number itself, where IsNum
	IsNum  bool
	Secret bool // its bytes are withheld from every rendering
	Src    *Source
	Off, N int
	Head   int // how many of the first bytes the field names itself, when it has Kids
	Kids   []*Field
	Err    error // why decoding stopped in here
}

// Undecoded is the name of the leaf that keeps what could not be read.
const Undecoded = "undecoded"

// Bytes returns the field's bytes, or nil for a finding.
func (f *Field) Bytes() []byte {
	if f.Src == nil {
		return nil
	}
	return f.Src.Data[f.Off : f.Off+f.N : f.Off+f.N]
}

// Kid returns the first direct kid of that name, or nil.
func (f *Field) Kid(name string) *Field {
	for _, k := range f.Kids {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// Find returns the first field below f (f itself excluded, depth first) that is
// reached through the names of a path such as "extensions.server_name". A path
// may skip levels, and a name may hold dots, as ASN.1Cert and OIDs do. It
// returns nil when there is none.
func (f *Field) Find(path string) *Field {
	for _, k := range f.Kids {
		if got := k.Match(path); got != nil {
			return got
		}
	}
	return nil
}

// Match is Find that may begin at f itself.
func (f *Field) Match(path string) *Field {
	if rest, ok := strings.CutPrefix(path, f.Name); ok && f.Name != "" {
		switch {
		case rest == "":
			return f
		case rest[0] == '.':
			path = rest[1:]
		}
	}
	return f.Find(path)
}

// Withheld reports whether f, or any field below it, is secret.
func (f *Field) Withheld() bool {
	secret := false
	f.Walk(func(path []*Field) { secret = secret || path[len(path)-1].Secret })
	return secret
}

// Walk calls visit for f and every field below it, parents first, with the
// fields that lead there (the root first, the field itself last). The slice is
// reused between calls.
func (f *Field) Walk(visit func(path []*Field)) {
	f.walk(nil, visit)
}

func (f *Field) walk(above []*Field, visit func(path []*Field)) {
	path := append(above, f)
	visit(path)
	for _, k := range f.Kids {
		k.walk(path, visit)
	}
}

// Note returns a finding: a field without bytes, with its evidence as kids.
func Note(name, value string, evidence ...*Field) *Field {
	return &Field{Name: name, Value: Clean(value, MaxValue), Kids: evidence}
}

// Check reports the first place where the tree under f breaks the rules of the
// package: names and values that are not clean, spans outside their source, kids
// that do not tile their parent, and leaves of more than 8 bytes whose name open
// does not allow.
func Check(f *Field, open func(name string) bool) error {
	if Clean(f.Name, MaxValue) != f.Name || Clean(f.Value, MaxValue) != f.Value {
		return fmt.Errorf("%q: %q is not clean", f.Name, f.Value)
	}
	if f.Src == nil {
		for _, k := range f.Kids {
			if err := Check(k, open); err != nil {
				return fmt.Errorf("%s > %w", f.Name, err)
			}
		}
		return nil
	}
	if f.Off < 0 || f.N < 0 || f.Head < 0 || f.Head > f.N || f.Off+f.N > len(f.Src.Data) {
		return fmt.Errorf("%s: span %d+%d (head %d) is outside its source of %d bytes", f.Name, f.Off, f.N, f.Head, len(f.Src.Data))
	}
	at, tiled := f.Off+f.Head, false
	for _, k := range f.Kids {
		if err := Check(k, open); err != nil {
			return fmt.Errorf("%s > %w", f.Name, err)
		}
		if k.Src != f.Src {
			continue
		}
		if k.Off != at {
			return fmt.Errorf("%s > %s: begins at %d, the field before it ends at %d", f.Name, k.Name, k.Off, at)
		}
		at, tiled = at+k.N, true
	}
	switch {
	case tiled && at != f.Off+f.N:
		return fmt.Errorf("%s: its kids end at %d, it ends at %d", f.Name, at, f.Off+f.N)
	case !tiled && f.N-f.Head > 8 && !open(f.Name):
		return fmt.Errorf("%s: a leaf of %d bytes", f.Name, f.N-f.Head)
	}
	return nil
}
