package main

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// ownedAlone has nothing to check: folders are made in the user's own, and get
// its rights.
func ownedAlone(fs.FileInfo) error { return nil }

// refused reports whether a socket is there, and nobody listens at it.
func refused(err error) bool { return errors.Is(err, windows.WSAECONNREFUSED) }

// redraws has a console understand escape sequences, and reports whether it does.
func redraws(f *os.File) bool {
	var mode uint32
	h := windows.Handle(f.Fd())
	return windows.GetConsoleMode(h, &mode) == nil &&
		windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
