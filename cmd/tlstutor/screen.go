package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/term"

	"tlstutor/content"
	"tlstutor/labs"
	"tlstutor/labs/pki"
	"tlstutor/lessons"
	"tlstutor/tui"
	"tlstutor/tui/theme"
)

// asText is what to do where the program cannot draw.
const asText = "tlstutor run handshake prints the same as text"

// screen opens the program in a lab, with the list of labs beneath it. Here is all
// that the program has and the other commands do not need: the notes, the theme,
// and the RSA key that is made while the user looks at the first screen.
func (s *shell) screen(ctx context.Context, l *labs.Lab, given labs.Settings) error {
	if why := undrawable(); why != "" {
		return hint(errors.New(why), asText)
	}
	// Dark, until the terminal has said what it is.
	name := theme.For(true)
	if s.theme != "" {
		name, _ = theme.Parse(s.theme) // checked before
	}
	notes, err := lessons.LoadNotes(content.FS)
	if err != nil {
		return fmt.Errorf("reading the notes: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	keys := pki.NewKeyring()
	keys.Warm()
	env := &tui.Env{Ctx: ctx, Keys: keys, Notes: notes, Theme: theme.New(name, s.ascii || !unicodeLocale())}
	app := tui.New(env, s.theme != "", tui.NewList(env), tui.NewLab(env, l, given, "the labs"))
	// This line stays in the scrollback, where a screen reader finds it.
	fmt.Println("tlstutor: for a screen reader: tlstutor run " + l.Name)
	// Signals are main's: they end ctx, and that ends the program and its runs.
	_, err = tea.NewProgram(app, tea.WithContext(ctx), tea.WithoutSignalHandler()).Run()
	return after(ctx, app, err)
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
	// A run is joined only after its connections are closed, so both numbers are
	// one.
	n := app.Made()
	s := "s"
	if n == 1 {
		s = ""
	}
	here := ""
	if at := app.Where(); at != "" {
		here = "        Straight here: tlstutor open " + at
	}
	_, err = fmt.Printf("Go on: tlstutor%s\n%d connection%s made, %d closed, nothing left running.\n", here, n, s, n)
	return err
}

// undrawable says why the program cannot draw here, or "".
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
	}
	return ""
}

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
