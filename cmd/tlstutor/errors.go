package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"tlstutor/labs/wire"
)

// The exit statuses other than 0.
const (
	no       = 1 // the verdict is no
	wrong    = 2 // wrong usage
	couldNot = 3 // the machine, a file or our own code was in the way

	// Whoever read our output has left: what a shell reports of a program that
	// SIGPIPE ended, which is what ends most.
	unheeded = 128 + 13
)

// A failure is an error with what the edge of the program knows about it.
type failure struct {
	err    error  // what failed
	advice string // what to do
	status int    // 0: that of err
}

// Error says what failed and, behind a semicolon, what to do.
func (f *failure) Error() string {
	if f.advice == "" {
		return f.err.Error()
	}
	return f.err.Error() + "; " + f.advice
}

// Unwrap leaves the error as it was to errors.Is.
func (f *failure) Unwrap() error { return f.err }

// hint adds to an error what to do about it. No error stays none, so a result
// can be handed through.
func hint(err error, advice string) error {
	if err == nil {
		return nil
	}
	return &failure{err: err, advice: advice}
}

// misuse marks an error as wrong usage.
func misuse(err error) error { return &failure{err: err, status: wrong} }

// verdict marks an error as a verdict that is no.
func verdict(err error) error { return &failure{err: err, status: no} }

// status returns the exit status for an error: the outermost that somebody set,
// and couldNot where nobody did.
func status(err error) int {
	if err == nil {
		return 0
	}
	for err != nil {
		var f *failure
		if !errors.As(err, &f) {
			break
		}
		if f.status != 0 {
			return f.status
		}
		err = f.err
	}
	return couldNot
}

// complain prints an error as one line, and returns the exit status. Whoever
// closed our output does not want to hear more. The line is cleaned as a whole:
// much of it comes from arguments, from files and from the system.
func complain(w io.Writer, err error) int {
	if unread(err) {
		return unheeded
	}
	if err != nil {
		line := strings.Join(strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\t' }), " ")
		fmt.Fprintln(w, "tlstutor: "+wire.Clean(line, 4*wire.MaxValue))
	}
	return status(err)
}

// stopped is the error of a command that a signal ended.
func stopped(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("stopped: %w; nothing is left running", context.Cause(ctx))
}

// quote writes a word from outside as one sees it.
func quote(word string) string { return `"` + wire.Clean(word, 80) + `"` }
