package tui

import (
	"strings"
	"unicode"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/labs/wire"
	"tlstutor/tui/theme"
)

// A prompt takes one line of text at the foot of the screen below it, which
// stays in sight. Every letter is text; only enter, esc and ctrl+u are keys.
type prompt struct {
	env   *Env
	under Screen // drawn behind the line
	label string // what stands before the text
	text  []rune
	at    int                  // where the cursor is, in runes
	word  string               // what enter does, in a word
	keep  func(string) tea.Cmd // what enter does with the line
	most  int                  // bytes
	whole bool                 // the text is an old one: what is typed first takes its place
}

// newPrompt opens a line with a text in it, the cursor behind its end.
func newPrompt(env *Env, under Screen, label, text, word string, most int, keep func(string) tea.Cmd) *prompt {
	return &prompt{env: env, under: under, label: label, text: []rune(text), at: len([]rune(text)), word: word, keep: keep, most: most}
}

// Nothing is started, and Idle is never asked: every key is text or edits it.
func (p *prompt) Open() tea.Cmd      { return nil }
func (p *prompt) Close() tea.Cmd     { return nil }
func (p *prompt) Idle(string) string { return "" }

// actions are the keys that are not text. The prompt is gone before its line is
// acted on, which may open another screen.
func (p *prompt) actions() actions {
	return actions{
		one("enter", p.word, func() tea.Cmd { return tea.Batch(p.env.pop(p), p.keep(string(p.text))) }),
		hush(act([]string{"ctrl+u"}, "ctrl+u", "clear", func() tea.Cmd { p.text, p.at = nil, 0; return nil })),
		one("esc", "undo", func() tea.Cmd { return p.env.pop(p) }),
	}
}

// ShortHelp and FullHelp leave out the keys that edit: they are every line's.
func (p *prompt) ShortHelp() []key.Binding  { return p.actions().ShortHelp() }
func (p *prompt) FullHelp() [][]key.Binding { return p.actions().FullHelp() }

// Update does what a key is bound to, or edits the line.
func (p *prompt) Update(msg tea.Msg) tea.Cmd {
	if k, ok := msg.(tea.KeyPressMsg); ok && bound(k, p.FullHelp()) {
		return p.actions().press(k)
	}
	return p.edit(msg)
}

// edit takes what was typed or pasted, which may be of any length and content:
// insert takes what it can. Where the line is part of another screen, that one's
// keys come before it.
func (p *prompt) edit(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		p.insert(msg.Content)
	case tea.KeyPressMsg:
		switch k := msg.Key(); {
		case k.Text == "" && p.whole:
			p.whole = false // it is edited where the cursor goes
			return p.Update(msg)
		case k.Code == tea.KeyBackspace:
			p.cut(p.at - 1)
		case k.Code == tea.KeyDelete:
			p.cut(p.at)
		case k.Code == tea.KeyLeft:
			p.at = max(0, p.at-1)
		case k.Code == tea.KeyRight:
			p.at = min(len(p.text), p.at+1)
		case k.Code == tea.KeyHome:
			p.at = 0
		case k.Code == tea.KeyEnd:
			p.at = len(p.text)
		case msg.String() == "ctrl+u":
			p.text, p.at = nil, 0
		case k.Text != "":
			p.insert(k.Text)
		default:
			return say(called(msg) + " does nothing here: letters are text; esc leaves")
		}
	}
	return nil
}

// insert takes what was typed or pasted: one line, no control characters, and
// no more than fits.
func (p *prompt) insert(s string) {
	if p.whole && s != "" {
		p.text, p.at, p.whole = nil, 0, false
	}
	for _, r := range s {
		if unicode.IsControl(r) || r == '\ufffd' || len(string(p.text))+len(string(r)) > p.most {
			continue
		}
		p.text = append(p.text[:p.at], append([]rune{r}, p.text[p.at:]...)...)
		p.at++
	}
}

// cut takes the rune at i out, if there is one, and leaves the cursor there.
func (p *prompt) cut(i int) {
	if i >= 0 && i < len(p.text) {
		p.text = append(p.text[:i], p.text[i+1:]...)
		p.at = min(p.at, i)
	}
}

// View draws the screen below with the line at its foot. The part of a long
// line around the cursor is shown.
func (p *prompt) View(w, h int) (string, []Hit) {
	// Its hits are dropped: what lies behind is not to be clicked on.
	body, _ := p.under.View(w, h)
	lines := strings.Split(behind(p.env.Theme, fill(body, w, h)), "\n")
	lines[h-1] = theme.Fit(p.line(w), w)
	return strings.Join(lines, "\n"), nil
}

// typing is always so: every letter is text.
func (p *prompt) typing() bool { return true }

// line draws the text behind its label, with the cursor, in w cells. The cursor
// is underlined: the bar in reverse may be a list's below it.
func (p *prompt) line(w int) string {
	t := p.env.Theme
	before := wire.Clean(string(p.text[:p.at]), 1<<12)
	after := wire.Clean(string(p.text[p.at:]), 1<<12)
	room := max(8, w-ansi.StringWidth(p.label)-4)
	if cut := ansi.StringWidth(before) - room + 1; cut > 0 {
		before = ansi.TruncateLeft(before, cut, "")
	}
	cell, rest := " ", ""
	if after != "" {
		cell, rest = string([]rune(after)[0]), string([]rune(after)[1:])
	}
	if p.whole {
		return " " + t.Key.Render(p.label) + t.Place.Render(before) + t.Dim.Render("  type anew, or edit it with the arrows")
	}
	return " " + t.Key.Render(p.label) + t.Strong.Render(before) + t.Place.Render(cell) + t.Strong.Render(rest)
}
