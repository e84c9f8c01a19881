package main

import (
	"context"
	"os"

	"github.com/charmbracelet/x/term"

	"tlstutor/tui"
)

// lines is the program as lines of text, on standard input and output: asked for,
// or because there is no terminal to draw on. What is read from a file or a pipe
// is written behind its prompt, where a terminal would have shown it.
func lines(ctx context.Context, env *tui.Env, screens []tui.Screen) error {
	err := tui.Plain(env, tui.Lines{
		In:      os.Stdin,
		Out:     os.Stdout,
		Echo:    !term.IsTerminal(os.Stdin.Fd()),
		Nearest: nearest,
	}, screens...)
	if ended := stopped(ctx); ended != nil && err == nil {
		return ended
	}
	return broke(err)
}
