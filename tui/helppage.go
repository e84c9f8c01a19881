package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// grammarLines open every help page.
const grammarLines = `arrows  move in the pane with the bright border
tab     the next pane; shift-tab goes back
enter   open or do what is highlighted
esc     back one step, exactly where you were; never quits
space   go on: the next message
digits  choose: a preset
mouse   a click selects, a second click opens; the footer's words are buttons
h j k l g G move like the arrows, home and end`

// A helpScreen lists what the keys do on the screen below it.
type helpScreen struct {
	env   *Env
	about []key.Binding
	extra []string // what the screen below says of itself
	from  int
}

// A helper is a screen with something to say on its help page.
type helper interface{ Help() []string }

func newHelp(env *Env, below Screen, globals actions) *helpScreen {
	h := &helpScreen{env: env}
	for _, g := range append(below.FullHelp(), globals.FullHelp()...) {
		h.about = append(h.about, g...)
	}
	if x, ok := below.(helper); ok {
		h.extra = x.Help()
	}
	return h
}

func (p *helpScreen) Open() tea.Cmd      { return nil }
func (p *helpScreen) Close() tea.Cmd     { return nil }
func (p *helpScreen) Idle(string) string { return "" }

func (p *helpScreen) actions() actions {
	return actions{
		act([]string{"up"}, "↑", "up", func() tea.Cmd { p.from = max(0, p.from-1); return nil }),
		act([]string{"down", "space", "pgdown"}, "↓", "more", func() tea.Cmd { p.from++; return nil }),
		act([]string{"esc", "enter"}, "esc", "back", func() tea.Cmd { return pop(p) }),
	}
}

func (p *helpScreen) ShortHelp() []key.Binding  { return p.actions().ShortHelp() }
func (p *helpScreen) FullHelp() [][]key.Binding { return p.actions().FullHelp() }

func (p *helpScreen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.actions().press(msg)
	case clickMsg:
		if by, ok := msg.Msg.(pickMsg); ok {
			p.from = max(0, p.from+int(by))
		}
	}
	return nil
}

// lines is the whole page, for a width.
func (p *helpScreen) lines(w int) []string {
	t := p.env.Theme
	out := []string{t.Title.Render("Keys"), ""}
	for _, l := range strings.Split(grammarLines, "\n") {
		out = append(out, t.Text.Render(l))
	}
	out = append(out, "", t.Title.Render("Here"), "")
	wide := 10
	half := (w - 4) / 2
	for i := 0; i < len(p.about); i += 2 {
		row := ""
		for _, k := range p.about[i:min(i+2, len(p.about))] {
			h := k.Help()
			name := t.Keys(h.Key)
			cell := t.Key.Render(name) + strings.Repeat(" ", max(1, wide-ansi.StringWidth(name))) + t.Text.Render(h.Desc)
			row += cell + strings.Repeat(" ", max(1, half-ansi.StringWidth(cell)))
		}
		out = append(out, row)
	}
	for _, e := range p.extra {
		out = append(out, "")
		for _, l := range strings.Split(ansi.Wordwrap(e, w-4, ""), "\n") {
			out = append(out, t.Text.Render(l))
		}
	}
	return out
}

func (p *helpScreen) View(w, h int) (string, []Hit) {
	lines := p.lines(w)
	lines = lines[max(0, min(p.from, len(lines)-h+1)):]
	for i := range lines {
		lines[i] = "  " + lines[i]
	}
	wheel := func(by int) tea.Msg { return pickMsg(by) }
	return strings.Join(lines, "\n"), []Hit{{W: w, H: h, Wheel: wheel}}
}
