package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"tlstutor/labs"
	"tlstutor/labs/wire"
	"tlstutor/lessons"
	"tlstutor/tui"
)

// How much is told in full: of texts that match equally well and are not of the same
// faults, and of the faults of one text.
const (
	maxTexts  = 3
	maxCauses = 4
)

// printMatches writes what was found: in full the texts that match best, and those of
// the same faults in a line; then the others.
func printMatches(w io.Writer, found []labs.Match, course *lessons.Course) {
	printLines(w, found)
	told, full := map[string]bool{}, 0 // by causes, and by texts
	var rest []labs.Match
	for _, m := range found {
		k := sameAs(m)
		switch {
		case told[k]:
		case m.Rank == found[0].Rank && full < maxTexts:
			printMatch(w, m, also(m, found), course)
			told[k], told[m.Text] = true, true
			full++
		default:
			rest = append(rest, m)
		}
	}
	for _, m := range rest {
		how := "a weaker match"
		if m.Rank == found[0].Rank {
			how = "matches as well"
		}
		k, text := sameAs(m), m.Text
		if told[text] {
			text = "" // the fault's own sentence tells more than the same words again
		}
		if !told[k] {
			told[k], told[m.Text] = true, true
			by := ""
			if text != "" && m.By != "" && !m.Ran {
				by = ", as documented by " + m.By + ";"
			}
			fmt.Fprintf(w, "%s: %s%s (%s)\n", how, wire.Clean(cmp.Or(text, faultDoc(m)), 120), by, causesOf(m))
		}
	}
}

// printLines says which of several lines were understood.
func printLines(w io.Writer, found []labs.Match) {
	var all []string
	for _, m := range found {
		if m.Line != "" && !slices.Contains(all, m.Line) {
			all = append(all, m.Line)
		}
	}
	switch len(all) {
	case 0:
	case 1:
		fmt.Fprintf(w, "of these lines this one was understood: %s\n\n", wire.Clean(all[0], 200))
	default:
		fmt.Fprintln(w, "of these lines these were understood:")
		for _, line := range all {
			fmt.Fprintf(w, "  %s\n", wire.Clean(line, 200))
		}
		fmt.Fprintln(w)
	}
}

// faultDoc is what a match has that is no text of anybody.
func faultDoc(m labs.Match) string {
	if len(m.Faults) == 0 {
		return ""
	}
	return m.Faults[0].Doc
}

// sameAs is one for matches that are told as one: those of the same faults, or of
// runs that differ in who connects.
func sameAs(m labs.Match) string {
	if len(m.Faults) > 0 {
		return causesOf(m)
	}
	if len(m.Causes) == 0 {
		return m.Sense()
	}
	var all []string
	for _, c := range m.Causes {
		set := maps.Clone(c.Set)
		delete(set, "client")
		all = append(all, labs.Cause{Lab: c.Lab, Set: set}.String())
	}
	return strings.Join(all, ", ")
}

// causesOf names what makes a client say so, in short: the first few.
func causesOf(m labs.Match) string {
	var all []string
	for _, f := range m.Faults {
		all = append(all, f.Name)
	}
	if len(all) == 0 {
		for _, c := range m.Causes {
			all = append(all, c.String())
		}
	}
	if len(all) == 0 {
		return "no lab has it"
	}
	if more := len(all) - maxCauses; more > 0 {
		all = append(all[:maxCauses:maxCauses], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(all, ", ")
}

// also are the others who say a text of the same faults, in their own words.
func also(m labs.Match, found []labs.Match) []labs.Match {
	var all []labs.Match
	for _, o := range found {
		if o.Text != m.Text && o.Text != "" && sameAs(o) == sameAs(m) {
			all = append(all, o)
		}
	}
	return all
}

// printMatch writes what a text means, for each fault, or run of another lab, that
// has it said.
func printMatch(w io.Writer, m labs.Match, also []labs.Match, course *lessons.Course) {
	switch {
	case m.Ran:
		fmt.Fprintf(w, "%s\n  said by %s\n", m.Text, m.By)
	case m.By != "":
		fmt.Fprintf(w, "%s\n  as documented by %s; not run here\n", m.Text, m.By)
	case m.Text != "":
		fmt.Fprintf(w, "%s\n  said by %s\n", m.Text, strings.Join(m.Peers, ", "))
	default: // found by its name or sentence; nobody says anything of it
		fmt.Fprintln(w, m.Faults[0].Name)
	}
	for _, o := range also {
		fmt.Fprintf(w, "  %s: %s\n", cmp.Or(o.By, strings.Join(o.Peers, ", ")), wire.Clean(o.Text, 160))
	}
	for i, f := range m.Faults {
		if i == maxCauses {
			var rest []string
			for _, f := range m.Faults[i:] {
				rest = append(rest, f.Name)
			}
			fmt.Fprintf(w, "  and %s\n", strings.Join(rest, ", "))
			break
		}
		fmt.Fprintf(w, "  %s\n", f.Doc)
		if len(m.Faults) > 1 {
			fmt.Fprintf(w, "    how to tell: %s\n", f.Tell())
		}
		fmt.Fprintf(w, "    the check that fails: %s (%s)\n", f.Check, f.Rule)
		printLessons(w, tui.FaultLessons(course, f))
		fmt.Fprintf(w, "    make it happen: tlstutor run %s\n", m.Run(f))
	}
	if len(m.Faults)+len(m.Causes) == 0 {
		printSense(w, m)
		if l := course.Find(m.Lesson()); l != nil {
			printLessons(w, []*lessons.Lesson{l})
		}
		fmt.Fprintln(w, "    No lab here makes anybody say so.")
	}
	for i, c := range m.Causes {
		if len(m.Faults) > 0 {
			fmt.Fprintf(w, "  also: tlstutor run %s\n", c)
			continue
		}
		if i == 0 {
			printSense(w, m)
		}
		fmt.Fprintf(w, "  The lab %s, with these settings:\n", c.Lab.Name)
		for _, line := range tui.CauseDoc(c) {
			fmt.Fprintf(w, "    %s\n", line)
		}
		printLessons(w, tui.CauseLessons(course, c))
		fmt.Fprintf(w, "    make it happen: tlstutor run %s\n", c)
	}
	fmt.Fprintln(w)
}

// printSense says what a text means that no fault has, as far as that is known.
func printSense(w io.Writer, m labs.Match) {
	if doc := m.Sense(); doc != "" {
		fmt.Fprintf(w, "  %s\n", doc)
	}
	if check := m.Check(); check != "" {
		fmt.Fprintf(w, "    the check that fails: %s\n", check)
	}
}

// printLessons names the lessons about something.
func printLessons(w io.Writer, all []*lessons.Lesson) {
	for i, l := range all {
		word := "the lesson"
		if i > 0 {
			word = "it is in, too"
		}
		fmt.Fprintf(w, "    %s: %s, %s: tlstutor open %s\n", word, l.ID, l.Title, l.ID)
	}
}

// The shapes of a match in JSON.
type (
	matchJSON struct {
		Text   string       `json:"text"`
		Rank   int          `json:"rank"`
		Peers  []string     `json:"peers"`
		By     string       `json:"documented_by,omitempty"`
		RunBy  string       `json:"run_by,omitempty"`
		Line   string       `json:"line,omitempty"`
		Faults []causeJSON  `json:"faults"`
		Runs   []labRunJSON `json:"runs,omitempty"`
		Means  string       `json:"means,omitempty"`
		Check  string       `json:"check,omitempty"`
		Lesson string       `json:"lesson,omitempty"`
	}
	causeJSON struct {
		Name   string `json:"name"`
		Group  string `json:"group"`
		Doc    string `json:"doc"`
		Check  string `json:"check"`
		Rule   string `json:"rule"`
		Tell   string `json:"tell"`
		Lesson string `json:"lesson,omitempty"`
		Run    string `json:"run"`
	}
	labRunJSON struct {
		Lab    string `json:"lab"`
		Lesson string `json:"lesson,omitempty"`
		Run    string `json:"run"`
	}
)

// matchOf is a match as JSON has it.
func matchOf(m labs.Match, course *lessons.Course) matchJSON {
	all := matchJSON{Text: m.Text, Rank: m.Rank, Peers: append([]string{}, m.Peers...), By: m.By, Line: m.Line, Faults: []causeJSON{}, Means: m.Sense(), Check: m.Check()}
	if m.Ran {
		all.By, all.RunBy = "", m.By
	}
	if l := course.Find(m.Lesson()); l != nil {
		all.Lesson = l.ID
	}
	for _, f := range m.Faults {
		all.Faults = append(all.Faults, causeJSON{f.Name, f.Group, f.Doc, f.Check, f.Rule, f.Tell(),
			firstOf(tui.FaultLessons(course, f)), "tlstutor run " + m.Run(f).String()})
	}
	for _, c := range m.Causes {
		all.Runs = append(all.Runs, labRunJSON{c.Lab.Name, firstOf(tui.CauseLessons(course, c)), "tlstutor run " + c.String()})
	}
	return all
}

// firstOf is the id of the first lesson, if there is one.
func firstOf(all []*lessons.Lesson) string {
	if len(all) == 0 {
		return ""
	}
	return all[0].ID
}
