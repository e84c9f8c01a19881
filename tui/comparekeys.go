package tui

import (
	"encoding/hex"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs"
	"tlstutor/labs/wire"
)

// actions is what the keys do in the list with the focus.
func (c *compareScreen) actions() actions {
	a := c.moves("message", c.step)
	if c.open {
		a = append(c.moves("field", c.stepField),
			act([]string{"enter"}, "enter", "whole values", c.large),
			hush(act([]string{"left"}, "←", "the messages", c.focus(false))))
	} else if len(c.fields) > 0 {
		a = append(a, act([]string{"enter", "right"}, "enter", "fields", c.focus(true)))
	}
	if len(c.fields) > 0 {
		a = append(a, act([]string{"tab", "shift+tab"}, "tab", "pane", c.focus(!c.open)))
	}
	if c.other(-1) != nil {
		a = append(a, one("<", "older left run", c.put(-1)))
	}
	if c.other(1) != nil {
		a = append(a, one(">", "newer left run", c.put(1)))
	}
	a = append(a,
		hush(one("[", "the message before", c.step(-1))),
		hush(one("]", "the message after", c.step(1))))
	word := c.env.below(c)
	if c.open {
		word = "messages"
	}
	return append(a, one("esc", word, c.back))
}

// moves are the keys that move in a list.
func (c *compareScreen) moves(word string, step func(int) func() tea.Cmd) actions {
	return actions{
		act([]string{"up"}, "↑↓", word, step(-1)),
		hush(act([]string{"down"}, "↓", "the next "+word, step(1))),
		hush(act([]string{"home"}, "home", "the first "+word, step(-1<<20))),
		hush(act([]string{"end"}, "end", "the last "+word, step(1<<20))),
		hush(act([]string{"pgup"}, "pgup", "a page up", step(-10))),
		hush(act([]string{"pgdown"}, "pgdown", "a page down", step(10))),
	}
}

// step selects another message in both runs.
func (c *compareScreen) step(by int) func() tea.Cmd {
	return do(func() { c.pick(c.list.at + by) })
}

// stepField selects another field.
func (c *compareScreen) stepField(by int) func() tea.Cmd {
	return do(func() { c.field.to(c.field.at+by, len(c.fields)) })
}

// focus goes into the fields, or out of them.
func (c *compareScreen) focus(open bool) func() tea.Cmd { return do(func() { c.open = open }) }

// put compares with the run that lies by runs from the left one.
func (c *compareScreen) put(by int) func() tea.Cmd {
	return do(func() { c.compare(c.other(by)) })
}

// back is esc: out of the fields, then away.
func (c *compareScreen) back() tea.Cmd {
	if c.open {
		c.open = false
		return nil
	}
	return c.env.pop(c)
}

// What a click means here.
type (
	pairMsg   int // a row of the messages
	fieldMsg  int // a row of the fields
	turnedMsg struct {
		fields       bool // which list
		by           int  // a notch, -1 up
		at, n, shown int  // as it was drawn: the selected row, how many there are and show
	}
)

// clicked does what a click means: a first one selects, a second one opens. The
// wheel turns what is under it and leaves the selection.
func (c *compareScreen) clicked(m tea.Msg) tea.Cmd {
	switch m := m.(type) {
	case pairMsg:
		again := !c.open && c.list.at == int(m)
		if c.list.at != int(m) {
			c.pick(int(m))
		}
		c.open = again
	case fieldMsg:
		if c.open && c.field.at == int(m) {
			return c.large()
		}
		c.open = true
		c.field.to(int(m), len(c.fields))
	case turnedMsg:
		list := &c.list
		if m.fields {
			list = &c.field
		}
		// What cannot be seen to move does not count.
		from := inSight(m.at+list.scroll, m.n, m.shown) + 3*m.by
		list.scroll = max(0, min(from, m.n-m.shown)) + m.shown/2 - m.at
	}
	return nil
}

// large shows the selected field over the whole window: its note, and what each
// run has of it, with its bytes.
func (c *compareScreen) large() tea.Cmd {
	f := c.fieldAt()
	note, _ := c.env.Notes.For(f.Path)
	return c.env.push(&textPage{env: c.env, title: f.Path, make: func(w int) []string {
		var lines []string
		if note.Text != "" {
			lines = append(strings.Split(c.env.prose.Render(note.Text, w), "\n"), "")
		}
		if f.Why != "" && f.Mark == labs.Random {
			lines = append(append(lines, wrap("Not marked, as it is random by nature: "+f.Why+".", w)...), "")
		}
		for _, side := range c.halves(f) {
			lines = append(lines, c.env.Theme.Title.Render(side.run))
			lines = append(append(lines, strings.Split(ansi.Wrap(side.text, w, ""), "\n")...), "")
		}
		return lines
	}})
}

// A sideOf is what one run has of a field, and which run it is.
type sideOf struct{ run, text string }

// halves are what both runs have of a field, in full.
func (c *compareScreen) halves(f fieldItem) []sideOf {
	whole := func(is *wire.Field, says string) string {
		switch {
		case is == nil && says != "":
			return says
		case is == nil:
			return "does not have it"
		}
		return strings.TrimSpace(is.Value + "\n" + dump(is))
	}
	return []sideOf{
		{c.left.title(), whole(f.A, f.From)},
		{c.right.title(), whole(f.B, f.To)},
	}
}

// dumped is how many bytes of a field are written out.
const dumped = 1024

// dump writes the bytes of a field, 16 a line.
func dump(f *wire.Field) string {
	if f.Withheld() || f.Src == nil {
		return ""
	}
	b := f.Bytes()
	var lines []string
	for at := 0; at < min(len(b), dumped); at += 16 {
		line := ""
		for _, x := range b[at:min(at+16, len(b))] {
			line += hex.EncodeToString([]byte{x}) + " "
		}
		lines = append(lines, strings.TrimSpace(line))
	}
	if more := len(b) - dumped; more > 0 {
		lines = append(lines, plural(more, "byte")+" more")
	}
	return strings.Join(lines, "\n")
}
