package theme

import (
	"fmt"
	"image/color"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// everything is a text with each element of Markdown that a page may use.
const everything = "# Title\n\nSome *emph* and **strong** `code`, ~~gone~~.\n\n## Head\n\n" +
	"- one item that is long enough to wrap over the line\n- two\n  - nested\n\n1. a\n2. b\n\n- [x] done\n\n" +
	"> quoted text that is long enough to wrap over the line\n\n" +
	"```go\n// say\nfunc f(n int) string { return \"a\\n\" + 1 }\n```\n\n" +
	"| a | b |\n|---|---|\n| 1 | 2 |\n\n---\n\n[link](http://lab.test) ![image](http://lab.test/i)\n\nTerm\n: meaning\n"

var foreground = regexp.MustCompile(`38;2;(\d+);(\d+);(\d+)`)

// TestProseContrast computes the contrast of every colour that Markdown is
// rendered in, code included. The themes follow each other in one process, so a
// colour kept from the one before shows.
func TestProseContrast(t *testing.T) {
	backs := map[Name][]color.Color{
		Dark: {color.RGBA{0x14, 0x14, 0x18, 255}, color.Black}, Light: {color.White, color.RGBA{0xf5, 0xf5, 0xf0, 255}},
		Stage: {color.RGBA{0x14, 0x14, 0x18, 255}, color.Black},
	}
	for _, name := range []Name{Dark, Light, Stage} {
		bar := 4.5
		if name == Stage {
			bar = 7
		}
		colours := map[string]bool{}
		out := NewProse(New(name, false)).Render(everything, 40)
		for _, m := range foreground.FindAllStringSubmatch(out, -1) {
			colours[m[0]] = true
			var c color.RGBA
			fmt.Sscan(m[1]+" "+m[2]+" "+m[3], &c.R, &c.G, &c.B)
			c.A = 255
			for _, b := range backs[name] {
				if got := contrast(c, b); got < bar {
					t.Errorf("%s: %s has %.2f:1", name, m[0], got)
				}
			}
		}
		if len(colours) < 6 || strings.Contains(out, "38;5;") {
			t.Errorf("%s: %d colours, or one that is not the theme's", name, len(colours))
		}
	}
}

// TestProseLines checks that lines are as wide as they must be and no wider,
// and that no escape is written for nothing.
func TestProseLines(t *testing.T) {
	for _, w := range []int{-1, 0, 1, 2, 7, 40, 200} {
		out := NewProse(New(Dark, false)).Render("One `code` and **strong** words that go on and on.", w)
		for _, l := range strings.Split(out, "\n") {
			if text := ansi.Strip(l); ansi.StringWidth(text) > max(1, w) || strings.TrimRight(text, " ") != text {
				t.Errorf("at %d: %q", w, l)
			}
		}
		if n := strings.Count(out, "\x1b["); w == 200 && n > 10 {
			t.Errorf("%d escapes in %q", n, out)
		}
	}
	out := ansi.Strip(NewProse(New(Dark, false)).Render(everything, 60))
	for _, want := range []string{"Title\n\nSome emph", `return "a\n" + 1 }`, "• two\n  • nested", "│ quoted", "[x] done", "link http://lab.test"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

// TestProseDates: no width breaks a date.
func TestProseDates(t *testing.T) {
	for w := 24; w < 60; w++ {
		out := ansi.Strip(NewProse(New(Dark, false)).Render("It ended on 2021-09-30 (as of 2026-11), and **2024\\-09\\-30** came: `openssl verify -x509_strict`, (--plain).", w))
		for _, want := range []string{"2021-09-30", "2026-11", "2024-09-30", "-x509_strict", "(--plain)"} {
			if !strings.Contains(out, want) {
				t.Errorf("at %d %s is broken:\n%s", w, want, out)
			}
		}
	}
}

// TestProseObeysNobody checks that a text cannot make the terminal do anything:
// Markdown can write any character as a reference, in text that was clean.
func TestProseObeysNobody(t *testing.T) {
	harmless := regexp.MustCompile(`\x1b\[[0-9;]*m`)
	ours := NewProse(New(Dark, false))
	for _, ref := range []string{"&#27;[7m", "&#x1B;]52;c;AAAA&#7;", "&#155;31m", "&#x202e;", "&rlm;", "&zwj;", "&#x301;", "&#8203;", "&#27", "&amp;#27;[7m", "&NewLine;&#27;c", "&#13;over", "&#xE000;"} {
		for _, in := range []string{"%s", "a `%s` b", "**%s**", "~~%s~~", "# %s", "- %s", "> %s", "```\n%s\n```", "<b>%s</b>", "<p>\n%s\n</p>", "[%s](http://lab.test/%[1]s)", "![%s](x)", "<http://lab.test/%s>", "|%s|\n|-|\n|%[1]s|"} {
			text := fmt.Sprintf(in, ref)
			out := ours.Render(text, 60)
			for _, r := range harmless.ReplaceAllString(out, "") {
				if r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || strings.ContainsRune("\u202e\u200f\u200d\u0301\u200b\ue000", r) {
					t.Fatalf("%q gives %q", text, out)
				}
			}
			if strings.Contains(out, "\x1b[7m") {
				t.Fatalf("%q is drawn in reverse: %q", text, out)
			}
		}
	}
	if got := ansi.Strip(ours.Render("a &lt; b &amp; c&nbsp;&eacute;", 60)); got != "a < b & c\u00a0é" {
		t.Errorf("harmless references give %q", got)
	}
}

// TestProseASCII checks that a page needs no sign outside ASCII.
func TestProseASCII(t *testing.T) {
	th := New(Dark, true)
	for _, r := range NewProse(th).Render(everything, 40) {
		if r > '~' {
			t.Errorf("%q is not ASCII", r)
		}
	}
}
