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
var sizes = [][2]int{{60, 18}, {79, 23}, {80, 24}, {100, 30}, {109, 40}, {110, 24}, {120, 40}, {140, 42}, {200, 60}}

// TestSizes draws every screen in every size: exactly the window is filled, and
// no line is wider than it.
func TestSizes(t *testing.T) {
	for name, state := range states {
		d := state(t)
		for _, size := range sizes {
			d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			lines := strings.Split(d.screen(), "\n")
			if len(lines) != size[1] {
				t.Errorf("%s at %v: %d lines", name, size, len(lines))
			}
			for i, l := range lines {
				if w := ansi.StringWidth(l); w > size[0] {
					t.Errorf("%s at %v: line %d is %d wide: %q", name, size, i, w, ansi.Strip(l))
				}
			}
		}
	}
}

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

// TestASCIIScreens checks that with plain ASCII nothing else is drawn.
func TestASCIIScreens(t *testing.T) {
	for name, state := range states {
		d := state(t)
		d.app.retheme(theme.New(theme.Dark, true))
		d.app.all(themed{})
		for _, size := range [][2]int{{80, 24}, {140, 42}} {
			d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			for i, l := range strings.Split(ansi.Strip(d.screen()), "\n") {
				for _, r := range l {
					if r > '~' {
						t.Errorf("%s at %v: line %d has %q: %s", name, size, i, r, l)
						break
					}
				}
			}
		}
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
