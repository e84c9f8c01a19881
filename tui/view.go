package tui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"tlstutor/tui/theme"
)

// clickMsg wraps what a click or the wheel means, so that only the top screen
// gets it.
type clickMsg struct{ tea.Msg }

// What they mean on screens that are a list or a page.
type (
	pickMsg  int // a click on a row of a list
	notchMsg int // a notch of the wheel: -1 up, 1 down
)

// View draws the top screen and the footer.
func (a *App) View() (v tea.View) {
	if !a.ruler.asked {
		return v
	}
	content, hits := a.draw()
	v = tea.NewView(content)
	v.AltScreen = true
	v.WindowTitle = "tlstutor"
	// Whoever names a theme gets its background too. Where text takes the terminal's
	// own colour, that of its background goes with it.
	if a.chosen && !a.env.Theme.Few {
		v.BackgroundColor = a.env.Theme.Background()
	}
	if a.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	v.OnMouse = func(m tea.MouseMsg) tea.Cmd { return mouse(m, hits) }
	return v
}

// small reports whether the window has no room for any screen.
func (a *App) small() bool { return a.w < minWidth || a.h < minHeight }

// draw returns the whole window and its hits. It never panics: a screen that
// cannot be drawn says so, and the next message ends the program.
func (a *App) draw() (content string, hits []Hit) {
	defer func() {
		if v := recover(); v != nil {
			a.broke(v)
			content, hits = "This screen broke. Press a key: the program ends and says what happened.", nil
		}
	}()
	t := a.env.Theme
	switch {
	case a.w == 0 || a.h == 0:
		return "", nil
	case a.small():
		text := fmt.Sprintf("tlstutor needs %dx%d, this window is %dx%d.\nMake it larger, or: tlstutor run handshake", minWidth, minHeight, a.w, a.h)
		return fill(ansi.Wordwrap(text, a.w, ""), a.w, a.h), nil
	}
	body, hits := a.top().View(a.w, a.h-1)
	body = fill(body, a.w, a.h-1)
	// An answer stands at the beginning of the footer until the next key, and takes
	// the place of what keys it leaves no room for.
	answer, at := "", 0
	if a.line != "" {
		answer = t.Title.Render(theme.Fit(" "+a.line, min(a.w, ansi.StringWidth(a.line)+1))) + " "
		at = ansi.StringWidth(answer)
	}
	foot, keys := a.footer(a.w - at)
	for i := range keys {
		keys[i].X, keys[i].Y = keys[i].X+at, a.h-1
	}
	foot = answer + foot
	return t.Frame(body + "\n" + theme.Fit(foot, a.w)), append(hits, keys...)
}

// footer writes the top screen's keys in one line of w cells. The last two are help
// and the way back; what does not fit is dropped from the middle, and all where not
// even those two fit.
func (a *App) footer(w int) (string, []Hit) {
	t := a.env.Theme
	list := a.top().ShortHelp()
	// In a prompt, ? is text.
	if !typing(a.top()) {
		last := len(list) - 1
		list = append(append(append([]key.Binding(nil), list[:max(0, last)]...), a.globals()[0].Binding), list[max(0, last):]...)
	}
	list = trim(t, list, w, gap(a.w))
	if len(list) == 0 {
		return "", nil
	}
	var b strings.Builder
	var hits []Hit
	x := 1
	b.WriteString(" ")
	for i, k := range list {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", gap(a.w)))
			x += gap(a.w)
		}
		h := k.Help()
		shown := t.Keys(h.Key)
		b.WriteString(t.Key.Render(shown) + " " + t.KeyWord.Render(h.Desc))
		w := ansi.StringWidth(shown) + 1 + ansi.StringWidth(h.Desc)
		hits = append(hits, Hit{X: x, W: w, H: 1, Click: pressing(k)})
		x += w
	}
	return b.String(), hits
}

// gap is the space between two words of the footer.
func gap(width int) int {
	if width < 100 {
		return 1
	}
	return 2
}

// trim drops bindings from the middle until the footer fits; at 80 columns at
// most eight stay. Where there is no room for the last two nothing stays.
func trim(t *theme.Theme, list []key.Binding, width, gap int) []key.Binding {
	most := len(list)
	if gap == 1 {
		most = min(most, 8)
	}
	for {
		total := 1
		for _, k := range list {
			total += ansi.StringWidth(t.Keys(k.Help().Key)) + 1 + ansi.StringWidth(k.Help().Desc) + gap
		}
		if total <= width && len(list) <= most {
			break
		}
		if len(list) <= 2 {
			return nil
		}
		// The last two are help and the way back.
		drop := max(len(list)-3, 0)
		list = append(append([]key.Binding(nil), list[:drop]...), list[drop+1:]...)
	}
	return list
}

// pressing is the click that stands for a key.
func pressing(k key.Binding) func(x, y int) tea.Msg {
	return func(_, _ int) tea.Msg { return typed(k.Keys()[0]) }
}

// typed makes the message of a key from its name. The names are those of key
// bindings.
func typed(name string) tea.KeyPressMsg {
	codes := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "space": tea.KeySpace,
		"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
		"home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
		"backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
	}
	if code, ok := codes[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: []rune(rest)[0], Mod: tea.ModCtrl}
	}
	if rest, ok := strings.CutPrefix(name, "shift+"); ok {
		k := typed(rest)
		k.Mod = tea.ModShift
		return k
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

// mouse turns a click or the wheel into what it means where it happened.
func mouse(m tea.MouseMsg, hits []Hit) tea.Cmd {
	at := m.Mouse()
	// What was drawn last lies on top.
	for i := len(hits) - 1; i >= 0; i-- {
		h := hits[i]
		if !h.holds(at.X, at.Y) {
			continue
		}
		switch m.(type) {
		case tea.MouseClickMsg:
			if h.Click != nil && at.Button == tea.MouseLeft {
				return send(forTop(h.Click(at.X-h.X, at.Y-h.Y)))
			}
		case tea.MouseWheelMsg:
			if h.Wheel != nil {
				by := 1
				if at.Button == tea.MouseWheelUp {
					by = -1
				}
				return send(forTop(h.Wheel(by)))
			}
		}
	}
	return nil
}

// forTop has a message delivered to the top screen only; keys go their own way.
func forTop(m tea.Msg) tea.Msg {
	switch m.(type) {
	case nil, tea.KeyPressMsg:
		return m
	}
	return clickMsg{m}
}
