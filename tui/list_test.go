package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/tui/theme"
)

// TestLongList checks that each lab of a list that is longer than the window is
// in sight, with what it is, when it is highlighted: by a key, and by the wheel.
func TestLongList(t *testing.T) {
	env := newEnv(t, theme.Dark, false)
	l := NewList(env).(*list)
	l.labs = nil
	for i := range 20 {
		l.labs = append(l.labs, &labs.Lab{Name: fmt.Sprintf("lab-%d", i), Doc: fmt.Sprintf("Sentence %d.\n\nThe rest.", i)})
	}
	for _, size := range [][2]int{{60, 18}, {80, 24}, {140, 42}} {
		d := newDrive(t, size[0], size[1], env, l)
		d.key("home")
		for i := range l.labs {
			text := ansi.Strip(d.screen())
			if !strings.Contains(text, fmt.Sprintf("    lab-%d ", i)) || !strings.Contains(text, fmt.Sprintf("Sentence %d.", i)) {
				t.Fatalf("%v: lab %d is not in sight:\n%s", size, i, text)
			}
			checkDrawn(t, l.labs[i].Name, d, size, false)
			_, hits := d.app.draw()
			wheel := slices.IndexFunc(hits, func(h Hit) bool { return h.Wheel != nil })
			if d.key("down"); l.at != min(i+1, len(l.labs)-1) {
				t.Fatalf("down leads from %d to %d", i, l.at)
			}
			d.send(forTop(hits[wheel].Wheel(-1)))
			d.send(forTop(hits[wheel].Wheel(1)))
			if want := max(1, min(i+1, len(l.labs)-1)); l.at != want {
				t.Fatalf("the wheel, turned up and down, leads to %d, not %d", l.at, want)
			}
		}
	}
}
