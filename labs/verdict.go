package labs

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"tlstutor/labs/peer"
)

// ended says what the program came to, in its own words where it has some, and
// returns what it failed of.
func (f *foreign) ended(s *Side, v peer.Verdict) error {
	if f.b.ctx.Err() != nil { // the run was ended, and that is what it came to
		return f.b.ctx.Err()
	}
	text, exit := agreed(v.Settled), f.program.Name+" "+endingOf(v)
	var lines []string
	if text != "" && f.b.finished(s.Conn) {
		lines = append(lines, text+heardAtEnd)
	}
	lines = append(append(lines, v.Lines...), exit)
	// One line carries the failure: the one that says most or, of a program that does
	// not say, how it ended.
	why := -1
	if !v.OK {
		why = len(lines) - 1
		if i := complaintIn(v.Lines); i >= 0 {
			why = len(lines) - 1 - len(v.Lines) + i
		}
	}
	var failed error
	for i, line := range lines {
		e := Event{Kind: Said, Who: s.Who, Conn: s.Conn, Text: line}
		if i == why {
			failed = errors.New(line)
			e.Err = failed
		}
		f.b.Emit(e)
	}
	return failed
}

// heardAtEnd says of what a program says of its handshake why it comes so late: what
// it prints is read when it is all there.
const heardAtEnd = " (known only now: the program has ended)"

// finished reports whether the Finished of both sides has crossed: s_client also
// prints what was negotiated in a handshake that it breaks off.
func (b *Bench) finished(on *Conn) bool {
	events, _ := b.run.Since(0)
	var by [2]bool
	for _, m := range messages(Records(events)) {
		if m.conn == on && m.Name == "Finished" {
			by[m.dir&1] = true
		}
	}
	return by[0] && by[1]
}

// complaints are how lines begin that speak of what went wrong, or what is in
// them: those that say most come first.
var complaints = []string{"verify error:", "curl: (", "NOT trusted", "Received alert", ":error:", "rror", "alert", "roblem", "ail"}

// complaintIn returns which of a program's lines says best what went wrong, or -1.
// They come in any order, as it has two outputs.
func complaintIn(lines []string) int {
	for _, mark := range complaints {
		if i := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, mark) }); i >= 0 {
			return i
		}
	}
	return -1
}

// endingOf says how a program came to its end.
func endingOf(v peer.Verdict) string {
	switch v.Ending {
	case peer.Killed:
		return "was ended by a signal: " + v.Signal
	case peer.Over:
		return "was told to end when all was over"
	case peer.Late:
		return fmt.Sprintf("was ended: it took longer than %v", peerLimit)
	}
	return fmt.Sprintf("ended with exit code %d", v.Exit)
}

// agreed is what a program says it has negotiated, as Go's side says it; "" if it
// does not say so.
func agreed(s peer.Settled) string {
	if s.Version == "" || s.Suite == "" {
		return ""
	}
	text := done + ": " + s.Version
	for _, more := range []string{s.Suite, s.Group, s.ALPN} {
		if more != "" {
			text += ", " + more
		}
	}
	if s.Resumed {
		text += "; resumed"
	}
	if s.Early != "" {
		text += "; early data " + s.Early
	}
	return text
}
