//go:build unix

package main

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// ownedAlone reports why a folder is open to others than this user, or nil.
func ownedAlone(info fs.FileInfo) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	// The owner first: who owns a folder may change its mode at any time.
	switch {
	case !ok || int(st.Uid) != os.Getuid():
		return errors.New("it belongs to somebody else")
	case info.Mode().Perm() != 0o700:
		return errors.New("others may look into it; chmod 700 would end that")
	}
	return nil
}

// refused reports whether a socket is there, and nobody listens at it.
func refused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// redraws reports whether a terminal moves its cursor when it is told to.
func redraws(*os.File) bool { return os.Getenv("TERM") != "" }
