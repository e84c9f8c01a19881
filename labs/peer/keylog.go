package peer

import (
	"bytes"
	"io"
)

// maxKeyLine is more than any line of a key log holds: a label, 32 bytes of
// random and a secret, in hexadecimal.
const maxKeyLine = 1 << 10

// maxKeyLog is where the key log of one run ends for us.
const maxKeyLog = 1 << 20

// keyLines hands what a program logs to a writer line by line, so that each write
// is whole: what stands between two lines, or is too long for one, is dropped.
type keyLines struct {
	to   io.Writer
	rest []byte // a line that is not complete yet
	sum  int    // what has come so far, in bytes
	long bool   // the line is too long; its rest is dropped too
}

// Write never fails: a program whose key log breaks may break with it.
func (k *keyLines) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 && k.sum < maxKeyLog {
		line, rest, whole := bytes.Cut(p, []byte("\n"))
		k.sum += len(p) - len(rest)
		p = rest
		if k.long = k.long || len(k.rest)+len(line) > maxKeyLine; !k.long {
			k.rest = append(k.rest, line...)
		}
		if !whole {
			break
		}
		if !k.long && len(k.rest) > 0 && k.rest[0] != '#' {
			k.to.Write(append(k.rest, '\n'))
		}
		k.rest, k.long = k.rest[:0], false
	}
	return n, nil
}

// guarded is a caller's writer, whose panic is the caller's.
type guarded struct {
	to    io.Writer
	guard func(func())
}

// Write hands on what it gets; nobody here waits for the outcome.
func (g guarded) Write(p []byte) (int, error) {
	g.guard(func() { g.to.Write(p) })
	return len(p), nil
}

// A keyLog is the file that a program logs its keys to, and what reads it.
type keyLog struct {
	path string // which the program is told
	hear func() // hands on what is in it by now
	end  func() // call it once the program has ended: all that it wrote has been handed on when this returns
}
