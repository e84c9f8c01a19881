package lessons

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tlstutor/labs/wire"
)

// Why a journal cannot be used. The rest are errors of the system.
var (
	errBusy    = errors.New("another tlstutor is rewriting the file")
	errClosed  = errors.New("it was closed")
	errNoDir   = errors.New("there is no folder for it")
	errNotFile = errors.New("it is not a plain file")
	errLost    = errors.New("what was written does not read back")
)

// A journal is a file of lines that any number of programs append to.
//
// A line is one write, at the end of the file, wherever that is by then. It
// counts as written once it has been read back whole: what another program left
// of a line when its disk was full could stand right before it.
//
// While a journal is open it holds a shared lock on a file beside it. Only who
// gets the exclusive lock may put another file in its place.
type journal struct {
	path string
	lock *os.File
	file *os.File
	off  int64 // lines before this were read
	torn bool  // what is behind it does not end a line
}

// open opens the file for appending, and makes it and its folder if need be. It
// waits that long for a program that is rewriting it.
func (j *journal) open(wait time.Duration) (err error) {
	if j.path == "" {
		return errNoDir
	}
	if err := os.MkdirAll(filepath.Dir(j.path), 0o700); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			j.close()
		}
	}()
	if j.lock, err = openLock(j.path); err != nil {
		return err
	}
	// Where files cannot be locked nobody rewrites them.
	if err = share(j.lock, wait); errors.Is(err, errBusy) {
		return err
	}
	j.file, err = openPlain(j.path, os.O_RDWR|os.O_APPEND|os.O_CREATE)
	return err
}

// close gives up the file and the lock.
func (j *journal) close() {
	for _, f := range []*os.File{j.file, j.lock} {
		if f != nil {
			f.Close()
		}
	}
	j.file, j.lock, j.off, j.torn = nil, nil, 0, false
}

// moved reports whether another file, or a shorter one, is now where the journal
// was opened: somebody deleted, replaced or cut it.
func (j *journal) moved() bool {
	mine, err := j.file.Stat()
	if err != nil {
		return true
	}
	there, err := os.Stat(j.path)
	return err != nil || !os.SameFile(mine, there) || there.Size() < j.off
}

// read returns the lines that were appended since the last read, by whomever. A
// last line without its end is among them when it is whole otherwise; it will be
// read again.
func (j *journal) read() ([]string, error) {
	info, err := j.file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() < j.off {
		return nil, nil // it was cut: moved will say so
	}
	from := max(j.off, info.Size()-maxKept)
	data := make([]byte, info.Size()-from)
	n, err := j.file.ReadAt(data, from)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	data = data[:n]
	if n > 0 {
		j.torn = data[n-1] != '\n'
	}
	if from > j.off {
		// Cut in the middle of a line, most likely.
		_, rest, _ := bytes.Cut(data, []byte("\n"))
		from += int64(len(data) - len(rest))
		data = rest
	}
	j.off = from + int64(bytes.LastIndexByte(data, '\n')+1)
	var lines []string
	for line := range bytes.Lines(data) {
		lines = append(lines, strings.TrimRight(string(line), "\r\n"))
	}
	return lines, nil
}

// write appends lines with one write.
func (j *journal) write(lines []string) error {
	text := strings.Join(lines, "\n") + "\n"
	if j.torn {
		text = "\n" + text
	}
	_, err := j.file.Write([]byte(text))
	return err
}

// openLock opens the file whose lock stands for the journal's.
func openLock(path string) (*os.File, error) {
	return openPlain(strings.TrimSuffix(path, ".jsonl")+".lock", os.O_RDWR|os.O_CREATE)
}

// share takes the shared lock, and tries for that long.
func share(lock *os.File, wait time.Duration) error {
	const pause = 10 * time.Millisecond
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		err := tryLock(lock, false)
		if wait -= pause; wait < 0 || !errors.Is(err, errBusy) {
			return err
		}
		<-tick.C
	}
}

// openPlain opens a file that only its user may read, if it is one: a pipe would
// wait for ever, a device would do whatever devices do.
func openPlain(path string, how int) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, errNotFile
	}
	return os.OpenFile(path, how, 0o600)
}

// fault makes an error of the journal a sentence for the learner.
func (j *journal) fault(err error) error {
	var path *fs.PathError
	switch {
	case err == nil:
		return nil
	case j.path == "":
		return fmt.Errorf("progress is not kept: %w", err)
	case errors.As(err, &path):
		err = path.Err // its path is as hostile as the environment
	}
	return fmt.Errorf("progress is not kept in %s: %w", wire.Clean(j.path, 1000), err)
}
