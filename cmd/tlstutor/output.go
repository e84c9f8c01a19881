package main

import (
	"errors"
	"os"
	"runtime"
	"syscall"
)

// An output is standard output for what prints without looking whether that
// succeeds: help, completion, --version. It remembers the first error, and gives
// none, as cobra would print it in its own way. To who asks it is a terminal
// where standard output is one.
type output struct{ err error }

// Write writes to standard output.
func (o *output) Write(p []byte) (int, error) {
	if _, err := os.Stdout.Write(p); err != nil && o.err == nil {
		o.err = err
	}
	return len(p), nil
}

// Read reads what standard output can be read for: a terminal's answers.
func (o *output) Read(p []byte) (int, error) { return os.Stdout.Read(p) }

// Close leaves standard output open, as it is not ours.
func (o *output) Close() error { return nil }

// Fd is that of standard output.
func (o *output) Fd() uintptr { return os.Stdout.Fd() }

// unread reports whether an error is that whoever read our output has left. What
// Windows says of a pipe without a reader are numbers of its own:
// ERROR_BROKEN_PIPE and ERROR_NO_DATA.
func unread(err error) bool {
	var n syscall.Errno
	if runtime.GOOS == "windows" && errors.As(err, &n) {
		return n == 109 || n == 232
	}
	return errors.Is(err, syscall.EPIPE)
}

// roomless adds to an error that a disk is full what to do about it.
func roomless(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return hint(err, "make room there, or write to another place")
	}
	return err
}
