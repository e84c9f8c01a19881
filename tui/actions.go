package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// An action is a key binding and what it does. The actions of a screen are its
// KeyMap, its footer and its Update in one table.
type action struct {
	key.Binding
	do    func() tea.Cmd // called inside Update, so without I/O
	quiet bool           // works, but is left out of the footer; the help page has it
}

// act makes an action. Shown is the key as the footer writes it.
func act(keys []string, shown, word string, do func() tea.Cmd) action {
	return action{Binding: key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, word)), do: do}
}

// one is an action on a single key, shown as it is.
func one(k, word string, do func() tea.Cmd) action { return act([]string{k}, k, word, do) }

// hush is an action that the footer leaves out. The key still works, and the
// help page still has it.
func hush(a action) action {
	a.quiet = true
	return a
}

// actions are what the keys do on a screen right now.
type actions []action

// press does what the key is bound to. The first match wins: the keys of a
// state, such as a held run's, stand before the general ones.
func (a actions) press(k tea.KeyPressMsg) tea.Cmd {
	for _, x := range a {
		if key.Matches(k, x.Binding) {
			return x.do()
		}
	}
	return nil
}

// ShortHelp returns what the footer shows, in order.
func (a actions) ShortHelp() []key.Binding {
	var list []key.Binding
	for _, x := range a {
		if !x.quiet {
			list = append(list, x.Binding)
		}
	}
	return list
}

// FullHelp returns all bindings, for the help page. They are one group: the
// page lays them out itself.
func (a actions) FullHelp() [][]key.Binding {
	var list []key.Binding
	for _, x := range a {
		list = append(list, x.Binding)
	}
	return [][]key.Binding{list}
}

// bound reports whether the key is in the key map.
func bound(k tea.KeyPressMsg, groups [][]key.Binding) bool {
	for _, g := range groups {
		if key.Matches(k, g...) {
			return true
		}
	}
	return false
}

// hands are the vi keys, which move as arrows do and never do anything else.
// App turns them into arrows before a screen sees them, so a screen lists
// arrows only.
var hands = map[string]rune{
	"h": tea.KeyLeft, "j": tea.KeyDown, "k": tea.KeyUp, "l": tea.KeyRight, "g": tea.KeyHome, "G": tea.KeyEnd,
}

// grammar is what each letter means wherever it means something. It is read
// only to answer a key that does nothing here.
var grammar = map[string]string{
	"r": "runs the lab", "s": "holds a run at each record", "w": "shows what a listener reads",
	"c": "compares two runs", "e": "leads to the evidence", "o": "opens a page's run in its lab",
	"i": "gives a hint", "a": "shows all fields", "x": "exports a run", "y": "copies",
	"z": "lets one pane fill the screen", "M": "frees the mouse", "[": "goes to the message before",
	"]": "goes to the next message", "<": "shows the run before", ">": "shows the run after",
	"/": "searches", ":": "is the settings line", "?": "is help", "q": "leaves a screen", "p": "presents a lesson",
	"space": "goes on", "enter": "opens what is highlighted", "tab": "goes to the next pane", "esc": "goes back one step",
	"up": "moves", "down": "moves", "left": "moves", "right": "moves", "home": "moves", "end": "moves",
	"pgup": "moves a page", "pgdown": "moves a page", "shift+tab": "goes to the pane before",
}

// idle is the one-line answer to a key that does nothing here.
func idle(k string) string {
	does := grammar[k]
	switch {
	case does != "":
		return k + " " + does + ": not here; ? shows the keys that work"
	case len(k) == 1 && k[0] >= '0' && k[0] <= '9':
		return k + " chooses: there is nothing with this number here"
	}
	return k + " does nothing; ? shows the keys that work"
}
