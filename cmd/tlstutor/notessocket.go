package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tlstutor/labs/wire"
)

// Where a program that presents is found by tlstutor notes: a socket of its own,
// in a folder that nobody but this user can look into. The folder is checked
// before anything in it is touched, by both sides.

// Bounds on what is done in the folder.
const (
	knock      = 300 * time.Millisecond // for somebody at a socket to answer
	unanswered = 10 * time.Second       // a socket this old at which nobody answers is a dead program's
	maxSockets = 1000                   // that are looked at
)

// cueFolders are where the socket may be, the best first: the second is for a
// user without a folder for such things, or whose folder's name is too long for
// the name of a socket.
func cueFolders() []string {
	var all []string
	if dir := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) {
		all = append(all, filepath.Join(dir, "tlstutor"))
	}
	name := "tlstutor"
	if uid := os.Getuid(); uid >= 0 { // Windows has a folder for each user, and no numbers
		name = fmt.Sprintf("tlstutor-%d", uid)
	}
	return append(all, filepath.Join(os.TempDir(), name))
}

// private reports why a folder is not this user's alone, or nil. A link to one is
// not one.
func private(dir string) error {
	// Lstat, as a link could be turned elsewhere after it was checked.
	info, err := os.Lstat(dir)
	if err != nil {
		return reason(err)
	}
	if !info.IsDir() {
		return errors.New("it is not a folder")
	}
	return ownedAlone(info)
}

// reason is an error of the file system without the name, which stands beside it.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// listenCues makes a socket of our own in the first folder that will do.
func listenCues(folders []string) (*net.UnixListener, error) {
	all := errors.New("no folder will do")
	for _, dir := range folders {
		l, err := listenIn(dir)
		if err == nil {
			return l, nil
		}
		all = fmt.Errorf("%w; %s: %w", all, wire.Clean(dir, 200), err)
	}
	return nil, all
}

// listenIn makes the folder where it is missing, and a socket in it.
func listenIn(dir string) (*net.UnixListener, error) {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, reason(err)
	}
	if err := private(dir); err != nil {
		return nil, err
	}
	for _, s := range sockets(dir) {
		// Not a young one: its program may be about to listen.
		if time.Since(s.made) > unanswered && dead(s.name) {
			os.Remove(s.name)
		}
	}
	// Another program may have our number, in a container that shares the folder.
	for n := 1; n < 10; n++ {
		name := filepath.Join(dir, fmt.Sprintf("notes-%d-%d.sock", os.Getpid(), n))
		if info, err := os.Lstat(name); err == nil {
			// What is no socket is not ours to remove.
			if info.Mode().Type() != fs.ModeSocket || !dead(name) {
				continue
			}
			os.Remove(name)
		}
		l, err := net.ListenUnix("unix", &net.UnixAddr{Name: name, Net: "unix"})
		if err != nil {
			return nil, err
		}
		// The folder keeps others out already; this is a second lock.
		if err := os.Chmod(name, 0o600); err != nil {
			l.Close()
			return nil, reason(err)
		}
		return l, nil
	}
	return nil, errors.New("all names for a socket are taken")
}

// dead reports whether nobody will ever answer at a socket. One that is busy is
// not dead.
func dead(name string) bool {
	c, err := net.DialTimeout("unix", name, knock)
	if err != nil {
		return refused(err)
	}
	c.Close()
	return false
}

// A socket is one that somebody made to be found at.
type socket struct {
	name string
	made time.Time // the time of its file
}

// sockets lists those in a folder, the newest first.
func sockets(dir string) []socket {
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer d.Close()
	names, _ := d.Readdirnames(maxSockets) // what can be read is enough
	var all []socket
	for _, name := range names {
		if !strings.HasPrefix(name, "notes-") || !strings.HasSuffix(name, ".sock") {
			continue
		}
		name = filepath.Join(dir, name)
		if info, err := os.Lstat(name); err == nil && info.Mode().Type() == fs.ModeSocket {
			all = append(all, socket{name, info.ModTime()})
		}
	}
	slices.SortFunc(all, func(a, b socket) int { return b.made.Compare(a.made) })
	return all
}
