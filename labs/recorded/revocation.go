package recorded

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// revocation is the table of what each client made of each way to learn, or not to
// learn, that a certificate was revoked.
//
//go:embed revocation.txt
var revocation string

// A Revocation is that table, read.
type Revocation struct {
	By      string   // the programs and their versions
	Made    string   // the day: "2026-11-22"
	Clients []string // by column
	Rows    []RevocationRow
}

// A RevocationRow is one way: how the authority tells, what there is to tell, and how
// its responder does.
type RevocationRow struct {
	Method, Status, Responder string
	Cells                     []RevocationCell // by column
}

// A RevocationCell is what one client made of it.
type RevocationCell struct {
	Accepted bool
	Exit     int  // its exit status where it refuses; -1 for what is no program
	Asked    bool // it came to the responder
}

// String is the cell in words.
func (c RevocationCell) String() string {
	text := "refuses"
	if c.Accepted {
		text = "accepts"
	}
	if c.Exit >= 0 {
		text += ", exit code " + strconv.Itoa(c.Exit)
	}
	if c.Asked {
		text += "; it came to the responder"
	}
	return text
}

// Revocations reads the table.
func Revocations() (*Revocation, error) { return readRevocation(revocation) }

// readRevocation reads a table whose rows have a bar behind what was set. The first
// of these names the columns; a line "made DAY by PROGRAMS" stands above.
func readRevocation(text string) (*Revocation, error) {
	t := &Revocation{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "made "); ok {
			t.Made, t.By, _ = strings.Cut(rest, " by ")
		}
		head, cells, ok := strings.Cut(line, "|")
		if !ok {
			continue
		}
		set, said := strings.Fields(head), strings.Fields(cells)
		if t.Clients == nil {
			t.Clients = said
			continue
		}
		if len(set) != 3 || len(said) != len(t.Clients) {
			return nil, fmt.Errorf("revocation, line %d: it has not three settings and %d verdicts", n, len(t.Clients))
		}
		row := RevocationRow{Method: set[0], Status: set[1], Responder: set[2]}
		for _, s := range said {
			c, err := readCell(s)
			if err != nil {
				return nil, fmt.Errorf("revocation, line %d: %w", n, err)
			}
			row.Cells = append(row.Cells, c)
		}
		t.Rows = append(t.Rows, row)
	}
	if t.Made == "" || t.By == "" || len(t.Rows) == 0 {
		return nil, fmt.Errorf("revocation: it does not say of when it is and by whom, or has no rows")
	}
	return t, nil
}

// readCell reads a verdict such as "A", "R+" or "R60+".
func readCell(s string) (RevocationCell, error) {
	rest, asked := strings.CutSuffix(s, "+")
	c := RevocationCell{Accepted: rest == "A", Exit: -1, Asked: asked}
	code, refused := strings.CutPrefix(rest, "R")
	if !c.Accepted && !refused {
		return c, fmt.Errorf("%q is no verdict", s)
	}
	if code != "" && refused {
		var err error
		if c.Exit, err = strconv.Atoi(code); err != nil {
			return c, err
		}
	}
	return c, nil
}

// Find is what a client made of settings, where the table has them.
func (t *Revocation) Find(method, status, responder, client string) (RevocationCell, bool) {
	for _, row := range t.Rows {
		if row.Method != method || row.Status != status || row.Responder != responder {
			continue
		}
		for i, name := range t.Clients {
			if name == client {
				return row.Cells[i], true
			}
		}
	}
	return RevocationCell{}, false
}
