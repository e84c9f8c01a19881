package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"tlstutor/labs"
	"tlstutor/labs/wire"
)

// why is the command why: what an error text means, whoever it is from, and how to
// make it happen here.
func (s *shell) why() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "why TEXT|-",
		Short:   "What an error text of any client means, and how to make it happen here",
		Long:    "Find an error text of Go, OpenSSL, Python, curl or GnuTLS among those that the lab faults has recorded. A piece of it will do; names, dates, paths and numbers do not count. With - it reads standard input.",
		Example: "tlstutor why \"certificate signed by unknown authority\"\ncurl https://app.lab.test 2>&1 | tlstutor why -",
		Args:    cobra.ArbitraryArgs,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON value per text that matches")
	return s.does(cmd, func(cmd *cobra.Command, args []string) error {
		text := strings.Join(args, " ")
		if text == "-" {
			_, data, err := slurp(cmd.Context(), "-", slurpWait)
			if err != nil {
				return err
			}
			text = string(data)
		}
		if strings.TrimSpace(text) == "" {
			return hint(misuse(errors.New("why needs the text of an error")), "quote it: tlstutor why \"unknown authority\"")
		}
		found := labs.Why(text)
		if len(found) == 0 {
			return hint(verdict(errors.New("no client says anything like "+quote(text))), "try the middle of the line, without names and numbers; tlstutor run faults client=all shows what they say")
		}
		taught, err := s.taught()
		if err != nil {
			return err
		}
		out := bufio.NewWriter(os.Stdout)
		for i, m := range found {
			if asJSON {
				if err := encode(out, matchOf(m, taught)); err != nil {
					return err
				}
				continue
			}
			switch {
			case m.Rank == found[0].Rank && i < maxTexts:
				printMatch(out, m, taught)
			case m.Rank == found[0].Rank:
				fmt.Fprintf(out, "as like it: %s (%s)\n", wire.Clean(m.Text, 120), m.Faults[0].Name)
			default:
				fmt.Fprintf(out, "less like it: %s (%s)\n", wire.Clean(m.Text, 120), m.Faults[0].Name)
			}
		}
		return out.Flush()
	})
}

// taught are the lessons that the course has, by their ids.
func (s *shell) taught() (map[string]string, error) {
	files, err := s.courseFiles()
	if err != nil {
		return nil, err
	}
	course, err := s.loadCourse(files)
	if err != nil {
		return nil, err
	}
	titles := map[string]string{}
	for _, l := range course.Lessons {
		titles[l.ID] = l.Title
	}
	return titles, nil
}

// maxTexts is how many texts that match equally well are told in full.
const maxTexts = 3

// maxCauses is how many faults of one text are told in full.
const maxCauses = 4

// printMatch writes what a text means, for each fault that has it said.
func printMatch(w io.Writer, m labs.Match, taught map[string]string) {
	fmt.Fprintf(w, "%s\n  said by %s\n", m.Text, strings.Join(m.Peers, ", "))
	for i, f := range m.Faults {
		if i == maxCauses {
			var rest []string
			for _, f := range m.Faults[i:] {
				rest = append(rest, f.Name)
			}
			fmt.Fprintf(w, "  and %s\n", strings.Join(rest, ", "))
			break
		}
		fmt.Fprintf(w, "  %s\n    the check that fails: %s (%s)\n", f.Doc, f.Check, f.Rule)
		if title := taught[f.Lesson]; title != "" {
			fmt.Fprintf(w, "    the lesson: %s, %s: tlstutor open %s\n", f.Lesson, title, f.Lesson)
		}
		fmt.Fprintf(w, "    make it happen: tlstutor run faults fault=%s\n", f.Name)
	}
	fmt.Fprintln(w)
}

// The shapes of a match in JSON.
type (
	matchJSON struct {
		Text   string      `json:"text"`
		Rank   int         `json:"rank"`
		Peers  []string    `json:"peers"`
		Faults []causeJSON `json:"faults"`
	}
	causeJSON struct {
		Name   string `json:"name"`
		Group  string `json:"group"`
		Doc    string `json:"doc"`
		Check  string `json:"check"`
		Rule   string `json:"rule"`
		Lesson string `json:"lesson,omitempty"`
		Run    string `json:"run"`
	}
)

// matchOf is a match as JSON has it.
func matchOf(m labs.Match, taught map[string]string) matchJSON {
	all := matchJSON{Text: m.Text, Rank: m.Rank, Peers: m.Peers}
	for _, f := range m.Faults {
		one := causeJSON{Name: f.Name, Group: f.Group, Doc: f.Doc, Check: f.Check, Rule: f.Rule, Run: "tlstutor run faults fault=" + f.Name}
		if taught[f.Lesson] != "" {
			one.Lesson = f.Lesson
		}
		all.Faults = append(all.Faults, one)
	}
	return all
}
