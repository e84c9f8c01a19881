package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"tlstutor/labs"
	"tlstutor/lessons"
)

// why is the command why: what an error text means, whoever it is from, and how to
// make it happen here.
func (s *shell) why() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "why TEXT|-",
		Short:   "What an error text of any client means, and how to make it happen here",
		Long:    "Find an error text of Go, OpenSSL, Python, curl or GnuTLS among those that the labs have recorded, or of browsers, Java, Node.js, Windows and others among those that they said when they were run against the gallery, or that their documentation has. A piece or a word of it will do, and so will a page of output; names, dates, paths and numbers do not count. With - it reads standard input.",
		Example: "tlstutor why \"certificate signed by unknown authority\"\ncurl https://app.lab.test 2>&1 | tlstutor why -",
		Args:    cobra.ArbitraryArgs,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON value per text that matches")
	return s.does(cmd, func(cmd *cobra.Command, args []string) error {
		text := strings.Join(args, " ")
		if text == "-" {
			_, data, err := slurp(cmd.Context(), "why", "-", slurpWait)
			if err != nil {
				return err
			}
			text = string(data)
		}
		if strings.TrimSpace(text) == "" {
			return hint(misuse(errors.New("why needs the text of an error")), "quote it: tlstutor why \"unknown authority\"")
		}
		course, err := s.builtCourse()
		if err != nil {
			return err
		}
		found := labs.Why(text)
		if len(found) == 0 {
			return nothingSays(text)
		}
		out := bufio.NewWriter(os.Stdout)
		if asJSON {
			for _, m := range found {
				if err := encode(out, matchOf(m, course)); err != nil {
					return err
				}
			}
			return out.Flush()
		}
		printMatches(out, found, course)
		return out.Flush()
	})
}

// builtCourse is the course whose lessons are named.
func (s *shell) builtCourse() (*lessons.Course, error) {
	files, err := s.courseFiles()
	if err != nil {
		return nil, err
	}
	return s.loadCourse(files)
}

// nothingSays is the verdict on a text that is like none. It says no more than is
// known: that nothing here had anybody say so.
func nothingSays(text string) error {
	if labs.WentWell(text) {
		return hint(verdict(fmt.Errorf("%s says that it went well", quote(text))), "paste what a client says when it refuses")
	}
	if len(strings.TrimSpace(text)) < tooShort {
		return hint(verdict(fmt.Errorf("%s is too little to go by, or stands in nearly every text", quote(text))), "give more of the line")
	}
	if !strings.ContainsAny(strings.TrimSpace(text), " \n_") {
		return hint(verdict(fmt.Errorf("%s alone names no fault, and no error says only that", quote(text))),
			"paste the whole line that it stands in, as it was printed: what stands behind the word says what is wrong")
	}
	var try []string
	for _, m := range labs.Nearest(text, mostNear) {
		run := ""
		switch {
		case len(m.Faults) > 0:
			run = "tlstutor run " + m.Run(m.Faults[0]).String()
		case len(m.Causes) > 0:
			run = "tlstutor run " + m.Causes[0].String()
		}
		try = append(try, fmt.Sprintf("nearest is %s: %s", quote(m.Text), run))
	}
	if len(try) == 0 {
		try = []string{aboutTLS(text) + "try the middle of the line, without names and numbers; all of the output, with 2>&1 | tlstutor why -; or tlstutor run faults client=all, which shows what clients say"}
	}
	return hint(verdict(errors.New("nothing here makes a client say anything like "+quote(text))), strings.Join(try, "; "))
}

// aboutTLS begins the advice on a text that is like none.
func aboutTLS(text string) string {
	if regexp.MustCompile(`(?i)ssl|tls|x509|cert|pkix|trust|0x8009`).MatchString(text) {
		return ""
	}
	return "it may not be about TLS; else "
}

// The bounds of what is told when nothing is found.
const (
	tooShort = 4
	mostNear = 3
)
