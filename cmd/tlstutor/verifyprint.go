package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tlstutor/labs"
	"tlstutor/labs/chain"
	"tlstutor/labs/wire"
)

// This file prints the answer of the explainer as lines.

// printAnswer prints an answer: the verdict, the lights, what Go says, and then each
// path with its checks. With all, each check that holds has its reason as well.
func printAnswer(w io.Writer, a *chain.Answer, notes []string, all bool) {
	fmt.Fprintln(w, a.Why)
	var lights []string
	for i := range a.Lights {
		l := chain.Light(i)
		lights = append(lights, l.String()+" "+labs.LightWord(a, l))
	}
	fmt.Fprintln(w, strings.Join(lights, ", "))
	// Go's own word, so that one sees where it stops at the first reason.
	if says := a.GoSays(); says != "" {
		fmt.Fprintln(w, "Go says: "+says)
	} else {
		fmt.Fprintln(w, "Go says: verified, by "+wire.Count(a.GoPaths, "chain"))
	}
	// Of what is refused, the verdict begins with it.
	if a.Limit != "" && !strings.Contains(a.Why, a.Limit) {
		fmt.Fprintln(w, "limit: "+a.Limit)
	}
	for _, n := range notes {
		fmt.Fprintln(w, "note: "+n)
	}
	// What is said once of a certificate that many paths have is enough.
	said := map[string]bool{}
	for i := range a.Paths {
		if !all && i == mostPaths {
			fmt.Fprintf(w, "\n%d more paths: --all prints them\n", len(a.Paths)-mostPaths)
			break
		}
		p := &a.Paths[i]
		fmt.Fprintf(w, "\npath %d of %d: %s\n", i+1, len(a.Paths), route(p))
		printChecks(w, p, all, said)
	}
}

// mostPaths is how many paths are printed without being asked for. The first is the one
// that decides.
const mostPaths = 12

// route names the certificates of a path, from the leaf on.
func route(p *chain.Path) string {
	return strings.ReplaceAll(strings.ReplaceAll(p.String(), " → and ", ", and "), " → ", ", issued by ")
}

// printChecks prints the checks of a path: first what fails, which is what one looks
// for; then what holds and yet is seen otherwise elsewhere, unless that has been
// said; then the rest, by certificate.
func printChecks(w io.Writer, p *chain.Path, all bool, said map[string]bool) {
	var rest []*chain.Check
	for i := range p.Checks {
		if k := &p.Checks[i]; k.OK {
			rest = append(rest, k)
		} else {
			printCheck(w, p, k)
		}
	}
	rest = slices.DeleteFunc(rest, func(k *chain.Check) bool {
		whole := all || k.Beside != "" && !said[k.Beside]
		if whole {
			said[k.Beside] = true
			printCheck(w, p, k)
		}
		return whole
	})
	for i, c := range p.Certs {
		var names, again []string
		for _, k := range rest {
			switch {
			case k.Cert != i || slices.Contains(names, k.Name):
			case k.Beside != "":
				again = append(again, k.Name)
			default:
				names = append(names, k.Name)
			}
		}
		if at := slices.Index(names, chain.Validity); at >= 0 {
			names[at] += " until " + c.X.NotAfter.UTC().Format(time.DateOnly)
		}
		if len(again) > 0 {
			fmt.Fprintf(w, "  passes %s: %s, of which the same is said above\n", c.Title, strings.Join(again, ", "))
		}
		if len(names) > 0 {
			fmt.Fprintf(w, "  holds  %s: %s\n", c.Title, strings.Join(names, ", "))
		}
	}
}

// printCheck prints a check of a path: whether it holds, which it is, of which
// certificate, why, and by which rule; below it where others see it otherwise.
func printCheck(w io.Writer, p *chain.Path, k *chain.Check) {
	mark := "holds " // in lower case: what fails is what one looks for
	switch {
	case !k.OK:
		mark = "FAILS "
	// It may well be against the rule, and others may refuse it.
	case k.Beside != "":
		mark = "passes"
	}
	fmt.Fprintf(w, "  %s %s, %s: %s (%s)\n", mark, k.Name, p.Certs[k.Cert].Title, k.Why, k.Rule)
	// Of the host name: each name of the certificate, and why it fits or does not.
	for _, part := range k.Parts {
		fmt.Fprintf(w, "         %s: %s\n", part.Name, part.Why)
	}
	if k.Beside != "" {
		fmt.Fprintf(w, "         elsewhere: %s\n", k.Beside)
	}
}
