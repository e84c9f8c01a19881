package main

import (
	"context"
	"errors"
	"io"
	"strings"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"

	"tlstutor/labs"
	"tlstutor/lessons"
	"tlstutor/tui/theme"
)

// A shell is one command line: the flags that hold everywhere, and what became
// of it.
type shell struct {
	theme  string // of --theme; "" follows the terminal
	ascii  bool   // --ascii was given
	plain  bool   // --plain was given
	course string // of --course; "" is the built-in one
	err    error  // what the command ended with
}

// run runs a command line. Commands leave their error in the shell: fang asks
// the terminal for its background before it hands over an error, and a terminal
// that does not answer would hold one line back for two seconds.
func (s *shell) run(ctx context.Context, args []string) error {
	root := s.root()
	root.SetArgs(args)
	err := fang.Execute(ctx, root,
		fang.WithVersion(version()),
		fang.WithErrorHandler(func(io.Writer, fang.Styles, error) {}))
	// What cobra still refuses by itself is a word too many for man.
	if err != nil && s.err == nil {
		s.err = misuse(err)
	}
	return s.err
}

// root is the command without a word: the program itself. Every command takes
// any words and judges them in its own function, so that what is wrong with them
// is said in our manner.
func (s *shell) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "tlstutor",
		Short: "TLS and PKI in the terminal, on real connections",
		Long: "TLS and PKI in the terminal, on real connections. Without a command it opens the course, " +
			"where you left it.",
		Example: "tlstutor\ntlstutor open H1.3\ntlstutor open handshake max=1.2\ntlstutor run handshake fault=unknown-ca\ntlstutor inspect cert.pem",
		Args:    cobra.ArbitraryArgs,
	}
	s.does(root, func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(cmd, args[0])
		}
		return s.screen(cmd.Context(), func(*lessons.Course) (spot, error) { return spot{}, nil })
	})
	root.SetVersionTemplate("tlstutor {{.Version}}\n")
	root.PersistentFlags().StringVar(&s.theme, "theme", "", "colours: dark, light, or stage for a projector (default: what the terminal has)")
	root.PersistentFlags().BoolVar(&s.ascii, "ascii", false, "draw in plain ASCII")
	root.PersistentFlags().BoolVar(&s.plain, "plain", false, "lines of text instead of a screen: for a screen reader, or a script")
	root.PersistentFlags().StringVar(&s.course, "course", "", "a course of your own: the folder that its course.yaml is in")
	// A flag that does not exist ends the command as if it were done; the shell
	// knows better.
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		s.err = misuse(err)
		return nil
	})
	root.AddCommand(s.open(), s.runs(), s.lab(), s.inspect(), s.progress(), s.lint(), s.rehearse(), s.notes(), s.doctor(), s.licenses(), s.version())
	root.SetHelpCommand(s.help())
	// Cobra would add its completion later, out of our reach.
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			s.completion(c)
		}
	}
	return root
}

// does has a command do f, and keeps its error. The theme is checked for all.
func (s *shell) does(cmd *cobra.Command, f func(*cobra.Command, []string) error) *cobra.Command {
	// Not RunE: cobra and fang are not to see the error.
	cmd.Run = func(cmd *cobra.Command, args []string) {
		if s.theme != "" {
			if _, err := theme.Parse(s.theme); err != nil {
				s.err = misuse(err)
				return
			}
		}
		s.err = f(cmd, args)
	}
	return cmd
}

// alone is for commands that take no words.
func alone(f func(*cobra.Command) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return hint(misuse(errors.New(cmd.Name()+" takes no words; here is "+quote(args[0]))), "tlstutor "+cmd.Name()+" --help shows what it takes")
		}
		return f(cmd)
	}
}

// help replaces cobra's own, for which an unknown command is no failure.
func (s *shell) help() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "What a command does and takes",
		Args:  cobra.ArbitraryArgs,
	}
	return s.does(cmd, func(cmd *cobra.Command, args []string) error {
		to, rest, err := cmd.Root().Find(args)
		// Find keeps what it does not know in rest.
		if err != nil || to == nil || len(rest) > 0 {
			return unknownCommand(cmd.Root(), args[0])
		}
		// Cobra adds --help when a command runs, but its help should list it.
		to.InitDefaultHelpFlag()
		return to.Help()
	})
}

// completion has cobra's own command refuse a shell that it does not know.
func (s *shell) completion(cmd *cobra.Command) {
	cmd.Args = cobra.ArbitraryArgs
	s.does(cmd, func(cmd *cobra.Command, args []string) error {
		var shells []string
		for _, c := range cmd.Commands() {
			shells = append(shells, c.Name())
		}
		list := "it is one of " + strings.Join(shells, ", ")
		if len(args) == 0 {
			return hint(misuse(errors.New("completion is for a shell, and none is named")), list)
		}
		return hint(misuse(errors.New("there is no completion for "+quote(args[0]))), list)
	})
}

// unknownCommand says that there is no such command, and which is nearest. Who
// types the name of a lab alone means to open it.
func unknownCommand(root *cobra.Command, word string) error {
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	err := misuse(errors.New("there is no command " + quote(word)))
	if _, e := labs.Find(word); e == nil {
		return hint(err, "that is a lab: tlstutor open "+word)
	}
	if n := nearest(word, names); n != "" {
		return hint(err, "did you mean tlstutor "+n+"?")
	}
	return hint(err, "tlstutor --help lists them")
}
