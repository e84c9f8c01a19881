package peer

import (
	"strconv"
	"strings"
)

// A setting is what a plan is made of: the offer, and where things are.
type setting struct {
	Role
	Offer
	dir  scratch
	addr string // that a client connects to
	keys string // the file for the key log; "": none
}

// plan lays out a run: it writes the files that the program is to read, and spells
// its arguments.
func (p *Program) plan(s setting) (*plan, error) {
	w := &writer{setting: s}
	var made *plan
	switch p.Name {
	case "openssl":
		made = p.opensslPlan(w)
	case "python3":
		made = p.pythonPlan(w)
	case "curl":
		made = p.curlPlan(w)
	default:
		made = p.gnutlsPlan(w)
	}
	made.args = w.args
	return made, w.err
}

// A writer puts the arguments of a program together, and the files that they
// name. The first error is kept.
type writer struct {
	setting
	args []string
	err  error
}

// add adds arguments.
func (w *writer) add(args ...string) { w.args = append(w.args, args...) }

// when adds arguments if something is so.
func (w *writer) when(so bool, args ...string) {
	if so {
		w.add(args...)
	}
}

// file writes a file, and returns its path.
func (w *writer) file(name string, data []byte) string {
	path, err := w.dir.write(name, data)
	if w.err == nil {
		w.err = err
	}
	return path
}

// list adds an argument and the values that go with it, unless there are none.
func (w *writer) list(arg string, values []string, between string) {
	w.when(len(values) > 0, arg, strings.Join(values, between))
}

// number adds an argument and its number, unless that is 0.
func (w *writer) number(arg string, n int) { w.when(n != 0, arg, strconv.Itoa(n)) }
