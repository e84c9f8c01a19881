package tui

import (
	"bytes"
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"

	"tlstutor/tui/theme"
)

// frames waits for so many frames, and returns what the program wrote meanwhile. A
// frame has passed when a mark that was asked for has come through: marks are
// written at the beginning of a frame, before what is drawn in it.
func (s *term) frames(n int) []byte {
	s.t.Helper()
	s.mu.Lock()
	from := s.raw.Len()
	s.mu.Unlock()
	since := func() []byte {
		s.mu.Lock()
		defer s.mu.Unlock()
		return bytes.Clone(s.raw.Bytes()[from:])
	}
	var marks [][]byte
	// What is drawn in the last frame is there once the next one begins.
	for i := range n + 1 {
		m := fmt.Appendf(nil, "\x1b]7777;%d\x07", i)
		marks = append(marks, m)
		s.p.Send(tea.RawMsg{Msg: string(m)})
		s.until("a frame has passed", func() bool { return bytes.Contains(since(), m) })
	}
	wrote := since()
	for _, m := range marks {
		wrote = bytes.Replace(wrote, m, nil, 1)
	}
	return wrote
}

// settle waits until the screen stands still for some frames.
func (s *term) settle() {
	s.t.Helper()
	s.until("the screen stands still", func() bool { return len(s.frames(5)) == 0 })
}

// TestIdle checks that a screen which nobody touches writes nothing: there is no
// clock, no spinner and no cursor that blinks, on a link that may be slow.
func TestIdle(t *testing.T) {
	course := func(env *Env) []Screen { return []Screen{NewCourse(env)} }
	lab := func(env *Env) []Screen {
		l, given := parse(t, nil)
		return []Screen{NewList(env), NewLab(env, l, given)}
	}
	page := func(env *Env) []Screen {
		p, err := env.Course.Place("H1.3")
		if err != nil {
			t.Fatal(err)
		}
		return []Screen{NewCourse(env), NewLesson(env, p.Lesson, p.N)}
	}
	for _, c := range []struct {
		name    string
		screens func(*Env) []Screen
		keys    []string
		shown   string
	}{
		{"course", course, nil, "Read the wire"},
		{"welcome", func(env *Env) []Screen { return []Screen{NewCourse(env), NewWelcome(env)} }, nil, "While this screen opened"},
		{"page", page, []string{"2"}, "lock in 2"},
		{"lab", lab, nil, "completed in"},
		{"bytes", lab, []string{"enter", "down"}, "TLSPlaintext"},
		{"held", lab, []string{"s"}, "HELD"},
		{"help", lab, []string{"?"}, "arrows"},
		{"search", course, []string{"/"}, "esc"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			env := courseEnv(t, loaded(t, builtIn), "", nil)
			s := start(t, 80, 24, env, true, c.screens(env)...)
			s.settle()
			for _, k := range c.keys {
				s.press(k)
				s.settle()
			}
			s.wait(c.shown)
			s.settle()
			const second = 60
			if wrote := s.frames(second); len(wrote) > 0 {
				t.Errorf("%d frames of an idle screen write %d bytes: %.200q", second, len(wrote), wrote)
			}
		})
	}
}

// TestSlowLink checks that a key which moves the selection redraws what changed and
// not the screen, and that the way back costs the same.
func TestSlowLink(t *testing.T) {
	s := openLab(t, 80, 24, "handshake")
	s.settle()
	s.p.Send(tea.ClearScreen())
	whole := len(s.frames(3))
	for _, c := range []struct{ name, there, back string }{
		{"from lane to lane, with its note", "down", "up"},
		{"into the bytes and out", "enter", "esc"},
		{"from pane to pane", "tab", "shift+tab"},
	} {
		s.settle()
		s.press(c.there)
		there := len(s.frames(6))
		s.settle()
		s.press(c.back)
		back := len(s.frames(6))
		t.Logf("%s: %d bytes there, %d back, of %d for the whole screen", c.name, there, back, whole)
		if there == 0 || back == 0 {
			t.Errorf("%s: the key drew nothing", c.name)
		}
		// Another pane is nearly another screen.
		most := whole
		if c.there == "down" {
			most = whole / 3
		}
		if there > most || back > most {
			t.Errorf("%s: %d bytes there and %d back are more than %d", c.name, there, back, most)
		}
	}
}

// TestWideLines checks that lines are plain ASCII on a terminal that draws them two
// cells wide, that this is not kept for other terminals, and that the others keep
// their lines.
func TestWideLines(t *testing.T) {
	for _, wide := range []bool{true, false} {
		env := newEnv(t, theme.Dark, false)
		lab, given := parse(t, nil)
		s := startOn(t, &term{t: t, wide: wide}, 80, 24, env, true, NewList(env), NewLab(env, lab, given))
		s.wait("completed in")
		s.settle()
		if got := bytes.ContainsRune([]byte(s.text()), '─'); got == wide {
			t.Errorf("lines two cells wide: %v; the screen is\n%s", wide, s.text())
		}
		if wide {
			s.wait("drawn in plain ASCII")
		}
		if env.Progress.Pref("ascii") != "" {
			t.Error("it is kept")
		}
	}
}
