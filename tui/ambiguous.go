package tui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// Nearly all the signs that lanes and boxes are drawn with are of ambiguous width
// (Unicode Standard Annex 11): one cell in most terminals, two in some that are set
// up for East Asian text, where no line would meet another. Only the terminal
// knows, so it is asked once, at start: a line is drawn where the cursor is, the
// cursor asked for before and after it, and both cells are blanked again.
//
// Nobody waits for the answer. A terminal that gives none is taken for the common
// kind, and an answer that comes late still counts. But the question must have left
// before the screen is taken, of which it would blank a part. In the first row of a
// terminal the answer looks like a key, F3; the line for screen readers, which is
// printed before, has left that row.
const askWidth = ansi.SaveCursor + ansi.RequestCursorPositionReport + "─" + ansi.RequestCursorPositionReport +
	ansi.RestoreCursor + "  " + ansi.RestoreCursor

// measure asks the terminal, and says so when that is done.
func measure() tea.Cmd { return tea.Sequence(tea.Raw(askWidth), send(askedMsg{})) }

// askedMsg says that the question is written: the screen may be taken.
type askedMsg struct{}

// A ruler keeps the answers: where the cursor was before the sign.
type ruler struct {
	asked bool // or there is no need to
	from  tea.CursorPositionMsg
	begun bool // from is there
	done  bool
}

// read takes an answer, and returns how many cells the sign took once that is
// known, else 0. Only the first two answers are ours.
func (r *ruler) read(at tea.CursorPositionMsg) int {
	switch {
	case r.done:
		return 0
	case !r.begun:
		r.from, r.begun = at, true
		return 0
	}
	r.done = true
	// In the last column it went on to the next line, which tells nothing.
	if at.Y != r.from.Y || at.X < r.from.X {
		return 0
	}
	return at.X - r.from.X
}

// measured draws in plain ASCII where lines are too wide. It is not kept: the next
// terminal may be another one.
func (a *App) measured(at tea.CursorPositionMsg) tea.Cmd {
	if a.ruler.read(at) < 2 || a.env.Theme.Ascii {
		return nil
	}
	a.retheme(a.env.Theme.InAscii(true))
	// Nothing is where it was drawn.
	return tea.Batch(a.all(themed{}), tea.ClearScreen, say("this terminal draws lines two cells wide, so they are drawn in plain ASCII"))
}
