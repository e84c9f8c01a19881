package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs/dissect"
	"tlstutor/labs/wire"
)

// A textPage shows one text over the whole window: a note, what was copied, or
// help. It is rendered when it opens, and again when the theme or the window
// changes, never while it is drawn.
type textPage struct {
	env    *Env
	title  string
	make   func(w int) []string        // the lines of the text for a width
	later  func() func(w int) []string // what takes the place of make after a while; nil: nothing does
	help   bool                        // it is the help page, which `?` leaves again
	width  int                         // of the window, in cells
	height int
	lines  []string // as they were rendered last
	from   int      // the first line shown
}

// said is what there is to say of a field: the note on it, and what IANA's
// registries say of its number.
func (e *Env) said(path string, f *wire.Field) string {
	note, _ := e.Notes.For(path)
	return strings.TrimSpace(note.Text + " " + dissect.Standing(f))
}

// newNotePage shows a field with its note, large.
func newNotePage(env *Env, path string, f *wire.Field) Screen {
	text := env.said(path, f)
	if f.Src != nil {
		text += fmt.Sprintf("\n\n%s, from byte %d, in: %s.", plural(f.N, "byte"), f.Off, f.Src.Name)
	}
	title := f.Name
	if f.Value != "" {
		title += "  " + f.Value
	}
	return &textPage{env: env, title: title, make: func(w int) []string {
		return strings.Split(env.prose.Render(text, w), "\n")
	}}
}

// newTextPage shows a text as it is, broken where it is too wide.
func newTextPage(env *Env, title, text string) Screen {
	return &textPage{env: env, title: title, make: func(w int) []string {
		return strings.Split(ansi.Hardwrap(text, w, true), "\n")
	}}
}

// copy sends a text to the clipboard; again, it shows it as text. Not every
// terminal takes a clipboard's text, and none says so: hence the second way.
func (e *Env) copy(again *bool, text, what string) tea.Cmd {
	if *again {
		*again = false
		return e.push(newTextPage(e, "copied", text))
	}
	*again = true
	return tea.Batch(tea.SetClipboard(text), say("sent to the clipboard ("+what+"); y again shows it as text"))
}

// laterMsg is the text of a page that has come to be known.
type laterMsg struct {
	page *textPage
	make func(w int) []string
}

// Open finds out what is known only after a while. App sends the size right after
// it: that renders the page.
func (p *textPage) Open() tea.Cmd {
	if p.later == nil {
		return nil
	}
	return func() tea.Msg { return laterMsg{p, p.later()} }
}

// Nothing is left to close, and App answers other keys.
func (p *textPage) Close() tea.Cmd     { return nil }
func (p *textPage) Idle(string) string { return "" }

// actions scroll the page, no further than to its end, and leave it.
func (p *textPage) actions() actions {
	return actions{
		act([]string{"up"}, "↑", "up", p.scroll(-1)),
		act([]string{"down"}, "↓", "more", p.scroll(1)),
		hush(act([]string{"pgdown", "space"}, "pgdown", "a page on", p.scroll(10))),
		hush(one("pgup", "a page back", p.scroll(-10))),
		hush(one("home", "the beginning", p.scroll(-1<<20))),
		hush(one("end", "the end", p.scroll(1<<20))),
		act([]string{"esc", "enter"}, "esc", "back", func() tea.Cmd { return p.env.pop(p) }),
	}
}

func (p *textPage) scroll(by int) func() tea.Cmd {
	return func() tea.Cmd {
		p.from = max(0, min(p.from+by, len(p.lines)+headLines-p.height))
		return nil
	}
}

// ShortHelp and FullHelp list the page's own keys.
func (p *textPage) ShortHelp() []key.Binding  { return p.actions().ShortHelp() }
func (p *textPage) FullHelp() [][]key.Binding { return p.actions().FullHelp() }

// Update scrolls, and renders anew for another window or theme.
func (p *textPage) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.actions().press(msg)
	case clickMsg:
		if by, ok := msg.Msg.(notchMsg); ok {
			return p.scroll(int(by))()
		}
	case tea.WindowSizeMsg:
		p.width, p.height = msg.Width, msg.Height-1
		p.render()
	case laterMsg:
		if msg.page == p {
			p.make = msg.make
			p.render()
		}
	case themed:
		p.render()
	}
	return nil
}

// render makes the lines anew. Lines of more than 78 cells would be hard to
// read.
func (p *textPage) render() { p.lines = p.make(max(20, min(p.width-4, 78))) }

// headLines is how many lines the title takes.
const headLines = 2

// View only cuts out of what was rendered.
func (p *textPage) View(w, h int) (string, []Hit) {
	lines := []string{"  " + p.env.Theme.Title.Render(p.title), ""}
	for _, l := range p.lines[min(p.from, len(p.lines)):] {
		lines = append(lines, "  "+l)
	}
	return strings.Join(lines, "\n"), []Hit{{W: w, H: h, Wheel: func(by int) tea.Msg { return notchMsg(by) }}}
}
