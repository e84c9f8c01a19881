package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/charmbracelet/x/term"

	"tlstutor/tui"
)

// lines is the program as lines of text, on standard input and output: asked for,
// or because there is no terminal to draw on. What is read from a file or a pipe
// is written behind its prompt, where a terminal would have shown it.
func lines(ctx context.Context, env *tui.Env, screens []tui.Screen) error {
	// ctrl+c is how one quits, as on the screen, where it is a key; it ends ctx too.
	quit := make(chan os.Signal, 1)
	signal.Notify(quit, os.Interrupt)
	defer signal.Stop(quit)
	err := tui.Plain(env, tui.Lines{
		In:      os.Stdin,
		Out:     os.Stdout,
		Echo:    !term.IsTerminal(os.Stdin.Fd()),
		Nearest: nearest,
	}, screens...)
	if err != nil {
		return broke(err)
	}
	// With ctrl+c both have ended, and that is a quit like any other; ctx alone is
	// another signal, which is told of.
	select {
	case <-quit:
		return nil
	default:
		return stopped(ctx)
	}
}
