package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"tlstutor/content"
	"tlstutor/labs/wire"
	"tlstutor/lessons"
	"tlstutor/tui"
)

// lint checks a course by running it: the one that is built in, or somebody's in
// a folder. Nothing outside of that folder is opened.
func (s *shell) lint() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "lint [DIR]",
		Short: "Check a course by running all of it",
		Long: "Check a course by running all of it: every lab, every quote, every option of every prediction. " +
			"Without DIR it checks the built-in course. One line for each mistake: where, what, and how to mend it; exit status 1 when there is one.",
		Example: "tlstutor lint\ntlstutor lint my-course",
		Args:    cobra.ArbitraryArgs,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON value per mistake")
	return s.does(cmd, func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return hint(misuse(fmt.Errorf("lint takes one folder, here are %d", len(args))), "check them one after the other")
		}
		// Nothing of the form of a course is checked here: lessons has its rules.
		fsys, dir := fs.FS(content.FS), s.course
		switch {
		// Which of the two was meant cannot be told, so neither is taken.
		case len(args) == 1 && dir != "":
			return hint(misuse(errors.New("lint takes a folder or --course, not both")), "leave one out")
		case len(args) == 1 && args[0] == "":
			return unnamed("lint", "name the folder that course.yaml is in, or nothing for the built-in course")
		case len(args) == 1:
			dir = args[0]
		}
		if dir != "" {
			root, err := courseFolder(dir)
			if err != nil {
				return err
			}
			defer root.Close()
			fsys = root.FS()
		}
		// The tables are the program's own, so an error here is none of the course's.
		w, err := newWorld()
		if err != nil {
			return err
		}
		course, bad, err := check(cmd.Context(), fsys, w)
		if err != nil {
			return err
		}
		return printMistakes(course, bad, w.runs(), asJSON)
	})
}

// courseFolder opens a course's folder, so that nothing outside can be reached
// from it.
func courseFolder(name string) (*os.Root, error) {
	clean := wire.Clean(name, 200)
	// Before it is opened, as a pipe would be waited for.
	info, err := os.Stat(name)
	if err == nil && !info.IsDir() {
		return nil, hint(fmt.Errorf("%s is not a folder", clean), "name the folder that course.yaml is in")
	}
	var root *os.Root
	if err == nil {
		root, err = os.OpenRoot(name)
	}
	if err != nil {
		// The system's errors name the folder once more, as it stands.
		var path *fs.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return nil, hint(fmt.Errorf("opening %s: %w", clean, err), "name the folder that course.yaml is in")
	}
	return root, nil
}

// lintLimit is how long a course may take, whoever's it is.
const lintLimit = 3 * time.Minute

// check loads a course and, when its form is sound, runs it.
func check(ctx context.Context, fsys fs.FS, w *world) (*lessons.Course, lessons.Mistakes, error) {
	// The limit ends within alone, so that stopped(ctx) below means a signal.
	within, cancel := context.WithTimeout(ctx, lintLimit)
	defer cancel()
	course, err := lessons.Load(fsys)
	var bad lessons.Mistakes
	switch {
	// With mistakes of form there is no course to run.
	case errors.As(err, &bad):
		return nil, bad, nil
	case err != nil:
		return nil, nil, err
	}
	bad = lessons.Lint(within, course, w.asked(tui.Fits(within, course, w.keys)))
	return course, bad, stopped(ctx)
}

// A mistakeJSON is a mistake as JSON has it.
type mistakeJSON struct {
	File string `json:"file"`
	Line int    `json:"line"`
	What string `json:"what"`
	Mend string `json:"mend,omitempty"`
}

// printMistakes prints one line for each mistake, or what was checked where
// there is none. Mistakes make it a verdict that is no.
func printMistakes(c *lessons.Course, bad lessons.Mistakes, runs int, asJSON bool) error {
	out := bufio.NewWriter(os.Stdout)
	for _, m := range bad {
		if asJSON {
			if err := encode(out, mistakeJSON(m)); err != nil {
				return err
			}
			continue
		}
		// File and line come first, as editors find places by them.
		fmt.Fprintln(out, m.Error())
	}
	// As JSON, nothing is what says that there is nothing.
	if len(bad) == 0 && !asJSON {
		pages := 0
		for _, l := range c.Lessons {
			pages += len(l.Pages)
		}
		fmt.Fprintf(out, "%s, %s, %s: nothing to mend\n", count(len(c.Lessons), "lesson"), count(pages, "page"), count(runs, "run"))
	}
	// Before the verdict, which is printed elsewhere and would overtake the list.
	if err := out.Flush(); err != nil || len(bad) == 0 {
		return err
	}
	return verdict(errors.New(count(len(bad), "mistake") + " in the course"))
}

// count says how many of something there are.
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
