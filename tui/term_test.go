package tui

import (
	"bytes"
	"context"
	"fmt"
	"image/color"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"

	"tlstutor/labs/pki"
	"tlstutor/lessons"
	"tlstutor/tui/theme"
)

// ring is shared by the tests, so that its RSA key is made once.
var ring = pki.NewKeyring()

// newEnv is what the screens of a test share.
func newEnv(t testing.TB, name theme.Name, ascii bool) *Env {
	t.Helper()
	notes, err := builtInNote()
	if err != nil {
		t.Fatal(err)
	}
	course := loaded(t, toyCourse)
	return &Env{Ctx: context.Background(), Keys: ring, Notes: notes, Theme: theme.New(name, ascii), Course: course, Progress: lessons.OpenProgress("", course.ID, nil), Out: t.TempDir()}
}

// A term is a terminal emulator with the program running in it.
type term struct {
	t    *testing.T
	mu   sync.Mutex
	e    *vt.Emulator
	raw  bytes.Buffer // all that the program wrote
	wide bool         // lines are two cells wide
	p    *tea.Program
	app  *App
	done chan struct{}
}

// Read gives the program what was typed. It is a pipe of its own and needs no
// lock.
func (t *term) Read(p []byte) (int, error) { return t.e.Read(p) }

func (t *term) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(p)
	t.raw.Write(p)
	if t.wide && bytes.Contains(p, []byte(askWidth)) {
		// The emulator draws no wide lines, so its answer is given for it.
		p = bytes.Replace(p, []byte(askWidth), nil, 1)
		go io.WriteString(t.e.InputPipe(), "\x1b[2;1R\x1b[2;3R")
	}
	t.e.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	return n, nil
}

// text is the screen as text.
func (t *term) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.e.String()
}

// start runs the program in a terminal of w by h cells.
func start(t *testing.T, w, h int, env *Env, chosen bool, screens ...Screen) *term {
	t.Helper()
	return startOn(t, &term{t: t}, w, h, env, chosen, screens...)
}

// startOn runs the program on a terminal with properties of its own.
func startOn(t *testing.T, s *term, w, h int, env *Env, chosen bool, screens ...Screen) *term {
	t.Helper()
	s.e, s.done = vt.NewEmulator(w, h), make(chan struct{})
	s.e.Write([]byte("for a screen reader\r\n")) // as main does
	s.app = New(env, chosen, screens...)
	ctx, cancel := context.WithCancel(context.Background())
	s.p = tea.NewProgram(s.app, tea.WithInput(s), tea.WithOutput(s), tea.WithWindowSize(w, h), tea.WithoutSignalHandler(),
		tea.WithColorProfile(colorprofile.TrueColor), tea.WithEnvironment([]string{"TERM=xterm-256color"}), tea.WithContext(ctx))
	go func() {
		defer close(s.done)
		s.p.Run()
	}()
	t.Cleanup(func() {
		s.p.Quit()
		select {
		case <-s.done:
		case <-time.After(5 * time.Second):
			t.Error("the program does not quit")
		}
		cancel()
		s.e.InputPipe().(io.Closer).Close() // Emulator.Close would race with a Read under way
	})
	return s
}

// openLab runs the program with the list and one lab on it.
func openLab(t *testing.T, w, h int, words ...string) *term {
	t.Helper()
	env := newEnv(t, theme.Dark, false)
	lab, given := parse(t, words)
	s := start(t, w, h, env, true, NewList(env), NewLab(env, lab, given))
	s.wait("run 1 ")
	s.wait(theme.New(theme.Dark, false).Glyphs.Check)
	return s
}

// wait polls the screen until it shows want.
func (s *term) wait(want string) {
	s.t.Helper()
	s.until("the screen shows "+fmt.Sprintf("%q", want), func() bool { return strings.Contains(s.text(), want) })
}

// gone polls the screen until it does not show the text.
func (s *term) gone(text string) {
	s.t.Helper()
	s.until("the screen no longer shows "+fmt.Sprintf("%q", text), func() bool { return !strings.Contains(s.text(), text) })
}

func (s *term) until(what string, ok func() bool) {
	s.t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); <-time.After(2 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("waited in vain until %s; the screen is\n%s", what, s.text())
		}
	}
}

// press types keys by their names.
func (s *term) press(names ...string) {
	for _, n := range names {
		k := typed(n)
		s.e.SendKey(uv.KeyPressEvent{Code: k.Code, Mod: k.Mod, Text: k.Text})
	}
}

// find returns where text stands on the screen.
func (s *term) find(text string) (x, y int) {
	s.t.Helper()
	for y, line := range strings.Split(s.text(), "\n") {
		if i := strings.Index(line, text); i >= 0 {
			return len([]rune(line[:i])), y
		}
	}
	s.t.Fatalf("%q is not on the screen:\n%s", text, s.text())
	return 0, 0
}

// still returns where a text is, once the screen stands still.
func (s *term) still(text string) (x, y int) {
	s.t.Helper()
	s.wait(text)
	before := ""
	s.until("the screen stands still", func() bool {
		now := s.text()
		still := now == before && strings.Contains(now, text)
		before = now
		if !still {
			<-time.After(50 * time.Millisecond)
		}
		return still
	})
	return s.find(text)
}

// click clicks on a text, once the screen stands still.
func (s *term) click(text string) {
	s.t.Helper()
	x, y := s.still(text)
	s.clickAt(x, y)
}

// clickLast clicks on what ends the program: nobody is there to hear that the
// button is let go.
func (s *term) clickLast(text string) {
	s.t.Helper()
	x, y := s.still(text)
	s.e.SendMouse(uv.MouseClickEvent{X: x, Y: y, Button: uv.MouseLeft})
}

func (s *term) clickAt(x, y int) {
	s.e.SendMouse(uv.MouseClickEvent{X: x, Y: y, Button: uv.MouseLeft})
	s.e.SendMouse(uv.MouseReleaseEvent{X: x, Y: y, Button: uv.MouseLeft})
}

func (s *term) wheel(x, y int, down bool) {
	b := uv.MouseWheelUp
	if down {
		b = uv.MouseWheelDown
	}
	s.e.SendMouse(uv.MouseWheelEvent{X: x, Y: y, Button: b})
}

// A cell is one cell of the screen, for pictures and for the test of the one
// reverse bar.
type cell struct {
	text    string
	width   int
	fg, bg  color.Color
	bold    bool
	under   bool
	reverse bool
}

// cells returns the screen cell by cell.
func (s *term) cells() [][]cell {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := make([][]cell, s.e.Height())
	for y := range rows {
		for x := 0; x < s.e.Width(); x++ {
			c := cell{text: " ", width: 1}
			if got := s.e.CellAt(x, y); got != nil && !got.IsZero() {
				c = cell{
					text: got.Content, width: got.Width, fg: got.Style.Fg, bg: got.Style.Bg,
					bold: got.Style.Attrs&uv.AttrBold != 0, reverse: got.Style.Attrs&uv.AttrReverse != 0,
					under: got.Style.Underline != 0,
				}
			}
			rows[y] = append(rows[y], c)
		}
	}
	return rows
}

// write types text, letter by letter.
func (s *term) write(text string) {
	for _, r := range text {
		if r == ' ' {
			s.press("space")
			continue
		}
		s.e.SendKey(uv.KeyPressEvent{Code: r, Text: string(r)})
	}
}
