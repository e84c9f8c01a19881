package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/adrg/xdg"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"tlstutor/labs/wire"
	"tlstutor/lessons"
)

// ownCourse is the id of the course that is part of the program.
const ownCourse = "tlstutor"

// progress shows what is kept of the learner's way, and gives it away or takes it
// back. What a lesson is called is the course's business: this command works on
// the file alone, so it works for a built-in course of any version.
func (s *shell) progress() *cobra.Command {
	var (
		where, reset, yes bool
		export            string
	)
	cmd := &cobra.Command{
		Use:   "progress [--where | --export FILE | --reset [ID]]",
		Short: "What is kept of your way through the course",
		Long: "What is kept of your way through the course: the pages you were at, your answers, and what comes back for review. " +
			"It is kept on this machine only, in one file.",
		Example: "tlstutor progress\ntlstutor progress --where\ntlstutor progress --export mine.json\ntlstutor progress --reset H1",
		Args:    cobra.ArbitraryArgs,
	}
	cmd.Flags().BoolVar(&where, "where", false, "print the name of the file")
	cmd.Flags().StringVar(&export, "export", "", "write all of it as JSON to a new file, or - for standard output")
	cmd.Flags().BoolVar(&reset, "reset", false, "take back one lesson, or everything")
	cmd.Flags().BoolVar(&yes, "yes", false, "with --reset: do not ask")
	return s.does(cmd, func(cmd *cobra.Command, args []string) error {
		exports := cmd.Flags().Changed("export")
		// An empty name is a mistake in a script, not a wish for the table.
		one := 0
		for _, given := range []bool{where, exports, reset} {
			if given {
				one++
			}
		}
		// Each course has a file of its own, so that its lessons meet no others' ids.
		id, err := s.courseID()
		switch {
		case err != nil:
			return err
		case one > 1:
			return hint(misuse(errors.New("--where, --export and --reset do different things")), "give one of them")
		case len(args) > 1 || len(args) == 1 && !reset:
			return hint(misuse(errors.New("progress does not take "+quote(args[len(args)-1]))), "only --reset takes a word, the id of one lesson")
		case yes && !reset:
			return hint(misuse(errors.New("--yes is for --reset")), "leave it out")
		case exports && export == "":
			return unnamed("--export", "name a new file, or - for standard output")
		case where:
			return printWhere(stateDir(), id)
		case exports:
			return withProgress(id, func(p *lessons.Progress) error { return exportTo(p, export) })
		case reset:
			return withProgress(id, func(p *lessons.Progress) error { return resetProgress(cmd.Context(), p, args, yes) })
		}
		return withProgress(id, printProgress)
	})
}

// stateDir is the folder that progress is kept in, or "" when the user has none.
func stateDir() string {
	// Without a home xdg would take the root of the file system for one.
	if _, err := os.UserHomeDir(); err != nil && runtime.GOOS != "windows" && !filepath.IsAbs(os.Getenv("XDG_STATE_HOME")) {
		return ""
	}
	return filepath.Join(xdg.StateHome, "tlstutor")
}

// homeless is what to do for a user without a folder to keep things in.
const homeless = "set HOME or XDG_STATE_HOME to a folder that you may write to"

// printWhere prints the name of the file as it is for other programs, and clean
// for a terminal.
func printWhere(dir, id string) error {
	if dir == "" {
		return hint(errors.New("there is no folder to keep progress in"), homeless)
	}
	name := lessons.ProgressFile(dir, id)
	if term.IsTerminal(os.Stdout.Fd()) {
		name = wire.Clean(name, 4*wire.MaxValue)
	}
	_, err := fmt.Println(name)
	return err
}

// withProgress does something with what is kept of a course. Looking for it makes
// no file.
func withProgress(id string, do func(*lessons.Progress) error) error {
	dir := stateDir()
	if dir == "" {
		return printWhere(dir, id)
	}
	// Without a folder everything is in memory, and empty.
	if _, err := os.Lstat(lessons.ProgressFile(dir, id)); errors.Is(err, fs.ErrNotExist) {
		dir = ""
	}
	p := lessons.OpenProgress(dir, id, time.Now)
	defer p.Close()
	// What may not be written can still be shown.
	if err := p.Kept(); err != nil && dir != "" && p.Fresh() {
		return hint(err, "tlstutor progress --where names the file: look what is in its place")
	}
	return do(p)
}

// A tally is what is kept of one lesson.
type tally struct {
	lesson                     string
	page                       int      // the page one was at last, from 1; 0 for none
	done                       string   // "read", "tested", or ""
	right, wrong, watched, due int      // how many items; watched: seen without an answer
	items                      []string // the ids of all that was answered
}

// tallies counts what is kept, by lesson. The id of an item begins with that of
// its lesson: H1.q2.
func tallies(p *lessons.Progress) []*tally {
	by := map[string]*tally{}
	// Any kind of line may be the first that is met of a lesson.
	of := func(name string) *tally {
		name, _, _ = strings.Cut(name, ".")
		if by[name] == nil {
			by[name] = &tally{lesson: name}
		}
		return by[name]
	}
	for key := range p.Snapshot() {
		// Kinds that are not counted here, such as preferences, are passed over.
		kind, about, _ := strings.Cut(key, " ")
		switch kind {
		case "page":
			of(about).page = p.Page(about)
		case "finish":
			t := of(about)
			t.done = "read"
			if tested, _ := p.Finished(about); tested {
				t.done = "tested"
			}
		case "answer":
			of(about).count(p, about)
		}
	}
	// What is due was answered once, so its lesson is there.
	for _, item := range p.Due() {
		of(item).due++
	}
	var all []*tally
	for _, t := range by {
		all = append(all, t)
	}
	// By id: the order of the course is not known here.
	slices.SortFunc(all, func(a, b *tally) int { return cmp.Compare(a.lesson, b.lesson) })
	return all
}

// count adds an item. A sentence of one's own comes back as well, and nobody
// judges it.
func (t *tally) count(p *lessons.Progress, item string) {
	t.items = append(t.items, item)
	switch a, _ := p.Last(item); {
	case strings.Contains(item, ".s"):
	case a.Watched:
		t.watched++
	case a.Right:
		t.right++
	default:
		t.wrong++
	}
}

// printProgress prints what is kept as a table, and what comes back.
func printProgress(p *lessons.Progress) error {
	all, tests := tallies(p), testWords(p)
	if len(all) == 0 && tests == "" {
		_, err := fmt.Println("Nothing is kept of a lesson yet: tlstutor begins the course.")
		return err
	}
	// All of it is clean: lessons sees to that when it reads the file.
	out := bufio.NewWriter(os.Stdout)
	fmt.Fprintln(out, "lesson    page  done    right  wrong  watched  to review")
	for _, t := range all {
		fmt.Fprintf(out, "%-8s  %4d  %-6s  %5d  %5d  %7d  %9d\n", t.lesson, t.page, cmp.Or(t.done, "-"), t.right, t.wrong, t.watched, t.due)
	}
	if tests != "" {
		fmt.Fprintf(out, "\nthe test: %s\n", tests)
	}
	if due := p.Due(); len(due) > 0 {
		fmt.Fprintf(out, "\nto review now: %s\n", listed(due))
	}
	if n, first := p.Soon(); n > 0 {
		fmt.Fprintf(out, "\ncoming back later: %d, the first on %s\n", n, first.Local().Format(time.DateOnly))
	}
	if err := p.Kept(); err != nil {
		// The table may be from a file that nothing can be added to.
		fmt.Fprintf(out, "\n%v\n", err)
	}
	return out.Flush()
}

// testWords tell what came of the test, each time that it was taken; "" for never.
func testWords(p *lessons.Progress) string {
	var all []string
	for _, s := range p.Scores("before") {
		all = append(all, fmt.Sprintf("%d of %d", s.Right, s.Of))
	}
	for _, s := range p.Scores("after") {
		all = append(all, fmt.Sprintf("%d of %d with all lessons done", s.Right, s.Of))
	}
	return listed(all)
}

// listed writes out the first few of a list.
func listed(items []string) string {
	// A line of a terminal has room for about so many ids.
	const few = 12
	if len(items) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(items[:few], ", "), len(items)-few)
	}
	return strings.Join(items, ", ")
}

// exportTo writes what is kept to a file that is not there yet.
func exportTo(p *lessons.Progress, name string) error {
	if name == "-" {
		return p.Export(os.Stdout)
	}
	shown := wire.Clean(name, wire.MaxValue)
	// O_EXCL follows no link either: what is there stays as it is.
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return hint(fmt.Errorf("%s is there already, and is left as it is", shown), "name a new file")
	}
	if err != nil {
		return hint(fmt.Errorf("making %s: %w", shown, reason(err)), "name a file in a folder that you may write to")
	}
	// Half an export is worse than none.
	// Closing may be what fails: some disks say only then that they are full.
	if err := errors.Join(p.Export(f), f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	_, err = fmt.Println("Written to " + shown + ".")
	return err
}
