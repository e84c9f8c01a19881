package tui

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/labs/dissect"
	"tlstutor/tui/theme"
)

// compareDrive is a drive where a lab has run three times, as it is, once more,
// and with its first preset, and the last two runs are compared.
func compareDrive(t testing.TB, w, h int, keys ...string) (*drive, *compareScreen) {
	t.Helper()
	d, s := labDrive(t, w, h)
	for _, k := range []string{"r", "1"} {
		d.key(k)
		d.idle(s)
	}
	d.key("home")
	d.key("c")
	c, ok := d.app.top().(*compareScreen)
	if !ok {
		t.Fatalf("c opens no comparison: %s", d.app.line)
	}
	for _, k := range keys {
		d.key(k)
		d.soon()
	}
	return d, c
}

// lines are the screen's lines as text.
func (d *drive) lines() []string { return strings.Split(ansi.Strip(d.screen()), "\n") }

// line is the first line that holds a text, or "".
func (d *drive) lineWith(text string) string {
	for _, l := range d.lines() {
		if strings.Contains(l, text) {
			return l
		}
	}
	return ""
}

// TestCompareMessages checks the two lists at 80 columns: each message beside its
// partner, with mark, name and bytes, and what has none beside nothing.
func TestCompareMessages(t *testing.T) {
	d, c := compareDrive(t, 80, 24)
	if c.left.n != 2 || c.right.n != 3 {
		t.Errorf("runs %d and %d are compared", c.left.n, c.right.n)
	}
	for name, want := range map[string]string{
		"ClientHello":         "~ client ClientHello N ~ client ClientHello N",
		"ServerHello":         "~ server ServerHello N ~ server ServerHello N",
		"EncryptedExtensions": "- server EncryptedExtensions N",
		"ServerKeyExchange":   "+ server ServerKeyExchange N",
		"ClientKeyExchange":   "+ client ClientKeyExchange N",
		"application_data":    "client application_data N client application_data N",
	} {
		words := strings.Fields(d.lineWith(name))
		for i, w := range words {
			if strings.Trim(w, "0123456789") == "" {
				words[i] = "N"
			}
		}
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	for _, want := range []string{"run 2 ✓ max=1.3", "run 3 ✓ max=1.2", "8 of 16 messages differ", "4 differences: cipher_suites, supported_groups", "TLS 1.2 instead of TLS 1.3"} {
		if !strings.Contains(d.flat(), want) {
			t.Errorf("%q is not on the screen: %s", want, d.flat())
		}
	}
	if strings.ContainsAny(ansi.Strip(d.screen()), "◀▶├┤") {
		t.Error("there are arrows at 80 columns")
	}
	d.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	if n := strings.Count(d.lineWith("─ ServerHello"), "◀"); n != 2 && strings.Count(d.lineWith("ServerHello ─"), "◀") != 2 {
		t.Errorf("at 120 columns ServerHello is no lane in both: %q", d.lineWith("ServerHello"))
	}
}

// TestCompareFields checks the order of the fields: those that differ, those that
// are random by nature, which have no mark, those that are the same.
func TestCompareFields(t *testing.T) {
	d, c := compareDrive(t, 80, 24, "enter")
	order := ""
	for _, f := range c.fields {
		order += fmt.Sprint(group(f.FieldPair))
		sign, _ := markSign(d.app.env.Theme, f.Mark, true)
		if (sign == " ") != (group(f.FieldPair) > 0) {
			t.Errorf("%s has the mark %q", f.Path, sign)
		}
	}
	if want := "0000" + "111" + strings.Repeat("2", len(order)-7); order != want {
		t.Errorf("the fields stand in the order %s", order)
	}
	for _, want := range []string{"4 differ", "3 random by nature", "the same in both", "also TLS_AES_128_GCM_SHA256", "without"} {
		if !strings.Contains(d.flat(), want) {
			t.Errorf("%q is not on the screen: %s", want, d.flat())
		}
	}
	for range 5 {
		d.key("down")
	}
	if f := c.fieldAt(); f.name != "random" || !strings.Contains(d.flat(), "not marked drawn at random by each side") {
		t.Errorf("%s: %s", f.name, d.flat())
	}
	d.key("enter")
	d.soon()
	if text := d.flat(); !strings.Contains(text, "run 2") || !strings.Contains(text, "random by nature") {
		t.Errorf("the whole value: %s", text)
	}
	for _, k := range []string{"esc", "]", "esc", "esc"} { // to the fields, the next message, the messages, the lab
		d.key(k)
		d.soon()
	}
	if s, ok := d.app.top().(*labScreen); !ok || s.sel != 0 || c.list.at != 1 {
		t.Errorf("esc leads to %T; message %d was compared", d.app.top(), c.list.at)
	}
}

// TestCompareRuns changes the left run: the right one is passed over, and message
// and field stay.
func TestCompareRuns(t *testing.T) {
	d, c := compareDrive(t, 80, 24, "down", "enter", "down")
	path := c.fieldAt().Path
	d.key(">")
	if c.left.n != 2 || d.app.line == "" {
		t.Errorf("> leads to run %d: %q", c.left.n, d.app.line)
	}
	d.key("<")
	if c.left.n != 1 || c.right.n != 3 || c.row().B.Name != "ServerHello" || c.fieldAt().Path != path {
		t.Errorf("< leads to run %d, %s, %s", c.left.n, c.row().B.Name, c.fieldAt().Path)
	}
	d.key("<")
	if c.left.n != 1 || !strings.Contains(d.app.line, "no older run") {
		t.Errorf("< leads to run %d: %q", c.left.n, d.app.line)
	}
	for _, k := range []string{"esc", "esc", "<", "c"} { // from run 2 on, 3 is newer
		d.key(k)
		d.soon()
	}
	c = d.app.top().(*compareScreen)
	if d.key(">"); c.left.n != 3 || c.right.n != 2 {
		t.Errorf("runs %d and %d are compared", c.left.n, c.right.n)
	}
	for _, k := range []string{"esc", "<", "c"} { // the oldest run stands beside the one after it
		d.key(k)
		d.soon()
	}
	if c = d.app.top().(*compareScreen); c.left.n != 2 || c.right.n != 1 {
		t.Errorf("runs %d and %d are compared", c.left.n, c.right.n)
	}
}

// TestCompareNot checks what c answers where there is nothing to compare.
func TestCompareNot(t *testing.T) {
	d, s := labDrive(t, 80, 24)
	ask := func(want string) {
		t.Helper()
		d.key("c")
		if _, opened := d.app.top().(*compareScreen); opened || !strings.Contains(d.app.line, want) {
			t.Errorf("c answers %q, want %q", d.app.line, want)
		}
	}
	ask("run once more first")
	d.key("r")
	ask("a run is going on")
	d.idle(s)
	d.key("s")
	d.held(s)
	ask("locked while a run is held")
	d.key("esc")
	d.key("esc") // drops it
	d.idle(s)
	ask("this one is none")
	d.key("<")
	d.key("c")
	if _, opened := d.app.top().(*compareScreen); !opened {
		t.Errorf("two runs are not compared: %q", d.app.line)
	}
}

// TestCompareMouse clicks on messages, fields and the wheel.
func TestCompareMouse(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 42}} {
		d, c := compareDrive(t, size[0], size[1])
		d.clickOn("CertificateVerify")
		if c.row().A.Name != "CertificateVerify" || c.open {
			t.Errorf("%v: a click selects %v", size, c.row().A)
		}
		d.clickOn("CertificateVerify")
		if !c.open {
			t.Errorf("%v: a second click does not open it", size)
		}
		d.key("esc")
		d.clickOn("ClientHello")
		d.clickOn("ClientHello")
		d.clickOn("supported_groups")
		if c.fieldAt().name != "supported_groups" || d.app.top() != Screen(c) {
			t.Errorf("%v: a click selects %s", size, c.fieldAt().name)
		}
		d.clickOn("supported_groups")
		if _, ok := d.app.top().(*textPage); !ok {
			t.Errorf("%v: a second click leads to %T", size, d.app.top())
		}
		d.key("esc")
		d.soon()
		at, before := c.field.at, d.screen()
		wheel := func(b tea.MouseButton) {
			_, hits := d.app.draw()
			d.run(mouse(tea.MouseWheelMsg{X: 20, Y: size[1] - 10, Button: b}, hits))
			d.soon()
		}
		wheel(tea.MouseWheelDown)
		if c.field.at != at || d.screen() == before {
			t.Errorf("%v: the wheel moves the selection, or nothing:\n%s", size, ansi.Strip(d.screen()))
		}
		for range 20 {
			wheel(tea.MouseWheelDown)
		}
		for range 7 { // no notch is lost at the end
			wheel(tea.MouseWheelUp)
		}
		if d.screen() != before {
			t.Errorf("%v: the wheel does not lead back:\n%s", size, ansi.Strip(d.screen()))
		}
	}
}

// many is a lab that writes n lines in the clear.
func many(n int, text func(i int) string) *labs.Lab {
	return &labs.Lab{Name: "many", Doc: "Writes lines.", Knobs: labs.Wiretap.Knobs, Run: func(_ context.Context, b *labs.Bench, _ labs.Settings) error {
		at := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 4433}
		conn, s := &labs.Conn{Client: at, Server: at}, dissect.New(dissect.NewKeys())
		for i := range n {
			for _, r := range s.Feed(dissect.ToServer, record(23, []byte(text(i)))) {
				b.Emit(labs.Event{Kind: labs.Written, Who: labs.Client, Conn: conn, Text: dissect.Label(r.Tree), Tree: r.Tree})
			}
		}
		return nil
	}}
}

// manyDrive compares two runs of a lab.
func manyDrive(t *testing.T, lab *labs.Lab) (*drive, *compareScreen) {
	t.Helper()
	env := newEnv(t, theme.Dark, false)
	s := NewLab(env, lab, nil).(*labScreen)
	d := newDrive(t, 140, 42, env, s)
	d.idle(s)
	d.key("r")
	d.until("the second run has ended", func() bool { return s.flight == nil && len(s.runs) == 2 })
	d.key("c")
	return d, d.app.top().(*compareScreen)
}

// TestCompareLong checks that two runs of 500 records are worked out once: what is
// shown of them is drawn without looking at them again.
func TestCompareLong(t *testing.T) {
	d, c := manyDrive(t, many(500, func(i int) string { return fmt.Sprint("line ", i) }))
	if len(c.pairs) != 500 {
		t.Fatalf("%d rows", len(c.pairs))
	}
	pairs := &c.pairs[0]
	began := time.Now()
	for range 50 {
		d.key("pgdown")
		d.app.draw()
	}
	if took := time.Since(began); took > 3*time.Second || pairs != &c.pairs[0] {
		t.Errorf("50 pages took %v", took)
	}
	if c.list.at != 499 {
		t.Errorf("row %d is selected", c.list.at)
	}
}

// TestCompareHostile compares two runs that hold what a terminal would act on.
func TestCompareHostile(t *testing.T) {
	for place := range places {
		for name, text := range evil {
			d, _ := manyDrive(t, shownLab(place, text, false))
			for _, k := range []string{"", "tab", "end", "enter"} {
				if k != "" {
					d.key(k)
					d.soon()
				}
				raw := d.screen()
				for _, seq := range []string{"\x1b]", "\x1bP", "\x1b[2J", "\x1b[H", "\u202e", "\u200d", "\u009b", "\x00", "\r", "\x07", "\x08"} {
					if strings.Contains(raw, seq) {
						t.Errorf("%s/%s: %q reaches the terminal", place, name, seq)
					}
				}
			}
		}
	}
}
