package fieldview

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs/wire"
)

func hexOf(v *View, w, h int) string { return ansi.Strip(v.Hex(w, h, true)) }

func TestHex(t *testing.T) {
	v := view(record("ClientHello"), nil)
	v.Select("msg_type")
	for w, want := range map[int]string{
		30: "0000  64 65 66 67 68 69 6a 6b    ",
		40: "0000  64 65 66 67 68 69 6a 6b  defghijk",
		54: "0000  64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70 71 72 73",
		71: "0000  64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70 71 72 73  defghijklmnopqrs",
	} {
		lines := strings.Split(hexOf(v, w, 10), "\n")
		if got := strings.TrimRight(lines[1], " "); got != strings.TrimRight(want, " ") {
			t.Errorf("at %d: %q, want %q", w, got, want)
		}
		if !strings.HasPrefix(lines[0], "client to server, 93 bytes"[:min(w, 26)]) {
			t.Errorf("at %d the source is called %q", w, lines[0])
		}
	}
	v.Select("extension_7")
	if got := hexOf(v, 30, 4); !strings.Contains(got, "0058  bc bd be bf c0") {
		t.Errorf("the end is out of sight:\n%s", got)
	}
	v.Set(sealed(), nil)
	if got := hexOf(v, 40, 4); !strings.HasPrefix(got, "decrypted, 11 bytes") || !strings.Contains(got, "0000  14 00 00 06") {
		t.Errorf("what was sealed: %s", got)
	}
	v.Set(wire.Note("goal", "met"), nil)
	if got := hexOf(v, 60, 3); !strings.Contains(got, "no bytes of its own") {
		t.Errorf("a finding: %s", got)
	}
}

// TestMarked checks that exactly the bytes of the selected field are marked.
func TestMarked(t *testing.T) {
	v := view(record("ClientHello"), nil)
	for _, path := range []string{"TLSPlaintext", "type", "length", "random", "extensions", "extension_3.extension_data"} {
		v.Select(path)
		marked := 0
		for _, l := range strings.Split(v.Hex(30, 40, true), "\n")[1:] {
			reverse := false
			for i, part := range strings.Split(l, "\x1b[") {
				sgr, text, _ := strings.Cut(part, "m")
				if i > 0 {
					reverse = strings.Contains(";"+sgr+";", ";7;")
				}
				if reverse {
					marked += len(strings.Fields(text))
				}
			}
		}
		if marked != v.Selected().N {
			t.Errorf("%s: %d bytes are marked, it has %d", path, marked, v.Selected().N)
		}
	}
}

// TestSecret checks that bytes withheld are in no rendering, as hex or as text,
// wherever the selection is.
func TestSecret(t *testing.T) {
	v := view(sealed(), nil)
	for _, path := range []string{"Finished", "TLSInnerPlaintext", "verify_data", "inner"} {
		v.Select(path)
		for _, w := range []int{30, 40, 80} {
			got := hexOf(v, w, 10)
			if strings.Contains(got, "73 65") || strings.Contains(got, "72") || strings.Contains(got, "secr") || !strings.Contains(got, "06 .. ") {
				t.Errorf("%s at %d:\n%s", path, w, got)
			}
		}
	}
}

// TestClickHex clicks every byte: the field selected is over it, and no kid of
// it is.
func TestClickHex(t *testing.T) {
	for name, root := range map[string]*wire.Field{"record": record("ClientHello"), "sealed": sealed()} {
		v := view(root, nil)
		const w, h = 30, 60
		p, _ := v.hexPage(w)
		for off := p.base; off < p.end; off++ {
			i := off - p.base
			v.ClickHex(offsetWidth+3*(i%p.per), 1+i/p.per, w, h)
			f := v.Selected()
			if f.Src != p.src || off < f.Off || off >= f.Off+f.N {
				t.Fatalf("%s: a click on byte %d selects %s", name, off, v.Path())
			}
			for _, k := range f.Kids {
				if k.Src == f.Src && off >= k.Off && off < k.Off+k.N {
					t.Fatalf("%s: a click on byte %d selects %s, and %s is in it", name, off, v.Path(), k.Name)
				}
			}
		}
		was := v.Path()
		v.ClickHex(2, 3, w, h)
		v.ClickHex(offsetWidth, 0, w, h)
		v.ClickHex(offsetWidth+3*p.per, 1, w, h)
		v.ClickHex(offsetWidth, h-1, w, h)
		if v.Path() != was {
			t.Errorf("%s: a click beside the bytes selects %s", name, v.Path())
		}
	}
	v := view(record("ClientHello"), nil)
	v.Home()
	before := hexOf(v, 30, 5)
	v.ClickHex(offsetWidth+3, 4, 30, 5)
	if v.Selected() == v.root || hexOf(v, 30, 5) != before {
		t.Error("the byte clicked is elsewhere now")
	}
}
