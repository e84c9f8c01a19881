package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"tlstutor/labs"
	"tlstutor/tui/theme"
)

// A list is the screen where all labs stand.
type list struct {
	env  *Env
	labs []*labs.Lab
	at   int // the highlighted lab
}

// NewList returns the screen that lists the labs.
func NewList(env *Env) Screen { return &list{env: env, labs: labs.All()} }

// The list starts nothing, and leaves the answer to unknown keys to App.
func (l *list) Open() tea.Cmd      { return nil }
func (l *list) Close() tea.Cmd     { return nil }
func (l *list) Idle(string) string { return "" }

// ShortHelp and FullHelp list the keys, which are always the same.
func (l *list) ShortHelp() []key.Binding  { return l.actions().ShortHelp() }
func (l *list) FullHelp() [][]key.Binding { return l.actions().FullHelp() }

// actions move in the list and open a lab.
func (l *list) actions() actions {
	return actions{
		act([]string{"up"}, "↑↓", "choose", l.move(-1)),
		hush(act([]string{"down"}, "↓", "the next lab", l.move(1))),
		hush(one("home", "the first", func() tea.Cmd { l.at = 0; return nil })),
		hush(one("end", "the last", func() tea.Cmd { l.at = len(l.labs) - 1; return nil })),
		one("enter", "open the lab", l.enter),
		one("esc", l.env.below(l), func() tea.Cmd { return l.env.pop(l) }),
	}
}

// move highlights the lab that lies by rows away, at most the first or last.
func (l *list) move(by int) func() tea.Cmd {
	return func() tea.Cmd {
		l.at = max(0, min(l.at+by, len(l.labs)-1))
		return nil
	}
}

// enter opens the lab: as it was left, if it was open before.
func (l *list) enter() tea.Cmd { return goLab(l.env, l.labs[l.at]) }

// name is what a screen above says it leads back to.
func (l *list) name() string { return "the labs" }

// Update takes keys and clicks: a first click highlights, a second opens.
func (l *list) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return l.actions().press(msg)
	case clickMsg:
		switch m := msg.Msg.(type) {
		case pickMsg:
			if l.at == int(m) {
				return l.enter()
			}
			l.at = int(m)
		case notchMsg:
			return l.move(int(m))()
		}
	}
	return nil
}

// rowsPerLab is how many lines one lab takes: its name, its sentence, a blank.
const rowsPerLab = 3

// View draws each lab's name over the first line of what it is: as many as there
// is room for, around the highlighted one.
func (l *list) View(w, h int) (string, []Hit) {
	t := l.env.Theme
	lines := []string{" " + t.Title.Render("tlstutor") + "   " + t.Dim.Render("TLS and PKI, by doing"), "", "  " + t.Strong.Render("Labs"), ""}
	room := (h - len(lines) + 1) / rowsPerLab // no blank has to follow the last
	from := inSight(l.at, len(l.labs), room)
	to := min(from+room, len(l.labs))
	if to-from < len(l.labs) {
		lines[2] += t.Dim.Render(fmt.Sprintf("  %d of %d", l.at+1, len(l.labs)))
	}
	hits := []Hit{{W: w, H: h, Wheel: func(by int) tea.Msg { return notchMsg(by) }}}
	for i := from; i < to; i++ {
		lab := l.labs[i]
		name := theme.Fit(" "+lab.Name, w-6)
		if i == l.at {
			name = t.Selected.Render(name)
		} else {
			name = t.Text.Render(name)
		}
		hits = append(hits, Hit{Y: len(lines), W: w, H: rowsPerLab - 1, Click: func(_, _ int) tea.Msg { return pickMsg(i) }})
		lines = append(lines, "   "+name, "    "+t.Dim.Render(opening(lab.Doc)), "")
	}
	// What there is no room for is cut off below.
	lines = append(lines, "", "  "+t.Dim.Render("All of it runs on this machine. Nothing leaves it, and no run is kept."))
	return strings.Join(lines, "\n"), hits
}
