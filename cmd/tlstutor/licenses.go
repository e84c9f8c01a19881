package main

import (
	_ "embed"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// notices are the licences of all that is linked into the program: a line "== "
// with the module and its version, then its texts. A test makes the file, and
// compares it with what is linked.
//
//go:embed licenses.txt
var notices string

// licenses prints under which terms the parts of the program stand.
func (s *shell) licenses() *cobra.Command {
	var list bool
	cmd := &cobra.Command{
		Use:     "licenses",
		Short:   "The licences of what is in this program",
		Long:    "Print the notices of every module that is linked into this program, and of Go itself. tlstutor's own licence is MIT.",
		Example: "tlstutor licenses --list\ntlstutor licenses | less",
		Args:    cobra.ArbitraryArgs,
	}
	cmd.Flags().BoolVar(&list, "list", false, "only the modules and their versions")
	return s.does(cmd, alone(func(*cobra.Command) error {
		text := notices
		if list {
			text = strings.Join(modules(notices), "\n") + "\n"
		}
		_, err := fmt.Fprint(os.Stdout, text)
		return err
	}))
}

// noticeMark begins the line of a module.
const noticeMark = "== "

// modules lists the modules that the notices are of, each with its version.
func modules(notices string) []string {
	var names []string
	for line := range strings.Lines(notices) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), noticeMark); ok {
			names = append(names, name)
		}
	}
	return names
}
