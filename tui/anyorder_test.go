package tui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/lessons"
	"tlstutor/tui/theme"
)

// TestAnyOrder presses any keys, clicks anywhere, turns the wheel and changes the
// window, over the whole course and all labs, without waiting for what goes on: each
// screen fills its window, in any look, and only q at home and ctrl+c end it.
func TestAnyOrder(t *testing.T) {
	course := loaded(t, builtIn)
	for seed := range uint64(24) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			anyOrder(t, course, rand.New(rand.NewPCG(seed, 1)))
		})
	}
}

// anyKeys are pressed, those of a row equally often.
var anyKeys = [][]string{
	{"enter", "space", "tab", "up", "down", "left", "right"},
	{"enter", "shift+tab", "esc", "home", "end", "pgup", "pgdown", "backspace", "[", "]", "<", ">"},
	strings.Split("r s w c e o i a x y z M p / : ? ctrl+g h j k l g G u é ~", " "),
	strings.Split("0 1 2 3 4 5 6 7 8 9", " "),
}

func anyOrder(t *testing.T, course *lessons.Course, r *rand.Rand) {
	env := courseEnv(t, course, "", nil)
	env.Out = t.TempDir()
	start := []Screen{NewCourse(env)}
	switch r.IntN(3) {
	case 0:
		all := labs.All()
		lab := all[r.IntN(len(all))]
		start = append(start, NewList(env), NewLab(env, lab, nil))
	case 1:
		l := course.Lessons[r.IntN(len(course.Lessons))]
		start = append(start, NewLesson(env, l, 1+r.IntN(len(l.Pages))))
	}
	size := sizes[r.IntN(len(sizes))]
	d := newDrive(t, size[0], size[1], env, start...)
	var done []string
	for range 80 {
		home := len(d.app.stack) == 1
		what := ""
		switch n := r.IntN(20); n {
		case 0:
			size = sizes[r.IntN(len(sizes))]
			what = fmt.Sprint(size)
			d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		case 1, 2:
			x, y := r.IntN(size[0]), r.IntN(size[1]-1) // the footer of home has "quit"
			what = fmt.Sprintf("a click at %d, %d", x, y)
			_, hits := d.app.draw()
			click := tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}
			d.send(click)
			d.run(mouse(click, hits))
		case 3:
			_, hits := d.app.draw()
			what = "the wheel"
			d.run(mouse(tea.MouseWheelMsg{X: r.IntN(size[0]), Y: r.IntN(size[1]), Button: []tea.MouseButton{tea.MouseWheelUp, tea.MouseWheelDown}[r.IntN(2)]}, hits))
		default:
			row := anyKeys[r.IntN(len(anyKeys))]
			what = row[r.IntN(len(row))]
			if !home && r.IntN(30) == 0 {
				what = "q"
			}
			d.key(what)
		}
		done = append(done, what)
		if r.IntN(3) > 0 { // else the next comes while this goes on
			d.soon()
		}
		if d.quit {
			t.Fatalf("it has ended: %s", strings.Join(done, " "))
		}
		checkDrawn(t, strings.Join(done, " "), d, size, d.app.env.Theme.Glyphs == theme.New(theme.Dark, true).Glyphs)
		if t.Failed() {
			t.Fatalf("\n%s", ansi.Strip(d.screen()))
		}
	}
}
