package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"

	"tlstutor/content"
	"tlstutor/labs"
	"tlstutor/labs/peer"
	"tlstutor/labs/pki"
	"tlstutor/lessons"
	"tlstutor/tui"
	"tlstutor/tui/theme"
)

// asText is what to do where the program cannot draw.
const asText = "tlstutor --plain is the same program as lines of text"

// A spot is where the program opens: a lab with its settings, a page, or
// a capture, or nothing, which is home.
type spot struct {
	lab   *labs.Lab
	given labs.Settings
	page  *lessons.Page
	track *lessons.Track // home, with its lessons alone
	trace *trace
}

// screens are the screens that lead to a spot, the last on top.
func (at spot) screens(env *tui.Env) []tui.Screen {
	home := tui.NewCourse(env)
	switch {
	case at.lab != nil:
		return []tui.Screen{home, tui.NewList(env), tui.NewLab(env, at.lab, at.given)}
	case at.trace != nil:
		return []tui.Screen{home, tui.NewIndex(env, at.trace.name, at.trace.index, at.trace.size)}
	case at.page != nil:
		return []tui.Screen{home, tui.NewLesson(env, at.page.Lesson, at.page.N)}
	case env.Progress.Fresh() && len(env.Course.Lessons) > 0:
		return []tui.Screen{home, tui.NewWelcome(env)}
	}
	return []tui.Screen{home}
}

// environment is all that the program has and the other commands do not need: the
// course, what the user did in it, the theme, and the RSA key that is made while
// they look at the first screen. The function ends it.
func (s *shell) environment(ctx context.Context, course *lessons.Course) (*tui.Env, func(), error) {
	notes, err := lessons.LoadNotes(content.FS)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the notes: %w", err)
	}
	// Dark, until the terminal has said what it is.
	name := theme.For(true)
	if s.theme != "" {
		name, _ = theme.Parse(s.theme) // checked before
	}
	keys := pki.NewKeyring()
	keys.Warm()
	progress := lessons.OpenProgress(stateDir(), s.keptAs(course.ID), time.Now)
	ascii := s.ascii || asciiOnly() || progress.Pref("ascii") == "yes"
	env := &tui.Env{Ctx: ctx, Keys: keys, Notes: notes, Programs: new(peer.Finder), Course: course, Progress: progress, Theme: theme.New(name, ascii), Version: version()}
	cues := &prompter{folders: cueFolders()}
	env.Tell = cues.tell
	return env, func() {
		if err := cues.close(); err != nil {
			fmt.Fprintln(os.Stderr, unheard(err))
		}
		progress.Close()
	}, nil
}

// screen opens the program at a place.
func (s *shell) screen(ctx context.Context, find func(*lessons.Course) (spot, error)) error {
	files, err := s.courseFiles()
	if err != nil {
		return err
	}
	course, err := s.loadCourse(files)
	if err != nil {
		return err
	}
	at, err := find(course)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	env, end, err := s.environment(ctx, course)
	if err != nil {
		return err
	}
	defer end()
	env.Reload = s.reload(files)
	if at.track != nil {
		env.Course, env.Reload = course.Only(at.track), cut(env.Reload, at.track.Name)
	}
	if s.course != "" {
		env.Flags, env.Alone = " --course "+labs.Word(s.course), true
	}
	if at.trace != nil {
		defer at.trace.Close()
	}
	if at.trace != nil && (s.plain || undrawable() != "") {
		return dissection{keylog: at.trace.keylog}.print(ctx, at.trace.name)
	}
	if s.plain || undrawable() != "" {
		return lines(ctx, env, at.screens(env))
	}
	profile := colourProfile()
	env.Theme = env.Theme.Sixteen(profile <= colorprofile.ANSI)
	app := tui.New(env, s.theme != "", at.screens(env)...)
	// This line stays in the scrollback, where a screen reader finds it.
	fmt.Println("tlstutor: for a screen reader: tlstutor --plain")
	// Signals are main's: they end ctx, and that ends the program and its runs.
	_, err = tea.NewProgram(app, tea.WithContext(ctx), tea.WithoutSignalHandler(), tea.WithColorProfile(profile)).Run()
	return after(ctx, app, err)
}

// cut makes what reads a course anew leave out what a track leaves out. One that is in
// the track no more is shown whole.
func cut(reload func() (*lessons.Course, error), track string) func() (*lessons.Course, error) {
	if reload == nil {
		return nil
	}
	return func() (*lessons.Course, error) {
		c, err := reload()
		if err != nil || c == nil {
			return c, err
		}
		if t := c.Track(track); t != nil {
			return c.Only(t), nil
		}
		return c, nil
	}
}

// after says how the program ended, once the screen is restored: with a report
// when code of ours broke, with what ended it when something did, else with the
// way back.
func after(ctx context.Context, app *tui.App, err error) error {
	switch {
	case app.Fatal != nil:
		return broke(app.Fatal)
	case errors.Is(err, tea.ErrProgramPanic):
		// It broke outside of every screen; tea has printed the stack already.
		return hint(errors.New("something in tlstutor broke; the terminal is as it was and nothing is left running"), "the lines above say where")
	case ctx.Err() != nil:
		return stopped(ctx)
	case err != nil:
		return hint(fmt.Errorf("drawing on this terminal: %w", err), asText)
	}
	_, err = fmt.Print(app.Farewell())
	return err
}

// undrawable says why the program cannot draw here, or is not to, or "". It is
// lines of text then.
func undrawable() string {
	switch {
	case !term.IsTerminal(os.Stdin.Fd()):
		return "the program needs a terminal, and standard input is not one"
	case !term.IsTerminal(os.Stdout.Fd()):
		return "the program needs a terminal, and standard output is not one"
	case os.Getenv("TERM") == "dumb":
		return "the program draws on the whole screen, and TERM is dumb"
	case os.Getenv("TERM") == "" && runtime.GOOS != "windows":
		return "the program draws on the whole screen, and TERM is not set"
	case os.Getenv("ACCESSIBLE") != "":
		return "the program draws on the whole screen, and ACCESSIBLE asks for plain lines"
	case os.Getenv("TLSTUTOR_PLAIN") != "":
		return "the program draws on the whole screen, and TLSTUTOR_PLAIN asks for plain lines"
	}
	return ""
}

// colourProfile returns how many colours the terminal has. NO_COLOR counts whatever it
// is set to, as no-color.org has it; the library asks for a 1.
func colourProfile() colorprofile.Profile {
	p := colorprofile.Detect(os.Stdout, os.Environ())
	if os.Getenv("NO_COLOR") != "" {
		return min(p, colorprofile.Ascii)
	}
	return p
}

// asciiOnly reports whether signs beyond ASCII are better not drawn here. The
// Linux console knows UTF-8, but its fonts have 256 or 512 letters: the common ones
// draw a double line as a single one, and a triangle as an arrow.
func asciiOnly() bool { return !unicodeLocale() || os.Getenv("TERM") == "linux" }

// unicodeLocale reports whether the user's locale is UTF-8. Where it is not,
// the screen is drawn in ASCII. Windows has no locale variables.
func unicodeLocale() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(os.Getenv(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return runtime.GOOS == "windows"
}
