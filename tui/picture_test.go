package tui

import (
	"flag"
	"fmt"
	"html"
	"image/color"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write screen.svg anew")

// The cell of a picture, and the terminal's own colours.
const (
	cellW, cellH = 8.4, 18
	paper, ink   = "#141418", "#d4d4d4"
)

// svg draws the cells of a screen. Each run of cells in one style is one text
// with a given length, so that columns stay columns in any font.
func svg(rows [][]cell) string {
	var b strings.Builder
	w, h := float64(len(rows[0]))*cellW+16, len(rows)*cellH+16
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %d" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">`+"\n", w, h)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="6" fill="%s"/>`+"\n", paper)
	for y, row := range rows {
		for x := 0; x < len(row); {
			to := x + 1
			for to < len(row) && style(row[to]) == style(row[x]) {
				to++
			}
			span(&b, row[x:to], x, y)
			x = to
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// style is what a run of cells has in common.
func style(c cell) cell {
	c.text, c.width = "", 0
	return c
}

func span(b *strings.Builder, run []cell, x, y int) {
	fg, bg := hexColor(run[0].fg, ink), hexColor(run[0].bg, paper)
	if run[0].reverse {
		fg, bg = bg, fg
	}
	left, top, wide := 8+float64(x)*cellW, 8+y*cellH, float64(len(run))*cellW
	if bg != paper {
		fmt.Fprintf(b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`+"\n", left, top, wide, cellH, bg)
	}
	text := ""
	for _, c := range run {
		text += c.text
	}
	if strings.TrimSpace(text) == "" {
		return
	}
	extra := ""
	if run[0].bold {
		extra += ` font-weight="bold"`
	}
	if run[0].under {
		extra += ` text-decoration="underline"`
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%d" textLength="%.1f" xml:space="preserve" fill="%s"%s>%s</text>`+"\n",
		left, top+cellH-5, wide, fg, extra, html.EscapeString(text))
}

func hexColor(c color.Color, none string) string {
	if c == nil {
		return none
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// TestPicture draws the program as README shows it, from a real run in a
// terminal. With -update it writes the picture; without, it checks that the
// picture in the tree still shows what the program shows now, but for what
// differs from run to run.
func TestPicture(t *testing.T) {
	env := courseEnv(t, loaded(t, builtIn), "", nil)
	page, err := env.Course.Place("H1.3")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, 132, 26, env, true, NewCourse(env), NewLesson(env, page.Lesson, page.N))
	s.wait("1-4 choose")
	s.press("2")
	s.wait("lock in 2 and run")
	s.press("enter")
	s.wait("The run says so too.")
	s.wait("Alert bad_certificate")
	got := svg(s.cells())
	const file = "../screen.svg"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: go test ./tui -run TestPicture -update draws it", err)
	}
	for _, want := range []string{"When does it go dark?", "The run says so too.", "ClientHello", "ServerHello", "CertificateVerify", "Alert bad_certificate", "page 3 of"} {
		if !strings.Contains(got, want) || !strings.Contains(string(kept), want) {
			t.Errorf("%q is not in the picture: go test ./tui -run TestPicture -update draws it anew", want)
		}
	}
}
