package tui

import (
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs/wire"
)

// export lists the files that the shown run can be kept in, each with its full
// path, or writes one of them: never before its path was told, and never over what
// is there. It is the screen of x, filled in and never shown.
func (p *plain) export(rest string) {
	n, err := strconv.Atoi(rest)
	s := p.labOf()
	switch {
	case s == nil:
	case s.flight != nil:
		p.say("A run is held; run lets all of it go.")
	case !s.exportable():
		p.say("There is no run to export yet.")
	case rest != "" && err != nil:
		p.say("export lists the files of a run; export and a number writes one.")
	case rest == "" || p.files == nil || p.files.run != s.cur():
		p.files = newExports(p.env, s, s.cur())
		p.answered(p.files.Open())
		p.offers(s)
	case n < 1 || n > len(p.files.kinds):
		p.say(fmt.Sprintf("There are files 1 to %d.", len(p.files.kinds)))
	default:
		p.answered(p.files.write(n - 1))
	}
}

// answered waits for what the disk answers, gives it to the screen, and says what
// came of writing a file.
func (p *plain) answered(cmd tea.Cmd) {
	switch m := guarded(cmd)().(type) {
	case freeMsg:
		p.run(p.files.Update(m))
	case writtenMsg:
		p.run(p.files.Update(m))
		p.say(sentence(p.files.said[m.kind]))
	default:
		p.take(m)
	}
	p.foot()
}

// offers tells of the files.
func (p *plain) offers(s *labScreen) {
	e := p.files
	if len(e.paths) == 0 { // it was said why
		p.files = nil
		return
	}
	p.say(sentence(e.title + " as a file"))
	for i, k := range e.kinds {
		p.say(fmt.Sprintf("%d %s, %s:", i+1, k.Name, strings.TrimSuffix(k.Doc, ".")))
		p.exact(wire.Clean(e.paths[i], wire.MaxValue))
	}
	p.say("What is there already is never overwritten.")
	p.tellsOf(s, "export", "export and a number writes one.", "A number writes one.")
}
