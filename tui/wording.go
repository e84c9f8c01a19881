package tui

import (
	"errors"
	"fmt"
	"strings"

	"tlstutor/labs"
	"tlstutor/labs/wire"
)

// Small things that are said in the same way on every screen, and in lines.

// plural writes a count with its word; all words given here take an s.
func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// opening is the first line of a text.
func opening(doc string) string {
	line, _, _ := strings.Cut(doc, "\n")
	return line
}

// oneLine writes a text of Markdown in one line, without its signs.
func oneLine(s string) string {
	return strings.NewReplacer("\n", " ", "`", "", "*", "").Replace(s)
}

// cleanLine makes text from outside fit for one line of the screen.
func cleanLine(s string) string { return wire.Clean(s, 1<<10) }

// noRun is what a screen says first where a run could not take place.
const noRun = "No lab can run"

// unrun is what a screen says first of a run that did not take place.
func unrun(err error) string {
	if refusal := (*labs.Refusal)(nil); errors.As(err, &refusal) {
		return "Not run"
	}
	return noRun
}

// remedy says why, and what to do: again is how it is tried once more.
func remedy(err error, again string) string {
	if refusal := (*labs.Refusal)(nil); errors.As(err, &refusal) {
		return cleanLine(err.Error()) + ". Nothing was run: turn a knob, then " + again + "."
	}
	return cleanLine(err.Error()) + ". Nothing was changed. Close a program that holds many connections, or wait a minute, then " +
		again + ". tlstutor doctor shows more."
}
