package recorded

import (
	"bufio"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// verdicts is the table of what each client made of each fault.
//
//go:embed verdicts.txt
var verdicts string

// A Verdict is what one client made of one fault of the lab faults.
type Verdict struct {
	Peer     string // "openssl"; "go", and "go as server", which hears of it
	By       string // its version: "OpenSSL 3.0.22"
	Made     string // the day: "2026-11-22"
	Fault    string // as the lab names it
	Accepted bool
	Exit     int    // its exit status; -1 for what is no program
	Alert    string // that it sent, or "none"
	Line     string // its own words, as they were
}

// Verdicts reads the table. A line with three parts names a client, its version
// and the day; below it stand its verdicts, each behind a tab.
func Verdicts() ([]Verdict, error) { return readVerdicts(verdicts) }

// readVerdicts reads what VerdictText wrote.
func readVerdicts(text string) ([]Verdict, error) {
	var all []Verdict
	var head Verdict
	in := bufio.NewScanner(strings.NewReader(text))
	for n := 1; in.Scan(); n++ {
		row, is := strings.CutPrefix(in.Text(), "\t")
		if !is {
			part := strings.Split(row, "\t")
			if len(part) != 3 {
				return nil, fmt.Errorf("verdicts, line %d: it does not name a client, its version and the day", n)
			}
			head = Verdict{Peer: part[0], By: part[1], Made: part[2]}
			continue
		}
		part := strings.SplitN(row, "\t", 5)
		if len(part) != 5 || head.Peer == "" {
			return nil, fmt.Errorf("verdicts, line %d: it has not the five parts of a verdict", n)
		}
		v := head
		var err error
		if v.Exit, err = strconv.Atoi(part[2]); err != nil {
			return nil, fmt.Errorf("verdicts, line %d: %w", n, err)
		}
		v.Fault, v.Accepted, v.Alert, v.Line = part[0], part[1] == "accepted", part[3], part[4]
		all = append(all, v)
	}
	return all, in.Err()
}

// VerdictText is a table as Verdicts reads it. Verdicts of one client stand
// together.
func VerdictText(all []Verdict) string {
	var b strings.Builder
	var head Verdict
	for _, v := range all {
		if (Verdict{Peer: v.Peer, By: v.By, Made: v.Made}) != head {
			head = Verdict{Peer: v.Peer, By: v.By, Made: v.Made}
			fmt.Fprintf(&b, "%s\t%s\t%s\n", v.Peer, v.By, v.Made)
		}
		outcome := "refused"
		if v.Accepted {
			outcome = "accepted"
		}
		fmt.Fprintf(&b, "\t%s\t%s\t%d\t%s\t%s\n", v.Fault, outcome, v.Exit, v.Alert, v.Line)
	}
	return b.String()
}
