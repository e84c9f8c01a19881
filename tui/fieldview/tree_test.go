package fieldview

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs/wire"
	"tlstutor/tui/theme"
)

// record is a record in the clear, as dissect names one: a hello with eight
// extensions, at offset 100 of its stream.
func record(message string) *wire.Field {
	body := make([]byte, 100+5+4+2+32+2+8*6)
	for i := range body {
		body[i] = byte(i)
	}
	src := &wire.Source{Name: "client to server", Data: body}
	copy(body[100+5+4+2+32:], []byte{0, 8 * 6})
	return wire.Parse("TLSPlaintext", src, 100, len(body)-100, func(c *wire.Cursor) {
		c.Uint("type", 1, nil)
		c.Uint("legacy_record_version", 2, nil)
		c.Uint("length", 2, nil)
		c.Group("fragment", c.Len(), func(c *wire.Cursor) {
			c.Group(message, c.Len(), func(c *wire.Cursor) {
				c.Uint("msg_type", 1, nil)
				c.Uint("length", 3, nil)
				c.Uint("legacy_version", 2, func(uint64) string { return "TLS 1.2 (0x0303)" })
				c.Opaque("random", 32)
				c.Vector("extensions", 2, func(c *wire.Cursor) {
					for i := 0; c.More(); i++ {
						c.Group(fmt.Sprintf("extension_%d", i), 6, func(c *wire.Cursor) {
							c.Uint("extension_type", 2, nil)
							c.Uint("extension_data", 4, nil)
						})
					}
				})
			})
		})
	})
}

// sealed is a record that has been opened: the message in it has a source of
// its own, which spans two of its own fields, one of them secret.
func sealed() *wire.Field {
	src := &wire.Source{Name: "server to client", Data: make([]byte, 40)}
	return wire.ParseAll("TLSCiphertext", src, func(c *wire.Cursor) {
		c.Uint("opaque_type", 1, nil)
		c.Uint("legacy_record_version", 2, nil)
		c.Uint("length", 2, nil)
		c.Opaque("encrypted_record", 35)
		open := &wire.Source{Name: "decrypted", Data: []byte("\x14\x00\x00\x06secret\x16")}
		c.Derive("TLSInnerPlaintext", open, func(c *wire.Cursor) {
			c.Group("content", 10, func(c *wire.Cursor) {
				c.Group("Finished", 10, func(c *wire.Cursor) {
					c.Uint("msg_type", 1, nil)
					c.Uint("length", 3, nil)
					c.Group("verify_data", 6, func(c *wire.Cursor) { c.Withhold(); c.Rest("inner") })
				})
			})
			c.Uint("type", 1, nil)
		})
	})
}

// key says that of the extensions only the second matters.
func key(path string) bool {
	return strings.HasSuffix(path, "Hello") || strings.HasSuffix(path, "Hello.extensions") || strings.HasSuffix(path, "extension_1")
}

func view(root *wire.Field, key func(string) bool) *View {
	v := New(theme.New(theme.Dark, false))
	v.Set(root, key)
	return v
}

// text is the tree as text, without the spaces at the ends of its lines.
func text(v *View, w, h int) string {
	var lines []string
	for _, l := range strings.Split(ansi.Strip(v.Tree(w, h, true)), "\n") {
		lines = append(lines, strings.TrimRight(l, " "))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

func TestOpensOnWhatMatters(t *testing.T) {
	want := `▾ TLSPlaintext
    type                   100
    legacy_record_version  25958
    length                 26472
  ▾ fragment
    ▾ ClientHello
        msg_type           105
        length             6974316
        legacy_version     TLS 1.2 (0x0303)
        random
      ▾ extensions
        ▸ extension_1
        ▸ 7 more`
	v := view(record("ClientHello"), key)
	if got := text(v, 60, 20); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if v.Path() != "TLSPlaintext.fragment.ClientHello" {
		t.Errorf("it is entered at %s", v.Path())
	}
	v = view(sealed(), nil)
	want = `▾ TLSCiphertext
  ▸ 4 more
  ▾ TLSInnerPlaintext
    ▾ content
      ▾ Finished
          msg_type  20
          length    6
        ▸ verify_data
      type          22`
	if got := text(v, 60, 20); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWalk(t *testing.T) {
	v := view(record("ClientHello"), key)
	at := func(step, want string) {
		t.Helper()
		if got := v.Selected().Name; got != want {
			t.Errorf("after %s: at %s, want %s", step, got, want)
		}
	}
	v.Right()
	at("right on what is open", "msg_type")
	if v.Toggle() {
		t.Error("a leaf unfolds")
	}
	v.Right()
	at("right on a leaf", "msg_type")
	if !v.Left() {
		t.Error("left on a leaf leaves the tree")
	}
	at("left on a leaf", "ClientHello")
	v.Left()
	at("left on what is open", "ClientHello")
	if strings.Contains(text(v, 60, 20), "msg_type") {
		t.Error("left does not fold")
	}
	v.Right()
	if !strings.Contains(text(v, 60, 20), "msg_type") {
		t.Error("right does not unfold")
	}
	v.End()
	at("end, on the row for those folded away", "extensions")
	v.Right()
	if got := text(v, 60, 30); strings.Contains(got, "more") || !strings.Contains(got, "extension_7") {
		t.Errorf("right on that row gives\n%s", got)
	}
	v.Home()
	at("home", "TLSPlaintext")
	v.Up()
	at("up at the top", "TLSPlaintext")
	if v.Left() {
		t.Error("left at the root stays in the tree")
	}
	v.PageDown()
	v.PageUp()
	at("a page down and up", "TLSPlaintext")
}

func TestSelect(t *testing.T) {
	v := view(record("ClientHello"), key)
	for path, want := range map[string]string{
		"ClientHello.extension_5.extension_data": "TLSPlaintext.fragment.ClientHello.extensions.extension_5.extension_data",
		"extension_type":                         "TLSPlaintext.fragment.ClientHello.extensions.extension_0.extension_type",
		"TLSPlaintext":                           "TLSPlaintext",
		"TLSPlaintext.random":                    "TLSPlaintext.fragment.ClientHello.random",
	} {
		if !v.Select(path) || v.Path() != want {
			t.Errorf("%s selects %s", path, v.Path())
		}
		if !strings.Contains(text(v, 60, 40), v.Selected().Name) {
			t.Errorf("%s is selected and not shown", path)
		}
	}
	if was := v.Path(); v.Select("ServerHello") || v.Path() != was {
		t.Error("what is not there can be selected")
	}
}

func TestAll(t *testing.T) {
	v := view(record("ClientHello"), key)
	v.ToggleAll()
	if got := text(v, 60, 40); strings.Contains(got, "more") || !strings.Contains(got, "extension_7") {
		t.Errorf("all gives\n%s", got)
	}
	v.Select("extension_6")
	v.ToggleAll()
	if v.Selected().Name != "extension_6" || !strings.Contains(text(v, 60, 40), "extension_6") {
		t.Errorf("the selection went to %s", v.Path())
	}
}

// TestSet checks where the selection goes when another record is shown.
func TestSet(t *testing.T) {
	v := view(record("ClientHello"), key)
	v.Select("extension_4.extension_data")
	was := v.Path()
	v.Set(record("ClientHello"), key)
	if v.Path() != was || !strings.Contains(text(v, 60, 40), "extension_data") {
		t.Errorf("the same record again: %s", v.Path())
	}
	v.Set(nil, key)
	if v.Selected() != nil || v.Path() != "" {
		t.Error("something is selected in no tree")
	}
	v.Set(record("ClientHello"), key)
	if v.Path() != was {
		t.Errorf("after no record: %s", v.Path())
	}
	fewer := record("ClientHello")
	list := fewer.Find("extensions")
	list.Kids = list.Kids[:2]
	v.Set(fewer, key)
	if v.Selected() != list {
		t.Errorf("the field is gone, the selection is at %s", v.Path())
	}
	v.Set(record("ServerHello"), key)
	if v.Selected().Name != "ServerHello" {
		t.Errorf("another message is entered at %s", v.Path())
	}
	twins := record("ClientHello")
	for _, k := range twins.Find("extensions").Kids {
		k.Name = "extension"
	}
	v.Set(twins, nil)
	third := twins.Find("extensions").Kids[2]
	v.reveal(third)
	again := record("ClientHello")
	for _, k := range again.Find("extensions").Kids {
		k.Name = "extension"
	}
	v.Set(again, nil)
	if v.Selected() != again.Find("extensions").Kids[2] {
		t.Error("of several of a name another one is selected")
	}
}
