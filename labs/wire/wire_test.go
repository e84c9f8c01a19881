package wire

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// hostile is text that would do something to a terminal.
var hostile = map[string]string{
	"\x1b[2J":             `\x1b[2J`,
	"a\x1b]8;;http://x\a": `a\x1b]8;;http://x\x07`,
	"\x1b]52;c;aGk=\a":    `\x1b]52;c;aGk=\x07`,
	"\x1bPq\x1b\\":        `\x1bPq\x1b\\`,
	"\u009b31m":           `\x9b31m`,
	"\u202eevil":          `\u202eevil`,
	"a\u200db":            `a\u200db`,
	"nul\x00byte":         `nul\x00byte`,
	"bad\xff\xfeutf8":     `bad\xff\xfeutf8`,
	"one\ntwo\tthree":     `one\x0atwo\x09three`,
	"e\u0301":             `e\u0301`,
	`back\slash`:          `back\slash`,
	"back\\slash\x01":     `back\\slash\x01`,
	"plain ünïcode 世界":    "plain ünïcode 世界",
	"\u00a0":              `\xa0`,
	"\U000e0041":          `\U000e0041`,
	"\ufffd":              "\ufffd",
}

func TestClean(t *testing.T) {
	for in, want := range hostile {
		if got := Clean(in, 100); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCleanCuts(t *testing.T) {
	for _, in := range []string{strings.Repeat("a", 200), strings.Repeat("世", 100), strings.Repeat("\x1b", 80)} {
		for max := 0; max < 120; max++ {
			got := Clean(in, max)
			if len(got) > max || !utf8.ValidString(got) {
				t.Fatalf("Clean(%.10q..., %d) = %q: %d bytes", in, max, got, len(got))
			}
			if max >= 3 && len(in) > max && !strings.HasSuffix(got, "…") {
				t.Fatalf("Clean(%.10q..., %d) = %q: the cut does not show", in, max, got)
			}
		}
	}
	if got := Clean("exactly", 7); got != "exactly" {
		t.Errorf("text that fits was cut: %q", got)
	}
}

// dirty undoes Clean where it did not cut: nobody has to guess what an escape
// stood for. Only text that needed none may hold a backslash of its own.
func dirty(clean, in string) (string, bool) {
	if clean == in {
		return in, true
	}
	var b strings.Builder
	for i := 0; i < len(clean); i++ {
		if clean[i] != '\\' {
			b.WriteByte(clean[i])
			continue
		}
		i++
		width := map[byte]int{'x': 2, 'u': 4, 'U': 8}[clean[i]]
		n, err := strconv.ParseUint(clean[i+1:i+1+width], 16, 32)
		switch {
		case width == 0:
			b.WriteByte(clean[i])
			continue
		case err != nil:
			return "", false
		// \x stands for a rune, or for a byte that was none.
		case width > 2 || n < 0x80 || strings.HasPrefix(in[b.Len():], string(rune(n))):
			b.WriteRune(rune(n))
		default:
			b.WriteByte(byte(n))
		}
		i += width
	}
	return b.String(), true
}

// FuzzClean: what comes out is short, printable and clean for good, and, where
// nothing was cut, says all that went in.
func FuzzClean(f *testing.F) {
	for in := range hostile {
		f.Add(in, 100)
	}
	f.Fuzz(func(t *testing.T, in string, max int) {
		max = max & 0xfff
		got := Clean(in, max)
		if len(got) > max || !utf8.ValidString(got) {
			t.Fatalf("Clean(%q, %d) = %q", in, max, got)
		}
		for _, r := range got {
			if !printable(r) {
				t.Fatalf("Clean(%q) left %U", in, r)
			}
		}
		// What is clean stays as it is, and a shorter cut is the beginning of a longer.
		if again := Clean(got, max); again != got {
			t.Fatalf("Clean(%q, %d) = %q, and once more %q", in, max, got, again)
		}
		whole := Clean(in, 10*len(in)+len("…"))
		if !strings.HasPrefix(whole, strings.TrimSuffix(got, "…")) {
			t.Fatalf("Clean(%q, %d) = %q, uncut %q", in, max, got, whole)
		}
		if back, ok := dirty(whole, in); !ok || back != in {
			t.Fatalf("Clean(%q) = %q, which means %q", in, whole, back)
		}
	})
}

// read is a small decoder: a version, a vector of numbers, a group with a
// failure of its own, and the rest.
func read(c *Cursor) {
	c.Uint("version", 2, nil)
	c.Vector("numbers", 1, func(c *Cursor) {
		for c.More() {
			c.Uint("number", 2, nil)
		}
	})
	c.Vector("word", 1, func(c *Cursor) {
		text := c.Rest("text")
		c.Last().Value = string(text)
	})
	c.Rest("rest")
}

func TestCursor(t *testing.T) {
	src := &Source{Name: "test", Data: []byte("\x03\x04\x04\x00\x01\x00\x02\x02hi\xaa\xbb")}
	f := ParseAll("thing", src, read)
	if err := Check(f, func(string) bool { return false }); err != nil {
		t.Fatal(err)
	}
	if f.Err != nil {
		t.Errorf("a good thing has an error: %v", f.Err)
	}
	numbers := f.Kid("numbers")
	if numbers == nil || len(numbers.Kids) != 2 || numbers.Kids[1].Code != 2 || numbers.Head != 1 {
		t.Fatalf("numbers: %+v", numbers)
	}
	if got := f.Find("word.text"); got == nil || got.Value != "hi" || got.Off != 8 {
		t.Errorf("text: %+v", got)
	}
	if got := f.Find("text"); got == nil || got.Value != "hi" {
		t.Errorf("a path that skips a level finds nothing: %+v", got)
	}
	if string(f.Kid("rest").Bytes()) != "\xaa\xbb" {
		t.Errorf("rest: %x", f.Kid("rest").Bytes())
	}
}

func TestCursorShort(t *testing.T) {
	whole := "\x03\x04\x04\x00\x01\x00\x02\x02hi\xaa\xbb"
	for n := 0; n < len(whole)-2; n++ {
		f := ParseAll("thing", &Source{Data: []byte(whole[:n])}, read)
		if err := Check(f, func(string) bool { return false }); err != nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
		failed := false
		f.Walk(func(path []*Field) { failed = failed || path[len(path)-1].Err != nil })
		if !failed {
			t.Errorf("%d of %d bytes are read without an error", n, len(whole))
		}
	}
}

func TestCursorContains(t *testing.T) {
	f := ParseAll("thing", &Source{Data: []byte("\x03\x04\x03\x00\x01\x07\x00end")}, read)
	if f.Err != nil || f.Kid("rest") == nil {
		t.Fatalf("a fault inside a vector stopped what is behind it: %v", f.Err)
	}
	bad := f.Kid("numbers")
	if bad.Err == nil || bad.Kid(Undecoded) == nil || bad.Kid(Undecoded).N != 1 {
		t.Errorf("the fault is not kept where it is: %+v", bad)
	}
}

func TestCursorDeep(t *testing.T) {
	var nest func(c *Cursor)
	nest = func(c *Cursor) {
		c.Uint("n", 1, nil)
		if c.More() {
			c.Group("deeper", c.Len(), nest)
		}
	}
	f := ParseAll("deep", &Source{Data: make([]byte, 10_000)}, nest)
	if err := Check(f, func(name string) bool { return name == Undecoded }); err != nil {
		t.Fatal(err)
	}
}

func TestCheckFinds(t *testing.T) {
	src := &Source{Data: make([]byte, 20)}
	leaf := func(off, n int) *Field { return &Field{Name: "leaf", Src: src, Off: off, N: n} }
	for what, f := range map[string]*Field{
		"a gap":            {Name: "f", Src: src, N: 8, Kids: []*Field{leaf(0, 3), leaf(4, 4)}},
		"an overlap":       {Name: "f", Src: src, N: 8, Kids: []*Field{leaf(0, 5), leaf(4, 4)}},
		"a short end":      {Name: "f", Src: src, N: 8, Kids: []*Field{leaf(0, 7)}},
		"a head forgotten": {Name: "f", Src: src, N: 8, Head: 1, Kids: []*Field{leaf(0, 8)}},
		"outside":          {Name: "f", Src: src, Off: 15, N: 8},
		"a long leaf":      {Name: "f", Src: src, N: 9},
		"a name":           {Name: "f\x1b[2J"},
		"a value":          {Name: "f", Src: src, Value: "two\nlines", N: 8},
		"a long value":     {Name: "f", Kids: []*Field{{Name: "g", Value: strings.Repeat("a", MaxValue+1)}}},
	} {
		if Check(f, func(string) bool { return false }) == nil {
			t.Errorf("%s is not found", what)
		}
	}
}
