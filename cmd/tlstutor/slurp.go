package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/charmbracelet/x/term"

	"tlstutor/labs/wire"
)

// Bounds of what is read of a file or of standard input.
const (
	slurpLimit = 16 << 20         // bytes
	slurpWait  = 10 * time.Second // without a byte; a pipe that nobody writes to must not hold us
	stdinWait  = 3 * time.Second  // until it is said that standard input is waited for
)

// slurp reads a file for a command, or standard input where the name is -, and
// returns its name as it may be printed. It gives up when ctx ends, and, on a file with
// a name, when nothing came for a while.
func slurp(ctx context.Context, command, name string, wait time.Duration) (string, []byte, error) {
	type result struct {
		data []byte
		err  error
	}
	clean, waiting := wire.Clean(name, 200), ""
	if name == "-" {
		clean, wait = "standard input", stdinWait
		waiting = "tlstutor: waiting for standard input; it has to end before it can be read, and ctrl+c gives up"
		if term.IsTerminal(os.Stdin.Fd()) {
			fmt.Fprintln(os.Stderr, "tlstutor: reading "+one(command)+" from the keyboard; paste it, then end with ctrl+d on a line of its own")
			wait = 1 << 62 // whoever pastes may take any time
		}
	}
	// Opening a pipe, or reading a file that lies on another machine, can take
	// for ever, and neither can be called off. What hangs then is this goroutine,
	// which ends with the command.
	done, came := make(chan result, 1), make(chan struct{}, 1)
	go func() {
		var r result
		r.data, r.err = read(command, name, came)
		done <- r
	}()
	late := time.NewTimer(wait)
	defer late.Stop()
	for {
		select {
		case r := <-done:
			if r.err != nil {
				// The system's errors name the file once more, as it stands.
				return "", nil, fmt.Errorf("reading %s: %w", clean, hinted(command, reason(r.err)))
			}
			return clean, r.data, nil
		case <-came:
			late.Reset(wait)
		case <-late.C:
			if waiting == "" {
				return "", nil, hint(fmt.Errorf("reading %s: nothing came for %v", clean, wait), "if it is a pipe, let something write to it")
			}
			fmt.Fprintln(os.Stderr, waiting)
			wait = 1 << 62 // once is enough
		case <-ctx.Done():
			return "", nil, stopped(ctx)
		}
	}
}

// read reads a whole file that is not too large for us, and tells came when there
// is more of it. A regular file says its size before it is read; anything else is
// cut off when it becomes too large.
func read(command, name string, came chan<- struct{}) ([]byte, error) {
	in, look := os.Stdin, os.Stdin.Stat
	if name != "-" {
		// Looked at before it is opened, as opening alone may do something.
		look = func() (fs.FileInfo, error) { return os.Stat(name) }
	}
	info, err := look()
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, hint(errors.New("it is a folder"), "name a file in it")
	// Some devices have no end, and some do something when they are read. Who
	// redirects standard input to one has it cut off.
	case info.Mode()&fs.ModeDevice != 0 && name != "-":
		return nil, hint(errors.New("it is a device"), "name a file, or - for standard input")
	case info.Mode().IsRegular() && info.Size() > slurpLimit:
		return nil, tooLarge(command)
	}
	if name != "-" {
		if in, err = os.Open(name); err != nil {
			return nil, err
		}
		defer in.Close()
	}
	// One byte beyond the limit tells too large from just fitting.
	data, err := io.ReadAll(io.LimitReader(pulse{in, came}, slurpLimit+1))
	if err == nil && len(data) > slurpLimit {
		err = tooLarge(command)
	}
	return data, err
}

// A pulse tells came whenever something was read. It never waits for who
// listens.
type pulse struct {
	io.Reader
	came chan<- struct{}
}

// Read reads on.
func (h pulse) Read(p []byte) (int, error) {
	n, err := h.Reader.Read(p)
	select {
	case h.came <- struct{}{}:
	default: // that there is more is known already
	}
	return n, err
}

// one is what a command reads.
func one(command string) string {
	if command == "why" {
		return "the text of an error"
	}
	return "a certificate"
}

// tooLarge refuses what cannot be that.
func tooLarge(command string) error {
	few := "certificates have a few kB: is this the right file?"
	if command == "why" {
		few = "the lines around the error are enough"
	}
	return hint(fmt.Errorf("it has more than %d MB", slurpLimit>>20), few)
}

// hinted adds to what the system says of a file that a command reads what to do
// about it.
func hinted(command string, err error) error {
	var known *failure
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return hint(err, "is the name spelt right?")
	case errors.Is(err, fs.ErrPermission):
		return hint(err, "read it as a user who may, and pipe it in: tlstutor "+command+" -")
	}
	return hint(err, "is this the right file?")
}
