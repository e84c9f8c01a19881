package tui

import (
	"testing"

	"tlstutor/tui/theme"
)

// BenchmarkView draws the lab at 200x60 with its largest tree open. The bar is
// 2 ms.
func BenchmarkView(b *testing.B) {
	env := newEnv(b, theme.Dark, false)
	lab, given := parse(b, nil)
	s := NewLab(env, lab, given).(*labScreen)
	d := newDrive(b, 200, 60, env, s)
	d.idle(s)
	for range 4 {
		d.key("down")
	}
	d.key("enter")
	d.key("a")
	b.ReportAllocs()
	for b.Loop() {
		d.app.draw()
	}
}
