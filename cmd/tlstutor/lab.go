package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"tlstutor/labs"
)

// lab lists what can be run: each lab, what it is for, and every word that run
// and open take.
func (s *shell) lab() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "lab [LAB ...]",
		Short:   "The labs and their knobs",
		Long:    "Say what each lab is for, what its knobs do and take, and what its presets are: of all labs, or of those that are named.",
		Example: "tlstutor lab\ntlstutor lab chain\ntlstutor lab --json",
		Args:    cobra.ArbitraryArgs,
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
			return complete(cmd, nil, word)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON value per lab")
	return s.does(cmd, func(_ *cobra.Command, args []string) error {
		named, err := theLabs(args)
		if err != nil {
			return err
		}
		out := bufio.NewWriter(os.Stdout)
		for i, l := range named {
			if asJSON {
				if err := encode(out, describe(l)); err != nil {
					return err
				}
				continue
			}
			if i > 0 {
				fmt.Fprintln(out)
			}
			printLab(out, l)
		}
		return out.Flush()
	})
}

// theLabs are the labs of these names, or all where none is named. Knobs are not
// set here, so a word with = in it is one for run.
func theLabs(words []string) ([]*labs.Lab, error) {
	if len(words) == 0 {
		return labs.All(), nil
	}
	var all []*labs.Lab
	for i, w := range words {
		if i > 0 && strings.Contains(w, "=") {
			return nil, hint(misuse(errors.New("lab only tells of labs; here is "+quote(w))), "tlstutor run "+words[0]+" "+w+" runs one so")
		}
		l, _, err := place([]string{w})
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, nil
}

// encode writes a value as one line of JSON. Its text stays as it is: < and > are
// nothing special in a terminal.
func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// printLab writes a lab as one reads it: what it is, then what one may type.
func printLab(w io.Writer, l *labs.Lab) {
	// Doc is one sentence, a blank line, and the rest.
	first, rest, _ := strings.Cut(l.Doc, "\n\n")
	fmt.Fprintf(w, "%s: %s\n\n%s\n\n", l.Name, first, rest)
	for i := range l.Knobs {
		k := &l.Knobs[i]
		name := k.Name + "=" + k.Start()
		if k.Kind == labs.Set { // whose value may be a long list
			name = k.Name
		}
		fmt.Fprintf(w, "  %-24s %s\n", name, k.Doc)
		if takes := takes(k); takes != "" {
			fmt.Fprintf(w, "  %-24s   %s\n", "", takes)
		}
	}
	for i, p := range l.Presets {
		if i == 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "  preset %d: %-18s %s\n", i+1, p.Name, strings.TrimPrefix(l.Line(p.Set), l.Name+" "))
	}
}

// takes says what a knob can be set to.
func takes(k *labs.Knob) string {
	switch k.Kind {
	case labs.Choice:
		return strings.Join(k.Choices, ", ")
	case labs.Set:
		return "some of " + strings.Join(k.Choices, ", ") + "; with commas between them, or " + k.Shorthand() + "; at first " + k.Start()
	case labs.Number:
		return strings.TrimSpace(fmt.Sprintf("%d to %d %s", k.Min, k.Max, k.Unit))
	}
	return fmt.Sprintf("a line of at most %d bytes", k.Max)
}

// The shapes of a lab in JSON.
type (
	knobJSON struct {
		Name    string   `json:"name"`
		Doc     string   `json:"doc"`
		Kind    string   `json:"kind"`
		Choices []string `json:"choices,omitempty"`
	}
	presetJSON struct {
		Name     string        `json:"name"`
		Settings labs.Settings `json:"settings"`
	}
	labJSON struct {
		Name    string       `json:"name"`
		Doc     string       `json:"doc"`
		Knobs   []knobJSON   `json:"knobs"`
		Presets []presetJSON `json:"presets"`
		Goals   []string     `json:"goals"`
	}
)

// describe is a lab as JSON has it. Lists without anything in them are empty, not
// null.
func describe(l *labs.Lab) labJSON {
	d := labJSON{Name: l.Name, Doc: l.Doc, Knobs: []knobJSON{}, Presets: []presetJSON{}, Goals: []string{}}
	for _, k := range l.Knobs {
		d.Knobs = append(d.Knobs, knobJSON{k.Name, k.Doc, k.Kind.String(), k.Choices})
	}
	for _, p := range l.Presets {
		d.Presets = append(d.Presets, presetJSON{p.Name, p.Set})
	}
	for _, g := range l.Goals {
		d.Goals = append(d.Goals, g.Name)
	}
	return d
}
