package lessons

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// largeFile is the size from which a file may be rewritten, in bytes.
const largeFile = 1 << 20

// rewrite puts a file without superseded lines in the place of a journal that is
// large and mostly superseded, or of any when asked to. It needs the exclusive
// lock at once: where another program has the file open, and wherever else it
// does not succeed, the file stays as it is.
func rewrite(path string, always bool) error {
	info, err := os.Stat(path)
	if err != nil || info.Size() > maxKept || info.Size() <= largeFile && !always {
		return err
	}
	lock, err := openLock(path)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := tryLock(lock, true); err != nil {
		return err
	}
	// From here on nobody else has the file open, and nobody opens it.
	//
	// A link stays one: what it leads to is rewritten.
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return err
	}
	l, size, err := readWhole(path)
	if err != nil {
		return err
	}
	text := strings.Join(append(l.lines(), ""), "\n")
	// Little to gain: the next start will look again.
	if int64(len(text)) > size/2 && !always {
		return nil
	}
	return replace(path, text)
}

// readWhole reads a file without changing it.
func readWhole(path string) (*ledger, int64, error) {
	f, err := openPlain(path, os.O_RDONLY)
	if err != nil {
		return nil, 0, err
	}
	j := journal{path: path, file: f}
	defer j.close()
	lines, err := j.read()
	l := newLedger()
	for _, line := range lines {
		l.take(line)
	}
	info, err2 := f.Stat()
	if err = errors.Join(err, err2); err != nil {
		return nil, 0, err
	}
	return l, info.Size(), nil
}

// replace puts a file with this text where path is. Until it is whole and on the
// disk, the old one stands.
func replace(path, text string) error {
	// Beside it, since a rename cannot leave the file system. One that is there
	// already is of a program that was killed: who made it held the lock.
	temp := path + ".new"
	if err := os.Remove(temp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return nil
}
