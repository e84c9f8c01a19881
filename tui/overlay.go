package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/lessons"
	"tlstutor/tui/theme"
)

// An overlay is a short text in a box over the screen below, which stays as it
// is: a term of the glossary, the source of a fact, a verdict read again.
type overlay struct {
	env   *Env
	under Screen
	title string
	text  lessons.Text
	ran   *ran           // which its quotes are of
	w     int            // of the window, in cells
	links []lessons.Part // the other terms it names
	at    int            // the highlighted one of them, or -1
	lines []string       // as they were laid out last
	hits  []Hit          // where its links are, from its own corner
	read  func()         // what enter does as it closes, or nil: esc leads back to where one was
}

// closeMsg is a click beside the terms of a box.
type closeMsg struct{}

// newOverlay returns a box over a screen.
func newOverlay(env *Env, under Screen, title string, t lessons.Text, r *ran) *overlay {
	return &overlay{env: env, under: under, title: title, text: t, ran: r, at: -1}
}

// Nothing is started, and App answers other keys.
func (o *overlay) Open() tea.Cmd      { return nil }
func (o *overlay) Close() tea.Cmd     { return nil }
func (o *overlay) Idle(string) string { return "" }

// actions close the box, or lead on to a term that the text names.
func (o *overlay) actions() actions {
	a := actions{}
	word := "close"
	if len(o.links) > 0 {
		a = append(a, act([]string{"tab", "down", "right"}, "tab", "next term", o.walk(1)),
			hush(act([]string{"shift+tab", "up", "left"}, "shift+tab", "term before", o.walk(-1))))
		if o.at >= 0 {
			word = "open " + o.links[o.at].Text
		}
	}
	return append(a, act([]string{"enter", "space"}, "enter", word, o.enter), one("esc", o.env.below(o), func() tea.Cmd { return o.env.pop(o) }))
}

// walk highlights the term that lies by terms away. It goes round by way
// of none, where enter closes the box.
func (o *overlay) walk(by int) func() tea.Cmd {
	return func() tea.Cmd {
		o.at = around(o.at, by, len(o.links))
		return nil
	}
}

// enter opens the highlighted term, or closes the box.
func (o *overlay) enter() tea.Cmd {
	if o.at < 0 {
		if o.read != nil {
			o.read()
		}
		return o.env.pop(o)
	}
	w := o.env.Course.Glossary.Find(o.links[o.at].Key)
	if w == nil {
		return nil
	}
	// Over this box, so that esc leads back to it.
	return o.env.push(newOverlay(o.env, o, w.Name, w.Text, nil))
}

// ShortHelp and FullHelp list the keys.
func (o *overlay) ShortHelp() []key.Binding  { return o.actions().ShortHelp() }
func (o *overlay) FullHelp() [][]key.Binding { return o.actions().FullHelp() }

// Update renders anew where the window or the theme has changed.
func (o *overlay) Update(msg tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		cmd = o.actions().press(msg)
	case tea.WindowSizeMsg:
		o.w = msg.Width
	case clickMsg:
		switch m := msg.Msg.(type) {
		case stopMsg:
			if int(m) < len(o.links) {
				o.at = int(m)
				cmd = o.enter()
			}
		case closeMsg:
			cmd = o.env.pop(o)
		}
	}
	o.lay()
	return cmd
}

// lay renders the text.
func (o *overlay) lay() {
	if o.w == 0 {
		return
	}
	// A drawer draws pages, so the text is put on one that nobody else has.
	s := &sheet{focus: o.at}
	d := &drawer{env: o.env, s: s, w: min(o.w-12, 66)}
	d.prose(o.text, o.ran, 0, d.w, "")
	o.lines, o.hits, o.links = d.l.lines, d.l.hits, nil
	for _, st := range d.l.stops {
		o.links = append(o.links, st.part)
	}
}

// View draws the screen below, and the box in its middle.
func (o *overlay) View(w, h int) (string, []Hit) {
	body, _ := o.under.View(w, h)
	lines := strings.Split(behind(o.env.Theme, fill(body, w, h)), "\n")
	bw := min(w-12, 66) + 4
	// The box does not scroll: a term that has no room for its text is cut.
	shown := o.lines[:min(len(o.lines), max(0, h-4))]
	box := strings.Split(o.env.Theme.Box(o.title, true, bw, len(shown)+2, indent(strings.Join(shown, "\n"), " ")), "\n")
	x, y := (w-bw)/2, max(0, (h-len(box))/2)
	for i, b := range box {
		if y+i < len(lines) {
			// What the box covers is cut out of the line, and its style ended before
			// and behind the box: styles of the screen below must not run into it.
			line := lines[y+i]
			lines[y+i] = theme.Fit(ansi.Truncate(line, x, ""), x) + ansi.ResetStyle + b + ansi.ResetStyle + ansi.TruncateLeft(line, x+bw, "")
		}
	}
	// The whole window closes it; the links lie above that.
	hits := []Hit{{W: w, H: h, Click: func(_, _ int) tea.Msg { return closeMsg{} }}}
	return strings.Join(lines, "\n"), append(hits, shift(append([]Hit(nil), o.hits...), x+2, y+1)...)
}

// behind is a screen below another one: what was in reverse is underlined there,
// as every place without the focus is.
func behind(t *theme.Theme, body string) string {
	bar, _, _ := strings.Cut(t.Selected.Render("x"), "x")
	place, _, _ := strings.Cut(t.Place.Render("x"), "x")
	return strings.ReplaceAll(body, bar, place)
}
