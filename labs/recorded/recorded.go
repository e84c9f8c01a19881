// Package recorded holds runs of programs that a machine may not have: what
// crossed the wire, as captures with their keys, and what was said off it, as
// lines of text. A test of package labs makes them, with -update, on a machine
// that has the programs.
//
// Its rules:
//
//   - A run was made by the lab that shows it, with real programs. Nothing in it
//     was typed or mended.
//   - It says when it was made, and by which versions.
//   - Two files make a run, NAME.pcapng and NAME.txt. The name is the run's
//     settings, as Name spells them.
//
// Start reading at Load; Take is a run.
package recorded

import (
	"bufio"
	"bytes"
	"embed"
	"fmt"
	"io"
	"strconv"
	"strings"

	"tlstutor/labs/capture"
)

//go:embed runs
var runs embed.FS

// A Take is one recorded run.
type Take struct {
	Made  string // the day: "2026-11-22"
	By    string // the programs: "OpenSSL 3.0.22 25 Aug 2026"
	Lines []Line
	Conns []*capture.Conn // in the order in which they were made
	Keys  []byte          // what opens them, in the format of an NSS key log
}

// A Line is what a party said off the wire.
type Line struct {
	Conn   int    // the number of the connection it is about, from 1; 0: none
	After  int    // how many bytes had crossed there by then, the end of each direction counted as one
	Who    string // the party: "client"
	Failed bool   // it speaks of what the party failed of
	Text   string
}

// String is the line as it stands in a file.
func (l Line) String() string {
	mark := ""
	if l.Failed {
		mark = "!"
	}
	return fmt.Sprintf("%d %d %s%s %s", l.Conn, l.After, l.Who, mark, l.Text)
}

// Name is what the files of a run are called. The words are its settings, those
// that differ from the lab's own, in the lab's order.
func Name(words []string) string { return strings.Join(words, ",") }

// Has reports whether there is a run of that name.
func Has(name string) bool {
	f, err := runs.Open("runs/" + name + ".txt")
	if err != nil {
		return false
	}
	f.Close()
	return true
}

// Load returns the run of that name.
func Load(name string) (*Take, error) {
	text, err := runs.ReadFile("runs/" + name + ".txt")
	if err != nil {
		return nil, fmt.Errorf("no run is recorded as %s", name)
	}
	packets, err := runs.ReadFile("runs/" + name + ".pcapng")
	if err != nil {
		return nil, fmt.Errorf("no packets are recorded as %s", name)
	}
	t, err := read(text)
	if err != nil {
		return nil, fmt.Errorf("reading the recording %s: %w", name, err)
	}
	if err := t.packets(packets); err != nil {
		return nil, fmt.Errorf("reading the recording %s: %w", name, err)
	}
	return t, nil
}

// packets reads the connections, and the keys.
func (t *Take) packets(file []byte) error {
	var keys bytes.Buffer
	r := capture.NewReader(bytes.NewReader(file), &keys)
	for {
		c, err := r.Next()
		if err == io.EOF {
			t.Keys = keys.Bytes()
			return nil
		}
		if err != nil {
			return err
		}
		t.Conns = append(t.Conns, c)
	}
}

// read reads the text of a run: the day, the programs, then the lines.
func read(text []byte) (*Take, error) {
	in := bufio.NewScanner(bytes.NewReader(text))
	t := &Take{}
	for n := 0; in.Scan(); n++ {
		switch n {
		case 0:
			t.Made = in.Text()
		case 1:
			t.By = in.Text()
		default:
			l, err := readLine(in.Text())
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", n+1, err)
			}
			t.Lines = append(t.Lines, l)
		}
	}
	return t, in.Err()
}

// readLine reads what Line.String has written.
func readLine(s string) (l Line, err error) {
	part := strings.SplitN(s, " ", 4)
	if len(part) < 4 {
		return l, fmt.Errorf("%q has not the four parts of a line", s)
	}
	if l.Conn, err = strconv.Atoi(part[0]); err != nil {
		return l, err
	}
	if l.After, err = strconv.Atoi(part[1]); err != nil {
		return l, err
	}
	l.Who, l.Failed = strings.CutSuffix(part[2], "!")
	l.Text = part[3]
	return l, nil
}

// Text is the text of a run, as Load reads it.
func (t *Take) Text() string {
	lines := []string{t.Made, t.By}
	for _, l := range t.Lines {
		lines = append(lines, l.String())
	}
	return strings.Join(lines, "\n") + "\n"
}
