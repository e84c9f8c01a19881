package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs/wire"
)

// A textPage shows one text over the whole window: a note, or what was copied.
// It is rendered when it opens, and again when the theme or the width changes,
// never while it is drawn.
type textPage struct {
	env   *Env
	title string
	text  string // Markdown where prose, else shown as it is
	prose bool
	width int
	lines []string
	from  int
}

// newNotePage shows a field with its note, large.
func newNotePage(env *Env, path string, f *wire.Field) Screen {
	note, _ := env.Notes.For(path)
	text := note.Text
	if f.Src != nil {
		text += fmt.Sprintf("\n\n%s, from byte %d, in: %s.", plural(f.N, "byte"), f.Off, f.Src.Name)
	}
	title := f.Name
	if f.Value != "" {
		title += "  " + f.Value
	}
	return &textPage{env: env, title: title, text: text, prose: true}
}

func newTextPage(env *Env, title, text string) Screen {
	return &textPage{env: env, title: title, text: text}
}

func (p *textPage) Open() tea.Cmd      { return nil }
func (p *textPage) Close() tea.Cmd     { return nil }
func (p *textPage) Idle(string) string { return "" }

func (p *textPage) actions() actions {
	return actions{
		act([]string{"up"}, "↑", "up", func() tea.Cmd { p.from = max(0, p.from-1); return nil }),
		act([]string{"down", "space", "pgdown"}, "↓", "more", func() tea.Cmd { p.from = min(p.from+1, max(0, len(p.lines)-1)); return nil }),
		act([]string{"esc", "enter"}, "esc", "back", func() tea.Cmd { return pop(p) }),
	}
}

func (p *textPage) ShortHelp() []key.Binding  { return p.actions().ShortHelp() }
func (p *textPage) FullHelp() [][]key.Binding { return p.actions().FullHelp() }

func (p *textPage) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.actions().press(msg)
	case clickMsg:
		if by, ok := msg.Msg.(pickMsg); ok {
			p.from = max(0, min(p.from+int(by), len(p.lines)-1))
		}
	case tea.WindowSizeMsg:
		p.width = msg.Width
		p.render()
	case themed:
		p.render()
	}
	return nil
}

// render wraps the text for the width.
func (p *textPage) render() {
	w := max(20, min(p.width-4, 78))
	out := ansi.Hardwrap(p.text, w, true)
	if p.prose {
		out = p.env.prose.Render(p.title, p.text, w)
	}
	p.lines = strings.Split(out, "\n")
}

func (p *textPage) View(w, h int) (string, []Hit) {
	t := p.env.Theme
	lines := []string{"  " + t.Title.Render(p.title), ""}
	for _, l := range p.lines[min(p.from, len(p.lines)):] {
		lines = append(lines, "  "+l)
	}
	return strings.Join(lines, "\n"), []Hit{{W: w, H: h, Wheel: func(by int) tea.Msg { return pickMsg(by) }}}
}
