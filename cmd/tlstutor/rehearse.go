package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"tlstutor/labs/pki"
	"tlstutor/labs/wire"
	"tlstutor/lessons"
	"tlstutor/tui"
)

// The window that a lesson is presented in, at the least.
const (
	stageWidth  = 80
	stageHeight = 24
)

// rehearse does once all that a track shows, so that nothing fails before a room.
func (s *shell) rehearse() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "rehearse TRACK",
		Short: "Try all that a track shows, before a room does",
		Long: "Try all that a track shows, before a room does: every page of its lessons at the size of the stage (80x24), " +
			"every run, prediction and quote, the terminal, and what the labs need. Times are as measured. " +
			"Exit status 1 when something would fail.",
		Example: "tlstutor rehearse core\ntlstutor --course my-course rehearse evening",
		Args:    cobra.ArbitraryArgs,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON value per line")
	return s.does(cmd, func(cmd *cobra.Command, args []string) error {
		files, err := s.courseFiles()
		if err != nil {
			return err
		}
		course, err := s.loadCourse(files)
		if err != nil {
			return err
		}
		// A word that is wrong is told of before anything is run.
		track, err := oneTrack(course, args)
		if err != nil {
			return err
		}
		// The RSA key is made while the rest is looked at, as in the program.
		keys := pki.NewKeyring()
		keys.Warm()
		r := &rehearsal{json: asJSON}
		// What the machine lacks comes first: pages may fail for no other reason.
		r.check(s.projected())
		r.check(loopback())
		if err := r.pages(cmd.Context(), track, tui.Rehearse(cmd.Context(), course, keys)); err != nil {
			return err
		}
		return r.end(track)
	})
}

// trackNames are the names of a course's tracks.
func trackNames(c *lessons.Course) []string {
	var names []string
	for _, t := range c.Tracks {
		names = append(names, t.Name)
	}
	return names
}

// oneTrack returns the track that the words name.
func oneTrack(c *lessons.Course, args []string) (*lessons.Track, error) {
	names := trackNames(c)
	// Whatever is wrong with the words, the answer lists what could be said.
	var each []string
	for _, t := range c.Tracks {
		each = append(each, t.Name+" ("+t.Title+")")
	}
	list := "the tracks are " + listed(each)
	if len(names) == 0 {
		list = "the course has no tracks; its course.yaml lists them"
	}
	switch {
	case len(args) == 0:
		return nil, hint(misuse(errors.New("rehearse is for a track, and none is named")), list)
	case len(args) > 1:
		return nil, hint(misuse(fmt.Errorf("rehearse takes one track, here are %d", len(args))), list)
	}
	if t := c.Track(args[0]); t != nil {
		return t, nil
	}
	return nil, hint(misuse(errors.New("there is no track "+quote(args[0]))), list)
}

// projected says whether the stage's colours and signs can be drawn on the
// terminal that the command is given on.
func (s *shell) projected() finding {
	f := finding{Check: "terminal", OK: true, Needed: true}
	at := terminalFile()
	// Not a fault: one may rehearse in a script, and present elsewhere.
	if at == nil {
		f.Says = "not looked at: the command is not given on one"
		return f
	}
	w, h, err := term.GetSize(at.Fd())
	if err != nil {
		f.OK, f.Says, f.Do = false, "its size cannot be asked for: "+wire.Clean(err.Error(), 200), "use another terminal"
		return f
	}
	// As the program itself finds out what it may draw with.
	colours := colorprofile.Detect(at, os.Environ())
	f.Says = fmt.Sprintf("%dx%d, colours %s", w, h, colours)
	// All of it is told at once: nobody rehearses four times.
	var do []string
	if w < stageWidth || h < stageHeight {
		do = append(do, fmt.Sprintf("the stage needs %dx%d: make the window larger, or the letters smaller", stageWidth, stageHeight))
	}
	// The stage's theme is made of contrast, so sixteen colours do not show it.
	if colours < colorprofile.ANSI256 {
		do = append(do, "the theme for the stage needs 256 colours: set TERM=xterm-256color, or use another terminal")
	}
	// Who asks for ASCII knows what it looks like.
	if !s.ascii && !unicodeLocale() {
		f.Says += ", not UTF-8"
		do = append(do, "set LANG to a UTF-8 locale, or say --ascii")
	}
	f.OK, f.Do = len(do) == 0, strings.Join(do, "; ")
	return f
}

// terminalFile is the terminal that the command is given on, or nil. Its output
// may well go to a file.
// The one that is written to comes first, as its window is the stage.
func terminalFile() *os.File {
	for _, f := range []*os.File{os.Stdout, os.Stderr, os.Stdin} {
		if term.IsTerminal(f.Fd()) {
			return f
		}
	}
	return nil
}

// A rehearsal is what was found so far.
type rehearsal struct {
	json bool
	// In text a page only says NO: these lines stand together at the end.
	mend []string // a line for each thing that would fail
	err  error    // of printing
}

// print writes a line, or a value where JSON is asked for.
// After an error of printing it does nothing; that error is returned in the end.
func (r *rehearsal) print(line string, v any) {
	if r.err != nil {
		return
	}
	if r.json {
		r.err = encode(os.Stdout, v)
		return
	}
	_, r.err = fmt.Println(line)
}

// check takes what was found about the machine.
func (r *rehearsal) check(f finding) {
	r.print(f.String(), struct {
		Check finding `json:"check"`
	}{f})
	if !f.OK {
		r.mend = append(r.mend, f.Check+": "+f.Says+"; "+f.Do)
	}
}

// pages tries each page of the track.
func (r *rehearsal) pages(ctx context.Context, track *lessons.Track, try func(*lessons.Page) *tui.Rehearsal) error {
	for _, l := range track.Lessons {
		for _, p := range l.Pages {
			// One page after another: runs side by side would slow each other's times.
			h := try(p)
			// Runs that were stopped fail, and say nothing of the page.
			if err := cmp.Or(stopped(ctx), r.err); err != nil {
				return err
			}
			r.page(h)
		}
	}
	return r.err
}

// A pageJSON is a page as JSON has it.
type pageJSON struct {
	Place  string      `json:"place"`
	Title  string      `json:"title"`
	OK     bool        `json:"ok"`
	Runs   []runJSON   `json:"runs"`
	Faults []faultJSON `json:"faults"`
}

// A runJSON is one of its runs, with the microseconds that it took.
type runJSON struct {
	Lab string `json:"lab"`
	// Whole microseconds, so that no reader has to know our durations.
	Took int64 `json:"took_us"`
}

// A faultJSON is what would fail, and what to do about it.
type faultJSON struct {
	What string `json:"what"`
	Mend string `json:"mend"`
}

// page takes what was found about a page.
func (r *rehearsal) page(h *tui.Rehearsal) {
	// Empty lists rather than nil ones, which JSON would call null.
	p := pageJSON{h.Page.Place(), h.Page.Title, len(h.Faults) == 0, []runJSON{}, []faultJSON{}}
	var took time.Duration
	for _, x := range h.Runs {
		took += x.Took
		p.Runs = append(p.Runs, runJSON{x.Lab, x.Took.Microseconds()})
	}
	for _, f := range h.Faults {
		p.Faults = append(p.Faults, faultJSON(f))
		r.mend = append(r.mend, fmt.Sprintf("%s (%s:%d): %s; %s", p.Place, h.Page.File, h.Page.Line, f.What, f.Mend))
	}
	mark := "ok"
	if !p.OK {
		mark = "NO"
	}
	line := fmt.Sprintf("%s %s, %s", p.Place, mark, count(len(h.Runs), "run"))
	if len(h.Runs) > 0 {
		line += fmt.Sprintf(", %.1f ms", float64(took.Microseconds())/1000)
	}
	r.print(line, struct {
		Page pageJSON `json:"page"`
	}{p})
}

// A trackJSON is a track as JSON has it: what its lessons say that they take,
// and what their words, questions and runs come to.
type trackJSON struct {
	Name    string  `json:"name"`
	OK      bool    `json:"ok"`
	Planned float64 `json:"planned_minutes"` // reckoned from what is in them
	Says    int     `json:"minutes"`         // as their authors put it
}

// end tells the time of the track and what there is to mend.
func (r *rehearsal) end(track *lessons.Track) error {
	t := trackJSON{Name: track.Name, OK: len(r.mend) == 0}
	for _, l := range track.Lessons {
		t.Planned += l.Reckon()
		t.Says += l.Minutes
	}
	r.print(fmt.Sprintf("%s: %.1f min planned from words, questions and runs; its %s say %d min",
		t.Name, t.Planned, count(len(track.Lessons), "lesson"), t.Says), struct {
		Track trackJSON `json:"track"`
	}{t})
	// As JSON each page has its faults in its own value.
	if !r.json && !t.OK {
		r.print("\nto mend:\n"+strings.Join(r.mend, "\n"), nil)
	}
	// What could not be printed comes before the verdict that nobody has read.
	if r.err != nil || t.OK {
		return r.err
	}
	return verdict(errors.New(count(len(r.mend), "thing") + " would fail in track " + t.Name))
}
