package fieldview

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs/wire"
	"tlstutor/tui/theme"
)

// deep is a tree as deep as trees get, its names and values wide.
func deep() *wire.Field {
	return wire.ParseAll("世界世界", &wire.Source{Name: "stream", Data: make([]byte, 300)}, nest)
}

func nest(c *wire.Cursor) {
	c.Say("値値値値値値値値")
	if c.Uint("byte", 1, nil); c.Len() > 240 {
		c.Group("群", c.Len(), nest)
		return
	}
	c.Rest("random")
}

// TestSizes checks that whatever is shown fills exactly its cells, and that
// nothing done to it at any size panics.
func TestSizes(t *testing.T) {
	for name, root := range map[string]*wire.Field{
		"none": nil, "record": record("ClientHello"), "sealed": sealed(), "deep": deep(),
		"finding": wire.Note("goal", "met", record("ClientHello")), "empty": {Name: "empty", Src: &wire.Source{}},
	} {
		v := view(root, key)
		for _, w := range []int{-1, 0, 1, 2, 3, 6, 7, 9, 29, 30, 46, 57, 80, 200} {
			for _, h := range []int{-1, 0, 1, 2, 5, 40} {
				for step, do := range []func(){
					v.Down, v.ToggleAll, func() { v.ClickHex(w-1, h-1, w, h) }, func() { v.ClickTree(w/2, h/2, w, h) }, v.End,
					func() { v.WheelHex(5, w, h) }, func() { v.WheelTree(-3, h) }, v.Right, v.PageUp, func() { v.Left() }, func() { v.Toggle() }, v.PageDown, v.Home,
				} {
					do()
					for what, out := range map[string]string{"tree": v.Tree(w, h, step%2 == 0), "hex": v.Hex(w, h, step%2 == 0)} {
						lines := strings.Split(out, "\n")
						if h > 0 && len(lines) != h {
							t.Fatalf("%s: the %s at %dx%d has %d lines", name, what, w, h, len(lines))
						}
						for _, l := range lines {
							if ansi.StringWidth(l) != max(0, w) && h > 0 {
								t.Fatalf("%s: the %s at %dx%d: %q is %d wide", name, what, w, h, l, ansi.StringWidth(l))
							}
						}
					}
				}
			}
		}
	}
}

// TestDeep checks that at 46 columns the values of what is deep are still there.
func TestDeep(t *testing.T) {
	v := view(deep(), nil)
	if !v.Select("random") {
		t.Fatal("it has no end")
	}
	if got := text(v, 46, 20); strings.Count(got, "値値") < 5 {
		t.Errorf("values are out of sight:\n%s", got)
	}
}

// TestOneBar checks that the selection is in reverse in the pane with the focus
// and underlined elsewhere, on one row.
func TestOneBar(t *testing.T) {
	v := view(record("ClientHello"), key)
	v.Select("random")
	with := func(out, code string) (rows []string) {
		for _, l := range strings.Split(out, "\n") {
			for _, esc := range strings.Split(l, "\x1b[")[1:] {
				sgr, _, _ := strings.Cut(esc, "m")
				if strings.Contains(";"+sgr+";", ";"+code+";") {
					rows = append(rows, ansi.Strip(l))
					break
				}
			}
		}
		return rows
	}
	if got := with(v.Tree(60, 20, true), "7"); len(got) != 1 || !strings.Contains(got[0], "random") {
		t.Errorf("in reverse: %q", got)
	}
	if got := with(v.Tree(60, 20, false), "7"); len(got) != 0 {
		t.Errorf("in reverse without the focus: %q", got)
	}
	if got := with(v.Tree(60, 20, false), "4"); len(got) != 1 || !strings.Contains(got[0], "random") {
		t.Errorf("underlined: %q", got)
	}
	if got := with(v.Hex(30, 20, false), "7"); len(got) != 0 {
		t.Errorf("hex in reverse without the focus: %q", got)
	}
}

// TestClickTree checks that a click selects, that the row stays under the
// pointer, and that a second click or one on the marker folds and unfolds.
func TestClickTree(t *testing.T) {
	v := view(record("ClientHello"), nil)
	v.Select("extensions")
	v.Right()
	const w, h = 40, 12
	row := func(name string) int {
		for y, l := range strings.Split(text(v, w, h), "\n") {
			if strings.Contains(l, name) {
				return y
			}
		}
		t.Fatalf("%s is out of sight", name)
		return 0
	}
	y := row("extension_2")
	if v.ClickTree(20, y, w, h) || v.Selected().Name != "extension_2" {
		t.Fatalf("a click selects %s", v.Path())
	}
	if got := row("extension_2"); got != y {
		t.Errorf("the row went from %d to %d", y, got)
	}
	if !v.ClickTree(20, y, w, h) || row("extension_type") != y+1 || row("extension_2") != y {
		t.Errorf("a second click gives\n%s", text(v, w, h))
	}
	y = row("extension_1")
	mark := strings.Index(strings.Split(text(v, w, h), "\n")[y], "▸")
	if !v.ClickTree(mark, y, w, h) || row("extension_type") != y+1 {
		t.Errorf("a click on the marker gives\n%s", text(v, w, h))
	}
	if was := v.Path(); v.ClickTree(3, h, w, h) || v.ClickTree(3, -1, w, h) || v.Path() != was {
		t.Error("a click outside does something")
	}
}

// TestWheel checks that the wheel moves what is seen at once, both ways, to
// both ends, and leaves the selection alone.
func TestWheel(t *testing.T) {
	v := view(record("ClientHello"), nil)
	v.ToggleAll()
	v.Select("random")
	v.Home()
	for _, hex := range []bool{false, true} {
		wheel := func(by int) {
			if hex {
				v.WheelHex(by, 30, 6)
			} else {
				v.WheelTree(by, 6)
			}
		}
		draw := func() string {
			if hex {
				return ansi.Strip(v.Hex(30, 6, true))
			}
			return text(v, 40, 6)
		}
		top := draw()
		for range 50 {
			wheel(1)
			draw()
		}
		end := draw()
		if wheel(-1); draw() == end {
			t.Errorf("hex %v: back from the end nothing moves", hex)
		}
		for range 50 {
			wheel(-1)
		}
		if draw() != top {
			t.Errorf("hex %v: back at the top it shows\n%s", hex, draw())
		}
		if wheel(1); draw() == top {
			t.Errorf("hex %v: from the top nothing moves", hex)
		}
	}
	if v.Selected() != v.root {
		t.Errorf("the wheel selected %s", v.Path())
	}
	v.Down()
	if !strings.Contains(text(v, 40, 6), "type") {
		t.Error("an arrow does not bring the selection back into sight")
	}
}

// TestASCII checks that a tree and its hex are drawn in ASCII where that was
// chosen.
func TestASCII(t *testing.T) {
	th := theme.New(theme.Stage, true)
	v := New(th)
	v.Set(record("ClientHello"), key)
	for _, r := range th.Frame(v.Tree(20, 20, true) + v.Hex(20, 20, true)) {
		if r > '~' {
			t.Fatalf("%q is not ASCII", r)
		}
	}
}
