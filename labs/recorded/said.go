package recorded

import (
	"bufio"
	_ "embed"
	"fmt"
	"strings"
)

// said is the table of what was said when other labs than the fault bench failed.
//
//go:embed said.txt
var said string

// A Saying is what somebody said in a run of a lab that ended badly.
type Saying struct {
	Lab  string
	Set  string // the settings: "knob=value ...", those that differ from the lab's own
	Who  string // who said so: "go", "go as server", "openssl"
	Text string // as it was
}

// Sayings reads the table: its four parts with tabs between.
func Sayings() ([]Saying, error) { return readSayings(said) }

// readSayings reads what SayingText wrote.
func readSayings(text string) ([]Saying, error) {
	var all []Saying
	in := bufio.NewScanner(strings.NewReader(text))
	for n := 1; in.Scan(); n++ {
		part := strings.SplitN(in.Text(), "\t", 4)
		if len(part) != 4 || part[0] == "" || part[3] == "" {
			return nil, fmt.Errorf("said, line %d: it has not the four parts of a saying", n)
		}
		all = append(all, Saying{part[0], part[1], part[2], part[3]})
	}
	return all, in.Err()
}

// SayingText is a table as Sayings reads it.
func SayingText(all []Saying) string {
	var b strings.Builder
	for _, s := range all {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\n", s.Lab, s.Set, s.Who, s.Text)
	}
	return b.String()
}
