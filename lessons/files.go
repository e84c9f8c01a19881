package lessons

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"tlstutor/labs/wire"
)

// Bounds on files, far above what people write and far below what hurts.
const (
	maxFiles = 200     // in a folder
	maxFile  = 1 << 20 // bytes in one file
	maxPath  = 200     // bytes in a file's name as shown, or in the path of a note
)

// errNotUTF8 is said of a file that is not text.
var errNotUTF8 = errors.New("not UTF-8 text")

// read returns the text of a file of bounded size. Its name is clean, since
// errors and notes carry it.
func read(fsys fs.FS, name string) (string, error) {
	shown := wire.Clean(name, maxPath)
	// Before it is opened: opening a pipe waits for who writes into it.
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return "", fmt.Errorf("opening %s: %w", shown, reason(err))
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a file", shown)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return "", fmt.Errorf("opening %s: %w", shown, reason(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", shown, reason(err))
	}
	if len(data) > maxFile {
		return "", fmt.Errorf("%s:1: the file is larger than %d bytes", shown, maxFile)
	}
	return string(data), nil
}

// reason is an error of a file system without the name, which stands beside it.
func reason(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err
	}
	return err
}

// open reads a file of the course as valid text; false when it cannot be.
func open(fsys fs.FS, name, mend string, bad *Mistakes) (string, bool) {
	shown := wire.Clean(name, maxPath)
	text, err := read(fsys, name)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			mend = "make it a file that you may read"
		}
		bad.add(shown, 1, mend, "%v", err)
		return "", false
	}
	if !utf8.ValidString(text) {
		n := 1
		for line := range strings.Lines(text) {
			if !utf8.ValidString(line) {
				break
			}
			n++
		}
		bad.add(shown, n, "save it as UTF-8", "%v", errNotUTF8)
		return "", false
	}
	// Some editors put one there.
	return strings.TrimPrefix(text, "\ufeff"), true
}

// list returns the names in a folder of the course that a pattern fits. The
// folder is looked at before it is opened, as opening a pipe waits for who writes
// into it. fs.Glob does not, and what it cannot read it passes over.
func list(fsys fs.FS, pattern string) ([]string, error) {
	dir, last := path.Dir(pattern), path.Base(pattern)
	info, err := fs.Stat(fsys, dir)
	if err != nil {
		return nil, reason(err)
	}
	if !info.IsDir() {
		return nil, errors.New("it is not a folder")
	}
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, reason(err)
	}
	var names []string
	for _, e := range entries {
		if ok, _ := path.Match(last, e.Name()); ok { // the patterns are sound
			names = append(names, path.Join(dir, e.Name()))
		}
	}
	return names, nil
}
