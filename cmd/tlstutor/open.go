package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"tlstutor/labs"
	"tlstutor/labs/wire"
	"tlstutor/lessons"
)

// open is the program again, at a place that one names: for a shell's history,
// a slide, or a message to a friend. A place is a page, such as H1.3, or a lab.
func (s *shell) open() *cobra.Command {
	var keylog string
	cmd := &cobra.Command{
		Use:   "open PLACE [knob=value ...]",
		Short: "Open the program at a page, in a lab, with a track, or at a capture",
		Long: "Open the program at a page of a lesson, such as H1.3, or in a lab, already run, with its knobs set as you say, or at a capture, whose connections it lists. " +
			"tlstutor lab lists the labs and their knobs. With a track, such as core-90, the course has its lessons alone, for a workshop that has so much time; tlstutor rehearse lists the tracks.",
		Example:           "tlstutor open H1.3\ntlstutor open handshake max=1.2\ntlstutor open wiretap say='meet me at six'\ntlstutor open core-90\ntlstutor open trace.pcapng",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: complete,
	}
	cmd.Flags().StringVar(&keylog, "keylog", "", "of a capture: a file of secrets, as SSLKEYLOGFILE has them")
	return s.does(cmd, func(cmd *cobra.Command, args []string) error {
		return s.screen(cmd.Context(), func(c *lessons.Course) (spot, error) {
			at, err := find(c, args)
			if err == nil || len(args) != 1 || !isFile(args[0]) {
				return at, unlogged(cmd, err)
			}
			t, err := openTrace(cmd.Context(), args[0], keylog)
			return spot{trace: t}, err
		})
	})
}

// unlogged refuses a key log where there is nothing to open with it.
func unlogged(cmd *cobra.Command, err error) error {
	if err == nil && cmd.Flags().Changed("keylog") {
		return hint(misuse(errors.New("--keylog is for a capture")), "tlstutor open trace.pcapng --keylog FILE")
	}
	return err
}

// find reads the words of open: a page, or a lab and settings of its knobs. What
// is both is the page.
func find(c *lessons.Course, words []string) (spot, error) {
	if len(words) == 0 {
		return spot{}, noPlace(c, "")
	}
	if id, _, _ := strings.Cut(words[0], "."); c.Find(id) != nil {
		p, err := c.Place(words[0])
		switch {
		case err != nil:
			return spot{}, misuse(err)
		case len(words) > 1:
			return spot{}, hint(misuse(errors.New("a page takes no settings; behind "+quote(words[0])+" here is "+quote(words[1]))), "settings are for a lab, such as tlstutor open handshake max=1.2")
		}
		return spot{page: p}, nil
	}
	if t := c.Track(words[0]); t != nil && len(words) == 1 {
		return spot{track: t}, nil
	}
	if _, err := labs.Find(words[0]); err != nil {
		return spot{}, noPlace(c, words[0])
	}
	l, given, err := place(words)
	return spot{lab: l, given: given}, err
}

// noPlace says that there is no such page and no such lab, or that none is named,
// and what there is.
func noPlace(c *lessons.Course, word string) error {
	var names, ids []string
	for _, l := range labs.All() {
		names = append(names, l.Name)
	}
	for _, l := range c.Lessons {
		ids = append(ids, l.ID)
	}
	list := "the lessons are " + strings.Join(ids, ", ") + ", the labs " + strings.Join(names, ", ")
	if tracks := trackNames(c); len(tracks) > 0 {
		list += ", the tracks " + strings.Join(tracks, ", ")
		ids = append(ids, tracks...)
	}
	if word == "" {
		return hint(misuse(errors.New("no page or lab is named")), list)
	}
	return hint(misuse(errors.New("there is no page or lab "+quote(word))), mean(word, append(names, ids...), "", list))
}

// place reads the words of a command line: a lab, and settings of its knobs. What
// the words cannot mean is wrong usage, with the nearest thing that they can.
func place(words []string) (*labs.Lab, labs.Settings, error) {
	var names []string
	for _, l := range labs.All() {
		names = append(names, l.Name)
	}
	if len(words) == 0 {
		err := misuse(errors.New("no lab is named"))
		return nil, nil, hint(err, "the labs are "+strings.Join(names, ", "))
	}
	l, err := labs.Find(words[0])
	if err != nil {
		err = misuse(fmt.Errorf("there is no lab %s", quote(words[0])))
		return nil, nil, hint(err, mean(words[0], names, "", "the labs are "+strings.Join(names, ", ")))
	}
	// The lab says what is wrong with a word; what to do is found here.
	given, err := l.Words(words[1:])
	if err != nil {
		return nil, nil, hint(misuse(err), advice(l, words[1:]))
	}
	return l, given, nil
}

// advice finds the first word that a lab cannot be set by, and says what may
// have been meant.
func advice(l *labs.Lab, words []string) string {
	for _, w := range words {
		name, value, _ := strings.Cut(w, "=")
		k := l.Knob(name)
		switch {
		case k == nil:
			var names []string
			for _, k := range l.Knobs {
				names = append(names, k.Name)
			}
			return mean(name, names, "=...", "tlstutor lab says what each does")
		case k.Check(value) != nil && k.Kind == labs.Choice:
			if n := wire.Nearest(value, k.Choices); n != "" {
				return "did you mean " + name + "=" + n + "?"
			}
		case k.Check(value) != nil && k.Kind == labs.Set:
			for _, word := range strings.Split(value, ",") {
				if n := wire.Nearest(word, k.Choices); n != "" && n != word {
					return "did you mean " + n + "?"
				}
			}
		}
	}
	return "tlstutor lab lists the knobs and what they take"
}

// mean suggests the nearest name, or else says something else.
func mean(word string, names []string, tail, otherwise string) string {
	if n := wire.Nearest(word, names); n != "" {
		return "did you mean " + n + tail + "?"
	}
	return otherwise
}

// complete is what the shell offers when tab is pressed: the labs, then their
// knobs, then what a knob can be set to. None of it is a file, so the shell
// offers none.
func complete(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	var offers []string
	if len(args) == 0 {
		for _, l := range labs.All() {
			doc, _, _ := strings.Cut(l.Doc, "\n")
			offers = append(offers, l.Name+"\t"+doc)
		}
		return offers, cobra.ShellCompDirectiveNoFileComp
	}
	l, err := labs.Find(args[0])
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	name, _, valued := strings.Cut(word, "=")
	if k := l.Knob(name); valued && k != nil {
		for _, c := range k.Choices {
			offers = append(offers, name+"="+c)
		}
		return offers, cobra.ShellCompDirectiveNoFileComp
	}
	for _, k := range l.Knobs {
		offers = append(offers, k.Name+"=\t"+k.Doc)
	}
	// The value comes right behind the sign.
	return offers, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
