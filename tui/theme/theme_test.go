package theme

import (
	"image/color"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// luminance is the relative luminance of a colour (WCAG 2.2).
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	part := func(v uint32) float64 {
		f := float64(v) / 0xffff
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
}

// contrast is the contrast ratio of two colours (WCAG 2.2).
func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

// TestContrast computes the contrast of every style that carries text, on every
// background that its theme is for.
func TestContrast(t *testing.T) {
	backs := map[Name][]string{Dark: {"#141418", "#000000"}, Light: {"#ffffff", "#f5f5f0"}, Stage: {"#141418", "#000000"}}
	for name, behind := range backs {
		bar := 4.5
		if name == Stage {
			bar = 7
		}
		v := reflect.ValueOf(*New(name, false))
		styles := 0
		for i := range v.NumField() {
			s, ok := v.Field(i).Interface().(lipgloss.Style)
			field := v.Type().Field(i).Name
			if !ok || field == "Border" {
				continue
			}
			styles++
			if _, none := s.GetBackground().(lipgloss.NoColor); !none {
				if got := contrast(s.GetForeground(), s.GetBackground()); got < bar {
					t.Errorf("%s: %s has %.2f:1 on its own background", name, field, got)
				}
				continue
			}
			for _, b := range behind {
				if got := contrast(s.GetForeground(), lipgloss.Color(b)); got < bar {
					t.Errorf("%s: %s has %.2f:1 on %s", name, field, got, b)
				}
			}
		}
		if styles < 15 {
			t.Fatalf("%s: only %d styles were seen", name, styles)
		}
	}
}

// TestWithoutColours checks that the selection and the place stand out where
// there are no colours.
func TestWithoutColours(t *testing.T) {
	for _, name := range []Name{Dark, Light, Stage} {
		th := New(name, false)
		if !th.Selected.GetReverse() || !th.Held.GetReverse() || !th.Eavesdropper.GetReverse() {
			t.Errorf("%s: a bar is not in reverse", name)
		}
		if !th.Place.GetUnderline() {
			t.Errorf("%s: the place is not underlined", name)
		}
		for _, s := range []lipgloss.Style{th.Text, th.Dim, th.Clear, th.Key} {
			if s.GetReverse() || s.GetUnderline() {
				t.Errorf("%s: a plain style is marked", name)
			}
		}
	}
}

func TestASCII(t *testing.T) {
	for _, g := range []Glyphs{plain, lines} {
		v := reflect.ValueOf(g)
		for i := range v.NumField() {
			s := v.Field(i).String()
			if ansi.StringWidth(s) != 1 {
				t.Errorf("%s %q is not one cell", v.Type().Field(i).Name, s)
			}
			if g == plain && s[0] > '~' {
				t.Errorf("%s %q is not ASCII", v.Type().Field(i).Name, s)
			}
		}
	}
	th := New(Dark, true)
	for _, s := range []string{th.Frame("a · b … c → 世界 é ✓"), th.Keys("↑↓"), th.Keys("→←"), ansi.Strip(th.Box("x", true, 20, 4, "body"))} {
		for _, r := range s {
			if r > '~' {
				t.Errorf("%q is not ASCII", s)
			}
		}
	}
}

func TestFitAndBox(t *testing.T) {
	th := New(Dark, false)
	for _, s := range []string{"", "short", strings.Repeat("long ", 40), "世界世界世界", th.Bad.Render("red text that is long enough")} {
		for w := range 30 {
			if got := ansi.StringWidth(Fit(s, w)); got != w {
				t.Errorf("Fit(%q, %d) is %d wide", s, w, got)
			}
		}
	}
	for w := range 40 {
		for h := range 8 {
			lines := strings.Split(th.Box("a title", w%2 == 0, w, h, "one\n世界世界世界世界世界世界世界世界世界世界\nthree"), "\n")
			if h > 0 && len(lines) != h {
				t.Errorf("a box of %dx%d has %d lines", w, h, len(lines))
			}
			for _, l := range lines {
				if h > 0 && ansi.StringWidth(l) != w {
					t.Errorf("a box of %dx%d has a line of %d", w, h, ansi.StringWidth(l))
				}
			}
		}
	}
}

func TestProse(t *testing.T) {
	for _, name := range []Name{Dark, Light, Stage} {
		p := NewProse(New(name, false))
		const long = "One `code` and **strong** words that go on for longer than one line does."
		out := p.Render(long, 30)
		text := ansi.Strip(out)
		for _, want := range []string{"One", "code", "strong", "does."} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not in %q", name, want, text)
			}
		}
		for _, l := range strings.Split(text, "\n") {
			if ansi.StringWidth(l) > 30 {
				t.Errorf("%s: a line is too long: %q", name, l)
			}
		}
		if p.Render(long, 30) != out || len(p.done) != 1 {
			t.Error("a text is rendered twice")
		}
	}
}

// TestOnlyHere checks that no other source makes styles or colours.
func TestOnlyHere(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.Contains(path, "tui/theme/") || filepath.Dir(path) == "." {
			return err
		}
		if abs, _ := filepath.Abs(path); strings.Contains(filepath.ToSlash(abs), "/tui/theme/") {
			return nil
		}
		seen++
		text, err := os.ReadFile(path)
		for _, call := range []string{"lipgloss." + "NewStyle", "lipgloss." + "Color("} {
			if strings.Contains(string(text), call) {
				t.Errorf("%s: %s belongs in tui/theme", path, call)
			}
		}
		return err
	})
	if err != nil || seen < 20 {
		t.Fatalf("%d sources seen: %v", seen, err)
	}
}
