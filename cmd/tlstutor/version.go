package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version prints what to put in a report. It has to be quick: it is how one asks
// whether the program is there at all.
func (s *shell) version() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Which tlstutor this is",
		Args:  cobra.ArbitraryArgs,
	}
	return s.does(cmd, alone(func(*cobra.Command) error {
		_, err := fmt.Fprintln(os.Stdout, "tlstutor "+version())
		return err
	}))
}

// version names this build: its module version or commit, the Go that made it,
// and what it was made for.
func version() string {
	// A module that was installed has a version; a clone has a commit, which Go
	// notes when git is there.
	name := "built from source"
	if info, ok := debug.ReadBuildInfo(); ok {
		if v := info.Main.Version; v != "" && v != "(devel)" {
			name = v
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 && name == "built from source" {
				name = "at " + s.Value[:12]
			}
		}
	}
	return fmt.Sprintf("%s (%s, %s/%s)", name, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
