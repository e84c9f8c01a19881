package main

import (
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/charmbracelet/x/vt"
	"golang.org/x/sys/unix"
)

// alonePath keeps a doctor from asking the peers of this machine, which takes time.
const alonePath = "PATH=/nowhere"

// program is the program's own path, for a shell that finds nothing.
func program(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("tlstutor")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// asItWas checks that the terminal shows what is typed and makes signals of keys,
// as it did before.
func asItWas(t *testing.T, p *terminal) {
	t.Helper()
	var mode *unix.Termios
	control(t, p.own, func(fd int) (err error) {
		mode, err = unix.IoctlGetTermios(fd, unix.TCGETS)
		return err
	})
	const want = unix.ECHO | unix.ICANON | unix.ISIG
	if mode.Lflag&want != want || mode.Oflag&unix.OPOST == 0 {
		t.Errorf("the terminal is left in mode %#x", mode.Lflag)
	}
}

// drawnBy plays what a program draws to a terminal emulator that answers, until
// the program ends, and returns its screen.
func drawnBy(t *testing.T, p *terminal, cols, rows int) []string {
	t.Helper()
	e := vt.NewEmulator(cols, rows)
	defer e.Close()
	go io.Copy(p.own, e)
	done := 0
	draw := func() {
		text := p.text()
		e.Write(text[done:])
		done = len(text)
	}
	for {
		select {
		case <-p.more:
			draw()
			continue
		case <-p.ended:
			draw()
		}
		return strings.Split(e.String(), "\n")
	}
}

// TestDoctorAsks checks that a terminal that answers is asked, that nothing of it
// stays on the screen, and that what stood there before is still there.
func TestDoctorAsks(t *testing.T) {
	p := onTerminal(t, 80, 48, []string{"COLORTERM=truecolor", alonePath}, "sh", "-c", `printf 'asked: '; exec "$0" doctor`, program(t))
	screen := drawnBy(t, p, 80, 48)
	if status := p.end(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	asItWas(t, p)
	for i, want := range []string{
		"asked: ok  size       80x48 xterm-256color; the program needs 60x18",
		"ok  colours    TrueColor on a dark background",
		"ok  letters    the locale is UTF-8; ä takes 1 cell",
		"ok  glyphs     ─ ═ ▶ ▸ ✓ ▌ take 1 cell each; boxes or gaps there: --ascii",
	} {
		if got := strings.TrimRight(screen[i], " "); got != want {
			t.Errorf("line %d is %q, want %q", i, got, want)
		}
	}
}

// TestDoctorSilence checks that a terminal that says nothing holds nobody up, and
// that one that answers late does not answer the shell.
func TestDoctorSilence(t *testing.T) {
	p := onTerminal(t, 91, 31, []string{alonePath}, "tlstutor", "doctor")
	p.until("\x1b[c")
	p.press("\x1b[9;1R\x1b[9;2R\x1b[9;2R\x1b[?1002;1$y\x1b[?1006;2$y")
	if status := p.end(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	asItWas(t, p)
	text := string(p.text())
	for _, want := range []string{"91x31", "how wide they are", "background not known", "ok  mouse      the terminal has it"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q: %q", want, text)
		}
	}
	if strings.Contains(text, "^[") || strings.Contains(text, "[9;") {
		t.Errorf("an answer is on the screen: %q", text)
	}
}

// TestDoctorStops checks that ctrl+c ends it also while the terminal is asked, and
// that a signal does.
func TestDoctorStops(t *testing.T) {
	for _, key := range []string{"\x03", ""} {
		p := onTerminal(t, 80, 24, []string{alonePath}, "tlstutor", "doctor")
		p.until("\x1b[c")
		if key != "" {
			p.press(key)
		} else if err := p.cmd.Process.Signal(unix.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if status := p.end(); status != couldNot {
			t.Errorf("key %q: exit status %d", key, status)
		}
		asItWas(t, p)
		if text := string(p.text()); !strings.Contains(text, "tlstutor: stopped: ") || strings.Contains(text, "to copy") {
			t.Errorf("key %q: it says %q", key, text)
		}
	}
}

// TestDoctorTooSmall checks the one no that a terminal can give.
func TestDoctorTooSmall(t *testing.T) {
	p := onTerminal(t, 50, 10, []string{alonePath}, "tlstutor", "doctor", "--ascii")
	if status := p.end(); status != no {
		t.Errorf("exit status %d", status)
	}
	text := strings.Join(strings.Fields(string(p.text())), " ")
	for _, want := range []string{"NO size 50x10", "drawn in ASCII", "| NO size |", "make the window larger"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q: %q", want, text)
		}
	}
}

// TestDoctorBehind checks that doctor in the background asks nothing: the system
// would halt it.
func TestDoctorBehind(t *testing.T) {
	p := onTerminal(t, 80, 24, []string{alonePath}, "sh", "-mc", `"$0" doctor & wait $!`, program(t))
	if status := p.end(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if text := string(p.text()); !strings.Contains(text, "the terminal cannot be asked") || strings.Contains(text, "\x1b[c") {
		t.Errorf("it says %q", text)
	}
}
