package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"tlstutor/labs/wire"
	"tlstutor/tui"
	"tlstutor/tui/theme"
)

// notes shows an instructor, in a second terminal, what to say of the page that
// the room sees.
func (s *shell) notes() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "notes",
		Short: "The speaker notes of the page that is presented in another terminal",
		Long: "Show, in a second terminal, the speaker notes of the page that tlstutor presents in the first (p in a lesson), " +
			"what comes next, and the time. It waits until somebody presents. ctrl+c ends it.",
		Example: "tlstutor notes\ntlstutor notes --plain",
		Args:    cobra.ArbitraryArgs,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON value per page, and null when nobody presents")
	return s.does(cmd, alone(func(cmd *cobra.Command) error {
		return readAlong(cmd.Context(), cueFolders(), s.board(asJSON))
	}))
}

// board chooses how the notes are shown.
func (s *shell) board(asJSON bool) board {
	// Notes are text of a course: they may hold signs that a terminal lacks.
	ascii := s.ascii || asciiOnly()
	lines := &lineBoard{w: os.Stdout, now: time.Now, frame: theme.New(theme.For(true), ascii).Frame}
	switch {
	// JSON is asked for by a program, so nothing of the terminal counts.
	case asJSON:
		return jsonBoard{os.Stdout}
	case s.plain, os.Getenv("TLSTUTOR_PLAIN") != "", os.Getenv("ACCESSIBLE") != "", os.Getenv("TERM") == "dumb",
		!term.IsTerminal(os.Stdout.Fd()), !redraws(os.Stdout):
		return lines
	}
	return &screenBoard{lineBoard: lines, size: func() (int, int, error) { return term.GetSize(os.Stdout.Fd()) }}
}

// readAlong shows each cue as it comes, until ctx ends.
func readAlong(ctx context.Context, folders []string, b board) error {
	ctx, cancel := context.WithCancel(ctx)
	// Only this loop draws: a cue and the clock may come at the same time.
	cues := make(chan *tui.Cue)
	var following sync.WaitGroup
	following.Go(func() { attend(ctx, folders, cues) })
	defer following.Wait()
	defer cancel()
	// For the clock: a page may be on the screen for minutes without a cue.
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return b.end()
		case c := <-cues:
			err = b.cue(c)
		case <-second.C:
			err = b.tick()
		}
		// Nothing can be shown any more, so nobody is to be followed either.
		if err != nil {
			return err
		}
	}
}

// What a presentation is waited for, and what one may send.
const (
	lookEvery = 300 * time.Millisecond
	firstCue  = 2 * time.Second // for a program that listens to say something
	maxCue    = 1 << 16         // bytes of a cue on its way
	maxSaid   = 1 << 14         // bytes of notes that are shown
)

// attend finds who presents and hands on what they tell, and nil when nobody does
// (any more), until ctx ends.
func attend(ctx context.Context, folders []string, cues chan<- *tui.Cue) {
	// Who takes the cues may have ended with an error of its own, which ends ctx.
	hand := func(c *tui.Cue) {
		select {
		case cues <- c:
		case <-ctx.Done():
		}
	}
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for told := false; ctx.Err() == nil; {
		heard, overtaken := false, false
		all := presenting(folders)
		for i, s := range all {
			// Those before this one in the list are newer, and have said nothing.
			newer := func() bool { return begun(presenting(folders), s, all[:i]) }
			if heard, overtaken = hear(ctx, s.name, newer, hand); heard || overtaken {
				break
			}
		}
		// The newer one is there already: look at once, and show no gap between them.
		if overtaken {
			continue
		}
		// That nobody presents is said at the start, and whenever somebody has ended.
		if heard || !told {
			hand(nil)
			told = true
		}
		select {
		case <-ctx.Done():
		case <-look.C:
		}
	}
}

// begun reports whether a presentation has begun after one, not counting those
// that have said nothing when they were asked.
// Else a dead program's socket would end each talk that is older than it.
func begun(all []socket, after socket, silent []socket) bool {
	return slices.ContainsFunc(all, func(s socket) bool {
		return s.made.After(after.made) && !slices.Contains(silent, s)
	})
}

// presenting lists the sockets in the folders that are this user's alone, the
// newest first.
func presenting(folders []string) []socket {
	var all []socket
	for _, dir := range folders {
		// Somebody else's folder could hold sockets with anything behind them.
		if private(dir) == nil {
			all = append(all, sockets(dir)...)
		}
	}
	// Stable, so that of two as old the better folder's comes first.
	slices.SortStableFunc(all, func(a, b socket) int { return b.made.Compare(a.made) })
	return all
}

// hear hands on the cues of one program until it ends the presentation, or a
// newer one begins. It reports whether there were any, as a socket may be a dead
// program's, and whether it was overtaken.
func hear(ctx context.Context, name string, newer func() bool, hand func(*tui.Cue)) (heard, overtaken bool) {
	c, err := net.DialTimeout("unix", name, knock)
	if err != nil {
		return false, false
	}
	ctx, cancel := context.WithCancel(ctx)
	// A read cannot be cancelled, but it ends when its connection is closed.
	defer context.AfterFunc(ctx, func() { c.Close() })()
	var watching sync.WaitGroup
	// Scan waits for the next cue, which may be minutes away, so another goroutine
	// looks whether somebody has begun meanwhile.
	watching.Go(func() {
		look := time.NewTicker(lookEvery)
		defer look.Stop()
		for ctx.Err() == nil && !overtaken {
			select {
			case <-ctx.Done():
			case <-look.C:
				overtaken = newer()
			}
		}
		cancel()
	})
	c.SetReadDeadline(time.Now().Add(firstCue))
	lines := bufio.NewScanner(c)
	lines.Buffer(nil, maxCue)
	for lines.Scan() {
		var cue tui.Cue
		// Not a program of ours, or one of another version: it is heard no further.
		if json.Unmarshal(lines.Bytes(), &cue) != nil {
			break
		}
		// From now on it may be silent: pages are talked about for minutes.
		c.SetReadDeadline(time.Time{})
		heard = true
		hand(cleaned(&cue))
	}
	cancel()
	// Only then may overtaken be read, which that goroutine writes.
	watching.Wait()
	c.Close()
	return heard, overtaken
}

// cleaned is a cue as it may be shown: it came from another program.
func cleaned(c *tui.Cue) *tui.Cue {
	var notes []string
	room := maxSaid
	// By line, as Clean would make the ends of lines visible too.
	for line := range strings.Lines(c.Notes) {
		line = wire.Clean(strings.TrimRight(line, "\n"), room)
		if room -= len(line) + 1; room <= 0 {
			break
		}
		notes = append(notes, line)
	}
	began := c.Began.UTC()
	if y := began.Year(); y < 1 || y > 9999 { // JSON has no others
		began = time.Time{}
	}
	return &tui.Cue{
		Place:   wire.Clean(c.Place, 40),
		Title:   wire.Clean(c.Title, 200),
		Notes:   strings.Join(notes, "\n"),
		Next:    wire.Clean(c.Next, 200),
		Page:    bounded(c.Page, 0, 999),
		Of:      bounded(c.Of, 0, 999),
		Began:   began,
		Planned: bounded(c.Planned, 0, maxTalk),
	}
}

// bounded is n, or the bound that it is beyond.
func bounded[T cmp.Ordered](n, least, most T) T { return min(max(n, least), most) }
