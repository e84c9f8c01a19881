package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/content"
	"tlstutor/lessons"
)

// TestUnderstand checks what is made of what terminals answer, and of what comes
// in between.
func TestUnderstand(t *testing.T) {
	for _, c := range []struct {
		name, heard string
		want        answers
	}{
		{"nothing", "", answers{}},
		{"all", "\x1b[5;1R\x1b[5;2R\x1b[5;3R\x1b[?1000;2$y\x1b[?1002;1$y\x1b[?1006;2$y\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1bP1+r4d73=1b5d\x1b\\\x1b[?62;22c",
			answers{whole: true, cells: []int{1, 2}, modes: map[int]bool{1000: true, 1002: true, 1006: true}, back: "light", clip: true}},
		{"Linux console", "\x1b[1;1R\x1b[1;2R\x1b[1;2R\x1b[?6c", answers{whole: true, cells: []int{1, 1}}},
		{"clipboard among its attributes", "\x1b[?64;52;1c", answers{whole: true, clip: true}},
		{"attribute 152 is another", "\x1b[?64;152;521c", answers{whole: true}},
		{"no such capability", "\x1bP0+r4d73\x1b\\\x1b[?1c", answers{whole: true}},
		{"modes it has not, and one that is off for good", "\x1b[?1000;0$y\x1b[?1002;4$y\x1b[?1006;3$y",
			answers{modes: map[int]bool{1000: false, 1002: false, 1006: true}}},
		{"typed between", "ls\x1b[5;1Rx\x1b[5;2R\r\x1b[5;2Ry\x1b[?1c", answers{whole: true, cells: []int{1, 1}}},
		{"F3 looks like an answer", "\x1b[5;1R\x1b[1;2R\x1b[5;2R\x1b[5;2R", answers{}},
		{"at the right edge", "\x1b[5;80R\x1b[5;80R\x1b[6;1R", answers{}},
		{"backwards", "\x1b[5;9R\x1b[5;8R\x1b[5;8R", answers{}},
		{"dark, with a bell", "\x1b]11;rgb:1414/1414/1818\x07", answers{back: "dark"}},
		{"no colour", "\x1b]11;rgb:zz/1/\x07\x1b]11;\x07", answers{}},
		{"numbers without end", "\x1b[" + strings.Repeat("9", 4000) + ";1R\x1b[?" + strings.Repeat("1", 90) + ";2$y", answers{}},
		{"text", "\x1b]11;\x1b[31mowned\x07\x1b]0;owned\x07\xff\xfe", answers{}},
	} {
		got := understand([]byte(c.heard), 2)
		if got.whole != c.want.whole || got.back != c.want.back || got.clip != c.want.clip || !slices.Equal(got.cells, c.want.cells) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
		if len(got.modes) != len(c.want.modes) {
			t.Errorf("%s: modes %v, want %v", c.name, got.modes, c.want.modes)
		}
		for mode, has := range c.want.modes {
			if got.modes[mode] != has {
				t.Errorf("%s: mode %d is %t", c.name, mode, got.modes[mode])
			}
		}
	}
}

// TestSaidOfTerminals checks what is said of terminals of every kind, and that
// none of them hinders the course.
func TestSaidOfTerminals(t *testing.T) {
	t.Setenv("LC_ALL", "C.UTF-8")
	t.Setenv("TERM", "xterm")
	narrow := []int{1, 1, 1, 1, 1, 1, 1}
	for _, c := range []struct {
		f    finding
		want string
	}{
		{mouse(answers{}), "--  mouse      the terminal did not say; every click has a key"},
		{mouse(answers{modes: map[int]bool{1000: true, 1002: true, 1006: true}}), "ok  mouse      the terminal has it (modes 1002 and 1006); M frees it"},
		{mouse(answers{modes: map[int]bool{1000: true, 1002: false, 1006: false}}), "--  mouse      the terminal has clicks of an old kind only; every click has a key"},
		{mouse(answers{modes: map[int]bool{1000: false, 1002: false, 1006: false}}), "--  mouse      the terminal says that it has none; every click has a key"},
		{clipboard(answers{}), "--  clipboard  the terminal did not say; y copies, y again shows it as text"},
		{clipboard(answers{clip: true}), "ok  clipboard  the terminal says it takes what y copies (OSC 52)"},
		{letters(false, answers{cells: narrow}), "ok  letters    the locale is UTF-8; ä takes 1 cell"},
		{letters(false, answers{}), "ok  letters    the locale is UTF-8; the terminal did not say how it draws ä"},
		{letters(false, answers{cells: []int{2, 3, 3, 3, 3, 3, 3}}), "--  letters    the locale is UTF-8; ä takes 2 cells; the terminal is not UTF-8: set it so, or use --ascii"},
		{letters(true, answers{cells: narrow}), "ok  letters    the locale is UTF-8, drawn in ASCII; ä takes 1 cell"},
		{glyphs(false, answers{cells: narrow}), "ok  glyphs     ─ ═ ▶ ▸ ✓ ▌ take 1 cell each; boxes or gaps there: --ascii"},
		{glyphs(false, answers{cells: []int{1, 1, 1, 2, 1, 1, 2}}), "--  glyphs     not one cell wide: ▶ ▌; have the terminal draw ambiguous characters narrow, or use --ascii"},
		{glyphs(false, answers{}), "ok  glyphs     ─ ═ ▶ ▸ ✓ ▌; the terminal did not say how wide they are; if lines do not meet: --ascii"},
		{glyphs(true, answers{}), "ok  glyphs     - = > + * | are plain ASCII"},
	} {
		if got := c.f.String(); got != c.want {
			t.Errorf("it says %q, want %q", got, c.want)
		}
		if c.f.hinders() {
			t.Errorf("%s hinders the course", c.f.Check)
		}
	}
	t.Setenv("LC_ALL", "C")
	if got := letters(false, answers{cells: narrow}).String(); got != "ok  letters    the locale is not UTF-8, drawn in ASCII; ä takes 1 cell" {
		t.Errorf("without UTF-8 it says %q", got)
	}
}

// TestFolded checks that lines are broken between words, that none is wider than
// the terminal, and that nothing is lost.
func TestFolded(t *testing.T) {
	line := finding{Check: "glyphs", OK: true, Says: "─ ═ ▶ are one cell wide each, and this goes on for a while", Do: "tlstutor --plain"}.String()
	for width := range 120 {
		got := folded(line, width)
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(line), " ") {
			t.Fatalf("at %d columns: %q", width, got)
		}
		for part := range strings.Lines(got) {
			if n := ansi.StringWidth(strings.TrimSuffix(part, "\n")); width >= 40 && n > width {
				t.Errorf("at %d columns a line has %d: %q", width, n, part)
			}
		}
	}
}

// TestSummary checks the line to copy: what is amiss comes first, and it has an
// end.
func TestSummary(t *testing.T) {
	got := summary([]finding{
		{Check: "size", OK: true, Needed: true, short: "80x24 xterm"},
		{Check: "loopback", Needed: true, short: "never shown"},
		{Check: "openssl", OK: true, short: "openssl " + strings.Repeat("3.0.", 100)},
	})
	if !strings.Contains(got, " | NO loopback | 80x24 xterm, openssl 3.0.") || strings.Contains(got, "never") || len(got) > copyMost {
		t.Errorf("it is %q", got)
	}
}

// TestNoPeers checks that a peer that is not there is no complaint, and that what
// it would add comes from the course.
func TestNoPeers(t *testing.T) {
	course, err := lessons.Load(content.FS)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", t.TempDir())
	var said []string
	for _, f := range peers(context.Background(), course) {
		said = append(said, f.String())
		if f.hinders() || f.short != "" {
			t.Errorf("%s: %+v", f.Check, f)
		}
	}
	for _, want := range []string{
		"--  openssl    not on PATH; recordings stand in for it in handshake; it would run the openssl code of ",
		"--  gnutls-cli not on PATH; recordings stand in for it in handshake",
	} {
		if !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, want) }) {
			t.Errorf("%q is missing of %q", want, said)
		}
	}
	for _, f := range peers(context.Background(), &lessons.Course{}) {
		if strings.Contains(f.Says, " code of ") {
			t.Errorf("without lessons %s is said to add something: %q", f.Check, f.Says)
		}
	}
}
