package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/labs/peer"
	"tlstutor/tui/theme"
)

// without is a drive on a lab where no program of others is to be found.
func without(t *testing.T, w, h int, words ...string) (*drive, *labScreen) {
	t.Helper()
	t.Setenv("PATH", t.TempDir())
	env := newEnv(t, theme.Dark, false)
	env.Programs = new(peer.Finder)
	lab, given := parse(t, words)
	s := NewLab(env, lab, given).(*labScreen)
	d := newDrive(t, w, h, env, NewList(env), s)
	d.idle(s)
	d.until("it is known what is missing", func() bool {
		_, _, ok := env.Programs.Known("gnutls-cli") // asked for last
		return ok
	})
	return d, s
}

// TestRecordingShown: a run that stands in for a program says so in the title, and
// the knob says why, in its colour and in words.
func TestRecordingShown(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {140, 42}} {
		d, s := without(t, size[0], size[1], "handshake", "server=python3")
		by, _, _ := strings.Cut(labs.Recording(s.cur().events), ", ")
		title, _, _ := strings.Cut(ansi.Strip(d.screen()), "\n")
		if by == "" || !strings.Contains(title, "REC "+by) || !strings.Contains(title, "completed in") {
			t.Errorf("%v: the title is %q; the recording is of %q", size, title, by)
		}
		if size[0] >= wideFrom {
			dim, _, _ := strings.Cut(s.env.Theme.Dim.Render("x"), "x")
			if !strings.Contains(d.screen(), dim+"‹ python3") {
				t.Errorf("%v: the value is as bright as any:\n%s", size, d.screen())
			}
		}
		for _, k := range []string{"tab", "tab", "down"} {
			d.key(k)
		}
		text := strings.Join(strings.Fields(strings.NewReplacer("│", " ").Replace(ansi.Strip(d.screen()))), " ")
		if !strings.Contains(text, "on this machine. Its run is a recording.") {
			t.Errorf("%v: it does not say why:\n%s", size, ansi.Strip(d.screen()))
		}
	}
}

// TestRefusalShown: settings that nobody can run are no fault of the machine.
func TestRefusalShown(t *testing.T) {
	d, _ := without(t, 80, 24, "handshake", "keyupdate=client")
	text := strings.Join(strings.Fields(ansi.Strip(d.screen())), " ")
	if !strings.Contains(text, "Not run keyupdate=client needs client=openssl: Go cannot start a KeyUpdate. Nothing was run: turn a knob, then press r.") {
		t.Errorf("it says:\n%s", ansi.Strip(d.screen()))
	}
}

// TestAlone: what a course of somebody else asks for runs no program; what the
// learner asks for does.
func TestAlone(t *testing.T) {
	env := &Env{Alone: true}
	if !env.options(true).Alone || env.options(false).Alone {
		t.Error("it is the other way round")
	}
	if env.Alone = false; env.options(true).Alone {
		t.Error("our own course runs no program")
	}
}
