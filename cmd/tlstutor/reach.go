package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/charmbracelet/x/term"
)

// A source is a file, or standard input, that is read from front to back.
type source struct {
	name string // as it may be printed
	file *os.File
	late *time.Timer // says that nothing has come yet
}

// Read reads on.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.file.Read(p)
	if s.late != nil {
		s.late.Stop()
	}
	return n, err
}

// Close closes the file. Standard input stays open.
func (s *source) Close() error {
	if s.late != nil {
		s.late.Stop()
		return nil
	}
	return s.file.Close()
}

// reach opens what a command is to read. A folder has nothing to read, and some
// devices have no end.
func reach(ctx context.Context, command, name string) (*source, error) {
	s := &source{name: clean(name), file: os.Stdin}
	if name == "-" {
		if term.IsTerminal(os.Stdin.Fd()) {
			return nil, hint(misuse(errors.New("standard input is the keyboard")), "pipe something in, or name a file")
		}
		if info, err := os.Stdin.Stat(); err == nil && info.IsDir() {
			return nil, fmt.Errorf("reading %s: %w", s.name, hint(errors.New("it is a folder"), "name a file in it"))
		}
		s.late = time.AfterFunc(stdinWait, func() {
			fmt.Fprintln(os.Stderr, "tlstutor: waiting for standard input; ctrl+c gives up")
		})
		return s, nil
	}
	// Looked at before it is opened, as opening alone may do something; and opening
	// a pipe waits for who writes to it.
	file, err := await(ctx, func() (*os.File, error) {
		info, err := os.Stat(name)
		switch {
		case err != nil:
			return nil, err
		case info.IsDir():
			return nil, hint(errors.New("it is a folder"), "name a file in it")
		case info.Mode()&fs.ModeDevice != 0:
			return nil, hint(errors.New("it is a device"), "name a file, or - for standard input")
		}
		return os.Open(name)
	})
	switch {
	case ctx.Err() != nil:
		return nil, stopped(ctx)
	case errors.Is(err, fs.ErrPermission):
		return nil, hint(fmt.Errorf("reading %s: %w", s.name, reason(err)), "read it as a user who may, and pipe it in: tlstutor "+command+" -")
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", s.name, hinted(command, reason(err)))
	}
	s.file = file
	return s, nil
}

// await returns what f does, or the error of ctx if that ends first. A read that
// hangs cannot be called off: it ends with the command.
func await[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		v, err := f()
		done <- result{v, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
