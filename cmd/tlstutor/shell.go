package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"

	"charm.land/fang/v2"
	"github.com/spf13/cobra"

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
	out := &output{}
	root := s.root(out)
	root.SetArgs(args)
	err := fang.Execute(ctx, root,
		fang.WithVersion(version()),
		fang.WithErrorHandler(func(io.Writer, fang.Styles, error) {}))
	var path *fs.PathError
	switch {
	case s.err != nil:
	case errors.As(err, &path): // man could not be written
		s.err = err
	case err != nil:
		s.err = unasked(root, args, err)
	default:
		s.err = out.err
	}
	return roomless(s.err)
}

// root is the command without a word: the program itself. Every command takes
// any words and judges them in its own function, so that what is wrong with them
// is said in our manner.
func (s *shell) root(out io.Writer) *cobra.Command {
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
	// Before any command is made: completion looks for it once.
	root.SetOut(out)
	root.SetVersionTemplate("tlstutor {{.Version}}\n")
	root.PersistentFlags().StringVar(&s.theme, "theme", "", "colours: dark, light, or stage for a projector (default: what the terminal has)")
	root.PersistentFlags().BoolVar(&s.ascii, "ascii", false, "draw in plain ASCII")
	root.PersistentFlags().BoolVar(&s.plain, "plain", false, "lines of text instead of a screen: for a screen reader, or a script")
	root.PersistentFlags().StringVar(&s.course, "course", "", "a course of your own: the folder that its course.yaml is in")
	// A flag that does not exist ends the command as if it were done; the shell
	// knows better.
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		s.err = badFlag(cmd, err)
		return nil
	})
	root.AddCommand(s.open(), s.runs(), s.lab(), s.dissects(), s.connects(), s.serves(), s.inspect(), s.verifies(), s.why(), s.suite(), s.progress(), s.lint(), s.rehearse(), s.notes(), s.doctor(), s.licenses(), s.version())
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

// does has a command do f, and keeps its error. What holds for all is checked for
// all: the theme, and that a folder that is named has a name.
func (s *shell) does(cmd *cobra.Command, f func(*cobra.Command, []string) error) *cobra.Command {
	// Not RunE: cobra and fang are not to see the error.
	cmd.Run = func(cmd *cobra.Command, args []string) {
		if cmd.Flags().Changed("theme") {
			if _, err := theme.Parse(s.theme); err != nil {
				s.err = misuse(err)
				return
			}
		}
		if s.course == "" && cmd.Flags().Changed("course") {
			s.err = unnamed("--course", "name the folder that course.yaml is in, or leave --course out")
			return
		}
		s.err = f(cmd, args)
	}
	return cmd
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
		switch {
		case err != nil || to == nil || to == cmd.Root() && len(rest) > 0:
			return unknownCommand(cmd.Root(), args[0])
		case len(rest) > 0:
			return hint(misuse(errors.New("help takes one command; behind "+to.Name()+" here is "+quote(rest[0]))), to.CommandPath()+" --help is about "+to.Name())
		}
		// Cobra adds --help when a command runs, but its help should list it.
		to.InitDefaultHelpFlag()
		return to.Help()
	})
}

// completion has cobra's own commands refuse a shell that they do not know, and
// words that they do not take.
func (s *shell) completion(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		made := c.RunE
		c.Args, c.RunE = cobra.ArbitraryArgs, nil
		s.does(c, alone(func(c *cobra.Command) error { return made(c, nil) }))
	}
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
