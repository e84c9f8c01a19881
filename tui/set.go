package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"tlstutor/labs/wire"
	"tlstutor/tui/theme"
)

// setMsg is a setting of the whole program: theme NAME, ascii, mouse.
type setMsg struct{ name, value string }

// settingsMsg are words for the lab on top: knob=value.
type settingsMsg struct{ words []string }

// settingsLine opens the line that `:` means.
func (a *App) settingsLine() tea.Cmd {
	return a.push(newPrompt(a.env, a.top(), ": ", "", "do it", 1<<10, func(line string) tea.Cmd {
		words, err := split(line)
		if err != nil {
			return say(err.Error())
		}
		return settle(words)
	}))
}

// split cuts a line into words as a shell does: at spaces, except in quotes or
// behind a backslash. Before anything but a space or a quote that is one of the
// letters, as in the paths of Windows.
func split(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	// open tells an empty word in quotes from no word at all.
	quote, open, bare := rune(0), false, false
	// The space at the end closes the last word.
	for i, r := range line + " " {
		switch {
		case bare:
			word.WriteRune(r)
			bare = false
		case quote == 0 && r == '\\' && i+1 < len(line) && strings.IndexByte(` '"`, line[i+1]) >= 0:
			open, bare = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, open = r, true
		case quote == 0 && r == ' ':
			if open {
				words = append(words, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteRune(r)
			open = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("a quote %c is not closed", quote)
	}
	return words, nil
}

// settle says what the words of a settings line are. Knobs go the way of a
// click, so that only the top screen takes them.
func settle(words []string) tea.Cmd {
	switch {
	case len(words) == 0:
		return nil
	case words[0] == "theme" && len(words) == 2:
		return send(setMsg{"theme", words[1]})
	case len(words) == 1 && (words[0] == "ascii" || words[0] == "mouse"):
		return send(setMsg{name: words[0]})
	case strings.Contains(words[0], "="):
		return send(clickMsg{settingsMsg{words}})
	}
	return say(wire.Clean(strings.Join(words, " "), 24) + "? write theme NAME, ascii, mouse or knob=value")
}

// set changes a setting of the whole program, and says what it is now.
func (a *App) set(m setMsg) tea.Cmd {
	t := a.env.Theme
	var said string
	var keep tea.Cmd
	switch m.name {
	case "theme":
		name, err := theme.Parse(m.value)
		if err != nil {
			return say(err.Error())
		}
		// From now on the terminal's background decides nothing.
		a.chosen, said = true, "theme "+string(name)
		a.retheme(t.Named(name))
	case "ascii":
		a.retheme(t.InAscii(!t.Ascii))
		if said = "plain ASCII"; t.Ascii {
			said = "line-drawing characters"
		}
		keep = a.keepAscii()
	case "mouse":
		a.mouse = !a.mouse
		if said = "the mouse is yours: drag selects text; M takes it back"; a.mouse {
			said = "the mouse is tlstutor's: click and wheel work; M frees it"
		}
	}
	return tea.Batch(a.all(themed{}), say(said), keep)
}

// keepAscii remembers that the learner wants plain ASCII, or no longer does. What
// was turned on by --ascii or by the terminal is not what they want for good.
func (a *App) keepAscii() tea.Cmd {
	progress, on := a.env.Progress, a.env.Theme.Ascii
	if progress == nil {
		return nil
	}
	return func() tea.Msg {
		progress.Keep("ascii", map[bool]string{true: "yes", false: ""}[on])
		return nil
	}
}
