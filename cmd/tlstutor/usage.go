package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tlstutor/labs"
	"tlstutor/labs/wire"
)

// What can be wrong with a command line whatever the command is, and what to do
// about it. Cobra would say it in words of its own, and those of strconv.

// alone is for commands that take no words.
func alone(f func(*cobra.Command) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return tooMany(cmd, args[0])
		}
		return f(cmd)
	}
}

// tooMany says that a command takes no words, and here is one.
func tooMany(cmd *cobra.Command, word string) error {
	_, name, _ := strings.Cut(cmd.CommandPath(), " ")
	return hint(misuse(errors.New(name+" takes no words; here is "+quote(word))), cmd.CommandPath()+" --help shows what it takes")
}

// unasked is what cobra refuses before a command of ours is asked. Of those that
// one types that can only be man, with a word too many.
func unasked(root *cobra.Command, args []string, err error) error {
	if cmd, rest, e := root.Find(args); e == nil && cmd.Name() == "man" && len(rest) > 0 {
		return tooMany(cmd, rest[0])
	}
	return misuse(err)
}

// unnamed says that an empty word stands where a name should: most often a
// script has a variable there that is not set.
func unnamed(what, advice string) error {
	return hint(misuse(errors.New(what+" is given an empty name")), advice)
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
	switch n := wire.Nearest(word, names); n {
	case "":
		return hint(err, "tlstutor --help lists them")
	// Behind -- every word is an argument, so this one was not looked for.
	case word:
		return hint(misuse(errors.New("behind -- no command is looked for; here is "+quote(word))), "leave -- out")
	default:
		return hint(err, "did you mean tlstutor "+n+"?")
	}
}

// badFlag says what is wrong with a flag. The library's errors quote words as
// they stand, so none of their texts is shown.
func badFlag(cmd *cobra.Command, err error) error {
	var (
		none   *pflag.NotExistError
		empty  *pflag.ValueRequiredError
		value  *pflag.InvalidValueError
		syntax *pflag.InvalidSyntaxError
		help   = cmd.CommandPath() + " --help lists the flags"
	)
	switch {
	case errors.As(err, &none) && none.GetSpecifiedShortnames() != "":
		return hint(misuse(errors.New("there is no flag -"+wire.Clean(none.GetSpecifiedShortnames(), 40))), help)
	case errors.As(err, &none):
		name := none.GetSpecifiedName()
		if n := wire.Nearest(name, flagNames(cmd)); n != "" {
			help = "did you mean --" + n + "?"
		}
		return hint(misuse(errors.New("there is no flag --"+wire.Clean(name, 80))), help)
	case errors.As(err, &empty):
		return hint(misuse(errors.New("--"+empty.GetSpecifiedName()+" needs a value, and here is none")), strings.TrimSuffix(help, "lists the flags")+"says which")
	// All flags that can refuse a value are of the kind that is there or not.
	case errors.As(err, &value):
		name := value.GetFlag().Name
		return hint(misuse(errors.New("--"+name+" takes no value; here is "+quote(value.GetValue()))), "write --"+name+" alone, or leave it out")
	case errors.As(err, &syntax):
		return hint(misuse(errors.New(quote(syntax.GetSpecifiedFlag())+" is not a flag")), help)
	}
	return hint(misuse(err), help)
}

// flagNames are the flags that a command takes.
func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}
