package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"

	"tlstutor/labs"
	"tlstutor/tui"
)

// broke turns an error that code of ours broke with into a report in a file and
// one sentence that says where it is. Other errors stay as they are.
func broke(err error) error {
	var (
		run    *labs.Panic
		screen *tui.Panic
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &run):
		return kept(report(run.Value, run.Stack))
	case errors.As(err, &screen):
		return kept(report(screen.Value, screen.Stack))
	}
	return err
}

// kept writes a report where temporary files go. Only the user can read it:
// CreateTemp sees to that.
func kept(text string) error {
	const what = "something in tlstutor broke; the terminal is as it was and nothing is left running"
	f, err := os.CreateTemp("", "tlstutor-broke-*.txt")
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("%s; the report could not be written: %w", what, err)
	}
	return fmt.Errorf("%s; a report, without keys, names or arguments, is in %s", what, f.Name())
}

// report is what helps to mend a panic, and nothing that tells of the user: a
// value only where the Go runtime wrote it, a stack without arguments, and
// files without the folders above them.
func report(value string, stack []byte) string {
	if !strings.HasPrefix(value, "runtime error: ") {
		value = "withheld, since it may quote what was being read"
	}
	// Arguments may be words of what was being read.
	calls := regexp.MustCompile(`(?m)\([^()\n]*\)$`).ReplaceAll(stack, []byte("(...)"))
	// The folders above a file often have a user's name in them.
	files := regexp.MustCompile(`(?m)^\t.*[/\\]([^/\\\n]+[/\\][^/\\\n]+:[0-9]+).*$`).ReplaceAll(calls, []byte("\t$1"))
	return fmt.Sprintf("tlstutor %s\n%s, %s/%s\npanic: %s\n\n%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, value, files)
}
