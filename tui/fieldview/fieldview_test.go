package fieldview_test

import (
	"crypto/tls"
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs/wire"
)

// TestRealWalk checks that Right and Down alone reach every field of every
// record in the order of the bytes, and that each is then the one bar.
func TestRealWalk(t *testing.T) {
	for i, root := range real(t) {
		v, want := viewOf(root, nil), fields(root)
		n := 0
		visit(v, func(f *wire.Field) {
			if n >= len(want) || f != want[n] {
				t.Fatalf("record %d: step %d is at %s", i, n, v.Path())
			}
			if got := reversed(v.Tree(70, 20, true)); len(got) != 1 || !strings.Contains(got[0], f.Name) {
				t.Fatalf("record %d: at %s these rows are selected: %q", i, v.Path(), got)
			}
			if got := reversed(v.Tree(70, 20, false)); len(got) != 0 {
				t.Fatalf("record %d: without the focus these rows are in reverse: %q", i, got)
			}
			n++
		})
		if n != len(want) {
			t.Errorf("record %d: %d of %d fields can be reached", i, n, len(want))
		}
		for range want {
			v.Left()
			v.Left()
		}
		if v.Selected() != root || v.Left() {
			t.Errorf("record %d: left ends at %s", i, v.Path())
		}
	}
}

// TestRealSizes draws every record at every width.
func TestRealSizes(t *testing.T) {
	for i, root := range real(t) {
		v := viewOf(root, nil)
		v.ToggleAll()
		for w := range 101 {
			for _, h := range []int{0, 1, 2, 7, 24} {
				v.PageDown()
				exact(t, fmt.Sprintf("tree of record %d", i), v.Tree(w, h, w%2 == 0), w, h)
				exact(t, fmt.Sprintf("hex of record %d", i), v.Hex(w, h, w%2 == 0), w, h)
			}
			if v.Right(); w%7 == 0 {
				v.Home()
			}
		}
	}
}

// TestSteps checks the moves against each other and at both ends.
func TestSteps(t *testing.T) {
	v := viewOf(with(t, real(t), "ClientHello"), nil)
	v.Home()
	top := v.Path()
	v.PageDown()
	page := v.Path()
	if v.PageUp(); v.Path() != top {
		t.Errorf("a page down and up ends at %s", v.Path())
	}
	for range 10 {
		v.Down()
	}
	if v.Path() != page || page == top {
		t.Errorf("ten rows down is %s, a page down %s", v.Path(), page)
	}
	v.End()
	end := v.Path()
	if v.Down(); v.Path() != end {
		t.Errorf("below the end is %s", v.Path())
	}
	if v.PageDown(); v.Path() != end || end == top {
		t.Errorf("a page below the end is %s", v.Path())
	}
	v.Select("random")
	if was := v.Tree(60, 40, true); v.Toggle() || v.Tree(60, 40, true) != was {
		t.Error("a leaf unfolds")
	}
	v.Select("extensions")
	if v.Left(); v.Selected().Name == "extensions" {
		v.Right()
	}
	v.Select("extensions")
	was := v.Tree(60, 40, true)
	if !v.Toggle() || v.Tree(60, 40, true) == was || v.Selected().Name != "extensions" {
		t.Error("a field with kids does not fold")
	}
	if !v.Toggle() || v.Tree(60, 40, true) != was {
		t.Error("unfolded again it is not as it was")
	}
}

// TestMore checks the row that stands for fields that are not key.
func TestMore(t *testing.T) {
	root := with(t, real(t), "ClientHello")
	kids := root.Find("ClientHello.extensions").Kids
	v := viewOf(root, func(path string) bool { return strings.Contains(path+".", ".ClientHello.extensions.key_share.") })
	v.Select("extensions")
	v.Right()
	draw := func() string { return ansi.Strip(v.Tree(60, 60, true)) }
	folded := draw()
	if row := fmt.Sprintf("▸ %d more", len(kids)-1); !strings.Contains(folded, row) || strings.Contains(folded, "server_name") {
		t.Fatalf("%q is not in\n%s", row, folded)
	}
	if v.ToggleAll(); strings.Contains(draw(), "more") || !strings.Contains(draw(), "server_name") {
		t.Errorf("all fields are\n%s", draw())
	}
	if v.ToggleAll(); draw() != folded {
		t.Errorf("and back\n%s", draw())
	}
	v.End()
	if v.Selected().Name != "extensions" || !strings.Contains(strings.Join(reversed(v.Tree(60, 60, true)), ""), "more") {
		t.Fatalf("the last row is of %s", v.Path())
	}
	if !v.Toggle() || strings.Contains(draw(), "more") {
		t.Errorf("unfolded it is\n%s", draw())
	}
	if v.Selected() != kids[0] {
		t.Errorf("then %s is selected, not the first that was folded away", v.Path())
	}
	v = viewOf(root, func(path string) bool { return strings.Contains(path+".", ".ClientHello.extensions.key_share.") })
	v.Select("extensions")
	v.Right()
	v.End()
	if v.ClickTree(20, 3, 60, 4); v.Selected() != kids[0] || !strings.Contains(strings.Join(reversed(v.Tree(60, 4, true)), ""), kids[0].Name) {
		t.Errorf("a click on it selects %s, in sight is\n%s", v.Path(), ansi.Strip(v.Tree(60, 4, true)))
	}
	v = viewOf(root, func(path string) bool { return strings.HasSuffix(path, "key_share") })
	if !v.Select("server_name") || !strings.Contains(strings.Join(reversed(v.Tree(60, 20, true)), ""), "server_name") {
		t.Errorf("a field folded away is selected out of sight:\n%s", draw())
	}
}

// TestRealSelect selects every path of every record, whole and by its ends.
func TestRealSelect(t *testing.T) {
	for i, root := range real(t) {
		v := viewOf(root, nil)
		paths := map[string]bool{}
		root.Walk(func(path []*wire.Field) {
			var names []string
			for _, f := range path {
				names = append(names, f.Name)
			}
			paths[strings.Join(names, ".")] = true
		})
		for path := range paths {
			if !v.Select(path) || v.Path() != path {
				t.Errorf("record %d: %s selects %s", i, path, v.Path())
			}
			_, below, ok := strings.Cut(path, ".")
			if !ok {
				continue
			}
			names := strings.Split(below, ".")
			skip := names[0] + "." + names[len(names)-1]
			if want := root.Find(skip); want != nil && (!v.Select(skip) || v.Selected() != want) {
				t.Errorf("record %d: %s selects %s", i, skip, v.Path())
			}
		}
		if was := v.Selected(); v.Select("no.such") || v.Select("") || v.Selected() != was {
			t.Errorf("record %d: what is not there can be selected", i)
		}
	}
}

// TestRealSet checks that the selection stays where it is when the same record
// is dissected again, whichever of several of a name it is.
func TestRealSet(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		h := hear(t, version)
		for _, message := range []string{"ClientHello", "Certificate"} {
			one, two := with(t, h.trees(t), message), with(t, h.trees(t), message)
			v, again, n := viewOf(one, nil), fields(two), 0
			visit(v, func(f *wire.Field) {
				if v.Set(two, nil); v.Selected() != again[n] {
					t.Fatalf("%s: field %d went to %s", message, n, v.Path())
				}
				if v.Set(one, nil); v.Selected() != f {
					t.Fatalf("%s: field %d came back to %s", message, n, v.Path())
				}
				n++
			})
			if n != len(again) {
				t.Errorf("%s: %d of %d fields", message, n, len(again))
			}
		}
	}
	trees := hear(t, tls.VersionTLS13).trees(t)
	v := viewOf(with(t, trees, "ClientHello"), nil)
	for _, message := range []string{"ServerHello", "EncryptedExtensions", "Certificate", "Finished", "ClientHello"} {
		if !v.Select("msg_type") {
			t.Fatalf("%s has no message type", v.Path())
		}
		if v.Set(with(t, trees, message), nil); v.Selected().Name != message {
			t.Errorf("%s is entered at %s", message, v.Path())
		}
	}
}

// TestRealClicks clicks every row of a tree and every byte of each source.
func TestRealClicks(t *testing.T) {
	const w, h, offset, per = 54, 400, 6, 16
	for i, root := range real(t) {
		v, seen := viewOf(root, nil), map[*wire.Source]bool{}
		v.ToggleAll()
		for _, f := range fields(root) {
			if f.Src == nil || seen[f.Src] || f.N == 0 || !v.Select(pathTo(root, f)) || v.Selected().Src != f.Src {
				continue
			}
			seen[f.Src] = true
			for n := range f.N {
				v.Select(pathTo(root, f))
				v.ClickHex(offset+3*(n%per), 1+n/per, w, h)
				got, at := v.Selected(), f.Off+n
				if got.Src != f.Src || at < got.Off || at >= got.Off+got.N {
					t.Fatalf("record %d: byte %d selects %s", i, at, v.Path())
				}
				for _, k := range got.Kids {
					if k.Src == got.Src && at >= k.Off && at < k.Off+k.N {
						t.Fatalf("record %d: byte %d selects %s, and %s is smaller", i, at, v.Path(), k.Name)
					}
				}
			}
		}
		for y := range 30 {
			rows := strings.Split(ansi.Strip(v.Tree(w, 30, true)), "\n")
			was, row := v.Selected(), strings.TrimSpace(rows[y])
			if v.ClickTree(w-1, y, w, 30); row == "" && v.Selected() != was {
				t.Errorf("record %d: a click below the tree selects %s", i, v.Path())
			}
			if row != "" && !strings.Contains(row, v.Selected().Name) {
				t.Errorf("record %d: a click on %q selects %s", i, row, v.Path())
			}
		}
	}
}

// pathTo is the path of a field.
func pathTo(root, f *wire.Field) string {
	var found string
	root.Walk(func(path []*wire.Field) {
		if path[len(path)-1] != f || found != "" {
			return
		}
		var names []string
		for _, p := range path {
			names = append(names, p.Name)
		}
		found = strings.Join(names, ".")
	})
	return found
}

// withheld is a tree whose secret has bytes of its own and bytes made from it,
// and which has an overlapping reading of the same bytes beside it. The secret
// is 0xa7 and, as text, "Q".
func withheld() *wire.Field {
	src := &wire.Source{Name: "stream", Data: []byte{1, 2, 0xa7, 'Q', 'Q', 0xa7, 3, 4, 5, 6}}
	secret := wire.ParseAll("record", src, func(c *wire.Cursor) {
		c.Uint("type", 2, nil)
		c.Group("key", 4, func(c *wire.Cursor) {
			c.Withhold()
			c.Opaque("left", 2)
			c.Opaque("right", 2)
			c.Derive("made", &wire.Source{Name: "made", Data: []byte{0xa7, 'Q', 'Q'}}, func(c *wire.Cursor) { c.Rest("random") })
		})
		c.Rest("random")
	})
	other := wire.ParseAll("other", src, func(c *wire.Cursor) {
		for c.More() {
			c.Opaque("byte", 1)
		}
	})
	return wire.Note("finding", "met", secret, other, secret.Find("left"))
}

// TestWithheld checks that a secret's bytes are in no hex, wherever the
// selection is and however else they can be reached.
func TestWithheld(t *testing.T) {
	v, n := viewOf(withheld(), nil), 0
	visit(v, func(f *wire.Field) {
		for _, w := range []int{9, 12, 24, 30, 40, 54, 71, 100} {
			got := ansi.Strip(v.Hex(w, 20, true))
			if _, rows, _ := strings.Cut(got, "\n"); strings.Contains(rows, "a7") || strings.Contains(rows, "51") || strings.Contains(rows, "Q") {
				t.Errorf("%s at %d:\n%s", v.Path(), w, got)
			}
			if f.Src != nil && !strings.Contains(got, "..") {
				t.Errorf("%s at %d does not show that bytes are withheld:\n%s", v.Path(), w, got)
			}
		}
		if says := strings.Contains(ansi.Strip(v.Hex(50, 3, true)), "no bytes of its own"); says != (f.Src == nil) {
			t.Errorf("at %s it says that there are no bytes: %v", v.Path(), says)
		}
		n++
	})
	if n < 16 {
		t.Errorf("only %d fields were visited", n)
	}
}

// TestNone checks that nothing can be done to no tree.
func TestNone(t *testing.T) {
	v := viewOf(nil, nil)
	for _, do := range []func(){
		v.Up, v.Down, v.Home, v.End, v.PageUp, v.PageDown, v.Right, v.ToggleAll,
		func() { v.WheelHex(3, 40, 10) }, func() { v.WheelTree(-3, 10) }, func() { v.ClickHex(7, 1, 40, 10) },
	} {
		do()
		exact(t, "no tree", v.Tree(20, 5, true), 20, 5)
		exact(t, "no hex", v.Hex(20, 5, true), 20, 5)
	}
	if v.Left() || v.Toggle() || v.Select("x") || v.ClickTree(0, 0, 20, 5) || v.Selected() != nil || v.Path() != "" {
		t.Error("something is there")
	}
	if strings.TrimSpace(ansi.Strip(v.Tree(20, 5, true)+v.Hex(20, 5, true))) != "" {
		t.Error("something is drawn")
	}
}

// TestWide checks that the bar is exact where wide characters must be cut.
func TestWide(t *testing.T) {
	root := wire.ParseAll("世界", &wire.Source{Name: "流れ", Data: []byte("0123456789")}, func(c *wire.Cursor) {
		c.Say("e\u0301 値 👩‍💻 値")
		c.Group("名前", 4, func(c *wire.Cursor) { c.Say("値値値値"); c.Rest("random") })
		c.Rest("host_name")
		c.Last().Value = "例え.テスト"
	})
	v := viewOf(root, nil)
	visit(v, func(*wire.Field) {
		for w := range 60 {
			exact(t, "the tree", v.Tree(w, 4, true), w, 4)
			exact(t, "the hex", v.Hex(w, 4, true), w, 4)
			if got := reversed(v.Tree(w, 4, true)); w > 0 && (len(got) != 1 || ansi.StringWidth(got[0]) != w) {
				t.Fatalf("at %d the bar is %q", w, got)
			}
		}
	})
}

// TestRealWheel checks that turning the wheel shows every row and every byte,
// and never selects.
func TestRealWheel(t *testing.T) {
	v, n := viewOf(with(t, real(t), "ClientHello"), nil), 0
	visit(v, func(*wire.Field) { n++ })
	v.Select("random")
	was, seen := v.Selected(), map[string]bool{}
	for _, by := range []int{-1, 1} {
		for range n {
			v.WheelTree(by, 6)
			v.WheelHex(by, 54, 6)
			for _, l := range strings.Split(ansi.Strip(v.Tree(200, 6, true)), "\n") {
				seen[l] = true
			}
			for _, l := range strings.Split(ansi.Strip(v.Hex(54, 6, true)), "\n")[1:] {
				seen[l] = true
			}
			if v.Selected() != was {
				t.Fatalf("the wheel selects %s", v.Path())
			}
		}
	}
	all := strings.Split(ansi.Strip(v.Hex(54, 2000, true)), "\n")[1:]
	all = append(all, strings.Split(ansi.Strip(v.Tree(200, n, true)), "\n")...)
	for _, l := range all {
		// Which column the values are in depends on the rows in sight.
		name, _, _ := strings.Cut(strings.TrimSpace(l), "  ")
		found := false
		for s := range seen {
			found = found || strings.HasPrefix(strings.TrimSpace(s), name)
		}
		if !found {
			t.Errorf("the wheel never shows %q", l)
		}
	}
}

// BenchmarkDraw draws a real ClientHello and a real Certificate, all unfolded,
// as one frame does.
func BenchmarkDraw(b *testing.B) {
	trees := hear(b, tls.VersionTLS13).trees(b)
	for _, message := range []string{"ClientHello", "Certificate"} {
		b.Run(message, func(b *testing.B) {
			v := viewOf(with(b, trees, message), nil)
			visit(v, func(*wire.Field) {})
			v.Select(message)
			b.ReportAllocs()
			for b.Loop() {
				if len(v.Tree(60, 40, true)) == 0 || len(v.Hex(54, 40, false)) == 0 {
					b.Fatal("nothing is drawn")
				}
			}
		})
	}
}
