package theme

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
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
