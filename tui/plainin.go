package tui

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lineLimit bounds a line of input, in bytes. What is longer is not acted on.
const lineLimit = 4 << 10

// A typedLine is one line of input.
type typedLine struct {
	text string // clean
	long bool   // it was too long, and text is only its beginning
}

// readLines reads lines until the input ends, which closes the channel, or done
// is closed. Reading cannot be interrupted: a program that ends leaves a read
// behind that nobody waits for.
func readLines(in io.Reader, done <-chan struct{}) <-chan typedLine {
	lines := make(chan typedLine)
	go func() {
		defer close(lines)
		r := bufio.NewReaderSize(in, lineLimit)
		for {
			// The slice is the reader's own, and good only until the next read.
			raw, err := r.ReadSlice('\n')
			l := typedLine{long: errors.Is(err, bufio.ErrBufferFull)}
			if l.text = cleanInput(raw); l.long {
				l.text = l.text[:min(len(l.text), 40)]
			}
			for errors.Is(err, bufio.ErrBufferFull) { // the rest of it
				_, err = r.ReadSlice('\n')
			}
			// A last line may lack its end.
			if err != nil && len(raw) == 0 {
				return
			}
			select {
			case lines <- l:
			case <-done:
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return lines
}

// cleanInput leaves what can be typed on one line: no control characters, no
// bytes that are not UTF-8, no mark that some programs write before a text.
func cleanInput(raw []byte) string {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		// Private use is left out too: its code points mark the links of a text.
		case r == utf8.RuneError, unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp):
			return -1
		}
		return r
	}, string(raw))
}
