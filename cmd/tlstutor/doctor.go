package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"tlstutor/labs/loop"
	"tlstutor/labs/wire"
	"tlstutor/lessons"
)

// doctor tries, for real, what the labs need, so that a workshop does not begin
// with finding out. It looks at nothing of the user's beyond the terminal and
// PATH, and keeps nothing.
func (s *shell) doctor() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "What works on this machine, and what to do about the rest",
		Long: "Try what the course needs on this machine, and say what works: ok; NO where the course cannot run without it; " +
			"-- where it is not there, or not known, and not needed. The last line is made to be copied to whoever helps you.",
		Args: cobra.ArbitraryArgs,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON value per line")
	return s.does(cmd, alone(func(cmd *cobra.Command) error {
		ctx, stop := context.WithCancelCause(cmd.Context())
		defer stop(nil)
		found, err := s.examine(ctx, stop)
		if err != nil {
			return err
		}
		if err := stopped(ctx); err != nil {
			return err
		}
		if asJSON {
			err = printJSON(found)
		} else {
			err = printFindings(found)
		}
		if err != nil {
			return err
		}
		if slices.ContainsFunc(found, finding.hinders) {
			return verdict(errors.New("not everything that the course needs works here; the lines marked NO say what"))
		}
		return nil
	}))
}

// errInterrupt is what main's signal would have said.
var errInterrupt = errors.New("interrupt signal received")

// A finding is what doctor found out about one thing.
type finding struct {
	Check  string `json:"check"` // what was looked at
	OK     bool   `json:"ok"`
	Needed bool   `json:"needed"`       // the course cannot run without it
	Says   string `json:"says"`         // what was found
	Do     string `json:"do,omitempty"` // what to do about it

	short string // for the last line, when all is well; "" is not worth its room
}

// hinders reports whether the course cannot run because of this.
func (f finding) hinders() bool { return f.Needed && !f.OK }

// String is the finding as a line: how it is, what about, what was found, and what
// to do. What is not there, or not known, and not needed either, gets a dash.
func (f finding) String() string {
	mark := "--"
	switch {
	case f.OK:
		mark = "ok"
	case f.Needed:
		mark = "NO"
	}
	line := fmt.Sprintf("%s  %-*s %s", mark, checkWidth, f.Check, f.Says)
	if f.Do != "" {
		line += "; " + f.Do
	}
	return line
}

// checkWidth is how much room the names of the checks take.
const checkWidth = len("gnutls-cli")

// examine tries all there is to try. The terminal is asked first: one that is slow
// to answer has the time that the rest takes.
func (s *shell) examine(ctx context.Context, stop context.CancelCauseFunc) ([]finding, error) {
	files, err := s.courseFiles()
	if err != nil {
		return nil, err
	}
	course, err := s.loadCourse(files)
	if err != nil {
		return nil, err
	}
	asked := s.tryTerminal(stop)
	defer asked.end()
	found := append([]finding{golang(), loopback()}, abilities(ctx)...)
	found = append(found, keeping(s.keptAs(course.ID)))
	found = append(found, peers(ctx, course)...)
	return append(asked.findings(), found...), nil
}

// printFindings prints a line for each, and the one to copy.
func printFindings(found []finding) error {
	width := 0
	if term.IsTerminal(os.Stdout.Fd()) {
		width, _, _ = term.GetSize(os.Stdout.Fd()) // 0 leaves the lines alone
	}
	var b strings.Builder
	for _, f := range found {
		b.WriteString(folded(f.String(), width) + "\n")
	}
	_, err := fmt.Print(b.String() + "to copy: " + summary(found) + "\n")
	return err
}

// folded breaks a line where a terminal of that width would, but between words,
// and goes on below where the line began to say something.
func folded(line string, width int) string {
	indent := len("ok  ") + checkWidth + 1
	if width < 2*indent {
		return line
	}
	out, at := line[:indent], indent
	for i, word := range strings.Fields(line[indent:]) {
		n := ansi.StringWidth(word)
		switch {
		case i == 0:
		case at+1+n > width:
			out, at = out+"\n"+strings.Repeat(" ", indent), indent
		default:
			out, at = out+" ", at+1
		}
		out, at = out+word, at+n
	}
	return out
}

// printJSON prints each finding as a value on a line of its own, and then the
// line to copy.
func printJSON(found []finding) error {
	for _, f := range found {
		if err := encode(os.Stdout, f); err != nil {
			return err
		}
	}
	return encode(os.Stdout, struct {
		Copy string `json:"copy"`
	}{summary(found)})
}

// keeping says where progress is kept, and whether what is there can be written.
// A machine where it cannot be is no hindrance to the labs.
func keeping(id string) finding {
	f := finding{Check: "progress", short: "progress not kept"}
	dir := stateDir()
	if dir == "" {
		f.Says, f.Do = "there is no folder to keep it in, so the course begins anew each time", homeless
		return f
	}
	name := lessons.ProgressFile(dir, id)
	shown := wire.Clean(name, 4*wire.MaxValue)
	if _, err := os.Lstat(name); err != nil { // it is made when there is something to keep
		if err := writable(dir); err != nil {
			f.Says, f.Do = "nothing can be kept in "+shown+": "+wire.Clean(err.Error(), 200), homeless
			return f
		}
		f.OK, f.Says, f.short = true, "will be kept in "+shown, ""
		return f
	}
	p := lessons.OpenProgress(dir, id, time.Now)
	defer p.Close()
	if err := p.Kept(); err != nil {
		f.Says, f.Do = wire.Clean(err.Error(), 300), "look what is in the place of "+shown
		return f
	}
	f.OK, f.Says, f.short = true, "is kept in "+shown, ""
	return f
}

// writable tries whether a folder can be made, by making another one in its place:
// in the nearest folder that exists. Nothing of it is left.
func writable(dir string) error {
	for {
		if _, err := os.Lstat(dir); err == nil || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	made, err := os.MkdirTemp(dir, ".tlstutor-doctor-")
	if err != nil {
		return err
	}
	return os.Remove(made)
}

// loopback tries what every lab begins with. A machine may allow the listener and
// still not let anybody in.
func loopback() finding {
	f := finding{Check: "loopback", Needed: true}
	l, err := loop.Listen()
	if err != nil {
		f.Says = "this machine refused a listener: " + wire.Clean(err.Error(), 200)
		f.Do = "close a program that holds many connections, or wait a minute, then try again"
		return f
	}
	defer l.Close()
	c, err := loop.Dial(l.Addr())
	if err != nil {
		f.Says = "a listener stands, but connecting to it fails: " + wire.Clean(err.Error(), 200)
		f.Do = "a firewall may forbid connections on this machine to itself: allow them for tlstutor"
		return f
	}
	c.Close()
	f.OK, f.Says = true, "a listener on "+l.Addr().String()+" answers"
	return f
}

// summary is the one line to copy: enough for somebody far away to know what this
// machine is, and nothing about its user.
func summary(found []finding) string {
	var short, no []string
	for _, f := range found {
		switch {
		case f.hinders():
			no = append(no, f.Check)
		case f.short != "":
			short = append(short, f.short)
		}
	}
	works := "all needed works"
	if len(no) > 0 {
		works = "NO " + strings.Join(no, ", ")
	}
	return wire.Clean("tlstutor "+version()+" | "+works+" | "+strings.Join(short, ", "), copyMost)
}

// copyMost is how long the line to copy may be.
const copyMost = 200
