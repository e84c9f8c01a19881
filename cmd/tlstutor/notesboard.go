package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"tlstutor/tui"
)

// A board shows an instructor the cues of a presentation.
type board interface {
	cue(*tui.Cue) error // another page, or nil: nobody presents (any more)
	tick() error        // a second has passed
	end() error         // nothing more comes
}

// nobody is what a board says while it waits.
const nobody = "nobody is presenting: press p in a lesson"

// maxTalk is the longest time that is shown.
const maxTalk = 100*time.Hour - time.Second

// A jsonBoard prints each cue as one JSON value, and null for none.
type jsonBoard struct{ w io.Writer }

// cue prints it at once, and nothing later: the clock is the reader's business.
func (b jsonBoard) cue(c *tui.Cue) error { return encode(b.w, c) }
func (b jsonBoard) tick() error          { return nil }
func (b jsonBoard) end() error           { return nil }

// A lineBoard adds lines for each page, and never changes one.
type lineBoard struct {
	w     io.Writer
	now   func() time.Time    // the clock; how long a talk has lasted depends on it
	frame func(string) string // for a terminal that lacks some signs
	last  *tui.Cue            // what is shown; nil while nobody presents
}

// plainWide is where lines are broken that are added.
const plainWide = 78

// cue adds the page, with the time as it is now: it stays as it was written.
func (b *lineBoard) cue(c *tui.Cue) error {
	// The same page comes again when a question on it is answered.
	if c != nil && b.last != nil && *c == *b.last {
		return nil
	}
	b.last = c
	lines := []string{nobody}
	if c != nil {
		lines = append(said(c, b.now(), plainWide), "")
	}
	return b.write(strings.Join(lines, "\n") + "\n")
}

func (b *lineBoard) tick() error { return nil }
func (b *lineBoard) end() error  { return nil }

// write writes all of it at once, so that nobody sees half of a page.
func (b *lineBoard) write(text string) error {
	_, err := io.WriteString(b.w, b.frame(text))
	return err
}

// A screenBoard draws each page over the one before, with a clock.
type screenBoard struct {
	*lineBoard
	size func() (w, h int, err error)
}

// cue draws the page at once, without waiting for the next second.
func (b *screenBoard) cue(c *tui.Cue) error {
	b.last = c
	return b.tick()
}

// tick draws anew: the window may have another size by now, and it is a second
// later.
func (b *screenBoard) tick() error {
	w, h, err := b.size()
	// Some terminals do not know their size, or have none yet.
	if err != nil || w < 1 || h < 1 {
		w, h = plainWide, 24
	}
	lines := wrapped(nobody, w)
	if b.last != nil {
		lines = said(b.last, b.now(), w)
	}
	// The last line stays free: its end would scroll the page away.
	if room := max(1, h-1); len(lines) > room {
		more := fmt.Sprintf("(%d more lines: make the window larger)", len(lines)-room+1)
		lines = append(lines[:room-1], ansi.Truncate(more, w, ""))
	}
	var out bytes.Buffer
	out.WriteString("\x1b[H") // to the top; each line is cleared behind its end
	for _, line := range lines {
		out.WriteString(b.frame(line) + "\x1b[K\r\n")
	}
	out.WriteString("\x1b[J") // and all that is below
	_, err = b.w.Write(out.Bytes())
	return err
}

// said is what there is to say of a page, in lines of at most w cells: where the
// talk is, the time, what comes next, then the notes.
func said(c *tui.Cue, now time.Time, w int) []string {
	lines := wrapped(fmt.Sprintf("%s, page %d of %d: %s", c.Place, c.Page, c.Of, c.Title), w)
	// Began came from another program, and clocks are set back.
	gone := bounded(now.Sub(c.Began), 0, maxTalk)
	clocks := "elapsed " + clock(gone) + " · planned to the end of this page " + clock(c.Planned)
	if gone > c.Planned {
		clocks += " · " + clock(gone-c.Planned) + " over"
	}
	lines = append(lines, wrapped(clocks, w)...)
	next := "next: " + c.Next
	if c.Next == "" {
		next = "this is the last page"
	}
	lines = append(append(lines, wrapped(next, w)...), "")
	notes := c.Notes
	if notes == "" {
		notes = "(no speaker notes)"
	}
	return append(lines, wrapped(notes, w)...)
}

// wrapped breaks a text into lines of at most w cells, at spaces where it can.
// Less than two cells would leave some signs no room in any line.
func wrapped(text string, w int) []string {
	return strings.Split(ansi.Wrap(text, max(w, 2), ""), "\n")
}

// clock writes a time as a stopwatch does.
func clock(d time.Duration) string {
	s := int(d / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
