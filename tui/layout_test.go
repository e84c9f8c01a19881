package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/tui/theme"
)

// sizes are the windows the program is drawn in.
var sizes = [][2]int{{60, 18}, {79, 23}, {80, 24}, {100, 30}, {109, 40}, {110, 24}, {120, 40}, {126, 34}, {140, 42}, {200, 60}}

// looks are the ways it is drawn.
var looks = []struct {
	name  theme.Name
	ascii bool
}{{theme.Dark, false}, {theme.Light, false}, {theme.Stage, false}, {theme.Dark, true}}

// TestSizes draws every screen in every size and theme: the window is filled
// exactly, there is at most one bar in reverse, and in ASCII nothing else.
func TestSizes(t *testing.T) {
	for _, name := range names() {
		state := everyState()[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := state(t)
			for _, look := range looks {
				d.app.retheme(theme.New(look.name, look.ascii))
				d.app.all(themed{})
				for _, size := range sizes {
					what := fmt.Sprintf("%s, ASCII %v, %v", look.name, look.ascii, size)
					d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
					checkDrawn(t, what, d, size, look.ascii)
				}
			}
		})
	}
}

// checkDrawn checks one screen as it is drawn.
func checkDrawn(t *testing.T, what string, d *drive, size [2]int, ascii bool) {
	t.Helper()
	content := d.screen()
	lines := strings.Split(content, "\n")
	if len(lines) != size[1] {
		t.Errorf("%s: %d lines", what, len(lines))
	}
	for i, l := range lines {
		if w := ansi.StringWidth(l); w != size[0] {
			t.Errorf("%s: line %d is %d wide: %q", what, i, w, ansi.Strip(l))
		}
		if !ascii {
			continue
		}
		for _, r := range ansi.Strip(l) {
			if r > '~' {
				t.Errorf("%s: line %d has %q: %s", what, i, r, ansi.Strip(l))
				break
			}
		}
	}
	if n := reversed(content, d.app.env.Theme); n > 1 {
		t.Errorf("%s: %d bars in reverse", what, n)
	}
}

// A stripe is cells beside each other in the style of the bar.
type stripe struct {
	x, w        int
	text        string
	first, last bool // nothing is written before it, behind it
}

// reversed counts the bars in the style that there may be one of. A bar goes on
// in the next line where a link was broken, or an option has two; the hex of a
// selected field belongs to its bar.
func reversed(content string, th *theme.Theme) int {
	style, _, _ := strings.Cut(th.Selected.Render("x"), "x")
	n := 0
	var above []stripe
	for line := range strings.SplitSeq(content, "\n") {
		stripes := stripesOf(line, style)
		for _, s := range stripes {
			goesOn := isHex(s.text)
			for _, a := range above {
				goesOn = goesOn || a.x == s.x && a.w == s.w || a.last && s.first || isHex(s.text)
			}
			if !goesOn {
				n++
			}
		}
		above = stripes
	}
	return n
}

// stripesOf finds the cells of a line that are in a style.
func stripesOf(line, style string) []stripe {
	var all []stripe
	x, on, written := 0, false, ""
	for state := byte(0); line != ""; {
		seq, width, n, next := ansi.DecodeSequence(line, state, nil)
		line, state = line[n:], next
		switch {
		case width == 0 && strings.HasPrefix(seq, "\x1b["):
			on = seq == style
		case on && (len(all) == 0 || all[len(all)-1].x+all[len(all)-1].w < x):
			all = append(all, stripe{x: x, w: width, text: seq, first: edge(written)})
		case on:
			all[len(all)-1].w += width
			all[len(all)-1].text += seq
		}
		if x += width; width > 0 {
			written += seq
		}
	}
	for i := range all {
		rest := []rune(written)[min(len([]rune(written)), all[i].x+all[i].w):]
		own := strings.FieldsFunc("x"+string(rest), func(r rune) bool { return r == '│' || r == '|' })[0] // without a pane beside it
		all[i].last = edge(own[1:])
	}
	return all
}

// edge reports whether nothing but the edge of a box and a mark stands there.
func edge(s string) bool { return strings.Trim(s, " │|›>•*╰╯─") == "" }

// TestSmall checks that below 60x18 the screen asks for room, down to 1x1, also
// in the middle of a run, and that afterwards all is as it was.
func TestSmall(t *testing.T) {
	d, s := labDrive(t, 140, 42)
	d.key("s")
	d.held(s)
	before := d.screen()
	for _, size := range [][2]int{{59, 18}, {60, 17}, {20, 5}, {3, 2}, {1, 1}} {
		d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		text := ansi.Strip(d.screen())
		if size[0] > 20 && (!strings.Contains(text, "60x18") || !strings.Contains(text, fmt.Sprintf("%dx%d", size[0], size[1]))) {
			t.Errorf("at %v the screen says %q", size, text)
		}
	}
	if _, waits := s.flight.run.Held(); !waits {
		t.Error("a held run did not stay held")
	}
	for _, k := range []string{"space", "r", "q", "esc", "esc"} { // nobody sees what they would do
		d.key(k)
	}
	d.soon()
	d.send(tea.WindowSizeMsg{Width: 140, Height: 42})
	if d.screen() != before {
		t.Error("after the window was small, the screen is another one")
	}
	d.key("r")
	d.idle(s)
	if c := s.cur(); !c.end.OK {
		t.Errorf("the run that was held ended: %s", c.end.Text)
	}
}

// TestOneBar checks that there is one bar in reverse on the screen, in the pane
// with the focus: a run of lines in the tree's or the wire's columns, and the
// bytes that belong to it.
func TestOneBar(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 42}} {
		for _, focus := range []pane{wirePane, bytesPane, knobsPane} {
			s := openLab(t, size[0], size[1])
			for range focus {
				s.press("tab")
			}
			s.until("one bar is drawn", func() bool { return bars(s.cells(), focus == bytesPane) == 1 })
		}
	}
}

// bars counts the separate bars on the screen. In the bytes pane the hex of the
// selected field belongs to its bar.
func bars(rows [][]cell, hex bool) int {
	n, hexes := 0, 0
	for _, row := range rows {
		from := -1
		for x := 0; x <= len(row); x++ {
			on := x < len(row) && row[x].reverse
			if on && from < 0 {
				from = x
			}
			if on || from < 0 {
				continue
			}
			text := ""
			for _, c := range row[from:x] {
				text += c.text
			}
			if hex && isHex(text) {
				hexes++
			} else {
				n++
			}
			from = -1
		}
	}
	return n
}

// isHex reports whether a text is bytes as the hex writes them.
func isHex(s string) bool {
	for _, w := range strings.Fields(s) {
		if len(w) != 2 || strings.Trim(w, "0123456789abcdef") != "" {
			return false
		}
	}
	return strings.TrimSpace(s) != ""
}

// TestThemes checks that the theme follows the background, and the settings line
// the theme that was asked for.
func TestThemes(t *testing.T) {
	env := newEnv(t, theme.Dark, false)
	s := start(t, 80, 24, env, false, NewList(env))
	s.wait("handshake")
	light := theme.New(theme.Light, false).Title.GetForeground()
	s.until("the title has the light theme's colour", func() bool {
		// Again and again: the emulator's own answer, a dark one, may come last.
		s.p.Send(tea.BackgroundColorMsg{Color: theme.New(theme.Light, false).Background()})
		x, y := s.find("tlstutor")
		return hexColor(s.cells()[y][x].fg, "") == hexColor(light, "")
	})
	for _, name := range []theme.Name{theme.Stage, theme.Dark} {
		s.press(":")
		s.wait("enter do it")
		s.write("theme " + string(name))
		s.press("enter")
		s.gone("enter do it")
		s.wait("theme " + string(name))
		s.press("up")
	}
	s.gone("theme dark")
	s.press(":")
	s.wait("enter do it")
	s.write("theme pink")
	s.press("enter")
	s.wait(`there is no theme "pink"`)
}

// No line is longer than it may be, also where a word breaks at a hyphen or has no
// room at all.
func TestWrap(t *testing.T) {
	text := "x509: certificate has expired: current time 2026-11-22T19:07:45Z is after 2026-11-21T19:07:45Z, and a-well-known-name-of-" + strings.Repeat("x", 90)
	for w := 8; w < 100; w++ {
		lines := wrap(text, w)
		for _, l := range lines {
			if ansi.StringWidth(l) > w {
				t.Errorf("in %d cells: %q", w, l)
			}
		}
		if got := strings.Join(lines, ""); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(text, " ", "") {
			t.Errorf("in %d cells something is lost: %q", w, lines)
		}
	}
}
