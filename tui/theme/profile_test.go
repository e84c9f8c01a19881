package theme

import (
	"bytes"
	"io"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// TestFewColours checks what is left of the bars where a terminal has 256, 16 or
// no colours: still in reverse, and never one colour on itself.
func TestFewColours(t *testing.T) {
	for _, name := range []Name{Dark, Light, Stage} {
		th := New(name, false)
		for _, p := range []colorprofile.Profile{colorprofile.ANSI256, colorprofile.ANSI, colorprofile.Ascii} {
			for what, s := range map[string]string{"Selected": th.Selected.Render("x"), "Held": th.Held.Render("x"), "Eavesdropper": th.Eavesdropper.Render("x")} {
				var b bytes.Buffer
				w := &colorprofile.Writer{Forward: &b, Profile: p}
				if _, err := io.WriteString(w, s); err != nil {
					t.Fatal(err)
				}
				open, _, _ := strings.Cut(strings.TrimPrefix(b.String(), "\x1b["), "m")
				codes := strings.Split(open, ";")
				reverse, fg, bg := false, "", ""
				for i := 0; i < len(codes); i++ {
					switch c := codes[i]; {
					case c == "7":
						reverse = true
					case (c == "38" || c == "48") && i+2 < len(codes):
						if i += 2; c == "38" {
							fg = codes[i]
						} else {
							bg = codes[i]
						}
					case len(c) == 2 && c[0] == '3' || len(c) == 2 && c[0] == '9':
						fg = c[:1] + "-" + c[1:]
					case len(c) == 2 && c[0] == '4' || len(c) == 3 && c[:2] == "10":
						bg = map[string]string{"4": "3", "1": "9"}[c[:1]] + "-" + c[len(c)-1:]
					}
				}
				if !reverse || (p != colorprofile.Ascii && (fg == bg || fg == "" || bg == "")) {
					t.Errorf("%s, %s, %s: %q", name, p, what, b.String())
				}
			}
		}
	}
}

// TestSixteen checks the themes for sixteen colours: text and the selection take
// none of them, and what takes one can be read in the palettes of the Linux console
// and of xterm. Large and bold signs need 3:1 (WCAG 2.2, Section 1.4.11).
func TestSixteen(t *testing.T) {
	console := strings.Fields("#000000 #aa0000 #00aa00 #aa5500 #0000aa #aa00aa #00aaaa #aaaaaa #555555 #ff5555 #55ff55 #ffff55 #5555ff #ff55ff #55ffff #ffffff")
	xterm := strings.Fields("#000000 #cd0000 #00cd00 #cdcd00 #0000ee #cd00cd #00cdcd #e5e5e5 #7f7f7f #ff0000 #00ff00 #ffff00 #5c5cff #ff00ff #00ffff #ffffff")
	for _, name := range []Name{Dark, Light, Stage} {
		behind, seen := "#000000", 0
		if name == Light {
			behind = "#ffffff"
		}
		th := New(name, false).Sixteen(true)
		v := reflect.ValueOf(*th)
		for i := range v.NumField() {
			s, ok := v.Field(i).Interface().(lipgloss.Style)
			field := v.Type().Field(i).Name
			if !ok || field == "Border" {
				continue
			}
			if _, none := s.GetBackground().(lipgloss.NoColor); !none {
				t.Errorf("%s: %s has a background of its own", name, field)
			}
			c, colour := s.GetForeground().(ansi.BasicColor)
			switch field {
			case "Text", "Dim", "Strong", "Title", "Place", "Key", "KeyWord", "Term", "Selected":
				if colour {
					t.Errorf("%s: %s takes colour %d", name, field, c)
				}
			default:
				if !colour {
					break
				}
				seen++
				for _, palette := range [][]string{console, xterm} {
					if got := contrast(lipgloss.Color(palette[c]), lipgloss.Color(behind)); got < 3 {
						t.Errorf("%s: %s has %.2f:1, colour %s on %s", name, field, got, palette[c], behind)
					}
				}
			}
		}
		if seen < 8 {
			t.Errorf("%s: only %d styles have a colour", name, seen)
		}
		for _, other := range []*Theme{th.Named(Dark), th.InAscii(true), th.Named(Stage).InAscii(false)} {
			if !other.Few {
				t.Errorf("%s: a theme made of it has many colours", name)
			}
		}
	}
}

// TestSixteenProse checks that prose and code take no other colours.
func TestSixteenProse(t *testing.T) {
	for _, name := range []Name{Dark, Light, Stage} {
		md := "# One\n\nTwo `three` **four** *five*\n\n> six\n\n```go\nfunc f() string { return \"x\" + 1 } // seven\n```\n"
		text := NewProse(New(name, false).Sixteen(true)).Render(md, 40)
		var b bytes.Buffer
		if _, err := io.WriteString(&colorprofile.Writer{Forward: &b, Profile: colorprofile.ANSI}, text); err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\x1b\[([0-9;]*)m`).FindAllStringSubmatch(b.String(), -1) {
			for code := range strings.SplitSeq(m[1], ";") {
				switch code {
				case "30", "37", "38", "40", "47", "48", "90", "97":
					t.Errorf("%s: %q in %q", name, m[0], b.String())
				}
			}
		}
		if !strings.Contains(ansi.Strip(b.String()), "func f() string") {
			t.Errorf("%s: the code is not there: %q", name, b.String())
		}
	}
}
