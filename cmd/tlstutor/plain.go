package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"unicode/utf8"

	"github.com/charmbracelet/x/term"

	"tlstutor/tui"
	"tlstutor/tui/theme"
)

// lines is the program as lines of text, on standard input and output: asked for,
// or because there is no terminal to draw on. What is read from a file or a pipe
// is written behind its prompt, where a terminal would have shown it.
func lines(ctx context.Context, env *tui.Env, screens []tui.Screen) error {
	// ctrl+c is how one quits, as on the screen, where it is a key; it ends ctx too.
	quit := make(chan os.Signal, 1)
	signal.Notify(quit, os.Interrupt)
	defer signal.Stop(quit)
	in := &script{from: os.Stdin, left: scriptLimit}
	err := tui.Plain(env, tui.Lines{
		In:   in,
		Out:  &lettering{w: os.Stdout, theme: env.Theme},
		Echo: !term.IsTerminal(os.Stdin.Fd()),
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
	}
	if err := stopped(ctx); err != nil {
		return err
	}
	return in.failure()
}

// scriptLimit is how many bytes of lines are read. Nobody types so many, and some
// devices have no end.
const scriptLimit = 256 << 10

// A script is what lines are read from. To the program every error is the end of
// it; this keeps what it was.
type script struct {
	from io.Reader
	left int // bytes that may be read yet

	mu  sync.Mutex // the program may end while a read waits
	err error
}

// Read reads on, up to the limit.
func (s *script) Read(p []byte) (int, error) {
	n, err := s.from.Read(p[:min(len(p), s.left)])
	if s.left -= n; s.left == 0 {
		err = fmt.Errorf("it has more than %d kB", scriptLimit>>10)
	}
	if err != nil && err != io.EOF {
		s.mu.Lock()
		s.err = err
		s.mu.Unlock()
	}
	return n, err
}

// failure says why not all of it could be read, or returns nil.
func (s *script) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		return nil
	}
	return hint(fmt.Errorf("reading lines from standard input: %w", reason(s.err)), "give it a file of lines to type, or none at all")
}

// lettering writes text with the letters that there are: where the locale is not
// UTF-8, a quotation mark of the prose is one of ASCII.
type lettering struct {
	w     io.Writer
	theme *theme.Theme
	rest  []byte // of a letter whose end has not come yet
}

// Write writes all whole letters.
func (l *lettering) Write(p []byte) (int, error) {
	text := append(l.rest, p...)
	whole := len(text)
	for back := 1; back < utf8.UTFMax && back <= len(text); back++ {
		if at := len(text) - back; utf8.RuneStart(text[at]) {
			if !utf8.FullRune(text[at:]) {
				whole = at
			}
			break
		}
	}
	l.rest = append([]byte(nil), text[whole:]...)
	if _, err := io.WriteString(l.w, l.theme.Frame(string(text[:whole]))); err != nil {
		return 0, err
	}
	return len(p), nil
}
